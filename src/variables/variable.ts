/**
 * `tf.Variable`: a value that a session keeps between runs. In the graph it is four nodes: the
 * variable itself (`v`), its first value, the assignment of that (`v/Assign`), and a read (`v/read`)
 * that stands for it wherever a tensor is wanted.
 */

import type { DType } from '../core/dtype.ts';
import { NotImplementedError, ValueError } from '../core/errors.ts';
import type { Fetched } from '../core/fetched.ts';
import type { IndexSpec } from '../core/index_spec.ts';
import type { IndexedSlices } from '../core/indexed_slices.ts';
import { executing_eagerly } from '../core/mode.ts';
import { Operand } from '../core/operand.ts';
import type { ShapeLike, TensorShape } from '../core/shape.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import type { Name, Node, Tensor, TensorLike } from '../core/tensor.ts';
import { VariableDef } from '../formats/meta_graph_messages.ts';
import { get_default_graph } from '../graph/default_graph.ts';
import type { Graph } from '../graph/graph.ts';
import { stripNameScope } from '../graph/scope_names.ts';
import { identity } from '../ops/shape.ts';
import { type SliceInputs, sliceInputs } from '../ops/slice.ts';
import {
  Assign,
  AssignAdd,
  AssignSub,
  CountUpTo,
  IsVariableInitialized,
  ScatterSub,
  StridedSliceAssign,
} from '../ops/state.ts';
import { get_default_session } from '../session/default_session.ts';
import type { FeedDict } from '../session/feeds.ts';
import type { BaseSession } from '../session/session.ts';
import {
  type Constraint,
  refuseEager,
  type VariableArguments,
  variableArguments,
} from './arguments.ts';
import { initializedValue } from './initial_value.ts';
import { SaveSliceInfo } from './save_slice_info.ts';
import { importedParts, inputsOfSlice, referenceParts, VariableParts } from './variable_parts.ts';

const assignArguments = signature(
  ['value', 'use_locking', 'name', 'read_value'],
  (
    value: TensorLike,
    use_locking: boolean = false,
    name: Name = null,
    _read_value: boolean = true,
  ) => ({ value, use_locking, name }),
  { name: 'assign' },
);
const updateArguments = signature(
  ['delta', 'use_locking', 'name', 'read_value'],
  (
    delta: TensorLike,
    use_locking: boolean = false,
    name: Name = null,
    _read_value: boolean = true,
  ) => ({ delta, use_locking, name }),
  { name: 'assign_add' },
);
const slicesArguments = signature(
  ['sparse_delta', 'use_locking'],
  (sparse_delta: IndexedSlices, use_locking: boolean = false) => ({ sparse_delta, use_locking }),
  { name: 'scatter_sub' },
);
const limitArguments = signature(['limit'], (limit: number) => limit, { name: 'count_up_to' });
const evalArguments = signature(['session'], (session: BaseSession | null = null) => session, {
  name: 'eval',
});
const loadArguments = signature(
  ['value', 'session'],
  (value: TensorLike, session: BaseSession | null = null) => ({ value, session }),
  { name: 'load' },
);

const sliceArguments = signature(
  ['value', 'name'],
  (value: TensorLike, name: Name = null) => ({ value, name }),
  { name: 'assign' },
);

/** A slice of a variable: a tensor, and a place to assign to. */
export type SlicedVariable = Tensor & {
  /** Replaces the slice by `value`, which must have its shape. */
  assign(...args: ArgsOf<typeof sliceArguments>): Assigned;
};

/** What an assignment gives: the changed variable, as a reference or as a variable read after it. */
export type Assigned = Tensor | Variable;

let makeResource: ((call: VariableArguments) => Variable) | undefined;

/** Says what `use_resource: true` makes; that class extends this file's. @internal */
export function registerResourceVariables(make: (call: VariableArguments) => Variable): void {
  makeResource = make;
}

/** A variable; see `tf.get_variable` for sharing one by name. */
export class Variable extends Operand {
  /** Which part of a larger variable a variable is. */
  static readonly SaveSliceInfo = SaveSliceInfo;
  /** @internal */
  protected readonly parts!: VariableParts;
  private saveSlice: SaveSliceInfo | null = null;

  /**
   * Makes a variable of `initial_value`, which a session assigns when `initializer` runs. Its shape
   * and type are fixed, unless `validate_shape` is false. With `use_resource` it lives behind a
   * resource handle. RuntimeError in eager mode; ValueError
   * without a value or without a known shape.
   */
  constructor(...args: ArgsOf<typeof variableArguments>);
  /** @internal */
  constructor(parts: VariableParts);
  constructor(...args: unknown[]) {
    super();
    const [first] = args;
    if (first instanceof VariableParts) this.parts = first;
    else {
      const call = variableArguments(...(args as ArgsOf<typeof variableArguments>));
      // biome-ignore lint/correctness/noConstructorReturn: the keyword chooses the class
      if (call.use_resource) return makeResource!(call);
      if (executing_eagerly()) refuseEager();
      this.parts = call.variable_def
        ? importedParts(call.variable_def, call.import_scope)
        : referenceParts(call);
      if (!call.variable_def) get_default_graph().add_to_collections(call.collections, this);
    }
  }

  /** The variable that `variable_def` of a meta graph describes, in the default graph. */
  static from_proto(variable_def: VariableDef, import_scope: string | null = null): Variable {
    return new Variable(new VariableParts(importedParts(variable_def, import_scope)));
  }

  // ---- what it is ----------------------------------------------------------------------------

  /** The variable's name: `'v:0'`. */
  get name(): string {
    return this.parts.name ?? this.parts.tensor.name;
  }
  /** The element type; for a variable read through a reference, its `_ref` kind. */
  get dtype(): DType {
    return this.parts.tensor.dtype;
  }
  /** The static shape. */
  get shape(): TensorShape {
    return this.parts.tensor.shape;
  }
  /** The static shape, as `shape`. */
  get_shape(): TensorShape {
    return this.shape;
  }
  /** The device it is placed on. */
  get device(): string {
    return this.parts.tensor.device;
  }
  /** The operation that makes it. */
  get op(): Node {
    return this.parts.tensor.op;
  }
  get graph(): Graph {
    return this.parts.tensor.graph as Graph;
  }
  /** Whether optimizers change it by default. */
  get trainable(): boolean {
    return this.parts.trainable;
  }
  /** What projects its value after an optimizer's update, or `null`. */
  get constraint(): Constraint | null {
    return this.parts.constraint;
  }
  /** The operation that assigns the first value. */
  get initializer(): Node {
    return this.parts.initializer!;
  }
  /** The tensor of the first value. Reading it may need other variables to be initialized. */
  get initial_value(): Tensor | null {
    return this.parts.initialValue;
  }
  /** Whether it lives behind a resource handle. @internal */
  get isResource(): boolean {
    return false;
  }
  /** Whether it belongs to a graph, and not to eager mode. @internal */
  get inGraph(): boolean {
    return this.parts.name === null;
  }
  /** The operation's name without an output index. @internal */
  get _shared_name(): string {
    return this.name.split(':')[0]!;
  }
  /** Merges what is known of its shape with `shape`. */
  set_shape(shape: ShapeLike): void {
    this.parts.tensor.set_shape(shape);
    this.value().set_shape(shape);
  }

  // ---- reading -------------------------------------------------------------------------------

  /** The tensor that stands for the variable: the last read of it, not a new one. */
  value(): Tensor {
    return this.parts.snapshot!;
  }

  /** A new read of the variable, whose value is as of the place it takes in the graph. */
  read_value(): Tensor {
    return identity(this.parts.tensor, 'read');
  }

  /** The value, or while there is none the initial value: for first values that need this one. */
  initialized_value(): Tensor {
    return initializedValue(this);
  }

  /** Its value in `session`, the default session if none is given. */
  eval(...args: ArgsOf<typeof evalArguments>): Fetched {
    return (this._as_graph_element() as Tensor).eval(null, evalArguments(...args));
  }

  /** Its value as plain data. Eager mode only. */
  numpy(): Fetched {
    if (executing_eagerly()) return this.read_value().numpy();
    throw new NotImplementedError('numpy() is only available when eager execution is enabled.');
  }

  // ---- changing ------------------------------------------------------------------------------

  /** Replaces the value. */
  assign(...args: ArgsOf<typeof assignArguments>): Assigned {
    const { value, use_locking, name } = assignArguments(...args);
    return Assign({ ref: this.parts.tensor, value }, { use_locking }, name);
  }

  /** Adds `delta` to the value. */
  assign_add(...args: ArgsOf<typeof updateArguments>): Assigned {
    const { delta, use_locking, name } = updateArguments(...args);
    return AssignAdd({ ref: this.parts.tensor, value: delta }, { use_locking }, name);
  }

  /** Subtracts `delta` from the value. */
  assign_sub(...args: ArgsOf<typeof updateArguments>): Assigned {
    const { delta, use_locking, name } = updateArguments(...args);
    return AssignSub({ ref: this.parts.tensor, value: delta }, { use_locking }, name);
  }

  /** Subtracts the rows of `sparse_delta`, an IndexedSlices, from the rows they belong to. */
  scatter_sub(...args: ArgsOf<typeof slicesArguments>): Assigned {
    const { sparse_delta, use_locking } = slicesArguments(...args);
    const { indices, values } = slicesOf(sparse_delta);
    return ScatterSub({ ref: this.parts.tensor, indices, updates: values }, { use_locking });
  }

  /** The value before counting one up; running it at `limit` is an OutOfRangeError. Integers only. */
  count_up_to(...args: ArgsOf<typeof limitArguments>): Tensor {
    return CountUpTo({ ref: this.parts.tensor }, { limit: limitArguments(...args) });
  }

  /** Sets the value in `session`, the default one if none is given, from plain data. */
  load(...args: ArgsOf<typeof loadArguments>): void {
    const { value, session } = loadArguments(...args);
    const chosen = session ?? get_default_session();
    if (chosen === null) {
      throw new ValueError(
        'Either session argument should be provided or default session should be established',
      );
    }
    const fed = this.initializer.inputs[1]!;
    chosen.run(this.initializer, [[fed, value]] as FeedDict);
  }

  /** `self[specs]`, which can also be replaced: `v.at(0).assign(row)`. */
  override at(...specs: IndexSpec<Operand>[]): SlicedVariable {
    const sliced = this.value().at(...specs);
    const assign = (...args: ArgsOf<typeof sliceArguments>): Assigned => {
      const { value, name } = sliceArguments(...args);
      const parts = executing_eagerly() ? sliceInputs(specs) : inputsOfSlice(sliced.op);
      return this._assignSlice(parts, value, name ?? labelOf(sliced));
    };
    return Object.assign(sliced, { assign });
  }

  /** Replaces the slice that `parts` describe. @internal */
  _assignSlice({ masks, ...ranges }: SliceInputs, value: TensorLike, name: Name): Assigned {
    return StridedSliceAssign({ ref: this.parts.tensor, ...ranges, value }, masks, name);
  }

  // ---- files ---------------------------------------------------------------------------------

  /** The names of its parts, as a meta graph keeps them; `null` outside of `export_scope`. */
  to_proto(export_scope: string | null = null): VariableDef | null {
    if (export_scope !== null && !this.name.startsWith(export_scope)) return null;
    const strip = (name: string) => stripNameScope(name, export_scope);
    const { initialValue, initializer, snapshot, trainable } = this.parts;
    return new VariableDef({
      variable_name: strip(this.name),
      initial_value_name: initialValue ? strip(initialValue.name) : '',
      initializer_name: strip(initializer!.name),
      snapshot_name: strip(snapshot!.name),
      save_slice_info_def: this.saveSlice?.to_proto(export_scope) ?? null,
      is_resource: this.isResource,
      trainable,
    });
  }

  /** Replaces what gives the variable its first value. @internal */
  _setInitializer(initializer: Node, initialValue: Tensor): void {
    Object.assign(this.parts, { initializer, initialValue });
  }

  /** Says which part of a larger variable this is, for savers. @internal */
  _set_save_slice_info(info: SaveSliceInfo | null): void {
    this.saveSlice = info;
  }

  /** Which part of a larger variable this is. @internal */
  _get_save_slice_info(): SaveSliceInfo | null {
    return this.saveSlice;
  }

  // ---- how the rest of the library sees it ---------------------------------------------------

  /** The reference to the variable, which ops take to change it. @internal */
  _ref(): Tensor {
    return this.parts.tensor;
  }

  /** Whether it has a value yet, as a tensor. @internal */
  _isInitialized(name: string | null = null): Tensor {
    return IsVariableInitialized({ ref: this.parts.tensor }, {}, name);
  }

  /** What a session fetches or feeds for it. @internal */
  _as_graph_element(): unknown {
    return this.parts.tensor;
  }

  override _toTensor(
    dtype: DType | null = null,
    _name: string | null = null,
    asRef: boolean = false,
  ): Tensor {
    if (dtype !== null && !dtype.is_compatible_with(this.dtype)) {
      throw new ValueError(
        `Incompatible type conversion requested to type '${dtype.name}' for variable of type '${this.dtype.name}'`,
      );
    }
    return asRef ? this._ref() : this.value();
  }

  [Symbol.iterator](): never {
    throw new TypeError("'Variable' object is not iterable.");
  }

  [Symbol.toPrimitive](): string {
    return this.toString();
  }

  /** `<tf.Variable 'v:0' shape=(2,) dtype=float32_ref>`. */
  override toString(): string {
    return `<tf.Variable '${this.name}' shape=${this.shape} dtype=${this.dtype.name}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/** The rows and indices of an IndexedSlices. ValueError for anything else. @internal */
export function slicesOf(sparse_delta: IndexedSlices): IndexedSlices {
  if (sparse_delta?.indices === undefined) {
    throw new ValueError(`sparse_delta is not IndexedSlices: ${sparse_delta}`);
  }
  return sparse_delta;
}

function labelOf(sliced: Tensor): Name {
  return executing_eagerly() ? null : `${sliced.op.name}/_assign`;
}
