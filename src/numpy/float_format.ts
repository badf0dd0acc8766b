/**
 * How NumPy prints floats: in an array one notation for all of them, padded to a common width; a
 * float alone by its shortest digits.
 */

import { bfloat16, type DType, float16, float32 } from '../core/dtype.ts';
import { roundToHalf } from '../core/half.ts';
import { type Decimal, shortest, toPlaces, toSignificant } from './digits.ts';

/** What a float format depends on beside the numbers. */
export interface FloatOptions {
  /** The most digits after the point. */
  readonly precision: number;
  /** Whether small numbers are shown as zeros rather than with an exponent. */
  readonly suppress: boolean;
  /** Whether positive numbers show their sign. */
  readonly sign: boolean;
}

/** Formats the floats of one array. It looks at all of them once, then formats each. */
export class FloatFormat {
  readonly #dtype: DType;
  readonly #options: FloatOptions;
  readonly #exponential: boolean;
  /** Columns left and right of the point; with exponents, `right` are the digits alone. */
  #left = 0;
  #right = 0;
  #exponentDigits = 0;
  readonly #shortest = new Map<number, Decimal>();

  /** `dtype` is the type of each number: float32 for the parts of complex64. */
  constructor(values: readonly number[], dtype: DType, options: FloatOptions) {
    this.#dtype = dtype;
    this.#options = options;
    const finite = values.filter(Number.isFinite);
    this.#exponential = needsExponent(finite, dtype, options.suppress);
    for (const x of finite) this.#measure(x);
    if (finite.length < values.length) {
      const signed = options.sign || values.includes(Number.NEGATIVE_INFINITY);
      this.#left = Math.max(this.#left, (signed ? 4 : 3) - this.#afterLeft());
    }
  }

  /** One number, padded to the width of all. */
  format(x: number): string {
    const sign = this.#sign(x);
    if (!Number.isFinite(x)) {
      const word = Number.isNaN(x) ? 'nan' : 'inf';
      return (sign + word).padStart(this.#left + this.#afterLeft());
    }
    if (this.#exponential) {
      const short = this.#short(x);
      // Digits beyond the shortest are those of the exact value, as in NumPy.
      const enough = short.digits.length === this.#right + 1;
      const decimal = enough ? short : toSignificant(x, this.#right + 1);
      const [whole, fraction] = scientific(decimal);
      const exponent = exponentText(decimal.point - 1, this.#exponentDigits);
      return `${(sign + whole).padStart(this.#left)}.${fraction.padEnd(this.#right, '0')}${exponent}`;
    }
    const [whole, fraction] = positional(this.#cut(x));
    return `${(sign + whole).padStart(this.#left)}.${fraction.padEnd(this.#right)}`;
  }

  #measure(x: number): void {
    const decimal = this.#cut(x);
    const [whole, fraction] = this.#exponential ? scientific(decimal) : positional(decimal);
    this.#left = Math.max(this.#left, this.#sign(x).length + whole.length);
    this.#right = Math.max(this.#right, fraction.length);
    if (this.#exponential) {
      const digits = String(Math.abs(decimal.point - 1)).length;
      this.#exponentDigits = Math.max(this.#exponentDigits, digits, 2);
    }
  }

  /** The columns that follow the whole part. */
  #afterLeft(): number {
    return 1 + this.#right + (this.#exponential ? 2 + this.#exponentDigits : 0);
  }

  #sign(x: number): string {
    if (x < 0 || Object.is(x, -0)) return '-';
    return this.#options.sign ? '+' : '';
  }

  #short(x: number): Decimal {
    const known = this.#shortest.get(x);
    if (known) return known;
    const decimal = shortest(x, this.#dtype);
    this.#shortest.set(x, decimal);
    return decimal;
  }

  /** The shortest digits, or fewer where the precision ends. */
  #cut(x: number): Decimal {
    const decimal = this.#short(x);
    const { precision } = this.#options;
    const { digits, point } = decimal;
    if (this.#exponential) {
      return digits.length - 1 <= precision ? decimal : toSignificant(x, precision + 1);
    }
    return digits.length - point <= precision ? decimal : toPlaces(x, precision);
  }
}

/** NumPy's choice: large, small or widely spread numbers are shown with exponents. */
function needsExponent(finite: readonly number[], dtype: DType, suppress: boolean): boolean {
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (const x of finite) {
    const size = Math.abs(x);
    if (size === 0) continue;
    if (size < low) low = size;
    if (size > high) high = size;
  }
  if (high === 0) return false;
  // NumPy compares and divides in the array's own type.
  const round = dtype === float16 ? roundToHalf : dtype === float32 ? Math.fround : Number;
  const large = high >= Math.min(1e8, exactBelow(dtype));
  return large || (!suppress && (low < round(1e-4) || round(high / low) > 1000));
}

/** Where the digits before the point are no longer all exact, and NumPy turns to exponents. */
function exactBelow(dtype: DType): number {
  if (dtype === float16) return 1e3;
  return dtype === float32 ? 1e6 : 1e16;
}

function positional({ digits, point }: Decimal): [whole: string, fraction: string] {
  if (point <= 0) return ['0', digits ? '0'.repeat(-point) + digits : ''];
  return [digits.slice(0, point).padEnd(point, '0'), digits.slice(point)];
}

function scientific({ digits }: Decimal): [whole: string, fraction: string] {
  return [digits[0] ?? '0', digits.slice(1)];
}

function exponentText(exponent: number, width: number): string {
  return `e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(width, '0')}`;
}

/**
 * A float alone as NumPy's scalars print: `1.0`, `0.1`, `1e+20`. With `bare`, as the parts of a
 * complex number, without `.0`.
 */
export function scalarText(x: number, dtype: DType, bare = false): string {
  if (Number.isNaN(x)) return 'nan';
  if (dtype === bfloat16) return sixDigits(x);
  const sign = x < 0 || Object.is(x, -0) ? '-' : '';
  if (!Number.isFinite(x)) return `${sign}inf`;
  const decimal = shortest(x, dtype);
  const size = Math.abs(x);
  if (size === 0 || (size >= 1e-4 && size < exactBelow(dtype))) {
    const [whole, fraction] = positional(decimal);
    const end = fraction || (bare ? '' : '0');
    return sign + whole + (end && `.${end}`);
  }
  const [whole, fraction] = scientific(decimal);
  return `${sign}${whole}${fraction && `.${fraction}`}${exponentText(decimal.point - 1, 2)}`;
}

/** C's `%g`, which is how TensorFlow prints bfloat16. */
function sixDigits(x: number): string {
  if (!Number.isFinite(x)) return x < 0 ? '-inf' : 'inf';
  if (x === 0) return Object.is(x, -0) ? '-0' : '0';
  const decimal = toSignificant(x, 6);
  const exponent = decimal.point - 1;
  const inPlace = exponent >= -4 && exponent < 6;
  const [whole, fraction] = inPlace ? positional(decimal) : scientific(decimal);
  const end = fraction && `.${fraction}`;
  return `${x < 0 ? '-' : ''}${whole}${end}${inPlace ? '' : exponentText(exponent, 2)}`;
}
