/** Samples of lookups, searches, diagonals and masks. */

import * as dtypes from '../../../src/core/dtype.ts';
import { bool, f32, f64, i32, i64, sample, spread, text, u8 } from '../sample.ts';
import { CUBE, everyType, WORDS } from './values.ts';

const lookups = {
  Gather: [],
  GatherV2: [
    ...everyType('gather', [[1, 0, 1]]),
    sample('gather', [
      CUBE,
      i32([
        [0, 1],
        [1, 1],
      ]),
    ]),
    sample('gather', [CUBE, i64([2, 0, 2])], { axis: 1 }),
    sample('gather', [CUBE, i32([[3], [0]])], { axis: -1 }),
    sample('gather', [CUBE, 1]),
  ],
  GatherNd: [
    sample('gather_nd', [
      CUBE,
      i32([
        [0, 2],
        [1, 0],
      ]),
    ]),
    sample('gather_nd', [CUBE, [[1], [1], [0]]]),
    sample('gather_nd', [CUBE, i64([[[0, 1, 2]], [[1, 2, 3]]])]),
    sample('gather_nd', [WORDS, [[1, 1]]]),
  ],
  ScatterNd: [
    sample('scatter_nd', [i32([[4], [1], [4]]), f32([1, 2, 3]), [6]]),
    sample('scatter_nd', [[[0, 1]], f32([[1, 2]]), [2, 2, 2]]),
    sample('scatter_nd', [
      i64([[1], [0]]),
      i64([
        [1, 2],
        [3, 4],
      ]),
      i64([3, 2]),
    ]),
  ],
  SparseToDense: [
    sample('sparse_to_dense', [[0, 2], [4], f32([5, 6])]),
    sample('sparse_to_dense', [
      [
        [0, 1],
        [2, 0],
      ],
      [3, 2],
      f32([5, 6]),
      f32(-1),
    ]),
    sample('sparse_to_dense', [i64([2, 0]), i64([3]), f32(1)], { validate_indices: false }),
  ],
  OneHot: [
    sample('one_hot', [i32([0, 2, -1]), 3]),
    sample('one_hot', [[0, 2], 3], { axis: 0 }),
    sample('one_hot', [i64([[0], [1]]), 2, f32(5), f32(-1)]),
    sample('one_hot', [i32([1]), 3], { dtype: dtypes.int64 }),
    sample('one_hot', [u8([1, 0]), 2, text('yes'), text('no')]),
  ],
  DynamicPartition: [
    sample('dynamic_partition', [f32([1, 2, 3, 4]), i32([0, 1, 1, 0]), 2]),
    sample('dynamic_partition', [CUBE, i32([1, 0]), 3]),
    sample('dynamic_partition', [WORDS, [1, 0], 2]),
  ],
  DynamicStitch: [
    sample('dynamic_stitch', [
      [i32(2), i32([0, 1])],
      [
        f32([1, 2]),
        f32([
          [3, 4],
          [5, 6],
        ]),
      ],
    ]),
    sample('dynamic_stitch', [
      [[0, 2], [1]],
      [i64([1, 2]), i64([3])],
    ]),
  ],
  ParallelDynamicStitch: [],
};

const searches = {
  Where: [
    sample('where', [
      bool([
        [true, false],
        [true, true],
      ]),
    ]),
    sample('where', [bool([true, false]), f32([1, 2]), f32([3, 4])]),
    sample('where', [
      bool([true, false]),
      f32([
        [1, 2],
        [5, 6],
      ]),
      f32([
        [3, 4],
        [7, 8],
      ]),
    ]),
    sample('where', [bool(false), i32(1), i32(2)]),
  ],
  Unique: [
    sample('unique', [i32([3, 1, 3, 2])]),
    sample('unique', [f32([3, 1, 3, 2])], { out_idx: dtypes.int64 }, { gradient: false }),
    sample('unique', [text(['a', 'b', 'a'])]),
  ],
  UniqueWithCounts: [sample('unique_with_counts', [i64([3, 1, 3, 2])])],
  UniqueV2: [],
  UniqueWithCountsV2: [],
  ListDiff: [
    sample('setdiff1d', [i32([1, 2, 3, 4]), i32([2, 4])]),
    sample('setdiff1d', [text(['a', 'b']), text(['a'])], { index_dtype: dtypes.int64 }),
  ],
  TopK: [],
  TopKV2: [
    sample('nn.top_k', [
      f32([
        [1, 5, 3, 5],
        [2, 0, 9, 4],
      ]),
      3,
    ]),
    sample('nn.top_k', [f32([4, 1, 3])]),
    sample('nn.top_k', [CUBE, 2]),
    sample('nn.top_k', [i32([4, 1, 3]), i32(2)]),
  ],
  InTopK: [],
  InTopKV2: [
    sample('nn.in_top_k', [
      f32([
        [0.1, 0.3, 0.2],
        [0.5, 0.1, 0.1],
      ]),
      i32([2, 0]),
      1,
    ]),
    sample('nn.in_top_k', [
      f32([
        [0.1, 0.3, 0.2],
        [0.5, 0.1, 0.1],
      ]),
      i32([2, 0]),
      2,
    ]),
  ],
  NthElement: [],
  Bucketize: [],
  UnravelIndex: [
    sample('unravel_index', [i32([3, 5]), [2, 4]]),
    sample('unravel_index', [i64(3), i64([2, 2])]),
  ],
};

const diagonals = {
  Diag: [sample('diag', [f32([1, 2, 3])]), sample('diag', [spread([2, 2])])],
  DiagPart: [sample('diag_part', [spread([3, 3])]), sample('diag_part', [spread([2, 3, 2, 3])])],
  MatrixDiag: [sample('matrix_diag', [spread([2, 3])]), sample('linalg.diag', [i64([1, 2])])],
  MatrixDiagPart: [
    sample('matrix_diag_part', [CUBE]),
    sample('matrix_diag_part', [spread([2, 3, 3])]),
  ],
  MatrixSetDiag: [
    sample('matrix_set_diag', [CUBE, spread([2, 3])]),
    sample('matrix_set_diag', [
      i32([
        [1, 2],
        [3, 4],
      ]),
      i32([9, 8]),
    ]),
  ],
  MatrixBandPart: [
    sample('matrix_band_part', [CUBE, 1, 0]),
    sample('matrix_band_part', [CUBE, -1, 1]),
    sample('matrix_band_part', [
      f64([
        [1, 2],
        [3, 4],
      ]),
      0,
      -1,
    ]),
  ],
};

const masks = {
  BroadcastArgs: [
    sample('broadcast_dynamic_shape', [i32([2, 1]), i32([1, 3])]),
    sample('boolean_mask', [f32([1, 2, 3]), bool([true, false, true])]),
    sample('boolean_mask', [CUBE, bool([false, true])]),
    sample('boolean_mask', [CUBE, bool([true, false, true])], { axis: 1 }),
    sample('boolean_mask', [
      CUBE,
      bool([
        [true, false, true],
        [false, false, true],
      ]),
    ]),
    sample('sequence_mask', [i32([1, 3, 2])]),
    sample('sequence_mask', [i32([1, 3, 2]), 5]),
    sample(
      'sequence_mask',
      [
        i64([
          [1, 0],
          [2, 4],
        ]),
        i64(3),
      ],
      { dtype: dtypes.float32 },
    ),
    sample('meshgrid', [f32([1, 2]), f32([3, 4, 5])]),
    sample('meshgrid', [i32([1, 2]), i32([3, 4, 5])], { indexing: 'ij' }),
    sample('meshgrid', [f32([1, 2]), f32([3]), f32([4, 5])]),
  ],
};

export const found = { ...lookups, ...searches, ...diagonals, ...masks };
