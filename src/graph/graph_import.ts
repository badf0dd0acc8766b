/** `tf.import_graph_def`: a GraphDef, added to the default graph. */

import { toTensor } from '../core/convert.ts';
import { ValueError } from '../core/errors.ts';
import { registry } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import type { Name, TensorLike } from '../core/tensor.ts';
import { GraphDef, type OpList } from '../formats/graph_messages.ts';
import { VERSION } from '../platform/version.ts';
import { get_default_graph } from './default_graph.ts';
import type { Graph } from './graph.ts';
import { PRODUCER } from './graph_def.ts';
import { type GraphParts, partsOf } from './graph_parts.ts';
import { checkMissing } from './import_checks.ts';
import { functionOps, importFunction } from './import_functions.ts';
import { importNodes } from './import_graph_def.ts';
import type { Operation } from './operation.ts';
import { SymbolicTensor } from './symbolic_tensor.ts';

/** Tensors or values that stand in for tensors of the file, by name. */
type InputMap = Readonly<Record<string, TensorLike>> | ReadonlyMap<string, TensorLike>;

/**
 * Adds the nodes of `graph_def` to the default graph, under the name scope `name` (`'import'`; an
 * empty one for none). `input_map` replaces tensors of the file (`'^a'`: control inputs);
 * `return_elements` names operations and tensors (`'a'`, `'a:0'`) to return in a list, `null` returns
 * `null`. `producer_op_list`, the ops of the program that wrote the file, says which attributes that
 * are unknown here may be dropped because they have their default values. NotFoundError for ops that
 * are not here, ValueError for what is not in the file or does not fit together.
 */
export const import_graph_def = fn(
  ['graph_def', 'input_map', 'return_elements', 'name', 'op_dict', 'producer_op_list'],
  (
    graph_def: GraphDef,
    input_map: InputMap | null = null,
    return_elements: readonly string[] | null = null,
    name: Name = null,
    _op_dict: unknown = null,
    producer_op_list: OpList | null = null,
  ): (Operation | SymbolicTensor)[] | null => {
    if (!isGraphDef(graph_def)) throw new TypeError('graph_def must be a GraphDef proto.');
    const entries = mapEntries(input_map);
    checkElements(return_elements);
    checkVersions(graph_def);
    const graph = get_default_graph();
    const source = producer_op_list ? withoutDefaults(graph_def, producer_op_list) : graph_def;
    const parts = partsOf(source);
    checkOps(parts);
    return graph.nameScope(name === '' ? null : (name ?? 'import'), () => {
      const inputMap = tensorsOf(graph, entries, name);
      return new Import(graph, parts, inputMap).run(graph_def, return_elements);
    });
  },
  { objects: ['input_map'] },
);

const isGraphDef = (value: unknown): value is GraphDef => value instanceof GraphDef;

/** One import, inside its name scope. */
class Import {
  private readonly graph: Graph;
  private readonly parts: GraphParts;
  private readonly inputMap: ReadonlyMap<string, SymbolicTensor>;

  constructor(graph: Graph, parts: GraphParts, inputMap: ReadonlyMap<string, SymbolicTensor>) {
    this.graph = graph;
    this.parts = parts;
    this.inputMap = inputMap;
  }

  run(
    graphDef: GraphDef,
    elements: readonly string[] | null,
  ): (Operation | SymbolicTensor)[] | null {
    const { graph, parts, inputMap } = this;
    const added = parts.functions.filter((f) => !graph._functions.has(f.name));
    const ops = functionOps(graph, parts.functions);
    for (const f of added) importFunction(graph, f, ops);
    const scope = graph._names.current;
    const used = new Set<string>();
    const { producer } = graphDef.versions;
    const name = scope === '' ? '' : `${scope}/`;
    const operations = importNodes(graph, parts.nodes, { name, inputMap, ops, used, producer });
    this.checkUsed(used, operations);
    mergeVersions(graph, graphDef);
    return elements?.map((element) => this.element(operations, element)) ?? null;
  }

  /** Keys that no node reads must at least be in the file. */
  private checkUsed(used: ReadonlySet<string>, operations: ReadonlyMap<string, Operation>): void {
    const missing = [...this.inputMap.keys()].filter((key) => {
      if (used.has(key)) return false;
      const [name, index] = parted(key.replace(/^\^/, ''));
      const operation = operations.get(name);
      return !operation || (index ?? 0) >= Math.max(operation.outputs.length, 1);
    });
    if (missing.length === 0) return;
    throw new ValueError(
      `Attempted to map inputs that were not found in graph_def: [${missing.join(', ')}]`,
    );
  }

  private element(
    operations: ReadonlyMap<string, Operation>,
    text: string,
  ): Operation | SymbolicTensor {
    const [name, index] = parted(text);
    const operation = operations.get(name);
    if (index === null) {
      if (operation) return operation;
      throw new ValueError(`Requested return node '${text}' not found in graph def`);
    }
    const tensor = this.inputMap.get(`${name}:${index}`) ?? operation?.outputs[index];
    if (tensor) return tensor;
    throw new ValueError(
      operation
        ? `Invalid return output ${index} of node '${name}', which has ${operation.outputs.length} output(s)`
        : `Requested return tensor '${text}' not found in graph def`,
    );
  }
}

/** The name of an operation, and the number of its output if the text has one. ValueError for others. */
function parted(text: string): [name: string, index: number | null] {
  const at = text.indexOf(':');
  if (at < 0) return [text, null];
  const index = text.slice(at + 1);
  if (/^\d+$/.test(index)) return [text.slice(0, at), Number(index)];
  throw new ValueError(
    `Cannot convert '${text}' to a tensor name. Second component of the name following the \`:\` should be an int. Got ${index}.`,
  );
}

function mapEntries(input_map: InputMap | null): readonly (readonly [string, TensorLike])[] {
  const isMap = input_map instanceof Map;
  const entries: readonly (readonly [unknown, TensorLike])[] = isMap
    ? [...input_map]
    : Object.entries(input_map ?? {});
  const usable = typeof (input_map ?? {}) === 'object' && !Array.isArray(input_map);
  if (!usable || entries.some(([key]) => typeof key !== 'string')) {
    throw new TypeError('input_map must be a dictionary mapping strings to Tensor objects.');
  }
  return entries.map(([key, value]) => {
    const text = key as string;
    if (text.startsWith('^')) return [text, value];
    const [name, index] = parted(text);
    return [`${name}:${index ?? 0}`, value];
  });
}

/** Values become constants in a scope of their own, inside that of the import. */
function tensorsOf(
  graph: Graph,
  entries: readonly (readonly [string, TensorLike])[],
  name: Name,
): Map<string, SymbolicTensor> {
  const isTensor = (value: TensorLike) => value instanceof SymbolicTensor;
  if (entries.every(([, value]) => isTensor(value))) {
    return new Map(entries as readonly (readonly [string, SymbolicTensor])[]);
  }
  if (name === '') {
    throw new ValueError(
      'tf.import_graph_def() requires a non-empty `name` if `input_map` contains non-Tensor values. Try calling tf.convert_to_tensor() on `input_map` values before calling tf.import_graph_def().',
    );
  }
  return graph.nameScope(
    '_inputs',
    () => new Map(entries.map(([key, value]) => [key, toTensor(value) as SymbolicTensor])),
  );
}

function checkElements(elements: readonly string[] | null): void {
  if (elements === null) return;
  if (!Array.isArray(elements) || elements.some((element) => typeof element !== 'string')) {
    throw new TypeError('return_elements must be a list of strings.');
  }
}

/** All ops that the file needs and that are not here, of its functions too, in one error. */
function checkOps({ nodes, functions }: GraphParts): void {
  const own = new Set(functions.map((f) => f.name));
  const all = [...nodes, ...functions.flatMap((f) => f.nodes)].map((node) => node.op);
  checkMissing([...new Set(all.filter((op) => !registry.has(op) && !own.has(op)))]);
}

function checkVersions(graphDef: GraphDef): void {
  const { min_consumer, bad_consumers } = graphDef.versions;
  if (min_consumer > PRODUCER) {
    throw new ValueError(
      `GraphDef min consumer version ${min_consumer} above current version ${PRODUCER} for TensorFlow ${VERSION}.  Please upgrade TensorFlow.`,
    );
  }
  if (bad_consumers.includes(PRODUCER)) {
    throw new ValueError(
      `GraphDef disallows consumer version ${PRODUCER}.  Please upgrade TensorFlow: this version is likely buggy.`,
    );
  }
}

/** A graph is as old as the oldest file in it. */
function mergeVersions(graph: Graph, graphDef: GraphDef): void {
  const { producer, min_consumer, bad_consumers } = graphDef.versions;
  const versions = graph._versions;
  versions.producer = Math.min(versions.producer, producer);
  versions.min_consumer = Math.max(versions.min_consumer, min_consumer);
  versions.bad_consumers = [...new Set([...versions.bad_consumers, ...bad_consumers])].sort(
    (a, b) => a - b,
  );
}

/** A copy of the graph without attributes that are unknown here and have the producer's defaults. */
function withoutDefaults(graphDef: GraphDef, producerOps: OpList): GraphDef {
  const copy = new GraphDef();
  copy.CopyFrom(graphDef);
  const ops = new Map(producerOps.op.map((op) => [op.name, op]));
  const nodes = [...copy.node, ...copy.library.function.flatMap((f) => [...f.node_def])];
  for (const node of nodes) {
    const declared = registry.get(node.op)?.attrs.map((spec) => spec.name);
    const produced = ops.get(node.op);
    if (!declared || !produced) continue;
    for (const { name, default_value } of produced.attr) {
      const value = node.attr[name];
      if (value === undefined || declared.includes(name)) continue;
      if (String(value) === String(default_value)) delete node.attr[name];
    }
  }
  return copy;
}
