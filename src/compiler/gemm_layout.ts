/** What the parts of the matrix product share: its parameters, its registers, the sizes of its tiles. */

import { F32, f32x4, get, i32, Locals, set, shuffle, tee, V128 } from './encoder.ts';

/** Rows of a tile of results. */
export const ROWS = 4;
/** Columns of a tile of results. */
export const COLUMNS = 8;
/** The depth of a block. */
export const DEPTH = 256;

/** Bytes that the kernel needs to pack a panel of A, and to spill a tile at an edge. */
export const PANEL_BYTES = ROWS * 4 * DEPTH + ROWS * COLUMNS * 4;
/** Bytes that the kernel needs to pack a block of B with `columns` columns. */
export const blockBytes = (columns: number): number =>
  Math.ceil(columns / COLUMNS) * COLUMNS * 4 * DEPTH;

/** The parameters in order. Strides (from row to row, from column to column) and `ldc` are in bytes. */
export const P = {
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
  /** The address of a row that is added to every row of C at the end; 0 for none. */
  bias: 14,
  /** What is applied at the end: `activationNumber` says how it is numbered. */
  activation: 15,
} as const;
/** How many parameters there are. */
export const PARAMETERS = 16;

/** Which locals the generated function uses, and code that several parts share. */
export class Registers {
  readonly locals = new Locals(PARAMETERS);
  readonly i = this.locals.integers(
    'kBlock',
    'depth',
    'fresh',
    'finish',
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
  readonly x = this.locals.take(1, F32)[0]!;

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
