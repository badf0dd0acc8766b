/**
 * Reductions of the rows that belong together, by sorted ids (Segment*), by ids in any order
 * (UnsortedSegment*), and of gathered rows (SparseSegment*).
 */

import { type Data, elementWidth, type TypedArray } from '../../core/dtype.ts';
import type { KernelContext, Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { invalid, scalar, shapeText, sizeOf } from './box.ts';
import { type Lane, laneOf, type Numbers, settle, source, target } from './lanes.ts';

/** Folds `count` numbers of `x` from `from` on into `y` from `to` on. */
type Fold = (x: Numbers, from: number, y: Numbers, to: number, count: number) => void;

interface SegmentRule {
  readonly fold: Fold;
  readonly complexFold?: Fold;
  /** Where a segment starts. */
  readonly start: (value: Value) => number;
  /** What an id without rows gives; default: `start`. */
  readonly empty?: number;
  readonly mean?: boolean;
}

const addRow: Fold = (x, from, y, to, count) => {
  for (let c = 0; c < count; c++) y[to + c]! += x[from + c]!;
};
const multiplyRow: Fold = (x, from, y, to, count) => {
  if (y instanceof Int32Array) {
    for (let c = 0; c < count; c++) y[to + c] = Math.imul(y[to + c]!, x[from + c]!);
  } else for (let c = 0; c < count; c++) y[to + c]! *= x[from + c]!;
};
const multiplyComplexRow: Fold = (x, from, y, to, count) => {
  for (let c = 0; c < count; c += 2) {
    const [a, b] = [y[to + c]!, y[to + c + 1]!];
    const [p, q] = [x[from + c]!, x[from + c + 1]!];
    y[to + c] = a * p - b * q;
    y[to + c + 1] = a * q + b * p;
  }
};
const maxRow: Fold = (x, from, y, to, count) => {
  for (let c = 0; c < count; c++) if (x[from + c]! > y[to + c]!) y[to + c] = x[from + c]!;
};
const minRow: Fold = (x, from, y, to, count) => {
  for (let c = 0; c < count; c++) if (x[from + c]! < y[to + c]!) y[to + c] = x[from + c]!;
};

const SUM: SegmentRule = { fold: addRow, start: () => 0 };
const PRODUCT: SegmentRule = {
  fold: multiplyRow,
  complexFold: multiplyComplexRow,
  start: () => 1,
};
const MAX: SegmentRule = { fold: maxRow, start: (value) => value.dtype.min };
const MIN: SegmentRule = { fold: minRow, start: (value) => value.dtype.max };

/** The result under construction: float64 for floats, so that long sums round once. */
class Segments {
  readonly value: Value;
  readonly #rule: SegmentRule;
  readonly #lane: Lane;
  readonly #work: Numbers;
  readonly #from: Numbers;
  readonly #width: number;
  readonly #counts: Float64Array;

  constructor(context: KernelContext, rule: SegmentRule, data: Value, shape: readonly number[]) {
    this.value = context.alloc(data.dtype, shape);
    this.#rule = rule;
    this.#lane = laneOf(data.dtype);
    this.#from = source(this.#lane, data.data);
    this.#work = this.#workFor(this.value.data);
    this.#width = sizeOf(shape.slice(1)) * elementWidth(data.dtype);
    this.#counts = new Float64Array(shape[0]!);
    this.#fill(rule.start(data));
  }

  #workFor(data: Data): Numbers {
    const wide = data instanceof Float32Array;
    return wide ? new Float64Array(data.length) : target(this.#lane, data);
  }

  #fill(start: number): void {
    this.#work.fill(start);
    if (this.#lane !== 'complex' || start === 0) return;
    for (let i = 1; i < this.#work.length; i += 2) this.#work[i] = 0;
  }

  /** Folds row `row` of the data into segment `id`. */
  add(row: number, id: number): void {
    const { fold, complexFold } = this.#rule;
    const run = this.#lane === 'complex' && complexFold ? complexFold : fold;
    run(this.#from, row * this.#width, this.#work, id * this.#width, this.#width);
    this.#counts[id]!++;
  }

  /** Divides segment `id` by `divisor` of its row count. */
  scale(divisor: (count: number) => number): void {
    const integer = this.value.dtype.is_integer;
    for (const [id, count] of this.#counts.entries()) {
      if (count < 2) continue;
      const d = divisor(count);
      for (let i = id * this.#width; i < (id + 1) * this.#width; i++) {
        const quotient = this.#work[i]! / d;
        this.#work[i] = integer ? Math.trunc(quotient) : quotient;
      }
    }
  }

  finish(): Value {
    const { empty } = this.#rule;
    if (empty !== undefined) {
      for (const [id, count] of this.#counts.entries()) {
        if (count === 0) this.#work.fill(empty, id * this.#width, (id + 1) * this.#width);
      }
    }
    const { data } = this.value;
    if (data instanceof Float32Array) data.set(this.#work);
    if (this.#lane !== 'complex') {
      settle(this.#lane, data instanceof Float32Array ? data : this.#work, data);
    }
    return this.value;
  }
}

const byCount = (count: number): number => count;

// ---- sorted ids ------------------------------------------------------------------------------

function segmentOp(type: string, rule: SegmentRule): void {
  kernel(type, ([data, ids], _attrs, context) => {
    if (ids!.shape.length !== 1) invalid('segment_ids should be a vector.');
    if (ids!.size !== data!.shape[0]) {
      invalid('segment_ids should be the same size as dimension 0 of input.');
    }
    const count = checkSorted(ids!.data as TypedArray);
    const segments = new Segments(context, rule, data!, [count, ...data!.shape.slice(1)]);
    const order = ids!.data as TypedArray;
    for (let row = 0; row < order.length; row++) segments.add(row, order[row]!);
    if (rule.mean) segments.scale(byCount);
    return segments.finish();
  });
}

/** The number of segments that sorted ids say. */
function checkSorted(ids: TypedArray): number {
  const count = ids.length === 0 ? 0 : ids[ids.length - 1]! + 1;
  for (let i = 0; i < ids.length; i++) {
    if (i > 0 && ids[i]! < ids[i - 1]!) invalid('segment ids are not increasing');
    if (ids[i]! < 0) {
      invalid(
        `Segment id ${ids[i]} out of range [0, ${count}), possibly because 'segment_ids' input is not sorted.`,
      );
    }
  }
  return count;
}

segmentOp('SegmentSum', SUM);
segmentOp('SegmentMean', { ...SUM, mean: true });
segmentOp('SegmentProd', PRODUCT);
segmentOp('SegmentMax', { ...MAX, empty: 0 });
segmentOp('SegmentMin', { ...MIN, empty: 0 });

// ---- ids in any order ------------------------------------------------------------------------

function unsortedSegmentOp(type: string, rule: SegmentRule): void {
  kernel(type, ([data, ids, num], _attrs, context) => {
    const rank = ids!.shape.length;
    if (!ids!.shape.every((n, d) => n === data!.shape[d])) {
      const [p, q] = [shapeText(data!.shape), shapeText(ids!.shape)];
      invalid(`data.shape = ${p} does not start with segment_ids.shape = ${q}`);
    }
    const count = scalar(num!);
    if (count < 0) invalid(`Input num_segments == ${count} must not be negative.`);
    const segments = new Segments(context, rule, data!, [count, ...data!.shape.slice(rank)]);
    const order = ids!.data as TypedArray;
    for (let row = 0; row < order.length; row++) {
      const id = order[row]!;
      if (id >= count) {
        invalid(
          `segment_ids${positionText(row, ids!.shape)} = ${id} is out of range [0, ${count})`,
        );
      }
      if (id >= 0) segments.add(row, id);
    }
    return segments.finish();
  });
}

/** `[1,2]` for element `at` of an array of that shape. */
function positionText(at: number, shape: readonly number[]): string {
  const position: number[] = [];
  let rest = at;
  for (let d = shape.length - 1; d >= 0; d--) {
    position.unshift(rest % shape[d]!);
    rest = Math.floor(rest / shape[d]!);
  }
  return shapeText(position);
}

unsortedSegmentOp('UnsortedSegmentSum', SUM);
unsortedSegmentOp('UnsortedSegmentProd', PRODUCT);
unsortedSegmentOp('UnsortedSegmentMax', MAX);
unsortedSegmentOp('UnsortedSegmentMin', MIN);

// ---- gathered rows ---------------------------------------------------------------------------

/** What divides a sum of `count` rows. */
type Divisor = ((count: number) => number) | null;

function sparseSegmentOp(type: string, divisor: Divisor): void {
  kernel(type, ([data, indices, ids], _attrs, context) =>
    sparseSegments(context, data!, indices!, ids!, null, divisor),
  );
  kernel(`${type}WithNumSegments`, ([data, indices, ids, num], _attrs, context) =>
    sparseSegments(context, data!, indices!, ids!, scalar(num!), divisor),
  );
}

function sparseSegments(
  context: KernelContext,
  data: Value,
  indices: Value,
  ids: Value,
  num: number | null,
  divisor: Divisor,
): Value {
  checkPairs(indices, ids);
  const found = checkSorted(ids.data as TypedArray);
  if (num !== null && found > num) invalid('segment ids must be < num_segments');
  const segments = new Segments(context, SUM, data, [num ?? found, ...data.shape.slice(1)]);
  const order = ids.data as TypedArray;
  const rows = indices.data as TypedArray;
  const limit = data.shape[0]!;
  for (let i = 0; i < order.length; i++) {
    const row = rows[i]!;
    if (row < 0 || row >= limit) {
      invalid(`Bad: indices[${i}] == ${row} out of range [0, ${limit})`);
    }
    segments.add(row, order[i]!);
  }
  if (divisor) segments.scale(divisor);
  return segments.finish();
}

function checkPairs(indices: Value, ids: Value): void {
  if (indices.shape.length !== 1) invalid('indices should be a vector.');
  if (ids.shape.length !== 1) invalid('segment_ids should be a vector.');
  if (indices.size !== ids.size) invalid('segment_ids and indices should have same size.');
}

sparseSegmentOp('SparseSegmentSum', null);
sparseSegmentOp('SparseSegmentMean', byCount);
sparseSegmentOp('SparseSegmentSqrtN', Math.sqrt);

/** Spreads the gradient of each segment over the rows that were summed. */
function sparseSegmentGrad(type: string, divisor: (count: number) => number): void {
  kernel(type, ([grad, indices, ids, dim], _attrs, context) => {
    checkPairs(indices!, ids!);
    const rows = scalar(dim!);
    const y = context.zeros(grad!.dtype, [rows, ...grad!.shape.slice(1)]);
    const order = ids!.data as TypedArray;
    const to = indices!.data as TypedArray;
    const counts = new Float64Array(grad!.shape[0]!);
    for (const [i, id] of order.entries()) {
      if (id < 0 || id >= counts.length) {
        invalid(`Segment id ${id} out of range [0, ${counts.length}).`);
      }
      if (to[i]! < 0 || to[i]! >= rows) invalid(`Index ${to[i]} out of range [0, ${rows}).`);
      counts[id]!++;
    }
    const width = sizeOf(grad!.shape.slice(1));
    const [dy, dx] = [grad!.data as TypedArray, y.data as TypedArray];
    for (const [i, id] of order.entries()) {
      const share = divisor(counts[id]!);
      const [p, q] = [id * width, to[i]! * width];
      for (let c = 0; c < width; c++) dx[q + c]! += dy[p + c]! / share;
    }
    return y;
  });
}

sparseSegmentGrad('SparseSegmentMeanGrad', byCount);
sparseSegmentGrad('SparseSegmentSqrtNGrad', Math.sqrt);
