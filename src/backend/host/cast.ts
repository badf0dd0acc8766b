/** Numbers of one type as numbers of another: by value (Cast) or by their bytes (Bitcast). */

import {
  bfloat16,
  bool,
  type Data,
  type DType,
  float16,
  int64,
  string,
  type TypedArray,
  uint32,
  uint64,
} from '../../core/dtype.ts';
import { UnimplementedError } from '../../core/errors.ts';
import {
  bfloat16ToBits,
  bitsToBfloat16,
  bitsToHalf,
  halfToBits,
  roundToBfloat16,
  roundToHalf,
} from '../../core/half.ts';
import { kernel } from '../registry.ts';
import { invalid, same } from './box.ts';
import { checkExact } from './lanes.ts';

kernel('Cast', ([x], attrs, context) => {
  const to = attrs.DstT as DType;
  const from = x!.dtype;
  if (from === to) return same(context, x!);
  if (from === string || to === string) {
    const [p, q] = [from.text, to.text];
    throw new UnimplementedError(null, null, `Cast ${p} to ${q} is not supported`);
  }
  const y = context.alloc(to, x!.shape);
  castInto(x!.data as TypedArray, from, y.data as TypedArray, to);
  return y;
});

/** Complex numbers keep their real part, unless both types are complex. */
function castInto(x: TypedArray, from: DType, y: TypedArray, to: DType): void {
  if (from.is_complex && to.is_complex) y.set(x);
  else if (from.is_complex) castReals(realParts(x), from.real_dtype, y, to);
  else if (to.is_complex) {
    for (let i = 0; i < x.length; i++) {
      y[2 * i] = x[i]!;
      y[2 * i + 1] = 0;
    }
  } else castReals(x, from, y, to);
}

function realParts(z: TypedArray): TypedArray {
  const parts = new Float64Array(z.length / 2);
  for (let i = 0; i < parts.length; i++) parts[i] = z[2 * i]!;
  return parts;
}

function castReals(x: TypedArray, from: DType, y: TypedArray, to: DType): void {
  if (to === bool) for (let i = 0; i < x.length; i++) y[i] = x[i] !== 0 ? 1 : 0;
  else if (to === float16) for (let i = 0; i < x.length; i++) y[i] = roundToHalf(x[i]!);
  else if (to === bfloat16) for (let i = 0; i < x.length; i++) y[i] = roundToBfloat16(x[i]!);
  else if (to.is_floating) y.set(x);
  else if (to === int64 || to === uint64) {
    for (let i = 0; i < x.length; i++) y[i] = Math.trunc(x[i]!);
    checkExact(y as Float64Array);
    if (to === uint64 && y.some((v) => v < 0)) checkExact(Float64Array.of(2 ** 64));
  } else if (from.is_floating) truncate(x, y, to);
  else y.set(x);
}

const MIN_INT32 = -2147483648;

/**
 * Floats to integers of up to 32 bits as x86 does it: towards zero as int32, where NaN and what
 * does not fit are the lowest int32, and from there to narrower types by dropping bits.
 */
function truncate(x: TypedArray, y: TypedArray, to: DType): void {
  const max = to === uint32 ? 4294967296 : 2147483648;
  for (let i = 0; i < x.length; i++) {
    const v = x[i]!;
    y[i] = v > MIN_INT32 - 1 && v < max ? v : MIN_INT32;
  }
}

// ---- by bytes --------------------------------------------------------------------------------

kernel('Bitcast', ([x], attrs, context) => {
  const to = attrs.type as DType;
  const from = x!.dtype;
  const shape = bitcastShape(x!.shape, from.size, to.size);
  if (from === to) return same(context, x!);
  const y = context.alloc(to, shape);
  fromBytes(toBytes(x!.data, from), to, y.data as TypedArray);
  return y;
});

/** A wider type takes up the last dimension; a narrower one adds it. */
function bitcastShape(shape: readonly number[], from: number, to: number): readonly number[] {
  if (from === to) return shape;
  if (from > to) return [...shape, from / to];
  if (shape.at(-1) !== to / from) invalid(`Cannot bitcast from ${from} to ${to}`);
  return shape.slice(0, -1);
}

/** The elements as TensorFlow lays them out in memory, little endian. */
function toBytes(data: Data, dtype: DType): DataView {
  const numbers = data as TypedArray;
  if (dtype === int64 || dtype === uint64) {
    return viewOf(BigInt64Array.from(numbers, (v) => BigInt(v)));
  }
  if (dtype === float16) return viewOf(Uint16Array.from(numbers, halfToBits));
  if (dtype === bfloat16) return viewOf(Uint16Array.from(numbers, bfloat16ToBits));
  return viewOf(numbers);
}

function viewOf(array: ArrayBufferView): DataView {
  return new DataView(array.buffer, array.byteOffset, array.byteLength);
}

function fromBytes(bytes: DataView, dtype: DType, y: TypedArray): void {
  if (dtype === int64 || dtype === uint64) {
    for (let i = 0; i < y.length; i++) {
      y[i] = Number(
        dtype === int64 ? bytes.getBigInt64(8 * i, true) : bytes.getBigUint64(8 * i, true),
      );
    }
    checkExact(y as Float64Array);
  } else if (dtype === float16 || dtype === bfloat16) {
    const decode = dtype === float16 ? bitsToHalf : bitsToBfloat16;
    for (let i = 0; i < y.length; i++) y[i] = decode(bytes.getUint16(2 * i, true));
  } else {
    const target = new Uint8Array(y.buffer, y.byteOffset, y.byteLength);
    target.set(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }
}
