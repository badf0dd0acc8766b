/** `tf.image`: types and colours of images, and the adjustments that leave their shapes. */

import { toTensor } from '../core/convert.ts';
import { as_dtype, type DType, type DTypeLike, float32, int32 } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { nameScope } from '../core/mode.ts';
import { fn } from '../core/signature.ts';
import { type Name, Tensor, type TensorLike } from '../core/tensor.ts';
import { add, div, multiply } from '../ops/arithmetic.ts';
import { cast, saturate_cast } from '../ops/cast.ts';
import { greater_equal } from '../ops/compare.ts';
import { constant } from '../ops/constant.ts';
import { tensordot } from '../ops/contraction.ts';
import { ones } from '../ops/fill.ts';
import { AdjustContrastv2, AdjustHue, AdjustSaturation } from '../ops/image/colors.ts';
import { over, power, times } from '../ops/infix.ts';
import { concat } from '../ops/join.ts';
import { tile } from '../ops/move.ts';
import { random_uniform } from '../ops/random.ts';
import { reduce_sum } from '../ops/reduce.ts';
import { expand_dims, identity, rank } from '../ops/shape.ts';
import { checked, ensure } from './checks.ts';

// ---- types -------------------------------------------------------------------------------------

/**
 * Images as another type, with their numbers scaled: floats go from 0 to 1, integers from 0 to the
 * highest of their type. `saturate` keeps what lies beyond at the ends of the type.
 */
export const convert_image_dtype = fn(
  ['image', 'dtype', 'saturate', 'name'],
  (image: TensorLike, dtype: DTypeLike, saturate: boolean = false, name: Name = null): Tensor => {
    const x = toTensor(image, null, 'image');
    const [from, to] = [x.dtype.base_dtype, as_dtype(dtype)];
    if (from === to) return identity(x, name);
    return nameScope(name, 'convert_image', (scope) => {
      const finish = (value: Tensor): Tensor =>
        saturate ? saturate_cast(value, to, scope) : cast(value, to, scope);
      if (from.is_floating && to.is_floating) return cast(x, to, scope);
      if (from.is_integer && to.is_integer) return rescaled(x, to, saturate, finish, scope);
      if (from.is_integer) return multiply(cast(x, to), 1 / from.max, scope);
      // Half a level more, so that no float close to 1 is cut off below the highest level.
      return finish(multiply(x, to.max + 0.5));
    });
  },
);

/** Integers as other integers: by a whole factor, in the wider of the two types. */
function rescaled(
  x: Tensor,
  to: DType,
  saturate: boolean,
  finish: (value: Tensor) => Tensor,
  scope: string,
): Tensor {
  const from = x.dtype.base_dtype;
  if (from.max > to.max) return finish(div(x, Math.floor((from.max + 1) / (to.max + 1))));
  const wide = saturate ? saturate_cast(x, to) : cast(x, to);
  return multiply(wide, Math.floor((to.max + 1) / (from.max + 1)), scope);
}

/** Does something to images as float32, and brings the result back to their type. */
function asFloats(
  images: TensorLike,
  name: Name,
  base: string,
  saturate: boolean,
  body: (x: Tensor, scope: string) => Tensor,
): Tensor {
  return nameScope(name, base, (scope) => {
    const x = toTensor(images, null, 'image');
    const floats = convert_image_dtype(x, float32);
    return convert_image_dtype(body(floats, scope), x.dtype.base_dtype, saturate);
  });
}

// ---- adjustments -------------------------------------------------------------------------------

/** `image + delta`, where images go from 0 to 1. */
export const adjust_brightness = fn(
  ['image', 'delta'],
  (image: TensorLike, delta: TensorLike): Tensor =>
    asFloats(image, null, 'adjust_brightness', true, (x, scope) =>
      add(x, cast(delta, float32), scope),
    ),
);

/** `(x - mean) * contrast_factor + mean` for every channel of every image. */
export const adjust_contrast = fn(
  ['images', 'contrast_factor'],
  (images: TensorLike, contrast_factor: TensorLike): Tensor =>
    asFloats(images, null, 'adjust_contrast', true, (x, scope) =>
      AdjustContrastv2({ images: x, contrast_factor }, {}, scope),
    ),
);

/** RGB images, their hue turned by `delta`, in turns of the colour wheel. */
export const adjust_hue = fn(
  ['image', 'delta', 'name'],
  (image: TensorLike, delta: TensorLike, name: Name = null): Tensor =>
    asFloats(image, name, 'adjust_hue', false, (x) => AdjustHue({ images: x, delta })),
);

/** RGB images, their saturation multiplied by `saturation_factor`. */
export const adjust_saturation = fn(
  ['image', 'saturation_factor', 'name'],
  (image: TensorLike, saturation_factor: TensorLike, name: Name = null): Tensor =>
    asFloats(image, name, 'adjust_saturation', false, (x) =>
      AdjustSaturation({ images: x, scale: saturation_factor }),
    ),
);

/** `gain * image ** gamma`, where the image is scaled to go from 0 to 1. Gives float32, in the image's own range. */
export const adjust_gamma = fn(
  ['image', 'gamma', 'gain'],
  (image: TensorLike, gamma: number | Tensor = 1, gain: number | Tensor = 1): Tensor =>
    nameScope(null, 'adjust_gamma', () => {
      const x = toTensor(image, null, 'image');
      const floats = cast(x, float32);
      const holds = gamma instanceof Tensor ? greater_equal(gamma, 0) : gamma >= 0;
      const checks = ensure(holds, 'Gamma should be a non-negative real number.');
      const exponent = gamma instanceof Tensor ? checked(checks, gamma) : gamma;
      const [low, high] = x.dtype.limits;
      const scale = constant(high - low, float32);
      return times(times(power(over(floats, scale), exponent), scale), gain);
    }),
);

// ---- adjustments by chance ---------------------------------------------------------------------

function checkBounds(lower: number, upper: number): void {
  if (upper <= lower) throw new ValueError('upper must be > lower.');
  if (lower < 0) throw new ValueError('lower must be non-negative.');
}

/** `adjust_brightness` by a number from `[-max_delta, max_delta)`. */
export const random_brightness = fn(
  ['image', 'max_delta', 'seed'],
  (image: TensorLike, max_delta: number, seed: number | null = null): Tensor => {
    if (max_delta < 0) throw new ValueError('max_delta must be non-negative.');
    return adjust_brightness(image, random_uniform([], -max_delta, max_delta, { seed }));
  },
);

/** `adjust_contrast` by a factor from `[lower, upper)`. */
export const random_contrast = fn(
  ['image', 'lower', 'upper', 'seed'],
  (image: TensorLike, lower: number, upper: number, seed: number | null = null): Tensor => {
    checkBounds(lower, upper);
    return adjust_contrast(image, random_uniform([], lower, upper, { seed }));
  },
);

/** `adjust_hue` by a number from `[-max_delta, max_delta)`. */
export const random_hue = fn(
  ['image', 'max_delta', 'seed'],
  (image: TensorLike, max_delta: number, seed: number | null = null): Tensor => {
    if (max_delta > 0.5) throw new ValueError('max_delta must be <= 0.5.');
    if (max_delta < 0) throw new ValueError('max_delta must be non-negative.');
    return adjust_hue(image, random_uniform([], -max_delta, max_delta, { seed }));
  },
);

/** `adjust_saturation` by a factor from `[lower, upper)`. */
export const random_saturation = fn(
  ['image', 'lower', 'upper', 'seed'],
  (image: TensorLike, lower: number, upper: number, seed: number | null = null): Tensor => {
    checkBounds(lower, upper);
    return adjust_saturation(image, random_uniform([], lower, upper, { seed }));
  },
);

// ---- grey --------------------------------------------------------------------------------------

/** How much red, green and blue count for the eye (ITU-R BT.601). */
const LUMA = [0.2989, 0.587, 0.114];

/** The last axis, as a vector. */
const lastAxis = (images: Tensor): Tensor => expand_dims(rank(images).subtract(1), 0);

/** RGB images as grey ones, of one channel. */
export const rgb_to_grayscale = fn(
  ['images', 'name'],
  (images: TensorLike, name: Name = null): Tensor =>
    nameScope(name, 'rgb_to_grayscale', (scope) => {
      const x = toTensor(images, null, 'images');
      const floats = convert_image_dtype(x, float32);
      const grey = reduce_sum(times(floats, LUMA), lastAxis(x), { keepdims: true });
      if (x.dims !== null) grey.set_shape([...x.dims.slice(0, -1), 1]);
      return convert_image_dtype(grey, x.dtype.base_dtype, { name: scope });
    }),
);

/** Grey images, of one channel, as RGB ones. */
export const grayscale_to_rgb = fn(
  ['images', 'name'],
  (images: TensorLike, name: Name = null): Tensor =>
    nameScope(name, 'grayscale_to_rgb', (scope) => {
      const x = toTensor(images, null, 'images');
      const multiples = concat([ones(lastAxis(x), int32), expand_dims(constant(3, int32), 0)], 0);
      const rgb = tile(x, multiples, scope);
      if (x.dims !== null) rgb.set_shape([...x.dims.slice(0, -1), 3]);
      return rgb;
    }),
);

// ---- luma and chroma ---------------------------------------------------------------------------

/** Multiplies the colours of images by a matrix. */
const recolored = (kernel: readonly (readonly number[])[]) =>
  fn(['images'], (images: TensorLike): Tensor => {
    const x = toTensor(images, null, 'images');
    const matrix = toTensor(kernel, x.dtype.base_dtype, 'kernel');
    const last = (x.dims?.length ?? 0) - 1;
    return tensordot(x, matrix, [[last], [0]]);
  });

/** RGB images in [0, 1] as luma Y and chroma I and Q. */
export const rgb_to_yiq = recolored([
  [0.299, 0.59590059, 0.2115],
  [0.587, -0.27455667, -0.52273617],
  [0.114, -0.32134392, 0.31119955],
]);
/** The RGB images of `rgb_to_yiq`'s. */
export const yiq_to_rgb = recolored([
  [1, 1, 1],
  [0.95598634, -0.27201283, -1.10674021],
  [0.6208248, -0.64720424, 1.70423049],
]);
/** RGB images in [0, 1] as luma Y and chroma U and V. */
export const rgb_to_yuv = recolored([
  [0.299, -0.14714119, 0.61497538],
  [0.587, -0.28886916, -0.51496512],
  [0.114, 0.43601035, -0.10001026],
]);
/** The RGB images of `rgb_to_yuv`'s. */
export const yuv_to_rgb = recolored([
  [1, 1, 1],
  [0, -0.394642334, 2.03206185],
  [1.13988303, -0.58062185, 0],
]);
