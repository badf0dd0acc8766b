/** The element type that values of several types share. */

import {
  bfloat16,
  bool,
  complex64,
  complex128,
  type DType,
  float16,
  float32,
  float64,
  int16,
  int32,
  int64,
  string,
} from '../core/dtype.ts';
import { Complex } from './complex.ts';

/** What a plain element of a nested list is. */
export type LeafKind = 'number' | 'boolean' | 'bigint' | 'text' | 'complex' | 'other';

const LEAF_TYPES: Readonly<Record<LeafKind, DType | null>> = {
  number: float32,
  boolean: bool,
  bigint: int64,
  text: string,
  complex: complex128,
  other: null,
};

/**
 * The common type of arrays and of plain elements beside them, or null if there is none. A plain
 * number takes the float or complex type of an array beside it, and is float32 otherwise.
 */
export function commonType(arrays: ReadonlySet<DType>, kinds: ReadonlySet<LeafKind>): DType | null {
  const types = [...arrays];
  const absorbing = types.some((type) => type.is_floating || type.is_complex);
  let common: DType | null = types.shift() ?? null;
  for (const type of types) common = common && promote(common, type);
  if (arrays.size > 0 && !common) return null;
  for (const kind of kinds) {
    if (kind === 'number' && absorbing) continue;
    const type = LEAF_TYPES[kind];
    common = type && common ? promote(common, type) : type;
    if (!common) return null;
  }
  return common;
}

/** Which kind of element a leaf is. */
export function kindOf(leaf: unknown): LeafKind {
  const type = typeof leaf;
  if (type === 'number' || type === 'boolean' || type === 'bigint') return type;
  if (type === 'string' || leaf instanceof Uint8Array) return 'text';
  return leaf instanceof Complex ? 'complex' : 'other';
}

/** The type that holds both; floats absorb integers. Null where there is none. */
export function promote(a: DType, b: DType): DType | null {
  if (a === b) return a;
  const [kindA, kindB] = [rankOf(a), rankOf(b)];
  if (kindA < 0 || kindB < 0) return null;
  if (kindA === kindB) return kindA === 1 ? widerInteger(a, b) : widerOf(a, b);
  const [low, high] = kindA < kindB ? [a, b] : [b, a];
  return high === complex64 && low === float64 ? complex128 : high;
}

function rankOf(type: DType): number {
  if (type === bool) return 0;
  if (type.is_integer) return 1;
  if (type.is_floating) return 2;
  return type.is_complex ? 3 : -1;
}

function widerOf(a: DType, b: DType): DType {
  const sixteen = (type: DType): boolean => type === float16 || type === bfloat16;
  if (sixteen(a) && sixteen(b)) return float32;
  return a.size > b.size ? a : b;
}

const SIGNED_BEYOND: Readonly<Record<number, DType>> = { 1: int16, 2: int32, 4: int64, 8: float64 };

function widerInteger(a: DType, b: DType): DType {
  if (a.is_unsigned === b.is_unsigned) return widerOf(a, b);
  const [signed, unsigned] = a.is_unsigned ? [b, a] : [a, b];
  return signed.size > unsigned.size ? signed : SIGNED_BEYOND[unsigned.size]!;
}
