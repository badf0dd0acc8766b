/** Reductions of gathered rows by sorted ids: what embedding lookups of several ids are made of. */

import { mergeDims, withRank, withRankAtLeast } from '../core/dims.ts';
import { int32 } from '../core/dtype.ts';
import { op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import type { Dims, Name, Static, Tensor, TensorLike } from '../core/tensor.ts';
import { gather } from './gather.ts';
import { integers, intOf } from './literals.ts';
import { unsorted_segment_sum } from './segment.ts';
import { shape } from './shape.ts';

interface GatheredRows {
  readonly data: Static;
  readonly indices: Static;
  readonly segment_ids: Static;
}

function sparseDims({ data, indices, segment_ids }: GatheredRows, count: number | null): Dims {
  const dims = withRankAtLeast(data.dims, 1);
  mergeDims(withRank(indices.dims, 1), withRank(segment_ids.dims, 1));
  return dims === null ? null : [count, ...dims.slice(1)];
}

const TIDX = 'Tidx: {int32, int64} = DT_INT32';
const NUM = 'Tnumsegments: {int32, int64} = DT_INT32';

function sparseOp(type: string, types: string) {
  return op(type, {
    inputs: ['data: T', 'indices: Tidx', 'segment_ids: int32'],
    outputs: ['output: T'],
    attrs: [types as 'T: type', TIDX],
    shape: (inputs) => sparseDims(inputs, null),
  });
}

function countedOp(type: string, types: string) {
  return op(type, {
    inputs: ['data: T', 'indices: Tidx', 'segment_ids: int32', 'num_segments: Tnumsegments'],
    outputs: ['output: T'],
    attrs: [types as 'T: type', TIDX, NUM],
    shape: (inputs) => {
      withRank(inputs.num_segments.dims, 0);
      return sparseDims(inputs, intOf(inputs.num_segments) ?? null);
    },
  });
}

function gradientOp(type: string) {
  return op(type, {
    inputs: ['grad: T', 'indices: Tidx', 'segment_ids: int32', 'output_dim0: int32'],
    outputs: ['output: T'],
    attrs: ['T: {float, double}', TIDX],
    shape: ({ grad, indices, segment_ids, output_dim0 }) =>
      sparseDims({ data: grad, indices, segment_ids }, intOf(output_dim0) ?? null),
  });
}

const reducing = (call: ReturnType<typeof sparseOp>, counted: ReturnType<typeof countedOp>) =>
  fn(
    ['data', 'indices', 'segment_ids', 'name', 'num_segments'],
    (
      data: TensorLike,
      indices: TensorLike,
      segment_ids: TensorLike,
      name: Name = null,
      num_segments: TensorLike | null = null,
    ): Tensor => {
      const rows = { data, indices: integers(indices), segment_ids: integers(segment_ids) };
      if (num_segments === null) return call(rows, {}, name);
      return counted({ ...rows, num_segments: integers(num_segments) }, {}, name);
    },
  );

const rowCount = (data: Tensor): Tensor => shape(data, null, int32).at(0);

/** What a sum's rows get: the gradient of their segment, added up where a row was taken twice. */
const summedRows = (data: Tensor, indices: Tensor, segment_ids: Tensor, dy: Tensor): Tensor =>
  unsorted_segment_sum(gather(dy, segment_ids), indices, rowCount(data));

// ---- sums ------------------------------------------------------------------------------------

export const SparseSegmentSum = sparseOp('SparseSegmentSum', 'T: realnumbertype').gradient(
  ({ data, indices, segment_ids }, [dy]) => ({
    data: summedRows(data, indices, segment_ids, dy),
    indices: null,
    segment_ids: null,
  }),
);
export const SparseSegmentSumWithNumSegments = countedOp(
  'SparseSegmentSumWithNumSegments',
  'T: realnumbertype',
).gradient(({ data, indices, segment_ids }, [dy]) => ({
  data: summedRows(data, indices, segment_ids, dy),
  indices: null,
  segment_ids: null,
  num_segments: null,
}));
/** Sums of the rows of `data` at `indices` that have the same id. */
export const sparse_segment_sum = reducing(SparseSegmentSum, SparseSegmentSumWithNumSegments);

// ---- means -----------------------------------------------------------------------------------

export const SparseSegmentMeanGrad = gradientOp('SparseSegmentMeanGrad');
export const SparseSegmentMean = sparseOp('SparseSegmentMean', 'T: {float, double}').gradient(
  ({ data, indices, segment_ids }, [dy]) => ({
    data: SparseSegmentMeanGrad({ grad: dy, indices, segment_ids, output_dim0: rowCount(data) }),
    indices: null,
    segment_ids: null,
  }),
);
export const SparseSegmentMeanWithNumSegments = countedOp(
  'SparseSegmentMeanWithNumSegments',
  'T: {float, double}',
).gradient(({ data, indices, segment_ids }, [dy]) => ({
  data: SparseSegmentMeanGrad({ grad: dy, indices, segment_ids, output_dim0: rowCount(data) }),
  indices: null,
  segment_ids: null,
  num_segments: null,
}));
/** Means of the rows of `data` at `indices` that have the same id. */
export const sparse_segment_mean = reducing(SparseSegmentMean, SparseSegmentMeanWithNumSegments);

// ---- sums over the square root of the count --------------------------------------------------

export const SparseSegmentSqrtNGrad = gradientOp('SparseSegmentSqrtNGrad');
export const SparseSegmentSqrtN = sparseOp('SparseSegmentSqrtN', 'T: {float, double}').gradient(
  ({ data, indices, segment_ids }, [dy]) => ({
    data: SparseSegmentSqrtNGrad({ grad: dy, indices, segment_ids, output_dim0: rowCount(data) }),
    indices: null,
    segment_ids: null,
  }),
);
export const SparseSegmentSqrtNWithNumSegments = countedOp(
  'SparseSegmentSqrtNWithNumSegments',
  'T: {float, double}',
).gradient(({ data, indices, segment_ids }, [dy]) => ({
  data: SparseSegmentSqrtNGrad({ grad: dy, indices, segment_ids, output_dim0: rowCount(data) }),
  indices: null,
  segment_ids: null,
  num_segments: null,
}));
/** Sums of the rows of `data` at `indices` that have the same id, divided by the square root of their number. */
export const sparse_segment_sqrt_n = reducing(
  SparseSegmentSqrtN,
  SparseSegmentSqrtNWithNumSegments,
);
