/** The tables that JPEG writers start from (ITU T.81, annex K): quantization by quality, and codes. */

import type { HuffmanSpec } from './jpeg_markers.ts';

/** Divisors of brightness at quality 50, in natural order. */
const LUMA = [
  [16, 11, 10, 16, 24, 40, 51, 61],
  [12, 12, 14, 19, 26, 58, 60, 55],
  [14, 13, 16, 24, 40, 57, 69, 56],
  [14, 17, 22, 29, 51, 87, 80, 62],
  [18, 22, 37, 56, 68, 109, 103, 77],
  [24, 35, 55, 64, 81, 104, 113, 92],
  [49, 64, 78, 87, 103, 121, 120, 101],
  [72, 92, 95, 98, 112, 100, 103, 99],
].flat();
/** Those of color: the first rows; all that are not here are 99. */
const CHROMA = [
  [17, 18, 24, 47],
  [18, 21, 26, 66],
  [24, 26, 56],
  [47, 66],
];

/** Quantization tables for brightness and color; `quality` from 1 to 100. */
export function quantizationTables(quality: number): readonly [Uint16Array, Uint16Array] {
  const bounded = Math.min(Math.max(quality, 1), 100);
  const scale = bounded < 50 ? Math.trunc(5000 / bounded) : 200 - bounded * 2;
  const scaled = (value: number) =>
    Math.min(Math.max(Math.trunc((value * scale + 50) / 100), 1), 255);
  const chroma = LUMA.map((_, k) => CHROMA[k >> 3]?.[k & 7] ?? 99);
  return [Uint16Array.from(LUMA, scaled), Uint16Array.from(chroma, scaled)];
}

function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function spec(counts: readonly number[], symbols: Uint8Array): HuffmanSpec {
  return { counts: Uint8Array.from(counts), symbols };
}

const SIZES = bytes('000102030405060708090a0b');

/** Codes of the sizes of mean values. */
export const DC_CODES: readonly HuffmanSpec[] = [
  spec([0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0], SIZES),
  spec([0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0], SIZES),
];

/** Codes of runs of zeros and the sizes of what follows them. */
export const AC_CODES: readonly HuffmanSpec[] = [
  spec(
    [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125],
    bytes(
      '01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a' +
        '25262728292a3435363738393a434445464748494a535455565758595a636465666768696a73747576777879' +
        '7a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9' +
        'cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa',
    ),
  ),
  spec(
    [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 119],
    bytes(
      '000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434e125f117' +
        '18191a262728292a35363738393a434445464748494a535455565758595a636465666768696a737475767778' +
        '797a82838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7' +
        'c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa',
    ),
  ),
];
