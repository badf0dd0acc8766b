/** Looking among the elements: what is true, different, largest, or where a value would stand. */

import type { Data, DType, Text, TypedArray } from '../../core/dtype.ts';
import { bool, elementWidth, int32, int64 } from '../../core/dtype.ts';
import type { Kernel, KernelContext, Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import {
  copyBox,
  copyRun,
  ints,
  invalid,
  numbers,
  scalar,
  shapeText,
  stridesOf,
  wholeOf,
  withDim,
} from './box.ts';

kernel('Where', ([input], _attrs, context) => {
  const { shape, dtype } = input!;
  const rank = shape.length;
  const width = elementWidth(dtype);
  const data = input!.data as TypedArray;
  const found: number[] = [];
  for (let i = 0; i < data.length; i += width) {
    if (data[i] !== 0 || (width === 2 && data[i + 1] !== 0)) found.push(i / width);
  }
  const strides = stridesOf(shape);
  const positions = new Float64Array(found.length * rank);
  for (const [row, flat] of found.entries()) {
    for (let axis = 0; axis < rank; axis++) {
      positions[row * rank + axis] = Math.floor(flat / strides[axis]!) % shape[axis]!;
    }
  }
  return numbers(context, int64, positions, [found.length, rank]);
});

// ---- different elements ------------------------------------------------------------------------

type Key = number | string;

function keyOf(element: number | Text): Key {
  if (typeof element === 'number') return element;
  // Text and bytes never spell the same string: bytes are those that are not UTF-8.
  return typeof element === 'string' ? `t${element}` : `b${element.join()}`;
}

/** One key per element; complex numbers are keyed by both parts. */
function keysOf(value: Value): Key[] {
  const { data } = value;
  if (Array.isArray(data)) return data.map(keyOf);
  if (elementWidth(value.dtype) === 1) return Array.from(data);
  return Array.from({ length: value.size }, (_, i) => `${data[2 * i]},${data[2 * i + 1]}`);
}

interface Distinct {
  /** The position of the first element of each kind. */
  readonly firsts: number[];
  /** For each element, the number of its kind. */
  readonly kinds: Int32Array;
}

function distinct(keys: readonly Key[]): Distinct {
  const seen = new Map<Key, number>();
  const firsts: number[] = [];
  const kinds = new Int32Array(keys.length);
  for (const [i, key] of keys.entries()) {
    let kind = seen.get(key);
    if (kind === undefined) {
      kind = firsts.length;
      seen.set(key, kind);
      firsts.push(i);
    }
    kinds[i] = kind;
  }
  return { firsts, kinds };
}

function counts({ firsts, kinds }: Distinct): Int32Array {
  const result = new Int32Array(firsts.length);
  for (const kind of kinds) result[kind]!++;
  return result;
}

/** The elements of a vector at `positions`. */
function take(context: KernelContext, x: Value, positions: readonly number[]): Value {
  const result = context.alloc(x.dtype, [positions.length]);
  const width = elementWidth(x.dtype);
  for (const [i, position] of positions.entries()) {
    copyRun(result.data, i * width, x.data, position * width, width);
  }
  return result;
}

function unique(withCounts: boolean): Kernel {
  return ([x, axisValue], { out_idx }, context) => {
    const { shape } = x!;
    const axes = axisValue ? ints(axisValue) : [];
    if (axes.length > 1) invalid('axis does not support input tensors larger than 1 elements');
    if (axes.length === 0 && shape.length !== 1) invalid('unique expects a 1D vector.');
    const asked = axes[0] ?? 0;
    const axis = asked < 0 ? asked + shape.length : asked;
    if (axis < 0 || axis >= shape.length) {
      invalid(`axis has to be between [0, ${shape.length})`);
    }
    const found = distinct(shape.length === 1 ? keysOf(x!) : sliceKeys(x!, axis));
    const y =
      shape.length === 1 ? take(context, x!, found.firsts) : takeSlices(context, x!, axis, found);
    const outputs = [y, numbers(context, out_idx as DType, found.kinds)];
    if (withCounts) outputs.push(numbers(context, out_idx as DType, counts(found)));
    return outputs;
  };
}

/** One key per slice along `axis`. */
function sliceKeys(x: Value, axis: number): Key[] {
  const keys = keysOf(x);
  const stride = stridesOf(x.shape)[axis]!;
  const dim = x.shape[axis]!;
  const slices = Array.from({ length: dim }, (): Key[] => []);
  for (const [i, key] of keys.entries()) slices[Math.floor(i / stride) % dim]!.push(key);
  return slices.map((slice) => JSON.stringify(slice.map(String)));
}

function takeSlices(context: KernelContext, x: Value, axis: number, found: Distinct): Value {
  const { shape, dtype } = x;
  const result = context.alloc(dtype, withDim(shape, axis, found.firsts.length));
  const slice = withDim(shape, axis, 1);
  const { strides } = wholeOf(result.shape);
  const own = stridesOf(shape);
  for (const [i, first] of found.firsts.entries()) {
    const target = { offset: i * strides[axis]!, strides };
    const source = { offset: first * own[axis]!, strides: own };
    copyBox(dtype, slice, result.data, target, x.data, source);
  }
  return result;
}

kernel('Unique', unique(false));
kernel('UniqueV2', unique(false));
kernel('UniqueWithCounts', unique(true));
kernel('UniqueWithCountsV2', unique(true));

kernel('ListDiff', ([x, y], { out_idx }, context) => {
  if (x!.shape.length !== 1) invalid('x should be a 1D vector.');
  if (y!.shape.length !== 1) invalid('y should be a 1D vector.');
  const known = new Set(keysOf(y!));
  const kept: number[] = [];
  for (const [i, key] of keysOf(x!).entries()) if (!known.has(key)) kept.push(i);
  const out = take(context, x!, kept);
  return [out, numbers(context, out_idx as DType, kept)];
});

// ---- order -------------------------------------------------------------------------------------

kernel('TopK', ([input], { k, sorted }, context) =>
  topK(context, input!, k as number, sorted !== false),
);

kernel('TopKV2', ([input, k], { sorted }, context) => {
  if (k!.shape.length > 0) invalid(`k must be scalar, got shape ${shapeText(k!.shape)}`);
  return topK(context, input!, scalar(k!), sorted !== false);
});

/** Where all columns are wanted and in no order, TensorFlow leaves them where they are. */
function topK(context: KernelContext, input: Value, k: number, sorted: boolean): readonly Value[] {
  const { shape, dtype } = input;
  if (k < 0) invalid(`Need k >= 0, got ${k}`);
  if (shape.length < 1) invalid(`input must be >= 1-D, got shape ${shapeText(shape)}`);
  const columns = shape.at(-1)!;
  if (columns < k) invalid('input must have at least k columns');
  const dims = withDim(shape, shape.length - 1, k);
  const values = context.alloc(dtype, dims);
  const indices = context.alloc(int32, dims);
  const data = input.data as TypedArray;
  const [best, places] = [values.data as TypedArray, indices.data as TypedArray];
  const order = k <= FEW ? new Int32Array(k) : new Int32Array(columns);
  for (let row = 0; row * columns < data.length; row++) {
    const base = row * columns;
    if (!sorted && k === columns) for (let i = 0; i < k; i++) order[i] = i;
    else if (k <= FEW) insertTop(data, base, columns, order);
    else sortTop(data, base, order);
    for (let i = 0; i < k; i++) {
      best[row * k + i] = data[base + order[i]!]!;
      places[row * k + i] = order[i]!;
    }
  }
  return [values, indices];
}

/** Up to here the best are kept in order while the row is read; more are sorted. */
const FEW = 32;

/** The places of the largest elements of a row, in order; of equal ones the first is first. */
function insertTop(data: TypedArray, base: number, columns: number, order: Int32Array): void {
  const k = order.length;
  if (k === 0) return;
  let count = 0;
  for (let i = 0; i < columns; i++) {
    const value = data[base + i]!;
    if (count === k && !(value > data[base + order[k - 1]!]!)) continue;
    let at = count < k ? count++ : k - 1;
    while (at > 0 && value > data[base + order[at - 1]!]!) {
      order[at] = order[at - 1]!;
      at--;
    }
    order[at] = i;
  }
}

function sortTop(data: TypedArray, base: number, order: Int32Array): void {
  for (let i = 0; i < order.length; i++) order[i] = i;
  order.sort((a, b) => data[base + b]! - data[base + a]! || a - b);
}

kernel('InTopK', ([predictions, targets], attrs, context) =>
  inTopK(context, predictions!, targets!, attrs.k as number),
);

kernel('InTopKV2', ([predictions, targets, k], _attrs, context) =>
  inTopK(context, predictions!, targets!, scalar(k!)),
);

function inTopK(context: KernelContext, predictions: Value, targets: Value, k: number): Value {
  if (predictions.shape.length !== 2) invalid('predictions must be 2-dimensional');
  if (targets.shape.length !== 1) invalid('targets must be 1-dimensional');
  const [rows, columns] = predictions.shape as [number, number];
  if (rows !== targets.size) {
    invalid(`First dimension of predictions ${rows} must match length of targets ${targets.size}`);
  }
  const result = context.alloc(bool, [rows]);
  const answers = result.data as TypedArray;
  const data = predictions.data as TypedArray;
  const classes = targets.data as TypedArray;
  for (let row = 0; row < rows; row++) {
    const start = row * columns;
    answers[row] = ranksIn(data.subarray(start, start + columns), classes[row]!, k) ? 1 : 0;
  }
  return result;
}

function ranksIn(scores: TypedArray, target: number, k: number): boolean {
  const score = scores[target];
  if (score === undefined || !Number.isFinite(score)) return false;
  let better = 0;
  for (const other of scores) {
    if (!Number.isFinite(other)) return false;
    if (other > score) better++;
  }
  return better < k;
}

kernel('NthElement', ([input, nValue], { reverse }, context) => {
  const { shape, dtype } = input!;
  const n = scalar(nValue!);
  if (n < 0) invalid(`Need n >= 0, got ${n}`);
  if (shape.length < 1) invalid(`Input must be >= 1-D, got shape ${shapeText(shape)}`);
  const columns = shape.at(-1)!;
  if (columns <= n) invalid('Input must have at least n+1 columns');
  const result = context.alloc(dtype, shape.slice(0, -1));
  const data = input!.data as TypedArray;
  const values = result.data as TypedArray;
  const at = reverse ? columns - 1 - n : n;
  for (let row = 0; row < values.length; row++) {
    values[row] = data.slice(row * columns, (row + 1) * columns).sort()[at]!;
  }
  return result;
});

// ---- where a value would stand -----------------------------------------------------------------

/** The first position in the sorted `data[from:to]` whose element is not before `value`. */
function bound(data: Data, from: number, to: number, value: number, upper: boolean): number {
  const sorted = data as TypedArray;
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >> 1;
    const before = upper ? sorted[middle]! <= value : sorted[middle]! < value;
    if (before) low = middle + 1;
    else high = middle;
  }
  return low - from;
}

function bounds(upper: boolean): Kernel {
  return ([sorted, values], { out_type }, context) => {
    const [rows, columns] = sorted!.shape as [number, number];
    if (values!.shape[0] !== rows) {
      invalid(`Leading dim_size of both tensors must match. Got ${rows} and ${values!.shape[0]}`);
    }
    const result = context.alloc(out_type as DType, values!.shape);
    const places = result.data as TypedArray;
    const data = values!.data as TypedArray;
    const each = values!.shape[1]!;
    for (let i = 0; i < data.length; i++) {
      const start = Math.floor(i / each) * columns;
      places[i] = bound(sorted!.data, start, start + columns, data[i]!, upper);
    }
    return result;
  };
}

kernel('LowerBound', bounds(false));
kernel('UpperBound', bounds(true));

kernel('Bucketize', ([input], attrs, context) => {
  const boundaries = Float32Array.from(attrs.boundaries as readonly number[]);
  if (boundaries.some((edge, i) => i > 0 && edge < boundaries[i - 1]!)) {
    invalid('Expected sorted boundaries');
  }
  const result = context.alloc(int32, input!.shape);
  const buckets = result.data as TypedArray;
  const data = input!.data as TypedArray;
  for (let i = 0; i < data.length; i++) {
    buckets[i] = bound(boundaries, 0, boundaries.length, data[i]!, true);
  }
  return result;
});

// ---- positions ---------------------------------------------------------------------------------

kernel('UnravelIndex', ([indices, dims], _attrs, context) => {
  const shape = ints(dims!);
  const strides = stridesOf(shape);
  const size = shape.reduce((all, dim) => all * dim, 1);
  const places = ints(indices!);
  if (places.some((place) => place < 0 || place >= size)) {
    invalid('index is out of bound as with dims');
  }
  const rows = strides.flatMap((stride, i) =>
    places.map((place) => Math.floor(place / stride) % shape[i]!),
  );
  const outer = indices!.shape.length === 0 ? [shape.length] : [shape.length, places.length];
  return numbers(context, indices!.dtype, rows, outer);
});
