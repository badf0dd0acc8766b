/** Tensors of one value. */

import { toTensor } from '../core/convert.ts';
import { isFullyDefined, sizeOf } from '../core/dims.ts';
import { as_dtype, bool, type DType, float32, int32, string, variant } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { executing_eagerly, nameScope } from '../core/mode.ts';
import { op } from '../core/op.ts';
import { Operand } from '../core/operand.ts';
import { as_shape, type ShapeLike, TensorShape } from '../core/shape.ts';
import { fn } from '../core/signature.ts';
import type { Dims, Name, Tensor, TensorLike } from '../core/tensor.ts';
import { constant } from './constant.ts';
import { holdsTensor, shapeOf } from './literals.ts';
import { reduce_sum } from './reduce.ts';
import { reshape, Shape } from './shape.ts';

/** From this size on, a constant is made in the run and not written into the graph. */
const LARGE = 1000;

export const Fill = op('Fill', {
  inputs: ['dims: index_type', 'value: T'],
  outputs: ['output: T'],
  attrs: ['T: type', 'index_type: {int32, int64} = DT_INT32'],
  shape: ({ dims }) => shapeOf(dims),
}).gradient((_, [dy]) => ({ dims: null, value: reduce_sum(dy) }));

/** A tensor of shape `dims` filled with a scalar. */
export const fill = fn(
  ['dims', 'value', 'name'],
  (dims: TensorLike, value: TensorLike, name: Name = null): Tensor =>
    Fill({ dims, value }, {}, name),
);

export const ZerosLike = op('ZerosLike', {
  inputs: ['x: T'],
  outputs: ['y: T'],
  attrs: ['T: type'],
  shape: ({ x }) => x.dims,
}).gradient(null);

export const OnesLike = op('OnesLike', {
  inputs: ['x: T'],
  outputs: ['y: T'],
  attrs: [
    'T: {bfloat16, half, float, double, int8, uint8, int16, uint16, int32, int64, complex64, complex128, bool}',
  ],
  shape: ({ x }) => x.dims,
}).gradient(null);

/** What a shape may be given as: sizes, some of which may be tensors, or a tensor of sizes. */
export type Sizes = ShapeLike | TensorLike;

function zeroOf(dtype: DType): TensorLike {
  if (dtype === bool) return false;
  return dtype === string ? '' : 0;
}

function oneOf(dtype: DType): TensorLike {
  return dtype === bool ? true : 1;
}

/** The static sizes that a shape spells out; `null` where tensors are among them. */
function staticSizes(shape: Sizes): Dims {
  if (shape instanceof Operand || holdsTensor(shape)) return null;
  if (shape instanceof TensorShape) return shape.toDims();
  const sizes = as_shape(shape as ShapeLike).toDims();
  if (sizes === null) throw new ValueError('Cannot take the length of Shape with unknown rank.');
  return sizes;
}

/** A tensor of `shape` filled with `value`, named by `scope`. */
function filled(shape: Sizes, value: TensorLike, dtype: DType, scope: string): Tensor {
  const sizes = staticSizes(shape);
  if (isFullyDefined(sizes) && (executing_eagerly() || sizeOf(sizes)! < LARGE)) {
    return constant(value, dtype, sizes, scope);
  }
  const dims = isFullyDefined(sizes)
    ? constant([...sizes], int32, [sizes.length], 'shape_as_tensor')
    : toTensor(shape as TensorLike, shape instanceof Operand ? null : int32);
  const vector = dims.dims?.length === 0 ? reshape(dims, [-1]) : dims;
  return fill(vector, constant(value, dtype), scope);
}

/** A tensor of zeros (`false`, `''`). */
export const zeros = fn(
  ['shape', 'dtype', 'name'],
  (shape: Sizes, dtype: DType = float32, name: Name = null): Tensor => {
    const type = as_dtype(dtype).base_dtype;
    return nameScope(name, 'zeros', (scope) => filled(shape, zeroOf(type), type, scope));
  },
);

/** A tensor of ones (`true`). */
export const ones = fn(
  ['shape', 'dtype', 'name'],
  (shape: Sizes, dtype: DType = float32, name: Name = null): Tensor => {
    const type = as_dtype(dtype).base_dtype;
    return nameScope(name, 'ones', (scope) => filled(shape, oneOf(type), type, scope));
  },
);

/** Zeros of the shape and, unless `dtype` says otherwise, the type of a tensor. */
export const zeros_like = fn(
  ['tensor', 'dtype', 'name', 'optimize'],
  (
    tensor: TensorLike,
    dtype: DType | null = null,
    name: Name = null,
    optimize: boolean = true,
  ): Tensor =>
    nameScope(name, 'zeros_like', (scope) => {
      const x = toTensor(tensor, null, 'tensor');
      const own = x.dtype.base_dtype;
      const type = dtype === null ? own : as_dtype(dtype).base_dtype;
      if (!executing_eagerly() && optimize && own !== variant && isFullyDefined(x.dims)) {
        return zeros(x.shape, type, scope);
      }
      return type === own ? ZerosLike({ x }, {}, scope) : zeros(Shape({ input: x }), type, scope);
    }),
);

/** Ones of the shape and, unless `dtype` says otherwise, the type of a tensor. */
export const ones_like = fn(
  ['tensor', 'dtype', 'name', 'optimize'],
  (
    tensor: TensorLike,
    dtype: DType | null = null,
    name: Name = null,
    optimize: boolean = true,
  ): Tensor =>
    nameScope(name, 'ones_like', (scope) => {
      const x = toTensor(tensor, null, 'tensor');
      const type = dtype === null ? x.dtype.base_dtype : dtype;
      const result = ones(shapeTensor(x, optimize), type, scope);
      if (!executing_eagerly()) result.set_shape(x.shape);
      return result;
    }),
);

/** The shape as a tensor in any case, constant where it is known statically. */
function shapeTensor(x: Tensor, optimize: boolean): Tensor {
  if (executing_eagerly() || !optimize || !isFullyDefined(x.dims)) return Shape({ input: x });
  const { dims } = x;
  return nameScope('Shape', 'Shape', () =>
    constant([...dims], int32, [dims.length], 'shape_as_tensor'),
  );
}
