/**
 * Host kernels of crops: boxes of images sampled on a grid. One walk over boxes and grid points finds
 * the pixels around each point; values and both gradients only differ in what they do with them.
 */

import { float32, type TypedArray } from '../../core/dtype.ts';
import { OutOfRangeError } from '../../core/errors.ts';
import type { Attrs, Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { ints, invalid, shapeText } from './box.ts';
import { numbersOf, roundTo16 } from './numeric.ts';

/** A grid point along one dimension; `null` where it lies outside of the image. */
interface Place {
  readonly low: number;
  readonly high: number;
  readonly share: number;
}

/** How the box's two corners move a grid point, in pixels. */
interface Motion {
  readonly first: number;
  readonly second: number;
}

/** The grid points of a box from `start` to `end` (parts of `size`). */
function places(start: number, end: number, size: number, count: number, attrs: Attrs) {
  const step = count > 1 ? Math.fround(((end - start) * (size - 1)) / (count - 1)) : 0;
  const middle = 0.5 * (start + end) * (size - 1);
  return Array.from({ length: count }, (_, i): Place | null => {
    const at = Math.fround(count > 1 ? start * (size - 1) + i * step : middle);
    if (!(at >= 0 && at <= size - 1)) return null;
    if (attrs.method === 'nearest') {
      const nearest = Math.floor(at + 0.5);
      return { low: nearest, high: nearest, share: 0 };
    }
    return { low: Math.floor(at), high: Math.ceil(at), share: Math.fround(at - Math.floor(at)) };
  });
}

function motions(size: number, count: number): Motion[] {
  const ratio = count > 1 ? (size - 1) / (count - 1) : 0;
  const half = 0.5 * (size - 1);
  return Array.from({ length: count }, (_, i) =>
    count > 1 ? { first: size - 1 - i * ratio, second: i * ratio } : { first: half, second: half },
  );
}

interface Crops {
  readonly image: readonly number[];
  readonly boxes: Value;
  readonly owners: readonly number[];
  readonly height: number;
  readonly width: number;
  readonly attrs: Attrs;
}

/** One grid point: where its crop pixel is, and the four image pixels around it. */
interface Point {
  readonly box: number;
  readonly row: number;
  readonly column: number;
  readonly pixel: number;
  readonly corners: readonly [number, number, number, number];
  readonly down: number;
  readonly across: number;
}

function checkCrops(image: readonly number[], boxes: Value, owners: Value): void {
  if (image.length !== 4) invalid(`input image must be 4-D${shapeText(image)}`);
  if (boxes.shape.length !== 2) invalid(`boxes must be 2-D${shapeText(boxes.shape)}`);
  if (boxes.shape[1] !== 4) invalid('boxes must have 4 columns');
  if (owners.shape.length !== 1) invalid(`box_index must be 1-D${shapeText(owners.shape)}`);
  if (owners.size !== boxes.shape[0]) invalid('box_index has incompatible shape');
  if (ints(owners).some((owner) => !(owner >= 0 && owner < image[0]!))) {
    throw new OutOfRangeError(null, null, 'box_index has values outside [0, batch_size)');
  }
}

/** Meets every grid point that lies in its image. */
function eachPoint(crops: Crops, visit: (point: Point) => void): void {
  const { boxes, owners, height, width, attrs } = crops;
  const [, h, w, depth] = crops.image as [number, number, number, number];
  const corners = numbersOf(boxes);
  owners.forEach((owner, box) => {
    const [y1, x1, y2, x2] = corners.subarray(4 * box, 4 * box + 4);
    const rows = places(y1!, y2!, h, height, attrs);
    const columns = places(x1!, x2!, w, width, attrs);
    rows.forEach((y, row) => {
      columns.forEach((x, column) => {
        if (y === null || x === null) return;
        const at = (i: number, j: number) => ((owner * h + i) * w + j) * depth;
        visit({
          box,
          row,
          column,
          pixel: ((box * height + row) * width + column) * depth,
          corners: [at(y.low, x.low), at(y.low, x.high), at(y.high, x.low), at(y.high, x.high)],
          down: y.share,
          across: x.share,
        });
      });
    });
  });
}

/** How much each of the four pixels counts. */
function weightsOf({ down, across }: Point): [number, number, number, number] {
  return [(1 - down) * (1 - across), (1 - down) * across, down * (1 - across), down * across];
}

kernel('CropAndResize', ([image, boxes, owners, size], attrs, context) => {
  checkCrops(image!.shape, boxes!, owners!);
  if (size!.size !== 2) invalid(`crop_size must have two elements${shapeText(size!.shape)}`);
  const [height, width] = ints(size!) as [number, number];
  if (height <= 0 || width <= 0) invalid('crop dimensions must be positive');
  const depth = image!.shape[3]!;
  const out = context.alloc(float32, [boxes!.shape[0]!, height, width, depth]);
  const [x, y] = [numbersOf(image!), numbersOf(out)];
  y.fill(attrs.extrapolation_value as number);
  const crops = { image: image!.shape, boxes: boxes!, owners: ints(owners!), height, width, attrs };
  eachPoint(crops, (point) => {
    const [a, b, c, d] = point.corners;
    const [wa, wb, wc, wd] = weightsOf(point);
    for (let i = 0; i < depth; i++) {
      y[point.pixel + i] = x[a + i]! * wa + x[b + i]! * wb + x[c + i]! * wc + x[d + i]! * wd;
    }
  });
  return out;
});

kernel('CropAndResizeGradImage', ([grads, boxes, owners, size], attrs, context) => {
  const image = ints(size!);
  checkCrops(image, boxes!, owners!);
  const out = context.alloc(attrs.T as typeof float32, image);
  const sums = new Float64Array(out.size);
  const [, height, width, depth] = grads!.shape as [number, number, number, number];
  const dy = numbersOf(grads!);
  const crops = { image, boxes: boxes!, owners: ints(owners!), height, width, attrs };
  eachPoint(crops, (point) => {
    const weights = weightsOf(point);
    point.corners.forEach((corner, k) => {
      for (let i = 0; i < depth; i++) sums[corner + i]! += dy[point.pixel + i]! * weights[k]!;
    });
  });
  numbersOf(out).set(sums);
  roundTo16(numbersOf(out), out.dtype);
  return out;
});

kernel('CropAndResizeGradBoxes', ([grads, image, boxes, owners], attrs, context) => {
  checkCrops(image!.shape, boxes!, owners!);
  const out = context.alloc(float32, boxes!.shape);
  const sums = new Float64Array(out.size);
  const [, height, width, depth] = grads!.shape as [number, number, number, number];
  const [x, dy] = [numbersOf(image!), numbersOf(grads!)];
  const rows = motions(image!.shape[1]!, height);
  const columns = motions(image!.shape[2]!, width);
  const crops = { image: image!.shape, boxes: boxes!, owners: ints(owners!), height, width, attrs };
  eachPoint(crops, (point) => {
    const [down, across] = slopes(point, x, dy, depth);
    const [row, column] = [rows[point.row]!, columns[point.column]!];
    const at = 4 * point.box;
    sums[at]! += down * row.first;
    sums[at + 1]! += across * column.first;
    sums[at + 2]! += down * row.second;
    sums[at + 3]! += across * column.second;
  });
  numbersOf(out).set(sums);
  return out;
});

/** How the loss changes when a grid point moves down, and when it moves to the right. */
function slopes(point: Point, x: TypedArray, dy: TypedArray, depth: number): [number, number] {
  const [a, b, c, d] = point.corners;
  let [down, across] = [0, 0];
  for (let i = 0; i < depth; i++) {
    const [p, q, r, s] = [x[a + i]!, x[b + i]!, x[c + i]!, x[d + i]!];
    const slope = dy[point.pixel + i]!;
    down += slope * ((1 - point.across) * (r - p) + point.across * (s - q));
    across += slope * ((1 - point.down) * (q - p) + point.down * (s - r));
  }
  return [down, across];
}
