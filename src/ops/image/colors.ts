/** Colours of images: between RGB and HSV, and adjustments of hue, saturation and contrast. */

import { type Dim, withRankAtLeast, withValue } from '../../core/dims.ts';
import { op } from '../../core/op.ts';
import { fn } from '../../core/signature.ts';
import type { Dims, Name, Static, Tensor, TensorLike } from '../../core/tensor.ts';

const TYPES = 'T: {half, bfloat16, float, double} = DT_FLOAT';

/** The shape of images whose last dimension is red, green and blue. */
function colorDims({ images }: { readonly images: Static }): Dims {
  const dims = withRankAtLeast(images.dims, 1);
  return dims && [...dims.slice(0, -1), withValue(dims.at(-1)!, 3)];
}

function imageDims({ images }: { readonly images: Static }): readonly Dim[] | null {
  return withRankAtLeast(images.dims, 3);
}

export const RGBToHSV = op('RGBToHSV', {
  inputs: ['images: T'],
  outputs: ['output: T'],
  attrs: [TYPES],
  shape: colorDims,
}).gradient(null);
/** Hue, saturation and value of RGB colours in [0, 1], which stand in the last dimension. */
export const rgb_to_hsv = fn(
  ['images', 'name'],
  (images: TensorLike, name: Name = null): Tensor => RGBToHSV({ images }, {}, name),
);

export const HSVToRGB = op('HSVToRGB', {
  inputs: ['images: T'],
  outputs: ['output: T'],
  attrs: [TYPES],
  shape: colorDims,
}).gradient(null);
/** The RGB colours of hues, saturations and values in [0, 1], which stand in the last dimension. */
export const hsv_to_rgb = fn(
  ['images', 'name'],
  (images: TensorLike, name: Name = null): Tensor => HSVToRGB({ images }, {}, name),
);

/** Adds `delta` to the hue of RGB images. */
export const AdjustHue = op('AdjustHue', {
  inputs: ['images: float', 'delta: float'],
  outputs: ['output: float'],
  attrs: [],
  shape: imageDims,
});

/** Multiplies the saturation of RGB images by `scale`, up to 1. */
export const AdjustSaturation = op('AdjustSaturation', {
  inputs: ['images: float', 'scale: float'],
  outputs: ['output: float'],
  attrs: [],
  shape: imageDims,
});

/** Moves every channel of an image away from its mean, or towards it: `(x - mean) * factor + mean`. */
export const AdjustContrastv2 = op('AdjustContrastv2', {
  inputs: ['images: float', 'contrast_factor: float'],
  outputs: ['output: float'],
  attrs: [],
  shape: imageDims,
});

/** AdjustContrastv2 as graphs of 2015 have it, with limits for the result. */
export const AdjustContrast = op('AdjustContrast', {
  inputs: ['images: T', 'contrast_factor: float', 'min_value: float', 'max_value: float'],
  outputs: ['output: float'],
  attrs: ['T: {uint8, int8, int16, int32, int64, float, double}'],
  shape: imageDims,
});
