/** `tf.graph_util`: GraphDefs cut to what is needed, and frozen with the values of their variables. */

import { toLiteral } from '../core/convert.ts';
import { as_dtype, int32, string } from '../core/dtype.ts';
import { AssertionError } from '../core/errors.ts';
import type { TensorShape } from '../core/shape.ts';
import { fn } from '../core/signature.ts';
import type { TensorLike } from '../core/tensor.ts';
import { type AttrValue, GraphDef, NodeDef } from '../formats/graph_messages.ts';
import { tensorProto } from '../formats/tensor_proto.ts';
import { info } from '../platform/logging.ts';
import type { Graph } from './graph.ts';
import { Operation } from './operation.ts';

const VARIABLE_OPS: ReadonlySet<string> = new Set([
  'Assign',
  'AssignAdd',
  'AssignSub',
  'Queue',
  'ScatterAdd',
  'ScatterSub',
  'ScatterUpdate',
  'TruncatedNormal',
  'Variable',
  'VariableV2',
]);

const isNode = (value: unknown): value is NodeDef => value instanceof NodeDef;
const isGraphDef = (value: unknown): value is GraphDef => value instanceof GraphDef;

/**
 * Whether a node must run on the CPU: constants of strings or int32, and some ops of int32; variables
 * and what changes them, too, with `pin_variables_on_cpu`.
 */
export const must_run_on_cpu = fn(
  ['node', 'pin_variables_on_cpu'],
  (node: Operation | NodeDef, pin_variables_on_cpu: boolean = false): boolean => {
    const nodeDef = node instanceof Operation ? node.node_def : node;
    if (!isNode(nodeDef)) throw new AssertionError('node must be an Operation or a NodeDef.');
    const { op, attr } = nodeDef;
    const type = (name: string) => attr[name]?.type ?? 0;
    if (pin_variables_on_cpu && VARIABLE_OPS.has(op)) return true;
    const integer = int32.as_datatype_enum;
    if (op === 'Const') return [string.as_datatype_enum, integer].includes(type('dtype'));
    if (op === 'DynamicStitch' || op === 'ParallelDynamicStitch') return type('T') === integer;
    return op === 'Cast' && type('SrcT') === integer;
  },
);

const decoder = new TextDecoder();
const nodeName = (input: string) =>
  input.startsWith('^') ? input.slice(1) : input.replace(/:.*$/, '');

/** The names of the nodes that a node stands with. */
function colocated(node: NodeDef): string[] {
  return (node.attr._class?.list.s ?? []).map((name) => decoder.decode(name).replace(/^loc:@/, ''));
}

/**
 * The part of `graph_def` that the nodes `dest_nodes` need, in the order of the file, with its
 * functions and versions. AssertionError for a name that is not in it.
 */
export const extract_sub_graph = fn(
  ['graph_def', 'dest_nodes'],
  (graph_def: GraphDef, dest_nodes: readonly string[]): GraphDef => {
    if (!isGraphDef(graph_def))
      throw new TypeError('graph_def must be a graph_pb2.GraphDef proto.');
    if (typeof dest_nodes === 'string') throw new TypeError('dest_nodes must be a list.');
    const nodes = new Map(graph_def.node.map((node) => [node.name, node]));
    for (const name of dest_nodes) {
      if (!nodes.has(name)) throw new AssertionError(`${name} is not in graph`);
    }
    const kept = new Set<string>();
    const pending = [...dest_nodes];
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      const node = nodes.get(name);
      if (!node || kept.has(name)) continue;
      kept.add(name);
      pending.push(...node.input.map(nodeName), ...colocated(node));
    }
    const out = new GraphDef();
    out.node.extend(graph_def.node.filter(({ name }) => kept.has(name)));
    if (graph_def.HasField('library')) out.library.CopyFrom(graph_def.library);
    if (graph_def.HasField('versions')) out.versions.CopyFrom(graph_def.versions);
    return out;
  },
);

/** The static shape of a tensor by the name that inputs of nodes have: `'x'`, `'x:1'`. */
export const tensor_shape_from_node_def_name = fn(
  ['graph', 'input_name'],
  (graph: Graph, input_name: string): TensorShape =>
    graph.get_tensor_by_name(input_name.includes(':') ? input_name : `${input_name}:0`).get_shape(),
);

/** A copy of `node` that reads `input`. */
function withInputs(node: NodeDef, input: readonly string[]): NodeDef {
  const copy = new NodeDef();
  copy.CopyFrom(node);
  copy.input = [...input];
  return copy;
}

/**
 * The graph without what only training needs: `CheckNumerics`, and `Identity` and `StopGradient` that
 * no control edge touches and nothing stands with. `protected_nodes` stay.
 */
export const remove_training_nodes = fn(
  ['input_graph', 'protected_nodes'],
  (input_graph: GraphDef, protected_nodes: readonly string[] | null = null): GraphDef => {
    const stays = new Set(protected_nodes ?? []);
    const checks = input_graph.node.filter(
      ({ op, name }) => op === 'CheckNumerics' && !stays.has(name),
    );
    const left = spliced(input_graph.node, checks);
    const control = left.flatMap(({ input }) => input.filter((text) => text.startsWith('^')));
    const bound = new Set([...control.map((text) => text.slice(1)), ...left.flatMap(colocated)]);
    const passes = left.filter(({ op, name, input }) => {
      const passing = op === 'Identity' || op === 'StopGradient';
      const controlled = input.some((text) => text.startsWith('^'));
      return passing && !controlled && !stays.has(name) && !bound.has(name);
    });
    const out = new GraphDef();
    out.node.extend(spliced(left, passes));
    return out;
  },
);

/** `nodes` without `removed`: what reads one of them reads what that reads, and waits for none. */
function spliced(nodes: readonly NodeDef[], removed: readonly NodeDef[]): NodeDef[] {
  const sources = new Map(removed.map(({ name, input }) => [name, input[0]!] as const));
  const source = (input: string) => {
    let text = input;
    for (let to = sources.get(text); to !== undefined; to = sources.get(text)) text = to;
    return text;
  };
  return nodes
    .filter(({ name }) => !sources.has(name))
    .map((node) => {
      const kept = node.input.filter((input) => !(input[0] === '^' && sources.has(input.slice(1))));
      return withInputs(node, kept.map(source));
    });
}

/** What `convert_variables_to_constants` needs of a session. */
export interface ValueSource {
  readonly graph: Graph;
  run(fetches: readonly string[]): unknown;
}

/**
 * The part of `input_graph_def` that `output_node_names` need, with constants for variables: their
 * values in `sess`. With a whitelist only those variables, with a blacklist all but those; names are
 * those of operations. Reads of resource variables become `Identity`, and gathers from them `Gather`.
 */
export const convert_variables_to_constants = fn(
  [
    'sess',
    'input_graph_def',
    'output_node_names',
    'variable_names_whitelist',
    'variable_names_blacklist',
  ],
  (
    sess: ValueSource,
    input_graph_def: GraphDef,
    output_node_names: readonly string[],
    variable_names_whitelist: readonly string[] | null = null,
    variable_names_blacklist: readonly string[] | null = null,
  ): GraphDef => {
    const needed = extract_sub_graph(input_graph_def, output_node_names);
    const variables = needed.node.filter(
      ({ op, name }) =>
        ['Variable', 'VariableV2', 'VarHandleOp'].includes(op) &&
        (variable_names_whitelist?.includes(name) ?? true) &&
        !variable_names_blacklist?.includes(name),
    );
    const fetches = variables.map((node) => readOf(sess.graph, node));
    const values = fetches.length > 0 ? (sess.run(fetches) as readonly TensorLike[]) : [];
    info('Froze %d variables.', values.length);
    const frozen = new Map(variables.map((node, i) => [node.name, constantOf(node, values[i]!)]));
    const nodes = new Freezing(needed, frozen);
    const out = new GraphDef();
    for (const node of needed.node) out.node.push(nodes.frozen(node));
    if (needed.HasField('library')) out.library.CopyFrom(needed.library);
    if (needed.HasField('versions')) out.versions.CopyFrom(needed.versions);
    info('Converted %d variables to const ops.', values.length);
    return out;
  },
  { objects: ['sess'] },
);

/** The tensor that has the value of a variable. */
function readOf(graph: Graph, { name, op }: NodeDef): string {
  if (op !== 'VarHandleOp') return `${name}:0`;
  const handle = graph.get_operation_by_name(name).outputs[0]!;
  const read = handle.consumers().find(({ type }) => type === 'ReadVariableOp');
  return read ? read.outputs[0]!.name : `${name}/Read/ReadVariableOp:0`;
}

function constantOf({ name, attr }: NodeDef, value: TensorLike): NodeDef {
  const dtype = attr.dtype!;
  const tensor = tensorProto(toLiteral(value, as_dtype(dtype.type), null));
  return new NodeDef({ name, op: 'Const', attr: { dtype, value: { tensor } } });
}

/** Nodes of a graph some of whose variables are constants. */
class Freezing {
  private readonly nodes: ReadonlyMap<string, NodeDef>;
  private readonly constants: ReadonlyMap<string, NodeDef>;

  constructor(graph: GraphDef, constants: ReadonlyMap<string, NodeDef>) {
    this.nodes = new Map(graph.node.map((node) => [node.name, node]));
    this.constants = constants;
  }

  /** What stands for `node`. */
  frozen(node: NodeDef): NodeDef {
    const constant = this.constants.get(node.name);
    if (constant) return constant;
    const type = this.typeOf(node.input[0]);
    if (type === null) return node;
    if (node.op === 'ReadVariableOp') return this.replaced(node, 'Identity', { T: type });
    if (node.op === 'ResourceGather') {
      const { Tindices, validate_indices } = node.attr;
      const checks: Record<string, AttrValue> = validate_indices ? { validate_indices } : {};
      return this.replaced(node, 'Gather', { Tparams: type, Tindices: Tindices!, ...checks });
    }
    if (!PASSES.has(node.op)) return node;
    return this.replaced(node, node.op, { ...node.attr, T: type });
  }

  private replaced(node: NodeDef, op: string, attr: Record<string, AttrValue>): NodeDef {
    const { name, input, device } = node;
    const { _class } = node.attr;
    return new NodeDef({ name, op, input, device, attr: { ...attr, ...(_class && { _class }) } });
  }

  /** The type of the frozen variable that `input` is the handle of; null for anything else. */
  private typeOf(input: string | undefined): AttrValue | null {
    for (let text = input; text !== undefined; ) {
      const name = nodeName(text);
      const constant = this.constants.get(name);
      const node = this.nodes.get(name);
      if (constant) return node!.op === 'VarHandleOp' ? constant.attr.dtype! : null;
      if (!node || !PASSES.has(node.op)) return null;
      if (node.attr.T?.type !== RESOURCE) return null;
      text = node.input[0];
    }
    return null;
  }
}

/** Ops that pass a handle on. */
const PASSES: ReadonlySet<string> = new Set(['Identity', 'Enter', 'Exit', 'Switch', 'RefSwitch']);
const RESOURCE = as_dtype('resource').as_datatype_enum;
