/** Strings: joining, cutting, parsing and formatting. Positions and lengths count bytes. */

import type { DType, Text, TypedArray } from '../../core/dtype.ts';
import { bool, int32, int64, string } from '../../core/dtype.ts';
import { OutOfRangeError } from '../../core/errors.ts';
import type { Attrs, Kernel, KernelContext, Value } from '../../core/kernels.ts';
import { bytesOfText, textOfBytes } from '../../core/text.ts';
import { kernel } from '../registry.ts';
import { ints, invalid, numbers, product, shapeText, stridesOf } from './box.ts';
import { fixed, general, scientific } from './printf.ts';

function textsOf(value: Value): readonly Text[] {
  return value.data as Text[];
}

/** A kernel that turns each string into another one. */
function eachText(change: (text: Text, attrs: Attrs, at: number) => Text): Kernel {
  return ([input], attrs, context) =>
    context.wrap(
      string,
      input!.shape,
      textsOf(input!).map((text, i) => change(text, attrs, i)),
    );
}

function isAscii(text: Text): text is string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII
  return typeof text === 'string' && /^[\x00-\x7f]*$/.test(text);
}

/** The parts one after another, `separator` between them. */
function joined(parts: readonly Text[], separator: Text): Text {
  if (typeof separator === 'string' && parts.every((part) => typeof part === 'string')) {
    return parts.join(separator);
  }
  const between = bytesOfText(separator);
  const pieces = parts.flatMap((part, i) =>
    i > 0 ? [between, bytesOfText(part)] : [bytesOfText(part)],
  );
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return textOfBytes(bytes);
}

// ---- joining -----------------------------------------------------------------------------------

kernel('StringJoin', (inputs, { separator }, context) => {
  let shape: readonly number[] = [];
  for (const input of inputs) {
    if (input.shape.length === 0) continue;
    if (shape.length === 0) shape = input.shape;
    else if (shapeText(shape) !== shapeText(input.shape)) {
      invalid(`Input shapes do not match: ${shapeText(shape)} vs. ${shapeText(input.shape)}`);
    }
  }
  const size = product(shape, 0, shape.length);
  const rows = Array.from({ length: size }, (_, i) =>
    joined(
      inputs.map((input) => textsOf(input)[input.shape.length === 0 ? 0 : i]!),
      separator as Text,
    ),
  );
  return context.wrap(string, shape, rows);
});

kernel('ReduceJoin', ([inputs, axesValue], attrs, context) => {
  const { shape } = inputs!;
  const rank = shape.length;
  const axes = ints(axesValue!).map((axis) => {
    if (axis < -rank || axis >= rank) {
      throw new OutOfRangeError(
        null,
        null,
        `Invalid reduction dimension ${axis} for input with ${rank} dimension(s)`,
      );
    }
    return axis < 0 ? axis + rank : axis;
  });
  for (const [i, axis] of axes.entries()) {
    if (axes.indexOf(axis) !== i) invalid(`Duplicate reduction dimension ${ints(axesValue!)[i]}`);
  }
  const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const dims = attrs.keep_dims
    ? shape.map((dim, axis) => (axes.includes(axis) ? 1 : dim))
    : kept.map((axis) => shape[axis]!);
  const strides = stridesOf(shape);
  // The first axis named is the one that moves fastest.
  const inner = offsets([...axes].reverse(), shape, strides);
  const texts = textsOf(inputs!);
  const rows = offsets(kept, shape, strides).map((base) =>
    joined(
      inner.map((offset) => texts[base + offset]!),
      attrs.separator as Text,
    ),
  );
  return context.wrap(string, dims, rows);
});

/** The offsets of all positions along `axes`, the last axis fastest. */
function offsets(
  axes: readonly number[],
  shape: readonly number[],
  strides: readonly number[],
): number[] {
  let found = [0];
  for (const axis of axes) {
    const steps = Array.from({ length: shape[axis]! }, (_, i) => i * strides[axis]!);
    found = found.flatMap((base) => steps.map((step) => base + step));
  }
  return found;
}

// ---- cutting -----------------------------------------------------------------------------------

kernel('StringSplit', ([input, delimiterValue], { skip_empty }, context) => {
  if (input!.shape.length !== 1) {
    invalid(`input must be a vector, got shape: ${shapeText(input!.shape)}`);
  }
  if (delimiterValue!.shape.length > 0) {
    invalid(`delimiter must be a scalar, got shape: ${shapeText(delimiterValue!.shape)}`);
  }
  const delimiter = textsOf(delimiterValue!)[0]!;
  const rows = textsOf(input!).map((text) => {
    const parts = split(text, delimiter);
    return skip_empty ? parts.filter((part) => part.length > 0) : parts;
  });
  const places = rows.flatMap((row, i) => row.flatMap((_, j) => [i, j]));
  const longest = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const tokens = rows.flat();
  return [
    numbers(context, int64, places, [tokens.length, 2]),
    context.wrap(string, [tokens.length], tokens),
    numbers(context, int64, [rows.length, longest]),
  ];
});

/** The pieces of `text` between any of the bytes of `delimiter`; its single bytes if that is empty. */
function split(text: Text, delimiter: Text): Text[] {
  if (text.length === 0) return [];
  if (isAscii(text) && isAscii(delimiter) && delimiter.length <= 1) return text.split(delimiter);
  const bytes = bytesOfText(text);
  if (delimiter.length === 0) return Array.from(bytes, (byte) => textOfBytes(Uint8Array.of(byte)));
  const ends = new Set(bytesOfText(delimiter));
  const parts: Text[] = [];
  let start = 0;
  for (let i = 0; i <= bytes.length; i++) {
    if (i < bytes.length && !ends.has(bytes[i]!)) continue;
    parts.push(textOfBytes(bytes.slice(start, i)));
    start = i + 1;
  }
  return parts;
}

kernel('Substr', ([input, pos, len], _attrs, context) => {
  if (shapeText(pos!.shape) !== shapeText(len!.shape)) {
    invalid(
      `pos and len should have the same shape, got: ${shapeText(pos!.shape)} vs. ${shapeText(len!.shape)}`,
    );
  }
  const shape = broadcastShape(input!.shape, pos!.shape);
  const texts = spread(input!.shape, shape).map((i) => textsOf(input!)[i]!);
  const places = spread(pos!.shape, shape);
  const [starts, lengths] = [ints(pos!), ints(len!)];
  const cut = texts.map((text, i) => {
    const start = starts[places[i]!]!;
    const bytes = bytesOfText(text);
    if (start < 0 || start > bytes.length) {
      invalid(`pos ${start} out of range for string b'${text}' at index ${i}`);
    }
    const length = lengths[places[i]!]!;
    return textOfBytes(bytes.slice(start, length < 0 ? bytes.length : start + length));
  });
  return context.wrap(string, shape, cut);
});

function broadcastShape(x: readonly number[], y: readonly number[]): number[] {
  const rank = Math.max(x.length, y.length);
  return Array.from({ length: rank }, (_, i) => {
    const a = x[i - rank + x.length] ?? 1;
    const b = y[i - rank + y.length] ?? 1;
    if (a !== b && a !== 1 && b !== 1) {
      invalid(`Incompatible shapes: ${shapeText(x)} vs. ${shapeText(y)}`);
    }
    return a === 1 ? b : a;
  });
}

/** For every position of `shape`, the flat index into an array of shape `own` broadcast to it. */
function spread(own: readonly number[], shape: readonly number[]): number[] {
  const added = shape.length - own.length;
  const strides = stridesOf(own);
  const steps = shape.map((_, i) => (i < added || own[i - added] === 1 ? 0 : strides[i - added]!));
  return offsets(
    shape.map((_, i) => i),
    shape,
    steps,
  );
}

const SPACE = /^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g;

kernel(
  'StringStrip',
  eachText((text) => {
    if (typeof text === 'string') return text.replace(SPACE, '');
    const isSpace = (byte: number) => byte === 32 || (byte >= 9 && byte <= 13);
    let [start, end] = [0, text.length];
    while (start < end && isSpace(text[start]!)) start++;
    while (end > start && isSpace(text[end - 1]!)) end--;
    return textOfBytes(text.slice(start, end));
  }),
);

kernel('StringLength', ([input], _attrs, context) =>
  numbers(
    context,
    int32,
    textsOf(input!).map((text) => (isAscii(text) ? text : bytesOfText(text)).length),
    input!.shape,
  ),
);

// ---- patterns ----------------------------------------------------------------------------------

/** The strings with matches of `pattern` replaced; `rewrite` has RE2's `\\1`. */
function replaced(
  input: Value,
  pattern: string,
  rewrite: string,
  isGlobal: boolean,
  context: KernelContext,
): Value {
  const regex = regexOf(pattern, isGlobal);
  const replacement = rewrite
    .replaceAll('$', '$$$$')
    .replace(/\\(\\|\d)/g, (_, digit: string) =>
      digit === '\\' ? '\\' : digit === '0' ? '$&' : `$${digit}`,
    );
  const texts = textsOf(input).map((text) =>
    typeof text === 'string' ? text.replace(regex, replacement) : text,
  );
  return context.wrap(string, input.shape, texts);
}

kernel('RegexReplace', ([input, pattern, rewrite], attrs, context) => {
  const [source, target] = [String(textsOf(pattern!)[0]), String(textsOf(rewrite!)[0])];
  return replaced(input!, source, target, attrs.replace_global as boolean, context);
});
kernel('StaticRegexReplace', ([input], attrs, context) => {
  const { pattern, rewrite, replace_global } = attrs;
  return replaced(input!, String(pattern), String(rewrite), replace_global as boolean, context);
});

function fullMatches(input: Value, pattern: string, context: KernelContext): Value {
  const [, flags = '', rest = ''] = /^(\(\?[ims]+\))?([\s\S]*)$/.exec(pattern) ?? [];
  const regex = regexOf(`${flags}^(?:${rest})$`, false);
  const matches = textsOf(input).map((text) => (regex.test(String(text)) ? 1 : 0));
  return numbers(context, bool, matches, input.shape);
}
kernel('RegexFullMatch', ([input, pattern], _attrs, context) =>
  fullMatches(input!, String(textsOf(pattern!)[0]), context),
);
kernel('StaticRegexFullMatch', ([input], { pattern }, context) =>
  fullMatches(input!, String(pattern), context),
);

/** A pattern of RE2 as JavaScript writes it. */
function regexOf(pattern: string, global: boolean): RegExp {
  const [, leading = '', rest = pattern] = /^\(\?([ims]+)\)([\s\S]*)$/.exec(pattern) ?? [];
  const source = rest
    .replaceAll('(?P<', '(?<')
    .replace(/\\A/g, '^')
    .replace(/\\z/g, '(?![\\s\\S])')
    .replace(/\[\[:(\w+):\]\]/g, (whole, name: string) => CLASSES[name] ?? whole);
  try {
    return new RegExp(source, leading + (global ? 'g' : ''));
  } catch (error) {
    return invalid(`Invalid pattern: ${pattern}, error: ${(error as Error).message}`);
  }
}

const CLASSES: Readonly<Record<string, string>> = {
  alpha: '[A-Za-z]',
  digit: '[0-9]',
  alnum: '[0-9A-Za-z]',
  space: '\\s',
  upper: '[A-Z]',
  lower: '[a-z]',
  punct: '[!-/:-@[-`{-~]',
};

// ---- numbers -----------------------------------------------------------------------------------

const FLOAT = /^[+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?|inf(?:inity)?|nan)$/i;
const INTEGER = /^[+-]?\d+$/;

/** The number that a text spells in a type; `null` where it spells none, or none that fits. */
export function numberOf(text: Text, dtype: DType): number | null {
  const words = String(text).trim();
  if (dtype.is_floating) {
    if (!FLOAT.test(words)) return null;
    const name = /(-?)[+]?(inf|nan)/i.exec(words);
    if (!name) return Number(words);
    if (name[2]!.toLowerCase() === 'nan') return Number.NaN;
    return name[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  const number = Number(words);
  if (!INTEGER.test(words) || number < dtype.min || number > dtype.max) return null;
  return Number.isSafeInteger(number) ? number : null;
}

kernel('StringToNumber', ([input], { out_type }, context) => {
  const dtype = out_type as DType;
  const parsed = textsOf(input!).map(
    (text) =>
      numberOf(text, dtype) ??
      invalid(`StringToNumberOp could not correctly convert string: ${String(text)}`),
  );
  return numbers(context, dtype, parsed, input!.shape);
});

kernel('AsString', ([input], attrs, context) => {
  const { dtype, shape, size } = input!;
  const write = numberFormat(dtype, attrs);
  const data = input!.data as TypedArray;
  const texts = Array.from({ length: size }, (_, i) => {
    if (dtype.is_bool) return data[i] === 0 ? 'false' : 'true';
    if (!dtype.is_complex) return write(data[i]!);
    return `(${write(data[2 * i]!)},${write(data[2 * i + 1]!)})`;
  });
  return context.wrap(string, shape, texts);
});

function numberFormat(dtype: DType, attrs: Attrs): (value: number) => string {
  const fill = String(attrs.fill);
  const precision = attrs.precision as number;
  const width = attrs.width as number;
  const real = dtype.is_floating || dtype.is_complex;
  if (!real && (attrs.scientific || attrs.shortest)) {
    invalid(`scientific and shortest format not supported for datatype ${dtype.text}`);
  }
  if (!real && precision >= 0) invalid(`precision not supported for datatype ${dtype.text}`);
  if (fill.length > 1) invalid('Fill string must be one or fewer characters');
  if (attrs.scientific && attrs.shortest) {
    invalid('Cannot select both scientific and shortest notation');
  }
  const notation = attrs.shortest ? general : attrs.scientific ? scientific : fixed;
  const digits = precision < 0 ? 6 : precision;
  return (value) => filled(real ? notation(value, digits) : String(value), width, fill);
}

/** printf's flag and width: `-` aligns left, `0` fills after the sign, ` ` and `+` show it. */
function filled(text: string, width: number, fill: string): string {
  const signed = (fill === ' ' || fill === '+') && !text.startsWith('-') ? fill + text : text;
  if (width <= signed.length) return signed;
  if (fill === '-') return signed.padEnd(width);
  if (fill !== '0' || /[a-z]{3}/.test(signed)) return signed.padStart(width);
  const sign = /^[-+ ]/.exec(signed)?.[0] ?? '';
  return sign + signed.slice(sign.length).padStart(width - sign.length, '0');
}
