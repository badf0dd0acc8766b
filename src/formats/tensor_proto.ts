/** Tensors in files: TensorProto to arrays and back. */

import {
  as_dtype,
  type Data,
  type DType,
  elementWidth,
  newData,
  type Text,
  type TypedArray,
} from '../core/dtype.ts';
import { OutOfRangeError, ValueError } from '../core/errors.ts';
import { bfloat16ToBits, bitsToBfloat16, bitsToHalf, halfToBits } from '../core/half.ts';
import type { Dims, Literal } from '../core/tensor.ts';
import { bytesOfText, textOfBytes } from '../core/text.ts';
import { fileBytes, setElements } from './checkpoint/element_bytes.ts';
import { TensorProto, TensorShapeProto } from './graph_messages.ts';

/** Constants of more elements than this are refused where their values are not all in the file. */
const MAX_REPEATED = 2 ** 26;

/** The types whose values are written as bytes, where there are several; the others as lists. */
const AS_BYTES: ReadonlySet<string> = new Set([
  'float32',
  'float64',
  'int32',
  'uint8',
  'int16',
  'int8',
  'int64',
  'qint8',
  'quint8',
  'qint16',
  'quint16',
  'qint32',
  'uint32',
  'uint64',
]);

/** A JS number for an int64. OutOfRangeError beyond 2^53. */
export function exactNumber(value: number | bigint): number {
  if (typeof value === 'number') return value;
  throw new OutOfRangeError(
    null,
    null,
    `${value} is beyond the integers that a number holds exactly (2^53).`,
  );
}

/** The sizes of a shape: null for each that is unknown, and for an unknown rank. */
export function dimsOfProto({ dim, unknown_rank }: TensorShapeProto): Dims {
  if (unknown_rank) return null;
  return dim.map(({ size }) => (size < 0 ? null : exactNumber(size)));
}

/** A shape as a message. */
export function shapeProto(dims: Dims): TensorShapeProto {
  if (dims === null) return new TensorShapeProto({ unknown_rank: true });
  return new TensorShapeProto({ dim: dims.map((size) => ({ size: size ?? -1 })) });
}

/** The values of a tensor in a file. ValueError where shape and values do not agree. */
export function literalOf(message: TensorProto): Literal {
  const dtype = as_dtype(message.dtype);
  const shape = (dimsOfProto(message.tensor_shape) ?? []).map((size) => size ?? 0);
  const size = shape.reduce((a, b) => a * b, 1);
  const content = message.tensor_content;
  if (content.length > 0) {
    if (dtype.row.array === null || content.length !== size * dtype.size) {
      throw new ValueError(
        `A tensor of shape [${shape}] and type ${dtype.name} has ${content.length} bytes.`,
      );
    }
    const data = newData(dtype, size);
    setElements(dtype, data as TypedArray, 0, content);
    return { dtype, shape, data };
  }
  const values = valuesOf(message, dtype.name);
  const width = elementWidth(dtype);
  if (values.length > size * width || size > Math.max(MAX_REPEATED, values.length)) {
    throw new ValueError(`A tensor of shape [${shape}] has ${values.length} values.`);
  }
  return { dtype, shape, data: repeated(values, newData(dtype, size), width) };
}

/** The list of values of a TensorProto in the storage that arrays have. */
function valuesOf(message: TensorProto, type: string): readonly (number | Text)[] {
  switch (type) {
    case 'float32':
      return message.float_val;
    case 'float64':
      return message.double_val;
    case 'string':
      return message.string_val.map(textOfBytes);
    case 'bool':
      return message.bool_val.map(Number);
    case 'int64':
      return message.int64_val.map(exactNumber);
    case 'uint64':
      return message.uint64_val.map(exactNumber);
    case 'uint32':
      return message.uint32_val;
    case 'float16':
      return message.half_val.map(bitsToHalf);
    case 'bfloat16':
      return message.half_val.map(bitsToBfloat16);
    case 'complex64':
      return message.scomplex_val;
    case 'complex128':
      return message.dcomplex_val;
    default:
      return message.int_val;
  }
}

/** Fills `data` with `values`; the last one (of `width` numbers) repeats to the end. */
function repeated(values: readonly (number | Text)[], data: Data, width: number): Data {
  if (values.length === 0) return data;
  const target = data as TypedArray;
  for (let i = 0; i < data.length; i++) {
    const at = i < values.length ? i : values.length - width + (i % width);
    target[i] = values[at] as number;
  }
  return data;
}

/**
 * An array as a message: several numbers of the usual types as bytes, the others as a list. Bytes are
 * views of the array where they are the same.
 */
export function tensorProto({ dtype, shape, data }: Literal): TensorProto {
  const message = new TensorProto({
    dtype: dtype.as_datatype_enum,
    tensor_shape: shapeProto(shape),
  });
  const size = shape.reduce((a, b) => a * b, 1);
  if (size > 1 && AS_BYTES.has(dtype.name)) {
    message.tensor_content = joined([...fileBytes(dtype, data as TypedArray)]);
  } else if (size > 0) setValues(message, dtype, data);
  return message;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Sets the list of values that the type has. */
export function setValues(message: TensorProto, dtype: DType, data: Data): void {
  const numbers = () => Array.from(data as TypedArray);
  switch (dtype.name) {
    case 'float32':
      message.float_val = numbers();
      break;
    case 'float64':
      message.double_val = numbers();
      break;
    case 'string':
      message.string_val = (data as Text[]).map(bytesOfText);
      break;
    case 'bool':
      message.bool_val = numbers().map(Boolean);
      break;
    case 'int64':
      message.int64_val = numbers();
      break;
    case 'uint64':
      message.uint64_val = numbers();
      break;
    case 'uint32':
      message.uint32_val = numbers();
      break;
    case 'float16':
      message.half_val = numbers().map(halfToBits);
      break;
    case 'bfloat16':
      message.half_val = numbers().map(bfloat16ToBits);
      break;
    case 'complex64':
      message.scomplex_val = numbers();
      break;
    case 'complex128':
      message.dcomplex_val = numbers();
      break;
    default:
      message.int_val = numbers();
  }
}
