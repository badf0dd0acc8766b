/** What every kind of checkpoint offers, the older one file and the newer bundle alike. */

import type { Data, DType } from '../../core/dtype.ts';
import { type Extent, shapeText, type TensorSlice } from '../../core/tensor_slice.ts';
import { damaged } from './bytes.ts';
import type { WireReader } from './wire.ts';
import { readFields, WireWriter } from './wire.ts';

/** What is known of a tensor without reading it. */
export interface TensorInfo {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** A tensor, or a slice of one, that is known to be there and can be read. */
export interface StoredTensor extends TensorInfo {
  /** Sets `data`, storage of this type and shape. DataLossError where a checksum is wrong. */
  readInto(data: Data): void;
}

/** A checkpoint that is open. */
export interface Checkpoint {
  /** The names of its tensors, sorted. */
  names(): readonly string[];
  /** A tensor's type and shape, `undefined` where there is none of this name. */
  info(name: string): TensorInfo | undefined;
  /**
   * The tensor `name`, or a slice of it, ready to be read. Its size is checked against the file, so
   * that storage may be made for it. NotFoundError where there is none.
   */
  open(name: string, slice?: TensorSlice | null): StoredTensor;
  /** Gives its files back. */
  close(): void;
}

/** The number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dim) => size * dim, 1);
}

// ---- messages that both kinds have ---------------------------------------------------------------

/** TensorShapeProto. DataLossError for what cannot be the shape of a tensor. */
export function readShape(bytes: Uint8Array): number[] {
  const shape: number[] = [];
  readFields(bytes, (number, reader) => {
    if (number === 3) {
      if (reader.varint() !== 0) throw damaged('Invalid tensor shape: unknown_rank: true');
      return true;
    }
    if (number !== 2) return false;
    let size = 0;
    readFields(reader.lengthDelimited(), (field, dim) => {
      if (field === 1) size = dim.int64();
      return field === 1;
    });
    shape.push(size);
    return true;
  });
  if (shape.length > 254 || shape.some((dim) => dim < 0 || !Number.isSafeInteger(dim))) {
    throw damaged(`Invalid tensor shape: ${shapeText(shape)}`);
  }
  return shape;
}

/** The bytes of a TensorShapeProto. */
export function shapeBytes(shape: readonly number[]): Uint8Array {
  const writer = new WireWriter();
  for (const dim of shape) writer.message(2, new WireWriter().integer(1, dim).bytes);
  return writer.bytes;
}

/** TensorSliceProto. */
export function readSlice(bytes: Uint8Array): TensorSlice {
  const slice: Extent[] = [];
  readFields(bytes, (number, reader) => {
    if (number !== 1) return false;
    slice.push(readExtent(reader));
    return true;
  });
  return slice;
}

function readExtent(reader: WireReader): Extent {
  let start = 0;
  let length = -1;
  readFields(reader.lengthDelimited(), (field, extent) => {
    if (field === 1) start = extent.int64();
    else if (field === 2) length = extent.int64();
    return field === 1 || field === 2;
  });
  if (length < 0) return null;
  if (start < 0) throw damaged(`Invalid tensor slice: start = ${start}`);
  return { start, length };
}

/** The bytes of a TensorSliceProto. */
export function sliceBytes(slice: TensorSlice): Uint8Array {
  const writer = new WireWriter();
  for (const part of slice) {
    const extent = new WireWriter();
    if (part) extent.integer(1, part.start).varint(16).varint(part.length);
    writer.message(1, extent.bytes);
  }
  return writer.bytes;
}
