/** Sequences of numbers, and counts of how often numbers occur. */

import { toTensor } from '../core/convert.ts';
import { withRank } from '../core/dims.ts';
import {
  as_dtype,
  type DType,
  type DTypeLike,
  float32,
  float64,
  int32,
  int64,
} from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { nameScope } from '../core/mode.ts';
import { op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import type { Dims, Name, Static, Tensor, TensorLike } from '../core/tensor.ts';
import { maximum, minimum, truediv } from './arithmetic.ts';
import { cast } from './cast.ts';
import { constant } from './constant.ts';
import { integers, intOf } from './literals.ts';
import { floor } from './math.ts';
import { reduce_max, reduce_prod } from './reduce.ts';
import { unsorted_segment_sum } from './segment.ts';
import { reshape, shape } from './shape.ts';

// ---- sequences -------------------------------------------------------------------------------

interface Bounds {
  readonly start: Static;
  readonly limit: Static;
  readonly delta: Static;
}

function rangeDims({ start, limit, delta }: Bounds): Dims {
  for (const x of [start, limit, delta]) withRank(x.dims, 0);
  const [from, to, step] = [intOf(start), intOf(limit), intOf(delta)];
  if (from === undefined || to === undefined || step === undefined) return [null];
  if (step === 0) throw new ValueError('Requires delta != 0');
  if (step > 0 && from > to) {
    throw new ValueError(`Requires start <= limit when delta > 0: ${from}/${to}`);
  }
  if (step < 0 && from < to) {
    throw new ValueError(`Requires start >= limit when delta < 0: ${from}/${to}`);
  }
  return [Math.ceil(Math.abs((to - from) / step))];
}

export const Range = op('Range', {
  inputs: ['start: Tidx', 'limit: Tidx', 'delta: Tidx'],
  outputs: ['output: Tidx'],
  attrs: ['Tidx: {bfloat16, float, double, int32, int64} = DT_INT32'],
  shape: rangeDims,
}).gradient(null);

/** From the narrowest: what meets becomes the last of its types. */
const RANGE_TYPES: readonly DType[] = [int32, int64, float32, float64];

/** Whole numbers make a range of integers. */
function bound(value: TensorLike, dtype: DType | null, name: string): Tensor {
  const isWhole = typeof value === 'number' && Number.isInteger(value);
  return toTensor(dtype === null && isWhole ? integers(value) : value, dtype, name);
}

/**
 * The numbers from `start` up to, not including, `limit`, in steps of `delta`; `range(n)` counts
 * from 0. Whole plain numbers give int32.
 */
export const range = fn(
  ['start', 'limit', 'delta', 'dtype', 'name'],
  (
    start: TensorLike,
    limit: TensorLike | null = null,
    delta: TensorLike = 1,
    dtype: DTypeLike | null = null,
    name: Name = 'range',
  ): Tensor =>
    nameScope(name, 'Range', (scope) => {
      const type = dtype === null ? null : as_dtype(dtype);
      const ends: readonly TensorLike[] = limit === null ? [0, start] : [start, limit];
      const [from, to] = [bound(ends[0]!, type, 'start'), bound(ends[1]!, type, 'limit')];
      const step = bound(delta, type, 'delta');
      const most = type ?? widest([from, to, step]);
      return Range(
        { start: cast(from, most), limit: cast(to, most), delta: cast(step, most) },
        {},
        scope,
      );
    }),
);

function widest(tensors: readonly Tensor[]): DType {
  const places = tensors.map((x) => RANGE_TYPES.indexOf(x.dtype.base_dtype));
  if (places.includes(-1)) throw new TypeError('range() needs int32, int64, float32 or float64');
  return RANGE_TYPES[Math.max(...places)]!;
}

export const LinSpace = op('LinSpace', {
  inputs: ['start: T', 'stop: T', 'num: Tidx'],
  outputs: ['output: T'],
  attrs: ['T: {bfloat16, float, double}', 'Tidx: {int32, int64} = DT_INT32'],
  shape: ({ start, stop, num }) => {
    for (const x of [start, stop, num]) withRank(x.dims, 0);
    const count = intOf(num);
    if (count === undefined) return [null];
    if (count <= 0) throw new ValueError(`Requires num > 0: ${count}`);
    return [count];
  },
}).gradient(null);
/** `num` numbers evenly spaced from `start` to `stop`, both included. */
export const lin_space = fn(
  ['start', 'stop', 'num', 'name'],
  (start: TensorLike, stop: TensorLike, num: TensorLike, name: Name = null): Tensor =>
    LinSpace({ start, stop, num: integers(num) }, {}, name),
);
/** The same as `lin_space`. */
export const linspace = lin_space;

// ---- counts ----------------------------------------------------------------------------------

export const Bincount = op('Bincount', {
  inputs: ['arr: int32', 'size: int32', 'weights: T'],
  outputs: ['bins: T'],
  attrs: ['T: {int32, int64, float, double}'],
  shape: ({ size }) => [intOf(size) ?? null],
}).gradient(null);
/**
 * How often each number occurs in `arr`, or the sum of its `weights`. There are as many bins as the
 * largest number needs, at least `minlength`, at most `maxlength`.
 */
export const bincount = fn(
  ['arr', 'weights', 'minlength', 'maxlength', 'dtype'],
  (
    arr: TensorLike,
    weights: TensorLike | null = null,
    minlength: TensorLike | null = null,
    maxlength: TensorLike | null = null,
    dtype: DTypeLike = int32,
  ): Tensor => {
    const values = toTensor(arr, int32, 'arr');
    const isFilled = reduce_prod(shape(values)).greater(0);
    let size = cast(isFilled, int32).multiply(reduce_max(values).add(1));
    if (minlength !== null) size = maximum(toTensor(minlength, int32, 'minlength'), size);
    if (maxlength !== null) size = minimum(toTensor(maxlength, int32, 'maxlength'), size);
    if (weights !== null) {
      return unsorted_segment_sum(toTensor(weights, null, 'weights'), values, size);
    }
    const none = constant([], as_dtype(dtype));
    return Bincount({ arr: values, size, weights: none });
  },
);

export const HistogramFixedWidth = op('HistogramFixedWidth', {
  inputs: ['values: T', 'value_range: T', 'nbins: int32'],
  outputs: ['out: dtype'],
  attrs: ['T: {int32, int64, float, double}', 'dtype: {int32, int64} = DT_INT32'],
  shape: ({ value_range, nbins }) => {
    withRank(value_range.dims, 1);
    withRank(nbins.dims, 0);
    const count = intOf(nbins);
    if (count !== undefined && count <= 0) throw new ValueError('Requires nbins > 0');
    return [count ?? null];
  },
}).gradient(null);
/** How many of `values` fall into each of `nbins` bins of equal width; the outer bins take the rest. */
export const histogram_fixed_width = fn(
  ['values', 'value_range', 'nbins', 'dtype', 'name'],
  (
    values: TensorLike,
    value_range: TensorLike,
    nbins: TensorLike = 100,
    dtype: DTypeLike = int32,
    name: Name = null,
  ): Tensor =>
    nameScope(name, 'histogram_fixed_width', (scope) =>
      HistogramFixedWidth(
        { values, value_range, nbins: integers(nbins) },
        { dtype: as_dtype(dtype) },
        scope,
      ),
    ),
);

/** The bin into which each of `values` falls, of `nbins` bins of equal width. */
export const histogram_fixed_width_bins = fn(
  ['values', 'value_range', 'nbins', 'dtype', 'name'],
  (
    values: TensorLike,
    value_range: TensorLike,
    nbins: TensorLike = 100,
    dtype: DTypeLike = int32,
    name: Name = null,
  ): Tensor =>
    nameScope(name, 'histogram_fixed_width_bins', () => {
      const x = toTensor(values, null, 'values');
      const size = shape(x);
      const flat = reshape(x, [-1]);
      const ends = toTensor(value_range, null, 'value_range');
      const bins = cast(toTensor(integers(nbins), int32, 'nbins'), x.dtype);
      const [low, high] = [ends.at(0), ends.at(1)];
      const scaled = truediv(flat.subtract(low), high.subtract(low), 'scaled_values');
      const at = floor(bins.multiply(scaled), 'indices');
      const most = bins.subtract(1);
      const inside = maximum(minimum(at, most), toTensor(0, x.dtype));
      return reshape(cast(inside, as_dtype(dtype)), size);
    }),
);
