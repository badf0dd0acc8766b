/**
 * Philox-4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): the
 * counter-based generator of TensorFlow's random ops. Block n of a stream is a function of (key,
 * counter + n) alone, so a kernel may skip ahead, and what it reads does not depend on threads.
 */

import { fillBlocks } from './philox_blocks.ts';

const KEY_STEP_0 = 0x9e3779b9;
const KEY_STEP_1 = 0xbb67ae85;
const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const ROUNDS = 10;
const TWO_32 = 2 ** 32;

/** From this number of blocks on they are made many at once. */
const MANY = 16;

/** Words in one block of output. */
export const BLOCK = 4;

/** The low and the high 32 bits of a 64-bit integer that a JS number holds exactly. */
export function wordsOf(value: number): [low: number, high: number] {
  return [value | 0, Math.floor(value / TWO_32) | 0];
}

/** A position in one stream: a 128-bit counter under a 64-bit key. */
export class Philox {
  private k0: number;
  private k1: number;
  private c0: number;
  private c1: number;
  private c2: number;
  private c3: number;

  /** `key` is two, `counter` four 32-bit words, the lowest first. */
  constructor(key: readonly number[], counter: readonly number[]) {
    this.k0 = key[0]! | 0;
    this.k1 = key[1]! | 0;
    this.c0 = counter[0]! | 0;
    this.c1 = counter[1]! | 0;
    this.c2 = counter[2]! | 0;
    this.c3 = counter[3]! | 0;
  }

  /** The same position, moved on independently. */
  clone(): Philox {
    return new Philox([this.k0, this.k1], [this.c0, this.c1, this.c2, this.c3]);
  }

  /** Moves on by `blocks` blocks of four words, `blocks` below 2^53. */
  skip(blocks: number): void {
    const low = (this.c0 >>> 0) + (blocks % TWO_32);
    const carry = low >= TWO_32 ? 1 : 0;
    const middle = (this.c1 >>> 0) + Math.floor(blocks / TWO_32) + carry;
    this.c0 = low | 0;
    this.c1 = middle | 0;
    if (middle < TWO_32) return;
    this.c2 = (this.c2 + 1) | 0;
    if (this.c2 === 0) this.c3 = (this.c3 + 1) | 0;
  }

  /**
   * Writes the next `blocks` blocks into `out` from `offset` on, as int32 words, and moves on by
   * `stride` blocks after each.
   */
  fill(out: Int32Array, offset: number, blocks: number, stride = 1): void {
    const { c0, c1, c2, c3, k0, k1 } = this;
    const fits = (c0 >>> 0) + blocks * stride < TWO_32;
    let made = 0;
    if (blocks >= MANY && fits) {
      made = fillBlocks(out, offset, blocks, stride, [c0, c1, c2, c3], [k0, k1]);
      this.skip(made * stride);
    }
    this.fillFew(out, offset + made * BLOCK, blocks - made, stride);
  }

  private fillFew(out: Int32Array, offset: number, blocks: number, stride: number): void {
    const { k0, k1 } = this;
    let { c0, c1, c2, c3 } = this;
    const end = offset + blocks * BLOCK;
    for (let at = offset; at < end; at += BLOCK) {
      let x0 = c0;
      let x1 = c1;
      let x2 = c2;
      let x3 = c3;
      let key0 = k0;
      let key1 = k1;
      for (let round = 0; round < ROUNDS; round++) {
        // The high word of each 64-bit product, from products of 16-bit halves that fit 32 bits.
        let low = x0 & 0xffff;
        let high = x0 >>> 16;
        let middle = (Math.imul(0xd251, low) + (Math.imul(0x1f53, low) >>> 16)) | 0;
        let cross = (Math.imul(0x1f53, high) + (middle & 0xffff)) | 0;
        const high0 = (Math.imul(0xd251, high) + (middle >>> 16) + (cross >>> 16)) | 0;
        low = x2 & 0xffff;
        high = x2 >>> 16;
        middle = (Math.imul(0xcd9e, low) + (Math.imul(0x8d57, low) >>> 16)) | 0;
        cross = (Math.imul(0x8d57, high) + (middle & 0xffff)) | 0;
        const high1 = (Math.imul(0xcd9e, high) + (middle >>> 16) + (cross >>> 16)) | 0;
        const low0 = Math.imul(MULTIPLIER_0, x0);
        const low1 = Math.imul(MULTIPLIER_1, x2);
        x0 = high1 ^ x1 ^ key0;
        x1 = low1;
        x2 = high0 ^ x3 ^ key1;
        x3 = low0;
        key0 = (key0 + KEY_STEP_0) | 0;
        key1 = (key1 + KEY_STEP_1) | 0;
      }
      out[at] = x0;
      out[at + 1] = x1;
      out[at + 2] = x2;
      out[at + 3] = x3;
      c0 = (c0 + stride) | 0;
      if (c0 >>> 0 < stride) {
        c1 = (c1 + 1) | 0;
        if (c1 === 0) c2 = (c2 + 1) | 0;
        if (c1 === 0 && c2 === 0) c3 = (c3 + 1) | 0;
      }
    }
    this.c0 = c0;
    this.c1 = c1;
    this.c2 = c2;
    this.c3 = c3;
  }
}

/** Reads a generator one 32-bit word at a time, as TensorFlow's SingleSampleAdapter does. */
export class Words {
  private readonly block = new Int32Array(BLOCK);
  private used = BLOCK;
  private readonly generator: Philox;

  constructor(generator: Philox) {
    this.generator = generator;
  }

  /** The next word, as an int32. */
  next(): number {
    if (this.used === BLOCK) {
      this.generator.fill(this.block, 0, 1);
      this.used = 0;
    }
    return this.block[this.used++]!;
  }
}

/**
 * The stream of one random operation in one session (TensorFlow's GuardedPhiloxRandom): the key is
 * `seed`, the upper half of the counter `seed2`, and every run reserves the part that it reads.
 * Two zero seeds ask for a stream that nobody can repeat.
 */
export class Stream {
  private readonly generator: Philox;

  constructor(seed: number, seed2: number) {
    const words =
      seed === 0 && seed2 === 0
        ? [...crypto.getRandomValues(new Int32Array(4))]
        : [...wordsOf(seed), ...wordsOf(seed2)];
    this.generator = new Philox(words.slice(0, 2), [0, 0, ...words.slice(2)]);
  }

  /** The current position; the stream moves on by `blocks` blocks. */
  reserve(blocks: number): Philox {
    const here = this.generator.clone();
    this.generator.skip(blocks);
    return here;
  }

  /** Reserves for `count` numbers: 256 blocks each, whatever the distribution really reads. */
  reserveOutputs(count: number): Philox {
    return this.reserve(count * BLOCKS_PER_OUTPUT);
  }
}

/** What TensorFlow reserves for each number that an op puts out. */
export const BLOCKS_PER_OUTPUT = 256;

/** The stream of a stateless op: `seed` is scrambled, so that both its numbers matter alike. */
export function statelessStream(seed: ArrayLike<number>): Philox {
  const counter = [...wordsOf(seed[0]!), ...wordsOf(seed[1]!)];
  const mixed = new Int32Array(BLOCK);
  new Philox([0x3ec8f720, 0x02461e29], counter).fill(mixed, 0, 1);
  return new Philox([mixed[0]!, mixed[1]!], [0, 0, mixed[2]!, mixed[3]!]);
}
