/** Linear algebra on matrices and batches of them: inverses, solutions, determinants, factorizations. */

import { toTensor } from '../core/convert.ts';
import {
  type Dim,
  isFullyDefined,
  mergeDim,
  mergeDims,
  withRank,
  withRankAtLeast,
} from '../core/dims.ts';
import { float64, int32 } from '../core/dtype.ts';
import { NotImplementedError } from '../core/errors.ts';
import { nameScope } from '../core/mode.ts';
import { op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import type { Dims, Name, Static, Tensor, TensorLike } from '../core/tensor.ts';
import { add, multiply, negative, subtract } from './arithmetic.ts';
import { conj, real } from './complex.ts';
import { matrix_band_part, matrix_diag, matrix_diag_part, matrix_set_diag } from './diag.ts';
import { ones_like, zeros_like } from './fill.ts';
import { times } from './infix.ts';
import { concat } from './join.ts';
import { matmul } from './linear.ts';
import { log, reciprocal, square } from './math.ts';
import { matrix_transpose } from './move.ts';
import { reduce_sum } from './reduce.ts';
import { expand_dims, reshape, shape } from './shape.ts';

const TYPES = 'T: {double, float, complex64, complex128}';
const TYPES_FLOAT_FIRST = 'T: {float, double, complex64, complex128}';

// ---- shapes ----------------------------------------------------------------------------------

interface Input {
  readonly input: Static;
}

/** The batch dimensions and the side of square matrices; `null` for an unknown rank. */
function square2(x: Static): { lead: readonly Dim[]; side: Dim } | null {
  const dims = withRankAtLeast(x.dims, 2);
  if (dims === null) return null;
  return { lead: dims.slice(0, -2), side: mergeDim(dims.at(-2)!, dims.at(-1)!) };
}

function squareDims({ input }: Input): Dims {
  const found = square2(input);
  return found && [...found.lead, found.side, found.side];
}

function leadDims({ input }: Input): Dims {
  return square2(input)?.lead ?? null;
}

const smaller = (a: Dim, b: Dim): Dim => (a === null || b === null ? null : Math.min(a, b));

interface System {
  readonly matrix: Static;
  readonly rhs: Static;
}

/** The shape of `x` in `matrix x = rhs`. */
function solutionDims({ matrix, rhs }: System, isSquare: boolean): Dims {
  const a = withRankAtLeast(matrix.dims, 2);
  const b = withRankAtLeast(rhs.dims, 2);
  if (a === null || b === null) return null;
  const lead = mergeDims(a.slice(0, -2), b.slice(0, -2)) ?? [];
  mergeDim(a.at(-2)!, b.at(-2)!);
  const side = isSquare ? mergeDim(a.at(-2)!, a.at(-1)!) : a.at(-1)!;
  return [...lead, side, b.at(-1)!];
}

// ---- what the gradients share ----------------------------------------------------------------

/** `a b`, either of them adjoint. */
const product = (a: Tensor, b: Tensor, adjoint_a = false, adjoint_b = false): Tensor =>
  matmul(a, b, { adjoint_a, adjoint_b });

/** Scalars, one per matrix, times the matrices. */
function eachTimes(scalars: Tensor, matrices: Tensor): Tensor {
  const ones = toTensor([1, 1], int32);
  return multiply(reshape(scalars, concat([shape(scalars), ones], 0)), matrices);
}

// ---- inverses and solutions ------------------------------------------------------------------

export const MatrixInverse = op('MatrixInverse', {
  inputs: ['input: T'],
  outputs: ['output: T'],
  attrs: ['adjoint: bool = false', TYPES],
  shape: squareDims,
}).gradient((_, [dy], { adjoint }, { output }) => {
  const inner = product(output, product(dy, output, false, true), true);
  const slope = negative(inner);
  return { input: adjoint ? matrix_transpose(conj(slope)) : slope };
});
/** The inverse of each matrix, or of its adjoint. InvalidArgumentError for a singular one. */
export const matrix_inverse = fn(
  ['input', 'adjoint', 'name'],
  (input: TensorLike, adjoint: boolean = false, name: Name = null): Tensor =>
    MatrixInverse({ input }, { adjoint }, name),
);

export const MatrixSolve = op('MatrixSolve', {
  inputs: ['matrix: T', 'rhs: T'],
  outputs: ['output: T'],
  attrs: ['adjoint: bool = false', TYPES],
  shape: (inputs) => solutionDims(inputs, true),
}).gradient(({ matrix }, [dy], { adjoint }, { output }) => {
  const rhs = matrix_solve(matrix, dy, !adjoint);
  const slope = adjoint ? product(output, rhs, false, true) : product(rhs, output, false, true);
  return { matrix: negative(slope), rhs };
});
/** The `x` with `matrix x = rhs`, or with the adjoint of `matrix`. */
export const matrix_solve = fn(
  ['matrix', 'rhs', 'adjoint', 'name'],
  (matrix: TensorLike, rhs: TensorLike, adjoint: boolean = false, name: Name = null): Tensor =>
    MatrixSolve({ matrix, rhs }, { adjoint }, name),
);

export const MatrixTriangularSolve = op('MatrixTriangularSolve', {
  inputs: ['matrix: T', 'rhs: T'],
  outputs: ['output: T'],
  attrs: ['lower: bool = true', 'adjoint: bool = false', TYPES],
  shape: (inputs) => solutionDims(inputs, true),
}).gradient(({ matrix }, [dy], { lower, adjoint }, { output }) => {
  const rhs = matrix_triangular_solve(matrix, dy, lower, !adjoint);
  const slope = adjoint ? product(output, rhs, false, true) : product(rhs, output, false, true);
  const band = lower ? matrix_band_part(slope, -1, 0) : matrix_band_part(slope, 0, -1);
  return { matrix: negative(band), rhs };
});
/** The `x` with `matrix x = rhs` for a lower or an upper triangle; the other triangle is not read. */
export const matrix_triangular_solve = fn(
  ['matrix', 'rhs', 'lower', 'adjoint', 'name'],
  (
    matrix: TensorLike,
    rhs: TensorLike,
    lower: boolean = true,
    adjoint: boolean = false,
    name: Name = null,
  ): Tensor => MatrixTriangularSolve({ matrix, rhs }, { lower, adjoint }, name),
);

export const MatrixSolveLs = op('MatrixSolveLs', {
  inputs: ['matrix: T', 'rhs: T', 'l2_regularizer: double'],
  outputs: ['output: T'],
  attrs: [TYPES, 'fast: bool = true'],
  shape: (inputs) => {
    withRank(inputs.l2_regularizer.dims, 0);
    return solutionDims(inputs, false);
  },
});
/**
 * The `x` for which `matrix x` is closest to `rhs`, with `l2_regularizer` times its squares added.
 * If `fast`, and the shape is known, it is composed of ops that have gradients.
 */
export const matrix_solve_ls = fn(
  ['matrix', 'rhs', 'l2_regularizer', 'fast', 'name'],
  (
    matrix: TensorLike,
    rhs: TensorLike,
    l2_regularizer: number = 0,
    fast: boolean = true,
    name: Name = null,
  ): Tensor => {
    const a = toTensor(matrix, null, 'matrix');
    if (fast && isFullyDefined(a.dims)) {
      return nameScope(name, 'matrix_solve_ls', () => leastSquares(a, rhs, l2_regularizer));
    }
    const weight = toTensor(l2_regularizer, float64);
    return MatrixSolveLs({ matrix: a, rhs, l2_regularizer: weight }, { fast }, name);
  },
);

/** By the normal equations, of the smaller of the two possible sizes. */
function leastSquares(a: Tensor, rhs: TensorLike, l2: number): Tensor {
  const [rows = 0, columns = 0] = (a.dims as readonly number[]).slice(-2);
  const b = toTensor(rhs, a.dtype.base_dtype, 'rhs');
  const isTall = rows >= columns;
  let gram = isTall ? product(a, a, true) : product(a, a, false, true);
  if (l2 !== 0) {
    const diagonal = matrix_diag_part(gram);
    gram = matrix_set_diag(gram, add(diagonal, toTensor(l2, a.dtype)));
  }
  const chol = cholesky(gram);
  if (isTall) return cholesky_solve(chol, product(a, b, true));
  return product(a, cholesky_solve(chol, b), true);
}

// ---- determinants ----------------------------------------------------------------------------

export const MatrixDeterminant = op('MatrixDeterminant', {
  inputs: ['input: T'],
  outputs: ['output: T'],
  attrs: [TYPES_FLOAT_FIRST],
  shape: leadDims,
}).gradient(({ input }, [dy], _, { output }) => ({
  input: eachTimes(multiply(dy, output), matrix_inverse(input, true)),
}));
/** The determinant of each matrix. */
export const matrix_determinant = fn(
  ['input', 'name'],
  (input: TensorLike, name: Name = null): Tensor => MatrixDeterminant({ input }, {}, name),
);

export const LogMatrixDeterminant = op('LogMatrixDeterminant', {
  inputs: ['input: T'],
  outputs: ['sign: T', 'log_abs_determinant: T'],
  attrs: [TYPES_FLOAT_FIRST],
  shape: (inputs) => [leadDims(inputs), leadDims(inputs)],
}).gradient(({ input }, [, dlog]) => ({
  input: eachTimes(dlog, matrix_inverse(input, true)),
}));
/** The sign of each matrix's determinant, and the logarithm of its absolute value. */
export const slogdet = fn(['input', 'name'], (input: TensorLike, name: Name = null) =>
  LogMatrixDeterminant({ input }, {}, name),
);

/** The logarithm of the determinant of positive definite matrices. */
export const logdet = fn(
  ['matrix', 'name'],
  (matrix: TensorLike, name: Name = null): Tensor =>
    nameScope(name, 'logdet', () => {
      const logs = log(real(matrix_diag_part(cholesky(matrix))));
      return times(2, reduce_sum(logs, [-1]));
    }),
);

// ---- Cholesky --------------------------------------------------------------------------------

export const Cholesky = op('Cholesky', {
  inputs: ['input: T'],
  outputs: ['output: T'],
  attrs: [TYPES],
  shape: squareDims,
}).gradient((_, [dy], __, { output: l }) => {
  // Iain Murray, Differentiation of the Cholesky decomposition, 2016.
  const inverse = matrix_inverse(l);
  const middle = lowerHalf(product(l, dy, true));
  const slope = product(product(inverse, middle, true), inverse);
  return { input: multiply(toTensor(0.5, dy.dtype), add(slope, adjoint(slope))) };
});
/** The lower triangle `l` with `l l^T = input`, for positive definite matrices. */
export const cholesky = fn(
  ['input', 'name'],
  (input: TensorLike, name: Name = null): Tensor => Cholesky({ input }, {}, name),
);

/** The lower triangle, with half the diagonal. */
function lowerHalf(x: Tensor): Tensor {
  const half = multiply(toTensor(0.5, x.dtype), matrix_diag_part(x));
  return matrix_set_diag(matrix_band_part(x, -1, 0), half);
}

/** The solution of `l l^T x = rhs`, from the triangle that `cholesky` gives. */
export const cholesky_solve = fn(
  ['chol', 'rhs', 'name'],
  (chol: TensorLike, rhs: TensorLike, name: Name = null): Tensor =>
    nameScope(name, 'cholesky_solve', () => {
      const y = matrix_triangular_solve(chol, rhs, true, false);
      return matrix_triangular_solve(chol, y, true, true);
    }),
);

/** The transposed and conjugated matrix. */
export const adjoint = fn(
  ['matrix', 'name'],
  (matrix: TensorLike, name: Name = null): Tensor =>
    nameScope(name, 'adjoint', () =>
      matrix_transpose(toTensor(matrix, null, 'matrix'), { conjugate: true }),
    ),
);

// ---- triangular factors ----------------------------------------------------------------------

/**
 * The triangles of square matrices, both in one matrix, and the order of the rows: row `p[i]` of the
 * input is row `i` of the product. What later versions call `tf.linalg.lu`; TF has no gradient of it here.
 */
export const Lu = op('Lu', {
  inputs: ['input: T'],
  outputs: ['lu: T', 'p: output_idx_type'],
  attrs: [
    'T: {double, float, half, complex64, complex128}',
    'output_idx_type: {int32, int64} = DT_INT32',
  ],
  shape: ({ input }) => {
    const found = square2(input);
    if (found === null) return [null, null];
    const { lead, side } = found;
    return [
      [...lead, side, side],
      [...lead, side],
    ];
  },
});

// ---- orthogonal factors ----------------------------------------------------------------------

export const Qr = op('Qr', {
  inputs: ['input: T'],
  outputs: ['q: T', 'r: T'],
  attrs: ['full_matrices: bool = false', TYPES],
  shape: ({ input }, { full_matrices }) => {
    const dims = withRankAtLeast(input.dims, 2);
    if (dims === null) return [null, null];
    const [m, n] = [dims.at(-2)!, dims.at(-1)!];
    const inner = full_matrices ? m : smaller(m, n);
    const lead = dims.slice(0, -2);
    return [
      [...lead, m, inner],
      [...lead, inner, n],
    ];
  },
}).gradient((_, [dq, dr], __, { q, r }) => ({ input: qrGradient(q, r, dq, dr) }));

/** Walter and Lehmann, Algorithmic differentiation of linear algebra functions, 2018. */
function qrGradient(q: Tensor, r: Tensor, dq: Tensor, dr: Tensor): Tensor {
  const dims = r.dims;
  if (dims === null || dims.at(-1) === null || dims.at(-1) !== dims.at(-2)) {
    throw new NotImplementedError(
      'QrGrad not implemented when ncols > nrows or full_matrices is true and ncols != nrows.',
    );
  }
  const turn = product(q, dq, true);
  const stretch = product(r, dr, false, true);
  const skew = add(subtract(turn, adjoint(turn)), subtract(stretch, adjoint(stretch)));
  const behind = (x: Tensor): Tensor =>
    adjoint(matrix_triangular_solve(r, adjoint(x), false, false));
  const inside = product(q, add(dr, behind(matrix_band_part(skew, -1, 0))));
  return add(inside, behind(subtract(dq, product(q, turn))));
}
/** `input = q r` with orthogonal columns in `q` and an upper triangle `r`. */
export const qr = fn(
  ['input', 'full_matrices', 'name'],
  (input: TensorLike, full_matrices: boolean = false, name: Name = null) =>
    Qr({ input }, { full_matrices }, name),
);

export const SelfAdjointEigV2 = op('SelfAdjointEigV2', {
  inputs: ['input: T'],
  outputs: ['e: T', 'v: T'],
  attrs: ['compute_v: bool = true', TYPES],
  shape: ({ input }, { compute_v }) => {
    const found = square2(input);
    if (found === null) return [null, compute_v ? null : [0]];
    const { lead, side } = found;
    return [[...lead, side], compute_v ? [...lead, side, side] : [0]];
  },
}).gradient((_, [de, dv], { compute_v }, { e, v }) => {
  const middle = compute_v
    ? add(matrix_diag(de), multiply(gaps(e), product(v, dv, true)))
    : matrix_diag(de);
  const slope = product(v, product(middle, v, false, true));
  const lower = matrix_band_part(add(slope, adjoint(slope)), -1, 0);
  const half = multiply(toTensor(0.5, de.dtype), matrix_diag_part(lower));
  return { input: matrix_set_diag(lower, half) };
});

/** `1 / (e[j] - e[i])`, and 0 on the diagonal. */
function gaps(e: Tensor): Tensor {
  const differences = subtract(expand_dims(e, -2), expand_dims(e, -1));
  // Ones before the division: an infinity there would make the second derivative NaN.
  const divisors = matrix_set_diag(differences, ones_like(e));
  return matrix_set_diag(reciprocal(divisors), zeros_like(e));
}

/** Eigenvalues of symmetric matrices in ascending order, and eigenvectors in columns. */
export const self_adjoint_eig = fn(['tensor', 'name'], (tensor: TensorLike, name: Name = null) =>
  SelfAdjointEigV2({ input: tensor }, { compute_v: true }, name),
);
/** Eigenvalues of symmetric matrices in ascending order. */
export const self_adjoint_eigvals = fn(
  ['tensor', 'name'],
  (tensor: TensorLike, name: Name = null): Tensor =>
    SelfAdjointEigV2({ input: tensor }, { compute_v: false }, name)[0],
);

export const Svd = op('Svd', {
  inputs: ['input: T'],
  outputs: ['s: T', 'u: T', 'v: T'],
  attrs: ['compute_uv: bool = true', 'full_matrices: bool = false', TYPES],
  shape: ({ input }, { compute_uv, full_matrices }) => {
    const dims = withRankAtLeast(input.dims, 2);
    if (dims === null) return [null, compute_uv ? null : [0], compute_uv ? null : [0]];
    const [m, n] = [dims.at(-2)!, dims.at(-1)!];
    const inner = smaller(m, n);
    const lead = dims.slice(0, -2);
    const vectors = (side: Dim): Dims =>
      compute_uv ? [...lead, side, full_matrices ? side : inner] : [0];
    return [[...lead, inner], vectors(m), vectors(n)];
  },
}).gradient(({ input }, [ds, du, dv], { compute_uv, full_matrices }, { s, u, v }) => {
  if (!compute_uv) {
    const [, left, right] = Svd({ input }, { compute_uv: true, full_matrices: false });
    return { input: product(product(left, matrix_diag(ds)), right, false, true) };
  }
  return { input: svdGradient({ s, u, v }, { ds, du, dv }, full_matrices) };
});

/** James Townsend, Differentiating the singular value decomposition, 2016. */
function svdGradient(
  { s, u, v }: { readonly s: Tensor; readonly u: Tensor; readonly v: Tensor },
  { ds, du, dv }: { readonly ds: Tensor; readonly du: Tensor; readonly dv: Tensor },
  full: boolean,
): Tensor {
  if (full && (u.dims === null || v.dims === null || u.dims.at(-1) !== v.dims.at(-1))) {
    throw new NotImplementedError(
      'SvdGrad is not implemented for full_matrices that are not square.',
    );
  }
  const stretch = matrix_diag(s);
  const shrink = matrix_diag(reciprocal(s));
  const spread = gaps(square(s));
  const turnedU = product(u, du, true);
  const turnedV = product(v, dv, true);
  const skew = (x: Tensor): Tensor => multiply(spread, subtract(x, adjoint(x)));
  const inner = add(product(skew(turnedU), stretch), product(stretch, skew(turnedV)));
  const inside = product(product(u, add(inner, matrix_diag(ds))), v, false, true);
  const outsideU = product(subtract(du, product(u, turnedU)), product(shrink, v, false, true));
  const outsideV = product(product(u, shrink), subtract(dv, product(v, turnedV)), false, true);
  return add(inside, add(outsideU, outsideV));
}
/** `tensor = u diag(s) v^T`, with the singular values `s` in descending order. */
export const svd = fn(
  ['tensor', 'full_matrices', 'compute_uv', 'name'],
  (
    tensor: TensorLike,
    full_matrices: boolean = false,
    compute_uv: boolean = true,
    name: Name = null,
  ) => {
    const [s, u, v] = Svd({ input: tensor }, { compute_uv, full_matrices }, name);
    return compute_uv ? [s, u, v] : s;
  },
);
