/** Models of any kind, opened to run: a session on a graph, and what goes in and comes out, by name. */

import { load_graph_model } from '../converter/index.ts';
import { with_ } from '../core/context.ts';
import { InvalidArgumentError } from '../core/errors.ts';
import { nearest } from '../core/nearest.ts';
import type { SignatureDef, TensorInfo } from '../formats/meta_graph_messages.ts';
import { Graph } from '../graph/graph.ts';
import { import_graph_def } from '../graph/graph_import.ts';
import type { Operation } from '../graph/operation.ts';
import { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { fileSystem } from '../platform/files.ts';
import { load, readSavedModel } from '../saved_model/loader.ts';
import { Session } from '../session/session.ts';
import { import_meta_graph } from '../training/meta_graph.ts';
import { type Found, KINDS, kindOf } from './kinds.ts';
import { UsageError } from './output.ts';
import { readGraph, readMeta } from './reports/graphs.ts';

/** Tensors by what a model calls them. */
export type Tensors = Readonly<Record<string, SymbolicTensor>>;

/** A model that can run. */
export interface Model {
  readonly session: Session;
  readonly graph: Graph;
  readonly inputs: Tensors;
  readonly outputs: Tensors;
}

/** What to say of a model beside its path. */
export interface ModelOptions {
  /** Which signature names inputs and outputs. */
  readonly signature?: string;
  /** Which meta graph of a SavedModel, by its tags with commas between. */
  readonly tags?: string;
  /** The checkpoint of a meta graph. */
  readonly checkpoint?: string;
}

const SERVING = 'serving_default';
/** Nodes that nobody reads and that are no results. */
const NO_RESULTS = ['Assert', 'Const', 'SaveV2', 'Save', 'Assign', 'AssignVariableOp'];

/** Gives `use` the model at `path`; its session is closed afterwards. */
export function withModel<R>(path: string, options: ModelOptions, use: (model: Model) => R): R {
  const found = kindOf(path);
  const graph = new Graph();
  const session = new Session('', graph);
  try {
    return with_(graph.as_default(), () =>
      use({ session, graph, ...open(found, options, session) }),
    );
  } finally {
    session.close();
  }
}

function open(
  found: Found,
  options: ModelOptions,
  session: Session,
): Pick<Model, 'inputs' | 'outputs'> {
  switch (found.kind) {
    case 'graph':
    case 'graph text':
      import_graph_def(readGraph(found), { name: '' });
      return endsOf(session.graph);
    case 'meta':
    case 'meta text':
      return openMeta(found, options, session);
    case 'saved model':
      return openSavedModel(found.path, options, session);
    case 'tfjs': {
      const { inputs, outputs, initializer, variables } = load_graph_model(found.path);
      session.run(variables.map((variable) => variable.initializer));
      if (initializer) session.run(initializer);
      return { inputs, outputs };
    }
    default:
      throw new UsageError(`${found.path} is a ${KINDS[found.kind]}, not a model that can run`);
  }
}

function openMeta(
  found: Found,
  options: ModelOptions,
  session: Session,
): Pick<Model, 'inputs' | 'outputs'> {
  const meta = readMeta(found);
  const saver = import_meta_graph(meta);
  const checkpoint = options.checkpoint ?? besides(found.path);
  if (saver && checkpoint !== null) saver.restore(session, checkpoint);
  return signed(meta.signature_def, options, session.graph) ?? endsOf(session.graph);
}

/** The checkpoint that a meta graph was written with. */
function besides(path: string): string | null {
  const prefix = path.replace(/\.meta$/, '');
  const there = [`${prefix}.index`, ...(prefix === path ? [] : [prefix])];
  return there.some((file) => fileSystem().existsSync(file)) ? prefix : null;
}

function openSavedModel(
  path: string,
  options: ModelOptions,
  session: Session,
): Pick<Model, 'inputs' | 'outputs'> {
  const available = readSavedModel(path).meta_graphs.map(({ meta_info_def }) => [
    ...meta_info_def.tags,
  ]);
  const only = available.length === 1 ? available[0]! : ['serve'];
  const meta = load(session, options.tags?.split(',') ?? only, path);
  return signed(meta.signature_def, options, session.graph) ?? endsOf(session.graph);
}

/** The tensors of the signature that is wanted, or of the only one; `null` where there are none. */
function signed(
  signatures: Readonly<Record<string, SignatureDef>>,
  { signature }: ModelOptions,
  graph: Graph,
): Pick<Model, 'inputs' | 'outputs'> | null {
  const names = Object.keys(signatures).filter((name) => !name.startsWith('__'));
  const only = names.length === 1 ? names[0] : undefined;
  const wanted = signature ?? (names.includes(SERVING) ? SERVING : only);
  const chosen = wanted === undefined ? undefined : signatures[wanted];
  if (chosen)
    return { inputs: tensors(chosen.inputs, graph), outputs: tensors(chosen.outputs, graph) };
  if (signature === undefined && names.length === 0) return null;
  const list = names.join(', ');
  if (signature === undefined) throw new UsageError(`choose one with --signature: ${list}`);
  throw new UsageError(`the model has no signature '${signature}'; it has ${list || 'none'}`);
}

function tensors(infos: Readonly<Record<string, TensorInfo>>, graph: Graph): Tensors {
  const entries = Object.entries(infos).flatMap(([key, { name }]) => {
    if (name === '') return [];
    const element = graph.as_graph_element(name);
    return element instanceof SymbolicTensor ? [[key, element] as const] : [];
  });
  return Object.fromEntries(entries);
}

/** Without a signature: placeholders go in, and what nobody reads comes out. */
function endsOf(graph: Graph): Pick<Model, 'inputs' | 'outputs'> {
  const operations = graph.get_operations();
  const isInput = ({ type }: Operation) => type.startsWith('Placeholder');
  const isOutput = (operation: Operation) =>
    operation.outputs.length > 0 &&
    operation.outputs.every((output) => output.consumers().length === 0) &&
    !isInput(operation) &&
    !operation.inputs.some(({ op, dtype }) => dtype._is_ref_dtype || op.type === 'VarHandleOp') &&
    !NO_RESULTS.includes(operation.type);
  const named = (list: readonly Operation[]) =>
    Object.fromEntries(list.map(({ name, outputs }) => [name, outputs[0]!]));
  return { inputs: named(operations.filter(isInput)), outputs: named(operations.filter(isOutput)) };
}

/** What `name` means: what the model calls so, or a tensor or operation of its graph. */
export function elementOf(
  name: string,
  known: Tensors,
  { graph }: Pick<Model, 'graph'>,
): SymbolicTensor | Operation {
  if (Object.hasOwn(known, name)) return known[name]!;
  const operation = graph.get_operations().find((one) => one.name === name.replace(/:\d+$/, ''));
  if (operation) return graph.as_graph_element(name) as SymbolicTensor | Operation;
  const names = [...Object.keys(known), ...graph.get_operations().map((one) => one.name)];
  const near = nearest(name, names);
  throw new InvalidArgumentError(
    null,
    null,
    `the model has no '${name}'${near ? `; did you mean '${near}'?` : ''}`,
  );
}

/** The tensor that `name` means; of an operation its first output. */
export function tensorNamed(
  name: string,
  known: Tensors,
  model: Pick<Model, 'graph'>,
): SymbolicTensor {
  const element = elementOf(name, known, model);
  const tensor = element instanceof SymbolicTensor ? element : element.outputs[0];
  if (tensor) return tensor;
  throw new InvalidArgumentError(null, null, `'${name}' has no outputs`);
}

/** Those of `known` that a list of names with commas between names; all where there is no list. */
export function chosen(
  list: string | undefined,
  known: Tensors,
  model: Pick<Model, 'graph'>,
): Tensors {
  if (list === undefined) return known;
  const names = list.split(',').map((name) => name.trim());
  return Object.fromEntries(names.map((name) => [name, tensorNamed(name, known, model)]));
}
