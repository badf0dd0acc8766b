/**
 * The compressed data of JPEG scans: Huffman codes to coefficients, sequential and progressive.
 * Damage costs blocks, not the image: a wrong code counts as zero, and where data are missing all
 * that follows is zero, as libjpeg does.
 */

import { type HuffmanSpec, type JpegFrame, type JpegScan, ZIGZAG } from './jpeg_markers.ts';

const LOOK = 9;

/** A code table for decoding: by the next 9 bits for short codes, by length for the others. */
class Codes {
  /** `length << 8 | symbol`, 0 where the code is longer. */
  readonly quick = new Uint16Array(1 << LOOK);
  /** The largest code of each length, -1 for none. */
  readonly most = new Int32Array(18).fill(-1);
  /** What to add to a code of each length for its place among the symbols. */
  readonly offset = new Int32Array(18);
  readonly symbols: Uint8Array;

  constructor({ counts, symbols }: HuffmanSpec) {
    this.symbols = symbols;
    let code = 0;
    let at = 0;
    for (let length = 1; length <= 16; length++) {
      const count = counts[length - 1]!;
      this.offset[length] = at - code;
      for (let i = 0; i < count; i++, code++, at++) {
        if (length > LOOK) continue;
        const from = code << (LOOK - length);
        this.quick.fill((length << 8) | symbols[at]!, from, from + (1 << (LOOK - length)));
      }
      if (count > 0) this.most[length] = code - 1;
      code <<= 1;
    }
  }
}

/** The bits of one scan, up to the next marker. */
class Bits {
  at: number;
  private readonly bytes: Uint8Array;
  private held = 0;
  private count = 0;
  /** How many of the held bits stand for bytes behind the end of the file. */
  private missing = 0;

  constructor(bytes: Uint8Array, from: number) {
    this.bytes = bytes;
    this.at = from;
  }

  /** Whether bits were used that the file does not have: it ends, and not at a marker. */
  get cut(): boolean {
    return this.count < this.missing;
  }

  private fill(): void {
    while (this.count <= 16) {
      const next = this.bytes[this.at] ?? -1;
      const code = next === 0xff ? (this.bytes[this.at + 1] ?? -1) : 0;
      if (next < 0 || code < 0) this.missing += 8;
      else if (code === 0) this.at += next === 0xff ? 2 : 1;
      // At a marker there are zeros from here on.
      const byte = next < 0 || code !== 0 ? 0 : next;
      this.held = ((this.held << 8) | byte) & 0xffffff;
      this.count += 8;
    }
  }

  /** The next `length` bits, up to 16, as a number. */
  take(length: number): number {
    if (length === 0) return 0;
    if (this.count < length) this.fill();
    this.count -= length;
    return (this.held >>> this.count) & ((1 << length) - 1);
  }

  /** A number of `length` bits whose first bit says its sign. */
  signed(length: number): number {
    const value = this.take(length);
    return length > 0 && value < 1 << (length - 1) ? value - (1 << length) + 1 : value;
  }

  symbol(codes: Codes): number {
    if (this.count < 16) this.fill();
    const quick = codes.quick[(this.held >>> (this.count - LOOK)) & ((1 << LOOK) - 1)]!;
    if (quick !== 0) {
      this.count -= quick >> 8;
      return quick & 255;
    }
    for (let length = LOOK + 1; length <= 16; length++) {
      const code = (this.held >>> (this.count - length)) & ((1 << length) - 1);
      if (code > codes.most[length]!) continue;
      this.count -= length;
      return codes.symbols[code + codes.offset[length]!] ?? 0;
    }
    this.count -= 16;
    return 0;
  }

  /** Passes a restart marker, if one is next. */
  restart(): void {
    this.held = 0;
    this.count = 0;
    const { bytes } = this;
    let at = this.at;
    while (at + 1 < bytes.length && !(bytes[at] === 0xff && isMarker(bytes[at + 1]!))) at++;
    const code = bytes[at + 1] ?? 0;
    if (code >= 0xd0 && code <= 0xd7) this.at = at + 2;
  }
}

function isMarker(code: number): boolean {
  return code !== 0 && code !== 0xff;
}

/** Decodes one block of a scan into `blocks` from `base` on. */
type DecodeBlock = (bits: Bits, blocks: Int16Array, base: number, part: Part) => void;

/** A component of a scan, with what is remembered between its blocks. */
interface Part {
  readonly dc: Codes | null;
  readonly ac: Codes | null;
  previous: number;
}

/** Reads the data of `scan` into the components' blocks. */
export function readScan(
  bytes: Uint8Array,
  frame: JpegFrame,
  scan: JpegScan,
): { readonly end: number; readonly cut: boolean } {
  const bits = new Bits(bytes, scan.from);
  const parts = scan.components.map(({ dc, ac }) => ({
    dc: dc && new Codes(dc),
    ac: ac && new Codes(ac),
    previous: 0,
  }));
  const run = { left: 0 };
  const decode = decoderOf(scan, frame.progressive, run);
  let sinceRestart = 0;
  walk(frame, scan, (place, index) => {
    if (index === 0 && scan.restart > 0 && sinceRestart === scan.restart) {
      bits.restart();
      run.left = 0;
      for (const part of parts) part.previous = 0;
      sinceRestart = 0;
    }
    if (index === 0) sinceRestart++;
    const { component } = scan.components[place.part]!;
    decode(bits, component.blocks, place.base, parts[place.part]!);
    return !bits.cut;
  });
  return { end: bits.at, cut: bits.cut };
}

interface Place {
  part: number;
  /** The first coefficient of the block. */
  base: number;
}

/** Visits the blocks of a scan in the order of the file; `index` counts the blocks of a unit. */
function walk(
  frame: JpegFrame,
  { components }: JpegScan,
  visit: (place: Place, index: number) => boolean,
): void {
  const place: Place = { part: 0, base: 0 };
  if (components.length === 1) {
    const { columns, rows, stride } = components[0]!.component;
    for (let i = 0; i < rows * columns; i++) {
      place.base = 64 * (Math.floor(i / columns) * stride + (i % columns));
      if (!visit(place, 0)) return;
    }
    return;
  }
  const across = Math.ceil(frame.width / (8 * frame.maxH));
  const down = Math.ceil(frame.height / (8 * frame.maxV));
  for (let unit = 0; unit < across * down; unit++) {
    const [column, row] = [unit % across, Math.floor(unit / across)];
    let index = 0;
    for (let part = 0; part < components.length; part++) {
      const { h, v, stride } = components[part]!.component;
      for (let i = 0; i < h * v; i++) {
        place.part = part;
        place.base = 64 * ((row * v + Math.floor(i / h)) * stride + column * h + (i % h));
        if (!visit(place, index++)) return;
      }
    }
  }
}

function decoderOf(scan: JpegScan, progressive: boolean, run: { left: number }): DecodeBlock {
  const { first, last, high, low } = scan;
  if (!progressive) return sequential;
  if (first === 0) return high === 0 ? dcFirst(low) : dcRefine(low);
  return high === 0 ? acFirst(first, last, low, run) : acRefine(first, last, low, run);
}

const sequential: DecodeBlock = (bits, blocks, base, part) => {
  part.previous += bits.signed(bits.symbol(part.dc!));
  blocks[base] = part.previous;
  for (let k = 1; k < 64; k++) {
    const symbol = bits.symbol(part.ac!);
    const size = symbol & 15;
    k += symbol >> 4;
    if (size > 0) {
      const value = bits.signed(size);
      if (k < 64) blocks[base + ZIGZAG[k]!] = value;
    } else if (symbol !== 0xf0) return;
  }
};

const dcFirst =
  (low: number): DecodeBlock =>
  (bits, blocks, base, part) => {
    part.previous += bits.signed(bits.symbol(part.dc!));
    blocks[base] = part.previous << low;
  };

const dcRefine =
  (low: number): DecodeBlock =>
  (bits, blocks, base) => {
    if (bits.take(1)) blocks[base]! |= 1 << low;
  };

const acFirst =
  (first: number, last: number, low: number, run: { left: number }): DecodeBlock =>
  (bits, blocks, base, part) => {
    if (run.left > 0) {
      run.left--;
      return;
    }
    for (let k = first; k <= last; k++) {
      const symbol = bits.symbol(part.ac!);
      const [zeros, size] = [symbol >> 4, symbol & 15];
      if (size > 0) {
        k += zeros;
        const value = bits.signed(size);
        if (k < 64) blocks[base + ZIGZAG[k]!] = value * (1 << low);
      } else if (zeros === 15) k += 15;
      else {
        run.left = (1 << zeros) - 1 + bits.take(zeros);
        return;
      }
    }
  };

const acRefine =
  (first: number, last: number, low: number, run: { left: number }): DecodeBlock =>
  (bits, blocks, base, part) => {
    const bit = 1 << low;
    /** Adds a bit of precision to a coefficient that is not zero. */
    const refine = (at: number) => {
      const value = blocks[at]!;
      if (bits.take(1) && (value & bit) === 0) blocks[at] = value + (value >= 0 ? bit : -bit);
    };
    let k = first;
    if (run.left === 0) {
      for (; k <= last; k++) {
        const symbol = bits.symbol(part.ac!);
        let zeros = symbol >> 4;
        let fresh = 0;
        if ((symbol & 15) > 0) fresh = bits.take(1) ? bit : -bit;
        else if (zeros < 15) {
          run.left = (1 << zeros) + bits.take(zeros);
          break;
        }
        for (; k <= last; k++) {
          const at = base + ZIGZAG[k]!;
          if (blocks[at] !== 0) refine(at);
          else if (--zeros < 0) break;
        }
        if (fresh !== 0 && k < 64) blocks[base + ZIGZAG[k]!] = fresh;
      }
    }
    if (run.left === 0) return;
    for (; k <= last; k++) {
      const at = base + ZIGZAG[k]!;
      if (blocks[at] !== 0) refine(at);
    }
    run.left--;
  };
