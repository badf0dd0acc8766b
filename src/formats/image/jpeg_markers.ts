/**
 * The segments of JPEG files (ITU T.81): sizes, tables, and where each scan's compressed data are.
 * Whatever is damaged ahead of the data makes the whole file unreadable, as for libjpeg.
 */

/** Positions in a block of 64 coefficients, in the order of a file. */
export const ZIGZAG = Uint8Array.of(
  ...[0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5],
  ...[12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28],
  ...[35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51],
  ...[58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63],
);

/** How often each length of codes occurs (1 to 16 bits), and their symbols in order. */
export interface HuffmanSpec {
  readonly counts: Uint8Array;
  readonly symbols: Uint8Array;
}

/** One channel of the image. */
export interface JpegComponent {
  readonly id: number;
  /** Sampling factors: blocks per unit. */
  readonly h: number;
  readonly v: number;
  readonly table: number;
  /** Blocks that show the image. */
  readonly columns: number;
  readonly rows: number;
  /** Blocks that are stored: whole units. */
  readonly stride: number;
  readonly storedRows: number;
  /** The coefficients of all blocks, made when the sizes are found to be true. */
  blocks: Int16Array;
  /** The divisors when its first scan came, in natural order. */
  divisors: Uint16Array | null;
}

/** One pass over some components. */
export interface JpegScan {
  readonly components: readonly {
    readonly component: JpegComponent;
    readonly dc: HuffmanSpec | null;
    readonly ac: HuffmanSpec | null;
  }[];
  /** The first and last coefficient, and the bits of precision before and after. */
  readonly first: number;
  readonly last: number;
  readonly high: number;
  readonly low: number;
  /** Units between restart markers, or 0. */
  readonly restart: number;
  /** Where its data begin. */
  readonly from: number;
}

/** A file but for its coefficients. */
export interface JpegFrame {
  readonly width: number;
  readonly height: number;
  readonly progressive: boolean;
  readonly components: readonly JpegComponent[];
  readonly maxH: number;
  readonly maxV: number;
  readonly hasJfif: boolean;
  /** The Adobe segment's color transform, or -1 without one. */
  readonly adobe: number;
}

const [SOF0, SOF1, SOF2] = [0xc0, 0xc1, 0xc2];
const [DHT, SOI, EOI, SOS, DQT, DRI] = [0xc4, 0xd8, 0xd9, 0xda, 0xdb, 0xdd];
const [APP0, APP14] = [0xe0, 0xee];

/** Reads segments one after another; scans are met on the way. */
export class JpegSegments {
  frame: JpegFrame | null = null;
  private at = 2;
  private readonly bytes: Uint8Array;
  private readonly divisors: (Uint16Array | undefined)[] = [];
  private readonly dc: (HuffmanSpec | undefined)[] = [];
  private readonly ac: (HuffmanSpec | undefined)[] = [];
  private restart = 0;
  private hasJfif = false;
  private adobe = -1;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** The next scan; `end` after the last; `cut` where the file ends too early; `null` for a damaged one. */
  next(): JpegScan | 'end' | 'cut' | null {
    for (;;) {
      const marker = this.marker();
      if (marker < 0) return 'cut';
      if (marker === EOI) return 'end';
      if (marker === SOI || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) continue;
      const length = this.u16(this.at);
      if (Number.isNaN(length)) return 'cut';
      const body = this.bytes.subarray(this.at + 2, this.at + length);
      if (length < 2) return null;
      if (body.length < length - 2) return 'cut';
      this.at += length;
      if (marker === SOS) return this.scan(body);
      if (!this.segment(marker, body)) return null;
    }
  }

  /** The header alone: reads up to the first scan. */
  header(): JpegFrame | null {
    this.next();
    return this.frame;
  }

  /** Goes on behind the data of a scan. */
  skipTo(at: number): void {
    this.at = at;
  }

  private marker(): number {
    const { bytes } = this;
    for (let at = this.at; at + 1 < bytes.length; at++) {
      const code = bytes[at + 1]!;
      if (bytes[at] !== 0xff || code === 0 || code === 0xff) continue;
      this.at = at + 2;
      return code;
    }
    return -1;
  }

  private u16(at: number): number {
    return at + 1 < this.bytes.length ? (this.bytes[at]! << 8) | this.bytes[at + 1]! : Number.NaN;
  }

  private segment(marker: number, body: Uint8Array): boolean {
    if (marker === DQT) return this.quantization(body);
    if (marker === DHT) return this.huffman(body);
    if (marker === DRI) this.restart = body.length === 2 ? (body[0]! << 8) | body[1]! : 0;
    if (marker === APP0 && startsWith(body, 'JFIF\0')) this.hasJfif = true;
    if (marker === APP14 && startsWith(body, 'Adobe') && body.length >= 12) this.adobe = body[11]!;
    if (marker === SOF0 || marker === SOF1 || marker === SOF2) {
      return this.frameOf(body, marker === SOF2);
    }
    // The other frames are lossless, hierarchical or arithmetic coded.
    return !(marker >= SOF0 && marker <= 0xcf);
  }

  private quantization(body: Uint8Array): boolean {
    for (let at = 0; at < body.length; ) {
      const wide = body[at]! >> 4;
      const id = body[at]! & 15;
      at++;
      const size = wide ? 128 : 64;
      if (id > 3 || wide > 1 || at + size > body.length) return false;
      const table = new Uint16Array(64);
      for (let i = 0; i < 64; i++) {
        table[ZIGZAG[i]!] = wide ? (body[at + 2 * i]! << 8) | body[at + 2 * i + 1]! : body[at + i]!;
      }
      this.divisors[id] = table;
      at += size;
    }
    return true;
  }

  private huffman(body: Uint8Array): boolean {
    for (let at = 0; at < body.length; ) {
      const kind = body[at]! >> 4;
      const id = body[at]! & 15;
      const counts = body.slice(at + 1, at + 17);
      const total = counts.reduce((a, b) => a + b, 0);
      if (kind > 1 || id > 3 || counts.length < 16 || total > 256) return false;
      const symbols = body.slice(at + 17, at + 17 + total);
      if (symbols.length < total || !fits(counts)) return false;
      if (kind === 0 && symbols.some((symbol) => symbol > 15)) return false;
      (kind === 0 ? this.dc : this.ac)[id] = { counts, symbols };
      at += 17 + total;
    }
    return true;
  }

  private frameOf(body: Uint8Array, progressive: boolean): boolean {
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    if (this.frame || body.length < 6 || body[0] !== 8) return false;
    const [height, width, count] = [view.getUint16(1), view.getUint16(3), body[5]!];
    if (height === 0 || width === 0 || count === 0 || count > 4) return false;
    if (body.length !== 6 + 3 * count) return false;
    const parts = Array.from({ length: count }, (_, i) => {
      const [id, factors, table] = body.subarray(6 + 3 * i) as never as [number, number, number];
      return { id, h: factors >> 4, v: factors & 15, table };
    });
    if (parts.some(({ h, v }) => h < 1 || h > 4 || v < 1 || v > 4)) return false;
    const maxH = Math.max(...parts.map(({ h }) => h));
    const maxV = Math.max(...parts.map(({ v }) => v));
    const [across, down] = [Math.ceil(width / (8 * maxH)), Math.ceil(height / (8 * maxV))];
    const components = parts.map((part) => ({
      ...part,
      columns: Math.ceil((width * part.h) / (8 * maxH)),
      rows: Math.ceil((height * part.v) / (8 * maxV)),
      stride: across * part.h,
      storedRows: down * part.v,
      blocks: new Int16Array(0),
      divisors: null,
    }));
    const { hasJfif, adobe } = this;
    this.frame = { width, height, progressive, components, maxH, maxV, hasJfif, adobe };
    return true;
  }

  private scan(body: Uint8Array): JpegScan | null {
    const { frame, restart } = this;
    const count = body[0] ?? 0;
    if (!frame || count < 1 || count > 4 || body.length !== 4 + 2 * count) return null;
    const components: JpegScan['components'][number][] = [];
    for (let i = 0; i < count; i++) {
      const component = frame.components.find(({ id }) => id === body[1 + 2 * i]);
      if (!component || components.some((other) => other.component === component)) return null;
      const tables = body[2 + 2 * i]!;
      component.divisors ??= this.divisors[component.table]?.slice() ?? null;
      if (!component.divisors) return null;
      const [dc, ac] = [this.dc[tables >> 4] ?? null, this.ac[tables & 15] ?? null];
      components.push({ component, dc, ac });
    }
    const [first, last, bits] = body.subarray(1 + 2 * count) as never as [number, number, number];
    const scan = { components, first, last, high: bits >> 4, low: bits & 15, restart };
    return isSound(scan, frame.progressive) ? { ...scan, from: this.at } : null;
  }
}

function isSound(scan: Omit<JpegScan, 'from'>, progressive: boolean): boolean {
  const { components, first, last, high, low } = scan;
  const units = components.reduce((sum, { component }) => sum + component.h * component.v, 0);
  if (components.length > 1 && units > 10) return false;
  if (!progressive) return components.every(({ dc, ac }) => dc && ac);
  const spectrum = first === 0 ? last === 0 : last >= first && last < 64 && components.length === 1;
  const precision = low <= 13 && (high === 0 || low === high - 1);
  if (!spectrum || !precision) return false;
  return components.every(({ dc, ac }) => (first === 0 ? dc !== null || high > 0 : ac !== null));
}

function startsWith(body: Uint8Array, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (body[i] !== text.charCodeAt(i)) return false;
  return true;
}

/** Whether the codes of these lengths exist: a prefix code. */
function fits(counts: Uint8Array): boolean {
  let code = 0;
  for (let length = 1; length <= 16; length++) {
    code = (code << 1) + counts[length - 1]!;
    if (code > 1 << length) return false;
  }
  return true;
}
