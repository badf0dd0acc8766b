/** Products of matrices and batches of them. Floats go to the tiled product; other types to a plain loop. */

import { type DType, float32, type TypedArray } from '../../core/dtype.ts';
import type { Kernel, Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { invalid, shapeText, sizeOf } from './box.ts';
import { broadcastShape } from './broadcast.ts';
import { gemm, type Matrix, rowMajor, transposed } from './gemm.ts';
import { type Lane, laneOf, type Numbers, settle } from './lanes.ts';
import { unsupported } from './unary.ts';

/** One operand of a product: where its first matrix starts, and how to walk it. */
interface Factor {
  readonly matrix: Matrix;
  readonly conjugate: boolean;
}

const matMul: Kernel = ([a, b], attrs, context) => {
  const ta = attrs.transpose_a === true;
  const tb = attrs.transpose_b === true;
  checkMatrix(a!, 0);
  checkMatrix(b!, 1);
  const [m, k] = sides(a!, ta);
  const [k2, n] = sides(b!, tb);
  if (k !== k2) sizesDiffer(a!, b!);
  const c = context.alloc(attrs.Ta ? float32 : a!.dtype, [m, n]);
  multiply('MatMul', m, n, k, factor(a!, ta, false, 0), factor(b!, tb, false, 0), c, 0);
  return c;
};
kernel('MatMul', matMul);
kernel('SparseMatMul', matMul);

function checkMatrix(x: Value, index: number): void {
  if (x.shape.length === 2) return;
  invalid(`In[${index}] is not a matrix. Instead it has shape ${shapeText(x.shape)}`);
}

function sizesDiffer(a: Value, b: Value): never {
  return invalid(
    `Matrix size-incompatible: In[0]: ${shapeText(a.shape)}, In[1]: ${shapeText(b.shape)}`,
  );
}

/** Rows and columns of the matrices of `x`, after transposing. */
function sides({ shape }: Value, transpose: boolean): [rows: number, columns: number] {
  const rows = shape[shape.length - 2]!;
  const columns = shape[shape.length - 1]!;
  return transpose ? [columns, rows] : [rows, columns];
}

function factor(x: Value, transpose: boolean, conjugate: boolean, offset: number): Factor {
  const plain = rowMajor(x.data as TypedArray, x.shape[x.shape.length - 1]!, offset);
  return { matrix: transpose ? transposed(plain) : plain, conjugate };
}

const batchMatMul: Kernel = ([x, y], attrs, context) => {
  const rank = x!.shape.length;
  const [adjX, adjY] = [attrs.adj_x === true, attrs.adj_y === true];
  checkBatches(x!, y!);
  const [m, k] = sides(x!, adjX);
  const [k2, n] = sides(y!, adjY);
  if (k !== k2) sizesDiffer(x!, y!);
  const batch = x!.shape.slice(0, rank - 2);
  const z = context.alloc(x!.dtype, [...batch, m, n]);
  const count = sizeOf(batch);
  for (let i = 0; i < count; i++) {
    const p = factor(x!, adjX, adjX, i * m * k);
    const q = factor(y!, adjY, adjY, i * k * n);
    multiply('BatchMatMul', m, n, k, p, q, z, i * m * n);
  }
  return z;
};
kernel('BatchMatMul', batchMatMul);

/** For each matrix of a batch of shape `lead`, which matrix of an operand with batch `own` it meets. */
function batchIndices(own: readonly number[], lead: readonly number[]): number[] {
  let indices = [0];
  const skipped = lead.length - own.length;
  lead.forEach((count, d) => {
    const size = own[d - skipped] ?? 1;
    indices = indices.flatMap((at) =>
      Array.from({ length: count }, (_, i) => at * size + (size === 1 ? 0 : i)),
    );
  });
  return indices;
}

const broadcastMatMul: Kernel = ([x, y], attrs, context) => {
  for (const [i, { shape }] of [x!, y!].entries()) {
    if (shape.length < 2) invalid(`In[${i}] ndims must be >= 2: ${shape.length}`);
  }
  const [adjX, adjY] = [attrs.adj_x === true, attrs.adj_y === true];
  const [m, k] = sides(x!, adjX);
  const [k2, n] = sides(y!, adjY);
  if (k !== k2) sizesDiffer(x!, y!);
  const [own, other] = [x!.shape.slice(0, -2), y!.shape.slice(0, -2)];
  const lead = broadcastShape(own, other);
  const z = context.alloc((attrs.Tout as DType | undefined) ?? x!.dtype, [...lead, m, n]);
  const [left, right] = [batchIndices(own, lead), batchIndices(other, lead)];
  for (let i = 0; i < left.length; i++) {
    const p = factor(x!, adjX, adjX, left[i]! * m * k);
    const q = factor(y!, adjY, adjY, right[i]! * k * n);
    multiply('BatchMatMulV2', m, n, k, p, q, z, i * m * n);
  }
  return z;
};
kernel('BatchMatMulV2', broadcastMatMul);
kernel('BatchMatMulV3', broadcastMatMul);

function checkBatches(x: Value, y: Value): void {
  const rank = x.shape.length;
  if (rank !== y.shape.length) {
    invalid(`In[0] and In[1] has different ndims: ${shapeText(x.shape)} vs. ${shapeText(y.shape)}`);
  }
  if (rank < 2) invalid(`In[0] and In[1] ndims must be >= 2: ${rank}`);
  for (let d = 0; d < rank - 2; d++) {
    if (x.shape[d] === y.shape[d]) continue;
    const [p, q] = [shapeText(x.shape), shapeText(y.shape)];
    invalid(`In[0].dim(${d}) and In[1].dim(${d}) must be the same: ${p} vs ${q}`);
  }
}

/** Stores the product of `a` (m x k) and `b` (k x n) in `c`, from element `offset` on. */
function multiply(
  type: string,
  m: number,
  n: number,
  k: number,
  a: Factor,
  b: Factor,
  c: Value,
  offset: number,
): void {
  const lane = laneOf(c.dtype);
  const data = c.data as TypedArray;
  if (lane === 'complex') multiplyComplex(m, n, k, a, b, data as Numbers, offset);
  else if (lane === 'string') unsupported(type, c.dtype);
  else if (lane === 'int' || lane === 'narrow' || lane === 'word') {
    multiplyIntegers(m, n, k, a.matrix, b.matrix, data, offset);
  } else multiplyReals(lane, m, n, k, a.matrix, b.matrix, data, offset);
}

function multiplyReals(
  lane: Lane,
  m: number,
  n: number,
  k: number,
  a: Matrix,
  b: Matrix,
  c: TypedArray,
  offset: number,
): void {
  gemm(m, n, k, a, b, rowMajor(c, n, offset), false);
  const part = c.subarray(offset, offset + m * n) as Numbers;
  settle(lane, part, part);
}

/** Modulo 2^32, as two's complement multiplies and adds. */
function multiplyIntegers(
  m: number,
  n: number,
  k: number,
  a: Matrix,
  b: Matrix,
  c: TypedArray,
  offset: number,
): void {
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let total = 0;
      let p = a.offset + i * a.row;
      let q = b.offset + j * b.column;
      for (let r = 0; r < k; r++, p += a.column, q += b.row) {
        total = (total + Math.imul(a.data[p]!, b.data[q]!)) | 0;
      }
      c[offset + i * n + j] = total;
    }
  }
}

function multiplyComplex(
  m: number,
  n: number,
  k: number,
  { matrix: a, conjugate: conjugateA }: Factor,
  { matrix: b, conjugate: conjugateB }: Factor,
  c: Numbers,
  offset: number,
): void {
  const signA = conjugateA ? -1 : 1;
  const signB = conjugateB ? -1 : 1;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let [re, im] = [0, 0];
      let p = 2 * (a.offset + i * a.row);
      let q = 2 * (b.offset + j * b.column);
      for (let r = 0; r < k; r++, p += 2 * a.column, q += 2 * b.row) {
        const [x, y] = [a.data[p]!, signA * a.data[p + 1]!];
        const [u, v] = [b.data[q]!, signB * b.data[q + 1]!];
        re += x * u - y * v;
        im += x * v + y * u;
      }
      const at = 2 * (offset + i * n + j);
      c[at] = re;
      c[at + 1] = im;
    }
  }
}
