/**
 * Snappy's block format, for reading: literals, and copies of what came before. Tables of older
 * programs have blocks in it.
 */

import { damaged } from './bytes.ts';
import { WireReader } from './wire.ts';

const TEXT = 'corrupted compressed block contents';
/** Copies of 64 bytes in three: no block expands by more. */
const MOST_EXPANSION = 22;

/** The bytes that a block of snappy's holds. DataLossError where it is damaged. */
export function snappyUncompress(block: Uint8Array): Uint8Array {
  const reader = new WireReader(block);
  const length = reader.varint();
  if (length > MOST_EXPANSION * block.length) throw damaged(TEXT);
  const output = new Uint8Array(length);
  let written = 0;
  let at = reader.at;
  while (at < block.length) {
    const tag = block[at++]!;
    const kind = tag & 3;
    if (kind === 0) {
      const extra = Math.max(0, (tag >>> 2) - 59);
      const count = (extra > 0 ? littleEndian(block, at, extra) : tag >>> 2) + 1;
      at += extra;
      if (count > block.length - at || count > length - written) throw damaged(TEXT);
      output.set(block.subarray(at, at + count), written);
      at += count;
      written += count;
    } else {
      const extra = kind === 3 ? 4 : kind;
      const low = littleEndian(block, at, extra);
      at += extra;
      const offset = kind === 1 ? ((tag >>> 5) << 8) | low : low;
      const count = kind === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
      if (offset === 0 || offset > written || count > length - written) throw damaged(TEXT);
      // Byte by byte, for a copy may overlap what it writes.
      for (let i = 0; i < count; i++, written++) output[written] = output[written - offset]!;
    }
  }
  if (written !== length) throw damaged(TEXT);
  return output;
}

function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  if (at + count > bytes.length) throw damaged(TEXT);
  let value = 0;
  for (let i = count - 1; i >= 0; i--) value = value * 256 + bytes[at + i]!;
  return value;
}
