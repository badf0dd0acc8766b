/**
 * Factorizations of one real matrix, as flat row-major Float64Array, in double precision: what the
 * ops of linear_algebra.ts are made of.
 */

/** A row-major matrix. */
export interface Dense {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float64Array;
}

/** A matrix of that size, of zeros if no numbers are given. */
export function dense(
  rows: number,
  columns: number,
  data: Float64Array = new Float64Array(rows * columns),
): Dense {
  return { rows, columns, data };
}

/** The n x n identity. */
export function identity(n: number): Dense {
  const result = dense(n, n);
  for (let i = 0; i < n; i++) result.data[i * n + i] = 1;
  return result;
}

/** Rows and columns exchanged. */
export function transpose({ rows, columns, data }: Dense): Dense {
  const result = dense(columns, rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) result.data[j * rows + i] = data[i * columns + j]!;
  }
  return result;
}

/** The product `a b`. */
export function multiply(a: Dense, b: Dense): Dense {
  const result = dense(a.rows, b.columns);
  for (let i = 0; i < a.rows; i++) {
    for (let k = 0; k < a.columns; k++) {
      const factor = a.data[i * a.columns + k]!;
      for (let j = 0; j < b.columns; j++) {
        result.data[i * b.columns + j]! += factor * b.data[k * b.columns + j]!;
      }
    }
  }
  return result;
}

function swapRows({ columns, data }: Dense, p: number, q: number): void {
  for (let j = 0; j < columns; j++) {
    const kept = data[p * columns + j]!;
    data[p * columns + j] = data[q * columns + j]!;
    data[q * columns + j] = kept;
  }
}

// ---- elimination -----------------------------------------------------------------------------

/** Gaussian elimination with partial pivoting. */
export interface Elimination {
  /** The upper triangle that remains of the matrix. */
  readonly upper: Dense;
  /** The right side after the same steps. */
  readonly rhs: Dense;
  /** 1 or -1: whether an even number of rows was exchanged. */
  readonly sign: number;
}

/** Brings `a` to triangular form, doing the same to `b`. */
export function eliminate(a: Dense, b: Dense): Elimination {
  const n = a.rows;
  const upper = dense(n, n, a.data.slice());
  const rhs = dense(b.rows, b.columns, b.data.slice());
  let sign = 1;
  for (let k = 0; k < n; k++) {
    const pivot = pivotRow(upper, k);
    if (pivot !== k) {
      swapRows(upper, k, pivot);
      swapRows(rhs, k, pivot);
      sign = -sign;
    }
    const d = upper.data[k * n + k]!;
    if (d === 0) continue;
    for (let i = k + 1; i < n; i++) {
      const factor = upper.data[i * n + k]! / d;
      if (factor === 0) continue;
      addRow(upper, i, k, -factor);
      addRow(rhs, i, k, -factor);
    }
  }
  return { upper, rhs, sign };
}

function pivotRow({ rows, columns, data }: Dense, k: number): number {
  let best = k;
  for (let i = k + 1; i < rows; i++) {
    if (Math.abs(data[i * columns + k]!) > Math.abs(data[best * columns + k]!)) best = i;
  }
  return best;
}

function addRow({ columns, data }: Dense, to: number, from: number, factor: number): void {
  for (let j = 0; j < columns; j++) data[to * columns + j]! += factor * data[from * columns + j]!;
}

/** `x` with `upper x = rhs`; `null` for a zero on the diagonal. */
function substituteBack(upper: Dense, rhs: Dense): Dense | null {
  const n = upper.rows;
  const x = dense(rhs.rows, rhs.columns, rhs.data.slice());
  for (let i = n - 1; i >= 0; i--) {
    const d = upper.data[i * n + i]!;
    if (d === 0) return null;
    for (let k = i + 1; k < n; k++) addRow(x, i, k, -upper.data[i * n + k]!);
    for (let j = 0; j < x.columns; j++) x.data[i * x.columns + j]! /= d;
  }
  return x;
}

/** `x` with `a x = b`; `null` for a singular `a`. */
export function solve(a: Dense, b: Dense): Dense | null {
  const { upper, rhs } = eliminate(a, b);
  return substituteBack(upper, rhs);
}

/** The lower triangle `l` with `l l^T = a`; `null` where `a` is not positive definite. */
export function cholesky({ rows: n, data }: Dense): Dense | null {
  const l = dense(n, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = data[i * n + j]!;
      for (let k = 0; k < j; k++) rest -= l.data[i * n + k]! * l.data[j * n + k]!;
      if (i !== j) l.data[i * n + j] = rest / l.data[j * n + j]!;
      else if (rest > 0) l.data[i * n + i] = Math.sqrt(rest);
      else return null;
    }
  }
  return l;
}

// ---- orthogonal factors ----------------------------------------------------------------------

/** `a = q r` with a square orthogonal `q`, by Householder's reflections with Eigen's signs. */
export function householder(a: Dense): { q: Dense; r: Dense } {
  const { rows: m, columns: n } = a;
  const r = dense(m, n, a.data.slice());
  const q = identity(m);
  const v = new Float64Array(m);
  for (let k = 0; k < Math.min(m, n); k++) {
    let tail = 0;
    for (let i = k + 1; i < m; i++) tail += r.data[i * n + k]! ** 2;
    if (tail === 0) continue;
    const head = r.data[k * n + k]!;
    const beta = head >= 0 ? -Math.hypot(head, Math.sqrt(tail)) : Math.hypot(head, Math.sqrt(tail));
    v.fill(0);
    v[k] = 1;
    for (let i = k + 1; i < m; i++) v[i] = r.data[i * n + k]! / (head - beta);
    const tau = (beta - head) / beta;
    reflectRows(r, v, tau, k);
    reflectColumns(q, v, tau, k);
    for (let i = k + 1; i < m; i++) r.data[i * n + k] = 0;
  }
  return { q, r };
}

/** `a - tau v v^T a`. */
function reflectRows(
  { rows, columns, data }: Dense,
  v: Float64Array,
  tau: number,
  k: number,
): void {
  for (let j = 0; j < columns; j++) {
    let dot = 0;
    for (let i = k; i < rows; i++) dot += v[i]! * data[i * columns + j]!;
    for (let i = k; i < rows; i++) data[i * columns + j]! -= tau * dot * v[i]!;
  }
}

/** `a - a tau v v^T`. */
function reflectColumns(
  { rows, columns, data }: Dense,
  v: Float64Array,
  tau: number,
  k: number,
): void {
  for (let i = 0; i < rows; i++) {
    let dot = 0;
    for (let j = k; j < columns; j++) dot += data[i * columns + j]! * v[j]!;
    for (let j = k; j < columns; j++) data[i * columns + j]! -= tau * dot * v[j]!;
  }
}

const SWEEPS = 60;
const SMALL = 1e-17;

/** The rotation that makes `off` vanish between the diagonal elements `p` and `q`. */
function rotation(p: number, q: number, off: number): [c: number, s: number] {
  const theta = (q - p) / (2 * off);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  return [c, c * t];
}

function rotateColumns(
  { rows, columns, data }: Dense,
  p: number,
  q: number,
  c: number,
  s: number,
): void {
  for (let i = 0; i < rows; i++) {
    const x = data[i * columns + p]!;
    const y = data[i * columns + q]!;
    data[i * columns + p] = c * x - s * y;
    data[i * columns + q] = s * x + c * y;
  }
}

/** Eigenvalues of the symmetric matrix whose lower triangle is given, ascending, and eigenvectors in columns. */
export function symmetricEigen(lower: Dense): { e: Float64Array; v: Dense } {
  const n = lower.rows;
  const a = dense(n, n, lower.data.slice());
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) a.data[j * n + i] = a.data[i * n + j]!;
  const v = identity(n);
  for (let sweep = 0, moved = true; moved && sweep < SWEEPS; sweep++) {
    moved = false;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const off = a.data[p * n + q]!;
        const [x, y] = [a.data[p * n + p]!, a.data[q * n + q]!];
        if (Math.abs(off) <= SMALL * Math.hypot(x, y)) continue;
        moved = true;
        const [c, s] = rotation(x, y, off);
        rotateColumns(a, p, q, c, s);
        rotateRows(a, p, q, c, s);
        rotateColumns(v, p, q, c, s);
      }
    }
  }
  const values = Float64Array.from({ length: n }, (_, i) => a.data[i * n + i]!);
  const order = [...values.keys()].sort((i, j) => values[i]! - values[j]!);
  return { e: Float64Array.from(order, (i) => values[i]!), v: pickColumns(v, order) };
}

function rotateRows({ columns, data }: Dense, p: number, q: number, c: number, s: number): void {
  for (let j = 0; j < columns; j++) {
    const x = data[p * columns + j]!;
    const y = data[q * columns + j]!;
    data[p * columns + j] = c * x - s * y;
    data[q * columns + j] = s * x + c * y;
  }
}

/** The columns of `a` at `order`. */
export function pickColumns({ rows, columns, data }: Dense, order: readonly number[]): Dense {
  const result = dense(rows, order.length);
  for (let i = 0; i < rows; i++) {
    for (const [j, from] of order.entries()) {
      result.data[i * order.length + j] = data[i * columns + from]!;
    }
  }
  return result;
}

/** `a = u diag(s) v^T` for a matrix with at least as many rows as columns, by Jacobi's rotations of its columns. */
export function singularValues(a: Dense): { s: Float64Array; u: Dense; v: Dense } {
  const { rows: m, columns: n } = a;
  const w = dense(m, n, a.data.slice());
  const v = identity(n);
  for (let sweep = 0, moved = true; moved && sweep < SWEEPS; sweep++) {
    moved = false;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) moved = orthogonalize(w, v, p, q) || moved;
    }
  }
  const sizes = Float64Array.from({ length: n }, (_, j) => columnSize(w, j));
  const order = [...sizes.keys()].sort((i, j) => sizes[j]! - sizes[i]!);
  const s = Float64Array.from(order, (j) => sizes[j]!);
  const u = pickColumns(w, order);
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) if (s[j]! > 0) u.data[i * n + j]! /= s[j]!;
  return { s, u: completeBasis(u, s), v: pickColumns(v, order) };
}

function columnSize({ rows, columns, data }: Dense, j: number): number {
  let squares = 0;
  for (let i = 0; i < rows; i++) squares += data[i * columns + j]! ** 2;
  return Math.sqrt(squares);
}

function orthogonalize(w: Dense, v: Dense, p: number, q: number): boolean {
  let [pp, qq, pq] = [0, 0, 0];
  for (let i = 0; i < w.rows; i++) {
    const x = w.data[i * w.columns + p]!;
    const y = w.data[i * w.columns + q]!;
    pp += x * x;
    qq += y * y;
    pq += x * y;
  }
  if (Math.abs(pq) <= 1e-16 * Math.sqrt(pp * qq)) return false;
  const [c, s] = rotation(pp, qq, pq);
  rotateColumns(w, p, q, c, s);
  rotateColumns(v, p, q, c, s);
  return true;
}

/** `u` with the columns of vanishing singular values replaced by what makes it orthogonal. */
function completeBasis(u: Dense, s: Float64Array): Dense {
  const found = [...s.keys()].filter((j) => s[j]! > 0);
  if (found.length === s.length) return u;
  const { q } = householder(pickColumns(u, found));
  const result = dense(u.rows, u.columns, u.data.slice());
  for (let j = found.length; j < u.columns; j++) {
    for (let i = 0; i < u.rows; i++) result.data[i * u.columns + j] = q.data[i * u.rows + j]!;
  }
  return result;
}

/** `u` widened to a square orthogonal matrix. */
export function squareBasis(u: Dense): Dense {
  const { q } = householder(u);
  const result = dense(u.rows, u.rows, q.data);
  for (let i = 0; i < u.rows; i++) {
    for (let j = 0; j < u.columns; j++) result.data[i * u.rows + j] = u.data[i * u.columns + j]!;
  }
  return result;
}
