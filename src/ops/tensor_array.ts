/**
 * `tf.TensorArray`: tensors by index, each written once, for loops that read one and write one per
 * step. In a graph every write gives a new TensorArray object with the flow that comes after it.
 */

import { toLiteral, toTensor } from '../core/convert.ts';
import { as_dtype, type DType, type DTypeLike, int32, int64 } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import {
  colocateWith,
  controlDependencies,
  executing_eagerly,
  nameScope,
  onDevice,
} from '../core/mode.ts';
import { Operand } from '../core/operand.ts';
import { type ShapeLike, TensorShape } from '../core/shape.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import { type Name, type Node, Tensor, type TensorLike } from '../core/tensor.ts';
import { cast } from './cast.ts';
import { integers, intsOf } from './literals.ts';
import { range } from './sequence.ts';
import { identity, shape } from './shape.ts';
import { EagerElements } from './tensor_array_body.ts';
import {
  TensorArrayCloseV3,
  TensorArrayConcatV3,
  TensorArrayGatherV3,
  TensorArrayGradV3,
  TensorArrayReadV3,
  TensorArrayScatterV3,
  TensorArraySizeV3,
  TensorArraySplitV3,
  TensorArrayV3,
  TensorArrayWriteV3,
} from './tensor_array_nodes.ts';

const arrayArguments = signature(
  [
    'dtype',
    'size',
    'dynamic_size',
    'clear_after_read',
    'tensor_array_name',
    'handle',
    'flow',
    'infer_shape',
    'element_shape',
    'colocate_with_first_write_call',
    'name',
  ],
  (
    dtype: DTypeLike,
    size: TensorLike | null = null,
    dynamic_size: boolean | null = null,
    clear_after_read: boolean | null = null,
    tensor_array_name: string | null = null,
    handle: Tensor | null = null,
    flow: Tensor | null = null,
    infer_shape: boolean = true,
    element_shape: ShapeLike | null = null,
    colocate_with_first_write_call: boolean = true,
    name: Name = null,
  ) => ({
    dtype: as_dtype(dtype),
    size,
    dynamic_size,
    clear_after_read,
    tensor_array_name,
    handle,
    flow,
    infer_shape,
    element_shape: element_shape === null ? null : new TensorShape(element_shape),
    colocate_with_first_write_call,
    name,
  }),
);
type ArrayArguments = ReturnType<typeof arrayArguments>;

const named = (method: string) =>
  signature(['name'], (name: Name = null) => name, { name: method });
const stackArguments = named('stack');
const concatArguments = named('concat');
const sizeArguments = named('size');
const closeArguments = named('close');
const readArguments = signature(
  ['index', 'name'],
  (index: TensorLike, name: Name = null) => ({ index, name }),
  { name: 'read' },
);
const writeArguments = signature(
  ['index', 'value', 'name'],
  (index: TensorLike, value: TensorLike, name: Name = null) => ({ index, value, name }),
  { name: 'write' },
);
const gatherArguments = signature(
  ['indices', 'name'],
  (indices: TensorLike, name: Name = null) => ({ indices: integers(indices), name }),
  { name: 'gather' },
);
const scatterArguments = signature(
  ['indices', 'value', 'name'],
  (indices: TensorLike, value: TensorLike, name: Name = null) => ({
    indices: integers(indices),
    value,
    name,
  }),
  { name: 'scatter' },
);
const unstackArguments = signature(
  ['value', 'name'],
  (value: TensorLike, name: Name = null) => ({ value, name }),
  { name: 'unstack' },
);
const splitArguments = signature(
  ['value', 'lengths', 'name'],
  (value: TensorLike, lengths: TensorLike, name: Name = null) => ({
    value,
    lengths: integers(lengths),
    name,
  }),
  { name: 'split' },
);
const gradArguments = signature(
  ['source', 'flow', 'name'],
  (source: string, flow: Tensor | null = null, name: Name = null) => ({ source, flow, name }),
  { name: 'grad' },
);

/** What the TensorArray objects of one array have in common: they learn from each other's writes. */
interface Shared {
  elementShape: TensorShape | null;
  readonly infers: boolean;
  readonly colocates: boolean;
  /** The first tensor written, with which the array is placed. */
  first: Tensor | null;
}

/** Tensors of one type by index, each written once; dynamic-sized where it says so. */
export class TensorArray {
  /** The type of the elements. */
  readonly dtype: DType;
  private readonly eager: EagerElements | null;
  private readonly tensors: { readonly handle: Tensor; readonly flow: Tensor } | null;
  private readonly shared: Shared;

  constructor(...args: ArgsOf<typeof arrayArguments>) {
    const given = arrayArguments(...args);
    checkArguments(given);
    this.dtype = given.dtype;
    this.shared = {
      elementShape: given.element_shape,
      infers: given.element_shape === null ? given.infer_shape : true,
      colocates: given.colocate_with_first_write_call,
      first: null,
    };
    this.eager = executing_eagerly() ? eagerElements(given) : null;
    this.tensors = this.eager === null ? arrayTensors(given) : null;
  }

  /** What names the array in a graph; `null` in eager mode. */
  get handle(): Tensor | null {
    return this.tensors?.handle ?? null;
  }

  /** What orders the uses of the array: a scalar that what comes later depends on. */
  get flow(): Tensor {
    return this.tensors?.flow ?? this.eager!.flow;
  }

  /** The handle, in a graph. */
  private get graphHandle(): Tensor {
    return this.tensors!.handle;
  }

  private merge(shape: TensorShape): void {
    if (!this.shared.infers) return;
    const known = this.shared.elementShape;
    if (known !== null && !shape.is_compatible_with(known)) {
      throw new ValueError(
        `Inconsistent shapes: saw ${shape} but expected ${known} (and infer_shape=True)`,
      );
    }
    this.shared.elementShape = known === null ? shape : known.merge_with(shape);
  }

  private colocated<R>(value: Tensor, body: () => R): R {
    if (!this.shared.colocates) return body();
    this.shared.first ??= value;
    return colocateWith(this.shared.first, body);
  }

  /** The same array after what made `flow`: a loop threads the flow and keeps the rest. @internal */
  _withFlow(flow: Tensor): TensorArray {
    if (this.eager !== null) return this;
    const array = new TensorArray({
      dtype: this.dtype,
      handle: this.graphHandle,
      flow,
      infer_shape: this.shared.infers,
      colocate_with_first_write_call: this.shared.colocates,
    });
    return Object.assign(array, { shared: this.shared });
  }

  /** What travels through a loop or a branch: the flow. @internal */
  _components(): readonly Tensor[] {
    return this.eager === null ? [this.flow] : [];
  }

  /** The same array with the flow that came out. @internal */
  _withComponents([flow]: readonly Tensor[]): TensorArray {
    return this.eager === null ? this._withFlow(flow!) : this;
  }

  /** A TensorArray object with the same content and flow. */
  identity(): TensorArray {
    if (this.eager !== null) return this;
    return this._withFlow(identity(this.flow));
  }

  /** The array that holds the gradients of this one for one call of `tf.gradients`, `source`. */
  grad(...args: ArgsOf<typeof gradArguments>): TensorArray {
    const { source, flow, name } = gradArguments(...args);
    if (this.eager !== null) return this.eager.grad();
    const after = flow ?? this.flow;
    return nameScope(name, 'TensorArrayGrad', () =>
      colocateWith(this.graphHandle, () => {
        const [handle] = TensorArrayGradV3(
          { handle: this.graphHandle, flow_in: after },
          { source },
          name,
        );
        const gradientFlow = controlDependencies([handle], () => identity(after, 'gradient_flow'));
        const array = new TensorArray({
          dtype: this.dtype,
          handle,
          flow: gradientFlow,
          infer_shape: this.shared.infers,
          colocate_with_first_write_call: false,
        });
        array.shared.elementShape = this.shared.elementShape;
        return array;
      }),
    );
  }

  /** The element at `index`. Unless `clear_after_read` is false, it can be read once. */
  read(...args: ArgsOf<typeof readArguments>): Tensor {
    const { index, name } = readArguments(...args);
    if (this.eager !== null) return this.eager.read(index);
    const value = TensorArrayReadV3(
      { handle: this.graphHandle, index: integers(index), flow_in: this.flow },
      { dtype: this.dtype },
      name,
    );
    if (this.shared.elementShape !== null) value.set_shape(this.shared.elementShape);
    return value;
  }

  /** Writes `value` at `index`; use the TensorArray that this returns from here on. */
  write(...args: ArgsOf<typeof writeArguments>): TensorArray {
    const { index, value, name } = writeArguments(...args);
    if (this.eager !== null) {
      this.eager.write(index, value);
      return this;
    }
    return nameScope(name, 'TensorArrayWrite', () => {
      const element = toTensor(value, null, 'value', this.dtype);
      this.merge(element.shape);
      const at = integers(index);
      const flow = this.colocated(element, () =>
        TensorArrayWriteV3(
          { handle: this.graphHandle, index: at, value: element, flow_in: this.flow },
          {},
          name,
        ),
      );
      return this._withFlow(flow);
    });
  }

  /** All elements, stacked along a new first dimension. */
  stack(...args: ArgsOf<typeof stackArguments>): Tensor {
    const name = stackArguments(...args);
    if (this.eager !== null) return this.eager.stack(name);
    return colocateWith(this.graphHandle, () =>
      nameScope(name, 'TensorArrayStack', () => this.gather(range(int32(0), this.size()), name)),
    );
  }

  /** The elements at `indices`, stacked along a new first dimension. */
  gather(...args: ArgsOf<typeof gatherArguments>): Tensor {
    const { indices, name } = gatherArguments(...args);
    if (this.eager !== null) return this.eager.gather(indices);
    const { elementShape } = this.shared;
    const value = TensorArrayGatherV3(
      { handle: this.graphHandle, indices, flow_in: this.flow },
      { dtype: this.dtype, element_shape: elementShape?.toDims() ?? null },
      name,
    );
    const dims = elementShape?.toDims() ?? null;
    if (dims !== null) value.set_shape([null, ...dims]);
    return value;
  }

  /** The elements, joined along their first dimension, in which they may differ. */
  concat(...args: ArgsOf<typeof concatArguments>): Tensor {
    const name = concatArguments(...args);
    if (this.eager !== null) return this.eager.concat(name);
    const inner = this.shared.elementShape?.toDims()?.slice(1) ?? null;
    const [value] = TensorArrayConcatV3(
      { handle: this.graphHandle, flow_in: this.flow },
      { dtype: this.dtype, element_shape_except0: inner },
      name,
    );
    if (inner !== null) value.set_shape([null, ...inner]);
    return value;
  }

  /** Writes the slices of `value` along its first dimension to the places 0, 1, 2, ... */
  unstack(...args: ArgsOf<typeof unstackArguments>): TensorArray {
    const { value, name } = unstackArguments(...args);
    if (this.eager !== null) {
      this.eager.unstack(value);
      return this;
    }
    return nameScope(name, 'TensorArrayUnstack', () => {
      const sizes =
        value instanceof Operand
          ? shape(value)
          : toTensor(toLiteral(value, this.dtype).shape, int32, 'Shape');
      return this.scatter(range(int32(0), sizes.at(0)), value, name);
    });
  }

  /** Writes the slices of `value` along its first dimension to the places `indices`. */
  scatter(...args: ArgsOf<typeof scatterArguments>): TensorArray {
    const { indices, value, name } = scatterArguments(...args);
    if (this.eager !== null) {
      this.eager.scatter(indices, value);
      return this;
    }
    return nameScope(name, 'TensorArrayScatter', () => {
      const rows = toTensor(value, null, 'value', this.dtype);
      const dims = rows.dims;
      this.merge(TensorShape.of(dims?.slice(1) ?? null));
      const flow = this.colocated(rows, () =>
        TensorArrayScatterV3(
          { handle: this.graphHandle, indices, value: rows, flow_in: this.flow },
          {},
          name,
        ),
      );
      return this._withFlow(flow);
    });
  }

  /** Writes parts of `value` along its first dimension, `lengths` long, to the places 0, 1, 2, ... */
  split(...args: ArgsOf<typeof splitArguments>): TensorArray {
    const { value, lengths, name } = splitArguments(...args);
    if (this.eager !== null) {
      this.eager.split(value, lengths);
      return this;
    }
    return nameScope(name, 'TensorArraySplit', () => {
      const whole = toTensor(value, null, 'value', this.dtype);
      const flow = this.colocated(whole, () => {
        const wide = cast(lengths, int64, 'ToInt64');
        this.mergeParts(whole, intsOf(wide));
        return TensorArraySplitV3(
          { handle: this.graphHandle, value: whole, lengths: wide, flow_in: this.flow },
          {},
          name,
        );
      });
      return this._withFlow(flow);
    });
  }

  /** Learns the shape of the elements from a split into equal parts. */
  private mergeParts({ dims }: Tensor, lengths: readonly number[] | undefined): void {
    if (dims === null || lengths === undefined || lengths.length === 0) return;
    const [first] = lengths;
    if (lengths.every((length) => length === first)) {
      this.merge(TensorShape.of([first!, ...dims.slice(1)]));
    }
  }

  /** The number of places. */
  size(...args: ArgsOf<typeof sizeArguments>): Tensor {
    const name = sizeArguments(...args);
    if (this.eager !== null) return this.eager.size();
    return TensorArraySizeV3({ handle: this.graphHandle, flow_in: this.flow }, {}, name);
  }

  /** Frees the elements before the run ends; the array cannot be used after it. */
  close(...args: ArgsOf<typeof closeArguments>): Node {
    const name = closeArguments(...args);
    if (this.eager !== null) {
      this.eager.close();
      return null as never;
    }
    return TensorArrayCloseV3({ handle: this.graphHandle }, {}, name);
  }
}

function checkArguments(given: ArrayArguments): void {
  const { handle } = given;
  if (handle === null) {
    if (given.size === null) {
      throw new ValueError('Size must be provided if handle is not provided');
    }
    return;
  }
  if (given.tensor_array_name) {
    throw new ValueError('Cannot construct with both handle and tensor_array_name');
  }
  if (!(handle instanceof Tensor)) throw new TypeError('Handle must be a Tensor');
  const both: readonly [string, unknown][] = [
    ['a handle and size', given.size],
    ['a handle and element_shape', given.element_shape],
    ['a handle and dynamic_size', given.dynamic_size],
    ['a handle and clear_after_read', given.clear_after_read],
  ];
  for (const [what, value] of both) {
    if (value !== null) throw new ValueError(`Cannot provide both ${what} at the same time`);
  }
}

function eagerElements(given: ArrayArguments): EagerElements {
  return new EagerElements(given.dtype, given.size ?? 0, {
    dynamic: given.dynamic_size ?? false,
    clears: given.clear_after_read ?? true,
    infers: given.infer_shape,
    elementShape: given.element_shape,
  });
}

/** The handle and the first flow; a new array has no place until something is written to it. */
function arrayTensors(given: ArrayArguments): { handle: Tensor; flow: Tensor } {
  return nameScope(given.name, 'TensorArray', (scope) => {
    if (given.handle !== null) return { handle: given.handle, flow: given.flow! };
    const create = () =>
      TensorArrayV3(
        { size: integers(given.size!) },
        {
          dtype: given.dtype,
          element_shape: given.element_shape?.toDims() ?? null,
          identical_element_shapes: given.infer_shape,
          dynamic_size: given.dynamic_size ?? false,
          clear_after_read: given.clear_after_read ?? true,
          tensor_array_name: given.tensor_array_name ?? '',
        },
        scope,
      );
    const [handle, flow] = given.colocate_with_first_write_call
      ? onDevice(null, () => colocateWith(null, create))
      : create();
    return { handle, flow };
  });
}
