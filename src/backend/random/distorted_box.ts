/** Random windows of images: tries sizes and places until enough of a box is covered. TensorFlow's draws. */

import { float32 } from '../../core/dtype.ts';
import type { Attrs, KernelContext, Value } from '../../core/kernels.ts';
import { ints, invalid, numbers, scalar, shapeText } from '../host/box.ts';
import { numbersOf } from '../host/numeric.ts';
import { kernel } from '../registry.ts';
import { Stream, Words } from './philox.ts';

const { fround } = Math;
const TWO_32 = 2 ** 32;

interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const area = ({ left, top, right, bottom }: Rectangle): number => (right - left) * (bottom - top);

function shared(a: Rectangle, b: Rectangle): number {
  const [left, right] = [Math.max(a.left, b.left), Math.min(a.right, b.right)];
  const [top, bottom] = [Math.max(a.top, b.top), Math.min(a.bottom, b.bottom)];
  return left > right || top > bottom ? 0 : (right - left) * (bottom - top);
}

const unit = (words: Words): number => (words.next() & 0x7fffff) / 2 ** 23;

/** One of `n` numbers, all with the same chance: words that would favour small ones are drawn again. */
function below(words: Words, n: number): number {
  const draw = () => words.next() >>> 0;
  if ((n & (n - 1)) === 0) return (draw() & (n - 1)) >>> 0;
  const unfair = ((TWO_32 - 1) % n) + 1;
  for (;;) {
    const word = draw();
    if (word >= unfair) return word % n;
  }
}

/** C's lrintf: to the nearest integer, halves to the even one. */
function nearest(x: number): number {
  const value = fround(x);
  const low = Math.floor(value);
  if (value - low !== 0.5) return Math.round(value);
  return low % 2 === 0 ? low : low + 1;
}

interface Sizes {
  readonly width: number;
  readonly height: number;
}

/** A window of a random height between the least and the largest area; `null` where none fits. */
function drawWindow(
  { width, height }: Sizes,
  [least, most]: readonly [number, number],
  ratio: number,
  words: Words,
): Rectangle | null {
  if (most <= 0 || ratio <= 0 || width <= 0 || height <= 0 || least > most) return null;
  const smallest = fround(fround(least * width) * height);
  const largest = fround(fround(most * width) * height);
  const widthOf = (rows: number) => nearest(fround(rows * ratio));
  let limit = nearest(Math.sqrt(fround(largest / ratio)));
  if (widthOf(limit) > width) limit = Math.trunc((width + 0.5 - fround(1e-7)) / ratio);
  limit = Math.min(limit, height);
  let rows = Math.min(nearest(Math.sqrt(fround(smallest / ratio))), limit);
  if (rows < limit) rows += below(words, limit - rows + 1);
  // Rounding may have left the limits by one row.
  if (widthOf(rows) * rows < smallest) rows++;
  if (widthOf(rows) * rows > largest) rows--;
  const columns = widthOf(rows);
  const size = rows * columns;
  if (size < smallest || size > largest || columns > width || rows > height) return null;
  if (columns <= 0 || rows <= 0) return null;
  const top = rows < height ? below(words, height - rows) : 0;
  const left = columns < width ? below(words, width - columns) : 0;
  return { left, top, right: left + columns, bottom: top + rows };
}

function isCovered(window: Rectangle, boxes: readonly Rectangle[], share: number): boolean {
  if (area(window) < 1) return false;
  return boxes.some((box) => area(box) >= 1 && fround(shared(window, box) / area(box)) >= share);
}

function boxesOf(value: Value, { width, height }: Sizes, attrs: Attrs): Rectangle[] {
  if (value.shape.length !== 3) {
    invalid(
      `input boxes must be 3-dimensional [batch, num_boxes, coords]: ${shapeText(value.shape)}`,
    );
  }
  if (value.shape[2] !== 4) {
    invalid(`bounding boxes must have shape [4] or [*, 4], got ${shapeText(value.shape)}`);
  }
  const corners = numbersOf(value);
  const outside = corners.find((x) => !(x >= 0 && x <= 1));
  if (outside !== undefined) {
    invalid(`All bounding box coordinates must be in [0.0, 1.0]: ${outside}`);
  }
  const pixel = (at: number, size: number) => Math.trunc(fround(corners[at]! * size));
  const boxes = Array.from({ length: corners.length / 4 }, (_, i) => ({
    top: pixel(4 * i, height),
    left: pixel(4 * i + 1, width),
    bottom: pixel(4 * i + 2, height),
    right: pixel(4 * i + 3, width),
  }));
  if (boxes.length > 0) return boxes;
  if (!attrs.use_image_if_no_bounding_boxes) {
    invalid(
      'No bounding boxes provided as input. One must enable use_image_if_no_bounding_boxes if you wish to not provide any bounding boxes.',
    );
  }
  return [{ left: 0, top: 0, right: width, bottom: height }];
}

function pair(attrs: Attrs, name: string, title: string): [number, number] {
  const range = attrs[name] as readonly number[];
  if (range.length !== 2) invalid(`${title} range field must specify 2 dimensions`);
  const [low, high] = [fround(range[0]!), fround(range[1]!)];
  if (!(low > 0 && high > 0)) invalid(`${title} range must be non-negative: [${low}, ${high}]`);
  return [low, high];
}

function sample(image: Value, given: Value, share: number, attrs: Attrs, context: KernelContext) {
  if (image.shape.length !== 1)
    invalid(`image_size must be 1-dimensional${shapeText(image.shape)}`);
  if (image.size !== 3) invalid(`image_size must contain 3 elements${shapeText(image.shape)}`);
  if (!(share >= 0)) invalid(`Min object covered must be non-negative: ${share}`);
  const [low, high] = pair(attrs, 'aspect_ratio_range', 'Aspect ratio');
  const areas = pair(attrs, 'area_range', 'Area');
  if (areas[0] > 1 || areas[1] > 1) {
    invalid(`Area range must be less then or equal to 1.0: [${areas[0]}, ${areas[1]}]`);
  }
  const attempts = attrs.max_attempts as number;
  if (attempts <= 0) invalid(`Max attempts must be non-negative: ${attempts}`);
  const [height, width] = ints(image) as [number, number];
  const boxes = boxesOf(given, { width, height }, attrs);
  const stream = context.state(() => new Stream(attrs.seed as number, attrs.seed2 as number));
  const words = new Words(stream.reserve(attempts));
  let found: Rectangle = { left: 0, top: 0, right: width, bottom: height };
  for (let i = 0; i < attempts; i++) {
    const ratio = fround(fround(unit(words) * fround(high - low)) + low);
    const window = drawWindow({ width, height }, areas, ratio, words);
    if (window === null || !isCovered(window, boxes, share)) continue;
    found = window;
    break;
  }
  const { left, top, right, bottom } = found;
  return [
    numbers(context, image.dtype, [top, left, 0]),
    numbers(context, image.dtype, [bottom - top, right - left, -1]),
    numbers(
      context,
      float32,
      [top / height, left / width, bottom / height, right / width],
      [1, 1, 4],
    ),
  ];
}

kernel('SampleDistortedBoundingBox', ([image, boxes], attrs, context) =>
  sample(image!, boxes!, fround(attrs.min_object_covered as number), attrs, context),
);
kernel('SampleDistortedBoundingBoxV2', ([image, boxes, share], attrs, context) =>
  sample(image!, boxes!, scalar(share!), attrs, context),
);
