/** Samples of sparse tensors, and of the nearest centers of points. */

import { c64, f32, f64, i32, i64, type Samples, sample, spread, text } from '../sample.ts';

const indices = i64([
  [0, 1],
  [1, 0],
  [2, 2],
]);
const matrix = { a_indices: indices, a_values: f32([1.5, -2, 3]), a_shape: i64([3, 4]) };
const other = {
  b_indices: i64([
    [0, 1],
    [1, 3],
  ]),
  b_values: f32([0.5, 4]),
  b_shape: i64([3, 4]),
};

/** Sequences to compare: alike, longer, other, missing. */
const sequences = {
  hypothesis_indices: i64([
    [0, 0],
    [0, 1],
    [0, 2],
    [1, 0],
    [3, 0],
    [3, 1],
  ]),
  hypothesis_values: i32([1, 2, 3, 7, 5, 6]),
  hypothesis_shape: i64([4, 3]),
  truth_indices: i64([
    [0, 0],
    [0, 1],
    [0, 2],
    [0, 3],
    [2, 0],
    [3, 0],
    [3, 1],
  ]),
  truth_values: i32([1, 3, 3, 9, 4, 5, 6]),
  truth_shape: i64([4, 4]),
};

export const sparse = {
  SparseTensorDenseAdd: [
    sample('raw_ops.SparseTensorDenseAdd', [], { ...matrix, b: spread([3, 4]) }),
    sample('raw_ops.SparseTensorDenseAdd', [], {
      a_indices: i32([[1], [1]]),
      a_values: i32([2147483647, 3]),
      a_shape: i32([2]),
      b: i32([5, 6]),
    }),
    sample('raw_ops.SparseTensorDenseAdd', [], {
      a_indices: i64([[1]]),
      a_values: c64([1], [1, 2]),
      a_shape: i64([2]),
      b: c64([2], [1, 1, 2, 2]),
    }),
  ],
  SparseAdd: [
    sample('raw_ops.SparseAdd', [], { ...matrix, ...other, thresh: f32(0) }),
    sample('raw_ops.SparseAdd', [], { ...matrix, ...other, thresh: f32(2.5) }),
  ],
  SparseAddGrad: [
    sample('raw_ops.SparseAdd', [], {
      ...matrix,
      ...other,
      b_values: f32([-1.5, 4]),
      thresh: f32(0.1),
    }),
  ],
  SparseTensorDenseMatMul: [
    sample('raw_ops.SparseTensorDenseMatMul', [], { ...matrix, b: spread([4, 2]) }),
    sample('raw_ops.SparseTensorDenseMatMul', [], {
      ...matrix,
      b: spread([2, 3]),
      adjoint_a: true,
      adjoint_b: true,
    }),
    sample('raw_ops.SparseTensorDenseMatMul', [], {
      ...matrix,
      a_values: f64([1, 2, 3]),
      b: f64([[1], [2], [3], [4]]),
    }),
    sample(
      'raw_ops.SparseTensorDenseMatMul',
      [],
      {
        a_indices: i64([
          [0, 1],
          [1, 0],
        ]),
        a_values: c64([2], [1, 2, 3, -1]),
        a_shape: i64([2, 2]),
        b: c64([2, 1], [1, 1, 2, -2]),
        adjoint_a: true,
      },
      { gradient: false },
    ),
  ],
  SparseReorder: [
    sample('raw_ops.SparseReorder', [], {
      input_indices: i64([
        [2, 0],
        [0, 1],
        [0, 0],
        [1, 3],
      ]),
      input_values: f32([1, 2, 3, 4]),
      input_shape: i64([3, 4]),
    }),
  ],
  EditDistance: [
    sample('raw_ops.EditDistance', [], sequences),
    sample('raw_ops.EditDistance', [], { ...sequences, normalize: false }),
    sample('raw_ops.EditDistance', [], {
      hypothesis_indices: i64([
        [0, 0, 0],
        [1, 0, 0],
        [1, 0, 1],
      ]),
      hypothesis_values: text(['a', 'b', 'c']),
      hypothesis_shape: i64([2, 1, 2]),
      truth_indices: i64([
        [0, 1, 0],
        [1, 0, 0],
        [1, 0, 1],
        [1, 1, 0],
      ]),
      truth_values: text(['a', 'b', 'x', 'y']),
      truth_shape: i64([2, 2, 2]),
    }),
  ],
  NearestNeighbors: [
    sample(
      'raw_ops.NearestNeighbors',
      [],
      { points: spread([4, 3]), centers: spread([5, 3], -1, 2), k: i64(2) },
      { gradient: false },
    ),
    sample(
      'raw_ops.NearestNeighbors',
      [],
      { points: spread([2, 1]), centers: spread([2, 1], -1, 2), k: i64(7) },
      { gradient: false },
    ),
  ],
} satisfies Samples<typeof import('../../../src/ops/sparse.ts')> &
  Samples<typeof import('../../../src/ops/edit_distance.ts')> &
  Samples<typeof import('../../../src/ops/clustering.ts')>;
