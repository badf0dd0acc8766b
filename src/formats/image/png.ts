/**
 * PNG files (ISO/IEC 15948): from bytes to samples, one number per channel, and back. Every chunk's
 * length and checksum is verified; what a decoder wants in which channels is said in `png_pixels.ts`.
 */

import { crc32, deflateZlib, inflateZlib, joinBytes } from '../deflate.ts';
import { filterRow, unfilterRow } from './png_filters.ts';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const HEADER_SIZE = 13;

/** The color types of the header. */
export const GRAY = 0;
export const RGB = 2;
export const PALETTE = 3;
export const GRAY_ALPHA = 4;
export const RGB_ALPHA = 6;

const CHANNELS: Readonly<Record<number, number>> = {
  [GRAY]: 1,
  [RGB]: 3,
  [PALETTE]: 1,
  [GRAY_ALPHA]: 2,
  [RGB_ALPHA]: 4,
};
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  [GRAY]: [1, 2, 4, 8, 16],
  [RGB]: [8, 16],
  [PALETTE]: [1, 2, 4, 8],
  [GRAY_ALPHA]: [8, 16],
  [RGB_ALPHA]: [8, 16],
};
/** Where each pass of the interlaced order starts, and its steps: x, y, dx, dy. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;
const ONE_PASS = [[0, 0, 1, 1]] as const;

/** What comes ahead of the pixels. */
export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits per sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  readonly colorType: number;
  readonly interlaced: boolean;
  /** Red, green and blue of each color; empty without one. */
  readonly palette: Uint8Array;
  /** The tRNS chunk: alpha of the palette's colors, or the sample values that are transparent. */
  readonly transparency: Uint8Array | null;
  /** The compressed pixels. */
  readonly data: readonly Uint8Array[];
}

/** The samples of a file: `channels` numbers per pixel, row by row, as the file has them. */
export interface PngSamples {
  readonly channels: number;
  readonly data: Uint8Array | Uint16Array;
}

/** Reads all but the pixels; `null` where the file is damaged. */
export function readPngHeader(bytes: Uint8Array): PngHeader | null {
  if (SIGNATURE.some((byte, i) => bytes[i] !== byte)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks = readChunks(bytes, view);
  const first = chunks?.[0];
  if (!chunks || first?.type !== 'IHDR' || first.body.length !== HEADER_SIZE) return null;
  const header = new DataView(first.body.buffer, first.body.byteOffset, HEADER_SIZE);
  const [width, height] = [header.getUint32(0), header.getUint32(4)];
  const [depth, colorType, compression, filter, interlace] = first.body.subarray(8) as never as [
    number,
    number,
    number,
    number,
    number,
  ];
  const known = DEPTHS[colorType]?.includes(depth) && compression === 0 && filter === 0;
  if (!known || interlace > 1 || width === 0 || height === 0) return null;
  if (width > 0x7fffffff || height > 0x7fffffff) return null;
  const body = (type: string) => chunks.find((chunk) => chunk.type === type)?.body ?? null;
  const palette = body('PLTE') ?? new Uint8Array(0);
  if (palette.length % 3 !== 0 || palette.length > 768) return null;
  if (colorType === PALETTE && palette.length === 0) return null;
  const data = chunks.filter(({ type }) => type === 'IDAT').map((chunk) => chunk.body);
  const transparency = body('tRNS');
  const interlaced = interlace === 1;
  return { width, height, depth, colorType, interlaced, palette, transparency, data };
}

interface Chunk {
  readonly type: string;
  readonly body: Uint8Array;
}

/** The chunks up to IEND, or as far as they are whole; `null` where a needed one is damaged. */
function readChunks(bytes: Uint8Array, view: DataView): Chunk[] | null {
  const chunks: Chunk[] = [];
  for (let at = SIGNATURE.length; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    if (length > bytes.length - at - 12) return chunks;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const needed = (bytes[at + 4]! & 0x20) === 0;
    const right =
      crc32(bytes.subarray(at + 4, at + 8 + length)) === view.getUint32(at + 8 + length);
    if (!right && needed) return type === 'IDAT' ? chunks : null;
    if (right) chunks.push({ type, body: bytes.subarray(at + 8, at + 8 + length) });
    if (type === 'IEND') break;
    at += length + 12;
  }
  return chunks;
}

/** The samples of a file whose header was read; `null` where they are damaged or incomplete. */
export function readPngSamples(header: PngHeader): PngSamples | null {
  const { width, height, depth, colorType, interlaced } = header;
  const channels = CHANNELS[colorType]!;
  const passes = interlaced ? PASSES : ONE_PASS;
  const sizes = passes.map(([x, y, dx, dy]) => {
    const columns = Math.ceil((width - x) / dx);
    const rows = columns > 0 ? Math.max(0, Math.ceil((height - y) / dy)) : 0;
    return { columns, rows, bytes: Math.ceil((columns * channels * depth) / 8) };
  });
  const expected = sizes.reduce((sum, { rows, bytes }) => sum + rows * (bytes + 1), 0);
  const raw = inflateZlib(header.data, expected);
  if (raw === null || raw.length < expected) return null;
  const data = new (depth === 16 ? Uint16Array : Uint8Array)(width * height * channels);
  const pixelBytes = Math.max(1, (channels * depth) >> 3);
  let at = 0;
  for (const [pass, { columns, rows, bytes }] of sizes.entries()) {
    const [x, y, dx, dy] = passes[pass]!;
    let above: Uint8Array = new Uint8Array(bytes);
    for (let row = 0; row < rows; row++) {
      const line = raw.subarray(at + 1, at + 1 + bytes);
      if (!unfilterRow(raw[at]!, line, above, pixelBytes)) return null;
      const first = ((y + row * dy) * width + x) * channels;
      spread(line, depth, columns * channels, data, first, channels, dx);
      above = line;
      at += bytes + 1;
    }
  }
  return { channels, data };
}

/** Takes `count` samples of `depth` bits out of a row and puts them into `data`, every `dx`th pixel. */
function spread(
  line: Uint8Array,
  depth: number,
  count: number,
  data: Uint8Array | Uint16Array,
  first: number,
  channels: number,
  dx: number,
): void {
  if (depth === 8 && dx === 1) {
    data.set(line, first);
    return;
  }
  const mask = (1 << depth) - 1;
  for (let i = 0; i < count; i++) {
    const channel = i % channels;
    const to = first + ((i - channel) / channels) * dx * channels + channel;
    if (depth === 16) data[to] = (line[2 * i]! << 8) | line[2 * i + 1]!;
    else if (depth === 8) data[to] = line[i]!;
    else {
      const bit = i * depth;
      data[to] = (line[bit >> 3]! >> (8 - depth - (bit & 7))) & mask;
    }
  }
}

/**
 * A PNG file of `channels` (1 to 4) samples per pixel, of 8 bits, or 16 for a Uint16Array.
 * `level` is deflate's, from 0 to 9.
 */
export function writePng(
  data: Uint8Array | Uint16Array,
  width: number,
  height: number,
  channels: number,
  level: number,
): Uint8Array {
  const depth = data instanceof Uint16Array ? 16 : 8;
  const header = new Uint8Array(HEADER_SIZE);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header[8] = depth;
  header[9] = [GRAY, GRAY_ALPHA, RGB, RGB_ALPHA][channels - 1]!;
  const body = deflateZlib(filteredRows(data, width * channels, height, channels, depth), level);
  return joinBytes([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', body),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

function filteredRows(
  data: Uint8Array | Uint16Array,
  samples: number,
  height: number,
  channels: number,
  depth: number,
): Uint8Array {
  const bytes = (samples * depth) / 8;
  const rows = new Uint8Array((bytes + 1) * height);
  let above: Uint8Array = new Uint8Array(bytes);
  for (let row = 0; row < height; row++) {
    const line = bigEndian(data, row * samples, samples);
    filterRow(line, above, (channels * depth) / 8, rows.subarray(row * (bytes + 1)));
    above = line;
  }
  return rows;
}

function bigEndian(data: Uint8Array | Uint16Array, from: number, count: number): Uint8Array {
  if (data instanceof Uint8Array) return data.slice(from, from + count);
  const bytes = new Uint8Array(count * 2);
  for (let i = 0; i < count; i++) {
    bytes[2 * i] = data[from + i]! >> 8;
    bytes[2 * i + 1] = data[from + i]! & 255;
  }
  return bytes;
}

function chunk(type: string, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(body.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, body.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(body, 8);
  view.setUint32(8 + body.length, crc32(bytes.subarray(4, 8 + body.length)));
  return bytes;
}
