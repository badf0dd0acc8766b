/** Diagonals of tensors and of stacked matrices. */

import {
  concatDims,
  type Dim,
  isFullyDefined,
  mergeDim,
  mergeDims,
  withRankAtLeast,
} from '../core/dims.ts';
import { ValueError } from '../core/errors.ts';
import { op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import type { Dims, Name, Tensor, TensorLike } from '../core/tensor.ts';
import { zeros, zeros_like } from './fill.ts';
import { concat } from './join.ts';
import { reduce_min } from './reduce.ts';
import { expand_dims, shape } from './shape.ts';

const NUMBERS = 'T: {bfloat16, half, float, double, int32, int64, complex64, complex128}';

export const Diag = op('Diag', {
  inputs: ['diagonal: T'],
  outputs: ['output: T'],
  attrs: [NUMBERS],
  shape: ({ diagonal }) => {
    const dims = withRankAtLeast(diagonal.dims, 1);
    return concatDims(dims, dims);
  },
}).gradient((_, [dy]) => ({ diagonal: diag_part(dy) }));

/** Zeros with `diagonal` on the diagonal: rank k becomes rank 2k. */
export const diag = fn(
  ['diagonal', 'name'],
  (diagonal: TensorLike, name: Name = null): Tensor => Diag({ diagonal }, {}, name),
);

function diagonalDims(dims: Dims): Dims {
  if (dims === null) return null;
  const { length } = dims;
  if (length === 0 || length % 2 !== 0) {
    throw new ValueError(`Input must have even and non-zero rank, input rank is ${length}`);
  }
  return mergeDims(dims.slice(0, length / 2), dims.slice(length / 2));
}

export const DiagPart = op('DiagPart', {
  inputs: ['input: T'],
  outputs: ['diagonal: T'],
  attrs: [NUMBERS],
  shape: ({ input }) => diagonalDims(input.dims),
}).gradient((_, [dy]) => ({ input: diag(dy) }));

/** The diagonal of a tensor of rank 2k: a tensor of rank k. */
export const diag_part = fn(
  ['input', 'name'],
  (input: TensorLike, name: Name = null): Tensor => DiagPart({ input }, {}, name),
);

// ---- matrices ----------------------------------------------------------------------------------

function shorter(rows: Dim, columns: Dim): Dim {
  if (rows === 0 || columns === 0) return 0;
  return rows === null || columns === null ? null : Math.min(rows, columns);
}

/** Batch sizes and the length of the diagonals of stacked matrices. */
function matrixDiagonal(dims: Dims): Dims {
  const matrix = withRankAtLeast(dims, 2);
  return matrix && [...matrix.slice(0, -2), shorter(matrix.at(-2)!, matrix.at(-1)!)];
}

export const MatrixDiag = op('MatrixDiag', {
  inputs: ['diagonal: T'],
  outputs: ['output: T'],
  attrs: ['T: type'],
  shape: ({ diagonal }) => {
    const dims = withRankAtLeast(diagonal.dims, 1);
    return dims && [...dims, dims.at(-1)!];
  },
}).gradient((_, [dy]) => ({ diagonal: matrix_diag_part(dy) }));

/** Square matrices of zeros with the last dimension of `diagonal` on their diagonals. */
export const matrix_diag = fn(
  ['diagonal', 'name'],
  (diagonal: TensorLike, name: Name = null): Tensor => MatrixDiag({ diagonal }, {}, name),
);

export const MatrixDiagPart = op('MatrixDiagPart', {
  inputs: ['input: T'],
  outputs: ['diagonal: T'],
  attrs: ['T: type'],
  shape: ({ input }) => matrixDiagonal(input.dims),
}).gradient(({ input }, [dy]) => {
  const [rows, columns] = input.dims?.slice(-2) ?? [null, null];
  const square = rows !== null && rows === columns;
  return { input: square ? matrix_diag(dy) : matrix_set_diag(zeros_like(input), dy) };
});

/** The diagonals of stacked matrices. */
export const matrix_diag_part = fn(
  ['input', 'name'],
  (input: TensorLike, name: Name = null): Tensor => MatrixDiagPart({ input }, {}, name),
);

export const MatrixSetDiag = op('MatrixSetDiag', {
  inputs: ['input: T', 'diagonal: T'],
  outputs: ['output: T'],
  attrs: ['T: type'],
  shape: ({ input, diagonal }) => {
    const dims = withRankAtLeast(input.dims, 2);
    const own = withRankAtLeast(diagonal.dims, 1);
    if (dims === null) return null;
    if (own !== null) {
      mergeDims(dims.slice(0, -2), own.slice(0, -1));
      mergeDim(shorter(dims.at(-2)!, dims.at(-1)!), own.at(-1)!);
    }
    return dims;
  },
}).gradient((_, [dy]) => ({
  input: matrix_set_diag(dy, zeros(diagonalSizes(dy), dy.dtype)),
  diagonal: matrix_diag_part(dy),
}));

/** The shape of the diagonals of `matrices`, as a value. */
function diagonalSizes(matrices: Tensor): TensorLike {
  const dims = matrixDiagonal(matrices.dims);
  if (isFullyDefined(dims)) return [...dims];
  const sizes = shape(matrices);
  const length = reduce_min(sizes.at('-2:'));
  return concat([sizes.at(':-2'), expand_dims(length, 0)], 0);
}

/** Stacked matrices with other diagonals. */
export const matrix_set_diag = fn(
  ['input', 'diagonal', 'name'],
  (input: TensorLike, diagonal: TensorLike, name: Name = null): Tensor =>
    MatrixSetDiag({ input, diagonal }, {}, name),
);

export const MatrixBandPart = op('MatrixBandPart', {
  inputs: ['input: T', 'num_lower: Tindex', 'num_upper: Tindex'],
  outputs: ['band: T'],
  attrs: ['T: type', 'Tindex: {int32, int64} = DT_INT64'],
  shape: ({ input }) => input.dims,
}).gradient(({ num_lower, num_upper }, [dy]) => ({
  input: MatrixBandPart({ input: dy, num_lower, num_upper }),
  num_lower: null,
  num_upper: null,
}));

/**
 * Stacked matrices with zeros outside of a band of `num_lower` diagonals below the main one and
 * `num_upper` above it; a negative number keeps the whole triangle.
 */
export const matrix_band_part = fn(
  ['input', 'num_lower', 'num_upper', 'name'],
  (input: TensorLike, num_lower: TensorLike, num_upper: TensorLike, name: Name = null): Tensor =>
    MatrixBandPart({ input, num_lower, num_upper }, {}, name),
);
