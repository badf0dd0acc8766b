/**
 * Host kernels that resize images, and their gradients. Positions are computed in float32, as
 * TensorFlow does, so that borders between pixels fall where its borders fall.
 */

import { float32, type TypedArray } from '../../core/dtype.ts';
import type { Attrs, Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { ints, invalid, shapeText } from './box.ts';
import { numbersOf, roundTo16 } from './numeric.ts';

/** Input pixels per output pixel along one dimension. @internal */
export function scaleOf(from: number, to: number, attrs: Attrs): number {
  return Math.fround(attrs.align_corners && to > 1 ? (from - 1) / (to - 1) : from / to);
}

/** Where output pixel `i` lies in the input; later versions may count from the pixels' centres. @internal */
export function positionOf(i: number, scale: number, attrs: Attrs): number {
  if (!attrs.half_pixel_centers) return Math.fround(i * scale);
  return Math.fround(Math.fround(Math.fround(i + 0.5) * scale) - 0.5);
}

/** Refuses what is no batch of images. @internal */
export function checkImages(images: Value): void {
  if (images.shape.length !== 4) invalid(`input must be 4-dimensional${shapeText(images.shape)}`);
}

/** The height and width that a `size` input asks for. @internal */
export function sizeOf(size: Value): [number, number] {
  if (size.shape.length !== 1) invalid(`shape_t must be 1-dimensional${shapeText(size.shape)}`);
  if (size.size !== 2) invalid(`shape_t must have two elements${shapeText(size.shape)}`);
  const [height, width] = ints(size) as [number, number];
  if (height <= 0 || width <= 0) invalid('output dimensions must be positive');
  return [height, width];
}

// ---- nearest neighbour -------------------------------------------------------------------------

/** The input position of each output position. */
function nearest(from: number, to: number, attrs: Attrs): Int32Array {
  const scale = scaleOf(from, to, attrs);
  return Int32Array.from({ length: to }, (_, i) => {
    const at = Math.fround((attrs.half_pixel_centers ? i + 0.5 : i) * scale);
    return Math.min(from - 1, attrs.align_corners ? Math.round(at) : Math.floor(at));
  });
}

kernel('ResizeNearestNeighbor', ([images, size], attrs, context) => {
  checkImages(images!);
  const [height, width] = sizeOf(size!);
  const [batch, h, w, depth] = images!.shape as [number, number, number, number];
  const out = context.alloc(images!.dtype, [batch, height, width, depth]);
  const [x, y] = [numbersOf(images!), numbersOf(out)];
  const [rows, columns] = [nearest(h, height, attrs), nearest(w, width, attrs)];
  let to = 0;
  for (let b = 0; b < batch; b++) {
    for (const row of rows) {
      for (const column of columns) {
        const from = ((b * h + row) * w + column) * depth;
        for (let c = 0; c < depth; c++) y[to++] = x[from + c]!;
      }
    }
  }
  return out;
});

kernel('ResizeNearestNeighborGrad', ([grads, size], attrs, context) => {
  checkImages(grads!);
  const [h, w] = sizeOf(size!);
  const [batch, height, width, depth] = grads!.shape as [number, number, number, number];
  const out = context.zeros(grads!.dtype, [batch, h, w, depth]);
  const [dy, dx] = [numbersOf(grads!), numbersOf(out)];
  const [rows, columns] = [nearest(h, height, attrs), nearest(w, width, attrs)];
  let from = 0;
  for (let b = 0; b < batch; b++) {
    for (const row of rows) {
      for (const column of columns) {
        const to = ((b * h + row) * w + column) * depth;
        for (let c = 0; c < depth; c++) dx[to + c] = dx[to + c]! + dy[from++]!;
      }
    }
  }
  roundTo16(dx, out.dtype);
  return out;
});

// ---- bilinear ----------------------------------------------------------------------------------

/** The two input positions that an output position lies between, and the share of the second. */
interface Between {
  readonly low: number;
  readonly high: number;
  readonly share: number;
}

function between(from: number, to: number, attrs: Attrs): Between[] {
  const scale = scaleOf(from, to, attrs);
  return Array.from({ length: to }, (_, i) => {
    const at = positionOf(i, scale, attrs);
    const low = Math.floor(at);
    const high = Math.min(low + 1, from - 1);
    return { low: Math.max(low, 0), high, share: Math.fround(at - low) };
  });
}

/** Meets every output pixel with its four input pixels (offsets of their first channel) and their weights. */
function eachBlend(
  batch: number,
  [h, w]: readonly [number, number],
  rows: readonly Between[],
  columns: readonly Between[],
  depth: number,
  visit: (pixel: number, corners: readonly number[], weights: readonly number[]) => void,
): void {
  let pixel = 0;
  for (let b = 0; b < batch; b++) {
    for (const row of rows) {
      const [top, bottom] = [(b * h + row.low) * w, (b * h + row.high) * w];
      for (const column of columns) {
        const [left, right] = [column.low, column.high];
        const corners = [top + left, top + right, bottom + left, bottom + right];
        const [down, across] = [row.share, column.share];
        const weights = [
          (1 - down) * (1 - across),
          (1 - down) * across,
          down * (1 - across),
          down * across,
        ];
        visit(
          pixel,
          corners.map((corner) => corner * depth),
          weights,
        );
        pixel += depth;
      }
    }
  }
}

kernel('ResizeBilinear', ([images, size], attrs, context) => {
  checkImages(images!);
  const [height, width] = sizeOf(size!);
  const [batch, h, w, depth] = images!.shape as [number, number, number, number];
  const out = context.alloc(float32, [batch, height, width, depth]);
  const [x, y] = [numbersOf(images!), numbersOf(out)];
  const [rows, columns] = [between(h, height, attrs), between(w, width, attrs)];
  eachBlend(batch, [h, w], rows, columns, depth, (to, corners, weights) => {
    const [a, b, c, d] = corners as [number, number, number, number];
    const [wa, wb, wc, wd] = weights as [number, number, number, number];
    for (let i = 0; i < depth; i++) {
      y[to + i] = x[a + i]! * wa + x[b + i]! * wb + x[c + i]! * wc + x[d + i]! * wd;
    }
  });
  return out;
});

kernel('ResizeBilinearGrad', ([grads, image], attrs, context) => {
  checkImages(grads!);
  const [, h, w] = image!.shape as [number, number, number];
  const [batch, height, width, depth] = grads!.shape as [number, number, number, number];
  const out = context.zeros(image!.dtype, [batch, h, w, depth]);
  const [dy, dx] = [numbersOf(grads!), numbersOf(out)];
  const [rows, columns] = [between(h, height, attrs), between(w, width, attrs)];
  eachBlend(batch, [h, w], rows, columns, depth, (from, corners, weights) => {
    corners.forEach((corner, k) => {
      addScaled(dx, corner, dy, from, depth, weights[k]!);
    });
  });
  roundTo16(dx, out.dtype);
  return out;
});

function addScaled(
  to: TypedArray,
  at: number,
  from: TypedArray,
  start: number,
  count: number,
  weight: number,
): void {
  for (let i = 0; i < count; i++) to[at + i] = to[at + i]! + from[start + i]! * weight;
}
