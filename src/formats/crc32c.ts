/**
 * The checksum of TensorFlow's files: CRC-32C (Castagnoli), sixteen bytes at a time by tables, and its
 * masked form, which stays useful where the checked bytes themselves hold checksums.
 */

/** The polynomial, its bits reversed. */
const POLYNOMIAL = 0x82f63b78;
const MASK_DELTA = 0xa282ead8;

/** `TABLE[256 * k + b]` is what byte `b` adds to the checksum after `k` more bytes. */
const TABLE = makeTable();

function makeTable(): Int32Array {
  const table = new Int32Array(16 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    table[byte] = crc;
  }
  for (let i = 256; i < table.length; i++) {
    const before = table[i - 256]!;
    table[i] = (before >>> 8) ^ table[before & 255]!;
  }
  return table;
}

/** The CRC-32C of `bytes` as an unsigned number; `before` is that of the bytes ahead of them. */
export function crc32c(bytes: Uint8Array, before = 0): number {
  const { length } = bytes;
  // Words are read where they are aligned; the few bytes around them one by one.
  const start = Math.min(length, -bytes.byteOffset & 3);
  const end = start + ((length - start) & ~15);
  let crc = oneByOne(bytes, 0, start, ~before);
  if (LITTLE_ENDIAN && end > start) {
    crc = bySixteen(new Int32Array(bytes.buffer, bytes.byteOffset + start, (end - start) / 4), crc);
    return ~oneByOne(bytes, end, length, crc) >>> 0;
  }
  return ~oneByOne(bytes, start, length, crc) >>> 0;
}

const LITTLE_ENDIAN = new Uint8Array(Int32Array.of(1).buffer)[0] === 1;

function oneByOne(bytes: Uint8Array, start: number, end: number, before: number): number {
  let crc = before;
  for (let i = start; i < end; i++) crc = (crc >>> 8) ^ TABLE[(crc ^ bytes[i]!) & 255]!;
  return crc;
}

function bySixteen(words: Int32Array, before: number): number {
  const t = TABLE;
  let crc = before;
  for (let i = 0; i < words.length; i += 4) {
    const a = words[i]! ^ crc;
    const b = words[i + 1]!;
    const c = words[i + 2]!;
    const d = words[i + 3]!;
    crc =
      t[3840 + (a & 255)]! ^
      t[3584 + ((a >>> 8) & 255)]! ^
      t[3328 + ((a >>> 16) & 255)]! ^
      t[3072 + (a >>> 24)]! ^
      t[2816 + (b & 255)]! ^
      t[2560 + ((b >>> 8) & 255)]! ^
      t[2304 + ((b >>> 16) & 255)]! ^
      t[2048 + (b >>> 24)]! ^
      t[1792 + (c & 255)]! ^
      t[1536 + ((c >>> 8) & 255)]! ^
      t[1280 + ((c >>> 16) & 255)]! ^
      t[1024 + (c >>> 24)]! ^
      t[768 + (d & 255)]! ^
      t[512 + ((d >>> 8) & 255)]! ^
      t[256 + ((d >>> 16) & 255)]! ^
      t[d >>> 24]!;
  }
  return crc;
}

/** A checksum as TensorFlow's files keep it: rotated by 15 bits, plus a constant. */
export function maskCrc(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0;
}

/** The checksum that a masked one stands for. */
export function unmaskCrc(masked: number): number {
  const rotated = (masked - MASK_DELTA) >>> 0;
  return ((rotated >>> 17) | (rotated << 15)) >>> 0;
}

/** The masked CRC-32C of `bytes`, an unsigned number. */
export function maskedCrc32c(bytes: Uint8Array): number {
  return maskCrc(crc32c(bytes));
}
