/** Huffman codes on the way to a JPEG file: first the symbols are listed, then they become bits. */

import type { HuffmanSpec } from './jpeg_markers.ts';

/** The table number of entries that are bits alone. */
const NO_TABLE = 15;

/** What a file says, code after code: a symbol of one of four tables, and more bits behind it. */
export class Symbols {
  /** The table (0, 1 for means; 2, 3 for the others), the symbol, and how many bits follow. */
  readonly codes: number[] = [];
  readonly bits: number[] = [];

  /** Appends `symbol` and a value of `size` bits; a negative one is what it lacks to the next power of two. */
  add(table: number, symbol: number, value: number, size: number): void {
    this.codes.push((table << 16) | (symbol << 8) | size);
    this.bits.push(value < 0 ? value + (1 << size) - 1 : value);
  }

  /** Appends `size` bits, up to 16, without a symbol. */
  addBits(value: number, size: number): void {
    this.codes.push((NO_TABLE << 16) | size);
    this.bits.push(value);
  }
}

/** How often each symbol of a table occurs. */
export function frequencies({ codes }: Symbols, table: number): Float64Array {
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

/** The bytes of a scan; `specs` are the tables by number. */
export function encoded(symbols: Symbols, specs: readonly (HuffmanSpec | undefined)[]): Uint8Array {
  const tables = specs.map((spec) => spec && codesOf(spec));
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
    if (code >> 16 !== NO_TABLE) put(...tables[code >> 16]![(code >> 8) & 255]!);
    put(symbols.bits[i]!, code & 255);
  }
  // The last byte is filled with ones.
  if (count > 0) put((1 << (8 - count)) - 1, 8 - count);
  return Uint8Array.from(bytes);
}
