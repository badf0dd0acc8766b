/**
 * Which part of a tensor a slice is: for each axis all of it, or a start and a length. How slices
 * are written in a Saver's specifications (`'4 3 0,2:-'`), and as the keys of tables.
 */

import { InvalidArgumentError } from '../../core/errors.ts';
import { joinBytes } from './bytes.ts';

/** The part of an axis; `null` is all of it. */
export type Extent = { readonly start: number; readonly length: number } | null;
/** One extent per axis. */
export type TensorSlice = readonly Extent[];

/** A slice, the shape of the whole, and its own. */
export interface ShapeAndSlice {
  readonly shape: readonly number[];
  readonly slice: TensorSlice;
  readonly sliceShape: readonly number[];
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function invalid(message: string): InvalidArgumentError {
  return new InvalidArgumentError(null, null, message);
}

/** The slice that is all of a tensor of this rank. */
export function fullSlice(rank: number): TensorSlice {
  return new Array<Extent>(rank).fill(null);
}

/** `-` for all of an axis, `start,length` for a part, axes between colons. */
export function sliceText(slice: TensorSlice): string {
  return slice.map((part) => (part ? `${part.start},${part.length}` : '-')).join(':');
}

/** `[4,3]`, as kernels print shapes. */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(',')}]`;
}

/** The shape of `slice` of a tensor of `shape`. InvalidArgumentError where it does not fit. */
export function shapeOfSlice(slice: TensorSlice, shape: readonly number[]): number[] {
  if (slice.length !== shape.length) {
    throw invalid(`Mismatching ranks: shape = ${shapeText(shape)}, slice = ${sliceText(slice)}`);
  }
  return slice.map((part, axis) => {
    if (part === null) return shape[axis]!;
    if (part.start + part.length > shape[axis]!) {
      throw invalid(
        `Extent in dimension ${axis} out of bounds: shape = ${shapeText(shape)}, slice = ${sliceText(slice)}`,
      );
    }
    return part.length;
  });
}

/** Whether `slice` is all of a tensor of `shape`. */
export function isFullSlice(slice: TensorSlice, shape: readonly number[]): boolean {
  return slice.every((part, axis) => part === null || part.length === shape[axis]);
}

/** Reads `'4 3 0,2:-'`: the whole shape, then the slice. InvalidArgumentError for anything else. */
export function parseShapeAndSlice(text: string): ShapeAndSlice {
  const words = text.split(' ');
  if (words.length < 2 && !/^\S/.test(text)) {
    throw invalid(`Need least two elements in shape_and_slice specification: ${text}`);
  }
  const shape = words.slice(0, -1).map((word) => {
    if (!/^\d{1,15}$/.test(word)) {
      throw invalid(`Non numerical dimension in shape_and_slice: ${text}`);
    }
    return Number(word);
  });
  const slice = parseSlice(words.at(-1)!);
  return { shape, slice, sliceShape: shapeOfSlice(slice, shape) };
}

function parseSlice(text: string): TensorSlice {
  if (text === '') return [];
  return text.split(':').map((part) => {
    if (part === '-') return null;
    const pair = /^(-?\d{1,15}),(-?\d{1,15})$/.exec(part);
    if (!pair) {
      throw invalid(`Expected a pair of numbers or '-' but got '${part}': string = ${text}`);
    }
    const [start, length] = [Number(pair[1]), Number(pair[2])];
    if (start < 0 || length <= 0) {
      throw invalid(
        `Expected non-negative start and positive length but got start = ${start}, length = ${length}: string = ${text}`,
      );
    }
    return { start, length };
  });
}

/** Where two slices of one tensor overlap; `null` where they do not. */
export function intersection(a: TensorSlice, b: TensorSlice): TensorSlice | null {
  const common: Extent[] = [];
  for (const [axis, one] of a.entries()) {
    const other = b[axis] ?? null;
    if (one === null || other === null) {
      common.push(one ?? other);
      continue;
    }
    const start = Math.max(one.start, other.start);
    const length = Math.min(one.start + one.length, other.start + other.length) - start;
    if (length <= 0) return null;
    common.push({ start, length });
  }
  return common;
}

// ---- keys --------------------------------------------------------------------------------------

/** The key of a slice of the tensor `name`: bytes that sort as name, then starts and lengths. */
export function sliceKey(name: string, slice: TensorSlice): Uint8Array {
  const parts = [Uint8Array.of(0), orderedText(name), orderedNumber(slice.length)];
  for (const part of slice) {
    parts.push(orderedSigned(part?.start ?? 0), orderedSigned(part?.length ?? -1));
  }
  return joinBytes(parts);
}

/** Zeros and 255s are escaped, so that the end mark sorts first. */
function orderedText(name: string): Uint8Array {
  const out: number[] = [];
  for (const byte of encoder.encode(name)) {
    out.push(byte);
    if (byte === 0) out.push(255);
    else if (byte === 255) out.push(0);
  }
  out.push(0, 1);
  return Uint8Array.from(out);
}

/** How many bytes follow, then those, most significant first. */
function orderedNumber(value: number): Uint8Array {
  const out: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) out.unshift(rest % 256);
  return Uint8Array.from([out.length, ...out]);
}

/** Leading one bits say how many bytes there are; a negative number has all bits the other way. */
function orderedSigned(value: number): Uint8Array {
  const size = value < 0 ? -1 - value : value;
  const bits = size === 0 ? 0 : Math.floor(Math.log2(size)) + 1;
  const length = Math.floor(bits / 7) + 1;
  const out = new Uint8Array(length);
  let rest = BigInt(value);
  for (let i = length - 1; i >= 0; i--, rest >>= 8n) out[i] = Number(rest & 255n);
  out[0]! ^= (0xff00 >> Math.min(length, 8)) & 255;
  if (length > 8) out[1]! ^= (0xff00 >> (length - 8)) & 255;
  return out;
}

/** A tensor's name as the bytes of a key. */
export function nameKey(name: string): Uint8Array {
  return encoder.encode(name);
}

/** A tensor's name from a key; `null` for the key of a slice, and for bytes that are no text. */
export function nameOfKey(key: Uint8Array): string | null {
  if (key[0] === 0) return null;
  try {
    return decoder.decode(key);
  } catch {
    return null;
  }
}
