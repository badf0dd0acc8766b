/**
 * NdArray: concrete numbers with a shape and an element type, what a fetch hands back and what may
 * be fed. Plain fields over data in row-major order, with NumPy's words for looking at them.
 */

import { as_dtype, type Data, type DType, type DTypeLike, elementWidth } from '../core/dtype.ts';
import { IndexError, ValueError } from '../core/errors.ts';
import type { ArrayResult, Fetched, Listed } from '../core/fetched.ts';
import { type IndexSpec, parseIndexSpecs } from '../core/index_spec.ts';
import type { Literal, Nested } from '../core/tensor.ts';
import { fromBytes, toBytes } from './bytes.ts';
import { castData, isText } from './casting.ts';
import { Complex } from './complex.ts';
import { take } from './indexing.ts';
import { array_repr, array_str } from './print.ts';
import { sizeOf, tupleText } from './shapes.ts';

/** One element as a JavaScript value; text that is not UTF-8 comes as its bytes. */
export type Item = number | boolean | string | Uint8Array | Complex;

/** A multidimensional array of one element type, in row-major order. */
export class NdArray implements Literal, ArrayResult {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Data;

  /**
   * Wraps `data` without a copy, in the storage of `dtype` (see `newData`). ValueError if the
   * shape's size and the data's do not agree.
   */
  constructor(dtype: DTypeLike, shape: readonly number[], data: Data) {
    this.dtype = as_dtype(dtype).base_dtype;
    this.shape = shape;
    this.data = data;
    checkStorage(this);
  }

  /** The array that little-endian bytes hold, as `tobytes` gives them. The bytes are copied. */
  static frombuffer(
    dtype: DTypeLike,
    shape: readonly number[],
    bytes: Uint8Array | ArrayBuffer,
  ): NdArray {
    const type = as_dtype(dtype).base_dtype;
    const view = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
    return new NdArray(type, shape, fromBytes(view, type));
  }

  /** The number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }
  /** The number of dimensions. */
  get ndim(): number {
    return this.shape.length;
  }

  /**
   * One element as a JavaScript value: the only one, that of a flat index, or that of an index per
   * dimension. ValueError or IndexError if there is no such element.
   */
  item<T extends Item = number>(...index: number[]): T {
    const { size } = this;
    if (index.length === 0) {
      if (size !== 1) {
        throw new ValueError('can only convert an array of size 1 to a Python scalar');
      }
      return itemAt(this, 0) as T;
    }
    if (index.length === 1) {
      const flat = index[0]! < 0 ? index[0]! + size : index[0]!;
      if (Number.isInteger(flat) && flat >= 0 && flat < size) return itemAt(this, flat) as T;
      throw new IndexError(`index ${index[0]} is out of bounds for size ${size}`);
    }
    if (index.length !== this.ndim) throw new ValueError('incorrect number of indices for array');
    return this.at<T>(...index);
  }

  /** The element at an index per dimension; negative indices count from the end. */
  get<T extends Item = number>(...index: number[]): T {
    const { ndim } = this;
    if (index.length !== ndim) {
      throw new IndexError(`array is ${ndim}-dimensional, but ${index.length} were indexed`);
    }
    return this.at<T>(...index);
  }

  /**
   * What Python writes `a[...]`: integers, `null` for a new axis, `'...'`, slices as `'1:3'` or
   * `{ start, stop, step }`. A scalar if every dimension has an integer, else a new array.
   */
  at<T = Fetched>(...specs: IndexSpec[]): T {
    const items = parseIndexSpecs(specs);
    const { shape, data } = take(this, items);
    const array = new NdArray(this.dtype, shape, data);
    const scalar = items.length > 0 && items.every(({ kind }) => kind === 'index');
    return (scalar && shape.length === 0 ? itemAt(array, 0) : array) as T;
  }

  /** The elements as nested JavaScript arrays, or the element itself for rank 0. */
  tolist<T = Listed>(): T {
    const { dtype, shape, data } = this;
    const plain = !dtype.is_complex && !dtype.is_bool;
    const build = (axis: number, start: number): Nested<Item> => {
      if (axis === shape.length) return itemAt(this, start);
      const size = shape[axis]!;
      if (plain && axis === shape.length - 1)
        return Array.from<Item>(data.slice(start, start + size));
      const stride = sizeOf(shape.slice(axis + 1));
      return Array.from({ length: size }, (_, i) => build(axis + 1, start + i * stride));
    };
    return build(0, 0) as T;
  }

  /**
   * A copy with another element type, by NumPy's casting: floats truncate, integers wrap, text is
   * parsed. OutOfRangeError where int64 would lose digits.
   */
  astype(dtype: DTypeLike): NdArray {
    const type = as_dtype(dtype).base_dtype;
    return new NdArray(type, this.shape, castData(this.data, this.dtype, type));
  }

  /** The same data under another shape; one `-1` stands for what is left. */
  reshape(...shape: number[] | [readonly number[]]): NdArray {
    const wanted = (Array.isArray(shape[0]) ? shape[0] : shape) as readonly number[];
    return new NdArray(this.dtype, completeShape(wanted, this.size), this.data);
  }

  /** The bytes of the elements, little-endian, as TensorFlow and NumPy keep them. */
  tobytes(): Uint8Array {
    return toBytes(this.data, this.dtype);
  }

  /** NumPy's `str(a)`. */
  toString(): string {
    return array_str(this);
  }

  /** NumPy's `repr(a)`. */
  repr(): string {
    return array_repr(this);
  }

  /** The elements as nested lists. */
  toJSON(): Nested<Item> {
    return this.tolist();
  }

  /** Walks the first axis: scalars for rank 1, arrays above. */
  *[Symbol.iterator](): Generator<Fetched> {
    if (this.ndim === 0) throw new TypeError('iteration over a 0-d array');
    for (let i = 0; i < this.shape[0]!; i++) yield this.at(i);
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.repr();
  }
}

/** The element at a flat position, as a JavaScript value. */
export function itemAt({ dtype, data }: Literal, position: number): Item {
  if (isText(data)) return data[position]!;
  if (dtype.is_complex) return new Complex(data[2 * position]!, data[2 * position + 1]!);
  return dtype.is_bool ? data[position] !== 0 : data[position]!;
}

function checkStorage({ dtype, shape, data }: Literal): void {
  for (const dimension of shape) {
    if (!Number.isSafeInteger(dimension) || dimension < 0) {
      throw new ValueError(`negative dimensions are not allowed\n\nThe shape is (${shape}).`);
    }
  }
  const type = dtype.row.array;
  const kind = isText(data) ? 'Array' : data[Symbol.toStringTag];
  const wanted = dtype.row.kind === 'string' ? 'Array' : type?.name;
  if (kind !== wanted) {
    throw new TypeError(
      wanted
        ? `An array of ${dtype.name} keeps its data in ${wanted}, got ${kind}.`
        : `${dtype} has no array form.`,
    );
  }
  const size = sizeOf(shape);
  if (data.length !== size * elementWidth(dtype)) {
    const held = data.length / elementWidth(dtype);
    throw new ValueError(`cannot reshape array of size ${held} into shape ${tupleText(shape)}`);
  }
}

function completeShape(shape: readonly number[], size: number): readonly number[] {
  const unknown = shape.filter((dimension) => dimension === -1).length;
  if (unknown > 1) throw new ValueError('can only specify one unknown dimension');
  const known = sizeOf(shape.filter((dimension) => dimension !== -1));
  const full = shape.map((dimension) => (dimension === -1 ? size / known : dimension));
  if (sizeOf(full) !== size || !full.every((d) => Number.isInteger(d) && d >= 0)) {
    throw new ValueError(`cannot reshape array of size ${size} into shape ${tupleText(shape)}`);
  }
  return full;
}
