/** Reductions of the rows that belong together: by sorted ids, by ids in any order, of gathered rows. */

import { toTensor } from '../core/convert.ts';
import { concatDims, mergePrefix, withRank, withRankAtLeast } from '../core/dims.ts';
import { int32 } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { nameScope } from '../core/mode.ts';
import { op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import type { Dims, Name, Static, Tensor, TensorLike } from '../core/tensor.ts';
import { divide, maximum, realdiv } from './arithmetic.ts';
import { cast } from './cast.ts';
import { equal, greater_equal, logical_and, Select } from './compare.ts';
import { fill, ones, ones_like, zeros_like } from './fill.ts';
import { gather } from './gather.ts';
import { concat } from './join.ts';
import { integers, intOf } from './literals.ts';
import { sqrt } from './math.ts';
import { expand_dims, rank, reshape, shape } from './shape.ts';

const INT = '{int32, int64}';
const PAIRS = `Tindices: ${INT}`;

// ---- sorted ids ------------------------------------------------------------------------------

interface Rows {
  readonly data: Static;
  readonly segment_ids: Static;
}

function segmentDims({ data, segment_ids }: Rows): Dims {
  const dims = withRankAtLeast(data.dims, 1);
  withRank(segment_ids.dims, 1);
  return dims === null ? null : [null, ...dims.slice(1)];
}

function segmentOp(type: string, types: string) {
  return op(type, {
    inputs: ['data: T', 'segment_ids: Tindices'],
    outputs: ['output: T'],
    attrs: [types as 'T: type', PAIRS as 'Tindices: type'],
    shape: segmentDims,
  });
}

const segmenting = (call: ReturnType<typeof segmentOp>) =>
  fn(
    ['data', 'segment_ids', 'name'],
    (data: TensorLike, segment_ids: TensorLike, name: Name = null): Tensor =>
      call({ data, segment_ids: integers(segment_ids) }, {}, name),
  );

export const SegmentSum = segmentOp('SegmentSum', 'T: numbertype').gradient(
  ({ segment_ids }, [dy]) => ({ data: gather(dy, segment_ids), segment_ids: null }),
);
/** Sums of the rows with the same id; `segment_ids` are sorted. */
export const segment_sum = segmenting(SegmentSum);

export const SegmentMean = segmentOp('SegmentMean', 'T: numbertype').gradient(
  ({ data, segment_ids }, [dy]) => {
    const tail = fill(expandScalar(rank(data).subtract(toTensor(1, int32))), toTensor(1, int32));
    const shapeOfOnes = concat([shape(segment_ids), tail], 0);
    const counts = segment_sum(fill(shapeOfOnes, toTensor(1, dy.dtype)), segment_ids);
    return { data: gather(divide(dy, counts), segment_ids), segment_ids: null };
  },
);
/** Means of the rows with the same id; `segment_ids` are sorted. */
export const segment_mean = segmenting(SegmentMean);

const expandScalar = (x: Tensor): Tensor => reshape(x, [1]);

/** The gradient goes to the rows that are the extreme of their segment, shared among equals. */
function sortedExtremeGradient(data: Tensor, ids: Tensor, output: Tensor, dy: Tensor): Tensor {
  const isChosen = equal(data, gather(output, ids));
  const share = divide(dy, segment_sum(cast(isChosen, dy.dtype), ids));
  const spread = gather(share, ids);
  return Select({ condition: isChosen, t: spread, e: zeros_like(spread) });
}

export const SegmentMax = segmentOp('SegmentMax', 'T: realnumbertype').gradient(
  ({ data, segment_ids }, [dy], _, { output }) => ({
    data: sortedExtremeGradient(data, segment_ids, output, dy),
    segment_ids: null,
  }),
);
/** The largest of the rows with the same id; `segment_ids` are sorted. */
export const segment_max = segmenting(SegmentMax);

export const SegmentMin = segmentOp('SegmentMin', 'T: realnumbertype').gradient(
  ({ data, segment_ids }, [dy], _, { output }) => ({
    data: sortedExtremeGradient(data, segment_ids, output, dy),
    segment_ids: null,
  }),
);
/** The smallest of the rows with the same id; `segment_ids` are sorted. */
export const segment_min = segmenting(SegmentMin);

export const SegmentProd = segmentOp('SegmentProd', 'T: numbertype');
/** Products of the rows with the same id; `segment_ids` are sorted. */
export const segment_prod = segmenting(SegmentProd);

// ---- ids in any order ------------------------------------------------------------------------

interface UnsortedRows extends Rows {
  readonly num_segments: Static;
}

function unsortedDims({ data, segment_ids, num_segments }: UnsortedRows): Dims {
  withRank(num_segments.dims, 0);
  if (data.dims === null || segment_ids.dims === null) return null;
  mergePrefix(data.dims, segment_ids.dims);
  const count = intOf(num_segments) ?? null;
  if (count !== null && count < 0) {
    throw new ValueError(
      `Dimension size, given by scalar input 2, must be non-negative but is ${count}`,
    );
  }
  return concatDims([count], data.dims.slice(segment_ids.dims.length));
}

function unsortedOp(type: string, types: string) {
  return op(type, {
    inputs: ['data: T', 'segment_ids: Tindices', 'num_segments: Tnumsegments'],
    outputs: ['output: T'],
    attrs: [
      types as 'T: type',
      PAIRS as 'Tindices: type',
      'Tnumsegments: {int32, int64} = DT_INT32',
    ],
    shape: unsortedDims,
  });
}

const unsorted = (call: ReturnType<typeof unsortedOp>) =>
  fn(
    ['data', 'segment_ids', 'num_segments', 'name'],
    (
      data: TensorLike,
      segment_ids: TensorLike,
      num_segments: TensorLike,
      name: Name = null,
    ): Tensor =>
      call(
        { data, segment_ids: integers(segment_ids), num_segments: integers(num_segments) },
        {},
        name,
      ),
  );

/** Rows of `x` at `ids`, and which ids are not negative, for those of rank of the rows. */
function gatherKnown(x: Tensor, ids: Tensor): { rows: Tensor; isKnown: Tensor; at: Tensor } {
  const at = maximum(ids, zeros_like(ids));
  const rows = gather(x, at);
  const isKnown = withTrailingOnes(greater_equal(ids, zeros_like(ids)), rows);
  return { rows, isKnown: logical_and(isKnown, cast(ones_like(rows), 'bool')), at };
}

/** `flags` with axes of length 1 added, until it has as many as `rows`. */
function withTrailingOnes(flags: Tensor, rows: Tensor): Tensor {
  if (flags.dims !== null && rows.dims !== null) {
    let result = flags;
    for (let d = flags.dims.length; d < rows.dims.length; d++) result = expand_dims(result, -1);
    return result;
  }
  const more = rank(rows).subtract(rank(flags));
  const tail = fill(expandScalar(more), toTensor(1, int32));
  return reshape(flags, concat([shape(flags), tail], 0));
}

/** Rows of `x` at `ids`, zeros where an id is negative. */
function gatherOrZero(x: Tensor, ids: Tensor): Tensor {
  const { rows, isKnown } = gatherKnown(x, ids);
  return Select({ condition: isKnown, t: rows, e: zeros_like(rows) });
}

export const UnsortedSegmentSum = unsortedOp('UnsortedSegmentSum', 'T: numbertype').gradient(
  ({ segment_ids }, [dy]) => ({
    data: gatherOrZero(dy, segment_ids),
    segment_ids: null,
    num_segments: null,
  }),
);
/** Sums of the rows with the same id, of ids from 0 to `num_segments` - 1; negative ids are left out. */
export const unsorted_segment_sum = unsorted(UnsortedSegmentSum);

function unsortedExtremeGradient(
  data: Tensor,
  ids: Tensor,
  num: Tensor,
  output: Tensor,
  dy: Tensor,
): Tensor {
  const { rows, isKnown } = gatherKnown(output, ids);
  const isChosen = logical_and(equal(data, rows), isKnown);
  const share = divide(dy, unsorted_segment_sum(cast(isChosen, dy.dtype), ids, num));
  const spread = gatherOrZero(share, ids);
  return Select({ condition: isChosen, t: spread, e: zeros_like(spread) });
}

export const UnsortedSegmentMax = unsortedOp('UnsortedSegmentMax', 'T: realnumbertype').gradient(
  ({ data, segment_ids, num_segments }, [dy], _, { output }) => ({
    data: unsortedExtremeGradient(data, segment_ids, num_segments, output, dy),
    segment_ids: null,
    num_segments: null,
  }),
);
/** The largest of the rows with the same id; the lowest number where there is none. */
export const unsorted_segment_max = unsorted(UnsortedSegmentMax);

export const UnsortedSegmentMin = unsortedOp('UnsortedSegmentMin', 'T: realnumbertype').gradient(
  ({ data, segment_ids, num_segments }, [dy], _, { output }) => ({
    data: unsortedExtremeGradient(data, segment_ids, num_segments, output, dy),
    segment_ids: null,
    num_segments: null,
  }),
);
/** The smallest of the rows with the same id; the highest number where there is none. */
export const unsorted_segment_min = unsorted(UnsortedSegmentMin);

export const UnsortedSegmentProd = unsortedOp('UnsortedSegmentProd', 'T: realnumbertype').gradient(
  ({ data, segment_ids, num_segments }, [dy], _, { output }) => ({
    data: unsortedProductGradient(data, segment_ids, num_segments, output, dy),
    segment_ids: null,
    num_segments: null,
  }),
);
/** Products of the rows with the same id; 1 where there is none. */
export const unsorted_segment_prod = unsorted(UnsortedSegmentProd);

/** `product / x`, except that where x is 0 the product of the others counts, if that is its only zero. */
function unsortedProductGradient(
  data: Tensor,
  ids: Tensor,
  num: Tensor,
  output: Tensor,
  dy: Tensor,
): Tensor {
  const isZero = equal(data, zeros_like(data));
  const zeros = unsorted_segment_sum(cast(isZero, int32), ids, num);
  const isHopeless = zeros.greater(1);
  const slope = Select({ condition: isHopeless, t: zeros_like(dy), e: dy });
  const nonzero = Select({ condition: isZero, t: ones_like(data), e: data });
  const others = unsorted_segment_prod(nonzero, ids, num);
  const { rows: product, at } = gatherKnown(output, ids);
  const byDivision = realdiv(product, data);
  const partial = Select({ condition: isZero, t: gather(others, at), e: byDivision });
  return gatherOrZero(slope, ids).multiply(partial);
}

/** How many rows each segment has, at least 1, with as many axes as the rows. */
function segmentSizes(data: Tensor, ids: Tensor, num: TensorLike): Tensor {
  const each = ones(shape(ids), data.dtype.base_dtype);
  const counts = unsorted_segment_sum(each, ids, num);
  const extra = (data.dims?.length ?? 0) - (ids.dims?.length ?? 0);
  return maximum(reshape(counts, [num, ...new Array<number>(extra).fill(1)]), 1);
}

/** Means of the rows with the same id. */
export const unsorted_segment_mean = fn(
  ['data', 'segment_ids', 'num_segments', 'name'],
  (
    data: TensorLike,
    segment_ids: TensorLike,
    num_segments: TensorLike,
    name: Name = null,
  ): Tensor =>
    nameScope(name, 'UnsortedSegmentMean', () => {
      const [x, ids] = [toTensor(data), toTensor(integers(segment_ids))];
      const sizes = segmentSizes(x, ids, num_segments);
      return divide(unsorted_segment_sum(x, ids, num_segments), sizes);
    }),
);

/** Sums of the rows with the same id, divided by the square root of their number. */
export const unsorted_segment_sqrt_n = fn(
  ['data', 'segment_ids', 'num_segments', 'name'],
  (
    data: TensorLike,
    segment_ids: TensorLike,
    num_segments: TensorLike,
    name: Name = null,
  ): Tensor =>
    nameScope(name, 'UnsortedSegmentSqrtN', () => {
      const [x, ids] = [toTensor(data), toTensor(integers(segment_ids))];
      const sizes = segmentSizes(x, ids, num_segments);
      return divide(unsorted_segment_sum(x, ids, num_segments), sqrt(sizes));
    }),
);
