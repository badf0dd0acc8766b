/**
 * Compressed bytes: the one importer of the deflate library. What comes out of a file is never larger
 * than the reader says it may be, whatever the file announces.
 */

import { inflateSync, Unzlib, zipSync, zlibSync } from 'fflate';

export { inflateSync, zipSync };

/** How many compressed bytes are inflated before the size of what came out is looked at. */
const STRIDE = 16384;

/**
 * What a zlib stream in `parts` holds. `null` if it is damaged, ends too early, or holds more than
 * `limit` bytes. Memory grows with what is there, not with `limit`.
 */
export function inflateZlib(parts: readonly Uint8Array[], limit: number): Uint8Array | null {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let done = false;
  const stream = new Unzlib((chunk, final) => {
    size += chunk.length;
    chunks.push(chunk);
    done = final;
  });
  try {
    for (const [i, part] of parts.entries()) {
      for (let at = 0; at < part.length || (at === 0 && i === parts.length - 1); at += STRIDE) {
        const end = Math.min(at + STRIDE, part.length);
        // The library keeps what it is given, so it gets bytes of its own.
        stream.push(part.slice(at, end), i === parts.length - 1 && end === part.length);
        if (size > limit) return null;
      }
    }
  } catch {
    return null;
  }
  return done ? joinBytes(chunks) : null;
}

/** `bytes` as a zlib stream; `level` from 0 (stored) to 9. */
export function deflateZlib(bytes: Uint8Array, level: number): Uint8Array {
  return zlibSync(bytes, { level: level as 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 });
}

/** The parts one after another. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** The checksum of zip and PNG files: CRC-32, as an unsigned number. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = CRC_TABLE[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
