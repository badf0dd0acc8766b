/** Strings as bytes: hash buckets, base64, and raw numbers. */

import type { DType, Text, TypedArray } from '../../core/dtype.ts';
import { int64, string } from '../../core/dtype.ts';
import { bitsToBfloat16, bitsToHalf } from '../../core/half.ts';
import type { Kernel, Value } from '../../core/kernels.ts';
import { bytesOfText, textOfBytes } from '../../core/text.ts';
import { kernel } from '../registry.ts';
import { invalid, numbers } from './box.ts';
import { fingerprint64, hash64, sipHash } from './hash.ts';

function textsOf(value: Value): readonly Text[] {
  return value.data as Text[];
}

// ---- buckets -----------------------------------------------------------------------------------

function buckets(hash: (bytes: Uint8Array, key: readonly bigint[]) => bigint): Kernel {
  return ([input], { num_buckets, key }, context) => {
    const count = BigInt(num_buckets as number);
    const words = ((key ?? []) as readonly number[]).map((word) =>
      BigInt.asUintN(64, BigInt(word)),
    );
    const places = textsOf(input!).map((text) => Number(hash(bytesOfText(text), words) % count));
    return numbers(context, int64, places, input!.shape);
  };
}

kernel(
  'StringToHashBucket',
  buckets((bytes) => hash64(bytes)),
);
kernel('StringToHashBucketFast', buckets(fingerprint64));
kernel(
  'StringToHashBucketStrong',
  buckets((bytes, key) => {
    if (key.length !== 2) invalid('Key must have 2 elements');
    return sipHash(bytes, key[0]!, key[1]!);
  }),
);

// ---- base64 ------------------------------------------------------------------------------------

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

function encodeBase64(bytes: Uint8Array, pad: boolean): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const group = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const count = Math.min(3, bytes.length - i) + 1;
    for (let j = 0; j < 4; j++) {
      if (j < count) text += DIGITS[(group >> (18 - 6 * j)) & 63];
      else if (pad) text += '=';
    }
  }
  return text;
}

function decodeBase64(text: string): Uint8Array {
  const digits = text.replace(/={1,2}$/, '');
  if (digits.length % 4 === 1) invalid('1 is not a valid length of base64 characters.');
  const bytes = new Uint8Array(Math.floor((digits.length * 3) / 4));
  let group = 0;
  let at = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = DIGITS.indexOf(digits[i]!);
    if (digit < 0) invalid('Invalid character found in base64.');
    group = ((group << 6) | digit) & 0xffffff;
    const bits = ((i % 4) + 1) * 6;
    if (i % 4 > 0) bytes[at++] = (group >> (bits % 8)) & 255;
  }
  return bytes;
}

kernel('EncodeBase64', ([input], { pad }, context) =>
  context.wrap(
    string,
    input!.shape,
    textsOf(input!).map((text) => encodeBase64(bytesOfText(text), pad as boolean)),
  ),
);

kernel('DecodeBase64', ([input], _attrs, context) =>
  context.wrap(
    string,
    input!.shape,
    textsOf(input!).map((text) => textOfBytes(decodeBase64(String(text)))),
  ),
);

// ---- raw numbers -------------------------------------------------------------------------------

kernel('DecodeRaw', ([input], attrs, context) => {
  const dtype = attrs.out_type as DType;
  const rows = textsOf(input!).map(bytesOfText);
  const length = rows[0]?.length ?? 0;
  for (const [i, row] of rows.entries()) {
    if (row.length !== length) {
      invalid(
        `DecodeRaw requires input strings to all be the same size, but element ${i} has size ${length} != ${row.length}`,
      );
    }
  }
  const { size } = dtype.row;
  if (length % size !== 0) {
    invalid(
      `Input to DecodeRaw has length ${length} that is not a multiple of ${size}, the size of ${dtype.text}`,
    );
  }
  const result = context.alloc(dtype, [...input!.shape, length / size]);
  const data = result.data as TypedArray;
  const read = numberReader(dtype, attrs.little_endian as boolean);
  const step = dtype.is_complex ? size / 2 : size;
  let at = 0;
  for (const row of rows) {
    const view = new DataView(row.buffer, row.byteOffset, row.byteLength);
    for (let offset = 0; offset < length; offset += step) data[at++] = read(view, offset);
  }
  return result;
});

function numberReader(dtype: DType, little: boolean): (view: DataView, at: number) => number {
  switch (dtype.name) {
    case 'float16':
      return (view, at) => bitsToHalf(view.getUint16(at, little));
    case 'bfloat16':
      return (view, at) => bitsToBfloat16(view.getUint16(at, little));
    case 'float32':
    case 'complex64':
      return (view, at) => view.getFloat32(at, little);
    case 'float64':
    case 'complex128':
      return (view, at) => view.getFloat64(at, little);
    case 'int64':
      return (view, at) => exact(view.getBigInt64(at, little));
    case 'uint64':
      return (view, at) => exact(view.getBigUint64(at, little));
    case 'int32':
      return (view, at) => view.getInt32(at, little);
    case 'uint32':
      return (view, at) => view.getUint32(at, little);
    case 'int16':
      return (view, at) => view.getInt16(at, little);
    case 'uint16':
      return (view, at) => view.getUint16(at, little);
    case 'int8':
      return (view, at) => view.getInt8(at);
    default:
      return (view, at) => view.getUint8(at);
  }
}

function exact(value: bigint): number {
  const number = Number(value);
  return Number.isSafeInteger(number)
    ? number
    : invalid(`Integer ${value} is outside of the range that is held exactly, -2^53 to 2^53.`);
}
