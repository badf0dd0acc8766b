/**
 * Pairs of random words to pairs of normal numbers (Box and Muller's transform), rounded as
 * TensorFlow rounds on Linux. In float32 the logarithm, sine and cosine are table and polynomial
 * approximations in double with the constants of ARM's optimized routines, which glibc uses too, so
 * that every float32 result is the same, which a correctly rounded function would miss 1 in 50 times.
 */

import { BLOCK } from './philox.ts';

const TWO_PI = 2 * Math.PI;
const EPSILON = Math.fround(1e-7);
const FRACTION_32 = 0x7fffff;
const ULP_32 = 2 ** -23;

// 1/c and log(c) for c in the middle of each sixteenth of a binade from 0.69921875 on.
const INVERSES = Float64Array.of(
  1.398907162146528,
  1.3403141896637998,
  1.286432210124115,
  1.2367150214269895,
  1.1906977166711752,
  1.1479821020556429,
  1.1082251448272158,
  1.0711297413057381,
  1.036437278977283,
  1,
  0.9492859795739057,
  0.8951049428609004,
  0.8476821620351103,
  0.8050314851692001,
  0.7664671008843108,
  0.731428603316328,
);
const LOGS = Float64Array.of(
  -0.33569133332882284,
  -0.2929040563774074,
  -0.2518726580937369,
  -0.21245868807117255,
  -0.17453945183745634,
  -0.1380057072319758,
  -0.10275976698545139,
  -0.06871392447020525,
  -0.0357891387398228,
  0,
  0.05204517742929496,
  0.11081431298787942,
  0.1652495223695143,
  0.21687389031699977,
  0.2659635028121397,
  0.3127556664073557,
);
const LOG_2 = -0.4999997485802103;
const LOG_3 = 0.333456765744066;
const LOG_4 = -0.25089342214237154;
const FIRST_SIXTEENTH = 0x3f330000;

const SIN_3 = -0.16666654943701084;
const SIN_5 = 0.008332178146138854;
const SIN_7 = -0.00019517298981385725;
const COS_2 = -0.49999999725108224;
const COS_4 = 0.041666623324344516;
const COS_6 = -0.001388676379437604;
const COS_8 = 0.000024390450703564542;

const float = new Float32Array(1);
const floatBits = new Int32Array(float.buffer);

/** The natural logarithm of a positive normal float32, as a float32. */
export function logFloat(x: number): number {
  float[0] = x;
  const bits = floatBits[0]!;
  const above = (bits - FIRST_SIXTEENTH) | 0;
  const sixteenth = (above >> 19) & 15;
  floatBits[0] = bits - (above & 0xff800000);
  const r = float[0]! * INVERSES[sixteenth]! - 1;
  const r2 = r * r;
  const series = LOG_4 * r2 + (LOG_3 * r + LOG_2);
  return Math.fround(series * r2 + (LOGS[sixteenth]! + (above >> 23) * Math.LN2 + r));
}

/**
 * Turns `bits`, pairs of words, into pairs of normal float32 numbers in `out`. Both may be views of
 * the same memory.
 */
export function normalFloats(bits: Int32Array, out: Float32Array): void {
  for (let i = 0; i < bits.length; i += 2) {
    const uniform = (bits[i]! & FRACTION_32) * ULP_32;
    const angle = Math.fround(TWO_PI * ((bits[i + 1]! & FRACTION_32) * ULP_32));
    const radius = Math.fround(Math.sqrt(-2 * logFloat(uniform < EPSILON ? EPSILON : uniform)));
    const quarter = (angle * (2 / Math.PI) + 0.5) | 0;
    const x = angle - quarter * (Math.PI / 2);
    const x2 = x * x;
    const x3 = x2 * x;
    const x4 = x2 * x2;
    const near = x + x3 * SIN_3 + x3 * x2 * (SIN_5 + x2 * SIN_7);
    const far = 1 + x2 * COS_2 + x4 * COS_4 + x4 * x2 * (COS_6 + x2 * COS_8);
    const swap = (quarter & 1) !== 0;
    const sin = swap ? far : near;
    const cos = swap ? near : far;
    out[i] = Math.fround((quarter & 2) !== 0 ? -sin : sin) * radius;
    out[i + 1] = Math.fround(((quarter + 1) & 2) !== 0 ? -cos : cos) * radius;
  }
}

/** The double in [0, 1) that TensorFlow makes of two words, the upper one first. */
export function doubleOf(high: number, low: number): number {
  return ((high & 0xfffff) * 2 ** 32 + (low >>> 0)) * 2 ** -52;
}

/** As `normalFloats`, from blocks of four words to pairs of float64 numbers. */
export function normalDoubles(bits: Int32Array, out: Float64Array): void {
  for (let i = 0, at = 0; i < bits.length; i += BLOCK, at += 2) {
    const uniform = Math.max(doubleOf(bits[i]!, bits[i + 1]!), 1e-7);
    const angle = TWO_PI * doubleOf(bits[i + 2]!, bits[i + 3]!);
    const radius = Math.sqrt(-2 * Math.log(uniform));
    out[at] = Math.sin(angle) * radius;
    out[at + 1] = Math.cos(angle) * radius;
  }
}
