/**
 * The matrix product as a generated SIMD kernel: C (+)= A B, of any strides, so that a transposed
 * operand costs nothing. Blocks of B and panels of A are packed, and a tile of 4 x 8 results stays
 * in registers: the scheme of K. Goto and R. van de Geijn, "Anatomy of high-performance matrix
 * multiplication" (2008), with the tile that measured fastest in V8.
 */

import {
  advance,
  type Code,
  choose,
  count,
  encodeModule,
  F32,
  f32,
  f32x4,
  get,
  I32,
  i32,
  int,
  Locals,
  minimum,
  set,
  shuffle,
  tee,
  V128,
  when,
} from './encoder.ts';

/** Rows and columns of a tile of results, and the depth of a block. */
const ROWS = 4;
const COLUMNS = 8;
const DEPTH = 256;

/** Bytes that the kernel needs to pack a panel of A, and to spill a tile at an edge. */
export const PANEL_BYTES = ROWS * 4 * DEPTH + ROWS * COLUMNS * 4;
/** Bytes that the kernel needs to pack a block of B with `columns` columns. */
export const blockBytes = (columns: number): number =>
  Math.ceil(columns / COLUMNS) * COLUMNS * 4 * DEPTH;

/** The parameters in order. Strides (from row to row, from column to column) and `ldc` are in bytes. */
const P = {
  M: 0,
  N: 1,
  K: 2,
  A: 3,
  aRow: 4,
  aColumn: 5,
  B: 6,
  bRow: 7,
  bColumn: 8,
  C: 9,
  ldc: 10,
  panel: 11,
  block: 12,
  accumulate: 13,
} as const;
const PARAMETERS = 14;

/** Which locals the generated function uses, and code that several parts share. */
class Registers {
  readonly locals = new Locals(PARAMETERS);
  readonly i = this.locals.integers(
    'kBlock',
    'depth',
    'fresh',
    'm',
    'n',
    'k',
    'source',
    'target',
    'row',
    'column',
    'rows',
    'columns',
    'a',
    'b',
    'c',
    'at',
    'next',
    'after',
    'last',
  );
  readonly tile = this.locals.take(ROWS * 2, V128);
  readonly v = this.locals.take(4, V128);

  /** Loads four vectors, `stride` bytes apart, from `source`; the last address stays in `last`. */
  loadFour(stride: number): number[] {
    const { source, next, after, last } = this.i;
    const [v0, v1, v2, v3] = this.v as [number, number, number, number];
    const step = (from: number, to: number) => [...get(from), ...get(stride), i32.add, ...tee(to)];
    return [
      ...get(source),
      ...f32x4.load(),
      ...set(v0),
      ...step(source, next),
      ...f32x4.load(),
      ...set(v1),
      ...step(next, after),
      ...f32x4.load(),
      ...set(v2),
      ...step(after, last),
      ...f32x4.load(),
      ...set(v3),
    ];
  }

  /** Transposes the four vectors into the first four of the tile. */
  transpose(): number[] {
    const [v0, v1, v2, v3] = this.v as [number, number, number, number];
    const [t0, t1, t2, t3, t4, t5, t6, t7] = this.tile as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const merge = (x: number, y: number, lanes: [number, number, number, number], to: number) => [
      ...get(x),
      ...get(y),
      ...shuffle(...lanes),
      ...set(to),
    ];
    return [
      ...merge(v0, v1, [0, 4, 1, 5], t4),
      ...merge(v2, v3, [0, 4, 1, 5], t5),
      ...merge(v0, v1, [2, 6, 3, 7], t6),
      ...merge(v2, v3, [2, 6, 3, 7], t7),
      ...merge(t4, t5, [0, 1, 4, 5], t0),
      ...merge(t4, t5, [2, 3, 6, 7], t1),
      ...merge(t6, t7, [0, 1, 4, 5], t2),
      ...merge(t6, t7, [2, 3, 6, 7], t3),
    ];
  }
}

/** The bytes of a module that exports `gemm`. */
export function gemmModule(): Uint8Array {
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
      ...multiply(r),
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
    ...packB(r),
    ...products,
  ]);
  return encodeModule([
    { name: 'gemm', params: new Array(PARAMETERS).fill(I32), locals: r.locals.runs, body },
  ]);
}

/** Packs the rows of B of this block into strips of eight columns. */
function packB(r: Registers): number[] {
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
function packA(r: Registers): number[] {
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

/** The tile's products over the depth of this block. */
function multiply(r: Registers): number[] {
  const { k, a, b, depth } = r.i;
  const [v0, v1, scalar] = r.v as [number, number, number, number];
  const row = (x: number): number[] => [
    ...get(a),
    ...f32x4.loadSplat(4 * x),
    ...set(scalar),
    ...[v0, v1].flatMap((v, half) => [
      ...get(scalar),
      ...get(v),
      ...f32x4.multiply,
      ...get(r.tile[2 * x + half]!),
      ...f32x4.add,
      ...set(r.tile[2 * x + half]!),
    ]),
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
  const { c, fresh } = r.i;
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
    ...rowsOf((row) =>
      halves(row).flatMap(([t, offset]) => [...get(c), ...get(t), ...f32x4.store(offset)]),
    ),
  ];
}

/** At an edge the tile is spilled behind the panel of A, and its part inside C copied one by one. */
function storeEdge(r: Registers): number[] {
  const { a, c, at, row, column, rows, columns, fresh } = r.i;
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
        ...tee(at),
        ...get(a),
        ...offset,
        ...f32.load(),
        ...choose(F32, get(fresh), f32.zero, [...get(at), ...f32.load()]),
        f32.add,
        ...f32.store(),
      ]),
      ...advance(c, get(P.ldc)),
      ...advance(a, int(COLUMNS * 4)),
    ]),
  ];
}
