/**
 * Reductions over any axes. The shape is first folded to [outer, n, inner], of which the middle is
 * reduced; axes that do not lie together are brought together by one copy. Sums are in double
 * precision whatever the type, so a float32 result is rounded once.
 */

import { bool, type DType, newData, type TypedArray } from '../../core/dtype.ts';
import { OutOfRangeError } from '../../core/errors.ts';
import type { Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { copyBox, invalid, scalar, shapeText, sizeOf, stridesOf, wholeOf } from './box.ts';
import { type Lane, laneOf, type Numbers, settle, source, target } from './lanes.ts';
import { unsupported } from './unary.ts';

/** Writes `outer * inner` results; `start` is the result for no elements. */
type ReduceLoop = (
  x: Numbers,
  y: Numbers,
  outer: number,
  n: number,
  inner: number,
  start: number,
) => void;

interface ReduceLoops {
  readonly real: ReduceLoop;
  readonly int?: ReduceLoop;
  readonly wide?: ReduceLoop;
  readonly complex?: ReduceLoop;
  /** The result for no elements. */
  readonly start: (dtype: DType) => number;
}

/** What a reduction does: the result's shape, and the numbers folded to [outer, n, inner]. */
interface Folding {
  readonly shape: readonly number[];
  readonly outer: number;
  readonly n: number;
  readonly inner: number;
  /** The order in which to read the dimensions first; `null` where they already lie together. */
  readonly order: readonly number[] | null;
}

/** How to reduce `shape` over `axes`. InvalidArgumentError for an axis outside of it. */
function fold(shape: readonly number[], axes: ArrayLike<number>, keep: boolean): Folding {
  const rank = shape.length;
  const gone = new Array<boolean>(rank).fill(false);
  for (let i = 0; i < axes.length; i++) {
    const axis = axes[i]!;
    if (axis < -rank || axis >= rank) {
      invalid(`Invalid reduction dimension (${axis} for input with ${rank} dimension(s)`);
    }
    gone[axis < 0 ? axis + rank : axis] = true;
  }
  const result: number[] = [];
  let [outer, n, inner, blocks] = [1, 1, 1, 0];
  let open = false;
  for (let d = 0; d < rank; d++) {
    const size = shape[d]!;
    if (gone[d]) {
      n *= size;
      if (keep) result.push(1);
      if (size !== 1 && !open) {
        blocks++;
        open = true;
      }
      continue;
    }
    result.push(size);
    if (size !== 1) open = false;
    if (blocks === 0) outer *= size;
    else inner *= size;
  }
  if (blocks < 2) return { shape: result, outer, n, inner, order: null };
  const dims = shape.map((_, d) => d);
  const order = [...dims.filter((d) => !gone[d]), ...dims.filter((d) => gone[d])];
  return { shape: result, outer: outer * inner, n, inner: 1, order };
}

/** The numbers of `x` with its dimensions in `order`. */
function reordered(x: Value, order: readonly number[]): TypedArray {
  const strides = stridesOf(x.shape);
  const dims = order.map((d) => x.shape[d]!);
  const data = newData(x.dtype, x.size);
  const from = { offset: 0, strides: order.map((d) => strides[d]!) };
  copyBox(x.dtype, dims, data, wholeOf(dims), x.data, from);
  return data as TypedArray;
}

/** Registers a reduction of `input` over `reduction_indices`. */
function reduction(type: string, loops: ReduceLoops): void {
  kernel(type, ([x, axes], attrs, context) => {
    const folding = fold(x!.shape, axes!.data as TypedArray, attrs.keep_dims === true);
    const y = context.alloc(x!.dtype, folding.shape);
    const data = folding.order ? reordered(x!, folding.order) : x!.data;
    const lane = laneOf(x!.dtype);
    const loop = loopFor(loops, lane) ?? unsupported(type, x!.dtype);
    const work = target(lane, y.data);
    const { outer, n, inner } = folding;
    loop(source(lane, data), work, outer, n, inner, loops.start(x!.dtype));
    if (lane !== 'complex') settle(lane, work, y.data);
    return y;
  });
}

function loopFor(loops: ReduceLoops, lane: Lane): ReduceLoop | undefined {
  if (lane === 'complex') return loops.complex;
  if (lane === 'string') return undefined;
  if (lane === 'wide' || lane === 'word') return loops.wide ?? loops.real;
  return lane === 'int' || lane === 'narrow' ? (loops.int ?? loops.real) : loops.real;
}

const zero = (): number => 0;
const one = (): number => 1;

// ---- sums and means --------------------------------------------------------------------------

/** Sums down the columns, four rows at a time, so that memory is read in order. */
function sumColumns(x: Numbers, sums: Float64Array, base: number, n: number, inner: number): void {
  sums.fill(0);
  let r = 0;
  for (; r + 4 <= n; r += 4) {
    const i = base + r * inner;
    const [j, k, l] = [i + inner, i + 2 * inner, i + 3 * inner];
    for (let c = 0; c < inner; c++) sums[c]! += x[i + c]! + x[j + c]! + x[k + c]! + x[l + c]!;
  }
  for (; r < n; r++) {
    const i = base + r * inner;
    for (let c = 0; c < inner; c++) sums[c]! += x[i + c]!;
  }
}

function sumRow(x: Numbers, base: number, n: number): number {
  let sum = 0;
  for (let i = base, end = base + n; i < end; i++) sum += x[i]!;
  return sum;
}

const sum: ReduceLoop = (x, y, outer, n, inner) => {
  if (inner === 1) {
    for (let o = 0; o < outer; o++) y[o] = sumRow(x, o * n, n);
    return;
  }
  const sums = new Float64Array(inner);
  for (let o = 0; o < outer; o++) {
    sumColumns(x, sums, o * n * inner, n, inner);
    y.set(sums, o * inner);
  }
};
const sumOfIntegers: ReduceLoop = (x, y, outer, n, inner) => {
  for (let o = 0, k = 0; o < outer; o++) {
    for (let c = 0; c < inner; c++, k++) {
      let total = 0;
      for (let r = 0, i = o * n * inner + c; r < n; r++, i += inner) total = (total + x[i]!) | 0;
      y[k] = total;
    }
  }
};
/** Every partial sum has to be exact, or the last could be wrong and yet small. */
const sumOfWide: ReduceLoop = (x, y, outer, n, inner) => {
  for (let o = 0, k = 0; o < outer; o++) {
    for (let c = 0; c < inner; c++, k++) {
      let total = 0;
      for (let r = 0, i = o * n * inner + c; r < n; r++, i += inner) {
        total += x[i]!;
        if (Math.abs(total) > Number.MAX_SAFE_INTEGER) tooLarge();
      }
      y[k] = total;
    }
  }
};
function tooLarge(): never {
  throw new OutOfRangeError(
    null,
    null,
    'A 64-bit integer sum is not representable.\n\n' +
      '64-bit integers are held in JavaScript numbers, which are exact up to 2^53 - 1.',
  );
}
const sumOfComplex: ReduceLoop = (x, y, outer, n, inner) => {
  for (let o = 0, k = 0; o < outer; o++) {
    for (let c = 0; c < inner; c++, k += 2) {
      let [re, im] = [0, 0];
      for (let r = 0, i = 2 * (o * n * inner + c); r < n; r++, i += 2 * inner) {
        re += x[i]!;
        im += x[i + 1]!;
      }
      y[k] = re;
      y[k + 1] = im;
    }
  }
};
reduction('Sum', {
  real: sum,
  int: sumOfIntegers,
  wide: sumOfWide,
  complex: sumOfComplex,
  start: zero,
});

/** Integer means are truncated, and are 0 where there is nothing to average. */
const meanOfIntegers: ReduceLoop = (x, y, outer, n, inner) => {
  for (let o = 0, k = 0; o < outer; o++) {
    for (let c = 0; c < inner; c++, k++) {
      let total = 0;
      for (let r = 0, i = o * n * inner + c; r < n; r++, i += inner) total += x[i]!;
      y[k] = n === 0 ? 0 : Math.trunc(total / n);
    }
  }
};
reduction('Mean', {
  real: (x, y, outer, n, inner) => {
    if (inner === 1) {
      for (let o = 0; o < outer; o++) y[o] = sumRow(x, o * n, n) / n;
      return;
    }
    const sums = new Float64Array(inner);
    for (let o = 0; o < outer; o++) {
      sumColumns(x, sums, o * n * inner, n, inner);
      for (let c = 0; c < inner; c++) y[o * inner + c] = sums[c]! / n;
    }
  },
  int: meanOfIntegers,
  wide: meanOfIntegers,
  complex: (x, y, outer, n, inner, start) => {
    sumOfComplex(x, y, outer, n, inner, start);
    if (n > 1) for (let i = 0; i < y.length; i++) y[i] = y[i]! / n;
  },
  start: zero,
});

// ---- products and extremes -------------------------------------------------------------------

reduction('Prod', {
  real: (x, y, outer, n, inner) => {
    for (let o = 0, k = 0; o < outer; o++) {
      for (let c = 0; c < inner; c++, k++) {
        let product = 1;
        for (let r = 0, i = o * n * inner + c; r < n; r++, i += inner) product *= x[i]!;
        y[k] = product;
      }
    }
  },
  int: (x, y, outer, n, inner) => {
    for (let o = 0, k = 0; o < outer; o++) {
      for (let c = 0; c < inner; c++, k++) {
        let product = 1;
        for (let r = 0, i = o * n * inner + c; r < n; r++, i += inner) {
          product = Math.imul(product, x[i]!);
        }
        y[k] = product;
      }
    }
  },
  complex: (x, y, outer, n, inner) => {
    for (let o = 0, k = 0; o < outer; o++) {
      for (let c = 0; c < inner; c++, k += 2) {
        let [re, im] = [1, 0];
        for (let r = 0, i = 2 * (o * n * inner + c); r < n; r++, i += 2 * inner) {
          const real = re * x[i]! - im * x[i + 1]!;
          im = re * x[i + 1]! + im * x[i]!;
          re = real;
        }
        y[k] = re;
        y[k + 1] = im;
      }
    }
  },
  start: one,
});
reduction('Max', {
  real: (x, y, outer, n, inner, start) => {
    for (let o = 0, k = 0; o < outer; o++) {
      for (let c = 0; c < inner; c++, k++) {
        let best = start;
        for (let r = 0, i = o * n * inner + c; r < n; r++, i += inner) {
          const v = x[i]!;
          if (v > best || Number.isNaN(v)) best = v;
        }
        y[k] = best;
      }
    }
  },
  start: (dtype) => (dtype.is_floating ? Number.NEGATIVE_INFINITY : dtype.min),
});
reduction('Min', {
  real: (x, y, outer, n, inner, start) => {
    for (let o = 0, k = 0; o < outer; o++) {
      for (let c = 0; c < inner; c++, k++) {
        let best = start;
        for (let r = 0, i = o * n * inner + c; r < n; r++, i += inner) {
          const v = x[i]!;
          if (v < best || Number.isNaN(v)) best = v;
        }
        y[k] = best;
      }
    }
  },
  start: (dtype) => (dtype.is_floating ? Number.POSITIVE_INFINITY : dtype.max),
});

// ---- reductions of bools ---------------------------------------------------------------------

/** Registers All or Any: the result is `stop` as soon as an element is. */
function quantifier(type: string, stop: 0 | 1): void {
  kernel(type, ([x, axes], attrs, context) => {
    const { shape, outer, n, inner, order } = fold(
      x!.shape,
      axes!.data as TypedArray,
      attrs.keep_dims === true,
    );
    const y = context.alloc(bool, shape);
    const data = (order ? reordered(x!, order) : x!.data) as Uint8Array;
    const results = y.data as Uint8Array;
    for (let o = 0, k = 0; o < outer; o++) {
      for (let c = 0; c < inner; c++, k++) {
        let [r, i] = [0, o * n * inner + c];
        while (r < n && data[i] !== stop) {
          r++;
          i += inner;
        }
        results[k] = r < n ? stop : 1 - stop;
      }
    }
    return y;
  });
}
quantifier('All', 0);
quantifier('Any', 1);

// ---- where the extremes are ------------------------------------------------------------------

/** Registers ArgMax (`sign` 1) or ArgMin (-1): the first of equals; NaN never wins. */
function extremePosition(type: string, sign: 1 | -1): void {
  kernel(type, ([x, dimension], attrs, context) => {
    const axis = positionAxis(x!, dimension!);
    const n = x!.shape[axis]!;
    const shape = x!.shape.filter((_, d) => d !== axis);
    const inner = sizeOf(x!.shape.slice(axis + 1));
    const y = context.alloc(attrs.output_type as DType, shape);
    const data = source(laneOf(x!.dtype), x!.data);
    const results = y.data as TypedArray;
    for (let k = 0; k < y.size; k++) {
      const column = k % inner;
      let best = Number.NEGATIVE_INFINITY;
      let position = 0;
      for (let r = 0, i = (k - column) * n + column; r < n; r++, i += inner) {
        const v = sign * data[i]!;
        if (v > best) {
          best = v;
          position = r;
        }
      }
      results[k] = position;
    }
    return y;
  });
}

function positionAxis(x: Value, dimension: Value): number {
  if (dimension.shape.length > 0) {
    invalid(`dim must be a scalar, but received tensor of shape: ${shapeText(dimension.shape)}`);
  }
  const rank = x.shape.length;
  const axis = scalar(dimension);
  if (axis < -rank || axis >= rank) {
    invalid(`Expected dimension in the range [${-rank}, ${rank}), but got ${axis}`);
  }
  const front = axis < 0 ? axis + rank : axis;
  if (x.shape[front] === 0) {
    invalid(`Reduction axis ${axis} is empty in shape ${shapeText(x.shape)}`);
  }
  return front;
}
extremePosition('ArgMax', 1);
extremePosition('ArgMin', -1);

// ---- half the sum of squares -----------------------------------------------------------------

kernel('L2Loss', ([x], _attrs, context) => {
  const y = context.alloc(x!.dtype, []);
  const data = x!.data as Float32Array | Float64Array;
  let squares = 0;
  for (let i = 0; i < data.length; i++) squares += data[i]! * data[i]!;
  const result = y.data as Float32Array | Float64Array;
  result[0] = squares / 2;
  settle(laneOf(x!.dtype), result, result);
  return y;
});
