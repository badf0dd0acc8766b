/**
 * Host kernels that resize images from more than the nearest pixels: bicubic interpolation (Keys 1981)
 * and means of areas. Both are separable: a row of weights per output row and one per output column.
 */

import { float32, type TypedArray } from '../../core/dtype.ts';
import type { Attrs, Kernel } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { numbersOf } from './numeric.ts';
import { checkImages, positionOf, scaleOf, sizeOf } from './resize.ts';

/** The input positions that an output position takes from, and how much of each. */
interface Share {
  readonly from: readonly number[];
  readonly weights: readonly number[];
}

/** What output positions along one dimension take. */
type Shares = (from: number, to: number, attrs: Attrs) => Share[];

const inside = (i: number, size: number): number => Math.min(size - 1, Math.max(0, i));

// ---- bicubic -----------------------------------------------------------------------------------

/** The kernel is read from a table of this many steps between two pixels, as TensorFlow does. */
const STEPS = 1024;

/** Keys' kernel at distance `x` from the pixel, with slope `a` at 1. */
function cubic(x: number, a: number): number {
  return x <= 1 ? ((a + 2) * x - (a + 3)) * x * x + 1 : ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
}

function roundHalfToEven(x: number): number {
  const low = Math.floor(x);
  const rest = x - low;
  if (rest !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}

const bicubic: Shares = (from, to, attrs) => {
  const scale = scaleOf(from, to, attrs);
  const centered = attrs.half_pixel_centers === true;
  const a = centered ? -0.5 : -0.75;
  return Array.from({ length: to }, (_, i) => {
    const at = positionOf(i, scale, attrs);
    const low = Math.floor(at);
    const step = roundHalfToEven(Math.fround(at - low) * STEPS) / STEPS;
    const weights = [1 + step, step, 1 - step, 2 - step].map((x) => Math.fround(cubic(x, a)));
    const places = [low - 1, low, low + 1, low + 2];
    const share = { from: places.map((place) => inside(place, from)), weights };
    return centered ? withoutOutside(share, places) : share;
  });
};

/** Gives the weights of pixels outside of the image to those inside. */
function withoutOutside({ from, weights }: Share, places: readonly number[]): Share {
  const kept = weights.map((weight, i) => (from[i] === places[i] ? weight : 0));
  const sum = kept.reduce((a, b) => a + b, 0);
  return { from, weights: Math.abs(sum) < 1e-30 ? kept : kept.map((weight) => weight / sum) };
}

// ---- areas -------------------------------------------------------------------------------------

const areas: Shares = (from, to, attrs) => {
  const scale = scaleOf(from, to, attrs);
  return Array.from({ length: to }, (_, i) => {
    const [start, end] = [Math.fround(i * scale), Math.fround((i + 1) * scale)];
    const first = Math.floor(start);
    const count = Math.ceil(end) - first;
    const places = Array.from({ length: count }, (_, k) => first + k);
    return {
      from: places.map((place) => inside(place, from)),
      weights: places.map((p) => (Math.min(p + 1, end) - Math.max(p, start)) / scale),
    };
  });
};

// ---- kernels -----------------------------------------------------------------------------------

/** Meets each output pixel with each input pixel that it takes from: offsets of their first channel, and the weight. */
function eachShare(
  [batch, h, w, depth]: readonly number[],
  rows: readonly Share[],
  columns: readonly Share[],
  visit: (to: number, from: number, weight: number) => void,
): void {
  let to = 0;
  for (let b = 0; b < batch!; b++) {
    for (const row of rows) {
      for (const column of columns) {
        for (let r = 0; r < row.from.length; r++) {
          const start = (b * h! + row.from[r]!) * w!;
          for (let c = 0; c < column.from.length; c++) {
            const weight = row.weights[r]! * column.weights[c]!;
            visit(to, (start + column.from[c]!) * depth!, weight);
          }
        }
        to += depth!;
      }
    }
  }
}

/** Adds `weight` times `count` numbers of `from` to those of `to`. */
function add(
  to: TypedArray | Float64Array,
  at: number,
  from: TypedArray | Float64Array,
  start: number,
  count: number,
  weight: number,
): void {
  for (let i = 0; i < count; i++) to[at + i] = to[at + i]! + from[start + i]! * weight;
}

const resize =
  (shares: Shares): Kernel =>
  ([images, size], attrs, context) => {
    checkImages(images!);
    const [height, width] = sizeOf(size!);
    const [batch, h, w, depth] = images!.shape as [number, number, number, number];
    const out = context.alloc(float32, [batch, height, width, depth]);
    const sums = new Float64Array(out.size);
    const x = numbersOf(images!);
    const [rows, columns] = [shares(h, height, attrs), shares(w, width, attrs)];
    eachShare(images!.shape, rows, columns, (to, from, weight) => {
      add(sums, to, x, from, depth, weight);
    });
    numbersOf(out).set(sums);
    return out;
  };
kernel('ResizeBicubic', resize(bicubic));
kernel('ResizeArea', resize(areas));

kernel('ResizeBicubicGrad', ([grads, image], attrs, context) => {
  checkImages(grads!);
  const [, h, w, depth] = image!.shape as [number, number, number, number];
  const [, height, width] = grads!.shape as [number, number, number];
  const out = context.alloc(image!.dtype, image!.shape);
  const sums = new Float64Array(out.size);
  const dy = numbersOf(grads!);
  const [rows, columns] = [bicubic(h, height, attrs), bicubic(w, width, attrs)];
  eachShare(image!.shape, rows, columns, (from, to, weight) => {
    add(sums, to, dy, from, depth, weight);
  });
  numbersOf(out).set(sums);
  return out;
});
