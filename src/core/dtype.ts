/**
 * TF1's element types. A DType is interned, so `===` compares; called as a function it makes an
 * array of its type, as NumPy's scalar types do: `tf.int32([0, 1])`.
 */

import type { ArrayResult } from './fetched.ts';

/** The names of the element types. */
export type DTypeName =
  | 'float16'
  | 'float32'
  | 'float64'
  | 'bfloat16'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'bool'
  | 'string'
  | 'complex64'
  | 'complex128'
  | 'qint8'
  | 'quint8'
  | 'qint16'
  | 'quint16'
  | 'qint32'
  | 'resource'
  | 'variant';

/**
 * How numbers of each type are kept in JavaScript. int64 and uint64 are JS numbers, exact to 2^53;
 * float16 and bfloat16 are float32 values already rounded to their type; complex numbers are
 * interleaved re, im; strings are text where their bytes are UTF-8 and bytes where they are not.
 */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array;
/** One string. */
export type Text = string | Uint8Array;
/** The storage of any number of elements. */
export type Data = TypedArray | Text[];

type ArrayMaker = {
  new (length: number): TypedArray;
  new (values: ArrayLike<number>): TypedArray;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): TypedArray;
  readonly BYTES_PER_ELEMENT: number;
};

type Kind = 'float' | 'int' | 'uint' | 'bool' | 'string' | 'complex' | 'quantized' | 'handle';

interface Row {
  /** The number in types.proto. */
  readonly number: number;
  /** Its name in the op language and in Python's `DT_` constants. */
  readonly text: string;
  readonly kind: Kind;
  /** Bytes of one element in TensorFlow. */
  readonly size: number;
  readonly array: ArrayMaker | null;
  readonly min?: number;
  readonly max?: number;
}

const MAX_INT64 = 2 ** 63 - 1;
const MAX_FLOAT32 = 3.4028234663852886e38;

const ROWS: Readonly<Record<DTypeName, Row>> = {
  float32: {
    number: 1,
    text: 'float',
    kind: 'float',
    size: 4,
    array: Float32Array,
    min: -MAX_FLOAT32,
    max: MAX_FLOAT32,
  },
  float64: {
    number: 2,
    text: 'double',
    kind: 'float',
    size: 8,
    array: Float64Array,
    min: -Number.MAX_VALUE,
    max: Number.MAX_VALUE,
  },
  int32: {
    number: 3,
    text: 'int32',
    kind: 'int',
    size: 4,
    array: Int32Array,
    min: -2147483648,
    max: 2147483647,
  },
  uint8: { number: 4, text: 'uint8', kind: 'uint', size: 1, array: Uint8Array, min: 0, max: 255 },
  int16: {
    number: 5,
    text: 'int16',
    kind: 'int',
    size: 2,
    array: Int16Array,
    min: -32768,
    max: 32767,
  },
  int8: { number: 6, text: 'int8', kind: 'int', size: 1, array: Int8Array, min: -128, max: 127 },
  string: { number: 7, text: 'string', kind: 'string', size: 0, array: null },
  complex64: { number: 8, text: 'complex64', kind: 'complex', size: 8, array: Float32Array },
  int64: {
    number: 9,
    text: 'int64',
    kind: 'int',
    size: 8,
    array: Float64Array,
    min: -MAX_INT64,
    max: MAX_INT64,
  },
  bool: { number: 10, text: 'bool', kind: 'bool', size: 1, array: Uint8Array, min: 0, max: 1 },
  qint8: {
    number: 11,
    text: 'qint8',
    kind: 'quantized',
    size: 1,
    array: Int8Array,
    min: -128,
    max: 127,
  },
  quint8: {
    number: 12,
    text: 'quint8',
    kind: 'quantized',
    size: 1,
    array: Uint8Array,
    min: 0,
    max: 255,
  },
  qint32: {
    number: 13,
    text: 'qint32',
    kind: 'quantized',
    size: 4,
    array: Int32Array,
    min: -2147483648,
    max: 2147483647,
  },
  bfloat16: {
    number: 14,
    text: 'bfloat16',
    kind: 'float',
    size: 2,
    array: Float32Array,
    min: -3.3895313892515355e38,
    max: 3.3895313892515355e38,
  },
  qint16: {
    number: 15,
    text: 'qint16',
    kind: 'quantized',
    size: 2,
    array: Int16Array,
    min: -32768,
    max: 32767,
  },
  quint16: {
    number: 16,
    text: 'quint16',
    kind: 'quantized',
    size: 2,
    array: Uint16Array,
    min: 0,
    max: 65535,
  },
  uint16: {
    number: 17,
    text: 'uint16',
    kind: 'uint',
    size: 2,
    array: Uint16Array,
    min: 0,
    max: 65535,
  },
  complex128: { number: 18, text: 'complex128', kind: 'complex', size: 16, array: Float64Array },
  float16: {
    number: 19,
    text: 'half',
    kind: 'float',
    size: 2,
    array: Float32Array,
    min: -65504,
    max: 65504,
  },
  resource: { number: 20, text: 'resource', kind: 'handle', size: 0, array: null },
  variant: { number: 21, text: 'variant', kind: 'handle', size: 0, array: null },
  uint32: {
    number: 22,
    text: 'uint32',
    kind: 'uint',
    size: 4,
    array: Uint32Array,
    min: 0,
    max: 4294967295,
  },
  uint64: {
    number: 23,
    text: 'uint64',
    kind: 'uint',
    size: 8,
    array: Float64Array,
    min: 0,
    max: 2 * MAX_INT64,
  },
};

const REF_OFFSET = 100;

/** What calling a dtype gives, as far as this layer can say; `numpy/` makes it an NdArray. */
export interface ArrayValue {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Data;
}

/** A DType called as a function. */
export interface DType {
  /** An array of this type, as `np.int32([0, 1])` makes. */
  (value: unknown): ArrayResult;
}

/** An element type. Reference types (`float32_ref`) are what a ref variable's output has. */
export class DType {
  declare readonly name: DTypeName | `${DTypeName}_ref`;
  /** The row of the base type. @internal */
  declare readonly row: Row;
  declare readonly as_datatype_enum: number;
  /** The type itself without `_ref`. */
  declare readonly base_dtype: DType;
  /** @internal */
  declare reference: DType;

  /** The type's name in the op language: `float`, `double`, `half`, `int32`. @internal */
  get text(): string {
    return this.row.text;
  }
  /** The non-reference type. */
  get real_dtype(): DType {
    if (this.base_dtype === complex64) return float32;
    if (this.base_dtype === complex128) return float64;
    return this;
  }
  /** The array type with the same elements: a dtype called as a function, as `np.float32` is. */
  get as_numpy_dtype(): DType {
    return this.base_dtype;
  }
  /** The type of references to this one. @internal */
  get _as_ref(): DType {
    return this.reference;
  }
  get _is_ref_dtype(): boolean {
    return this.as_datatype_enum > REF_OFFSET;
  }
  get is_numpy_compatible(): boolean {
    return this.row.kind !== 'handle';
  }
  get is_bool(): boolean {
    return this.row.kind === 'bool';
  }
  /** Whether this is a non-quantized integer type. */
  get is_integer(): boolean {
    return this.row.kind === 'int' || this.row.kind === 'uint';
  }
  get is_floating(): boolean {
    return this.row.kind === 'float';
  }
  get is_complex(): boolean {
    return this.row.kind === 'complex';
  }
  get is_quantized(): boolean {
    return this.row.kind === 'quantized';
  }
  get is_unsigned(): boolean {
    return this.row.kind === 'uint';
  }
  /** The lowest representable value. TypeError for types without an order. */
  get min(): number {
    if (this.row.min === undefined) throw new TypeError(`Cannot find minimum value of ${this}.`);
    return this.row.min;
  }
  /** The highest representable value. TypeError for types without an order. */
  get max(): number {
    if (this.row.max === undefined) throw new TypeError(`Cannot find maximum value of ${this}.`);
    return this.row.max;
  }
  /** `[min, max]` of image values: the range of an unsigned integer, 0 to 1 for floats. */
  get limits(): [number, number] {
    if (this.is_floating) return [0, 1];
    return [Math.max(0, this.min), this.max];
  }
  /** Bytes of one element. */
  get size(): number {
    return this.row.size || 1;
  }
  /** Whether a tensor of `other` can be used where this type is expected. */
  is_compatible_with(other: unknown): boolean {
    const type = as_dtype(other);
    return type === this || type.base_dtype === this;
  }
  toString(): string {
    return `<dtype: '${this.name}'>`;
  }
  toJSON(): string {
    return this.name;
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `tf.${this.name}`;
  }
}
Object.setPrototypeOf(DType.prototype, Function.prototype);

let makeArray: ((value: unknown, dtype: DType) => ArrayResult) | undefined;
/** `numpy/` says here what calling a dtype makes. */
export function registerArrayMaker(maker: (value: unknown, dtype: DType) => ArrayResult): void {
  makeArray = maker;
}

const byNumber = new Map<number, DType>();
const byText = new Map<string, DType>();

function declare(name: DTypeName): DType {
  const row = ROWS[name];
  const base = create(name, row, row.number);
  const reference = create(`${name}_ref`, row, row.number + REF_OFFSET);
  const links = { base_dtype: { value: base }, reference: { value: reference } };
  Object.defineProperties(base, links);
  Object.defineProperties(reference, links);
  byText.set(row.text, base).set(`${row.text}_ref`, reference);
  return base;
}

function create(name: DType['name'], row: Row, number: number): DType {
  const call = (value: unknown): ArrayResult => {
    if (!makeArray) throw new Error('Arrays are not loaded.');
    return makeArray(value, type.base_dtype);
  };
  Object.setPrototypeOf(call, DType.prototype);
  Object.defineProperties(call, {
    name: { value: name },
    row: { value: row },
    as_datatype_enum: { value: number },
  });
  const type = call as DType;
  byNumber.set(number, type);
  byText.set(name, type);
  return type;
}

/** 16-bit floating point. */
export const float16 = declare('float16');
/** 16-bit floating point. */
export const half = float16;
/** 32-bit floating point. */
export const float32 = declare('float32');
/** 64-bit floating point. */
export const float64 = declare('float64');
/** 64-bit floating point. */
export const double = float64;
/** 16-bit truncated floating point: the upper half of a float32. */
export const bfloat16 = declare('bfloat16');
/** 8-bit signed integers. */
export const int8 = declare('int8');
/** 16-bit signed integers. */
export const int16 = declare('int16');
/** 32-bit signed integers. */
export const int32 = declare('int32');
/** 64-bit signed integers, exact here to 2^53. */
export const int64 = declare('int64');
/** 8-bit unsigned integers. */
export const uint8 = declare('uint8');
/** 16-bit unsigned integers. */
export const uint16 = declare('uint16');
/** 32-bit unsigned integers. */
export const uint32 = declare('uint32');
/** 64-bit unsigned integers, exact here to 2^53. */
export const uint64 = declare('uint64');
/** Booleans. */
export const bool = declare('bool');
/** Strings of bytes. */
export const string = declare('string');
/** Complex numbers of two 32-bit floats. */
export const complex64 = declare('complex64');
/** Complex numbers of two 64-bit floats. */
export const complex128 = declare('complex128');
/** Quantized 8-bit signed integers. */
export const qint8 = declare('qint8');
/** Quantized 8-bit unsigned integers. */
export const quint8 = declare('quint8');
/** Quantized 16-bit signed integers. */
export const qint16 = declare('qint16');
/** Quantized 16-bit unsigned integers. */
export const quint16 = declare('quint16');
/** Quantized 32-bit signed integers. */
export const qint32 = declare('qint32');
/** Handles to mutable resources. */
export const resource = declare('resource');
/** Values of any type. */
export const variant = declare('variant');

/** The quantized types. */
export const QUANTIZED_DTYPES: readonly DType[] = [qint8, quint8, qint32, qint16, quint16];
/** Every base type, in the order of types.proto. @internal */
export const ALL_DTYPES: readonly DType[] = [...byNumber.values()]
  .filter((type) => !type._is_ref_dtype)
  .sort((a, b) => a.as_datatype_enum - b.as_datatype_enum);

/** What names a type: the DType, its name, its number, or anything that has a `dtype`. */
export type DTypeLike = DType | DTypeName | `${DTypeName}_ref` | number | { readonly dtype: DType };

/**
 * Converts `type_value` to a DType. It may be a DType, a name (`'float32'`, `'float'`,
 * `'DT_FLOAT'`), a number of types.proto, or a typed array's class.
 */
export function as_dtype(type_value: unknown): DType {
  const type = findDType(type_value);
  if (!type)
    throw new TypeError(`Cannot convert value ${String(type_value)} to a TensorFlow DType.`);
  return type;
}

const byArrayClass = new Map<{ readonly name: string }, DType>([
  [Float32Array, float32],
  [Float64Array, float64],
  [Int8Array, int8],
  [Int16Array, int16],
  [Int32Array, int32],
  [Uint8Array, uint8],
  [Uint8ClampedArray, uint8],
  [Uint16Array, uint16],
  [Uint32Array, uint32],
  [BigInt64Array, int64],
  [BigUint64Array, uint64],
  [Boolean, bool],
  [String, string],
  [Number, float32],
  [BigInt, int64],
]);

const byArrayTag = new Map<unknown, DType>(
  [...byArrayClass].map(([type, dtype]) => [type.name, dtype]),
);

function findDType(value: unknown): DType | undefined {
  if (value instanceof DType) return value;
  if (typeof value === 'number') return byNumber.get(value);
  if (typeof value === 'string') {
    return byText.get(value) ?? byText.get(value.replace(/^DT_/, '').toLowerCase());
  }
  return typeof value === 'function' ? byArrayClass.get(value) : undefined;
}

/** The type of a JavaScript typed array's elements, if it is one. @internal */
export function dtypeOfTypedArray(value: object): DType | undefined {
  if (!ArrayBuffer.isView(value)) return undefined;
  // By tag rather than class: Node's Buffer and arrays of other realms are typed arrays too.
  return byArrayTag.get(
    (value as ArrayBufferView & { [Symbol.toStringTag]?: string })[Symbol.toStringTag],
  );
}

/** Numbers that one element takes in storage: 2 for complex types. @internal */
export function elementWidth(dtype: DType): number {
  return dtype.row.kind === 'complex' ? 2 : 1;
}

/** Fresh storage for `size` elements, zeroed (`''` for strings). @internal */
export function newData(dtype: DType, size: number): Data {
  const { array } = dtype.row;
  if (dtype.row.kind === 'string') return new Array<Text>(size).fill('');
  if (!array) throw new TypeError(`${dtype} has no array form.`);
  return new array(size * elementWidth(dtype));
}

/** The dtype's name in protocol buffers: `DT_FLOAT`. @internal */
export function protoName(dtype: DType): string {
  const suffix = dtype._is_ref_dtype ? '_REF' : '';
  return `DT_${dtype.row.text.toUpperCase()}${suffix}`;
}

/** A type's name in the errors of kernels: `float`, `double`, `int32`. */
export function kernelName(dtype: DType): string {
  return protoName(dtype).replace('DT_', '').toLowerCase();
}
