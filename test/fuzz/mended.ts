/** Checksums of damaged files made right again, so that the damage gets past them. */

import { maskedCrc32c } from '../../src/formats/crc32c.ts';
import { crc32 } from '../../src/formats/deflate.ts';

const FOOTER = 48;
const TRAILER = 5;

/** A number of seven bits per byte, and where it ends. */
function varintAt(bytes: Uint8Array, at: number): [value: number, end: number] {
  let value = 0;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[at + i] ?? 0;
    value += (byte & 127) * 2 ** (7 * i);
    if (byte < 128) return [value, at + i + 1];
  }
  return [value, at + 10];
}

/** Where the blocks of a table lie: those of data, that of the metadata, and the index. */
function blocksOf(bytes: Uint8Array): [start: number, size: number][] {
  let at = bytes.length - FOOTER;
  const numbers: number[] = [];
  for (let i = 0; i < 4; i++) {
    const [value, end] = varintAt(bytes, at);
    numbers.push(value);
    at = end;
  }
  const [metaStart, metaSize, indexStart, indexSize] = numbers as [number, number, number, number];
  const blocks: [number, number][] = [
    [metaStart, metaSize],
    [indexStart, indexSize],
  ];
  const last = Math.min(bytes.length, indexStart + indexSize) - 4;
  const restarts =
    last >= 0 ? new DataView(bytes.buffer, bytes.byteOffset).getUint32(last, true) : 0;
  const end = last - 4 * restarts;
  for (let entry = indexStart; entry < end && blocks.length < 1000; ) {
    const [, a] = varintAt(bytes, entry);
    const [own, b] = varintAt(bytes, a);
    const [length, c] = varintAt(bytes, b);
    const value = c + own;
    const [start, next] = varintAt(bytes, value);
    blocks.push([start, varintAt(bytes, next)[0]]);
    if (length === 0) break;
    entry = value + length;
  }
  return blocks;
}

/** A table whose blocks have right checksums. */
export function mendedTable(bytes: Uint8Array): Uint8Array {
  if (bytes.length < FOOTER) return bytes;
  const result = bytes.slice();
  const view = new DataView(result.buffer);
  for (const [start, size] of blocksOf(result)) {
    const end = start + size + 1;
    if (end + TRAILER - 1 > result.length) continue;
    view.setUint32(end, maskedCrc32c(result.subarray(start, end)), true);
  }
  return result;
}

/** Records with right checksums, as far as their lengths lead through the file. */
export function mendedRecords(bytes: Uint8Array): Uint8Array {
  const result = bytes.slice();
  const view = new DataView(result.buffer);
  for (let at = 0; at + 12 <= result.length; ) {
    view.setUint32(at + 8, maskedCrc32c(result.subarray(at, at + 8)), true);
    const size = view.getUint32(at, true);
    const end = at + 12 + size;
    if (view.getUint32(at + 4, true) !== 0 || end + 4 > result.length) break;
    view.setUint32(end, maskedCrc32c(result.subarray(at + 12, end)), true);
    at = end + 4;
  }
  return result;
}

/** A PNG file whose chunks have right checksums. */
export function mendedPng(bytes: Uint8Array): Uint8Array {
  const result = bytes.slice();
  const view = new DataView(result.buffer);
  for (let at = 8; at + 12 <= result.length; ) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > result.length) break;
    view.setUint32(end, crc32(result.subarray(at + 4, end)));
    at = end + 4;
  }
  return result;
}
