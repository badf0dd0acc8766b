/** Elements as the bytes that TensorFlow and NumPy keep them in, little-endian, and back. */

import { type Data, type DType, newData, type TypedArray } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { bfloat16ToBits, bitsToBfloat16, bitsToHalf, halfToBits } from '../core/half.ts';
import { isText, outOfInt64 } from './casting.ts';

const TWO_TO_32 = 4294967296;

/** The bytes of numeric `data`, little-endian: int64 in 8, float16 in 2. TypeError for text. */
export function toBytes(data: Data, dtype: DType): Uint8Array {
  if (isText(data)) throw new TypeError(`${dtype} has no fixed-size bytes.`);
  switch (dtype.name) {
    case 'float16':
      return bytesOf(Uint16Array.from(data, halfToBits));
    case 'bfloat16':
      return bytesOf(Uint16Array.from(data, bfloat16ToBits));
    case 'int64':
    case 'uint64':
      return bytesOf(splitInt64(data));
    default:
      return bytesOf(data).slice();
  }
}

/** The elements that little-endian bytes hold. The bytes are copied. */
export function fromBytes(bytes: Uint8Array, dtype: DType): TypedArray {
  if (bytes.length % dtype.size !== 0 || dtype.row.array === null) {
    throw new ValueError('buffer size must be a multiple of element size');
  }
  switch (dtype.name) {
    case 'float16':
      return Float32Array.from(words(bytes, Uint16Array), bitsToHalf);
    case 'bfloat16':
      return Float32Array.from(words(bytes, Uint16Array), bitsToBfloat16);
    case 'int64':
      return joinInt64(words(bytes, Int32Array), 'int64');
    case 'uint64':
      return joinInt64(words(bytes, Uint32Array), 'uint64');
    case 'bool':
      return Uint8Array.from(bytes, (byte) => (byte ? 1 : 0));
    default: {
      const data = newData(dtype, bytes.length / dtype.size) as TypedArray;
      bytesOf(data).set(bytes);
      return data;
    }
  }
}

function bytesOf(data: TypedArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

type Words<T> = new (buffer: ArrayBuffer) => T;

function words<T>(bytes: Uint8Array, type: Words<T>): T {
  return new type(Uint8Array.from(bytes).buffer);
}

function splitInt64(data: TypedArray): Int32Array {
  const out = new Int32Array(2 * data.length);
  for (let i = 0; i < data.length; i++) {
    const high = Math.floor(data[i]! / TWO_TO_32);
    out[2 * i] = data[i]! - high * TWO_TO_32;
    out[2 * i + 1] = high;
  }
  return out;
}

function joinInt64(halves: Int32Array | Uint32Array, type: string): Float64Array {
  const out = new Float64Array(halves.length / 2);
  for (let i = 0; i < out.length; i++) {
    const [low, high] = [halves[2 * i]! >>> 0, halves[2 * i + 1]!];
    const value = high * TWO_TO_32 + low;
    if (!Number.isSafeInteger(value)) {
      throw outOfInt64(BigInt(high) * BigInt(TWO_TO_32) + BigInt(low), type);
    }
    out[i] = value;
  }
  return out;
}
