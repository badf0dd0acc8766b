/** An operation of a graph: the use of one op, with its inputs, attributes and symbolic outputs. */

import type { DType } from '../core/dtype.ts';
import { type TraceFrame, ValueError } from '../core/errors.ts';
import type { Attrs } from '../core/kernels.ts';
import { type AnyOp, applyOp, byName } from '../core/op.ts';
import type { ArgSpec } from '../core/op_language.ts';
import type { Dims, HandleData, Literal, Node } from '../core/tensor.ts';
import { AttrValue, type NodeDef } from '../formats/graph_messages.ts';
import { shapeProto, tensorProto } from '../formats/tensor_proto.ts';
import { valueOfAttr } from './attr_values.ts';
import { locateError } from './build_errors.ts';
import type { ControlFlowContext } from './control_context.ts';
import type { Graph } from './graph.ts';
import { nodeDefOf } from './graph_def.ts';
import { runOperation } from './runner.ts';
import { SymbolicTensor } from './symbolic_tensor.ts';
import { type CreationTrace, captureStack, userFrames } from './traceback.ts';

/** What an operation is made of. */
export interface OperationParts {
  readonly name: string;
  readonly declaration: AnyOp;
  readonly inputs: readonly SymbolicTensor[];
  readonly attrs: Attrs;
  readonly controlInputs: readonly Operation[];
  readonly device: string;
  /** The names of the operations it is placed with. */
  readonly colocation: readonly string[];
  /** Attributes that the declaration does not have, as a file has them. */
  readonly foreign?: Readonly<Record<string, AttrValue>>;
  /** Where it is created, if many are at once. */
  readonly created?: CreationTrace;
}

const NONE: Readonly<Record<string, AttrValue>> = {};

/** A node of a graph. */
export class Operation implements Node {
  readonly graph: Graph;
  readonly name: string;
  /** @internal */
  readonly declaration: AnyOp;
  inputs: readonly SymbolicTensor[];
  readonly outputs: readonly SymbolicTensor[];
  control_inputs: readonly Operation[];
  /** @internal */
  attrs: Attrs;
  device: string;
  /** Its place in the order of creation, from 1. */
  readonly _id: number;
  /** @internal */
  readonly colocation: readonly string[];
  /** Attributes that only a file has, to be written as they were read. @internal */
  _foreign: Readonly<Record<string, AttrValue>>;
  /** The branch or loop that it belongs to. @internal */
  _controlFlow: ControlFlowContext | null;
  /** The forward operation that it is part of the gradient of. @internal */
  readonly _original_op: Operation | null;
  private readonly created: CreationTrace;

  /** @internal */
  constructor(graph: Graph, id: number, parts: OperationParts) {
    this.graph = graph;
    this._id = id;
    this.name = parts.name;
    this.declaration = parts.declaration;
    this.inputs = parts.inputs;
    this.attrs = parts.attrs;
    this.control_inputs = parts.controlInputs;
    this.device = parts.device;
    this.colocation = parts.colocation;
    this._foreign = parts.foreign ?? NONE;
    this._controlFlow = graph._controlFlow;
    this._original_op = graph._originalOp;
    this.created = parts.created ?? traceOf(graph, id);
    this.outputs = this.infer();
    for (const input of new Set(parts.inputs)) input._consumers.push(this);
  }

  /** The op's type: `MatMul`. */
  get type(): string {
    return this.declaration.type;
  }

  /** The calls that led to its creation, outermost first. */
  get traceback(): readonly TraceFrame[] {
    return userFrames(this.created);
  }

  /** Whether `traceback` is that of an operation created shortly before, as for most of a large graph. */
  get traceback_is_near(): boolean {
    return this.created.near !== undefined;
  }

  /** The operation as a message, as its graph's GraphDef has it; a new one each time. */
  get node_def(): NodeDef {
    return nodeDefOf(this);
  }

  /** The outputs. */
  values(): readonly SymbolicTensor[] {
    return this.outputs;
  }

  /** The groups it is placed with: `loc:@name`. */
  colocation_groups(): string[] {
    return this.colocation.length > 0
      ? this.colocation.map((name) => `loc:@${name}`)
      : [`loc:@${this.name}`];
  }

  /** The value of attribute `name`, tensors and shapes as messages; ValueError where there is none. */
  get_attr(name: string): unknown {
    const value = this.attrs[name];
    if (value === undefined && name === '_class' && this.colocation.length > 0)
      return this.colocation_groups();
    if (value === undefined) {
      throw new ValueError(`No attr named '${name}' in ${this}`);
    }
    const type = this.declaration.attrs.find((spec) => spec.name === name)?.type;
    if (type === 'tensor') return tensorProto(value as Literal);
    if (type === 'shape') return shapeProto(value as Dims);
    return type === 'list(shape)' ? (value as Dims[]).map(shapeProto) : value;
  }

  /** Sets an attribute that carries a note and no meaning, such as `_gradient_op_type`. @internal */
  _set_attr(name: string, value: unknown): void {
    const { [name]: _, ...foreign } = this._foreign;
    this._foreign = foreign;
    this.attrs = { ...this.attrs, [name]: isAttrValue(value) ? valueOfAttr(value) : value };
  }

  /** Reads `tensor` in place of input `index`. @internal */
  _updateInput(index: number, tensor: SymbolicTensor): void {
    const replaced = this.inputs[index]!;
    this.inputs = this.inputs.map((input, i) => (i === index ? tensor : input));
    if (!this.inputs.includes(replaced)) {
      replaced._consumers.splice(replaced._consumers.indexOf(this), 1);
    }
    if (!tensor._consumers.includes(this)) tensor._consumers.push(this);
    this.graph._revision++;
  }

  /** Waits for `operations`, too. @internal */
  _addControlInputs(operations: readonly Operation[]): void {
    const added = operations.filter((operation) => !this.control_inputs.includes(operation));
    if (added.length === 0) return;
    this.control_inputs = [...this.control_inputs, ...added];
    this.graph._revision++;
  }

  /** Waits for nothing but its inputs. @internal */
  _removeControlInputs(): void {
    this.control_inputs = [];
    this.graph._revision++;
  }

  /** Runs this operation in `session`, the default session if none is given. */
  run(feed_dict: unknown = null, session: unknown = null): void {
    runOperation(this, feed_dict, session);
  }

  toString(): string {
    return String(this.node_def);
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `<tf.Operation '${this.name}' type=${this.type}>`;
  }

  private infer(): SymbolicTensor[] {
    const { declaration, attrs } = this;
    const dtypes = outputTypes(declaration, attrs);
    const named = byName(declaration.inputs, attrs, this.inputs);
    const [shapes, handle] = locateError(
      this,
      () =>
        [
          inferShapes(declaration, named, attrs, dtypes.length),
          declaration.handle?.(named, attrs) as HandleData | undefined,
        ] as const,
    );
    return dtypes.map((dtype, i) => new SymbolicTensor(this, i, dtype, shapes[i] ?? null, handle));
  }
}

const isAttrValue = (value: unknown): value is AttrValue => value instanceof AttrValue;

/** Where an operation is created; those of one gradient are created together. */
function traceOf(graph: Graph, id: number): CreationTrace {
  if (graph._originalOp === null) return graph._traces.trace(id, applyOp);
  graph._gradientTrace ??= captureStack(applyOp, true);
  return graph._gradientTrace;
}

/** The static shape of each of an op's `count` outputs. Errors of the shape function where inputs cannot fit. */
export function inferShapes(
  op: AnyOp,
  inputs: Record<string, unknown>,
  attrs: Attrs,
  count: number,
): readonly Dims[] {
  if (!op.shape || count === 0) {
    op.shape?.(inputs, attrs);
    return [];
  }
  const shapes = op.shape(inputs, attrs);
  const isList =
    op.outputs.length > 1 || op.outputs.some((arg) => arg.numberAttr || arg.typeListAttr);
  return isList ? ((shapes ?? []) as readonly Dims[]) : [shapes as Dims];
}

/** The type of each output of a node, flat. */
export function outputTypes(op: AnyOp, attrs: Attrs): DType[] {
  return op.outputs.flatMap((arg) => argTypes(arg, attrs));
}

function argTypes(arg: ArgSpec, attrs: Attrs): DType[] {
  if (arg.typeListAttr) return [...(attrs[arg.typeListAttr] as readonly DType[])];
  const base = arg.type ?? (attrs[arg.typeAttr!] as DType).base_dtype;
  const dtype = arg.isRef ? base._as_ref : base;
  return arg.numberAttr ? new Array<DType>(attrs[arg.numberAttr] as number).fill(dtype) : [dtype];
}
