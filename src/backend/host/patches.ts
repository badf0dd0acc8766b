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
  eachWindow(x, g, start, end, rows, false);
}

/** Adds rows, which are windows `start` to `end`, to an image with channels last. */
export function addBack(
  x: TypedArray,
  g: Windows,
  start: number,
  end: number,
  rows: TypedArray,
): void {
  eachWindow(x, g, start, end, rows, true);
}

function eachWindow(
  x: TypedArray,
  g: Windows,
  start: number,
  end: number,
  rows: TypedArray,
  back: boolean,
): void {
  const [od, oh, ow] = g.out;
  const size = windowSize(g);
  for (let n = start, row = 0; n < end; n++, row += size) {
    const w = n % ow;
    const rest = (n - w) / ow;
    const h = rest % oh;
    const above = (rest - h) / oh;
    const d = above % od;
    oneWindow(x, g, (above - d) / od, d, h, w, rows, row, back);
  }
}

/** Moves one window, line by line; a line that the border cuts goes pixel by pixel. */
function oneWindow(
  x: TypedArray,
  { size, window, stride, rate, pad, channels }: Windows,
  batch: number,
  d: number,
  h: number,
  w: number,
  rows: TypedArray,
  firstRow: number,
  back: boolean,
): void {
  const width = window[2] * channels;
  const left = w * stride[2] - pad[2];
  const whole = rate[2] === 1 && left >= 0 && left + window[2] <= size[2];
  let row = firstRow;
  for (let i = 0; i < window[0]; i++) {
    const z = d * stride[0] - pad[0] + i * rate[0];
    for (let j = 0; j < window[1]; j++, row += width) {
      const y = h * stride[1] - pad[1] + j * rate[1];
      const base = ((batch * size[0] + z) * size[1] + y) * size[2];
      if (z < 0 || z >= size[0] || y < 0 || y >= size[1]) {
        if (!back) clear(rows, row, width);
      } else if (whole) moveRun(x, (base + left) * channels, rows, row, width, back);
      else {
        for (let k = 0; k < window[2]; k++) {
          const at = left + k * rate[2];
          const to = row + k * channels;
          if (at >= 0 && at < size[2]) moveRun(x, (base + at) * channels, rows, to, channels, back);
          else if (!back) clear(rows, to, channels);
        }
      }
    }
  }
}

function clear(rows: TypedArray, row: number, count: number): void {
  for (let i = 0; i < count; i++) rows[row + i] = 0;
}

function moveRun(
  x: TypedArray,
  at: number,
  rows: TypedArray,
  row: number,
  count: number,
  back: boolean,
): void {
  if (back) for (let i = 0; i < count; i++) x[at + i] = x[at + i]! + rows[row + i]!;
  else for (let i = 0; i < count; i++) rows[row + i] = x[at + i]!;
}

kernel('ExtractImagePatches', ([images], attrs, context) => {
  const { shape } = images!;
  if (shape.length !== 4) invalid(`input must be 4-dimensional${shapeText(shape)}`);
  const g = windowsOver(shape, spatial(attrs.ksizes as number[], false), attrs, attrs.rates);
  const out = context.alloc(images!.dtype, imageShape(4, false, g.batch, g.out, windowSize(g)));
  unroll(numbersOf(images!), g, 0, windowCount(g), numbersOf(out));
  return out;
});
