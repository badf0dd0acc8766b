/** The keys of tables: names of tensors, and slices of them as bytes that sort as their starts do. */

import type { TensorSlice } from '../../core/tensor_slice.ts';
import { joinBytes } from './bytes.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

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
