/**
 * JPEG files, baseline and progressive, byte for byte as libjpeg writes them for TensorFlow, with its
 * standard tables or with codes made for the image.
 */

import { joinBytes } from '../deflate.ts';
import { encoded, frequencies, Symbols } from './jpeg_codes.ts';
import { forward } from './jpeg_forward.ts';
import { type HuffmanSpec, ZIGZAG } from './jpeg_markers.ts';
import { optimalCodes } from './jpeg_optimal.ts';
import {
  type Component,
  eachBlock,
  meansOf,
  progressiveScans,
  sizeOf,
  type WriteScan,
} from './jpeg_scans.ts';
import { AC_CODES, DC_CODES, quantizationTables } from './jpeg_tables.ts';

/** What may be said about a file. */
export interface JpegWriteOptions {
  /** 0 to 100. */
  readonly quality: number;
  /** Makes codes for this image: a smaller file, the same pixels. */
  readonly optimize: boolean;
  /** Writes the image in ten passes (six for gray), each finer than the one before. */
  readonly progressive: boolean;
  /** Halves the resolution of colors. */
  readonly subsample: boolean;
  /** 1 for dots per inch, 2 per centimetre. */
  readonly densityUnit: number;
  readonly xDensity: number;
  readonly yDensity: number;
  /** XMP text to embed, or none. */
  readonly xmp: Uint8Array;
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
  const frame = components.flatMap(({ sampling, table }, i) => [i + 1, sampling * 17, table]);
  const scans = options.progressive
    ? progressiveScans(components, width, height)
    : [wholeScan(components, width, height)];
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
    segment(options.progressive ? 0xc2 : 0xc0, [
      8,
      ...u16(height),
      ...u16(width),
      channels,
      ...frame,
    ]),
    ...scans.flatMap((scan) => scanBytes(scan, options)),
    Uint8Array.of(0xff, 0xd9),
  ]);
}

/** All coefficients of all components. */
function wholeScan(components: readonly Component[], width: number, height: number): WriteScan {
  const symbols = new Symbols();
  eachBlock(components, width, height, meansOf(symbols, components, 0), (base, component) => {
    others(symbols, component.table + 2, component.blocks, base);
  });
  const used = components.length === 1 ? [0, 2] : [0, 2, 1, 3];
  return { components: [...components.keys()], first: 0, last: 63, high: 0, low: 0, symbols, used };
}

/** The tables, the header and the data of a scan. */
function scanBytes(scan: WriteScan, { optimize, progressive }: JpegWriteOptions): Uint8Array[] {
  const { symbols, used, first, last, high, low } = scan;
  const standard = [...DC_CODES, ...AC_CODES];
  const specs: (HuffmanSpec | undefined)[] = [];
  for (const table of used) {
    const isMade = optimize || progressive;
    specs[table] = isMade ? optimalCodes(frequencies(symbols, table)) : standard[table]!;
  }
  const parts = scan.components.flatMap((i) => {
    const color = i > 0 ? 1 : 0;
    return [i + 1, (used.includes(0) ? color : 0) * 16 + (last > 0 ? color : 0)];
  });
  return [
    ...used.map((table) => {
      const { counts, symbols: order } = specs[table]!;
      return segment(0xc4, [table < 2 ? table : table + 14, ...counts, ...order]);
    }),
    segment(0xda, [scan.components.length, ...parts, first, last, high * 16 + low]),
    encoded(symbols, specs),
  ];
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
