/** Dropout: random elements are zeroed and the rest scaled, so that the expected sum stays. */

import { toTensor } from '../../core/convert.ts';
import { ValueError } from '../../core/errors.ts';
import { executing_eagerly, nameScope } from '../../core/mode.ts';
import { as_shape, type ShapeLike, TensorShape } from '../../core/shape.ts';
import { fn } from '../../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../../core/tensor.ts';
import { div } from '../arithmetic.ts';
import { shape } from '../array.ts';
import { floor } from '../math.ts';
import { random_uniform } from '../random.ts';

/** The shape of the noise: that of `x`, whose sizes also fill in for what `noise_shape` leaves open. */
function noiseShape(x: Tensor, noise_shape: TensorLike | ShapeLike): TensorLike {
  if (noise_shape === null) return shape(x);
  if (!(Array.isArray(noise_shape) || noise_shape instanceof TensorShape)) {
    return noise_shape as TensorLike;
  }
  const dims = Array.isArray(noise_shape) ? noise_shape : as_shape(noise_shape).as_list();
  if (!dims.includes(null) || x.dims?.length !== dims.length) return dims as TensorLike;
  return dims.map((n, i) => n ?? x.dims![i]!) as TensorLike;
}

/**
 * Keeps each element of `x` with probability `keep_prob`, scaled by `1 / keep_prob`, and makes the
 * others 0. Elements that share a position of `noise_shape` are kept or dropped together.
 */
export const dropout = fn(
  ['x', 'keep_prob', 'noise_shape', 'seed', 'name'],
  (
    x: TensorLike,
    keep_prob: TensorLike,
    noise_shape: TensorLike | ShapeLike = null,
    seed: number | null = null,
    name: Name = null,
  ): Tensor =>
    nameScope(name, 'dropout', () => {
      const input = toTensor(x, null, 'x');
      const dtype = input.dtype.base_dtype;
      if (!dtype.is_floating) {
        throw new ValueError(
          `x has to be a floating point tensor since it's going to be scaled. Got a ${input.dtype} tensor instead.`,
        );
      }
      if (typeof keep_prob === 'number' && !(keep_prob > 0 && keep_prob <= 1)) {
        throw new ValueError(
          `keep_prob must be a scalar tensor or a float in the range (0, 1], got ${keep_prob}`,
        );
      }
      if (executing_eagerly() && keep_prob === 1) return input;
      const keep = toTensor(keep_prob, dtype, 'keep_prob');
      keep.shape.assert_is_compatible_with(as_shape([]));
      if ((keep.constant?.data as ArrayLike<number> | undefined)?.[0] === 1) return input;
      const sizes = noiseShape(input, noise_shape);
      // floor(keep_prob + uniform) is 1 with probability keep_prob
      const noise = keep.add(random_uniform(sizes, { seed, dtype }));
      const kept = floor(noise);
      const result = div(input, keep).multiply(kept);
      result.set_shape(input.dims);
      return result;
    }),
);
