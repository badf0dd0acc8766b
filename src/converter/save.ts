/** A session's graph as a tfjs graph model: in memory, or as `model.json` with its shards of weights. */

import { ValueError } from '../core/errors.ts';
import { fn } from '../core/signature.ts';
import type { Literal, Tensor } from '../core/tensor.ts';
import type { Graph } from '../graph/graph.ts';
import { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { NdArray } from '../numpy/index.ts';
import { AtomicFile, fileSystem, writeBytes } from '../platform/files.ts';
import { VERSION } from '../platform/version.ts';
import type { BaseSession } from '../session/session.ts';
import type { ModelArtifacts } from './artifacts.ts';
import { type JsonNode, shapeJson, typeJson } from './outgoing.ts';
import { type Weight, type WeightSpec, writeWeight } from './weights.ts';
import { GraphWriter, type Named } from './write_graph.ts';

/** Tensors, or names of tensors, by what the model calls them. */
export type SignatureTensors = Readonly<Record<string, Tensor | string>>;

const CONVERTER = 'tf1';
/** The version of GraphDefs that TF 1.8 writes. */
const PRODUCER = 26;
/** The size of the files that weights are cut into: what browsers keep in their caches. */
const SHARD_BYTES = 4 * 1024 * 1024;

/**
 * The graph of `session` from `inputs` to `outputs` as a tfjs graph model, with the values that its
 * variables have now. tfjs's `loadGraphModelSync` takes it. UnimplementedError names all operations
 * that tfjs cannot execute, ValueError placeholders that are no inputs.
 */
export const graph_model = fn(
  ['session', 'inputs', 'outputs', 'metadata'],
  (
    session: BaseSession,
    inputs: SignatureTensors,
    outputs: SignatureTensors,
    metadata: Readonly<Record<string, unknown>> | null = null,
  ): ModelArtifacts & InMemory => {
    const { weights, ...model } = build(session, inputs, outputs, metadata);
    return {
      ...model,
      weightSpecs: weights.map(({ spec }) => spec),
      weightData: joined(weights.map(({ bytes }) => bytes)).buffer as ArrayBuffer,
    };
  },
  { name: 'graph_model', objects: ['inputs', 'outputs', 'metadata'] },
);

/** The parts that a model in memory always has. */
export interface InMemory {
  readonly modelTopology: object;
  readonly weightSpecs: readonly WeightSpec[];
  readonly weightData: ArrayBuffer;
}

/**
 * Writes the graph of `session` from `inputs` to `outputs` to `directory` as a tfjs graph model, which
 * `loadGraphModel` of tfjs-converter opens; returns the path of its `model.json`. `metadata` is kept as
 * `userDefinedMetadata`. Errors as of `graph_model`.
 */
export const save_graph_model = fn(
  ['session', 'directory', 'inputs', 'outputs', 'metadata', 'shard_bytes'],
  (
    session: BaseSession,
    directory: string,
    inputs: SignatureTensors,
    outputs: SignatureTensors,
    metadata: Readonly<Record<string, unknown>> | null = null,
    shard_bytes: number = SHARD_BYTES,
  ): string => {
    const { weights, ...model } = build(session, inputs, outputs, metadata);
    const bytes = joined(weights.map((weight) => weight.bytes));
    const paths = writeShards(directory, bytes, shard_bytes);
    const weightsManifest = [{ paths, weights: weights.map(({ spec }) => spec) }];
    const file = `${directory.replace(/[/\\]+$/, '')}/model.json`;
    writeBytes(file, new TextEncoder().encode(JSON.stringify({ ...model, weightsManifest })));
    return file;
  },
  { name: 'save_graph_model', objects: ['inputs', 'outputs', 'metadata'] },
);

interface Built {
  readonly format: 'graph-model';
  readonly generatedBy: string;
  readonly convertedBy: string;
  readonly signature: object;
  readonly userDefinedMetadata?: object;
  readonly modelTopology: object;
  readonly modelInitializer?: object;
  readonly weights: readonly Weight[];
}

function build(
  session: BaseSession,
  inputs: SignatureTensors,
  outputs: SignatureTensors,
  metadata: object | null,
): Built {
  const { graph } = session;
  const [fed, fetched] = [tensorsOf(graph, inputs), tensorsOf(graph, outputs)];
  if (fetched.size === 0) throw new ValueError('A model needs at least one output.');
  const writer = new GraphWriter();
  const named = writer.write([...fed.values()], [...fetched.values()]);
  const literals = valuesOf(session, writer);
  const constants = [...literals].map(([name, value]) => writer.constantNode(name, value));
  const own = constants.filter(
    ({ name }) => !inLibrary(writer, name) && !writer.ofInitializer.has(name),
  );
  const entries = constants.filter(({ name }) => writer.ofInitializer.has(name));
  const initializer = [...entries, ...writer.initializer];
  return {
    format: 'graph-model',
    generatedBy: VERSION,
    convertedBy: CONVERTER,
    signature: signatureJson(fed, fetched, named),
    ...(metadata && { userDefinedMetadata: metadata }),
    modelTopology: topology([...own, ...writer.nodes], writer),
    ...(initializer.length > 0 && {
      modelInitializer: { node: initializer, versions: { producer: PRODUCER } },
    }),
    weights: [...literals].map(([name, value]) => writeWeight(name, value)),
  };
}

function tensorsOf(graph: Graph, named: SignatureTensors): Map<string, SymbolicTensor> {
  const entries = Object.entries(named).map(([key, given]) => {
    const element = typeof given === 'string' ? graph.as_graph_element(given) : given;
    const tensor = element instanceof SymbolicTensor ? element : graph.as_graph_element(element);
    if (tensor instanceof SymbolicTensor) return [key, tensor] as const;
    throw new ValueError(`'${key}' is ${tensor}, which is no tensor.`);
  });
  return new Map(entries);
}

/** All constants of the model, those that the session has to compute among them. @internal */
export function valuesOf(
  session: BaseSession,
  { literals, pending }: GraphWriter,
): Map<string, Literal> {
  const tensors = [...pending.values()];
  const results = session.run(tensors) as readonly unknown[];
  const computed = [...pending.keys()].map((name, i) => {
    const dtype = tensors[i]!.dtype.base_dtype;
    const value = results[i];
    return [name, value instanceof NdArray ? value : (dtype(value) as Literal)] as const;
  });
  return new Map([...literals, ...computed]);
}

function inLibrary({ functions }: GraphWriter, name: string): boolean {
  return [...functions.keys()].some((called) => name.startsWith(`${called}/`));
}

function topology(node: readonly JsonNode[], { functions }: GraphWriter): object {
  const library = { function: [...functions.values()], gradient: [] };
  return { node, ...(functions.size > 0 && { library }), versions: { producer: PRODUCER } };
}

function signatureJson(
  inputs: ReadonlyMap<string, SymbolicTensor>,
  outputs: ReadonlyMap<string, SymbolicTensor>,
  named: Named,
): object {
  const entries = (tensors: ReadonlyMap<string, SymbolicTensor>, names: readonly string[]) =>
    Object.fromEntries(
      [...tensors].map(([key, { dtype, dims }], i) => {
        const info = { dtype: typeJson(dtype).type, tensorShape: shapeJson(dims) };
        return [key, { name: `${names[i]}:0`, ...info }];
      }),
    );
  return { inputs: entries(inputs, named.inputs), outputs: entries(outputs, named.outputs) };
}

/** Writes the weights in files of `size` bytes, all of which get their names when the last one is written. */
function writeShards(directory: string, bytes: Uint8Array, size: number): string[] {
  fileSystem().mkdirSync(directory, { recursive: true });
  const count = Math.max(1, Math.ceil(bytes.length / size));
  const paths = Array.from({ length: count }, (_, i) => `group1-shard${i + 1}of${count}.bin`);
  const files: AtomicFile[] = [];
  try {
    for (const [i, path] of paths.entries()) {
      const file = new AtomicFile(`${directory.replace(/[/\\]+$/, '')}/${path}`);
      files.push(file);
      file.write(bytes.subarray(i * size, (i + 1) * size));
    }
    for (const file of files) file.commit();
  } finally {
    for (const file of files) file.abandon();
  }
  return paths;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
