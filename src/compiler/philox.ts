/**
 * Philox-4x32-10 in WebAssembly SIMD: four blocks at once, one in each lane. The module exports
 * `fill(address, bytes, stride, c0, c1, c2, c3, k0, k1)`.
 */

import {
  type Code,
  count,
  encodeModule,
  get,
  I32,
  i32,
  int,
  Locals,
  set,
  shuffle,
  unsigned,
  V128,
} from './encoder.ts';

const MULTIPLIERS = [0xd2511f53, 0xcd9e8d57] as const;
const KEY_STEPS = [0x9e3779b9, 0xbb67ae85] as const;
const ROUNDS = 10;
/** Bytes of four blocks. */
const STEP = 64;

const simd = (opcode: number): number[] => [0xfd, ...unsigned(opcode)];
const SPLAT = simd(0x11);
const ADD = simd(0xae);
const MULTIPLY = simd(0xb5);
const XOR = simd(0x51);
const PRODUCTS_LOW = simd(0xde);
const PRODUCTS_HIGH = simd(0xdf);
const store = (offset: number): number[] => [...simd(0x0b), 2, offset];

/** Four lanes that are known. */
const lanes = (...values: readonly number[]): number[] => [
  ...simd(0x0c),
  ...new Uint8Array(Int32Array.from(values).buffer),
];
const splat = (value: number): number[] => [...int(value), ...SPLAT];

const PARAMETERS = ['address', 'bytes', 'stride', 'c0', 'c1', 'c2', 'c3', 'k0', 'k1'] as const;
type Parameter = (typeof PARAMETERS)[number];
const parameter = (name: Parameter): number[] => get(PARAMETERS.indexOf(name));

/** The bytes of the module. */
export function philoxModule(): Uint8Array {
  const locals = new Locals(PARAMETERS.length);
  const { at } = locals.integers('at');
  const [counter, ...rest] = locals.take(7, V128) as [number, ...number[]];
  const words = rest.slice(0, 4);
  const products = rest.slice(4);
  const first = [
    ...parameter('stride'),
    ...SPLAT,
    ...lanes(0, 1, 2, 3),
    ...MULTIPLY,
    ...parameter('c0'),
    ...SPLAT,
    ...ADD,
    ...set(counter),
  ];
  const next = [
    ...get(counter),
    ...parameter('stride'),
    ...int(2),
    i32.shiftLeft,
    ...SPLAT,
    ...ADD,
    ...set(counter),
  ];
  const body = [
    ...start(counter, words),
    ...Array.from({ length: ROUNDS }, (_, n) => round(n, words, products)).flat(),
    ...stored(at, words),
    ...next,
  ];
  return encodeModule([
    {
      name: 'fill',
      params: PARAMETERS.map(() => I32),
      locals: locals.runs,
      body: [...first, ...count(at, parameter('bytes'), STEP, body)],
    },
  ]);
}

function start(counter: number, words: readonly number[]): number[] {
  const others = (['c1', 'c2', 'c3'] as const).flatMap((name, i) => [
    ...parameter(name),
    ...SPLAT,
    ...set(words[i + 1]!),
  ]);
  return [...get(counter), ...set(words[0]!), ...others];
}

/** One round: multiplies the even words, crosses the halves of the products with the odd words and the key. */
function round(n: number, words: readonly number[], products: readonly number[]): number[] {
  const [x0, x1, x2, x3] = words as [number, number, number, number];
  const [low, high] = products as [number, number];
  const key = (index: 0 | 1): number[] => [
    ...parameter(index === 0 ? 'k0' : 'k1'),
    ...int(Math.imul(n, KEY_STEPS[index])),
    i32.add,
    ...SPLAT,
  ];
  const multiply = (x: number, multiplier: number): Code => [
    ...get(x),
    ...splat(multiplier),
    ...PRODUCTS_LOW,
    ...set(low),
    ...get(x),
    ...splat(multiplier),
    ...PRODUCTS_HIGH,
    ...set(high),
  ];
  const upper = [...get(low), ...get(high), ...shuffle(1, 3, 5, 7)];
  const lower = [...get(low), ...get(high), ...shuffle(0, 2, 4, 6)];
  const crossed = (odd: number, index: 0 | 1): Code => [
    ...upper,
    ...get(odd),
    ...XOR,
    ...key(index),
    ...XOR,
  ];
  return [
    ...multiply(x0, MULTIPLIERS[0]),
    ...crossed(x3, 1),
    ...lower,
    ...set(x3),
    ...multiply(x2, MULTIPLIERS[1]),
    ...set(x2),
    ...crossed(x1, 0),
    ...set(x0),
    ...lower,
    ...set(x1),
  ];
}

/** Stores the blocks one after the other: the words, transposed. */
function stored(at: number, words: readonly number[]): number[] {
  const [x0, x1, x2, x3] = words as [number, number, number, number];
  const pair = (a: number, b: number, half: 0 | 1): Code => [
    ...get(a),
    ...get(b),
    ...(half === 0 ? shuffle(0, 4, 1, 5) : shuffle(2, 6, 3, 7)),
  ];
  const block = (index: number): Code => {
    const half = index < 2 ? 0 : 1;
    return [
      ...parameter('address'),
      ...get(at),
      i32.add,
      ...pair(x0, x1, half),
      ...pair(x2, x3, half),
      ...(index % 2 === 0 ? shuffle(0, 1, 4, 5) : shuffle(2, 3, 6, 7)),
      ...store(16 * index),
    ];
  };
  return [0, 1, 2, 3].flatMap(block);
}
