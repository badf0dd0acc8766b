/**
 * Baseline JPEG files, byte for byte as libjpeg writes them for TensorFlow, with its standard tables or
 * with codes made for the image.
 */

import { joinBytes } from '../deflate.ts';
import { forward } from './jpeg_forward.ts';
import { type HuffmanSpec, ZIGZAG } from './jpeg_markers.ts';
import { optimalCodes } from './jpeg_optimal.ts';
import { AC_CODES, DC_CODES, quantizationTables } from './jpeg_tables.ts';

/** What may be said about a file. */
export interface JpegWriteOptions {
  /** 0 to 100. */
  readonly quality: number;
  /** Makes codes for this image: a smaller file, the same pixels. */
  readonly optimize: boolean;
  /** Halves the resolution of colors. */
  readonly subsample: boolean;
  /** 1 for dots per inch, 2 per centimetre. */
  readonly densityUnit: number;
  readonly xDensity: number;
  readonly yDensity: number;
  /** XMP text to embed, or none. */
  readonly xmp: Uint8Array;
}

/** One channel: its samples in whole blocks, and then its coefficients. */
interface Component {
  readonly sampling: number;
  readonly table: number;
  readonly columns: number;
  readonly rows: number;
  readonly blocks: Int16Array;
}

const XMP = 'http://ns.adobe.com/xap/1.0/\0';

/** An image of 1 (gray) or 3 (red, green, blue) channels as a JPEG file. */
export function writeJpeg(
  data: Uint8Array,
  width: number,
  height: number,
  channels: number,
  options: JpegWriteOptions,
): Uint8Array {
  const tables = quantizationTables(options.quality);
  const components = componentsOf(data, width, height, channels, options.subsample, tables);
  const kinds = channels === 1 ? [0] : [0, 1];
  const symbols = new Symbols();
  visit(symbols, components, width, height);
  const codes = kinds.map((kind) => ({
    dc: options.optimize ? optimalCodes(frequencies(symbols, kind)) : DC_CODES[kind]!,
    ac: options.optimize ? optimalCodes(frequencies(symbols, kind + 2)) : AC_CODES[kind]!,
  }));
  const frame = components.flatMap(({ sampling, table }, i) => [i + 1, sampling * 17, table]);
  const scan = components.flatMap(({ table }, i) => [i + 1, table * 17]);
  return joinBytes([
    Uint8Array.of(0xff, 0xd8),
    segment(0xe0, jfif(options)),
    ...(options.xmp.length > 0 ? [segment(0xe1, [...ascii(XMP), ...options.xmp])] : []),
    ...kinds.map((kind) =>
      segment(
        0xdb,
        [kind, ...ZIGZAG].map((k, i) => (i ? tables[kind]![k]! : k)),
      ),
    ),
    segment(0xc0, [8, ...u16(height), ...u16(width), channels, ...frame]),
    ...codes.flatMap(({ dc, ac }, kind) => [
      segment(0xc4, [kind, ...dc.counts, ...dc.symbols]),
      segment(0xc4, [kind + 16, ...ac.counts, ...ac.symbols]),
    ]),
    segment(0xda, [channels, ...scan, 0, 63, 0]),
    encoded(symbols, codes),
    Uint8Array.of(0xff, 0xd9),
  ]);
}

function ascii(text: string): number[] {
  return Array.from(text, (c) => c.charCodeAt(0));
}

function u16(value: number): [number, number] {
  return [value >> 8, value & 255];
}

function segment(marker: number, body: readonly number[]): Uint8Array {
  return Uint8Array.of(0xff, marker, ...u16(body.length + 2), ...body);
}

function jfif({ densityUnit, xDensity, yDensity }: JpegWriteOptions): number[] {
  return [...ascii('JFIF\0'), 1, 1, densityUnit, ...u16(xDensity), ...u16(yDensity), 0, 0];
}

// ---- samples -----------------------------------------------------------------------------------

function componentsOf(
  data: Uint8Array,
  width: number,
  height: number,
  channels: number,
  subsample: boolean,
  tables: readonly [Uint16Array, Uint16Array],
): Component[] {
  const most = channels === 3 && subsample ? 2 : 1;
  const planes = channels === 1 ? [data] : lumaOf(data, width * height);
  return planes.map((plane, i) => {
    const factor = i === 0 ? 1 : most;
    const columns = Math.ceil(width / (8 * factor));
    const rows = Math.ceil(height / (8 * factor));
    const samples =
      factor === 1
        ? padded(plane, width, height, columns * 8, rows * 8)
        : halved(plane, width, height, columns * 8, rows * 8);
    const table = i === 0 ? 0 : 1;
    const blocks = new Int16Array(64 * columns * rows);
    for (let block = 0; block < columns * rows; block++) {
      const from = Math.floor(block / columns) * 64 * columns + (block % columns) * 8;
      forward(samples, from, columns * 8, tables[table], blocks, 64 * block);
    }
    return { sampling: i === 0 ? most : 1, table, columns, rows, blocks };
  });
}

/** Red, green and blue as brightness and two colors: ITU-R BT.601 in 16 bits of fraction. */
function lumaOf(data: Uint8Array, count: number): [Uint8Array, Uint8Array, Uint8Array] {
  const planes = [0, 1, 2].map(() => new Uint8Array(count)) as [Uint8Array, Uint8Array, Uint8Array];
  const offset = (128 << 16) + 32767;
  for (let i = 0; i < count; i++) {
    const [r, g, b] = [data[3 * i]!, data[3 * i + 1]!, data[3 * i + 2]!];
    planes[0][i] = (19595 * r + 38470 * g + 7471 * b + 32768) >> 16;
    planes[1][i] = (-11059 * r - 21709 * g + 32768 * b + offset) >> 16;
    planes[2][i] = (32768 * r - 27439 * g - 5329 * b + offset) >> 16;
  }
  return planes;
}

/** The plane with its last column and row repeated up to whole blocks. */
function padded(
  plane: Uint8Array,
  width: number,
  height: number,
  w: number,
  h: number,
): Uint8Array {
  const all = new Uint8Array(w * h);
  for (let y = 0; y < h; y++) {
    const from = Math.min(y, height - 1) * width;
    all.set(plane.subarray(from, from + width), y * w);
    all.fill(plane[from + width - 1]!, y * w + width, (y + 1) * w);
  }
  return all;
}

/** Means of 2 x 2 samples; halves are rounded up and down in turns. */
function halved(
  plane: Uint8Array,
  width: number,
  height: number,
  w: number,
  h: number,
): Uint8Array {
  const all = new Uint8Array(w * h);
  const rows = Math.ceil(height / 2);
  for (let y = 0; y < h; y++) {
    const row = Math.min(y, rows - 1);
    const above = Math.min(2 * row, height - 1) * width;
    const below = Math.min(2 * row + 1, height - 1) * width;
    for (let x = 0; x < w; x++) {
      const [left, right] = [Math.min(2 * x, width - 1), Math.min(2 * x + 1, width - 1)];
      const sum = plane[above + left]! + plane[above + right]! + plane[below + left]!;
      all[y * w + x] = (sum + plane[below + right]! + 1 + (x & 1)) >> 2;
    }
  }
  return all;
}

// ---- symbols -----------------------------------------------------------------------------------

/** What a file says, code after code: a symbol of one of four tables, and more bits behind it. */
class Symbols {
  /** The table (0, 1 for means; 2, 3 for the others), the symbol, and how many bits follow. */
  readonly codes: number[] = [];
  readonly bits: number[] = [];

  /** Appends `symbol` and a value of `size` bits; a negative one is what it lacks to the next power of two. */
  add(table: number, symbol: number, value: number, size: number): void {
    this.codes.push((table << 16) | (symbol << 8) | size);
    this.bits.push(value < 0 ? value + (1 << size) - 1 : value);
  }
}

function visit(
  symbols: Symbols,
  components: readonly Component[],
  width: number,
  height: number,
): void {
  const most = components[0]!.sampling;
  const means = components.map(() => 0);
  // A single component has no units of several blocks.
  const unit = components.length === 1 ? 1 : most;
  const [across, down] = [Math.ceil(width / (8 * unit)), Math.ceil(height / (8 * unit))];
  for (let at = 0; at < across * down; at++) {
    for (const [i, { sampling, table, columns, rows, blocks }] of components.entries()) {
      for (let k = 0; k < sampling * sampling; k++) {
        const x = (at % across) * sampling + (k % sampling);
        const y = Math.floor(at / across) * sampling + Math.floor(k / sampling);
        // Blocks beyond the image have the mean of the one before, and nothing else.
        const base = x < columns && y < rows ? 64 * (y * columns + x) : -1;
        const mean = base < 0 ? 0 : blocks[base]! - means[i]!;
        symbols.add(table, sizeOf(mean), mean, sizeOf(mean));
        if (base >= 0) means[i] = blocks[base]!;
        others(symbols, table + 2, blocks, base);
      }
    }
  }
}

function sizeOf(value: number): number {
  return 32 - Math.clz32(Math.abs(value));
}

/** Runs of zeros and what follows them; nothing but zeros for `base` below 0. */
function others(symbols: Symbols, table: number, blocks: Int16Array, base: number): void {
  let zeros = 0;
  for (let k = 1; k < 64; k++) {
    const value = base < 0 ? 0 : blocks[base + ZIGZAG[k]!]!;
    if (value === 0) {
      zeros++;
      continue;
    }
    for (; zeros > 15; zeros -= 16) symbols.add(table, 0xf0, 0, 0);
    const size = sizeOf(value);
    symbols.add(table, (zeros << 4) | size, value, size);
    zeros = 0;
  }
  if (zeros > 0) symbols.add(table, 0, 0, 0);
}

function frequencies({ codes }: Symbols, table: number): Float64Array {
  const counts = new Float64Array(256);
  for (const code of codes) if (code >> 16 === table) counts[(code >> 8) & 255]!++;
  return counts;
}

/** Code and length of each symbol. */
function codesOf({ counts, symbols }: HuffmanSpec): readonly (readonly [number, number])[] {
  const codes: (readonly [number, number])[] = [];
  let code = 0;
  let at = 0;
  for (let length = 1; length <= 16; length++) {
    for (let i = 0; i < counts[length - 1]!; i++) codes[symbols[at++]!] = [code++, length];
    code <<= 1;
  }
  return codes;
}

function encoded(
  symbols: Symbols,
  codes: readonly { readonly dc: HuffmanSpec; readonly ac: HuffmanSpec }[],
): Uint8Array {
  const tables: (readonly (readonly [number, number])[])[] = [];
  for (const [kind, { dc, ac }] of codes.entries()) {
    tables[kind] = codesOf(dc);
    tables[kind + 2] = codesOf(ac);
  }
  const bytes: number[] = [];
  let held = 0;
  let count = 0;
  const put = (value: number, bits: number) => {
    held = (held << bits) | value;
    count += bits;
    while (count >= 8) {
      count -= 8;
      const byte = (held >>> count) & 255;
      bytes.push(byte);
      if (byte === 255) bytes.push(0);
    }
    held &= (1 << count) - 1;
  };
  for (let i = 0; i < symbols.codes.length; i++) {
    const code = symbols.codes[i]!;
    const [bits, length] = tables[code >> 16]![(code >> 8) & 255]!;
    put(bits, length);
    put(symbols.bits[i]!, code & 255);
  }
  // The last byte is filled with ones.
  if (count > 0) put((1 << (8 - count)) - 1, 8 - count);
  return Uint8Array.from(bytes);
}
