/**
 * Elements as the little-endian bytes that TensorFlow keeps them in, and back. Most types are kept
 * here just as there, so their bytes are views, and files are read straight into the storage.
 */

import { type DType, elementWidth, type TypedArray } from '../../core/dtype.ts';
import { OutOfRangeError } from '../../core/errors.ts';
import { bfloat16ToBits, bitsToBfloat16, bitsToHalf, halfToBits } from '../../core/half.ts';

const TWO_TO_32 = 4294967296;
/** Elements that are converted at a time. */
const CHUNK = 65536;

/** Whether elements of `dtype` are kept in JavaScript in the bytes that files have. */
export function sameBytes(dtype: DType): boolean {
  switch (dtype.name) {
    case 'float16':
    case 'bfloat16':
    case 'int64':
    case 'uint64':
      return false;
    default:
      return dtype.row.array !== null;
  }
}

/** Bytes of `size` elements in a file. */
export function byteLength(dtype: DType, size: number): number {
  return size * dtype.size;
}

/** The memory of `data`, as bytes. */
export function viewBytes(data: TypedArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** The bytes of `data` in a file, chunk after chunk; views of it where they are the same. */
export function* fileBytes(dtype: DType, data: TypedArray): Generator<Uint8Array> {
  if (sameBytes(dtype)) {
    yield viewBytes(data);
    return;
  }
  for (let at = 0; at < data.length; at += CHUNK) {
    yield viewBytes(encode(dtype, data.subarray(at, at + CHUNK)));
  }
}

function encode(dtype: DType, data: TypedArray): TypedArray {
  if (dtype.name === 'float16') return Uint16Array.from(data, halfToBits);
  if (dtype.name === 'bfloat16') return Uint16Array.from(data, bfloat16ToBits);
  const halves = new Int32Array(2 * data.length);
  for (let i = 0; i < data.length; i++) {
    const high = Math.floor(data[i]! / TWO_TO_32);
    halves[2 * i] = data[i]! - high * TWO_TO_32;
    halves[2 * i + 1] = high;
  }
  return halves;
}

/**
 * Sets the elements of `data` from `at` on to what `bytes` of a file say. OutOfRangeError for an
 * int64 that is not exact as a JavaScript number.
 */
export function setElements(dtype: DType, data: TypedArray, at: number, bytes: Uint8Array): void {
  const start = at * elementWidth(dtype);
  if (sameBytes(dtype)) {
    viewBytes(data).set(bytes, start * data.BYTES_PER_ELEMENT);
    return;
  }
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const count = bytes.length / dtype.size;
  if (dtype.size === 2) {
    const decode = dtype.name === 'float16' ? bitsToHalf : bitsToBfloat16;
    for (let i = 0; i < count; i++) data[start + i] = decode(words.getUint16(2 * i, true));
    return;
  }
  const signed = dtype.name === 'int64';
  for (let i = 0; i < count; i++) {
    const low = words.getUint32(8 * i, true);
    const high = signed ? words.getInt32(8 * i + 4, true) : words.getUint32(8 * i + 4, true);
    const value = high * TWO_TO_32 + low;
    if (!Number.isSafeInteger(value)) throw inexact(dtype, words, i, signed);
    data[start + i] = value;
  }
}

function inexact(dtype: DType, words: DataView, i: number, signed: boolean): OutOfRangeError {
  const value = signed ? words.getBigInt64(8 * i, true) : words.getBigUint64(8 * i, true);
  return inexactInteger(dtype.name, value);
}

/** The error of an integer that a JavaScript number cannot hold. */
export function inexactInteger(type: string, value: bigint | number): OutOfRangeError {
  return new OutOfRangeError(
    null,
    null,
    `${value} cannot be held exactly as ${type}.\n\nJavaScript numbers are exact for integers up ` +
      'to 2^53 - 1 (9007199254740991); larger 64-bit integers are refused rather than rounded.',
  );
}
