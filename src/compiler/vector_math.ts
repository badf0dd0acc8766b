/**
 * Elementary functions of four float32 lanes. All are within 2 units in the last place of the
 * correctly rounded result, denormal results included. Arguments are reduced as in the Cephes
 * library (S. Moshier) and in FreeBSD's msun; coefficients are Cephes's or Taylor's.
 */

import type { Code } from './encoder.ts';
import { f32, f64, i32, i64, laneOf, lanes, type Scope, v128, withLane } from './simd.ts';

/** Computes a function; `x` is cheap to push more than once. */
export type VectorFunction = (s: Scope, x: Code) => Code;

const SIGN = -0x80000000;
const { add, subtract, multiply, divide } = f32;

/**
 * `c[0] x^(n-1) + ... + c[n-1]`, by Estrin's scheme: neighbours are joined in rounds, whose products do
 * not wait for each other.
 */
function polynomial(s: Scope, x: Code, coefficients: readonly number[]): Code {
  let terms = coefficients.map((c) => s.float(c));
  let power = x;
  while (terms.length > 1) {
    const joined: Code[] = [];
    const first = terms.length % 2;
    if (first === 1) joined.push(terms[0]!);
    for (let i = first; i < terms.length; i += 2) {
      joined.push(s.name(add(multiply(terms[i]!, power), terms[i + 1]!)));
    }
    terms = joined;
    if (terms.length > 1) power = s.name(multiply(power, power));
  }
  return terms[0]!;
}

// ---- exponentials ------------------------------------------------------------------------------

const EXP = [
  1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1,
  5.0000001201e-1,
];
/** Fewer terms, where the relative error of exp(r) - 1 does not matter; fitted to exp(r) within 1e-8. */
const SHORT_EXP = [
  0.0013814455687022375, 0.008368785805409673, 0.041668394738506344, 0.16666520063276755,
  0.49999993409482274,
];
/** log 2 in two parts, the first of so few bits that its products with exponents are exact. */
const LN2_HIGH = 0.693359375;
const LN2_LOW = -0.00021219444005469057;

/** A number so large that adding it rounds to an integer, which the last bits of the sum then are. */
const ROUNDER = 1.5 * 2 ** 23;
const ROUNDER_BITS = 0x4b400000;
/** The bits of 1. */
const ONE_BITS = 0x3f800000;

/** `x = k log 2 + r` with an integer `k`: the bits that end in k, and `exp(r) - 1`. */
function reduced(
  s: Scope,
  x: Code,
  terms: readonly number[] = EXP,
): { readonly bits: Code; readonly minusOne: Code } {
  const bits = s.name(add(multiply(x, s.float(Math.LOG2E)), s.float(ROUNDER)));
  const k = s.name(subtract(bits, s.float(ROUNDER)));
  const high = subtract(x, multiply(k, s.float(LN2_HIGH)));
  const r = s.name(subtract(high, multiply(k, s.float(LN2_LOW))));
  const tail = multiply(multiply(r, r), polynomial(s, r, terms));
  return { bits, minusOne: s.name(add(tail, r)) };
}

/** `2^(k + more)` within the exponents of normal numbers, where `bits` end in k. */
const powerOfTwo = (s: Scope, bits: Code, more = 0): Code =>
  i32.add(i32.shiftLeft(bits, 23), s.integer(ONE_BITS + more * 2 ** 23));

/** e to the power of x. */
export const exp: VectorFunction = (s, x) => {
  const bounded = s.name(f32.greater(f32.lesser(x, s.float(89)), s.float(-104)));
  const { bits, minusOne } = reduced(s, bounded, SHORT_EXP);
  const k = s.name(i32.subtract(bits, s.integer(ROUNDER_BITS)));
  // The power of two may be out of range where the result is not: it is applied in two steps.
  const half = s.name(i32.shiftRight(k, 1));
  const first = multiply(add(minusOne, s.float(1)), powerOfTwo(s, half));
  return multiply(first, powerOfTwo(s, i32.subtract(k, half)));
};

/** exp(-|x|) */
export const expOfNegative: VectorFunction = (s, x) => {
  const negative = v128.or(x, s.integer(SIGN));
  const { bits, minusOne } = reduced(s, s.name(f32.greater(negative, s.float(-104))), SHORT_EXP);
  const first = multiply(add(minusOne, s.float(1)), powerOfTwo(s, bits, 64));
  return multiply(first, s.float(2 ** -64));
};

/** exp(x) - 1, accurate for small x. */
export const expm1: VectorFunction = (s, x) => {
  const bounded = s.name(f32.greater(f32.lesser(x, s.float(89)), s.float(-25)));
  const { bits, minusOne } = reduced(s, bounded);
  const half = s.name(powerOfTwo(s, bits, -1));
  const sum = s.name(add(multiply(minusOne, half), subtract(half, s.float(0.5))));
  // Where x is 0 the sum loses its sign.
  return v128.select(f32.equal(x, s.float(0)), x, add(sum, sum));
};

/** 1 / (1 + exp(-x)). */
export const sigmoid: VectorFunction = (s, x) => {
  const e = s.name(expOfNegative(s, x));
  const top = v128.select(f32.lessThan(x, s.float(0)), e, s.float(1));
  return divide(top, add(e, s.float(1)));
};

/** The hyperbolic tangent: t / (t + 2) with t = exp(2 |x|) - 1. */
export const tanh: VectorFunction = (s, x) => {
  const size = s.name(f32.lesser(f32.abs(x), s.float(10)));
  const { bits, minusOne } = reduced(s, s.name(add(size, size)));
  const scale = s.name(powerOfTwo(s, bits));
  const t = s.name(add(multiply(minusOne, scale), subtract(scale, s.float(1))));
  const result = divide(t, add(t, s.float(2)));
  return v128.or(result, v128.and(x, s.integer(SIGN)));
};

// ---- logarithms --------------------------------------------------------------------------------

const LOG = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1,
  -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
];
const SQRT_HALF = 0x3f3504f3;
const SMALLEST_NORMAL = 2 ** -126;

/** The logarithm of positive normal numbers; `shift` is subtracted from their exponents. */
function logOfNormal(s: Scope, x: Code, shift: Code | null): Code {
  const exponent = s.name(i32.shiftRight(i32.subtract(x, s.integer(SQRT_HALF)), 23));
  const mantissa = i32.subtract(x, i32.shiftLeft(exponent, 23));
  const f = s.name(subtract(mantissa, s.float(1)));
  const whole = f32.fromIntegers(exponent);
  const e = s.name(shift ? subtract(whole, shift) : whole);
  const square = s.name(multiply(f, f));
  const tail = multiply(multiply(f, square), polynomial(s, f, LOG));
  const low = subtract(add(tail, multiply(e, s.float(LN2_LOW))), multiply(square, s.float(0.5)));
  return add(add(f, low), multiply(e, s.float(LN2_HIGH)));
}

/** The logarithm of positive finite numbers. */
function logOfPositive(s: Scope, x: Code): Code {
  const tiny = s.name(f32.lessThan(x, s.float(SMALLEST_NORMAL)));
  const normal = s.name(v128.select(tiny, multiply(x, s.float(2 ** 23)), x));
  return logOfNormal(s, normal, v128.and(tiny, s.float(23)));
}

/** The natural logarithm. */
export const log: VectorFunction = (s, x) => {
  const fine = v128.and(
    f32.greaterThan(x, s.float(0)),
    f32.lessThan(x, s.float(Number.POSITIVE_INFINITY)),
  );
  const special = s.name(v128.not(fine));
  return s.unless(special, logOfPositive(s, x), () => {
    const negative = v128.select(f32.lessThan(x, s.float(0)), s.float(Number.NaN), x);
    return v128.select(f32.equal(x, s.float(0)), s.float(Number.NEGATIVE_INFINITY), negative);
  });
};

/** log(1 + x), accurate for small x. */
export const log1p: VectorFunction = (s, x) => {
  const u = s.name(add(x, s.float(1)));
  const whole = log(s, u);
  const lost = divide(subtract(x, subtract(u, s.float(1))), u);
  const fine = v128.and(
    f32.greaterThan(u, s.float(0)),
    f32.lessThan(u, s.float(Number.POSITIVE_INFINITY)),
  );
  const corrected = s.name(v128.select(fine, add(whole, lost), whole));
  return v128.select(f32.equal(x, s.float(0)), x, corrected);
};

/** Below it, log(1 + exp(x)) is exp(x) in single precision, as TensorFlow has it. */
const SOFTPLUS_THRESHOLD = Math.log(2 ** -23) + 2;

/** log(1 + exp(x)). */
export const softplus: VectorFunction = (s, x) => {
  const e = s.name(expOfNegative(s, x));
  const above = f32.greater(x, s.float(0));
  const u = s.name(add(e, s.float(1)));
  const lost = divide(subtract(e, subtract(u, s.float(1))), u);
  const sum = add(above, add(logOfNormal(s, u, null), lost));
  return v128.select(f32.lessThan(x, s.float(SOFTPLUS_THRESHOLD)), e, sum);
};

// ---- powers ------------------------------------------------------------------------------------

const EXPONENT_BIAS = 1023n << 52n;
const SQRT_HALF_DOUBLE = 0x3fe6a09e667f3bcdn;
/** 2^52: its last bits count ones. */
const COUNTER = 0x4330000000000000n;

/** `c[0] x^(n-1) + ... + c[n-1]` in double precision. */
function doublePolynomial(s: Scope, x: Code, coefficients: readonly number[]): Code {
  return coefficients
    .slice(1)
    .reduce<Code>(
      (sum, c) => f64.add(f64.multiply(sum, x), s.double(c)),
      s.double(coefficients[0]!),
    );
}

/** log2 = e + f (c0 + c1 f^2 + ...) with f = (m - 1) / (m + 1), the series of artanh. */
const LOG2 = [7, 6, 5, 4, 3, 2, 1, 0].map((n) => 2 / Math.LN2 / (2 * n + 1));
/** 2^r = exp(r log 2), Taylor's series. */
const EXP2 = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map((n) => {
  let c = 1;
  for (let i = 1; i <= n; i++) c *= Math.LN2 / i;
  return c;
});

/** The base 2 logarithm of two positive doubles within the range of floats. */
function log2OfDoubles(s: Scope, x: Code): Code {
  const biased = i64.add(i64.subtract(x, s.long(SQRT_HALF_DOUBLE)), s.long(EXPONENT_BIAS));
  const exponent = s.name(i64.shiftRight(biased, 52));
  const whole = i64.shiftLeft(exponent, 52);
  const m = s.name(i64.add(i64.subtract(x, whole), s.long(EXPONENT_BIAS)));
  const e = f64.subtract(v128.or(exponent, s.long(COUNTER)), s.double(2 ** 52 + 1023));
  const f = s.name(f64.divide(f64.subtract(m, s.double(1)), f64.add(m, s.double(1))));
  const square = s.name(f64.multiply(f, f));
  return f64.add(e, f64.multiply(f, doublePolynomial(s, square, LOG2)));
}

/** Two powers of two, of exponents up to 200 on either side of 0. */
function exp2OfDoubles(s: Scope, t: Code): Code {
  const bounded = s.name(f64.greater(f64.lesser(t, s.double(200)), s.double(-200)));
  const n = s.name(f64.nearest(bounded));
  const r = s.name(f64.subtract(bounded, n));
  const scale = i64.shiftLeft(f64.add(n, s.double(2 ** 52 + 1023)), 52);
  return f64.multiply(doublePolynomial(s, r, EXP2), scale);
}

/** Two powers, of the first lanes of x and y. */
function powerOfTwoLanes(s: Scope, x: Code, y: Code): Code {
  const base = s.name(f64.fromFloats(x));
  const t = f64.multiply(f64.fromFloats(y), log2OfDoubles(s, base));
  return s.name(f32.fromDoubles(exp2OfDoubles(s, t)));
}

/**
 * x to the power of y, in double precision for positive finite numbers; vectors that have others go
 * to `library`, which pushes the power of two numbers.
 */
export function power(s: Scope, x: Code, y: Code, library: (x: Code, y: Code) => Code): Code {
  const infinity = s.float(Number.POSITIVE_INFINITY);
  const usual = v128.and(
    v128.and(f32.greaterThan(x, s.float(0)), f32.lessThan(x, infinity)),
    f32.lessThan(f32.abs(y), infinity),
  );
  const special = s.name(v128.not(usual));
  const low = powerOfTwoLanes(s, x, y);
  const high = powerOfTwoLanes(s, lanes(x, x, 2, 3, 2, 3), lanes(y, y, 2, 3, 2, 3));
  return s.unless(special, lanes(low, high, 0, 1, 4, 5), () =>
    [0, 1, 2, 3].reduce<Code>(
      (all, lane) => withLane(all, lane, library(laneOf(x, lane), laneOf(y, lane))),
      x,
    ),
  );
}
