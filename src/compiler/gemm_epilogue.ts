/**
 * What happens to a finished tile of the matrix product while it is in registers: a row is added, and
 * an activation applied. They give what the element-wise ops of these names give, for NaN and -0 too.
 */

import { type Code, f32, f32x4, get, i32, int, SELECT, set, splat, tee, when } from './encoder.ts';
import { DEPTH, P, type Registers } from './gemm_layout.ts';

/** What may be applied to each number of a product. */
export type Activation = 'none' | 'relu' | 'relu6';
const NUMBERS = { none: 0, relu: 1, relu6: 2 } as const;

/** The value of the parameter `activation`. */
export const activationNumber = (activation: Activation): number => NUMBERS[activation];

/** Sets `finish`: whether this block is the last one, and there is something to do at the end. */
export function isLastBlock({ i: { kBlock, finish } }: Registers): number[] {
  return [
    ...get(kBlock),
    ...int(DEPTH),
    i32.add,
    ...get(P.K),
    i32.greaterEqual,
    ...get(P.bias),
    ...get(P.activation),
    i32.or,
    ...int(0),
    i32.notEqual,
    i32.and,
    ...set(finish),
  ];
}

const is = (activation: Activation): number[] => [
  ...get(P.activation),
  ...int(NUMBERS[activation]),
  i32.equal,
];

/** The bytes from the first column of C to column `n`. */
const bytesTo = (n: number): number[] => [...get(n), ...int(2), i32.shiftLeft];

/** Finishes a whole tile. */
export function finishTile(r: Registers): number[] {
  const { n, at } = r.i;
  const [left, right] = r.v as [number, number, number, number];
  const each = (code: (t: number, half: number) => Code): number[] =>
    r.tile.flatMap((t, x) => [...code(t, x % 2), ...set(t)]);
  const addRow = [
    ...get(P.bias),
    ...bytesTo(n),
    i32.add,
    ...tee(at),
    ...f32x4.load(0),
    ...set(left),
    ...get(at),
    ...f32x4.load(16),
    ...set(right),
    ...each((t, half) => [...get(t), ...get(half === 0 ? left : right), ...f32x4.add]),
  ];
  const relu = each((t) => [
    ...get(t),
    ...f32x4.zero,
    ...f32x4.greater,
    ...f32x4.zero,
    ...f32x4.add,
  ]);
  const relu6 = [
    ...splat(6),
    ...set(left),
    ...each((t) => [...get(t), ...f32x4.zero, ...f32x4.greater, ...get(left), ...f32x4.lesser]),
  ];
  return [...when(get(P.bias), addRow), ...when(is('relu'), relu, when(is('relu6'), relu6))];
}

/** The number 6. */
const SIX = [0x43, 0, 0, 0xc0, 0x40];

/** Finishes the one number `x`, which stands in column `column` of the tile. */
export function finishNumber(r: Registers): number[] {
  const { n, column } = r.i;
  const { x } = r;
  const addRow = [
    ...get(x),
    ...get(P.bias),
    ...bytesTo(n),
    i32.add,
    ...bytesTo(column),
    i32.add,
    ...f32.load(),
    f32.add,
    ...set(x),
  ];
  const positive = [...f32.zero, ...get(x), ...get(x), ...f32.zero, f32.less, SELECT];
  const relu = [...positive, ...f32.zero, f32.add, ...set(x)];
  const relu6 = [
    ...positive,
    ...set(x),
    ...[...SIX, ...get(x), ...SIX, ...get(x), f32.less, SELECT],
    ...set(x),
  ];
  return [...when(get(P.bias), addRow), ...when(is('relu'), relu, when(is('relu6'), relu6))];
}
