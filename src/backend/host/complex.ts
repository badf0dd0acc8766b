/**
 * Functions of a complex variable. Each takes the parts of its arguments and leaves its result in
 * `re` and `im` of `answer`, so that loops over interleaved arrays make no objects.
 */

/** Where every function of this file leaves its result. */
export const answer = { re: 0, im: 0 };

/** A function of one complex number, which leaves its result in `answer`. */
export type ComplexFunction = (re: number, im: number) => void;
/** The same of two. */
export type ComplexFunction2 = (a: number, b: number, c: number, d: number) => void;

function set(re: number, im: number): void {
  answer.re = re;
  answer.im = im;
}

/** `a + b`. */
export const add: ComplexFunction2 = (a, b, c, d) => set(a + c, b + d);
/** `a - b`. */
export const subtract: ComplexFunction2 = (a, b, c, d) => set(a - c, b - d);
/** `a b`. */
export const multiply: ComplexFunction2 = (a, b, c, d) => set(a * c - b * d, a * d + b * c);
/** `a / b`. */
export const divide: ComplexFunction2 = (a, b, c, d) => {
  // Scaled by the larger part, as Smith's method does, so that squares do not overflow.
  if (Math.abs(c) >= Math.abs(d)) {
    const r = d / c;
    const s = c + d * r;
    set((a + b * r) / s, (b - a * r) / s);
  } else {
    const r = c / d;
    const s = c * r + d;
    set((a * r + b) / s, (b * r - a) / s);
  }
};
/** `a / b`, and 0 where `b` is 0. */
export const divideNoNan: ComplexFunction2 = (a, b, c, d) =>
  c === 0 && d === 0 ? set(0, 0) : divide(a, b, c, d);
/** `a b`, and 0 where `b` is 0. */
export const multiplyNoNan: ComplexFunction2 = (a, b, c, d) =>
  c === 0 && d === 0 ? set(0, 0) : multiply(a, b, c, d);
/** `x ** y` on the principal branch. */
export const power: ComplexFunction2 = (a, b, c, d) => {
  if (a === 0 && b === 0) return c === 0 && d === 0 ? set(NaN, NaN) : set(0, 0);
  log(a, b);
  multiply(answer.re, answer.im, c, d);
  exp(answer.re, answer.im);
};
/** `a a`. */
export const squaredDifference: ComplexFunction2 = (a, b, c, d) => square(a - c, b - d);

/** `-a`. */
export const negative: ComplexFunction = (re, im) => set(-re, -im);
/** The conjugate of `a`. */
export const conjugate: ComplexFunction = (re, im) => set(re, -im);
export const square: ComplexFunction = (re, im) => set(re * re - im * im, 2 * re * im);
/** `1 / a`. */
export const reciprocal: ComplexFunction = (re, im) => divide(1, 0, re, im);
/** `z / |z|`, and 0 at 0. */
export const sign: ComplexFunction = (re, im) => {
  const size = Math.hypot(re, im);
  if (size === 0) set(0, 0);
  else set(re / size, im / size);
};
export const exp: ComplexFunction = (re, im) => {
  const size = Math.exp(re);
  set(size * Math.cos(im), im === 0 ? im : size * Math.sin(im));
};
export const expm1: ComplexFunction = (re, im) => {
  const s = Math.sin(im / 2);
  set(Math.expm1(re) * Math.cos(im) - 2 * s * s, im === 0 ? im : Math.exp(re) * Math.sin(im));
};
export const log: ComplexFunction = (re, im) =>
  set(Math.log(Math.hypot(re, im)), Math.atan2(im, re));
export const log1p: ComplexFunction = (re, im) => log(1 + re, im);
export const sqrt: ComplexFunction = (re, im) => {
  const size = Math.hypot(re, im);
  if (size === 0) return set(0, im);
  const t = Math.sqrt((size + Math.abs(re)) / 2);
  if (re >= 0) set(t, im / (2 * t));
  else set(Math.abs(im) / (2 * t), im < 0 || Object.is(im, -0) ? -t : t);
};
export const rsqrt: ComplexFunction = (re, im) => {
  sqrt(re, im);
  divide(1, 0, answer.re, answer.im);
};
export const sinh: ComplexFunction = (re, im) =>
  set(Math.sinh(re) * Math.cos(im), Math.cosh(re) * Math.sin(im));
export const cosh: ComplexFunction = (re, im) =>
  set(Math.cosh(re) * Math.cos(im), Math.sinh(re) * Math.sin(im));
export const tanh: ComplexFunction = (re, im) => {
  if (Math.abs(re) > 20) {
    set(Math.sign(re), 4 * Math.sin(im) * Math.cos(im) * Math.exp(-2 * Math.abs(re)));
    return;
  }
  const s = Math.sinh(re);
  const c = Math.cos(im);
  const scale = s * s + c * c;
  set((s * Math.cosh(re)) / scale, (Math.sin(im) * c) / scale);
};
export const sin: ComplexFunction = (re, im) =>
  set(Math.sin(re) * Math.cosh(im), Math.cos(re) * Math.sinh(im));
export const cos: ComplexFunction = (re, im) =>
  set(Math.cos(re) * Math.cosh(im), -Math.sin(re) * Math.sinh(im));
export const tan: ComplexFunction = (re, im) => rotated(tanh, re, im);
export const asinh: ComplexFunction = (re, im) => {
  // Odd; on the right half plane the sum below does not cancel.
  if (re < 0 || Object.is(re, -0)) {
    asinh(-re, -im);
    set(-answer.re, -answer.im);
    return;
  }
  sqrt(re * re - im * im + 1, 2 * re * im);
  log(re + answer.re, im + answer.im);
};
export const acosh: ComplexFunction = (re, im) => {
  sqrt(re + 1, im);
  const { re: p, im: q } = answer;
  sqrt(re - 1, im);
  multiply(p, q, answer.re, answer.im);
  log(re + answer.re, im + answer.im);
};
export const atanh: ComplexFunction = (re, im) => {
  log(1 + re, im);
  const { re: p, im: q } = answer;
  log(1 - re, -im);
  set((p - answer.re) / 2, (q - answer.im) / 2);
};
export const asin: ComplexFunction = (re, im) => rotated(asinh, re, im);
export const acos: ComplexFunction = (re, im) => {
  asin(re, im);
  set(Math.PI / 2 - answer.re, -answer.im);
};
export const atan: ComplexFunction = (re, im) => rotated(atanh, re, im);
export const sigmoid: ComplexFunction = (re, im) => {
  tanh(re / 2, im / 2);
  set((1 + answer.re) / 2, answer.im / 2);
};

/** `-i f(i z)`: the circular function that belongs to a hyperbolic one. */
function rotated(f: ComplexFunction, re: number, im: number): void {
  f(-im, re);
  set(answer.im, -answer.re);
}
