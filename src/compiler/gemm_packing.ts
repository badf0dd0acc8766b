/** Packing for the matrix product: strips of B and panels of A, so that the tile reads both in order. */

import {
  advance,
  type Code,
  choose,
  count,
  F32,
  f32,
  f32x4,
  get,
  i32,
  int,
  minimum,
  set,
  when,
} from './encoder.ts';
import { COLUMNS, P, type Registers, ROWS } from './gemm_layout.ts';

/** Packs the rows of B of this block into strips of eight columns. */
export function packB(r: Registers): number[] {
  const { kBlock, n, k, source, target, columns, depth } = r.i;
  const isWhole = [...get(columns), ...int(COLUMNS), i32.equal];
  const contiguous = count(k, get(depth), 1, [
    ...get(target),
    ...get(source),
    ...f32x4.load(0),
    ...f32x4.store(0),
    ...get(target),
    ...get(source),
    ...f32x4.load(16),
    ...f32x4.store(16),
    ...advance(target, int(32)),
    ...advance(source, get(P.bRow)),
  ]);
  return [
    ...get(P.block),
    ...set(target),
    ...count(n, get(P.N), COLUMNS, [
      ...minimum([...get(P.N), ...get(n), i32.subtract], int(COLUMNS)),
      ...set(columns),
      ...get(P.B),
      ...get(kBlock),
      ...get(P.bRow),
      i32.multiply,
      i32.add,
      ...get(n),
      ...get(P.bColumn),
      i32.multiply,
      i32.add,
      ...set(source),
      ...when(
        [...isWhole, ...get(P.bColumn), ...int(4), i32.equal, i32.and],
        contiguous,
        when(
          [...isWhole, ...get(P.bRow), ...int(4), i32.equal, i32.and],
          packBTransposed(r),
          packBSlowly(r),
        ),
      ),
    ]),
  ];
}

/** B stored by columns: squares of four are transposed, then what remains one by one. */
function packBTransposed(r: Registers): number[] {
  const { k, source, target, depth, a, last, at } = r.i;
  const square = (offset: number): number[] => [
    ...r.loadFour(P.bColumn),
    ...r.transpose(),
    ...[0, 1, 2, 3].flatMap((x) => [
      ...get(target),
      ...get(r.tile[x]!),
      ...f32x4.store(offset + 32 * x),
    ]),
  ];
  return [
    ...get(depth),
    ...int(-4),
    i32.and,
    ...set(at),
    ...count(k, get(at), 4, [
      ...get(source),
      ...set(a),
      ...square(0),
      ...get(last),
      ...get(P.bColumn),
      i32.add,
      ...set(source),
      ...square(16),
      ...get(a),
      ...int(16),
      i32.add,
      ...set(source),
      ...advance(target, int(128)),
    ]),
    ...get(depth),
    ...get(at),
    i32.subtract,
    ...set(at),
    ...count(k, get(at), 1, strip(r, f32.load())),
  ];
}

/** Any strides, and the last columns: missing ones are zero. */
function packBSlowly(r: Registers): number[] {
  const { k, depth, a, column, columns } = r.i;
  const value = choose(
    F32,
    [...get(column), ...get(columns), i32.less],
    [...get(a), ...f32.load()],
    f32.zero,
  );
  return count(k, get(depth), 1, strip(r, value, false));
}

/** Eight columns of one row of B; `value` pushes the element at `a` (its address is pushed if `load`). */
function strip(r: Registers, value: Code, load = true): number[] {
  const { source, target, a, column } = r.i;
  return [
    ...get(source),
    ...set(a),
    ...count(column, int(COLUMNS), 1, [
      ...get(target),
      ...get(column),
      ...int(2),
      i32.shiftLeft,
      i32.add,
      ...(load ? get(a) : []),
      ...value,
      ...f32.store(),
      ...advance(a, get(P.bColumn)),
    ]),
    ...advance(source, get(P.bRow)),
    ...advance(target, int(COLUMNS * 4)),
  ];
}

/** Packs four rows of A of this block, by columns. */
export function packA(r: Registers): number[] {
  const { kBlock, m, source, target, rows } = r.i;
  const isWhole = [...get(rows), ...int(ROWS), i32.equal];
  return [
    ...get(P.A),
    ...get(m),
    ...get(P.aRow),
    i32.multiply,
    i32.add,
    ...get(kBlock),
    ...get(P.aColumn),
    i32.multiply,
    i32.add,
    ...set(source),
    ...get(P.panel),
    ...set(target),
    ...when(
      [...isWhole, ...get(P.aRow), ...int(4), i32.equal, i32.and],
      packAByColumns(r),
      when(
        [...isWhole, ...get(P.aColumn), ...int(4), i32.equal, i32.and],
        packAByRows(r),
        packASlowly(r),
      ),
    ),
  ];
}

function packAByColumns(r: Registers): number[] {
  const { k, source, target, depth } = r.i;
  return count(k, get(depth), 1, [
    ...get(target),
    ...get(source),
    ...f32x4.load(),
    ...f32x4.store(),
    ...advance(target, int(16)),
    ...advance(source, get(P.aColumn)),
  ]);
}

function packAByRows(r: Registers): number[] {
  const { k, source, target, depth, at } = r.i;
  return [
    ...get(depth),
    ...int(-4),
    i32.and,
    ...set(at),
    ...count(k, get(at), 4, [
      ...r.loadFour(P.aRow),
      ...r.transpose(),
      ...[0, 1, 2, 3].flatMap((x) => [...get(target), ...get(r.tile[x]!), ...f32x4.store(16 * x)]),
      ...advance(source, int(16)),
      ...advance(target, int(64)),
    ]),
    ...get(depth),
    ...get(at),
    i32.subtract,
    ...set(at),
    ...count(k, get(at), 1, [
      ...panelColumn(r),
      ...advance(source, get(P.aColumn)),
      ...advance(target, int(16)),
    ]),
  ];
}

function packASlowly(r: Registers): number[] {
  const { k, source, target, depth } = r.i;
  return count(k, get(depth), 1, [
    ...panelColumn(r),
    ...advance(source, get(P.aColumn)),
    ...advance(target, int(16)),
  ]);
}

/** One column of the panel of A; missing rows are zero. */
function panelColumn(r: Registers): number[] {
  const { source, target, row, rows, a } = r.i;
  return [
    ...get(source),
    ...set(a),
    ...count(row, int(ROWS), 1, [
      ...get(target),
      ...get(row),
      ...int(2),
      i32.shiftLeft,
      i32.add,
      ...choose(F32, [...get(row), ...get(rows), i32.less], [...get(a), ...f32.load()], f32.zero),
      ...f32.store(),
      ...advance(a, get(P.aRow)),
    ]),
  ];
}
