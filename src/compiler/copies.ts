/** Copies of boxes of 4-byte elements between any strides, and of rows that indices name. */

import { loadWhole, splatLoad, storeWhole } from './access.ts';
import { advance, type Code, F32, get, int, i32 as integer, tee } from './encoder.ts';
import {
  assign,
  kernelFunction,
  kernelModule,
  type Named,
  repeat,
  times,
} from './kernel_builder.ts';
import { f32, type Scope } from './simd.ts';

/** One element between integer addresses. */
const copyElement = (to: number, from: number): Code => [
  ...get(to),
  ...get(from),
  ...[0x28, 2, 0],
  ...[0x36, 2, 0],
];
const UNROLLING = 4;
const VECTOR = 16;
const FLOAT = 4;

type Run = Named<'a' | 'b' | 'left'>;

/** Writes `left` bytes at `a`: `vector` number n of a turn, then `one` element each. Moves the addresses. */
function run(s: Scope, l: Run, vector: (n: number) => Code, one: Code): void {
  const move = (bytes: number) => {
    for (const local of [l.a, l.b]) s.push(advance(local, int(bytes)));
    s.push(advance(l.left, int(-bytes)));
  };
  for (const vectors of [UNROLLING, 1]) {
    s.whileAtLeast(l.left, vectors * VECTOR, () => {
      for (let n = 0; n < vectors; n++) s.push(storeWhole(get(l.a), vector(n), 'float32', n));
      move(vectors * VECTOR);
    });
  }
  s.whileAtLeast(l.left, FLOAT, () => {
    s.push(one);
    move(FLOAT);
  });
}

const copyRun = (s: Scope, l: Run): void =>
  run(s, l, (n) => loadWhole(get(l.b), 'float32', n), copyElement(l.a, l.b));

const LEVELS = [1, 2, 3, 4] as const;
const PARAMETERS = LEVELS.flatMap((n) => [`n${n}`, `to${n}`, `from${n}`] as const);

/** `(to, from, n1, to1, from1, ... n4, to4, from4)`: four dimensions, their sizes and both sides' steps in bytes. */
const box = kernelFunction(
  'box',
  ['to', 'from', ...PARAMETERS],
  ['c1', 'c2', 'c3', 'c4', 'to_2', 'from_2', 'to_3', 'from_3', 'a', 'b', 'left'],
  (s, l) => {
    const strided = () =>
      repeat(s, l.c4, get(l.n4), () => {
        s.push(copyElement(l.a, l.b));
        s.push(advance(l.a, get(l.to4)));
        s.push(advance(l.b, get(l.from4)));
      });
    const line = () => {
      assign(s, l.left, times(l.n4, l.to4));
      s.push([...get(l.to4), ...int(FLOAT), integer.equal, 0x04, 0x40]);
      s.push([...get(l.from4), ...int(FLOAT), integer.equal, 0x04, 0x40]);
      copyRun(s, l);
      s.push([0x05, ...get(l.from4), integer.eqz, 0x04, 0x40]);
      const vector = s.name(splatLoad(get(l.b), 'float32'));
      // The address of the number moves along, which does no harm: it is read only once.
      run(s, l, () => vector, [...get(l.a), ...vector, ...[0xfd, 0x1f, 0], ...[0x38, 2, 0]]);
      s.push([0x05]);
      strided();
      s.push([0x0b, 0x0b, 0x05]);
      strided();
      s.push([0x0b]);
    };
    repeat(s, l.c1, get(l.n1), () => {
      assign(s, l.to_2, get(l.to));
      assign(s, l.from_2, get(l.from));
      repeat(s, l.c2, get(l.n2), () => {
        assign(s, l.to_3, get(l.to_2));
        assign(s, l.from_3, get(l.from_2));
        repeat(s, l.c3, get(l.n3), () => {
          assign(s, l.a, get(l.to_3));
          assign(s, l.b, get(l.from_3));
          line();
          s.push(advance(l.to_3, get(l.to3)));
          s.push(advance(l.from_3, get(l.from3)));
        });
        s.push(advance(l.to_2, get(l.to2)));
        s.push(advance(l.from_2, get(l.from2)));
      });
      s.push(advance(l.to, get(l.to1)));
      s.push(advance(l.from, get(l.from1)));
    });
  },
);

/** The address of row `index` of rows of `bytes` bytes. */
const rowAt = (base: number, index: Code, bytes: number): Code => [
  ...get(base),
  ...index,
  ...get(bytes),
  integer.multiply,
  integer.add,
];
const loadIndex = (address: number): Code => [...get(address), 0x28, 2, 0];

/** `(to, from, indices, n, bytes)`: row i of `to` is the row of `from` that index i names. */
const gather = kernelFunction(
  'gather',
  ['to', 'from', 'indices', 'n', 'bytes'],
  ['row', 'a', 'b', 'left'],
  (s, l) => {
    assign(s, l.a, get(l.to));
    repeat(s, l.row, get(l.n), () => {
      assign(s, l.b, rowAt(l.from, loadIndex(l.indices), l.bytes));
      assign(s, l.left, get(l.bytes));
      copyRun(s, l);
      s.push(advance(l.indices, int(FLOAT)));
    });
  },
);

/** `(to, from, indices, n, bytes, scale)`: adds row i of `from`, scaled, to the row of `to` that index i names; negative ones are left out. */
const addRows = kernelFunction(
  'addRows',
  ['to', 'from', 'indices', 'n', 'bytes', 'scale'],
  ['row', 'index', 'a', 'b', 'left'],
  (s, l) => {
    const scale = s.name(f32.splat(get(l.scale)));
    const add = (n: number) =>
      f32.add(
        loadWhole(get(l.a), 'float32', n),
        f32.multiply(loadWhole(get(l.b), 'float32', n), scale),
      );
    const number = (at: number): Code => [...get(at), 0x2a, 2, 0];
    const one = [
      ...get(l.a),
      ...number(l.a),
      ...number(l.b),
      ...get(l.scale),
      0x94,
      0x92,
      ...[0x38, 2, 0],
    ];
    repeat(s, l.row, get(l.n), () => {
      s.when([...loadIndex(l.indices), ...tee(l.index), ...int(0), integer.greaterEqual], () => {
        assign(s, l.a, rowAt(l.to, get(l.index), l.bytes));
        assign(s, l.b, get(l.from));
        assign(s, l.left, get(l.bytes));
        run(s, l, add, one);
      });
      s.push(advance(l.from, get(l.bytes)));
      s.push(advance(l.indices, int(FLOAT)));
    });
  },
  { scale: F32 },
);

/** The bytes of a module that exports `box`, `gather` and `addRows`. */
export function copiesModule(): Uint8Array {
  return kernelModule([box, gather, addRows]);
}
