/**
 * The matrix product that convolutions are made of, on strided matrices, so that a transpose costs
 * nothing. Sums are in double precision.
 */

import type { TypedArray } from '../../core/dtype.ts';

/** A matrix inside a flat array: element (i, j) is `data[offset + i * row + j * column]`. */
export interface Matrix {
  readonly data: TypedArray;
  readonly offset: number;
  readonly row: number;
  readonly column: number;
}

/** Rows of `columns` numbers that lie one after the other, from `offset`. */
export function rowMajor(data: TypedArray, columns: number, offset: number = 0): Matrix {
  return { data, offset, row: columns, column: 1 };
}

/** The same numbers with rows and columns exchanged. */
export function transposed({ data, offset, row, column }: Matrix): Matrix {
  return { data, offset, row: column, column: row };
}

/** A faster product of float32 matrices; it answers whether it took the call. */
type Product = (
  m: number,
  n: number,
  k: number,
  a: Matrix,
  b: Matrix,
  c: Matrix,
  accumulate: boolean,
) => boolean;

let faster: Product | null = null;

/** Lets `product` take the products that it can, `null` none. */
export function useProduct(product: Product | null): void {
  faster = product;
}

/** Rows of the tile whose sums stay in registers; it has two columns. */
const TILE = 4;

/**
 * Adds the product of `a` (m x k) and `b` (k x n) to `c` (m x n), or stores it where `accumulate` is
 * false.
 */
export function gemm(
  m: number,
  n: number,
  k: number,
  a: Matrix,
  b: Matrix,
  c: Matrix,
  accumulate: boolean,
): void {
  if (faster?.(m, n, k, a, b, c, accumulate)) return;
  if (!accumulate) clear(c, m, n);
  const evenRows = m - (m % TILE);
  const evenColumns = n - (n % 2);
  for (let i = 0; i < evenRows; i += TILE) {
    for (let j = 0; j < evenColumns; j += 2) addTile(k, a, b, c, i, j);
    if (evenColumns < n) addCells(i, i + TILE, n - 1, n, k, a, b, c);
  }
  if (evenRows < m) addCells(evenRows, m, 0, n, k, a, b, c);
}

function clear(c: Matrix, m: number, n: number): void {
  for (let i = 0; i < m; i++) {
    let at = c.offset + i * c.row;
    for (let j = 0; j < n; j++, at += c.column) c.data[at] = 0;
  }
}

function addTile(k: number, a: Matrix, b: Matrix, c: Matrix, i: number, j: number): void {
  const x = a.data;
  const y = b.data;
  const xStep = a.column;
  const yStep = b.row;
  let x0 = a.offset + i * a.row;
  let x1 = x0 + a.row;
  let x2 = x1 + a.row;
  let x3 = x2 + a.row;
  let y0 = b.offset + j * b.column;
  let y1 = y0 + b.column;
  let [s00, s01, s10, s11, s20, s21, s30, s31] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let p = 0; p < k; p++) {
    const left = y[y0]!;
    const right = y[y1]!;
    const v0 = x[x0]!;
    const v1 = x[x1]!;
    const v2 = x[x2]!;
    const v3 = x[x3]!;
    s00 += v0 * left;
    s01 += v0 * right;
    s10 += v1 * left;
    s11 += v1 * right;
    s20 += v2 * left;
    s21 += v2 * right;
    s30 += v3 * left;
    s31 += v3 * right;
    x0 += xStep;
    x1 += xStep;
    x2 += xStep;
    x3 += xStep;
    y0 += yStep;
    y1 += yStep;
  }
  addPair(c, i, j, s00, s01);
  addPair(c, i + 1, j, s10, s11);
  addPair(c, i + 2, j, s20, s21);
  addPair(c, i + 3, j, s30, s31);
}

function addPair(c: Matrix, i: number, j: number, left: number, right: number): void {
  const at = c.offset + i * c.row + j * c.column;
  c.data[at] = c.data[at]! + left;
  c.data[at + c.column] = c.data[at + c.column]! + right;
}

/** The cells that fill no tile: rows `i0` to `i1`, columns `j0` to `j1`. */
function addCells(
  i0: number,
  i1: number,
  j0: number,
  j1: number,
  k: number,
  a: Matrix,
  b: Matrix,
  c: Matrix,
): void {
  const x = a.data;
  const y = b.data;
  for (let i = i0; i < i1; i++) {
    for (let j = j0; j < j1; j++) {
      let xAt = a.offset + i * a.row;
      let yAt = b.offset + j * b.column;
      let sum = 0;
      for (let p = 0; p < k; p++, xAt += a.column, yAt += b.row) sum += x[xAt]! * y[yAt]!;
      const at = c.offset + i * c.row + j * c.column;
      c.data[at] = c.data[at]! + sum;
    }
  }
}
