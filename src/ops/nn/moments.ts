/** Mean and variance along axes, at once or from sums, and normalization by the L2 norm. */

import { toTensor } from '../../core/convert.ts';
import { type DType, float16, float32, int32 } from '../../core/dtype.ts';
import { ValueError } from '../../core/errors.ts';
import { nameScope } from '../../core/mode.ts';
import { fn } from '../../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../../core/tensor.ts';
import { add, maximum, multiply, squared_difference, subtract } from '../arithmetic.ts';
import { gather, shape, squeeze, stop_gradient, zeros_like } from '../array.ts';
import { cast } from '../cast.ts';
import { equal } from '../compare.ts';
import { constant } from '../constant.ts';
import { reciprocal, rsqrt, square } from '../math.ts';
import { reduce_mean, reduce_prod, reduce_sum } from '../reduce.ts';

/** The axes to reduce: a list, or an int32 tensor. */
type Axes = readonly number[] | TensorLike;

/**
 * The mean and the (biased) variance of `x` along `axes`.
 *
 * @param shift Not used: the true mean is.
 * @returns `[mean, variance]`
 */
export const moments = fn(
  ['x', 'axes', 'shift', 'name', 'keep_dims'],
  (
    x: TensorLike,
    axes: Axes,
    shift: TensorLike | null = null,
    name: Name = null,
    keep_dims: boolean = false,
  ): readonly [Tensor, Tensor] =>
    nameScope(name, 'moments', () => {
      void shift;
      const input = toTensor(x, null, 'x');
      const narrow = input.dtype.base_dtype === float16;
      const y = narrow ? cast(input, float32) : input;
      const mean = reduce_mean(y, axes, true, 'mean');
      const deviation = squared_difference(y, stop_gradient(mean));
      const variance = reduce_mean(deviation, axes, true, 'variance');
      return finish([mean, variance], axes, keep_dims, narrow ? float16 : null);
    }),
);

function finish(
  statistics: readonly [Tensor, Tensor],
  axes: Axes,
  keep: boolean,
  dtype: DType | null,
): readonly [Tensor, Tensor] {
  const [mean, variance] = statistics.map((t) => {
    const shaped = keep ? t : squeeze(t, axes as readonly number[]);
    return dtype ? cast(shaped, dtype) : shaped;
  });
  return [mean!, variance!];
}

/**
 * The mean and the variance of `x` along `axes`, where each element counts as often as
 * `frequency_weights` says, which broadcasts with `x`.
 *
 * @returns `[mean, variance]`
 */
export const weighted_moments = fn(
  ['x', 'axes', 'frequency_weights', 'name', 'keep_dims'],
  (
    x: TensorLike,
    axes: Axes,
    frequency_weights: TensorLike,
    name: Name = null,
    keep_dims: boolean = false,
  ): readonly [Tensor, Tensor] =>
    nameScope(name, 'weighted_moments', () => {
      let input = toTensor(x, null, 'x');
      let weights = toTensor(frequency_weights, null, 'frequency_weights');
      const narrow = input.dtype.base_dtype === float16;
      if (narrow) input = cast(input, float32);
      if (weights.dtype.base_dtype !== input.dtype.base_dtype) {
        weights = cast(weights, input.dtype.base_dtype);
      }
      const total = reduce_sum(weights.multiply(input), axes, true, 'weighted_input_sum');
      const everywhere = weights.add(zeros_like(input));
      const count = reduce_sum(everywhere, axes, true, 'sum_of_weights');
      const divisor = reciprocal(count, 'inv_weight_sum');
      const mean = multiply(total, divisor);
      const squares = weights.multiply(squared_difference(input, mean));
      const variance = multiply(reduce_sum(squares, axes, true, 'weighted_distsq'), divisor);
      return finish([mean, variance], axes, keep_dims, narrow ? float16 : null);
    }),
);

/**
 * The sums that mean and variance along `axes` follow from, of `x - shift` where `shift` is given.
 *
 * @returns `[count, sum, sum of squares, shift]`, for `normalize_moments`.
 */
export const sufficient_statistics = fn(
  ['x', 'axes', 'shift', 'keep_dims', 'name'],
  (
    x: TensorLike,
    axes: readonly number[],
    shift: TensorLike | null = null,
    keep_dims: boolean = false,
    name: Name = null,
  ): readonly [Tensor, Tensor, Tensor, Tensor | null] => {
    const unique = [...new Set(axes)];
    return nameScope(name, 'sufficient_statistics', () => {
      const input = toTensor(x, null, 'x');
      const count = countAlong(input, unique);
      const origin = shift === null ? null : toTensor(shift, null, 'shift');
      const values = origin ? subtract(input, origin) : input;
      const squares = origin ? squared_difference(input, origin) : square(input);
      const sum = reduce_sum(values, unique, keep_dims, 'mean_ss');
      const sumOfSquares = reduce_sum(squares, unique, keep_dims, 'var_ss');
      return [count, sum, sumOfSquares, origin];
    });
  },
);

/** How many elements there are along `axes`, in the type of `x`. */
function countAlong(x: Tensor, axes: readonly number[]): Tensor {
  const dtype = x.dtype.base_dtype;
  const sizes = axes.map((axis) => x.dims?.at(axis) ?? null);
  if (x.dims && sizes.every((size) => size !== null)) {
    return constant(
      sizes.reduce((a, b) => a * b, 1),
      dtype,
    );
  }
  const all = cast(shape(x), dtype);
  return reduce_prod(gather(all, toTensor(axes, int32)), null, false, 'count');
}

/**
 * Mean and variance from the sums that `sufficient_statistics` gives.
 *
 * @returns `[mean, variance]`
 */
export const normalize_moments = fn(
  ['counts', 'mean_ss', 'variance_ss', 'shift', 'name'],
  (
    counts: TensorLike,
    mean_ss: TensorLike,
    variance_ss: TensorLike,
    shift: TensorLike | null,
    name: Name = null,
  ): readonly [Tensor, Tensor] =>
    nameScope(name, 'normalize', () => {
      const divisor = reciprocal(counts, 'divisor');
      const shifted = multiply(mean_ss, divisor, shift === null ? 'mean' : 'shifted_mean');
      const mean = shift === null ? shifted : add(shifted, shift, 'mean');
      const variance = subtract(multiply(variance_ss, divisor), square(shifted), 'variance');
      return [mean, variance];
    }),
);

/**
 * Scales `x` to length 1 along `axis` (or axes): `x / sqrt(max(sum(x ** 2), epsilon))`.
 */
export const l2_normalize = fn(
  ['x', 'axis', 'epsilon', 'name', 'dim'],
  (
    x: TensorLike,
    axis: Axes | number | null = null,
    epsilon: TensorLike = 1e-12,
    name: Name = null,
    dim: Axes | number | null = null,
  ): Tensor =>
    nameScope(name, 'l2_normalize', (scope) => {
      if (axis !== null && dim !== null) {
        throw new ValueError("Cannot specify both 'axis' and 'dim'");
      }
      const input = toTensor(x, null, 'x');
      const total = reduce_sum(square(input), axis ?? dim, true);
      return multiply(input, rsqrt(maximum(total, epsilon)), scope);
    }),
);

/** The fraction of zeros in `value`, as float32; `nan` where it is empty. */
export const zero_fraction = fn(
  ['value', 'name'],
  (value: TensorLike, name: Name = null): Tensor =>
    nameScope(name, 'zero_fraction', () => {
      const x = toTensor(value, null, 'value');
      const zero = constant(0, x.dtype.base_dtype, null, 'zero');
      return reduce_mean(cast(equal(x, zero), float32));
    }),
);
