/** Constants and placeholders: how values enter a graph. */

import { toLiteral, toTensor } from '../core/convert.ts';
import { as_dtype, type DType } from '../core/dtype.ts';
import { RuntimeError } from '../core/errors.ts';
import { currentMode, executing_eagerly } from '../core/mode.ts';
import { op } from '../core/op.ts';
import { as_shape, type ShapeLike } from '../core/shape.ts';
import { fn } from '../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../core/tensor.ts';

export const Const = op('Const', {
  inputs: [],
  outputs: ['output: dtype'],
  attrs: ['value: tensor', 'dtype: type'],
  shape: (_, { value }) => value.shape,
  // In a damaged file they may differ, which running it says.
  constant: (_, { value, dtype }) => (value.dtype === dtype ? value : undefined),
}).gradient(null);

/**
 * A constant tensor of `value`: a number, a nested list or an array. Plain numbers are float32
 * unless `dtype` says otherwise. With `shape`, the last element repeats until the shape is full;
 * `verify_shape` makes a size that differs a TypeError.
 */
export const constant = fn(
  ['value', 'dtype', 'shape', 'name', 'verify_shape'],
  (
    value: TensorLike,
    dtype: DType | null = null,
    shape: ShapeLike = null,
    name: Name = 'Const',
    verify_shape: boolean = false,
  ): Tensor => {
    const dims = shape === null ? null : (as_shape(shape).as_list() as number[]);
    const literal = toLiteral(
      value,
      dtype === null ? null : as_dtype(dtype),
      verify_shape ? null : dims,
    );
    if (verify_shape && dims && dims.join() !== literal.shape.join()) {
      throw new TypeError(
        `Expected Tensor's shape: ${as_shape(dims)}, got ${as_shape(literal.shape)}.`,
      );
    }
    return currentMode().constant(literal, name ?? 'Const');
  },
);

export const Placeholder = op('Placeholder', {
  inputs: [],
  outputs: ['output: dtype'],
  attrs: ['dtype: type', 'shape: shape = null'],
  shape: (_, { shape }) => shape,
  opaque: true,
}).gradient(null);

/**
 * A tensor whose value every run must feed. Sizes that are `null` may be anything; without `shape`
 * so may the rank. RuntimeError in eager mode, where values are simply passed.
 */
export const placeholder = fn(
  ['dtype', 'shape', 'name'],
  (dtype: DType, shape: ShapeLike = null, name: Name = null): Tensor => {
    if (executing_eagerly()) {
      throw new RuntimeError('tf.placeholder() is not compatible with eager execution.');
    }
    return Placeholder({}, { dtype: as_dtype(dtype), shape: as_shape(shape).toDims() }, name);
  },
);

/** `Placeholder` as older files have it. */
export const PlaceholderV2 = op('PlaceholderV2', {
  inputs: [],
  outputs: ['output: dtype'],
  attrs: ['dtype: type', 'shape: shape'],
  shape: (_, { shape }) => shape,
  opaque: true,
}).gradient(null);

export const PlaceholderWithDefault = op('PlaceholderWithDefault', {
  inputs: ['input: dtype'],
  outputs: ['output: dtype'],
  attrs: ['dtype: type', 'shape: shape'],
  shape: (_, { shape }) => shape,
  opaque: true,
}).gradient((_, [dy]) => ({ input: dy }));

/** A tensor that passes `input` on, unless a run feeds it. */
export const placeholder_with_default = fn(
  ['input', 'shape', 'name'],
  (input: TensorLike, shape: ShapeLike, name: Name = null): Tensor =>
    PlaceholderWithDefault({ input }, { shape: as_shape(shape).toDims() }, name),
);

/**
 * The tensor that stands for `value`: a tensor, a variable, a number, a nested list or an array. A
 * given `dtype` must be the type of a tensor, and becomes that of a plain value; `preferred_dtype` is
 * tried first where `dtype` is `null`. ValueError for a tensor of another type.
 */
export const convert_to_tensor = fn(
  ['value', 'dtype', 'name', 'preferred_dtype'],
  (
    value: TensorLike,
    dtype: DType | null = null,
    name: Name = null,
    preferred_dtype: DType | null = null,
  ): Tensor => toTensor(value, dtype === null ? null : as_dtype(dtype), name, preferred_dtype),
);
