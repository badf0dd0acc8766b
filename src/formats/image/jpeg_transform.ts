/**
 * The inverse transforms of JPEG, from 64 coefficients to samples: the accurate and the fast integer
 * algorithms and those for smaller images, in the very integer steps of libjpeg, so that pixels are
 * TensorFlow's. Loeffler, Ligtenberg and Moschytz (1989); Arai, Agui and Nakajima (1988).
 */

/** Writes the samples of the block at `base` of `blocks` to `target` from `at` on, rows `stride` apart. */
export type Inverse = (
  blocks: Int16Array,
  base: number,
  divisors: Uint16Array | Int32Array,
  target: Uint8Array,
  at: number,
  stride: number,
) => void;

const BITS = 13;
const PASS = 2;
const work = new Int32Array(64);

function clamp(value: number): number {
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

/** `x / 2^bits`, rounded. */
function descale(x: number, bits: number): number {
  return (x + (1 << (bits - 1))) >> bits;
}

// ---- accurate ----------------------------------------------------------------------------------

const EVEN = new Int32Array(4);
const ODD = new Int32Array(4);

/** The one-dimensional transform of `v0` to `v7`; the results are `EVEN[i] ± ODD[3 - i]`. */
function accurate(
  v0: number,
  v1: number,
  v2: number,
  v3: number,
  v4: number,
  v5: number,
  v6: number,
  v7: number,
): void {
  const even = (v2 + v6) * 4433;
  const a2 = even - v6 * 15137;
  const a3 = even + v2 * 6270;
  const a0 = (v0 + v4) << BITS;
  const a1 = (v0 - v4) << BITS;
  EVEN[0] = a0 + a3;
  EVEN[3] = a0 - a3;
  EVEN[1] = a1 + a2;
  EVEN[2] = a1 - a2;
  const z5 = (v7 + v3 + v5 + v1) * 9633;
  const z1 = (v7 + v1) * -7373;
  const z2 = (v5 + v3) * -20995;
  const z3 = (v7 + v3) * -16069 + z5;
  const z4 = (v5 + v1) * -3196 + z5;
  ODD[0] = v7 * 2446 + z1 + z3;
  ODD[1] = v5 * 16819 + z2 + z4;
  ODD[2] = v3 * 25172 + z2 + z3;
  ODD[3] = v1 * 12299 + z1 + z4;
}

/** The transform of the row of `work` at `w`. */
function accurateRow(w: number): void {
  accurate(
    work[w]!,
    work[w + 1]!,
    work[w + 2]!,
    work[w + 3]!,
    work[w + 4]!,
    work[w + 5]!,
    work[w + 6]!,
    work[w + 7]!,
  );
}

/** 8 x 8 samples, by the accurate algorithm. */
export const inverseAccurate: Inverse = (blocks, base, divisors, target, at, stride) => {
  for (let i = 0; i < 8; i++) {
    const top = base + i;
    accurate(
      blocks[top]! * divisors[i]!,
      blocks[top + 8]! * divisors[i + 8]!,
      blocks[top + 16]! * divisors[i + 16]!,
      blocks[top + 24]! * divisors[i + 24]!,
      blocks[top + 32]! * divisors[i + 32]!,
      blocks[top + 40]! * divisors[i + 40]!,
      blocks[top + 48]! * divisors[i + 48]!,
      blocks[top + 56]! * divisors[i + 56]!,
    );
    for (let k = 0; k < 4; k++) {
      work[8 * k + i] = descale(EVEN[k]! + ODD[3 - k]!, BITS - PASS);
      work[8 * (7 - k) + i] = descale(EVEN[k]! - ODD[3 - k]!, BITS - PASS);
    }
  }
  for (let row = 0; row < 8; row++) {
    accurateRow(8 * row);
    const to = at + row * stride;
    for (let k = 0; k < 4; k++) {
      target[to + k] = clamp(descale(EVEN[k]! + ODD[3 - k]!, BITS + PASS + 3) + 128);
      target[to + 7 - k] = clamp(descale(EVEN[k]! - ODD[3 - k]!, BITS + PASS + 3) + 128);
    }
  }
};

// ---- fast --------------------------------------------------------------------------------------

const FAST = new Int32Array(8);

function fastScale(k: number): number {
  return k === 0 ? 1 : Math.SQRT2 * Math.cos((k * Math.PI) / 16);
}

/** The divisors with the fast algorithm's scales multiplied in. */
export function fastDivisors(divisors: Uint16Array): Int32Array {
  return Int32Array.from(divisors, (divisor, k) => {
    const scale = Math.round(2 ** 14 * fastScale(k >> 3) * fastScale(k & 7));
    return (divisor * scale + (1 << 11)) >> 12;
  });
}

/** The one-dimensional transform, to `FAST`. */
function fast(
  v0: number,
  v1: number,
  v2: number,
  v3: number,
  v4: number,
  v5: number,
  v6: number,
  v7: number,
): void {
  const a10 = v0 + v4;
  const a11 = v0 - v4;
  const a13 = v2 + v6;
  const a12 = (((v2 - v6) * 362) >> 8) - a13;
  const z13 = v5 + v3;
  const z10 = v5 - v3;
  const z11 = v1 + v7;
  const z12 = v1 - v7;
  const b7 = z11 + z13;
  const z5 = ((z10 + z12) * 473) >> 8;
  const b6 = ((z10 * -669) >> 8) + z5 - b7;
  const b5 = (((z11 - z13) * 362) >> 8) - b6;
  const b4 = ((z12 * 277) >> 8) - z5 + b5;
  FAST[0] = a10 + a13 + b7;
  FAST[7] = a10 + a13 - b7;
  FAST[1] = a11 + a12 + b6;
  FAST[6] = a11 + a12 - b6;
  FAST[2] = a11 - a12 + b5;
  FAST[5] = a11 - a12 - b5;
  FAST[4] = a10 - a13 + b4;
  FAST[3] = a10 - a13 - b4;
}

/** The transform of the row of `work` at `w`. */
function fastRow(w: number): void {
  fast(
    work[w]!,
    work[w + 1]!,
    work[w + 2]!,
    work[w + 3]!,
    work[w + 4]!,
    work[w + 5]!,
    work[w + 6]!,
    work[w + 7]!,
  );
}

/** 8 x 8 samples, by the fast algorithm, whose divisors are `fastDivisors`. */
export const inverseFast: Inverse = (blocks, base, divisors, target, at, stride) => {
  for (let i = 0; i < 8; i++) {
    const top = base + i;
    fast(
      blocks[top]! * divisors[i]!,
      blocks[top + 8]! * divisors[i + 8]!,
      blocks[top + 16]! * divisors[i + 16]!,
      blocks[top + 24]! * divisors[i + 24]!,
      blocks[top + 32]! * divisors[i + 32]!,
      blocks[top + 40]! * divisors[i + 40]!,
      blocks[top + 48]! * divisors[i + 48]!,
      blocks[top + 56]! * divisors[i + 56]!,
    );
    for (let k = 0; k < 8; k++) work[8 * k + i] = FAST[k]!;
  }
  for (let row = 0; row < 8; row++) {
    fastRow(8 * row);
    const to = at + row * stride;
    for (let k = 0; k < 8; k++) target[to + k] = clamp((FAST[k]! >> (PASS + 3)) + 128);
  }
};

// ---- smaller -----------------------------------------------------------------------------------

/** The odd part of the transform to four samples. */
function odd4(v1: number, v3: number, v5: number, v7: number): readonly [number, number] {
  return [
    v7 * -1730 + v5 * 11893 + v3 * -17799 + v1 * 8697,
    v7 * -4176 + v5 * -4926 + v3 * 7373 + v1 * 20995,
  ];
}

/** The four samples of one column or row, before scaling. */
function four(v: (k: number) => number): readonly [number, number, number, number] {
  const dc = v(0) << (BITS + 1);
  const even = v(2) * 15137 + v(6) * -6270;
  const [a, b] = odd4(v(1), v(3), v(5), v(7));
  return [dc + even + b, dc - even + a, dc - even - a, dc + even - b];
}

/** 4 x 4 samples. */
export const inverse4: Inverse = (blocks, base, divisors, target, at, stride) => {
  for (let i = 0; i < 8; i++) {
    if (i === 4) continue;
    const column = four((k) => blocks[base + 8 * k + i]! * divisors[8 * k + i]!);
    for (let k = 0; k < 4; k++) work[8 * k + i] = descale(column[k]!, BITS - PASS + 1);
  }
  for (let row = 0; row < 4; row++) {
    const line = four((k) => work[8 * row + k]!);
    for (let k = 0; k < 4; k++) {
      target[at + row * stride + k] = clamp(descale(line[k]!, BITS + PASS + 4) + 128);
    }
  }
};

/** The sum and the difference of one column or row. */
function two(v: (k: number) => number): readonly [number, number] {
  const dc = v(0) << (BITS + 2);
  const odd = v(7) * -5906 + v(5) * 6967 + v(3) * -10426 + v(1) * 29692;
  return [dc + odd, dc - odd];
}

/** 2 x 2 samples. */
export const inverse2: Inverse = (blocks, base, divisors, target, at, stride) => {
  for (let i = 0; i < 8; i++) {
    if (i > 0 && i % 2 === 0) continue;
    const column = two((k) => blocks[base + 8 * k + i]! * divisors[8 * k + i]!);
    for (let k = 0; k < 2; k++) work[8 * k + i] = descale(column[k]!, BITS - PASS + 2);
  }
  for (let row = 0; row < 2; row++) {
    const line = two((k) => work[8 * row + k]!);
    for (let k = 0; k < 2; k++) {
      target[at + row * stride + k] = clamp(descale(line[k]!, BITS + PASS + 5) + 128);
    }
  }
};

/** One sample: the mean. */
export const inverse1: Inverse = (blocks, base, divisors, target, at) => {
  target[at] = clamp(descale(blocks[base]! * divisors[0]!, 3) + 128);
};
