/**
 * What callers pass - numbers, text, nested lists, typed arrays, NdArrays, matrices - as literals.
 * `toLiteral` follows TF1's `tf.constant` and checks types; `asArray` follows `np.asarray`, as
 * feeds do, and converts what it can.
 */

import { registerLiterals } from '../core/convert.ts';
import {
  bool,
  type Data,
  type DType,
  float32,
  newData,
  registerArrayMaker,
  type Text,
  type TypedArray,
} from '../core/dtype.ts';
import { InternalError, OverflowError, ValueError, withHint } from '../core/errors.ts';
import { Operand } from '../core/operand.ts';
import type { Literal } from '../core/tensor.ts';
import { textOfBytes } from '../core/text.ts';
import {
  castData,
  castTo,
  exactInt64,
  isText,
  outOfInt64,
  parseText,
  storeNumbers,
} from './casting.ts';
import { Complex } from './complex.ts';
import { NdArray } from './ndarray.ts';
import { commonType } from './promotion.ts';
import { pythonRepr, pythonType } from './python_text.ts';
import { sizeOf } from './shapes.ts';
import { type Carrier, carrierOf, flatten, type Leaves, type Ragged } from './values.ts';

/**
 * The literal that `tf.constant(value, dtype, shape)` holds; its data is its own. Plain numbers are
 * float32 unless a dtype is asked for; typed arrays, arrays, booleans, text and BigInts carry their
 * type. Where `shape` has more elements than given, the last one repeats. TypeError and ValueError
 * with TF1's words.
 */
export function toLiteral(
  value: unknown,
  dtype: DType | null = null,
  shape: readonly number[] | null = null,
): Literal {
  const type = dtype?.base_dtype ?? null;
  const carrier = carrierOf(value, type);
  if (carrier) return filled(fromCarrier(carrier, type, true), shape);
  if (value === null || value === undefined) throw new ValueError('None values not supported.');
  if (shape && sizeOf(shape) === 0) {
    return { dtype: type ?? float32, shape: [...shape], data: newData(type ?? float32, 0) };
  }
  const dense = denseFloats(value, type);
  if (dense) return filled(dense, shape);
  const leaves = flatten(value, type, raggedConstant);
  const found = type ?? inferType(leaves, value);
  checkLeaves(leaves, found);
  return filled({ dtype: found, shape: leaves.shape, data: store(leaves, found) }, shape);
}

/**
 * The array that `np.asarray(value, dtype)` makes: numbers are truncated, null is nan, text is
 * parsed. Data that already has the type is not copied.
 */
export function asArray(value: unknown, dtype: DType | null = null): NdArray {
  const type = dtype?.base_dtype ?? null;
  const carrier = carrierOf(value, type);
  if (carrier) {
    if (value instanceof NdArray && (!type || value.dtype === type)) return value;
    const literal = fromCarrier(carrier, type, false);
    return new NdArray(literal.dtype, literal.shape, literal.data);
  }
  const dense = denseFloats(value, type);
  if (dense) return new NdArray(dense.dtype, dense.shape, dense.data);
  const leaves = flatten(value, type, raggedArray);
  const found = type ?? inferType(leaves, value);
  leaves.flat = leaves.flat.map((leaf) => coerce(leaf, found));
  return new NdArray(found, leaves.shape, store(leaves, found));
}

registerLiterals(toLiteral);
registerArrayMaker((value, dtype) => {
  const array = asArray(value, dtype);
  return new NdArray(array.dtype, array.shape, array.data.slice());
});

function fromCarrier({ literal, fresh }: Carrier, dtype: DType | null, own: boolean): Literal {
  if (dtype && dtype !== literal.dtype) {
    return { dtype, shape: literal.shape, data: castData(literal.data, literal.dtype, dtype) };
  }
  return own && !fresh ? { ...plain(literal), data: literal.data.slice() } : literal;
}

function plain({ dtype, shape, data }: Literal): Literal {
  return { dtype, shape: [...shape], data };
}

/** Gives a literal the shape asked for; its last element repeats where there are too few. */
function filled(literal: Literal, shape: readonly number[] | null): Literal {
  if (!shape) return literal;
  const { dtype, data } = literal;
  const [wanted, size] = [sizeOf(shape), sizeOf(literal.shape)];
  if (size > wanted) {
    throw new ValueError(
      `Too many elements provided. Needed at most ${wanted}, but received ${size}`,
    );
  }
  if (size === wanted) return { dtype, shape: [...shape], data };
  const out = newData(dtype, wanted);
  const width = dtype.is_complex ? 2 : 1;
  for (let i = 0; size > 0 && i < out.length; i++) {
    out[i] = data[i < data.length ? i : data.length - width + (i % width)]!;
  }
  return { dtype, shape: [...shape], data: out };
}

/** Rectangular lists of nothing but numbers, the common case, straight to storage; else null. */
function denseFloats(value: unknown, asked: DType | null): Literal | null {
  if (!Array.isArray(value) || (asked && !asked.is_floating)) return null;
  const dtype = asked ?? float32;
  const shape: number[] = [];
  let node: unknown = value;
  for (; Array.isArray(node) && shape.length < 32; node = node[0]) shape.push(node.length);
  // Where no type is asked for, typed arrays say theirs.
  if (asked && isNumbers(node)) shape.push(node.length);
  const last = shape.length - 1;
  const size = sizeOf(shape);
  if (size === 0) return null;
  const out = newData(dtype, size) as TypedArray;
  const convert = castTo(dtype);
  let at = 0;
  const fill = (list: unknown, axis: number): boolean => {
    const typed = axis === last && asked !== null && isNumbers(list);
    if (!(typed || Array.isArray(list)) || list.length !== shape[axis]) return false;
    if (axis < last) return (list as unknown[]).every((inner) => fill(inner, axis + 1));
    for (let i = 0; i < list.length; i++) {
      const item: unknown = list[i];
      if (typeof item !== 'number') return false;
      out[at++] = convert ? convert(item) : item;
    }
    return true;
  };
  return fill(value, 0) && at === size ? { dtype, shape, data: out } : null;
}

function isNumbers(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function raggedConstant(value: unknown, dtype: DType | null, ragged: Ragged): Error {
  const { got, wanted, hint, mixed } = ragged;
  if (dtype || mixed) return raggedArray(value, dtype, ragged);
  const shapes = `got shape [${got.join(', ')}], but wanted [${wanted.join(', ')}].`;
  return new ValueError(
    withHint(`Argument must be a dense tensor: ${pythonRepr(value)} - ${shapes}`, hint),
  );
}

function raggedArray(_value: unknown, _dtype: DType | null, { hint }: Ragged): Error {
  return new ValueError(withHint('setting an array element with a sequence.', hint));
}

function inferType({ flat, types, kinds }: Leaves, value: unknown): DType {
  if (types.size === 0 && kinds.size === 0) return float32;
  if (kinds.has('other') && flat.some((leaf) => leaf instanceof Operand)) {
    throw new TypeError('List of Tensors when single Tensor expected');
  }
  const type = commonType(types, kinds);
  if (!type) {
    throw new TypeError(
      `Failed to convert object of type <class '${pythonType(value)}'> to Tensor. Contents: ` +
        `${pythonRepr(value)}. Consider casting elements to a supported type.`,
    );
  }
  return type;
}

function checkLeaves({ flat }: Leaves, dtype: DType): void {
  const { kind } = dtype.row;
  const fits = FITS[kind];
  if (!fits) throw new TypeError(`${dtype} has no array form.`);
  const wrong = flat.findIndex((leaf) => !fits(leaf));
  if (wrong < 0) return;
  const leaf = flat[wrong];
  const [shown, type] =
    leaf instanceof Operand
      ? ['list containing Tensors', '_Message']
      : [pythonRepr(leaf), pythonType(leaf)];
  throw new TypeError(`Expected ${dtype.name}, got ${shown} of type '${type}' instead.`);
}

type Fits = (leaf: unknown) => boolean;

const isReal: Fits = (leaf) =>
  typeof leaf === 'number' || typeof leaf === 'boolean' || typeof leaf === 'bigint';
const isWhole: Fits = (leaf) => (typeof leaf === 'number' ? Number.isInteger(leaf) : isReal(leaf));
const isTextLeaf: Fits = (leaf) => typeof leaf === 'string' || leaf instanceof Uint8Array;

const FITS: Readonly<Partial<Record<DType['row']['kind'], Fits>>> = {
  float: isReal,
  int: isWhole,
  uint: isWhole,
  quantized: isWhole,
  complex: (leaf) => isReal(leaf) || leaf instanceof Complex,
  bool: (leaf) => typeof leaf === 'boolean',
  string: isTextLeaf,
};

/** An element as `np.asarray` takes it for a dtype: a leaf that fits, or NumPy's error. */
function coerce(leaf: unknown, dtype: DType): unknown {
  const { kind } = dtype.row;
  if (leaf instanceof Operand) throw new ValueError('setting an array element with a sequence.');
  if (kind === 'string') {
    if (isTextLeaf(leaf)) return leaf;
    const type = pythonType(leaf);
    const hint = `A string tensor takes text, got ${pythonRepr(leaf)}.`;
    throw new InternalError(null, null, withHint(`Unsupported object type ${type}`, hint));
  }
  if (leaf === null || leaf === undefined) return ofNone(dtype);
  const value = isTextLeaf(leaf) ? parseText(leaf as Text, dtype) : leaf;
  if (kind === 'complex') {
    if (FITS.complex!(value)) return value;
  } else if (kind === 'bool')
    return Boolean(value instanceof Complex ? value.re || value.im : value);
  else if (isReal(value)) return kind === 'float' ? value : truncate(value);
  const [name, wanted] = kind === 'float' ? ['float', 'number'] : ['int', 'number'];
  throw new TypeError(
    `${name}() argument must be a string or a ${wanted}, not '${pythonType(leaf)}'`,
  );
}

function ofNone(dtype: DType): unknown {
  if (dtype.is_complex) return new Complex(Number.NaN, Number.NaN);
  if (dtype.is_floating) return Number.NaN;
  if (dtype === bool) return false;
  throw new TypeError(
    "int() argument must be a string, a bytes-like object or a number, not 'NoneType'",
  );
}

function truncate(value: unknown): unknown {
  if (typeof value !== 'number') return value;
  if (Number.isNaN(value)) throw new ValueError('cannot convert float NaN to integer');
  if (!Number.isFinite(value)) throw new OverflowError('cannot convert float infinity to integer');
  return Math.trunc(value);
}

/** Leaves that fit `dtype`, in its storage. */
function store({ flat }: Leaves, dtype: DType): Data {
  const out = newData(dtype, flat.length);
  if (isText(out)) {
    for (let i = 0; i < flat.length; i++) out[i] = ownText(flat[i] as Text);
  } else if (dtype.is_complex) storeComplex(flat, out);
  else {
    const whole = dtype.is_integer || dtype.is_quantized || dtype === bool;
    storeNumbers(numbersOf(flat, dtype, whole), out, dtype, whole);
  }
  return out;
}

/** Text as string arrays keep it: bytes that are UTF-8 become a string, others stay bytes. */
function ownText(text: Text): Text {
  if (typeof text === 'string') return text;
  const own = textOfBytes(text);
  return own === text ? text.slice() : own;
}

function storeComplex(flat: readonly unknown[], out: TypedArray): void {
  flat.forEach((leaf, i) => {
    out[2 * i] = leaf instanceof Complex ? leaf.re : Number(leaf);
    out[2 * i + 1] = leaf instanceof Complex ? leaf.im : 0;
  });
}

const LONG = 2 ** 63;

function numbersOf(flat: readonly unknown[], dtype: DType, whole: boolean): number[] {
  const wide = dtype.name === 'int64' || dtype.name === 'uint64';
  return flat.map((leaf) => {
    const number = Number(leaf);
    if (!whole) return number;
    if (wide && typeof leaf === 'bigint' && !Number.isSafeInteger(number)) {
      throw outOfInt64(leaf, dtype.name);
    }
    if (wide && dtype.name === 'int64') return exactInt64(number);
    if (Math.abs(number) > LONG) {
      throw new OverflowError('Python int too large to convert to C long');
    }
    return number;
  });
}
