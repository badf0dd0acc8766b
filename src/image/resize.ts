/** `tf.image.resize_images`, the resizing that chooses its method by a number. */

import { toTensor } from '../core/convert.ts';
import { compatible } from '../core/dims.ts';
import { int32 } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { nameScope } from '../core/mode.ts';
import { fn } from '../core/signature.ts';
import type { Tensor, TensorLike } from '../core/tensor.ts';
import {
  resize_area,
  resize_bicubic,
  resize_bilinear,
  resize_nearest_neighbor,
} from '../ops/nn/images.ts';
import { expand_dims, squeeze } from '../ops/shape.ts';

/** The methods of `resize_images`. */
export const ResizeMethod = {
  BILINEAR: 0,
  NEAREST_NEIGHBOR: 1,
  BICUBIC: 2,
  AREA: 3,
} as const;

const METHODS = [resize_bilinear, resize_nearest_neighbor, resize_bicubic, resize_area];

/**
 * Resizes an image, or a batch of them, to `size`, `[new_height, new_width]`. Gives float32, but the
 * images' own type for the nearest neighbor, and where nothing changes.
 */
export const resize_images = fn(
  ['images', 'size', 'method', 'align_corners'],
  (
    images: TensorLike,
    size: TensorLike,
    method: number = ResizeMethod.BILINEAR,
    align_corners: boolean = false,
  ): Tensor =>
    nameScope(null, 'resize_images', () => {
      const given = toTensor(images, null, 'images');
      if (given.dims === null) throw new ValueError("'images' contains no shape.");
      const rank = given.dims.length;
      if (rank !== 3 && rank !== 4) {
        throw new ValueError("'images' must have either 3 or 4 dimensions.");
      }
      const batch = rank === 3 ? expand_dims(given, 0) : given;
      const resized = resizeBatch(batch, sizeTensor(size), method, align_corners);
      return rank === 3 ? squeeze(resized, [0]) : resized;
    }),
);

function sizeTensor(value: TensorLike): Tensor {
  let size: Tensor;
  try {
    size = toTensor(value, int32, 'size');
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof ValueError)) throw error;
    throw new ValueError("'size' must be a 1-D int32 Tensor");
  }
  if (!compatible(size.dims, [2])) {
    throw new ValueError("'size' must be a 1-D Tensor of 2 elements: new_height, new_width");
  }
  return size;
}

function resizeBatch(images: Tensor, size: Tensor, method: number, align: boolean): Tensor {
  const [, height, width] = images.dims as readonly (number | null)[];
  const [toHeight = null, toWidth = null] = size.known ?? [];
  const isSame = height !== null && width !== null && height === toHeight && width === toWidth;
  if (isSame) return images;
  const resize = METHODS[method];
  if (!resize) throw new ValueError('Resize method is not implemented.');
  const resized = resize(images, size, align);
  resized.set_shape([null, toHeight, toWidth, null]);
  return resized;
}
