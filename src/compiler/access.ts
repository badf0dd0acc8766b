/** Elements in memory: whole vectors of them, and the few that are left at the end of a row. */

import type { ElementType } from './elementwise_ops.ts';
import { type Code, get, int, i32 as integer, set, unsigned, when } from './encoder.ts';
import { i32, known, type Scope, simd, v128 } from './simd.ts';

/** A vector of zeros. */
export const ZERO = known(new Uint8Array(16));
const ONES = known(Uint8Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0));
/** Load and store instructions with an alignment, an offset and maybe a lane. */
export const access = (
  opcode: number,
  alignment: number,
  offset = 0,
  ...lane: number[]
): number[] => [...simd(opcode), alignment, ...unsigned(offset), ...lane];
/** Bytes that are 0 or 1, in 32-bit lanes, as all zeros or all ones. */
const flags = (lanes: Code): Code => i32.notEqual(lanes, ZERO);

/** One element in all four lanes. */
export function splatLoad(address: Code, type: ElementType): Code {
  if (type !== 'bool') return [...address, ...access(0x09, 2)];
  return flags(i32.splat([...address, 0x2d, 0, 0]));
}

/** Four elements, `index` vectors behind an address. */
export function loadWhole(address: Code, type: ElementType, index: number): Code {
  if (type !== 'bool') return [...address, ...access(0x00, 2, 16 * index)];
  const bytes = [...address, ...access(0x5c, 0, 4 * index)];
  return flags([...bytes, ...simd(0x89), ...simd(0xa9)]);
}

/** Stores four elements, `index` vectors behind an address. */
export function storeWhole(address: Code, value: Code, type: ElementType, index: number): Code {
  if (type !== 'bool') return [...address, ...value, ...access(0x0b, 2, 16 * index)];
  const low = [0, 4, 8, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  const bytes = [...v128.and(value, ONES), ...ZERO, ...simd(0x0d), ...low];
  return [...address, ...bytes, ...access(0x5a, 0, 4 * index, 0)];
}

/** The lane instructions of a type: an element's bytes, and how many lanes of that size it has. */
const PART = {
  float32: { load: 0x56, store: 0x5a, alignment: 2, width: 4, lanes: 1 },
  int32: { load: 0x56, store: 0x5a, alignment: 2, width: 4, lanes: 1 },
  bool: { load: 0x54, store: 0x58, alignment: 0, width: 1, lanes: 4 },
} as const;

/** For the second and the third element: `code` where there are so many left. */
const others = (left: number, code: (n: number) => Code): number[] =>
  [1, 2].flatMap((n) => when([...get(left), ...int(n + 1), integer.greaterEqual], code(n)));

/** Loads the one, two or three elements that are left; the other lanes are those of `fill`. */
export function loadPart(
  s: Scope,
  address: Code,
  type: ElementType,
  left: number,
  fill: Code = ZERO,
): Code {
  const { load, alignment, width, lanes } = PART[type];
  const local = s.local();
  const lane = (n: number, vector: Code) => [
    ...address,
    ...vector,
    ...access(load, alignment, n * width, n * lanes),
    ...set(local),
  ];
  s.push(lane(0, fill));
  s.push(others(left, (n) => lane(n, get(local))));
  return type === 'bool' ? flags(get(local)) : get(local);
}

/** Stores the one, two or three elements that are left. */
export function storePart(
  s: Scope,
  address: Code,
  value: Code,
  type: ElementType,
  left: number,
): void {
  const { store, alignment, width, lanes } = PART[type];
  const vector = type === 'bool' ? s.name(v128.and(value, ONES)) : value;
  const lane = (n: number) => [
    ...address,
    ...vector,
    ...access(store, alignment, n * width, n * lanes),
  ];
  s.push(lane(0));
  s.push(others(left, lane));
}
