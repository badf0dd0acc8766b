/** Protocol messages as text, as Python's `text_format` prints them. */

import { keyValue, sortedKeys } from './map_keys.ts';
import { messageValue, presentValue, type StoredMessage } from './message_store.ts';
import { fieldValue } from './message_values.ts';
import type { FieldSpec, ScalarType, ValueSpec } from './proto_schema.ts';

/** How to print. */
export interface PrintOptions {
  /** All in one line. */
  readonly oneLine?: boolean;
  /** Text beyond ASCII as it is; otherwise as octal escapes of its bytes. */
  readonly utf8?: boolean;
  /** Lists of numbers in brackets. */
  readonly shortLists?: boolean;
  /** How far to indent, in spaces. */
  readonly indent?: number;
}

/** `message` in the text format, one field a line. */
export function printMessage(message: StoredMessage, options: PrintOptions = {}): string {
  const printer = new Printer(options);
  printer.fields(message, options.indent ?? 0);
  const text = printer.parts.join('');
  return options.oneLine ? text.trimEnd() : text;
}

/** One printing. */
class Printer {
  readonly parts: string[] = [];
  private readonly options: PrintOptions;
  private readonly end: string;

  constructor(options: PrintOptions) {
    this.options = options;
    this.end = options.oneLine ? ' ' : '\n';
  }

  fields(message: StoredMessage, indent: number): void {
    for (const field of message._spec.fields) {
      const value = presentValue(message, field);
      if (value === undefined) continue;
      if (field.key) this.map(field, value as Record<string, unknown>, indent);
      else if (!field.repeated) this.field(field, field.name, value, indent);
      else if (this.options.shortLists && field.packed) {
        const items = (value as unknown[]).map((item) => this.scalar(field, item));
        this.line(indent, `${field.name}: [${items.join(', ')}]`);
      } else for (const item of value as unknown[]) this.field(field, field.name, item, indent);
    }
  }

  private map(field: FieldSpec, map: Record<string, unknown>, indent: number): void {
    const key: ValueSpec = { kind: 'scalar', scalar: field.key!, message: null, enum: null };
    for (const name of sortedKeys(field, map)) {
      this.line(indent, `${field.name} {`);
      this.field(key, 'key', keyValue(field, name), indent + 2);
      this.field(field, 'value', map[name], indent + 2);
      this.line(indent, '}');
    }
  }

  private field(spec: ValueSpec, name: string, value: unknown, indent: number): void {
    if (!spec.message) {
      this.line(indent, `${name}: ${this.scalar(spec, value)}`);
      return;
    }
    this.line(indent, `${name} {`);
    this.fields(messageValue(spec.message, value), indent + 2);
    this.line(indent, '}');
  }

  private line(indent: number, text: string): void {
    this.parts.push(this.options.oneLine ? '' : ' '.repeat(indent), text, this.end);
  }

  private scalar(spec: ValueSpec, given: unknown): string {
    const value = fieldValue(spec, given);
    if (spec.enum) return spec.enum.labels.get(value as number) ?? String(value);
    if (typeof value === 'string')
      return `"${this.options.utf8 === false ? octal(encoder.encode(value)) : escaped(value)}"`;
    if (value instanceof Uint8Array) return `"${octal(value)}"`;
    return isReal(spec.scalar) ? pythonFloat(value as number, spec.scalar) : String(value);
  }
}

const encoder = new TextEncoder();
const isReal = (scalar: ScalarType) => scalar === 'float' || scalar === 'double';

const ESCAPES: Readonly<Record<string, string>> = {
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '"': '\\"',
  "'": "\\'",
  '\\': '\\\\',
};

/** Text between quotes: control characters by their octal code. */
function escaped(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to escape
  return text.replace(/[\x00-\x1f\x7f"'\\]/g, escapedCharacter);
}

function escapedCharacter(character: string): string {
  return ESCAPES[character] ?? octalCode(character.charCodeAt(0));
}

const octalCode = (code: number) => `\\${code.toString(8).padStart(3, '0')}`;

function octal(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    if (byte >= 0x7f || byte < 0x20) text += ESCAPES[String.fromCharCode(byte)] ?? octalCode(byte);
    else text += escapedCharacterOf(byte);
  }
  return text;
}

function escapedCharacterOf(byte: number): string {
  const character = String.fromCharCode(byte);
  return ESCAPES[character] ?? character;
}

/** A float as Python prints it: the fewest digits that give it back in its own type. */
function pythonFloat(value: number, scalar: ScalarType): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return pythonRepr(scalar === 'float' ? shortestFloat(value) : value);
}

function shortestFloat(value: number): number {
  if (value === 0) return value;
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}

/** Python's `repr` of a double: an exponent from 1e16 on and below 1e-4, of two digits or more. */
function pythonRepr(value: number): string {
  if (Object.is(value, -0)) return '-0.0';
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e16 || size < 1e-4)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
