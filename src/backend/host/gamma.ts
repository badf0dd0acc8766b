/**
 * The gamma function's family, to double precision. The rational approximations are those of the
 * Cephes library (S. L. Moshier), as in TensorFlow.
 */

/** The polynomial `c[0] x^n + ... + c[n]`. */
export function polynomial(x: number, c: readonly number[]): number {
  let sum = 0;
  for (const a of c) sum = sum * x + a;
  return sum;
}

const LOG_SQRT_2PI = 0.9189385332046727;
const EPSILON = 1.1102230246251565e-16;

const LGAMMA_TAIL = [
  0.0008116141674705085, -0.0005950619042843014, 0.0007936503404577169, -0.002777777777300997,
  0.08333333333333319,
];
const LGAMMA_P = [
  -1378.2515256912086, -38801.631513463784, -331612.9927388712, -1162370.974927623,
  -1721737.0082083966, -853555.6642457654,
];
const LGAMMA_Q = [
  1, -351.81570143652345, -17064.210665188115, -220528.59055385445, -1139334.4436798252,
  -2532523.0717758294, -2018891.4143353277,
];

/** The logarithm of the absolute value of gamma(x). */
export function lgamma(x: number): number {
  if (Number.isNaN(x)) return x;
  if (Math.abs(x) === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  if (x < -34) return reflectedLgamma(-x);
  if (x < 13) return lgammaNear(x);
  const rest = (x - 0.5) * Math.log(x) - x + LOG_SQRT_2PI;
  if (x > 1e8) return rest;
  const p = 1 / (x * x);
  if (x >= 1000) {
    const tail = (0.0007936507936507937 * p - 0.002777777777777778) * p;
    return rest + (tail + 0.08333333333333333) / x;
  }
  return rest + polynomial(p, LGAMMA_TAIL) / x;
}

/** lgamma(-x), by gamma(x) gamma(1 - x) = pi / sin(pi x). */
function reflectedLgamma(x: number): number {
  const whole = Math.floor(x);
  if (whole === x) return Number.POSITIVE_INFINITY;
  const part = x - whole;
  const sine = x * Math.sin(Math.PI * (part > 0.5 ? 1 - part : part));
  return Math.log(Math.PI) - Math.log(sine) - lgamma(x);
}

/** Steps to the interval from 2 to 3, where the approximation holds. */
function lgammaNear(x: number): number {
  let factor = 1;
  let shift = 0;
  let u = x;
  while (u >= 3) {
    shift -= 1;
    u = x + shift;
    factor *= u;
  }
  while (u < 2) {
    if (u === 0) return Number.POSITIVE_INFINITY;
    factor /= u;
    shift += 1;
    u = x + shift;
  }
  const size = Math.log(Math.abs(factor));
  if (u === 2) return size;
  const v = u - 2;
  return size + (v * polynomial(v, LGAMMA_P)) / polynomial(v, LGAMMA_Q);
}

const DIGAMMA_TAIL = [
  0.08333333333333333, -0.021092796092796094, 0.007575757575757576, -0.004166666666666667,
  0.003968253968253968, -0.008333333333333333, 0.08333333333333333,
];

/** The derivative of lgamma; NaN at its poles. */
export function digamma(x: number): number {
  if (x === Number.POSITIVE_INFINITY) return x;
  if (x <= 0) {
    const whole = Math.floor(x);
    if (!(x > whole)) return Number.NaN;
    const part = x - whole;
    const cotangent = part === 0.5 ? 0 : Math.PI / Math.tan(Math.PI * part);
    return digamma(1 - x) - cotangent;
  }
  let sum = 0;
  let s = x;
  for (; s < 10; s += 1) sum += 1 / s;
  const z = 1 / (s * s);
  const tail = s < 1e17 ? z * polynomial(z, DIGAMMA_TAIL) : 0;
  return Math.log(s) - 0.5 / s - tail - sum;
}

// ---- incomplete gamma ------------------------------------------------------------------------

/** `x^a e^-x / gamma(a)`. */
function igammaScale(a: number, x: number): number {
  return Math.exp(a * Math.log(x) - x - lgamma(a));
}

/** The regularized lower incomplete gamma function P(a, x). */
export function igamma(a: number, x: number): number {
  if (Number.isNaN(a) || Number.isNaN(x) || x < 0 || a <= 0) return Number.NaN;
  if (x === 0) return 0;
  if (x === Number.POSITIVE_INFINITY) return 1;
  return x > 1 && x > a ? 1 - upperFraction(a, x) : lowerSeries(a, x);
}

/** The regularized upper incomplete gamma function Q(a, x) = 1 - P(a, x). */
export function igammac(a: number, x: number): number {
  if (Number.isNaN(a) || Number.isNaN(x) || x < 0 || a <= 0) return Number.NaN;
  if (x === 0) return 1;
  if (x === Number.POSITIVE_INFINITY) return 0;
  return x < 1 || x < a ? 1 - lowerSeries(a, x) : upperFraction(a, x);
}

function lowerSeries(a: number, x: number): number {
  let r = a;
  let term = 1;
  let sum = 1;
  while (term / sum > EPSILON) {
    r += 1;
    term *= x / r;
    sum += term;
  }
  return (sum * igammaScale(a, x)) / a;
}

/** The continued fraction of Q, by the recurrence for its convergents. */
function upperFraction(a: number, x: number): number {
  const scale = igammaScale(a, x);
  if (scale === 0) return 0;
  let y = 1 - a;
  let z = x + y + 1;
  let c = 0;
  let [p2, q2, p1, q1] = [1, x, x + 1, z * x];
  let value = p1 / q1;
  for (let change = 1; change > EPSILON; ) {
    c += 1;
    y += 1;
    z += 2;
    const yc = y * c;
    const p = p1 * z - p2 * yc;
    const q = q1 * z - q2 * yc;
    if (q === 0) change = 1;
    else {
      change = Math.abs((value - p / q) / (p / q));
      value = p / q;
    }
    [p2, p1, q2, q1] = [p1, p, q1, q];
    if (Math.abs(p) > 4503599627370496) {
      [p2, p1, q2, q1] = [p2 * EPSILON, p1 * EPSILON, q2 * EPSILON, q1 * EPSILON];
    }
  }
  return value * scale;
}

// ---- zeta ------------------------------------------------------------------------------------

/** `(2k)! / B(2k)` for k = 1, 2, ... */
const ZETA_TAIL = [
  12, -720, 30240, -1209600, 47900160, -1892437580.3183792, 7.47242496e10, -2950130727918.164,
  116467828143500.67, -4597978722407473.0, 1.8152105401943546e17, -7.166165256175667e18,
];

/** Hurwitz's zeta function, the sum over k from 0 of `(k + q)^-x`; by Euler and Maclaurin. */
export function zeta(x: number, q: number): number {
  if (x === 1) return Number.POSITIVE_INFINITY;
  if (x < 1) return Number.NaN;
  if (q <= 0) {
    if (q === Math.floor(q)) return Number.POSITIVE_INFINITY;
    if (x !== Math.floor(x)) return Number.NaN;
  }
  let sum = q ** -x;
  let a = q;
  let b = 0;
  for (let i = 0; i < 9 || a <= 9; i++) {
    a += 1;
    b = a ** -x;
    sum += b;
    if (Math.abs(b / sum) < EPSILON) return sum;
  }
  const w = a;
  sum += (b * w) / (x - 1) - 0.5 * b;
  let factor = 1;
  let k = 0;
  for (const divisor of ZETA_TAIL) {
    factor *= x + k;
    b /= w;
    const term = (factor * b) / divisor;
    sum += term;
    if (Math.abs(term / sum) < EPSILON) return sum;
    factor *= x + k + 1;
    b /= w;
    k += 2;
  }
  return sum;
}

/** The derivative of order `n` of digamma; NaN for an order that is no natural number. */
export function polygamma(n: number, x: number): number {
  if (n === 0) return digamma(x);
  if (n !== Math.floor(n) || n < 0) return Number.NaN;
  const factorial = Math.exp(lgamma(n + 1));
  return (n % 2 === 0 ? -1 : 1) * factorial * zeta(n + 1, x);
}

// ---- incomplete beta -------------------------------------------------------------------------

/** The regularized incomplete beta function I_x(a, b). NaN outside of a, b > 0 and 0 <= x <= 1. */
export function betainc(a: number, b: number, x: number): number {
  if (!(a > 0 && b > 0 && x >= 0 && x <= 1)) return Number.NaN;
  if (x === 0 || x === 1) return x;
  const scale = Math.exp(
    lgamma(a + b) - lgamma(a) - lgamma(b) + a * Math.log(x) + b * Math.log1p(-x),
  );
  const lower = x < (a + 1) / (a + b + 2);
  return lower ? (scale * betaFraction(a, b, x)) / a : 1 - (scale * betaFraction(b, a, 1 - x)) / b;
}

/** Its continued fraction, by the method of Lentz. */
function betaFraction(a: number, b: number, x: number): number {
  const tiny = 1e-300;
  const away = (v: number): number => (Math.abs(v) < tiny ? tiny : v);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m < 10000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    const change = d * c;
    value *= change;
    if (Math.abs(change - 1) < EPSILON) break;
  }
  return value;
}
