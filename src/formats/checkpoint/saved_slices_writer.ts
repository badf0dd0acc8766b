/** Writes checkpoints of the first version: one table with the list of all slices, and then each. */

import { type Data, type DType, elementWidth, type TypedArray } from '../../core/dtype.ts';
import { InternalError, InvalidArgumentError, UnimplementedError } from '../../core/errors.ts';
import { halfToBits } from '../../core/half.ts';
import { shapeText, type TensorSlice } from '../../core/tensor_slice.ts';
import { bytesOfText } from '../../core/text.ts';
import type { WrittenTensor } from './bundle_writer.ts';
import { type ByteSink, compareBytes } from './bytes.ts';
import { shapeBytes, sliceBytes } from './checkpoint.ts';
import { viewBytes } from './element_bytes.ts';
import { VALUE_FIELDS } from './saved_slices.ts';
import { nameKey, sliceKey } from './table_keys.ts';
import { TableWriter } from './table_writer.ts';
import { WireWriter } from './wire.ts';

interface Pending {
  readonly key: Uint8Array;
  readonly name: string;
  readonly slice: TensorSlice;
  readonly tensor: WrittenTensor;
}

interface Listed {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly slices: TensorSlice[];
}

/** The most bytes that a message may have. */
const MOST_BYTES = 2 ** 31;

/** A checkpoint of the first version that is being put together; its tensors are written at the end. */
export class SavedSlicesWriter {
  private readonly pending: Pending[] = [];
  private readonly list = new Map<string, Listed>();

  /** Adds the slice `slice` of the tensor `name`, which as a whole has `shape`. */
  add(name: string, shape: readonly number[], slice: TensorSlice, tensor: WrittenTensor): void {
    const { dtype } = tensor;
    if (dtype.name === 'bfloat16' || dtype.row.kind === 'handle') {
      throw new UnimplementedError(null, null, `Saving data type ${dtype.name} not yet supported`);
    }
    if (VALUE_FIELDS[dtype.name] === undefined) {
      const type = dtype.as_datatype_enum;
      throw invalid(`Tensor slice serialization not implemented for dtype ${type}`);
    }
    const known = this.list.get(name);
    if (known && String(known.shape) !== String(shape)) {
      throw new InternalError(
        null,
        null,
        `Mismatching shapes: existing tensor = ${shapeText(known.shape)}, trying to add name ${name}, shape = ${shapeText(shape)}`,
      );
    }
    if (known && known.dtype !== dtype) {
      throw new InternalError(
        null,
        null,
        `Mismatching types: existing type = ${known.dtype.name}, trying to add name ${name}, type = ${dtype.name}`,
      );
    }
    if (known) known.slices.push(slice);
    else this.list.set(name, { dtype, shape, slices: [slice] });
    this.pending.push({ key: sliceKey(name, slice), name, slice, tensor });
  }

  /** Writes the table. */
  finish(sink: ByteSink): void {
    const table = new TableWriter(sink);
    table.add(new Uint8Array(0), new WireWriter().message(1, this.meta()).bytes);
    this.pending.sort((a, b) => compareBytes(a.key, b.key));
    for (const pending of this.pending) table.add(pending.key, savedSlice(pending));
    table.finish();
  }

  private meta(): Uint8Array {
    const meta = new WireWriter();
    for (const [name, { dtype, shape, slices }] of this.list) {
      const tensor = new WireWriter()
        .message(1, nameKey(name))
        .message(2, shapeBytes(shape))
        .integer(3, dtype.as_datatype_enum);
      for (const slice of slices) tensor.message(4, sliceBytes(slice));
      meta.message(1, tensor.bytes);
    }
    return meta.message(2, new WireWriter().integer(1, 1).bytes).bytes;
  }
}

function invalid(message: string): InvalidArgumentError {
  return new InvalidArgumentError(null, null, message);
}

function savedSlice({ name, slice, tensor }: Pending): Uint8Array {
  const { dtype, data } = tensor;
  const bound = data.length * 10;
  if (bound > MOST_BYTES) {
    throw invalid(`Tensor slice is too large to serialize (conservative estimate: ${bound} bytes)`);
  }
  const saved = new WireWriter()
    .message(1, nameKey(name))
    .message(2, sliceBytes(slice))
    .message(3, valuesOf(dtype, data)).bytes;
  return new WireWriter().message(2, saved).bytes;
}

/** The elements as a TensorProto. */
function valuesOf(dtype: DType, data: Data): Uint8Array {
  const writer = new WireWriter();
  const field = VALUE_FIELDS[dtype.name]!;
  if (Array.isArray(data)) {
    for (const text of data) writer.message(field, bytesOfText(text));
    return writer.bytes;
  }
  return data.length === 0
    ? writer.bytes
    : writer.message(field, packedElements(dtype, data)).bytes;
}

function packedElements(dtype: DType, data: TypedArray): Uint8Array {
  const { kind } = dtype.row;
  if (kind === 'complex' || (kind === 'float' && dtype.size / elementWidth(dtype) >= 4)) {
    return viewBytes(data);
  }
  const writer = new WireWriter();
  if (kind !== 'float') for (const value of data) writer.varint(value);
  else for (const value of data) writer.varint(halfToBits(value));
  return writer.bytes;
}
