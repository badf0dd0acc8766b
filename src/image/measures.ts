/** `tf.image`: what one can measure of images: variation, slopes, likeness. */

import { toTensor } from '../core/convert.ts';
import { type DType, float32 } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { nameScope } from '../core/mode.ts';
import { fn } from '../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../core/tensor.ts';
import { add, div, maximum, squared_difference, subtract } from '../ops/arithmetic.ts';
import { cast } from '../ops/cast.ts';
import { constant } from '../ops/constant.ts';
import { zeros } from '../ops/fill.ts';
import { times } from '../ops/infix.ts';
import { concat, stack } from '../ops/join.ts';
import { abs, log, rsqrt, sqrt, square } from '../ops/math.ts';
import { tile } from '../ops/move.ts';
import { relu } from '../ops/nn/activations.ts';
import { depthwise_conv2d } from '../ops/nn/convolution.ts';
import { pad } from '../ops/pad.ts';
import { reduce_mean, reduce_prod, reduce_sum } from '../ops/reduce.ts';
import { reshape, shape } from '../ops/shape.ts';
import { singleImage } from './checks.ts';
import { convert_image_dtype } from './colors.ts';

/**
 * One image with a mean of 0 and a standard deviation of 1: `(x - mean) / max(deviation, 1 / sqrt(n))`,
 * `n` being the number of its elements. Gives float32.
 */
export const per_image_standardization = fn(
  ['image'],
  (image: TensorLike): Tensor =>
    nameScope(null, 'per_image_standardization', (scope) => {
      const given = singleImage(image);
      const count = reduce_prod(shape(given));
      const x = cast(given, float32);
      const mean = reduce_mean(x);
      const variance = relu(subtract(reduce_mean(square(x)), square(mean)));
      const least = rsqrt(cast(count, float32));
      const scale = maximum(sqrt(variance), least);
      return div(subtract(x, mean), scale, scope);
    }),
);

/** The sum of the absolute differences of neighboring pixels: of one image, or of each of a batch. */
export const total_variation = fn(
  ['images', 'name'],
  (images: TensorLike, name: Name = null): Tensor =>
    nameScope(name, 'total_variation', () => {
      const x = toTensor(images);
      const rank = x.shape.ndims;
      if (rank !== 3 && rank !== 4) {
        throw new ValueError("'images' must be either 3 or 4-dimensional.");
      }
      const all = rank === 3 ? [] : [':'];
      const down = subtract(x.at(...all, '1:'), x.at(...all, ':-1'));
      const across = subtract(x.at(...all, ':', '1:'), x.at(...all, ':', ':-1'));
      const axes = rank === 3 ? null : [1, 2, 3];
      return add(reduce_sum(abs(down), axes), reduce_sum(abs(across), axes));
    }),
);

/** The differences of each pixel to the one below and to the one at its right: `[dy, dx]`, 0 at the last. */
export const image_gradients = fn(['image'], (image: TensorLike): [Tensor, Tensor] => {
  const x = toTensor(image);
  if (x.dims?.length !== 4) {
    throw new ValueError(
      `image_gradients expects a 4D tensor [batch_size, h, w, d], not ${x.shape}.`,
    );
  }
  const sizes = shape(x);
  const [batch, height, width, depth] = [0, 1, 2, 3].map((i) => sizes.at(i)) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const { dtype } = x;
  const down = subtract(x.at(':', '1:'), x.at(':', ':-1'));
  const across = subtract(x.at(':', ':', '1:'), x.at(':', ':', ':-1'));
  const dy = concat([down, zeros(stack([batch, 1, width, depth]), dtype)], 1);
  const dx = concat([across, zeros(stack([batch, height, 1, depth]), dtype)], 2);
  return [reshape(dy, sizes), reshape(dx, sizes)];
});

/** Sobel's filters, for slopes downwards and to the right: `[3, 3, 1, 2]`. */
const SOBEL = [
  [-1, -1, -2, 0, -1, 1],
  [0, -2, 0, 0, 0, 2],
  [1, -1, 2, 0, 1, 1],
].flat();

/** Slopes by Sobel's filters: `[batch, height, width, depth, 2]`, downwards and to the right. */
export const sobel_edges = fn(['image'], (image: TensorLike): Tensor => {
  const x = toTensor(image);
  const filter = tile(constant(SOBEL, x.dtype, [3, 3, 1, 2]), stack([1, 1, shape(x).at(-1), 1]));
  const margins = [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ];
  const padded = pad(x, margins, { mode: 'REFLECT' });
  const edges = depthwise_conv2d(padded, filter, [1, 1, 1, 1], 'VALID');
  const result = reshape(edges, concat([shape(x), [2]], 0));
  if (x.dims !== null) result.set_shape([...x.dims, 2]);
  return result;
});

/** Images as float32, and their largest value with them. */
function comparable(a: TensorLike, b: TensorLike, max_val: TensorLike): [Tensor, Tensor, Tensor] {
  const [x, y] = [toTensor(a, null, 'a'), toTensor(b, null, 'b')];
  const limit = convert_image_dtype(cast(max_val, x.dtype.base_dtype as DType), float32);
  return [convert_image_dtype(x, float32), convert_image_dtype(y, float32), limit];
}

/** The peak signal-to-noise ratio of images `a` and `b`, in decibels, one for each pair of images. */
export const psnr = fn(
  ['a', 'b', 'max_val', 'name'],
  (a: TensorLike, b: TensorLike, max_val: TensorLike, name: Name = null): Tensor =>
    nameScope(name, 'PSNR', (scope) => {
      const [x, y, limit] = comparable(a, b, max_val);
      const error = reduce_mean(squared_difference(x, y), [-3, -2, -1]);
      const decibels = times(20 / Math.log(10), log(limit));
      return subtract(decibels, times(10 / Math.log(10), log(error)), scope);
    }),
);
