/** The forward transform of JPEG, 64 samples to quantized coefficients, in libjpeg's accurate integers. */

const BITS = 13;
const PASS = 2;
const work = new Int32Array(64);

function descale(x: number, bits: number): number {
  return (x + (1 << (bits - 1))) >> bits;
}

/** One row or column of `work`; the first pass leaves `PASS` more bits than the second. */
function transform(at: number, step: number, isFirst: boolean): void {
  const [i0, i1, i2, i3] = [at, at + step, at + 2 * step, at + 3 * step];
  const [i4, i5, i6, i7] = [at + 4 * step, at + 5 * step, at + 6 * step, at + 7 * step];
  const s0 = work[i0]! + work[i7]!;
  const d0 = work[i0]! - work[i7]!;
  const s1 = work[i1]! + work[i6]!;
  const d1 = work[i1]! - work[i6]!;
  const s2 = work[i2]! + work[i5]!;
  const d2 = work[i2]! - work[i5]!;
  const s3 = work[i3]! + work[i4]!;
  const d3 = work[i3]! - work[i4]!;
  const shift = isFirst ? BITS - PASS : BITS + PASS;
  const outer = s0 + s3;
  const inner = s1 + s2;
  work[i0] = isFirst ? (outer + inner) << PASS : descale(outer + inner, PASS);
  work[i4] = isFirst ? (outer - inner) << PASS : descale(outer - inner, PASS);
  const even = (s1 - s2 + s0 - s3) * 4433;
  work[i2] = descale(even + (s0 - s3) * 6270, shift);
  work[i6] = descale(even - (s1 - s2) * 15137, shift);
  const z5 = (d3 + d1 + d2 + d0) * 9633;
  const z1 = (d3 + d0) * -7373;
  const z2 = (d2 + d1) * -20995;
  const z3 = (d3 + d1) * -16069 + z5;
  const z4 = (d2 + d0) * -3196 + z5;
  work[i7] = descale(d3 * 2446 + z1 + z3, shift);
  work[i5] = descale(d2 * 16819 + z2 + z4, shift);
  work[i3] = descale(d1 * 25172 + z2 + z3, shift);
  work[i1] = descale(d0 * 12299 + z1 + z4, shift);
}

/**
 * The coefficients of the 8 x 8 samples at `from`, rows `stride` apart, divided by `divisors` and
 * rounded, in natural order from `to` on in `blocks`.
 */
export function forward(
  samples: Uint8Array,
  from: number,
  stride: number,
  divisors: Uint16Array,
  blocks: Int16Array,
  to: number,
): void {
  for (let row = 0; row < 8; row++) {
    for (let x = 0; x < 8; x++) work[8 * row + x] = samples[from + row * stride + x]! - 128;
    transform(8 * row, 1, true);
  }
  for (let x = 0; x < 8; x++) transform(x, 8, false);
  for (let k = 0; k < 64; k++) {
    // The transform gives 8 times the coefficient.
    const divisor = divisors[k]! * 8;
    const size = Math.floor((Math.abs(work[k]!) + (divisor >> 1)) / divisor);
    blocks[to + k] = work[k]! < 0 ? -size : size;
  }
}
