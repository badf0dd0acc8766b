/** `tf.image`: flips and turns of images. */

import { case_ } from '../control/case.ts';
import { cond } from '../control/cond.ts';
import { toTensor } from '../core/convert.ts';
import { int32 } from '../core/dtype.ts';
import { nameScope } from '../core/mode.ts';
import { fn } from '../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../core/tensor.ts';
import { mod } from '../ops/arithmetic.ts';
import { equal, less } from '../ops/compare.ts';
import { reverse, transpose } from '../ops/move.ts';
import { random_uniform } from '../ops/random.ts';
import { imageOrBatch, singleImage } from './checks.ts';

/** The axis of the rows of an image; the columns follow. */
const rowsOf = (image: Tensor): number => (image.dims?.length === 4 ? 1 : 0);

/** Says of a turned image what was known of it before. */
function shaped(result: Tensor, image: Tensor): Tensor {
  result.set_shape(image.dims ?? [null, null, null]);
  return result;
}

const flip = (name: string, columns: boolean) =>
  fn(
    ['image'],
    (image: TensorLike): Tensor =>
      nameScope(null, name, (scope) => {
        const x = imageOrBatch(image);
        return shaped(reverse(x, [rowsOf(x) + (columns ? 1 : 0)], scope), x);
      }),
  );

/** The image, or each of a batch, with left and right exchanged. */
export const flip_left_right = flip('flip_left_right', true);
/** The image, or each of a batch, upside down. */
export const flip_up_down = flip('flip_up_down', false);

const randomFlip = (name: string, axis: number) =>
  fn(
    ['image', 'seed'],
    (image: TensorLike, seed: number | null = null): Tensor =>
      nameScope(null, name, (scope) => {
        const x = singleImage(image);
        const isFlipped = less(random_uniform([], 0, 1, { seed }), 0.5);
        const result = cond(
          isFlipped,
          () => reverse(x, [axis]),
          () => x,
          { name: scope },
        );
        return shaped(result as Tensor, x);
      }),
  );

/** One image, upside down with a chance of one half. */
export const random_flip_up_down = randomFlip('random_flip_up_down', 0);
/** One image, with left and right exchanged with a chance of one half. */
export const random_flip_left_right = randomFlip('random_flip_left_right', 1);

/** One image, its rows and columns exchanged. */
export const transpose_image = fn(
  ['image'],
  (image: TensorLike): Tensor =>
    nameScope(null, 'transpose_image', (scope) =>
      transpose(singleImage(image), [1, 0, 2], { name: scope }),
    ),
);

/** One image, turned counter-clockwise by `k` quarters of a turn. */
export const rot90 = fn(
  ['image', 'k', 'name'],
  (image: TensorLike, k: TensorLike = 1, name: Name = null): Tensor =>
    nameScope(name, 'rot90', (scope) => {
      const x = singleImage(image);
      const turns = toTensor(k, int32, 'k');
      turns.shape.assert_has_rank(0);
      const quarters = mod(turns, 4);
      const result = case_(
        [
          [equal(quarters, 1), () => transpose(reverse(x, [1]), [1, 0, 2])],
          [equal(quarters, 2), () => reverse(x, [0, 1])],
          [equal(quarters, 3), () => reverse(transpose(x, [1, 0, 2]), [1])],
        ],
        () => x,
        { exclusive: true, name: scope },
      ) as Tensor;
      result.set_shape([null, null, x.dims?.[2] ?? null]);
      return result;
    }),
);
