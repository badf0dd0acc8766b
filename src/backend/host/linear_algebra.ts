/**
 * Linear algebra on batches of matrices: each op reads its matrices in double precision, calls a
 * factorization and writes the results back. A complex matrix a + ib is solved as the real matrix
 * [[a, -b], [b, a]].
 */

import { type DType, elementWidth, type TypedArray } from '../../core/dtype.ts';
import type { KernelContext, Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { invalid, sizeOf } from './box.ts';
import { answer, divide } from './complex.ts';
import {
  cholesky,
  type Dense,
  dense,
  eliminate,
  householder,
  identity,
  multiply,
  pickColumns,
  singularValues,
  solve,
  squareBasis,
  symmetricEigen,
  transpose,
} from './factorization.ts';
import { unsupported } from './unary.ts';

/** Rows and columns of the matrices of `x`, and how many there are. */
interface Batch {
  readonly lead: readonly number[];
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
}

function batchOf(x: Value, index = 0): Batch {
  const rank = x.shape.length;
  if (rank < 2) invalid(`Input tensor ${index} must have rank >= 2, got ${rank}`);
  const lead = x.shape.slice(0, -2);
  return { lead, count: sizeOf(lead), rows: x.shape[rank - 2]!, columns: x.shape[rank - 1]! };
}

function squareBatchOf(x: Value): Batch {
  const batch = batchOf(x);
  if (batch.rows !== batch.columns) invalid('Input matrix must be square.');
  return batch;
}

/** Matrix `index` of `x`, complex ones as real matrices of twice the size. */
function matrixAt(x: Value, { rows, columns }: Batch, index: number): Dense {
  const size = rows * columns;
  const data = x.data as TypedArray;
  if (!x.dtype.is_complex) {
    return dense(rows, columns, Float64Array.from(data.subarray(index * size, (index + 1) * size)));
  }
  const result = dense(2 * rows, 2 * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const at = 2 * (index * size + i * columns + j);
      const [re, im] = [data[at]!, data[at + 1]!];
      result.data[i * 2 * columns + j] = re;
      result.data[i * 2 * columns + columns + j] = -im;
      result.data[(rows + i) * 2 * columns + j] = im;
      result.data[(rows + i) * 2 * columns + columns + j] = re;
    }
  }
  return result;
}

/** Writes matrix `index` of `y`, from the form that `matrixAt` gives. */
function putMatrix(y: Value, index: number, { rows, columns, data }: Dense): void {
  const to = y.data as TypedArray;
  if (elementWidth(y.dtype) === 1) {
    to.set(data, index * rows * columns);
    return;
  }
  const [m, n] = [rows / 2, columns / 2];
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const at = 2 * (index * m * n + i * n + j);
      to[at] = data[i * columns + j]!;
      to[at + 1] = data[(m + i) * columns + j]!;
    }
  }
}

function realOnly(type: string, x: Value): void {
  if (x.dtype.is_complex) unsupported(type, x.dtype);
}

// ---- inverses and solutions ------------------------------------------------------------------

kernel('MatrixInverse', ([x], attrs, context) => {
  const batch = squareBatchOf(x!);
  const y = context.alloc(x!.dtype, x!.shape);
  for (let i = 0; i < batch.count; i++) {
    const a = matrixAt(x!, batch, i);
    const inverse = solve(attrs.adjoint ? transpose(a) : a, identity(a.rows));
    putMatrix(y, i, inverse ?? invalid('Input is not invertible.'));
  }
  return y;
});

/** Registers an op that solves `matrix x = rhs`. */
function solver(
  type: string,
  solution: (a: Dense, b: Dense, lower: boolean, side: number) => Dense | null,
): void {
  kernel(type, ([matrix, rhs], attrs, context) => {
    const batch = squareBatchOf(matrix!);
    const right = batchOf(rhs!, 1);
    if (right.rows !== batch.rows) invalid('Input matrix and rhs are incompatible.');
    const y = context.alloc(rhs!.dtype, rhs!.shape);
    for (let i = 0; i < batch.count; i++) {
      const a = matrixAt(matrix!, batch, i);
      const lower = attrs.lower === true;
      const x = solution(
        attrs.adjoint ? transpose(a) : a,
        matrixAt(rhs!, right, i),
        attrs.adjoint ? !lower : lower,
        batch.rows,
      );
      putMatrix(y, i, x ?? invalid('Input matrix is not invertible.'));
    }
    return y;
  });
}

solver('MatrixSolve', solve);
solver('MatrixTriangularSolve', (a, b, lower, side) => {
  // Zeroing the other triangle of each quarter lets one solver serve real and complex matrices.
  const n = a.rows;
  const triangle = dense(n, n, a.data.slice());
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const [r, c] = [i % side, j % side];
      if (lower ? c > r : c < r) triangle.data[i * n + j] = 0;
    }
  }
  return solve(triangle, b);
});

kernel('MatrixSolveLs', ([matrix, rhs, regularizer], _attrs, context) => {
  realOnly('MatrixSolveLs', matrix!);
  const batch = batchOf(matrix!);
  const right = batchOf(rhs!, 1);
  if (right.rows !== batch.rows) invalid('Input matrix and rhs are incompatible.');
  const y = context.alloc(rhs!.dtype, [...batch.lead, batch.columns, right.columns]);
  const l2 = (regularizer!.data as TypedArray)[0]!;
  for (let i = 0; i < batch.count; i++) {
    putMatrix(y, i, leastSquares(matrixAt(matrix!, batch, i), matrixAt(rhs!, right, i), l2));
  }
  return y;
});

/** The normal equations, of the smaller of the two possible sizes. */
function leastSquares(a: Dense, b: Dense, l2: number): Dense {
  const t = transpose(a);
  const tall = a.rows >= a.columns;
  const gram = tall ? multiply(t, a) : multiply(a, t);
  for (let i = 0; i < gram.rows; i++) gram.data[i * gram.rows + i]! += l2;
  const x = solve(gram, tall ? multiply(t, b) : b) ?? invalid('Input matrix was rank deficient');
  return tall ? x : multiply(t, x);
}

// ---- determinants ----------------------------------------------------------------------------

kernel('MatrixDeterminant', ([x], _attrs, context) => {
  realOnly('MatrixDeterminant', x!);
  const batch = squareBatchOf(x!);
  const y = context.alloc(x!.dtype, batch.lead);
  for (let i = 0; i < batch.count; i++) {
    const { upper, sign } = eliminate(matrixAt(x!, batch, i), dense(batch.rows, 0));
    let product = sign;
    for (let d = 0; d < batch.rows; d++) product *= upper.data[d * batch.rows + d]!;
    (y.data as TypedArray)[i] = product;
  }
  return y;
});

kernel('LogMatrixDeterminant', ([x], _attrs, context) => {
  realOnly('LogMatrixDeterminant', x!);
  const batch = squareBatchOf(x!);
  const signs = context.alloc(x!.dtype, batch.lead);
  const logs = context.alloc(x!.dtype, batch.lead);
  for (let i = 0; i < batch.count; i++) {
    const { upper, sign } = eliminate(matrixAt(x!, batch, i), dense(batch.rows, 0));
    let [product, log] = [sign, 0];
    for (let d = 0; d < batch.rows; d++) {
      const factor = upper.data[d * batch.rows + d]!;
      product *= Math.sign(factor);
      log += Math.log(Math.abs(factor));
    }
    (signs.data as TypedArray)[i] = product;
    (logs.data as TypedArray)[i] = log;
  }
  return [signs, logs];
});

// ---- factorizations --------------------------------------------------------------------------

kernel('Cholesky', ([x], _attrs, context) => {
  realOnly('Cholesky', x!);
  const batch = squareBatchOf(x!);
  const y = context.alloc(x!.dtype, x!.shape);
  for (let i = 0; i < batch.count; i++) {
    const text = 'Cholesky decomposition was not successful. The input might not be valid.';
    putMatrix(y, i, cholesky(matrixAt(x!, batch, i)) ?? invalid(text));
  }
  return y;
});

kernel('Lu', ([x], attrs, context) => {
  const batch = squareBatchOf(x!);
  const { lead, count, rows: n } = batch;
  const lu = context.alloc(x!.dtype, x!.shape);
  const p = context.alloc(attrs.output_idx_type as DType, [...lead, n]);
  for (let i = 0; i < count; i++) {
    const order = x!.dtype.is_complex
      ? eliminateComplex(x!, i * n * n, n, lu)
      : eliminateReal(x!, i * n * n, n, lu);
    (p.data as TypedArray).set(order ?? invalid('Input is not invertible.'), i * n);
  }
  return [lu, p];
});

/** `p x = l u` with partial pivots, `l` (its ones left out) and `u` in one matrix; `null` for a singular one. */
function eliminateReal(x: Value, at: number, n: number, y: Value): number[] | null {
  const a = Float64Array.from((x.data as TypedArray).subarray(at, at + n * n));
  const order = range(n);
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) {
      if (Math.abs(a[i * n + k]!) > Math.abs(a[pivot * n + k]!)) pivot = i;
    }
    if (a[pivot * n + k] === 0) return null;
    swapRows(a, order, n, k, pivot);
    for (let i = k + 1; i < n; i++) {
      const factor = a[i * n + k]! / a[k * n + k]!;
      a[i * n + k] = factor;
      for (let j = k + 1; j < n; j++) a[i * n + j]! -= factor * a[k * n + j]!;
    }
  }
  (y.data as TypedArray).set(a, at);
  return order;
}

/** The same of a complex matrix, its parts side by side. */
function eliminateComplex(x: Value, at: number, n: number, y: Value): number[] | null {
  const a = Float64Array.from((x.data as TypedArray).subarray(2 * at, 2 * (at + n * n)));
  const order = range(n);
  const size = (i: number, j: number) => Math.hypot(a[2 * (i * n + j)]!, a[2 * (i * n + j) + 1]!);
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (size(i, k) > size(pivot, k)) pivot = i;
    if (size(pivot, k) === 0) return null;
    swapRows(a, order, 2 * n, k, pivot);
    for (let i = k + 1; i < n; i++) {
      const [own, diagonal] = [2 * (i * n + k), 2 * (k * n + k)];
      divide(a[own]!, a[own + 1]!, a[diagonal]!, a[diagonal + 1]!);
      const [re, im] = [answer.re, answer.im];
      a[own] = re;
      a[own + 1] = im;
      for (let j = k + 1; j < n; j++) {
        const [to, from] = [2 * (i * n + j), 2 * (k * n + j)];
        a[to]! -= re * a[from]! - im * a[from + 1]!;
        a[to + 1]! -= re * a[from + 1]! + im * a[from]!;
      }
    }
  }
  (y.data as TypedArray).set(a, 2 * at);
  return order;
}

function swapRows(a: Float64Array, order: number[], width: number, k: number, other: number): void {
  if (k === other) return;
  const row = a.slice(k * width, (k + 1) * width);
  a.copyWithin(k * width, other * width, (other + 1) * width);
  a.set(row, other * width);
  [order[k], order[other]] = [order[other]!, order[k]!];
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

kernel('Qr', ([x], attrs, context) => {
  realOnly('Qr', x!);
  const batch = batchOf(x!);
  const { lead, count, rows, columns } = batch;
  const inner = attrs.full_matrices ? rows : Math.min(rows, columns);
  const q = context.alloc(x!.dtype, [...lead, rows, inner]);
  const r = context.alloc(x!.dtype, [...lead, inner, columns]);
  for (let i = 0; i < count; i++) {
    const factors = householder(matrixAt(x!, batch, i));
    putMatrix(q, i, pickColumns(factors.q, range(inner)));
    putMatrix(r, i, dense(inner, columns, factors.r.data.slice(0, inner * columns)));
  }
  return [q, r];
});

kernel('SelfAdjointEigV2', ([x], attrs, context) => {
  realOnly('SelfAdjointEigV2', x!);
  const batch = squareBatchOf(x!);
  const vectors = attrs.compute_v !== false;
  const e = context.alloc(x!.dtype, [...batch.lead, batch.rows]);
  const v = context.alloc(x!.dtype, vectors ? x!.shape : [0]);
  for (let i = 0; i < batch.count; i++) {
    const eigen = symmetricEigen(matrixAt(x!, batch, i));
    (e.data as TypedArray).set(eigen.e, i * batch.rows);
    if (vectors) putMatrix(v, i, eigen.v);
  }
  return [e, v];
});

kernel('Svd', ([x], attrs, context) => {
  realOnly('Svd', x!);
  const batch = batchOf(x!);
  const { lead, count, rows, columns } = batch;
  const inner = Math.min(rows, columns);
  const vectors = attrs.compute_uv !== false;
  const full = attrs.full_matrices === true;
  const s = context.alloc(x!.dtype, [...lead, inner]);
  const u = vectorsFor(context, x!, vectors, lead, rows, full ? rows : inner);
  const v = vectorsFor(context, x!, vectors, lead, columns, full ? columns : inner);
  for (let i = 0; i < count; i++) {
    const a = matrixAt(x!, batch, i);
    const tall = rows >= columns;
    const found = singularValues(tall ? a : transpose(a));
    (s.data as TypedArray).set(found.s, i * inner);
    if (!vectors) continue;
    const long = full ? squareBasis(found.u) : found.u;
    putMatrix(u, i, tall ? long : found.v);
    putMatrix(v, i, tall ? found.v : long);
  }
  return [s, u, v];
});

function vectorsFor(
  context: KernelContext,
  x: Value,
  wanted: boolean,
  lead: readonly number[],
  rows: number,
  columns: number,
): Value {
  return context.alloc(x.dtype, wanted ? [...lead, rows, columns] : [0]);
}
