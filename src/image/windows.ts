/** `tf.image`: windows of images, and images in larger frames. */

import { toTensor } from '../core/convert.ts';
import { ValueError } from '../core/errors.ts';
import { nameScope } from '../core/mode.ts';
import { fn } from '../core/signature.ts';
import type { Tensor, TensorLike } from '../core/tensor.ts';
import { floordiv, maximum, minimum, negative } from '../ops/arithmetic.ts';
import { to_double, to_int32 } from '../ops/cast.ts';
import { minus, plus } from '../ops/infix.ts';
import { stack } from '../ops/join.ts';
import { pad } from '../ops/pad.ts';
import { expand_dims, reshape, shape, squeeze } from '../ops/shape.ts';
import { slice } from '../ops/slice.ts';
import {
  atLeast,
  checked,
  checkNotEmpty,
  type Extent,
  ensure,
  isPositive,
  isSame,
  singleImage,
  sizesOf,
} from './checks.ts';

const isNumber = (x: Extent): x is number => typeof x === 'number';
const known = (x: Extent): number | null => (isNumber(x) ? x : null);

const difference = (a: Extent, b: Extent): Extent =>
  isNumber(a) && isNumber(b) ? a - b : minus(a, b);
const sum = (a: Extent, b: Extent): Extent => (isNumber(a) && isNumber(b) ? a + b : plus(a, b));
const atMost = (a: Extent, b: Extent): Extent =>
  isNumber(a) && isNumber(b) ? Math.min(a, b) : minimum(integer(a), integer(b));
/** Half of `a`, rounded down, or 0 if that is more. */
const half = (a: Extent): Extent =>
  isNumber(a) ? Math.max(Math.floor(a / 2), 0) : maximum(floordiv(a, 2), 0);
const opposite = (a: Extent): Extent => (isNumber(a) ? -a : negative(a));

/** Does something to a batch of images, also to one that is no batch. */
function onBatch(value: TensorLike, name: string, body: (images: Tensor) => Tensor): Tensor {
  return nameScope(null, name, () => {
    const image = toTensor(value, null, 'image');
    const rank = image.dims?.length ?? null;
    if (rank === 4) return body(image);
    if (rank !== null && rank !== 3) {
      throw new ValueError("'image' must have either 3 or 4 dimensions.");
    }
    const batch = expand_dims(image, 0);
    if (rank === null) batch.set_shape([null, null, null, null]);
    return squeeze(body(batch), [0]);
  });
}

/** Frames images with zeros: `offset_height` rows above, `offset_width` columns at the left, the rest after. */
export const pad_to_bounding_box = fn(
  ['image', 'offset_height', 'offset_width', 'target_height', 'target_width'],
  (
    image: TensorLike,
    offset_height: Extent,
    offset_width: Extent,
    target_height: Extent,
    target_width: Extent,
  ): Tensor =>
    onBatch(image, 'pad_to_bounding_box', (images) => {
      const checks = checkNotEmpty(images);
      const [batch, height, width, depth] = sizesOf(images) as [Extent, Extent, Extent, Extent];
      const right = difference(difference(target_width, offset_width), width);
      const below = difference(difference(target_height, offset_height), height);
      checks.push(
        ...ensure(atLeast(offset_height, 0), 'offset_height must be >= 0'),
        ...ensure(atLeast(offset_width, 0), 'offset_width must be >= 0'),
        ...ensure(atLeast(right, 0), 'width must be <= target - offset'),
        ...ensure(atLeast(below, 0), 'height must be <= target - offset'),
      );
      const margins = [0, 0, offset_height, below, offset_width, right, 0, 0];
      const paddings = reshape(stack(margins.map(integer)), [4, 2]);
      const padded = pad(checked(checks, images), paddings);
      padded.set_shape([batch, target_height, target_width, depth].map(known));
      return padded;
    }),
);

/** A size as a tensor of integers. */
function integer(x: Extent): Tensor {
  return isNumber(x) ? toTensor(Int32Array.of(x)).at(0) : x;
}

/** The window of images whose upper left corner is at `offset_height, offset_width`. */
export const crop_to_bounding_box = fn(
  ['image', 'offset_height', 'offset_width', 'target_height', 'target_width'],
  (
    image: TensorLike,
    offset_height: Extent,
    offset_width: Extent,
    target_height: Extent,
    target_width: Extent,
  ): Tensor =>
    onBatch(image, 'crop_to_bounding_box', (images) => {
      const checks = checkNotEmpty(images);
      const [batch, height, width, depth] = sizesOf(images) as [Extent, Extent, Extent, Extent];
      const [right, bottom] = [sum(target_width, offset_width), sum(target_height, offset_height)];
      checks.push(
        ...ensure(atLeast(offset_width, 0), 'offset_width must be >= 0.'),
        ...ensure(atLeast(offset_height, 0), 'offset_height must be >= 0.'),
        ...ensure(isPositive(target_width), 'target_width must be > 0.'),
        ...ensure(isPositive(target_height), 'target_height must be > 0.'),
        ...ensure(atLeast(width, right), 'width must be >= target + offset.'),
        ...ensure(atLeast(height, bottom), 'height must be >= target + offset.'),
      );
      const cropped = slice(
        checked(checks, images),
        offsets([0, offset_height, offset_width, 0]),
        offsets([-1, target_height, target_width, -1]),
      );
      cropped.set_shape([batch, target_height, target_width, depth].map(known));
      return cropped;
    }),
);

function offsets(list: readonly Extent[]): TensorLike {
  return list.every(isNumber) ? list : stack(list.map(integer));
}

/** Images of the target size: cut in the middle where they are larger, framed with zeros where smaller. */
export const resize_image_with_crop_or_pad = fn(
  ['image', 'target_height', 'target_width'],
  (image: TensorLike, target_height: Extent, target_width: Extent): Tensor =>
    onBatch(image, 'resize_image_with_crop_or_pad', (images) => {
      const checks = [
        ...checkNotEmpty(images),
        ...ensure(isPositive(target_width), 'target_width must be > 0.'),
        ...ensure(isPositive(target_height), 'target_height must be > 0.'),
      ];
      const x = checked(checks, images);
      // The crop and the frame check too; these checks come first, for their texts are clearer.
      const after = (size: Extent): Extent => (isNumber(size) ? size : checked(checks, size));
      const [toHeight, toWidth] = [after(target_height), after(target_width)];
      const [, height, width] = sizesOf(x) as [Extent, Extent, Extent];
      const [moreWidth, moreHeight] = [difference(toWidth, width), difference(toHeight, height)];
      const cropped = crop_to_bounding_box(
        x,
        half(opposite(moreHeight)),
        half(opposite(moreWidth)),
        atMost(toHeight, height),
        atMost(toWidth, width),
      );
      const left = half(moreWidth);
      const resized = pad_to_bounding_box(cropped, half(moreHeight), left, toHeight, toWidth);
      const [, newHeight, newWidth] = sizesOf(resized) as [Extent, Extent, Extent];
      return checked(
        [
          ...ensure(isSame(newHeight, toHeight), 'resized height is not correct.'),
          ...ensure(isSame(newWidth, toWidth), 'resized width is not correct.'),
        ],
        resized,
      );
    }),
);

/** The middle of one image: `central_fraction` of its height and of its width. */
export const central_crop = fn(
  ['image', 'central_fraction'],
  (image: TensorLike, central_fraction: number): Tensor =>
    nameScope(null, 'central_crop', () => {
      const given = toTensor(image, null, 'image');
      if (central_fraction <= 0 || central_fraction > 1) {
        throw new ValueError('central_fraction must be within (0, 1]');
      }
      if (central_fraction === 1) return given;
      const x = singleImage(given);
      const sizes = shape(x);
      const [top, left] = [0, 1].map((i) => {
        const size = to_double(sizes.at(i));
        return to_int32(size.subtract(size.multiply(central_fraction)).div(2));
      }) as [Tensor, Tensor];
      const begin = stack([top, left, 0]);
      const height = sizes.at(0).subtract(top.multiply(2));
      const width = sizes.at(1).subtract(left.multiply(2));
      const cropped = slice(x, begin, stack([height, width, -1]));
      cropped.set_shape([...cropSizes(x, central_fraction), x.dims?.[2] ?? null]);
      return cropped;
    }),
);

/** The sizes that are left of the sizes that are known. */
function cropSizes(image: Tensor, fraction: number): (number | null)[] {
  return [0, 1].map((i) => {
    const size = image.dims?.[i] ?? null;
    return size === null ? null : size - 2 * Math.trunc((size - size * fraction) / 2);
  });
}
