/** Damage to files, from a seed: bits, lengths, cuts, copies and words that parsers may trip over. */

/** Numbers that only depend on the seed (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** At least 0, below `limit`, whole. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let x = this.#state;
    x = Math.imul(x ^ (x >>> 15), x | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return Math.floor((((x ^ (x >>> 14)) >>> 0) / 2 ** 32) * limit);
  }

  /** One of `items`. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }

  /** `length` bytes. */
  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }
}

type Mutation = (bytes: Uint8Array, random: Random, others: readonly Uint8Array[]) => Uint8Array;

const NOTABLE = [0, 1, 2, 7, 8, 10, 16, 32, 34, 46, 47, 58, 91, 93, 123, 125, 127, 128, 254, 255];
const LENGTHS = [0, 1, 0x7f, 0x80, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff, 1e6, 3e8];
/** Words that parsers may trip over. */
export const WORDS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  '../../../../tmp/outside',
  '/etc/passwd',
  '-1',
  '1e999',
  'NaN',
  '9223372036854775807',
  '18446744073709551616',
  '4294967295',
  'null',
  'true',
  '""',
  '{}',
  '[]',
  '{"a":',
  '\\u0000',
  '\u0000',
  '\ud83d\ude00',
  '{'.repeat(3000),
  '['.repeat(3000),
  'a { '.repeat(2000),
  'DT_STRING',
  'int64',
];
const encoder = new TextEncoder();

/** `bytes` with `removed` of them, from `at` on, replaced by `added`. */
export function spliced(
  bytes: Uint8Array,
  at: number,
  removed: number,
  added: Uint8Array,
): Uint8Array {
  const rest = bytes.subarray(Math.min(bytes.length, at + removed));
  const result = new Uint8Array(at + added.length + rest.length);
  result.set(bytes.subarray(0, at));
  result.set(added, at);
  result.set(rest, at + added.length);
  return result;
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Uint8Array.from([...bytes, rest]);
}

function word(random: Random): Uint8Array {
  const value = random.pick(LENGTHS);
  const bytes = new Uint8Array(random.pick([2, 4, 8]));
  const view = new DataView(bytes.buffer);
  const little = random.below(2) === 0;
  if (bytes.length === 2) view.setUint16(0, value, little);
  else view.setUint32(little ? 0 : bytes.length - 4, value, little);
  return bytes;
}

const MUTATIONS: readonly Mutation[] = [
  (bytes, random) => {
    const result = bytes.slice();
    for (let i = random.below(4); i >= 0; i--)
      result[random.below(bytes.length)]! ^= 1 << random.below(8);
    return result;
  },
  (bytes, random) => {
    const result = bytes.slice();
    for (let i = random.below(6); i >= 0; i--)
      result[random.below(bytes.length)] = random.pick(NOTABLE);
    return result;
  },
  (bytes, random) => {
    const result = bytes.slice();
    for (let i = random.below(3); i >= 0; i--)
      result[random.below(bytes.length)] = random.below(256);
    return result;
  },
  (bytes, random) => bytes.slice(0, random.below(bytes.length)),
  (bytes, random) => {
    const added = word(random);
    return spliced(bytes, random.below(bytes.length), added.length, added);
  },
  (bytes, random) => spliced(bytes, random.below(bytes.length), 1, varint(random.pick(LENGTHS))),
  (bytes, random) =>
    spliced(bytes, random.below(bytes.length), random.below(40), new Uint8Array(0)),
  (bytes, random) =>
    spliced(bytes, random.below(bytes.length), 0, random.bytes(1 + random.below(16))),
  (bytes, random) => {
    const from = random.below(bytes.length);
    const part = bytes.slice(from, from + 1 + random.below(200));
    return spliced(bytes, random.below(bytes.length), random.below(2) * part.length, part);
  },
  (bytes, random, others) => {
    const other = random.pick(others);
    const from = random.below(other.length);
    const part = other.slice(from, from + random.below(300));
    return spliced(bytes, random.below(bytes.length), random.below(300), part);
  },
  (bytes, random) => {
    const added = encoder.encode(random.pick(WORDS));
    const at = random.below(bytes.length);
    return spliced(bytes, at, random.below(2) * added.length, added);
  },
];

/** A token of a text: a name, a number, a string or a mark. */
const TOKEN = /[A-Za-z_]\w*|-?\d[\d.eE+-]*|"(?:[^"\\]|\\.)*"|[^\s\w]/g;

/** A text in which one word or number is another one. */
function otherToken(bytes: Uint8Array, random: Random): Uint8Array {
  const text = new TextDecoder().decode(bytes);
  const tokens = [...text.matchAll(TOKEN)];
  if (tokens.length === 0) return bytes;
  const chosen = random.pick(tokens);
  const added = random.below(2) === 0 ? random.pick(WORDS) : random.pick(tokens)[0];
  const { index } = chosen;
  return encoder.encode(text.slice(0, index) + added + text.slice(index + chosen[0].length));
}

/** Damage that knows the form of what it damages. */
export type Change = (bytes: Uint8Array, random: Random) => Uint8Array;

/**
 * One of `seeds` with one to three kinds of damage, two thirds of it by the `changes` that are given;
 * now and then nothing but random bytes.
 */
export function mutated(
  seeds: readonly Uint8Array[],
  random: Random,
  isText = false,
  changes: readonly Change[] = [],
): Uint8Array {
  if (random.below(50) === 0) return random.bytes(random.below(200));
  const isGentle = changes.length > 0 && random.below(3) > 0;
  let bytes = random.pick(seeds);
  for (let i = [0, 0, 0, 1, 2][random.below(5)]!; i >= 0; i--) {
    if (bytes.length === 0) return bytes;
    if (isGentle) bytes = random.pick(changes)(bytes, random);
    else if (isText && random.below(2) === 0) bytes = otherToken(bytes, random);
    else bytes = random.pick(MUTATIONS)(bytes, random, seeds);
  }
  return bytes;
}
