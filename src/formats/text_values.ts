/** Single values in the text format, as Python's `text_format` takes them. */

import { ValueError } from '../core/errors.ts';
import { safeInteger } from './message_values.ts';
import type { EnumSpec } from './proto_schema.ts';

const encoder = new TextEncoder();

/** An integer: decimal, `0x`, `0b` or octal with a leading zero. */
export function parseInteger(text: string): number | bigint {
  const [, sign, digits] =
    /^([+-]?)(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|\d+)$/.exec(text) ?? [];
  if (digits === undefined) throw new ValueError(`Couldn't parse integer: ${text}`);
  const octal = /^0\d+$/.test(digits);
  if (octal && /[89]/.test(digits)) throw new ValueError(`Couldn't parse integer: ${text}`);
  if (digits.length < 16 && !octal) return sign === '-' ? -Number(digits) + 0 : Number(digits);
  const value = BigInt(octal ? `0o${digits.slice(1)}` : digits);
  return safeInteger(sign === '-' ? -value : value);
}

/** A float: `1`, `1.5e3`, `1.0f`, `inf`, `nan`. */
export function parseFloat64(text: string): number {
  if (/^-?0[0-9]+/.test(text)) throw new ValueError(`Invalid octal float: ${text}`);
  if (/^[+-]?inf(inity)?f?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^[+-]?nanf?$/i.test(text)) return Number.NaN;
  const digits = text.replace(/[fF]+$/, '');
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(digits)) return Number(digits);
  throw new ValueError(`Couldn't parse float: ${text}`);
}

/** A truth value: `true`, `t`, `1`, `True` and their opposites. */
export function parseBool(text: string): boolean {
  if (['true', 't', '1', 'True'].includes(text)) return true;
  if (['false', 'f', '0', 'False'].includes(text)) return false;
  throw new ValueError('Expected "true" or "false".');
}

/** An enum's value: its label, or a number. */
export function parseEnum(type: EnumSpec, text: string): number {
  if (/^[+-]?\d/.test(text)) return Number(parseInteger(text));
  const number = type.numbers.get(text);
  if (number !== undefined) return number;
  throw new ValueError(`Enum type "${type.fullName}" has no value named ${text}.`);
}

const LETTERS: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 92,
  "'": 39,
  '"': 34,
};
const ESCAPE =
  /\\(?:([abfnrtv\\'"])|([0-7]{1,3})|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/g;

/** The bytes of one quoted text. */
export function parseBytes(token: string): Uint8Array {
  if (!/^["']/.test(token)) throw new ValueError(`Expected string but found: ${quoted(token)}`);
  if (token.length < 2 || token.at(-1) !== token[0]) {
    throw new ValueError(`String missing ending quote: ${quoted(token)}`);
  }
  const text = token.slice(1, -1);
  if (!text.includes('\\')) return encoder.encode(text);
  const bytes = new Uint8Array(3 * text.length);
  let length = 0;
  const put = (part: Uint8Array | string) => {
    const added = typeof part === 'string' ? encoder.encode(part) : part;
    bytes.set(added, length);
    length += added.length;
  };
  let at = 0;
  for (const found of text.matchAll(ESCAPE)) {
    put(text.slice(at, found.index));
    put(escaped(found));
    at = found.index + found[0].length;
  }
  put(text.slice(at));
  return bytes.slice(0, length);
}

function escaped([, letter, octal, hex, short, long]: RegExpExecArray): Uint8Array | string {
  if (letter !== undefined) return Uint8Array.of(LETTERS[letter]!);
  if (octal !== undefined) return Uint8Array.of(Number.parseInt(octal, 8) & 255);
  if (hex !== undefined) return Uint8Array.of(Number.parseInt(hex, 16));
  const code = Number.parseInt((short ?? long)!, 16);
  if (code > 0x10ffff) throw new ValueError('illegal Unicode character');
  return String.fromCodePoint(code);
}

const quoted = (token: string) => (token.includes("'") ? `"${token}"` : `'${token}'`);
