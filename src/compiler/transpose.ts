/** The transpose of matrices of 4-byte elements: blocks of 4 x 4 turn in registers, their edges element by element. */

import { loadWhole, storeWhole } from './access.ts';
import { advance, type Code, get, int, set, shuffle } from './encoder.ts';
import {
  assign,
  kernelFunction,
  kernelModule,
  type Named,
  plus,
  repeat,
} from './kernel_builder.ts';
import type { Scope } from './simd.ts';

const BLOCK = 4;
const FLOAT = 4;
const VECTOR = BLOCK * FLOAT;

type Lanes = Parameters<typeof shuffle>;
const picked = (x: Code, y: Code, ...lanes: Lanes): Code => [...x, ...y, ...shuffle(...lanes)];

type Walk = Named<'to' | 'from' | 'toStep' | 'fromStep' | 'a' | 'b' | 'a1' | 'b1' | 'i'>;

/** Turns the block at `b` into the one at `a`. */
function turn(s: Scope, l: Walk): void {
  const rows: Code[] = [];
  assign(s, l.b1, get(l.b));
  for (let row = 0; row < BLOCK; row++) {
    rows.push(s.name(loadWhole(get(l.b1), 'float32', 0)));
    s.push(advance(l.b1, get(l.fromStep)));
  }
  const [r0, r1, r2, r3] = rows as [Code, Code, Code, Code];
  const pairs = [
    [s.name(picked(r0, r1, 0, 4, 1, 5)), s.name(picked(r2, r3, 0, 4, 1, 5))],
    [s.name(picked(r0, r1, 2, 6, 3, 7)), s.name(picked(r2, r3, 2, 6, 3, 7))],
  ] as const;
  assign(s, l.a1, get(l.a));
  for (const [low, high] of pairs) {
    for (const column of [picked(low, high, 0, 1, 4, 5), picked(low, high, 2, 3, 6, 7)]) {
      s.push(storeWhole(get(l.a1), column, 'float32', 0));
      s.push(advance(l.a1, get(l.toStep)));
    }
  }
}

/** Copies `columns` elements of the row at `b` to the column at `a`. */
function edge(s: Scope, l: Walk, columns: Code): void {
  assign(s, l.a1, get(l.a));
  assign(s, l.b1, get(l.b));
  repeat(s, l.i, columns, () => {
    s.push([...get(l.a1), ...get(l.b1), 0x28, 2, 0, 0x36, 2, 0]);
    s.push(advance(l.a1, get(l.toStep)));
    s.push(advance(l.b1, int(FLOAT)));
  });
}

/**
 * `(to, from, n1, to1, from1, n2, to2, from2, rows, columns, toStep, fromStep)`: n1 times n2 matrices of
 * `rows` rows, `fromStep` bytes apart, which become columns of rows that are `toStep` bytes apart.
 */
const transpose = kernelFunction(
  'transpose',
  [
    ...['to', 'from', 'n1', 'to1', 'from1', 'n2', 'to2', 'from2'],
    ...['rows', 'columns', 'toStep', 'fromStep'],
  ] as const,
  ['c1', 'c2', 'to_2', 'from_2', 'to_3', 'from_3', 'width', 'height', 'a', 'b', 'a1', 'b1', 'i'],
  (s, l) => {
    const strip = (columns: number | null) => {
      assign(s, l.a, get(l.to_3));
      assign(s, l.b, get(l.from_3));
      assign(s, l.height, get(l.rows));
      const move = (rows: number) => {
        s.push(advance(l.a, int(FLOAT * rows)));
        for (let i = 0; i < rows; i++) s.push(advance(l.b, get(l.fromStep)));
        s.push(advance(l.height, int(-rows)));
      };
      if (columns !== null) {
        s.whileAtLeast(l.height, BLOCK, () => {
          turn(s, l);
          move(BLOCK);
        });
      }
      s.whileAtLeast(l.height, 1, () => {
        edge(s, l, columns === null ? get(l.width) : int(columns));
        move(1);
      });
    };
    repeat(s, l.c1, get(l.n1), () => {
      assign(s, l.to_2, get(l.to));
      assign(s, l.from_2, get(l.from));
      repeat(s, l.c2, get(l.n2), () => {
        assign(s, l.to_3, get(l.to_2));
        assign(s, l.from_3, get(l.from_2));
        assign(s, l.width, get(l.columns));
        s.whileAtLeast(l.width, BLOCK, () => {
          strip(BLOCK);
          for (let i = 0; i < BLOCK; i++) s.push(advance(l.to_3, get(l.toStep)));
          s.push(advance(l.from_3, int(VECTOR)));
          s.push(advance(l.width, int(-BLOCK)));
        });
        strip(null);
        s.push([...plus(l.to_2, l.to2), ...set(l.to_2)]);
        s.push([...plus(l.from_2, l.from2), ...set(l.from_2)]);
      });
      s.push([...plus(l.to, l.to1), ...set(l.to)]);
      s.push([...plus(l.from, l.from1), ...set(l.from)]);
    });
  },
);

/** The bytes of a module that exports `transpose`. */
export function transposeModule(): Uint8Array {
  return kernelModule([transpose]);
}
