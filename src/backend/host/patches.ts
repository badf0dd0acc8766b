/**
 * Windows unrolled into the rows of a matrix, and rows added back to where they came from: a
 * convolution is a matrix product between the two.
 */

import type { TypedArray } from '../../core/dtype.ts';
import { kernel } from '../registry.ts';
import { invalid, shapeText } from './box.ts';
import { numbersOf } from './numeric.ts';
import type { Windows } from './windows.ts';
import { imageShape, spatial, windowsOver } from './windows.ts';

/** What is done with one line of a window: `count` numbers at `at` in the image, `row` in the rows; `at` is -1 in the padding. */
type Line = (at: number, row: number, count: number) => void;

/** The number of windows. */
export function windowCount(g: Windows): number {
  return g.batch * g.out[0] * g.out[1] * g.out[2];
}

/** The number of elements in one window, all channels. */
export function windowSize(g: Windows): number {
  return g.window[0] * g.window[1] * g.window[2] * g.channels;
}

/** Writes windows `start` to `end` of an image with channels last as rows; padding is 0. */
export function unroll(
  x: TypedArray,
  g: Windows,
  start: number,
  end: number,
  rows: TypedArray,
): void {
  eachLine(g, start, end, (at, row, count) => {
    if (at < 0) for (let i = 0; i < count; i++) rows[row + i] = 0;
    else for (let i = 0; i < count; i++) rows[row + i] = x[at + i]!;
  });
}

/** Adds rows, which are windows `start` to `end`, to an image with channels last. */
export function addBack(
  x: TypedArray,
  g: Windows,
  start: number,
  end: number,
  rows: TypedArray,
): void {
  eachLine(g, start, end, (at, row, count) => {
    if (at >= 0) for (let i = 0; i < count; i++) x[at + i] = x[at + i]! + rows[row + i]!;
  });
}

function eachLine(g: Windows, start: number, end: number, line: Line): void {
  const [od, oh, ow] = g.out;
  let row = 0;
  for (let n = start; n < end; n++) {
    const w = n % ow;
    const rest = (n - w) / ow;
    const h = rest % oh;
    const above = (rest - h) / oh;
    const d = above % od;
    row = eachLineOfWindow(g, (above - d) / od, d, h, w, row, line);
  }
}

function eachLineOfWindow(
  { size, window, stride, rate, pad, channels }: Windows,
  batch: number,
  d: number,
  h: number,
  w: number,
  firstRow: number,
  line: Line,
): number {
  const width = window[2] * channels;
  const left = w * stride[2] - pad[2];
  const whole = rate[2] === 1 && left >= 0 && left + window[2] <= size[2];
  let row = firstRow;
  for (let i = 0; i < window[0]; i++) {
    const z = d * stride[0] - pad[0] + i * rate[0];
    for (let j = 0; j < window[1]; j++) {
      const y = h * stride[1] - pad[1] + j * rate[1];
      const base = ((batch * size[0] + z) * size[1] + y) * size[2];
      if (z < 0 || z >= size[0] || y < 0 || y >= size[1]) line(-1, row, width);
      else if (whole) line((base + left) * channels, row, width);
      else {
        for (let k = 0; k < window[2]; k++) {
          const x = left + k * rate[2];
          const inside = x >= 0 && x < size[2];
          line(inside ? (base + x) * channels : -1, row + k * channels, channels);
        }
      }
      row += width;
    }
  }
  return row;
}

kernel('ExtractImagePatches', ([images], attrs, context) => {
  const { shape } = images!;
  if (shape.length !== 4) invalid(`input must be 4-dimensional${shapeText(shape)}`);
  const g = windowsOver(shape, spatial(attrs.ksizes as number[], false), attrs, attrs.rates);
  const out = context.alloc(images!.dtype, imageShape(4, false, g.batch, g.out, windowSize(g)));
  unroll(numbersOf(images!), g, 0, windowCount(g), numbersOf(out));
  return out;
});
