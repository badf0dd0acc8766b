/**
 * The 16-bit floats: float16 (IEEE binary16) and bfloat16 (the upper half of a float32). Numbers of
 * both are kept as float32 values already rounded; here they are rounded, to nearest with ties to
 * even, and turned into their 16 bits and back.
 */

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** Rounds to a multiple of `unit`, a power of two, ties to even. `x / unit` must be below 2^52. */
function roundToMultiple(x: number, unit: number): number {
  const scaled = x / unit;
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0);
  return (up ? floor + 1 : floor) * unit;
}

/** The power of two at or below `x`, which is positive; 0 below the normal float32 numbers. */
function binadeOf(x: number): number {
  float[0] = x;
  bits[0] = bits[0]! & 0x7f800000;
  const binade = float[0]!;
  return binade > x ? binade / 2 : binade;
}

/** The float16 nearest to `x`; beyond 65520 it is an infinity. Works from the exact double. */
export function roundToHalf(x: number): number {
  const size = Math.abs(x);
  if (!(size < 65520)) return Number.isNaN(x) ? x : Math.sign(x) * Number.POSITIVE_INFINITY;
  if (size === 0) return x;
  const binade = Math.max(binadeOf(size), 2 ** -14);
  const rounded = roundToMultiple(size, binade * 2 ** -10);
  return x < 0 ? -rounded : rounded;
}

/** The 16 bits of float16 `x`, which is rounded first. */
export function halfToBits(x: number): number {
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0;
  const size = Math.abs(roundToHalf(x));
  if (Number.isNaN(size)) return 0x7e00;
  if (size === Number.POSITIVE_INFINITY) return sign | 0x7c00;
  if (size < 2 ** -14) return sign | (size * 2 ** 24);
  float[0] = size;
  return sign | ((bits[0]! >>> 13) - ((127 - 15) << 10));
}

/** The number that 16 bits mean as a float16. */
export function bitsToHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 31;
  const fraction = half & 0x3ff;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** The bfloat16 nearest to float32 `x` (a double is first rounded to float32, as TensorFlow does). */
export function roundToBfloat16(x: number): number {
  return bitsToBfloat16(bfloat16ToBits(x));
}

/** The 16 bits of bfloat16 `x`, which is rounded first. */
export function bfloat16ToBits(x: number): number {
  float[0] = x;
  const whole = bits[0]!;
  if (Number.isNaN(x)) return 0x7fc0;
  return (whole + 0x7fff + ((whole >>> 16) & 1)) >>> 16;
}

/** The number that 16 bits mean as a bfloat16. */
export function bitsToBfloat16(half: number): number {
  bits[0] = half << 16;
  return float[0]!;
}
