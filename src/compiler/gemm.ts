/**
 * The matrix product as a generated SIMD kernel: C (+)= A B, of any strides, so that a transposed
 * operand costs nothing. Blocks of B and panels of A are packed, and a tile of 4 x 8 results stays
 * in registers: the scheme of K. Goto and R. van de Geijn, "Anatomy of high-performance matrix
 * multiplication" (2008), with the tile that measured fastest in V8.
 */

import {
  advance,
  choose,
  count,
  DROP,
  encodeModule,
  F32,
  f32,
  f32x4,
  get,
  I32,
  i32,
  int,
  minimum,
  set,
  type WasmFunction,
  when,
} from './encoder.ts';
import { finishNumber, finishTile, isLastBlock } from './gemm_epilogue.ts';
import { COLUMNS, DEPTH, P, PARAMETERS, Registers, ROWS } from './gemm_layout.ts';
import { packA, packB } from './gemm_packing.ts';
import { fewRows } from './gemm_rows.ts';
import { Constants } from './simd.ts';

export { type Activation, activationNumber } from './gemm_epilogue.ts';
export { blockBytes, PANEL_BYTES } from './gemm_layout.ts';
export { FEW } from './gemm_rows.ts';

/** The bytes of a module that only engines with relaxed SIMD take. */
export function relaxedModule(): Uint8Array {
  const { zero, multiplyAdd } = f32x4;
  const body = [...zero, ...zero, ...zero, ...multiplyAdd, DROP];
  return encodeModule([{ name: 'relaxed', params: [], locals: [], body }]);
}

/**
 * The bytes of a module that exports `gemm`, and `fewRows` for the product of a few rows. With
 * `isFused` a product and a sum are one instruction, which only engines with relaxed SIMD take.
 */
export function gemmModule(isFused = false): Uint8Array {
  const constants = new Constants();
  return encodeModule([gemm(isFused), fewRows(constants)], [], constants.vectors);
}

function gemm(isFused: boolean): WasmFunction {
  const r = new Registers();
  const { kBlock, depth, fresh, m, n, rows, columns, b } = r.i;
  const products = count(m, get(P.M), ROWS, [
    ...minimum([...get(P.M), ...get(m), i32.subtract], int(ROWS)),
    ...set(rows),
    ...packA(r),
    ...get(P.block),
    ...set(b),
    ...count(n, get(P.N), COLUMNS, [
      ...minimum([...get(P.N), ...get(n), i32.subtract], int(COLUMNS)),
      ...set(columns),
      ...multiply(r, isFused),
      ...when(
        [
          ...get(rows),
          ...int(ROWS),
          i32.equal,
          ...get(columns),
          ...int(COLUMNS),
          i32.equal,
          i32.and,
        ],
        storeTile(r),
        storeEdge(r),
      ),
    ]),
  ]);
  const body = count(kBlock, get(P.K), DEPTH, [
    ...minimum([...get(P.K), ...get(kBlock), i32.subtract], int(DEPTH)),
    ...set(depth),
    ...get(kBlock),
    i32.eqz,
    ...get(P.accumulate),
    i32.eqz,
    i32.and,
    ...set(fresh),
    ...isLastBlock(r),
    ...packB(r),
    ...products,
  ]);
  return { name: 'gemm', params: new Array(PARAMETERS).fill(I32), locals: r.locals.runs, body };
}

/** The tile's products over the depth of this block. */
function multiply(r: Registers, isFused: boolean): number[] {
  const { k, a, b, depth } = r.i;
  const [v0, v1, scalar] = r.v as [number, number, number, number];
  const row = (x: number): number[] => [
    ...get(a),
    ...f32x4.loadSplat(4 * x),
    ...set(scalar),
    ...[v0, v1].flatMap((v, half) => {
      const sum = r.tile[2 * x + half]!;
      const factors = [...get(scalar), ...get(v)];
      const added = isFused
        ? [...factors, ...get(sum), ...f32x4.multiplyAdd]
        : [...factors, ...f32x4.multiply, ...get(sum), ...f32x4.add];
      return [...added, ...set(sum)];
    }),
  ];
  return [
    ...r.tile.flatMap((t) => [...f32x4.zero, ...set(t)]),
    ...get(P.panel),
    ...set(a),
    ...count(k, get(depth), 1, [
      ...get(b),
      ...f32x4.load(0),
      ...set(v0),
      ...get(b),
      ...f32x4.load(16),
      ...set(v1),
      ...[0, 1, 2, 3].flatMap(row),
      ...advance(a, int(ROWS * 4)),
      ...advance(b, int(COLUMNS * 4)),
    ]),
  ];
}

/** Sets `c` to the address of the tile in C. */
function tileAddress(r: Registers): number[] {
  const { m, n, c } = r.i;
  return [
    ...get(P.C),
    ...get(m),
    ...get(P.ldc),
    i32.multiply,
    i32.add,
    ...get(n),
    ...int(2),
    i32.shiftLeft,
    i32.add,
    ...set(c),
  ];
}

function storeTile(r: Registers): number[] {
  const { c, fresh, finish } = r.i;
  const rowsOf = (body: (row: number) => number[]) => [
    ...tileAddress(r),
    ...[0, 1, 2, 3].flatMap((row) => [...body(row), ...advance(c, get(P.ldc))]),
  ];
  const halves = (row: number) =>
    [0, 1].map((half) => [r.tile[2 * row + half]!, 16 * half] as const);
  return [
    ...when(
      [...get(fresh), i32.eqz],
      rowsOf((row) =>
        halves(row).flatMap(([t, offset]) => [
          ...get(t),
          ...get(c),
          ...f32x4.load(offset),
          ...f32x4.add,
          ...set(t),
        ]),
      ),
    ),
    ...when(get(finish), finishTile(r)),
    ...rowsOf((row) =>
      halves(row).flatMap(([t, offset]) => [...get(c), ...get(t), ...f32x4.store(offset)]),
    ),
  ];
}

/** At an edge the tile is spilled behind the panel of A, and its part inside C copied one by one. */
function storeEdge(r: Registers): number[] {
  const { a, c, at, row, column, rows, columns, fresh, finish } = r.i;
  const offset = [...get(column), ...int(2), i32.shiftLeft, i32.add];
  return [
    ...get(P.panel),
    ...int(ROWS * 4 * DEPTH),
    i32.add,
    ...set(a),
    ...r.tile.flatMap((t, x) => [...get(a), ...get(t), ...f32x4.store(16 * x)]),
    ...tileAddress(r),
    ...count(row, get(rows), 1, [
      ...count(column, get(columns), 1, [
        ...get(c),
        ...offset,
        ...set(at),
        ...get(a),
        ...offset,
        ...f32.load(),
        ...choose(F32, get(fresh), f32.zero, [...get(at), ...f32.load()]),
        f32.add,
        ...set(r.x),
        ...when(get(finish), finishNumber(r)),
        ...get(at),
        ...get(r.x),
        ...f32.store(),
      ]),
      ...advance(c, get(P.ldc)),
      ...advance(a, int(COLUMNS * 4)),
    ]),
  ];
}
