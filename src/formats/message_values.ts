/** Single values of protocol messages: what may be assigned to a field, and its default. */

import { pythonType } from '../core/call.ts';
import { ValueError } from '../core/errors.ts';
import type { EnumSpec, ScalarType, ValueSpec } from './proto_schema.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const EMPTY = new Uint8Array(0);

/** The smallest and the largest value of each integer type. */
const RANGES: Readonly<Partial<Record<ScalarType, readonly [bigint, bigint]>>> = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  sint32: [-(2n ** 31n), 2n ** 31n - 1n],
  sfixed32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  fixed32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  sint64: [-(2n ** 63n), 2n ** 63n - 1n],
  sfixed64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
  fixed64: [0n, 2n ** 64n - 1n],
};

/** The value that a field of type `scalar` has before it is set. */
export function defaultOf(scalar: ScalarType): string | number | boolean | Uint8Array {
  if (scalar === 'string') return '';
  if (scalar === 'bytes') return EMPTY;
  return scalar === 'bool' ? false : 0;
}

/** Whether `value` is the default, which is not written. */
export function isDefault(value: unknown): boolean {
  if (value instanceof Uint8Array) return value.length === 0;
  return value === '' || value === false || Object.is(value, 0) || value === 0n;
}

/**
 * `value` as a field of this type holds it: float32 rounded, integers as numbers where they are safe
 * and BigInt beyond, labels of enums as numbers, text as bytes where the field has bytes. Python's
 * TypeError for another type and ValueError for an integer that does not fit.
 */
export function fieldValue(spec: ValueSpec, value: unknown): unknown {
  switch (spec.scalar) {
    case 'string':
      return textValue(value);
    case 'bytes':
      return bytesValue(value);
    case 'float':
      return Math.fround(realValue(value));
    case 'double':
      return realValue(value);
    case 'bool':
      if (typeof value === 'boolean') return value;
      return integerValue('int64', value) !== 0;
    default:
      if (spec.enum && typeof value === 'string') return labelValue(spec.enum, value);
      return integerValue(spec.scalar, value);
  }
}

/** An integer as a number where that is exact, and as a BigInt otherwise. */
export function safeInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Bytes as plain ones: no Buffer, which prints and cuts in its own way. */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  if (bytes.constructor === Uint8Array) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function textValue(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return decoder.decode(value);
  throw new TypeError('bad argument type for built-in operation');
}

function bytesValue(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return plainBytes(value);
  if (typeof value === 'string') return encoder.encode(value);
  throw new TypeError(`expected bytes, ${pythonType(value)} found`);
}

function realValue(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean' || typeof value === 'bigint') return Number(value);
  throw new TypeError(`must be real number, not ${pythonType(value)}`);
}

function integerValue(scalar: ScalarType, value: unknown): number | bigint {
  if (typeof value === 'boolean') return Number(value);
  const integer = typeof value === 'bigint' || Number.isInteger(value);
  if (!integer) {
    const type = typeof value === 'number' ? 'float' : pythonType(value);
    throw new TypeError(`'${type}' object cannot be interpreted as an integer`);
  }
  if (typeof value === 'number' && value >= 0 && value < 2 ** 31) return value;
  const big = BigInt(value as number | bigint);
  const [low, high] = RANGES[scalar]!;
  if (big < low || big > high) throw new ValueError(`Value out of range: ${big}`);
  return safeInteger(big);
}

function labelValue(type: EnumSpec, label: string): number {
  const number = type.numbers.get(label);
  if (number === undefined) throw new ValueError(`unknown enum label "${label}"`);
  return number;
}
