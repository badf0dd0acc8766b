/**
 * Arrays as NumPy prints them, to the character: `array_str` is Python's `str(a)`, `array_repr` its
 * `repr(a)`. Text prints as bytes in an object array, which is what TensorFlow hands out.
 */

import { bool, type DType, float32, float64 } from '../core/dtype.ts';
import type { Literal } from '../core/tensor.ts';
import { bytesOfText } from '../core/text.ts';
import { isText } from './casting.ts';
import { FloatFormat, type FloatOptions, scalarText } from './float_format.ts';
import { bytesRepr, numpyName } from './python_text.ts';
import { sizeOf, tupleRepr } from './shapes.ts';

/** What `np.set_printoptions` takes. */
export interface PrintOptions {
  /** The most digits after the point; 8 unless given. */
  readonly precision?: number;
  /** Arrays with more elements are summarised; 1000 unless given. */
  readonly threshold?: number;
  /** Elements at each end of a summarised axis; 3 unless given. */
  readonly edgeitems?: number;
  /** Characters per line; 75 unless given. */
  readonly linewidth?: number;
  /** Whether numbers that round to zero are shown as zero; false unless given. */
  readonly suppress?: boolean;
}

const DEFAULTS: Required<PrintOptions> = {
  precision: 8,
  threshold: 1000,
  edgeitems: 3,
  linewidth: 75,
  suppress: false,
};

/** NumPy's `str(a)`: the elements, and a scalar's own text for rank 0. */
export function array_str(array: Literal, options: PrintOptions = {}): string {
  if (array.shape.length === 0) return scalarStr(array);
  return body(array, { ...DEFAULTS, ...options }, ' ', '', '');
}

/** NumPy's `repr(a)`: `array([1., 2.], dtype=float32)`. */
export function array_repr(array: Literal, options: PrintOptions = {}): string {
  const full = { ...DEFAULTS, ...options };
  const size = sizeOf(array.shape);
  const start = `array(${body(array, full, ', ', 'array(', ')')}`;
  const extras: string[] = [];
  const empty = size === 0 && !(array.shape.length === 1 && array.shape[0] === 0);
  if (empty || size > full.threshold) extras.push(`shape=${tupleRepr(array.shape)}`);
  if (size === 0 || !IMPLIED.has(array.dtype.name)) {
    extras.push(`dtype=${numpyName(array.dtype)}`);
  }
  if (extras.length === 0) return `${start})`;
  const end = `${extras.join(', ')})`;
  const lastLine = start.length + 1 - (start.lastIndexOf('\n') + 1);
  const wraps = lastLine + end.length + 1 > full.linewidth;
  return `${start},${wraps ? '\n      ' : ' '}${end}`;
}

const IMPLIED = new Set(['int64', 'float64', 'complex128', 'bool']);

type Format = (position: number) => string;

function scalarStr(array: Literal): string {
  const { dtype, data } = array;
  if (dtype.is_floating && !isText(data)) return scalarText(data[0]!, dtype);
  if (!dtype.is_complex) return scalarFormat(array)(0);
  const [re, im] = [data[0] as number, data[1] as number];
  const part = dtype.real_dtype;
  const imaginary = `${scalarText(im, part, true)}j`;
  if (Object.is(re, 0)) return imaginary;
  return `(${scalarText(re, part, true)}${imaginary.startsWith('-') ? '' : '+'}${imaginary})`;
}

function scalarFormat(array: Literal): Format {
  return formatOf(array, [0], DEFAULTS);
}

/** How each element prints, given the positions of those that will be seen. */
function formatOf(
  { dtype, shape, data }: Literal,
  seen: number[],
  options: FloatOptionsIn,
): Format {
  if (isText(data)) return (at) => bytesRepr(bytesOfText(data[at]!));
  if (dtype === bool) {
    const yes = shape.length > 0 ? ' True' : 'True';
    return (at) => (data[at] ? yes : 'False');
  }
  if (dtype.is_complex) return complexFormat(dtype, data, seen, options);
  if (dtype.name === 'bfloat16') return (at) => scalarText(data[at]!, dtype);
  if (dtype.is_floating) {
    const values = seen.map((at) => data[at]!);
    const floats = new FloatFormat(values, dtype, { ...options, sign: false });
    return (at) => floats.format(data[at]!);
  }
  const width = seen.reduce((most, at) => Math.max(most, String(data[at]).length), 0);
  return (at) => String(data[at]).padStart(width);
}

type FloatOptionsIn = Omit<FloatOptions, 'sign'>;

function complexFormat(
  dtype: DType,
  data: ArrayLike<number>,
  seen: readonly number[],
  options: FloatOptionsIn,
): Format {
  const part = dtype.real_dtype === float32 ? float32 : float64;
  const parts = (offset: number): number[] => seen.map((at) => data[2 * at + offset]!);
  const real = new FloatFormat(parts(0), part, { ...options, sign: false });
  const imaginary = new FloatFormat(parts(1), part, { ...options, sign: true });
  return (at) => {
    const text = imaginary.format(data[2 * at + 1]!);
    const end = text.trimEnd().length;
    return `${real.format(data[2 * at]!)}${text.slice(0, end)}j${text.slice(end)}`;
  };
}

/** NumPy's `array2string`: the brackets and what is in them. */
function body(
  array: Literal,
  options: Required<PrintOptions>,
  separator: string,
  prefix: string,
  suffix: string,
): string {
  const size = sizeOf(array.shape);
  if (size === 0) return '[]';
  const summary = size > options.threshold;
  const rows = new Rows(array, options, separator, summary);
  return rows.text(options.linewidth - suffix.length, ` ${' '.repeat(prefix.length)}`);
}

/** Lays out the elements of one array in lines. */
class Rows {
  readonly #shape: readonly number[];
  readonly #format: Format;
  readonly #separator: string;
  /** Elements at each end of an axis that is cut, or 0. */
  readonly #edge: number;

  constructor(
    array: Literal,
    options: Required<PrintOptions>,
    separator: string,
    summary: boolean,
  ) {
    this.#shape = array.shape;
    this.#separator = separator;
    this.#edge = summary ? options.edgeitems : -1;
    this.#format = formatOf(array, this.#seen(), options);
  }

  text(width: number, indent: string): string {
    return this.#axis(0, 0, indent, width);
  }

  /** The flat positions of the elements that will be shown. */
  #seen(): number[] {
    let positions = [0];
    for (const size of this.#shape) {
      const shown = this.#shown(size);
      positions = positions.flatMap((base) =>
        shown.flatMap((at) => (at === null ? [] : [base * size + at])),
      );
    }
    return positions;
  }

  /** The indices of an axis that are shown; null stands for those left out. */
  #shown(size: number): (number | null)[] {
    const edge = this.#edge;
    if (edge < 0 || size <= 2 * edge) return Array.from({ length: size }, (_, i) => i);
    const first = Array.from({ length: edge }, (_, i) => i);
    return [...first, null, ...first.map((i) => size - edge + i)];
  }

  #axis(axis: number, base: number, indent: string, width: number): string {
    if (axis === this.#shape.length) return this.#format(base);
    const size = this.#shape[axis]!;
    const shown = this.#shown(size).map((at) => (at === null ? null : base * size + at));
    if (axis === this.#shape.length - 1) return this.#line(shown, indent, width);
    const blank = '\n'.repeat(this.#shape.length - axis - 1);
    const parts = shown.map((at) =>
      at === null ? '...' : this.#axis(axis + 1, at, `${indent} `, width - 1),
    );
    return `[${parts.join(this.#separator.trimEnd() + blank + indent)}]`;
  }

  /** The last axis: elements in lines, wrapped where they would be too long. */
  #line(shown: readonly (number | null)[], indent: string, width: number): string {
    const limit = width - Math.max(this.#separator.trimEnd().length, 1);
    let lines = '';
    let line = indent;
    shown.forEach((at, i) => {
      const word = at === null ? '...' : this.#format(at);
      if (line.length + word.length > limit && line.length > indent.length) {
        lines += `${line.trimEnd()}\n`;
        line = indent;
      }
      line += word + (i < shown.length - 1 ? this.#separator : '');
    });
    return `[${(lines + line).slice(indent.length)}]`;
  }
}
