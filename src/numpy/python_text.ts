/** JavaScript values as Python prints them, for error texts that must read like TF1's. */

import { type DType, dtypeOfTypedArray } from '../core/dtype.ts';
import { Complex, pythonNumber } from './complex.ts';

const LONGEST = 1000;

/** Python's `repr(value)`, cut where it would fill the screen. */
export function pythonRepr(value: unknown): string {
  const text = repr(value, 0);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
}

function repr(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'undefined':
      return 'None';
    case 'boolean':
      return value ? 'True' : 'False';
    case 'number':
      return pythonNumber(value);
    case 'string':
      return quote(value);
    case 'object':
      return value === null ? 'None' : objectRepr(value, depth);
    default:
      return String(value);
  }
}

function objectRepr(value: object, depth: number): string {
  if (depth > 8) return '...';
  if (value instanceof Uint8Array) return bytesRepr(value);
  if (Array.isArray(value)) return `[${members(value, depth)}]`;
  if (dtypeOfTypedArray(value)) {
    return `array([${members(Array.from(value as ArrayLike<unknown> & Iterable<unknown>), depth)}])`;
  }
  if (Object.getPrototypeOf(value) === Object.prototype) {
    const entries = Object.entries(value).slice(0, LONGEST);
    return `{${entries.map(([key, item]) => `${quote(key)}: ${repr(item, depth + 1)}`).join(', ')}}`;
  }
  if ('repr' in value && typeof value.repr === 'function') return String(value.repr());
  return String(value);
}

function members(values: readonly unknown[], depth: number): string {
  return values
    .slice(0, LONGEST)
    .map((item) => repr(item, depth + 1))
    .join(', ');
}

/** Python's name for the type of a value: 'int', 'float', 'str', 'NoneType', 'list', ... */
export function pythonType(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
      return 'NoneType';
    case 'boolean':
      return 'bool';
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float';
    case 'bigint':
      return 'int';
    case 'string':
      return 'str';
    case 'object':
      return value === null ? 'NoneType' : objectType(value);
    default:
      return typeof value;
  }
}

function objectType(value: object): string {
  if (Array.isArray(value)) return 'list';
  if (value instanceof Complex) return 'complex';
  if (value instanceof Uint8Array) return 'bytes';
  const name: unknown = value.constructor?.name;
  return name === 'Object' || typeof name !== 'string' ? 'dict' : name;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** `'text'` as Python quotes it: double quotes if that saves escapes. */
export function quote(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inside = Array.from(text, (char) => {
    if (char === mark) return `\\${char}`;
    const code = char.codePointAt(0)!;
    if (ESCAPES[char]) return ESCAPES[char];
    return code < 32 || code === 127 ? hexEscape(code) : char;
  }).join('');
  return mark + inside + mark;
}

/** `b'bytes'` as Python prints them: ASCII as it is, the rest as `\xNN`. */
export function bytesRepr(bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inside = Array.from(bytes, (byte) => {
    const char = String.fromCharCode(byte);
    if (char === mark) return `\\${char}`;
    return ESCAPES[char] ?? (byte < 32 || byte > 126 ? hexEscape(byte) : char);
  }).join('');
  return `b${mark}${inside}${mark}`;
}

function hexEscape(code: number): string {
  return `\\x${code.toString(16).padStart(2, '0')}`;
}

/** NumPy's name for an element type; text is `object`, as TensorFlow hands it out. */
export function numpyName(dtype: DType): string {
  return dtype.row.kind === 'string' ? 'object' : dtype.name;
}
