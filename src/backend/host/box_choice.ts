/**
 * Host kernels that choose among overlapping boxes, the best first, and that draw boxes. One search
 * serves all versions: they differ in where overlaps come from and in what they return.
 */

import { int32, type TypedArray } from '../../core/dtype.ts';
import type { Kernel, KernelContext, Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { invalid, numbers, scalar, shapeText } from './box.ts';
import { numbersOf, roundTo16 } from './numeric.ts';

type Overlap = (a: number, b: number) => number;

interface Search {
  readonly scores: TypedArray;
  readonly overlap: Overlap;
  readonly limit: number;
  readonly threshold: number;
  readonly least: number;
  /** The width of the bell by which scores of overlapping boxes fall; 0 drops such boxes. */
  readonly sigma: number;
}

interface Candidate {
  readonly box: number;
  score: number;
  /** How many of the chosen ones it was already compared with. */
  seen: number;
}

interface Choice {
  readonly boxes: number[];
  readonly scores: number[];
}

/** Bodla et al., Soft-NMS, 2017; without a sigma the plain greedy choice. */
function choose(search: Search): Choice {
  const { scores, limit, least } = search;
  const waiting = Array.from(scores, (score, box) => ({ box, score, seen: 0 }))
    .filter(({ score }) => score > least)
    .sort(byScore);
  const choice: Choice = { boxes: [], scores: [] };
  while (choice.boxes.length < limit && waiting.length > 0) {
    const next: Candidate = waiting.shift()!;
    const before = next.score;
    const isDropped = suppress(next, choice.boxes, search);
    next.seen = choice.boxes.length;
    if (isDropped) continue;
    if (next.score === before) {
      choice.boxes.push(next.box);
      choice.scores.push(next.score);
    } else if (next.score > least) putBack(waiting, next);
  }
  return choice;
}

function byScore(a: Candidate, b: Candidate): number {
  return b.score - a.score || a.box - b.box;
}

function putBack(waiting: Candidate[], candidate: Candidate): void {
  const at = waiting.findIndex((other) => byScore(candidate, other) < 0);
  waiting.splice(at < 0 ? waiting.length : at, 0, candidate);
}

/** Lowers the candidate's score by the chosen boxes that it was not compared with yet; whether it is out. */
function suppress(next: Candidate, chosen: readonly number[], search: Search): boolean {
  const { overlap, threshold, least, sigma } = search;
  for (let i = chosen.length - 1; i >= next.seen; i--) {
    const shared = overlap(next.box, chosen[i]!);
    if (sigma === 0) {
      if (shared > threshold) return true;
    } else {
      next.score = Math.fround(next.score * Math.exp((-0.5 / sigma) * shared * shared));
      if (next.score <= least) break;
    }
  }
  return false;
}

/** Intersection over union of boxes `a` and `b`; their corners may be in any order. */
function intersectionOverUnion(boxes: TypedArray): Overlap {
  const low = (box: number, axis: number) =>
    Math.min(boxes[4 * box + axis]!, boxes[4 * box + axis + 2]!);
  const high = (box: number, axis: number) =>
    Math.max(boxes[4 * box + axis]!, boxes[4 * box + axis + 2]!);
  const area = (box: number) =>
    Math.fround((high(box, 0) - low(box, 0)) * (high(box, 1) - low(box, 1)));
  const along = (a: number, b: number, axis: number) =>
    Math.max(0, Math.min(high(a, axis), high(b, axis)) - Math.max(low(a, axis), low(b, axis)));
  return (a, b) => {
    const [p, q] = [area(a), area(b)];
    if (p <= 0 || q <= 0) return 0;
    const shared = Math.fround(along(a, b, 0) * along(a, b, 1));
    return Math.fround(shared / (p + q - shared));
  };
}

function checkBoxes(boxes: Value, scores: Value): void {
  if (boxes.shape.length !== 2) invalid(`boxes must be 2-D: ${shapeText(boxes.shape)}`);
  if (boxes.shape[1] !== 4) invalid('boxes must have 4 columns');
  if (scores.shape.length !== 1) invalid(`scores must be 1-D: ${shapeText(scores.shape)}`);
  if (scores.size !== boxes.shape[0]) invalid('scores has incompatible shape');
}

function limitOf(size: Value): number {
  if (size.shape.length !== 0) {
    invalid(`max_output_size must be 0-D, got shape ${shapeText(size.shape)}`);
  }
  const limit = scalar(size);
  if (limit < 0) invalid('output size must be non-negative');
  return limit;
}

/** The search that inputs `boxes, scores, max_output_size, ...` ask for. */
function searchOf(
  [boxes, scores, limit]: readonly Value[],
  threshold: number,
  least: number = Number.NEGATIVE_INFINITY,
  sigma: number = 0,
): Search {
  checkBoxes(boxes!, scores!);
  if (!(threshold >= 0 && threshold <= 1)) invalid('iou_threshold must be in [0, 1]');
  if (sigma < 0) invalid('soft_nms_sigma must be non-negative');
  const overlap = intersectionOverUnion(numbersOf(boxes!));
  return { scores: numbersOf(scores!), overlap, limit: limitOf(limit!), threshold, least, sigma };
}

function indices(context: KernelContext, search: Search): Value {
  return numbers(context, int32, choose(search).boxes);
}

kernel('NonMaxSuppression', (inputs, attrs, context) =>
  indices(context, searchOf(inputs, attrs.iou_threshold as number)),
);
kernel('NonMaxSuppressionV2', (inputs, _attrs, context) =>
  indices(context, searchOf(inputs, scalar(inputs[3]!))),
);
kernel('NonMaxSuppressionV3', (inputs, _attrs, context) =>
  indices(context, searchOf(inputs, scalar(inputs[3]!), scalar(inputs[4]!))),
);

const padded = (list: readonly number[], length: number, isPadded: unknown): number[] =>
  isPadded ? [...list, ...new Array<number>(length - list.length).fill(0)] : [...list];

const chosen: Kernel = (inputs, attrs, context) => {
  const [threshold, least, sigma] = inputs.slice(3).map(scalar);
  const search = searchOf(inputs, threshold!, least!, sigma ?? 0);
  const { boxes, scores } = choose(search);
  const pad = attrs.pad_to_max_output_size;
  const places = numbers(context, int32, padded(boxes, search.limit, pad));
  const count = numbers(context, int32, [boxes.length], []);
  if (sigma === undefined) return [places, count];
  const kept = numbers(context, inputs[1]!.dtype, padded(scores, search.limit, pad));
  roundTo16(numbersOf(kept), kept.dtype);
  return [places, kept, count];
};
kernel('NonMaxSuppressionV4', chosen);
kernel('NonMaxSuppressionV5', chosen);

kernel('NonMaxSuppressionWithOverlaps', (inputs, _attrs, context) => {
  const [overlaps, scores, limit, threshold, least] = inputs;
  const [rows, columns] = overlaps!.shape;
  if (overlaps!.shape.length !== 2) invalid(`overlaps must be 2-D${shapeText(overlaps!.shape)}`);
  if (rows !== columns) invalid(`overlaps must be square${shapeText(overlaps!.shape)}`);
  if (scores!.size !== rows) invalid('scores has incompatible shape');
  const table = numbersOf(overlaps!);
  return indices(context, {
    scores: numbersOf(scores!),
    overlap: (a, b) => table[a * columns! + b]!,
    limit: limitOf(limit!),
    threshold: scalar(threshold!),
    least: scalar(least!),
    sigma: 0,
  });
});

// ---- drawing -----------------------------------------------------------------------------------

/** The colours that boxes take in turn: yellow, blue, red, lime, purple, olive, maroon, navy, aqua, fuchsia. */
const COLORS = [
  [1, 1, 0, 1],
  [0, 0, 1, 1],
  [1, 0, 0, 1],
  [0, 1, 0, 1],
  [0.5, 0, 0.5, 1],
  [0.5, 0.5, 0, 1],
  [0.5, 0, 0, 1],
  [0, 0, 0.5, 1],
  [0, 1, 1, 1],
  [1, 0, 1, 1],
] as const;

kernel('DrawBoundingBoxes', ([images, boxes], _attrs, context) => {
  const [batch, height, width, depth] = images!.shape as [number, number, number, number];
  if (depth !== 4 && depth !== 1 && depth !== 3) {
    invalid('Channel depth should be either 1 (GRY), 3 (RGB), or 4 (RGBA)');
  }
  const out = context.alloc(images!.dtype, images!.shape);
  const [y, corners] = [numbersOf(out), numbersOf(boxes!)];
  y.set(numbersOf(images!));
  const count = boxes!.shape[1]!;
  for (let b = 0; b < batch; b++) {
    const start = b * height * width * depth;
    const paint = (row: number, column: number, color: readonly number[]) => {
      const at = start + (row * width + column) * depth;
      for (let c = 0; c < depth; c++) y[at + c] = depth === 1 ? 1 : color[c]!;
    };
    for (let i = 0; i < count; i++) {
      const at = 4 * (b * count + i);
      const box = [0, 1, 2, 3].map((k) =>
        Math.trunc(Math.fround(corners[at + k]! * ((k % 2 === 0 ? height : width) - 1))),
      );
      drawBox(box, height, width, (row, column) => paint(row, column, COLORS[i % COLORS.length]!));
    }
  }
  return out;
});

/** Paints the sides of a box that lie in the image. */
function drawBox(
  box: readonly number[],
  height: number,
  width: number,
  paint: (row: number, column: number) => void,
): void {
  const [top, left, bottom, right] = box as [number, number, number, number];
  if (top > bottom || left > right) return;
  if (top >= height || bottom < 0 || left >= width || right < 0) return;
  const [firstColumn, lastColumn] = [Math.max(left, 0), Math.min(right, width - 1)];
  const [firstRow, lastRow] = [Math.max(top, 0), Math.min(bottom, height - 1)];
  for (let column = firstColumn; column <= lastColumn; column++) {
    if (top >= 0) paint(top, column);
    if (bottom < height) paint(bottom, column);
  }
  for (let row = firstRow; row <= lastRow; row++) {
    if (left >= 0) paint(row, left);
    if (right < width) paint(row, right);
  }
}
