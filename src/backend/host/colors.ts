/** Host kernels of colours: each walks over pixels of three numbers, or over the channels of images. */

import { float32, type TypedArray } from '../../core/dtype.ts';
import type { Kernel, KernelContext, Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { invalid, scalar, shapeText } from './box.ts';
import { numbersOf, roundTo16 } from './numeric.ts';

/** Turns three numbers of `x`, from `at` on, into three of `y`. */
type Pixels = (x: TypedArray, y: TypedArray, at: number) => void;

function recolored(images: Value, context: KernelContext, convert: Pixels): Value {
  const out = context.alloc(images.dtype, images.shape);
  const [x, y] = [numbersOf(images), numbersOf(out)];
  for (let at = 0; at < x.length; at += 3) convert(x, y, at);
  roundTo16(y, out.dtype);
  return out;
}

const colors =
  (convert: Pixels): Kernel =>
  ([images], _attrs, context) => {
    const { shape } = images!;
    if (shape.length < 1) invalid(`input must be at least 1D${shapeText(shape)}`);
    if (shape.at(-1) !== 3)
      invalid(`input must have 3 channels but input only has ${shape.at(-1)} channels.`);
    return recolored(images!, context, convert);
  };

/** The hue in [0, 1) of a colour whose largest part is `high`, the smallest lying `range` below it. */
function hueOf(r: number, g: number, b: number, high: number, range: number): number {
  if (!(range > 0)) return 0;
  const turn =
    r === high ? (g - b) / range : g === high ? (b - r) / range + 2 : (r - g) / range + 4;
  return (turn < 0 ? turn + 6 : turn) / 6;
}

function toHsv(r: number, g: number, b: number, y: TypedArray, at: number): void {
  const high = Math.max(r, g, b);
  const range = high - Math.min(r, g, b);
  y[at] = hueOf(r, g, b, high, range);
  y[at + 1] = high > 0 ? range / high : 0;
  y[at + 2] = high;
}

/** The colour of hue `h` in [0, 1] whose largest part lies `range` above the smallest, `low`. */
function turned(h: number, low: number, range: number, y: TypedArray, at: number): void {
  const turn = h * 6;
  const part = (x: number) => low + range * Math.min(Math.max(x, 0), 1);
  y[at] = part(Math.abs(turn - 3) - 1);
  y[at + 1] = part(2 - Math.abs(turn - 2));
  y[at + 2] = part(2 - Math.abs(turn - 4));
}

function toRgb(h: number, s: number, v: number, y: TypedArray, at: number): void {
  turned(h, v * (1 - s), v * s, y, at);
}

kernel(
  'RGBToHSV',
  colors((x, y, at) => toHsv(x[at]!, x[at + 1]!, x[at + 2]!, y, at)),
);
kernel(
  'HSVToRGB',
  colors((x, y, at) => toRgb(x[at]!, x[at + 1]!, x[at + 2]!, y, at)),
);

// ---- adjustments -------------------------------------------------------------------------------

/** Registers an op that changes each colour by one number. */
function adjustment(
  type: string,
  what: string,
  adjust: (color: TypedArray, by: number, y: TypedArray, at: number) => void,
): void {
  kernel(type, ([images, by], _attrs, context) => {
    const { shape } = images!;
    if (shape.length < 3) invalid(`input must be at least 3-D, got shape${shapeText(shape)}`);
    if (by!.shape.length !== 0) invalid(`${what} must be scalar: ${shapeText(by!.shape)}`);
    if (shape.at(-1) !== 3) {
      invalid(`input must have 3 channels but instead has ${shape.at(-1)} channels.`);
    }
    const amount = scalar(by!);
    return recolored(images!, context, (x, y, at) => {
      adjust(x.subarray(at, at + 3), amount, y, at);
    });
  });
}

adjustment('AdjustHue', 'delta', ([r, g, b], delta, y, at) => {
  // By its smallest and largest part, not by its saturation: that would lose colours below zero.
  const [low, high] = [Math.min(r!, g!, b!), Math.max(r!, g!, b!)];
  const hue = (hueOf(r!, g!, b!, high, high - low) + delta) % 1;
  turned(hue < 0 ? hue + 1 : hue, low, high - low, y, at);
});
const hsv = new Float64Array(3);
adjustment('AdjustSaturation', 'scale', ([r, g, b], scale, y, at) => {
  toHsv(r!, g!, b!, hsv, 0);
  toRgb(hsv[0]!, Math.min(1, Math.max(0, hsv[1]! * scale)), hsv[2]!, y, at);
});

/** `(x - mean) * factor + mean` of every channel of every image, between two limits. */
function contrasted(images: Value, factor: number, low: number, high: number, out: Value): void {
  const channels = images.shape.at(-1)!;
  const pixels = images.shape.at(-2)! * images.shape.at(-3)!;
  const [x, y] = [numbersOf(images), numbersOf(out)];
  for (let start = 0; start < x.length; start += pixels * channels) {
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      for (let p = 0; p < pixels; p++) sum += x[start + p * channels + c]!;
      const mean = sum / pixels;
      for (let p = 0; p < pixels; p++) {
        const at = start + p * channels + c;
        y[at] = Math.min(high, Math.max(low, (x[at]! - mean) * factor + mean));
      }
    }
  }
}

function checkContrast(images: Value, limits: readonly Value[]): void {
  const { shape } = images;
  if (shape.length < 3) invalid(`input must be at least 3-D, got shape${shapeText(shape)}`);
  for (const limit of limits) {
    if (limit.shape.length !== 0) {
      invalid(`contrast_factor must be scalar: ${shapeText(limit.shape)}`);
    }
  }
}

kernel('AdjustContrastv2', ([images, factor], _attrs, context) => {
  checkContrast(images!, [factor!]);
  const out = context.alloc(images!.dtype, images!.shape);
  contrasted(images!, scalar(factor!), -Infinity, Infinity, out);
  return out;
});

kernel('AdjustContrast', ([images, factor, low, high], _attrs, context) => {
  checkContrast(images!, [factor!, low!, high!]);
  const out = context.alloc(float32, images!.shape);
  contrasted(images!, scalar(factor!), scalar(low!), scalar(high!), out);
  return out;
});
