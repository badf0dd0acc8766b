/** Samples of matrix products and of linear algebra. */

import * as dtypes from '../../../src/core/dtype.ts';
import { c64, f16, f32, f64, i32, type Sample, type Samples, sample, spread } from '../sample.ts';

const COMPLEX = [1.5, -0.5, -2, 1, 0.25, 2, -0.75, -1.25];
const A = spread([2, 3], -2, 2);
const B = spread([3, 4], -1, 3);
const POSITIVE = [
  [4, 1, 0.5],
  [1, 3, 0.2],
  [0.5, 0.2, 2],
];
const GENERAL = [
  [1, 2, -1],
  [3, 0.5, 2],
  [-2, 1, 4],
];
const RHS = [
  [1, 2],
  [-1, 0.5],
  [3, 1],
];

const precise = (fn: string, args: readonly unknown[], kwargs = {}): Sample =>
  sample(fn, args, kwargs, { rtol: 1e-4, atol: 1e-5 });

export const linear = {
  MatMul: [
    sample('matmul', [A, B]),
    sample('matmul', [spread([3, 2]), B], { transpose_a: true }),
    sample('matmul', [A, spread([4, 3])], { transpose_b: true }),
    sample('matmul', [spread([3, 2]), spread([4, 3]), true, true]),
    sample('matmul', [
      spread([2, 3], -2, 2, dtypes.float64),
      spread([3, 2], -2, 2, dtypes.float64),
    ]),
    sample('matmul', [
      i32([
        [1, 2],
        [3, 1073741824],
      ]),
      i32([
        [1, 2],
        [3, 4],
      ]),
    ]),
    sample('matmul', [c64([2, 2], COMPLEX), c64([2, 2], COMPLEX)], { adjoint_a: true }),
    sample('matmul', [c64([2, 2], COMPLEX), c64([2, 2], COMPLEX)], { transpose_b: true }),
    sample('matmul', [f16([[1, 2]]), f16([[3], [4]])], {}, { gradient: false }),
    sample('tensordot', [spread([2, 3, 4]), spread([4, 3]), 1]),
    sample('tensordot', [
      spread([2, 3, 4]),
      spread([4, 3, 2]),
      [
        [1, 2],
        [1, 0],
      ],
    ]),
    sample('tensordot', [spread([2, 3]), spread([2, 3]), 2]),
    sample('tensordot', [spread([2]), spread([3]), 0]),
    sample('einsum', ['ij,jk->ik', A, B]),
    sample('einsum', ['bij,bjk->bik', spread([2, 2, 3]), spread([2, 3, 2])]),
    sample('einsum', ['ij,ij->', A, A]),
    sample('einsum', ['i,j->ij', spread([2]), spread([3])]),
    sample('einsum', ['ij->ji', A]),
    sample('einsum', ['ijk->ik', spread([2, 3, 2])]),
    sample('einsum', ['abc,cd,de->abe', spread([2, 2, 3]), B, spread([4, 2])]),
    sample('trace', [spread([2, 3, 3])]),
    sample('norm', [A]),
    sample('norm', [A, 1, 1]),
    sample('norm', [A, 3, 0], { keepdims: true }),
    sample('norm', [spread([2, 2, 3]), 'fro', [1, 2]]),
    sample('norm', [spread([2, 2, 3]), 1, [1, 2]]),
    sample('math.polyval', [[f32(2), f32(3), f32(1)], f32([1, 2])], {}, { gradient: false }),
  ],
  SparseMatMul: [sample('sparse_matmul', [A, B])],
  BatchMatMul: [
    sample('matmul', [spread([2, 2, 3]), spread([2, 3, 2])]),
    sample('matmul', [spread([2, 3, 2]), spread([2, 3, 2])], { transpose_a: true }),
    sample('matmul', [spread([2, 2, 3]), spread([2, 4, 3])], { adjoint_b: true }),
    sample('matmul', [
      spread([2, 1, 2, 2], -2, 2, dtypes.float64),
      spread([2, 1, 2, 2], -1, 2, dtypes.float64),
    ]),
    sample('matmul', [c64([1, 2, 2], COMPLEX), c64([1, 2, 2], COMPLEX)], { adjoint_b: true }),
  ],
  BatchMatMulV2: [
    sample('raw_ops.BatchMatMulV2', [], { x: spread([2, 1, 2, 3]), y: spread([3, 3, 2]) }),
    sample('raw_ops.BatchMatMulV2', [], {
      x: spread([3, 2]),
      y: spread([2, 4, 3], -2, 2),
      adj_x: true,
      adj_y: true,
    }),
    sample('raw_ops.BatchMatMulV2', [], { x: spread([0, 2, 3]), y: spread([3, 2]) }),
    sample('raw_ops.BatchMatMulV2', [], {
      x: c64([1, 2, 2], COMPLEX),
      y: c64([2, 2], COMPLEX),
      adj_x: true,
    }),
  ],
  BatchMatMulV3: [
    sample(
      'raw_ops.BatchMatMulV3',
      [],
      { x: i32([[[1, 2]], [[3, 4]]]), y: i32([[5], [6]]), Tout: dtypes.int32 },
      { gradient: false },
    ),
  ],
  Cross: [
    sample('cross', [spread([2, 3]), spread([2, 3], -1, 3)]),
    sample('cross', [i32([1, 2, 3]), i32([4, -5, 6])]),
  ],
  L2Loss: [sample('nn.l2_loss', [A]), sample('nn.l2_loss', [f64([1, 2, 3])])],
  ClipByValue: [sample('minimum', [f32([1, 5]), f32([3, 3])])],
  MatrixInverse: [
    sample('matrix_inverse', [f64(GENERAL)]),
    precise('matrix_inverse', [f32([GENERAL, POSITIVE])]),
    sample('matrix_inverse', [f64(GENERAL)], { adjoint: true }),
    sample('matrix_inverse', [c64([2, 2], COMPLEX)]),
  ],
  MatrixSolve: [
    sample('matrix_solve', [f64(GENERAL), f64(RHS)]),
    sample('matrix_solve', [f64(GENERAL), f64(RHS)], { adjoint: true }),
    precise('matrix_solve', [f32([GENERAL]), f32([RHS])]),
  ],
  MatrixTriangularSolve: [
    sample('matrix_triangular_solve', [f64(POSITIVE), f64(RHS)]),
    sample('matrix_triangular_solve', [f64(POSITIVE), f64(RHS)], { lower: false }),
    sample('matrix_triangular_solve', [f64(POSITIVE), f64(RHS)], { adjoint: true }),
    sample('cholesky_solve', [f64(POSITIVE), f64(RHS)]),
  ],
  MatrixSolveLs: [
    sample(
      'matrix_solve_ls',
      [f64(RHS), f64([[1], [2], [4]])],
      { l2_regularizer: 0.1 },
      { rtol: 1e-7 },
    ),
    sample(
      'matrix_solve_ls',
      [
        f64([
          [1, 2, 3],
          [3, 1, 5],
        ]),
        f64([[1], [2]]),
      ],
      {},
      { rtol: 1e-7 },
    ),
    sample(
      'matrix_solve_ls',
      [f64(RHS), f64([[1], [2], [4]])],
      { fast: false },
      { gradient: false },
    ),
  ],
  MatrixDeterminant: [
    sample('matrix_determinant', [f64(GENERAL)]),
    precise('matrix_determinant', [f32([GENERAL, POSITIVE])]),
  ],
  LogMatrixDeterminant: [
    sample('linalg.slogdet', [f64([GENERAL, POSITIVE])]),
    sample('linalg.logdet', [f64(POSITIVE)]),
  ],
  Cholesky: [sample('cholesky', [f64(POSITIVE)]), precise('cholesky', [f32([POSITIVE])])],
  Lu: [
    sample('raw_ops.Lu', [], { input: f64([GENERAL, POSITIVE]) }, { gradient: false }),
    sample(
      'raw_ops.Lu',
      [],
      { input: f32(GENERAL), output_idx_type: dtypes.int64 },
      { gradient: false },
    ),
    sample('raw_ops.Lu', [], { input: c64([2, 2], COMPLEX) }),
  ],
  Qr: [
    sample('qr', [f64(RHS)], {}, { gradient: false }),
    sample('qr', [f64(RHS)], { full_matrices: true }, { gradient: false }),
  ],
  SelfAdjointEigV2: [
    sample('self_adjoint_eigvals', [f64(POSITIVE)], {}, { gradient: false }),
    sample('self_adjoint_eigvals', [f64([POSITIVE])], {}, { gradient: false }),
  ],
  Svd: [
    sample('svd', [f64(RHS)], { compute_uv: false }, { gradient: false }),
    sample('svd', [f64([RHS])], { compute_uv: false }, { gradient: false }),
  ],
} satisfies Samples<typeof import('../../../src/ops/linear.ts')> &
  Samples<typeof import('../../../src/ops/linear_algebra.ts')>;
