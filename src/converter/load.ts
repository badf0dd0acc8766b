/**
 * tfjs graph models as graphs: the nodes go into the default graph, and what the model calls its inputs
 * and outputs are tensors there. Weights may become variables, so that training goes on.
 */

import { InvalidArgumentError, ValueError } from '../core/errors.ts';
import { fn } from '../core/signature.ts';
import type { Node } from '../core/tensor.ts';
import { get_default_graph } from '../graph/default_graph.ts';
import { functionOps, importFunction } from '../graph/import_functions.ts';
import { type ImportNode, importNodes } from '../graph/import_graph_def.ts';
import type { Operation } from '../graph/operation.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { group } from '../ops/control_flow.ts';
import type { Variable } from '../variables/index.ts';
import {
  type AsyncModelSource,
  fetchArtifacts,
  loadArtifacts,
  type ModelArtifacts,
  type ModelSource,
} from './artifacts.ts';
import { withoutFused } from './fused_nodes.ts';
import { layersModel, readTopology } from './json_nodes.ts';
import { type Trainable, variablesFor } from './trainable.ts';
import { readWeights } from './weights.ts';

/** A tfjs graph model that was added to a graph. */
export class GraphModel {
  /** The tensors to feed, by the names that the model has for them. */
  readonly inputs: Readonly<Record<string, SymbolicTensor>>;
  /** The tensors to fetch, by the names that the model has for them. */
  readonly outputs: Readonly<Record<string, SymbolicTensor>>;
  /** The weights that became variables; `tf.global_variables_initializer()` gives them the model's values. */
  readonly variables: readonly Variable[];
  /** The operation that fills the model's tables, to be run once in each session; `null` where there are none. */
  readonly initializer: Node | null;
  /** What the model's author noted. */
  readonly metadata: unknown;

  /** @internal */
  constructor(parts: GraphModelParts) {
    this.inputs = parts.inputs;
    this.outputs = parts.outputs;
    this.variables = parts.variables;
    this.initializer = parts.initializer;
    this.metadata = parts.metadata;
  }
}

/** What a model is made of. @internal */
export type GraphModelParts = Pick<
  GraphModel,
  'inputs' | 'outputs' | 'variables' | 'initializer' | 'metadata'
>;

const PARAMETERS = ['model', 'name', 'trainable'] as const;

/**
 * Adds the graph of a tfjs model to the default graph, under the name scope `name`. `model` is the path
 * of a `model.json` or of its directory, a model in memory, or an object with a synchronous `load()`.
 * `trainable` says which weights become variables: `true` for all floats that have axes, or a list of
 * names. NotFoundError names the ops that are not here; layers models are refused.
 */
export const load_graph_model = fn(
  PARAMETERS,
  (model: ModelSource, name: string = '', trainable: Trainable = false): GraphModel =>
    addModel(loadArtifacts(model), name, trainable),
  { name: 'load_graph_model', objects: ['model'] },
);

/** `load_graph_model` of what has to be waited for: an `http(s)://` address, or a tfjs handler. */
export const load_graph_model_async = fn(
  PARAMETERS,
  async (
    model: AsyncModelSource,
    name: string = '',
    trainable: Trainable = false,
  ): Promise<GraphModel> => addModel(await fetchArtifacts(model), name, trainable),
  { name: 'load_graph_model_async', objects: ['model'] },
);

function addModel(model: ModelArtifacts, name: string, trainable: Trainable): GraphModel {
  if (model.format === 'layers-model') throw layersModel();
  const weights = readWeights(model.weightSpecs ?? [], bytesOf(model.weightData));
  const main = readTopology(model.modelTopology, weights);
  const first = readTopology(model.modelInitializer ?? {}, weights);
  const known = new Set(main.nodes.map((node) => node.name));
  const added = first.nodes.filter((node) => !known.has(node.name));
  const nodes = withoutFused([...main.nodes, ...added]);
  const graph = get_default_graph();
  const functions = [...main.functions, ...first.functions];
  const ops = functionOps(graph, functions);
  for (const f of functions) importFunction(graph, f, ops);
  const scope = name === '' ? '' : graph.nameScope(name, (own) => own);
  const made = variablesFor(nodes, weights, scope, trainable);
  const operations = importNodes(graph, made.nodes, { name: scope, inputMap: made.inputMap });
  const find = (text: string) => tensorOf(text, operations, made.inputMap);
  const signature = signatureOf(model);
  return new GraphModel({
    inputs: tensors(signature.inputs ?? inputsOf(main.nodes), find),
    outputs: tensors(signature.outputs ?? outputsOf(main.nodes), find),
    variables: made.variables,
    initializer: initializerOf(added, operations),
    metadata: model.userDefinedMetadata ?? null,
  });
}

function bytesOf(data: ModelArtifacts['weightData']): Uint8Array {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  const parts = (data ?? []) as readonly ArrayBuffer[];
  const bytes = new Uint8Array(parts.reduce((total, part) => total + part.byteLength, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(new Uint8Array(part), at);
    at += part.byteLength;
  }
  return bytes;
}

/** Tensors' names by what the model calls them. */
type TensorNames = ReadonlyMap<string, string>;

interface Signature {
  readonly inputs?: TensorNames;
  readonly outputs?: TensorNames;
}

/** The signature, which older converters put among the metadata. */
function signatureOf({ signature, userDefinedMetadata }: ModelArtifacts): Signature {
  const noted = (userDefinedMetadata as { signature?: unknown } | null | undefined)?.signature;
  const { inputs, outputs } = (noted ?? signature ?? {}) as Record<string, unknown>;
  return { inputs: entriesOf(inputs), outputs: entriesOf(outputs) };
}

function entriesOf(entries: unknown): TensorNames | undefined {
  if (typeof entries !== 'object' || entries === null) return undefined;
  const names = Object.entries(entries).map(([key, entry]) => {
    const name: unknown = (entry as { name?: unknown } | null)?.name;
    if (typeof name === 'string') return [key, name] as const;
    throw new InvalidArgumentError(null, null, `The signature's '${key}' names no tensor.`);
  });
  return names.length > 0 ? new Map(names) : undefined;
}

/** Without a signature the inputs are the placeholders, as in tfjs. */
function inputsOf(nodes: readonly ImportNode[]): TensorNames {
  const inputs = nodes.filter(({ op }) => op.startsWith('Placeholder'));
  return new Map(inputs.map(({ name }) => [name, name]));
}

/** Without a signature the outputs are the nodes that no other one reads, as in tfjs. */
function outputsOf(nodes: readonly ImportNode[]): TensorNames {
  const read = new Set(nodes.flatMap(({ input }) => input.map(nodeName)));
  return new Map(nodes.filter(({ name }) => !read.has(name)).map(({ name }) => [name, name]));
}

const nodeName = (text: string) => text.replace(/^\^/, '').replace(/:\d+$/, '');

function tensors(
  names: TensorNames,
  find: (name: string) => SymbolicTensor | undefined,
): Record<string, SymbolicTensor> {
  const found: Record<string, SymbolicTensor> = Object.create(null);
  for (const [key, name] of names) {
    const tensor = find(name);
    if (tensor) found[key] = tensor;
    else if (!find(nodeName(name))) throw new ValueError(`The model has no tensor '${name}'.`);
  }
  return found;
}

function tensorOf(
  text: string,
  operations: ReadonlyMap<string, Operation>,
  inputMap: ReadonlyMap<string, SymbolicTensor>,
): SymbolicTensor | undefined {
  const index = Number(/:(\d+)$/.exec(text)?.[1] ?? 0);
  const name = nodeName(text);
  return inputMap.get(`${name}:${index}`) ?? operations.get(name)?.outputs[index];
}

/** One operation that runs all that the initializer's graph adds and nothing reads. */
function initializerOf(
  added: readonly ImportNode[],
  operations: ReadonlyMap<string, Operation>,
): Node | null {
  const read = new Set(added.flatMap(({ input }) => input.map(nodeName)));
  const last = added.filter(({ name }) => !read.has(name)).map(({ name }) => operations.get(name)!);
  return last.length > 0 ? group(...last) : null;
}
