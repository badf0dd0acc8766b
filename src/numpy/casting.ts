/** Numbers of one element type as numbers of another, by NumPy's casting rules. */

import {
  type Data,
  type DType,
  elementWidth,
  newData,
  type Text,
  type TypedArray,
} from '../core/dtype.ts';
import { OutOfRangeError, ValueError } from '../core/errors.ts';
import { roundToBfloat16, roundToHalf } from '../core/half.ts';
import { Complex, pythonNumber } from './complex.ts';

/**
 * A copy of `data` as elements of `to`: floats truncate towards zero, integers wrap, 16-bit floats
 * round to nearest even, a complex number keeps its real part, text is parsed. A number that int64
 * cannot hold exactly is an OutOfRangeError.
 */
export function castData(data: Data, from: DType, to: DType): Data {
  if (isText(data)) return to.row.kind === 'string' ? [...data] : parseTexts(data, to);
  if (to.row.kind === 'string') return toTexts(data, from);
  if (from === to) return data.slice();
  const size = data.length / elementWidth(from);
  const out = newData(to, size) as TypedArray;
  if (from.is_complex && to.is_complex) out.set(data);
  else if (to.is_complex) for (let i = 0; i < size; i++) out[2 * i] = data[i]!;
  else if (to.is_bool && from.is_complex) {
    for (let i = 0; i < size; i++) out[i] = data[2 * i] || data[2 * i + 1] ? 1 : 0;
  } else {
    const source = from.is_complex ? realPart(data, size) : data;
    const exact = from.row.kind !== 'float' && !from.is_complex;
    storeNumbers(source, out, to, exact);
  }
  return out;
}

/** Whether storage holds text rather than numbers. */
export function isText(data: Data): data is Text[] {
  return Array.isArray(data);
}

function realPart(data: TypedArray, size: number): Float64Array {
  const real = new Float64Array(size);
  for (let i = 0; i < size; i++) real[i] = data[2 * i]!;
  return real;
}

/** Stores real numbers in `out`, an array of `dtype`; `exact` says that they are all integers. */
export function storeNumbers(
  source: ArrayLike<number>,
  out: TypedArray,
  dtype: DType,
  exact: boolean,
): void {
  const convert = exact && out.BYTES_PER_ELEMENT <= 4 ? integerCast(dtype) : castTo(dtype);
  if (!convert) out.set(source);
  else for (let i = 0; i < source.length; i++) out[i] = convert(source[i]!);
}

type Cast = (x: number) => number;

/** How a number becomes an element of `dtype`; null where storing it does all there is to do. */
export function castTo(dtype: DType): Cast | null {
  switch (dtype.name) {
    case 'float16':
      return roundToHalf;
    case 'bfloat16':
      return roundToBfloat16;
    case 'bool':
      return truth;
    case 'int64':
      return exactInt64;
    case 'uint64':
      return exactUint64;
    case 'uint32':
      return null;
    default:
      return dtype.row.kind === 'float' ? null : floatToInt32;
  }
}

/** Integers wrap when they are stored; only 16-bit floats and bool need a step before. */
function integerCast(dtype: DType): Cast | null {
  return dtype.row.kind === 'float' || dtype.is_bool ? castTo(dtype) : null;
}

function truth(x: number): number {
  return x !== 0 ? 1 : 0;
}

/** C's conversion: towards zero, and INT_MIN for what does not fit; narrower types then wrap. */
function floatToInt32(x: number): number {
  return x > -2147483649 && x < 2147483648 ? Math.trunc(x) : -2147483648;
}

/** `x` truncated, or an OutOfRangeError if a JavaScript number cannot say it exactly. */
export function exactInt64(x: number): number {
  const whole = Math.trunc(x) + 0;
  if (!Number.isSafeInteger(whole)) throw outOfInt64(x, 'int64');
  return whole;
}

function exactUint64(x: number): number {
  const whole = Math.trunc(x) + 0;
  if (!Number.isSafeInteger(whole) || whole < 0) throw outOfInt64(x, 'uint64');
  return whole;
}

/** The error for a 64-bit integer outside of what numbers hold exactly. */
export function outOfInt64(value: number | bigint, type: string): OutOfRangeError {
  return new OutOfRangeError(
    null,
    null,
    `${value} cannot be held exactly as ${type}.\n\nJavaScript numbers are exact for integers up ` +
      'to 2^53 - 1 (9007199254740991); larger 64-bit integers are refused rather than rounded.',
  );
}

function parseTexts(texts: readonly Text[], to: DType): Data {
  const numbers = texts.map((text) => parseText(text, to));
  const out = newData(to, texts.length) as TypedArray;
  if (to.is_complex) for (let i = 0; i < numbers.length; i++) out[2 * i] = numbers[i]!;
  else storeNumbers(numbers, out, to, false);
  return out;
}

const FLOAT_WORD = /^([+-]?)(nan|inf|infinity)$/i;
const FLOAT_TEXT = /^[+-]?(\d[\d_]*\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const INT_TEXT = /^[+-]?\d+$/;

/** The number that text says, as NumPy reads it for `dtype`; ValueError with NumPy's words. */
export function parseText(text: Text, dtype: DType): number {
  const words = typeof text === 'string' ? text : new TextDecoder().decode(text);
  if (dtype.is_bool) return words === '' ? 0 : 1;
  const trimmed = words.trim();
  const shown = typeof text === 'string' ? `'${text}'` : `b'${words}'`;
  if (dtype.is_integer || dtype.is_quantized) {
    if (INT_TEXT.test(trimmed)) return Number(trimmed);
    throw new ValueError(`invalid literal for int() with base 10: ${shown}`);
  }
  const word = FLOAT_WORD.exec(trimmed);
  if (word) {
    const size = word[2]!.toLowerCase() === 'nan' ? Number.NaN : Number.POSITIVE_INFINITY;
    return word[1] === '-' ? -size : size;
  }
  if (FLOAT_TEXT.test(trimmed)) return Number(trimmed.replaceAll('_', ''));
  if (dtype.is_complex) throw new ValueError('complex() arg is a malformed string');
  throw new ValueError(`could not convert string to float: ${shown}`);
}

function toTexts(data: TypedArray, from: DType): Text[] {
  const size = data.length / elementWidth(from);
  return Array.from({ length: size }, (_, i) => elementText(data, from, i));
}

function elementText(data: TypedArray, from: DType, i: number): string {
  if (from.is_bool) return data[i] ? 'True' : 'False';
  if (from.is_complex) return String(new Complex(data[2 * i]!, data[2 * i + 1]!));
  if (!from.is_floating) return String(data[i]);
  const text = pythonNumber(data[i]!);
  return Number.isFinite(data[i]) && !/[.e]/.test(text) ? `${text}.0` : text;
}
