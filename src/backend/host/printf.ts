/** C's printf formats for numbers, and the texts in which TensorFlow's kernels show values. */

import type { Text, TypedArray } from '../../core/dtype.ts';
import type { Value } from '../../core/kernels.ts';
import { bytesOfText } from '../../core/text.ts';

function special(value: number): string | null {
  if (Number.isNaN(value)) return 'nan';
  if (Number.isFinite(value)) return null;
  return value > 0 ? 'inf' : '-inf';
}

/** JavaScript rounds an exact tie up, C to the even digit: whether `value` is such a tie. */
function tiesDown(digits: string, exact: string): boolean {
  const even = Number(digits.at(-1)) % 2 === 1;
  return even && /^50*$/.test(exact);
}

/** `%.{precision}f`. */
export function fixed(value: number, precision: number): string {
  const name = special(value);
  if (name) return name;
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const size = Math.abs(value);
  if (size >= 1e21) {
    const fraction = precision > 0 ? `.${'0'.repeat(precision)}` : '';
    return `${sign}${BigInt(size)}${fraction}`;
  }
  const exact = size.toFixed(Math.min(100, precision + 60));
  const point = exact.indexOf('.');
  const rounded = size.toFixed(precision);
  if (!tiesDown(rounded, exact.slice(point + 1 + precision))) return sign + rounded;
  const cut = exact.slice(0, precision > 0 ? point + 1 + precision : point);
  return sign + cut;
}

/** `%.{precision}e`. */
export function scientific(value: number, precision: number): string {
  const name = special(value);
  if (name) return name;
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [digits, exponent] = exponentParts(Math.abs(value), precision);
  return `${sign}${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function exponentParts(size: number, precision: number): [string, number] {
  const [rounded, power] = size.toExponential(precision).split('e') as [string, string];
  const [exact, exactPower] = size.toExponential(Math.min(100, precision + 60)).split('e') as [
    string,
    string,
  ];
  const cut = precision > 0 ? precision + 2 : 1;
  const rest = precision > 0 ? exact.slice(cut) : exact.slice(2);
  if (tiesDown(rounded, rest)) return [exact.slice(0, cut), Number(exactPower)];
  return [rounded, Number(power)];
}

/** `%.{precision}g`. */
export function general(value: number, precision: number): string {
  const name = special(value);
  if (name) return name;
  const digits = precision || 1;
  const [, exponent] = exponentParts(Math.abs(value), digits - 1);
  if (exponent < -4 || exponent >= digits) {
    const [mantissa, power] = scientific(value, digits - 1).split('e') as [string, string];
    return `${trimZeros(mantissa)}e${power}`;
  }
  return trimZeros(fixed(value, digits - 1 - exponent));
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** The shortest of 6 or 9 (for float64 15 or 17) digits that gives the number back. */
function floatText(value: number, wide: boolean): string {
  const short = general(value, wide ? 15 : 6);
  const parsed = wide ? Number(short) : Math.fround(Number(short));
  if (parsed === value || special(value)) return short;
  return general(value, wide ? 17 : 9);
}

const ESCAPES: Readonly<Record<number, string>> = {
  9: '\\t',
  10: '\\n',
  13: '\\r',
  34: '\\"',
  39: "\\'",
  92: '\\\\',
};

/** A string as `absl::CEscape` writes it. */
export function escapedText(text: Text): string {
  let result = '';
  for (const byte of bytesOfText(text)) {
    const plain = byte >= 32 && byte < 127;
    result +=
      ESCAPES[byte] ??
      (plain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`);
  }
  return result;
}

function elementText({ dtype, data }: Value, at: number): string {
  if (dtype.row.kind === 'string') return escapedText((data as Text[])[at]!);
  if (dtype.is_complex) return '?';
  const number = (data as TypedArray)[at]!;
  return dtype.is_floating ? floatText(number, dtype.name === 'float64') : String(number);
}

/** The first `limit` elements of a value (all if negative), as `Tensor::SummarizeValue` shows them. */
export function summarize(value: Value, limit: number): string {
  const { shape, size } = value;
  const most = limit < 0 ? size : Math.min(limit, size);
  const tail = size > most ? '...' : '';
  let next = 0;
  const row = (count: number, inner: boolean): string => {
    let text = '';
    for (let i = 0; i < count; i++) {
      if (next >= most) return inner ? `${text}...` : text;
      text += `${i > 0 ? ' ' : ''}${elementText(value, next++)}`;
    }
    return text;
  };
  const walk = (axis: number): string => {
    if (next >= most) return '';
    const count = shape[axis]!;
    if (axis === shape.length - 1) return row(count, axis !== 0);
    let text = '';
    for (let i = 0; i < count && next < most; i++) text += `[${walk(axis + 1)}]`;
    return text;
  };
  const text = shape.length === 0 ? row(most, false) : walk(0);
  return text + tail;
}
