/** What is in a tfjs model, a graph or layers. */

import { isModelJson } from '../../converter/artifacts.ts';
import { InvalidArgumentError } from '../../core/errors.ts';
import { readBytes } from '../../platform/files.ts';
import type { Found } from '../kinds.ts';
import { type Cell, type Report, shapeCell, type Table } from '../output.ts';
import { sizeFact } from './graphs.ts';

type Json = Readonly<Record<string, unknown>>;

/** Tells of a `model.json`. Its shards need not be there. */
export function tfjsReport({ path }: Found): Report {
  const model = parsed(path);
  const topology = recordOf(model.modelTopology);
  const isLayers = model.format === 'layers-model' || 'model_config' in topology;
  const made = ['generatedBy', 'convertedBy'].flatMap((key) =>
    typeof model[key] === 'string' ? [[key, model[key]] as const] : [],
  );
  return {
    kind: isLayers ? 'tfjs layers model' : 'tfjs graph model',
    facts: [sizeFact(path), ...made],
    tables: [
      ...signatureTables(model),
      ...(isLayers ? [] : [opTable(topology)]),
      weightTable(model),
    ],
  };
}

function parsed(path: string): Json {
  let model: unknown;
  try {
    model = JSON.parse(new TextDecoder().decode(readBytes(path)));
  } catch (error) {
    throw new InvalidArgumentError(null, null, `${path} is no JSON: ${(error as Error).message}`);
  }
  if (isModelJson(model)) return model as Json;
  throw new InvalidArgumentError(null, null, `${path} is no tfjs model: it has no modelTopology`);
}

function signatureTables(model: Json): Table[] {
  const noted = recordOf(model.userDefinedMetadata).signature;
  const signature = recordOf(noted ?? model.signature);
  return ['inputs', 'outputs'].map((side) => ({
    title: side,
    columns: ['key', 'tensor', 'type', 'shape'],
    rows: Object.entries(recordOf(signature[side])).map(([key, value]) => {
      const { name, dtype, tensorShape } = recordOf(value);
      return [key, wordOf(name ?? ''), typeOf(dtype), shapeOf(tensorShape)];
    }),
  }));
}

function typeOf(dtype: unknown): string {
  const label = String(dtype ?? '').replace(/^DT_/, '');
  return { FLOAT: 'float32', DOUBLE: 'float64', HALF: 'float16' }[label] ?? label.toLowerCase();
}

function shapeOf(shape: unknown): Cell {
  const { dim, unknownRank } = recordOf(shape);
  if (unknownRank === true) return shapeCell(null);
  const sizes = listOf(dim).map((one) => Number(recordOf(one).size ?? 0));
  return shapeCell(sizes.map((size) => (size < 0 ? null : size)));
}

function opTable(topology: Json): Table {
  const counts = new Map<string, number>();
  for (const node of listOf(topology.node)) {
    const op = wordOf(recordOf(node).op);
    counts.set(op, (counts.get(op) ?? 0) + 1);
  }
  const rows = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return { title: 'ops', columns: ['op', 'count'], rows };
}

function weightTable(model: Json): Table {
  const groups = listOf(model.weightsManifest).map(recordOf);
  const rows = groups.flatMap((group) =>
    listOf(group.weights).map((weight): Cell[] => {
      const { name, dtype, shape, quantization } = recordOf(weight);
      const stored = recordOf(quantization).dtype;
      const type = stored ? `${wordOf(dtype)} as ${wordOf(stored)}` : wordOf(dtype);
      return [wordOf(name), type, shapeCell(listOf(shape).map(Number))];
    }),
  );
  return { title: 'weights', columns: ['name', 'type', 'shape'], rows };
}

/** A text of the file; `?` where it is none. */
function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : '?';
}

function recordOf(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
