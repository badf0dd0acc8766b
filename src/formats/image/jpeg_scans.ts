/**
 * The scans of a JPEG file that is written: which coefficients come in which pass, and as what symbols.
 * The passes of progressive files are those of libjpeg's `jpeg_simple_progression`.
 */

import { Symbols } from './jpeg_codes.ts';
import { ZIGZAG } from './jpeg_markers.ts';

/** One channel: its coefficients, and how it is written. */
export interface Component {
  readonly sampling: number;
  readonly table: number;
  readonly columns: number;
  readonly rows: number;
  readonly blocks: Int16Array;
}

/** One pass: components, coefficients, bits of precision, and what is written. */
export interface WriteScan {
  /** Indices of components. */
  readonly components: readonly number[];
  readonly first: number;
  readonly last: number;
  readonly high: number;
  readonly low: number;
  readonly symbols: Symbols;
  /** The tables that it needs (0, 1 for means; 2, 3 for the others), in the order of the file. */
  readonly used: readonly number[];
}

/** The longest run of blocks without more coefficients. */
const MOST_RUN = 0x7fff;
/** Bits of precision that are kept until a run ends. */
const MOST_KEPT = 1000 - 63;

/** How many bits a number takes. */
export function sizeOf(value: number): number {
  return 32 - Math.clz32(Math.abs(value));
}

/** Called for each block with the place of its coefficients, -1 beyond the image, and its component. */
type Visit = (base: number, component: Component, index: number) => void;

/** Visits the blocks of all components, unit by unit. */
export function eachBlock(
  components: readonly Component[],
  width: number,
  height: number,
  ...visits: readonly Visit[]
): void {
  // A single component has no units of several blocks.
  const unit = components.length === 1 ? 1 : components[0]!.sampling;
  const [across, down] = [Math.ceil(width / (8 * unit)), Math.ceil(height / (8 * unit))];
  for (let at = 0; at < across * down; at++) {
    for (const [i, component] of components.entries()) {
      const { sampling, columns, rows } = component;
      for (let k = 0; k < sampling * sampling; k++) {
        const x = (at % across) * sampling + (k % sampling);
        const y = Math.floor(at / across) * sampling + Math.floor(k / sampling);
        const base = x < columns && y < rows ? 64 * (y * columns + x) : -1;
        for (const visit of visits) visit(base, component, i);
      }
    }
  }
}

/** Writes means, without their last `low` bits, as differences. Blocks beyond the image repeat the one before. */
export function meansOf(symbols: Symbols, components: readonly Component[], low: number): Visit {
  const means = components.map(() => 0);
  return (base, { table, blocks }, i) => {
    const mean = base < 0 ? means[i]! : blocks[base]! >> low;
    const difference = mean - means[i]!;
    symbols.add(table, sizeOf(difference), difference, sizeOf(difference));
    means[i] = mean;
  };
}

/** The passes of a progressive file. */
export function progressiveScans(
  components: readonly Component[],
  width: number,
  height: number,
): WriteScan[] {
  const ac = (i: number, first: number, last: number, high: number, low: number) =>
    finerScan(components[i]!, i, first, last, high, low);
  const rough = meanScan(components, width, height, 1);
  const fine = meanScan(components, width, height, 0);
  if (components.length === 1) {
    return [
      ...[rough, ac(0, 1, 5, 0, 2), ac(0, 6, 63, 0, 2)],
      ...[ac(0, 1, 63, 2, 1), fine, ac(0, 1, 63, 1, 0)],
    ];
  }
  return [
    ...[rough, ac(0, 1, 5, 0, 2), ac(2, 1, 63, 0, 1), ac(1, 1, 63, 0, 1), ac(0, 6, 63, 0, 2)],
    ...[ac(0, 1, 63, 2, 1), fine, ac(2, 1, 63, 1, 0), ac(1, 1, 63, 1, 0), ac(0, 1, 63, 1, 0)],
  ];
}

function meanScan(
  components: readonly Component[],
  width: number,
  height: number,
  low: number,
): WriteScan {
  const symbols = new Symbols();
  if (low > 0) eachBlock(components, width, height, meansOf(symbols, components, low));
  else {
    const means = components.map(() => 0);
    eachBlock(components, width, height, (base, { blocks }, i) => {
      if (base >= 0) means[i] = blocks[base]!;
      symbols.addBits(means[i]! & 1, 1);
    });
  }
  const used = low === 0 ? [] : components.length === 1 ? [0] : [0, 1];
  return {
    components: [...components.keys()],
    first: 0,
    last: 0,
    high: 1 - low,
    low,
    symbols,
    used,
  };
}

/** The coefficients `first` to `last` of one component, down to bit `low`. */
function finerScan(
  component: Component,
  index: number,
  first: number,
  last: number,
  high: number,
  low: number,
): WriteScan {
  const table = component.table + 2;
  const writer = new RunWriter(table);
  const { blocks } = component;
  for (let base = 0; base < blocks.length; base += 64) {
    if (high === 0) writer.begin(blocks, base, first, last, low);
    else writer.refine(blocks, base, first, last, low);
  }
  writer.endRun();
  return { components: [index], first, last, high, low, symbols: writer.symbols, used: [table] };
}

/** Writes coefficients of blocks, where blocks without any are counted as a run. */
class RunWriter {
  readonly symbols = new Symbols();
  private readonly table: number;
  private run = 0;
  /** Bits of coefficients that were there before, to be written after the run. */
  private kept: number[] = [];

  constructor(table: number) {
    this.table = table;
  }

  /** Writes what a run has, if there is one. */
  endRun(): void {
    if (this.run === 0) return;
    const bits = sizeOf(this.run) - 1;
    this.symbols.add(this.table, bits << 4, this.run - (1 << bits), bits);
    this.run = 0;
    this.put(this.kept);
    this.kept = [];
  }

  /** The first pass over coefficients. */
  begin(blocks: Int16Array, base: number, first: number, last: number, low: number): void {
    let zeros = 0;
    for (let k = first; k <= last; k++) {
      const value = shifted(blocks[base + ZIGZAG[k]!]!, low);
      if (value === 0) {
        zeros++;
        continue;
      }
      this.endRun();
      for (; zeros > 15; zeros -= 16) this.symbols.add(this.table, 0xf0, 0, 0);
      const size = sizeOf(value);
      this.symbols.add(this.table, (zeros << 4) | size, value, size);
      zeros = 0;
    }
    if (zeros > 0) this.countBlock([]);
  }

  /** A later pass: one bit of each coefficient that was there, and those that are new. */
  refine(blocks: Int16Array, base: number, first: number, last: number, low: number): void {
    const sizes = Int16Array.from(ZIGZAG, (k) => Math.abs(shifted(blocks[base + k]!, low)));
    const end = sizes.subarray(0, last + 1).lastIndexOf(1);
    let zeros = 0;
    let bits: number[] = [];
    for (let k = first; k <= last; k++) {
      const size = sizes[k]!;
      if (size === 0) {
        zeros++;
        continue;
      }
      for (; zeros > 15 && k <= end; zeros -= 16) {
        this.endRun();
        this.symbols.add(this.table, 0xf0, 0, 0);
        this.put(bits);
        bits = [];
      }
      if (size > 1) {
        bits.push(size & 1);
        continue;
      }
      this.endRun();
      this.symbols.add(this.table, (zeros << 4) | 1, 0, 0);
      this.symbols.addBits(blocks[base + ZIGZAG[k]!]! < 0 ? 0 : 1, 1);
      this.put(bits);
      bits = [];
      zeros = 0;
    }
    if (zeros > 0 || bits.length > 0) this.countBlock(bits);
  }

  private countBlock(bits: readonly number[]): void {
    this.run++;
    this.kept.push(...bits);
    if (this.run === MOST_RUN || this.kept.length > MOST_KEPT) this.endRun();
  }

  private put(bits: readonly number[]): void {
    for (const bit of bits) this.symbols.addBits(bit, 1);
  }
}

/** Towards zero. */
function shifted(value: number, bits: number): number {
  return value < 0 ? -(-value >> bits) : value >> bits;
}
