/** The forward transform of JPEG, 64 samples to quantized coefficients, in libjpeg's accurate integers. */

const BITS = 13;
const PASS = 2;
const work = new Int32Array(64);

function descale(x: number, bits: number): number {
  return (x + (1 << (bits - 1))) >> bits;
}

/** One row or column of `work`; the first pass leaves `PASS` more bits than the second. */
function transform(at: number, step: number, isFirst: boolean): void {
  const w = (k: number) => work[at + k * step]!;
  const put = (k: number, value: number) => {
    work[at + k * step] = value;
  };
  const [s0, s1, s2, s3] = [w(0) + w(7), w(1) + w(6), w(2) + w(5), w(3) + w(4)];
  const [d0, d1, d2, d3] = [w(0) - w(7), w(1) - w(6), w(2) - w(5), w(3) - w(4)];
  const shift = isFirst ? BITS - PASS : BITS + PASS;
  const [outer, inner] = [s0 + s3, s1 + s2];
  put(0, isFirst ? (outer + inner) << PASS : descale(outer + inner, PASS));
  put(4, isFirst ? (outer - inner) << PASS : descale(outer - inner, PASS));
  const even = (s1 - s2 + s0 - s3) * 4433;
  put(2, descale(even + (s0 - s3) * 6270, shift));
  put(6, descale(even - (s1 - s2) * 15137, shift));
  const z5 = (d3 + d1 + d2 + d0) * 9633;
  const z1 = (d3 + d0) * -7373;
  const z2 = (d2 + d1) * -20995;
  const z3 = (d3 + d1) * -16069 + z5;
  const z4 = (d2 + d0) * -3196 + z5;
  put(7, descale(d3 * 2446 + z1 + z3, shift));
  put(5, descale(d2 * 16819 + z2 + z4, shift));
  put(3, descale(d1 * 25172 + z2 + z3, shift));
  put(1, descale(d0 * 12299 + z1 + z4, shift));
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
