/** Parts of images cut out by boxes and brought to one size. */

import { type Dim, mergeDim, withRank, withValue } from '../../core/dims.ts';
import { float16, float32, float64 } from '../../core/dtype.ts';
import { op } from '../../core/op.ts';
import { fn } from '../../core/signature.ts';
import type { Dims, Name, Static, Tensor, TensorLike } from '../../core/tensor.ts';
import { shape } from '../shape.ts';

const METHOD = "method: {'bilinear', 'nearest'} = 'bilinear'";
const PIXELS = 'T: {uint8, uint16, int8, int16, int32, int64, half, float, double}';

/** How many boxes there are. */
function boxCount(boxes: Static, box_ind: Static): Dim {
  const [count, corners] = withRank(boxes.dims, 2);
  withValue(corners!, 4);
  return mergeDim(count!, withRank(box_ind.dims, 1)[0]!);
}

function sized(size: Static): readonly Dim[] {
  withValue(withRank(size.dims, 1)[0]!, 2);
  return size.known ?? [null, null];
}

export const CropAndResize = op('CropAndResize', {
  inputs: ['image: T', 'boxes: float', 'box_ind: int32', 'crop_size: int32'],
  outputs: ['crops: float'],
  attrs: [PIXELS, METHOD, 'extrapolation_value: float = 0'],
  shape: ({ image, boxes, box_ind, crop_size }) => {
    const depth = withRank(image.dims, 4)[3]!;
    const [height, width] = sized(crop_size);
    return [boxCount(boxes, box_ind), height!, width!, depth];
  },
}).gradient(({ image, boxes, box_ind }, [grads], { method }) => {
  const type = image.dtype.base_dtype;
  const isSmooth = [float16, float32, float64].includes(type);
  return {
    image: isSmooth
      ? CropAndResizeGradImage(
          { grads, boxes, box_ind, image_size: shape(image) },
          { T: type, method },
        )
      : null,
    // TensorFlow states this gradient for bilinear sampling only, and uses it for both.
    boxes: CropAndResizeGradBoxes({ grads, image, boxes, box_ind }),
    box_ind: null,
    crop_size: null,
  };
});

/** The gradient of CropAndResize with respect to the image. */
export const CropAndResizeGradImage = op('CropAndResizeGradImage', {
  inputs: ['grads: float', 'boxes: float', 'box_ind: int32', 'image_size: int32'],
  outputs: ['output: T'],
  attrs: ['T: {float, half, double}', METHOD],
  shape: ({ image_size }): Dims => {
    withValue(withRank(image_size.dims, 1)[0]!, 4);
    return image_size.known ?? [null, null, null, null];
  },
});

/** The gradient of CropAndResize with respect to the boxes. */
export const CropAndResizeGradBoxes = op('CropAndResizeGradBoxes', {
  inputs: ['grads: float', 'image: T', 'boxes: float', 'box_ind: int32'],
  outputs: ['output: float'],
  attrs: [PIXELS, "method: {'bilinear'} = 'bilinear'"],
  shape: ({ boxes }) => boxes.dims,
});

/**
 * Cuts boxes out of images and resizes each to `crop_size`.
 *
 * @param boxes `[n, 4]`, rows `[y1, x1, y2, x2]` as parts of the image's height and width; one that is
 * upside down is flipped, and what lies outside of the image gets `extrapolation_value`.
 * @param box_ind `[n]`: from which image of the batch each box is cut.
 * @param crop_size `[height, width]`
 * @returns `[n, height, width, depth]`
 */
export const crop_and_resize = fn(
  ['image', 'boxes', 'box_ind', 'crop_size', 'method', 'extrapolation_value', 'name'],
  (
    image: TensorLike,
    boxes: TensorLike,
    box_ind: TensorLike,
    crop_size: TensorLike,
    method: 'bilinear' | 'nearest' = 'bilinear',
    extrapolation_value: number = 0,
    name: Name = null,
  ): Tensor =>
    CropAndResize({ image, boxes, box_ind, crop_size }, { method, extrapolation_value }, name),
);
