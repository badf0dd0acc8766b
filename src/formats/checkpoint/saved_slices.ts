/**
 * Checkpoints of the first version: tables whose first entry lists all tensors and the slices they
 * are stored in, and whose others are the slices, as messages. One checkpoint may be several files.
 */

import {
  as_dtype,
  type Data,
  type DType,
  elementWidth,
  newData,
  type Text,
} from '../../core/dtype.ts';
import {
  DataLossError,
  InternalError,
  InvalidArgumentError,
  NotFoundError,
  withHint,
} from '../../core/errors.ts';
import {
  fullSlice,
  intersection,
  shapeOfSlice,
  sliceText,
  type TensorSlice,
} from '../../core/tensor_slice.ts';
import { textOfBytes } from '../../core/text.ts';
import { type ByteSource, damaged } from './bytes.ts';
import {
  type Checkpoint,
  readShape,
  readSlice,
  type StoredTensor,
  sizeOf,
  type TensorInfo,
} from './checkpoint.ts';
import { inexactInteger, setElements } from './element_bytes.ts';
import { nearestNames } from './missing_key.ts';
import { copySlice } from './slice_copy.ts';
import { covers } from './slice_cover.ts';
import { Table } from './table.ts';
import { sliceKey } from './table_keys.ts';
import { readFields, type WireReader, type WireType } from './wire.ts';

/** The fields of a TensorProto that have a type's elements. */
export const VALUE_FIELDS: Readonly<Record<string, number>> = {
  float32: 5,
  float64: 6,
  int32: 7,
  int16: 7,
  int8: 7,
  uint8: 7,
  uint16: 7,
  qint8: 7,
  quint8: 7,
  qint16: 7,
  quint16: 7,
  qint32: 7,
  string: 8,
  complex64: 9,
  int64: 10,
  bool: 11,
  complex128: 12,
  float16: 13,
  bfloat16: 13,
};

interface SliceOfTensor {
  readonly slice: TensorSlice;
  readonly table: Table;
}

interface TensorOfSlices extends TensorInfo {
  readonly slices: SliceOfTensor[];
}

/** A checkpoint of the first version that is open for reading. */
export class SavedSlicesReader implements Checkpoint {
  private readonly pattern: string;
  private readonly sources: ByteSource[] = [];
  private readonly tensors = new Map<string, TensorOfSlices>();

  /** Reads the lists of the files `paths`, which `pattern` names. NotFoundError where there is none. */
  constructor(pattern: string, paths: readonly string[], openFile: (path: string) => ByteSource) {
    this.pattern = pattern;
    if (paths.length === 0) {
      throw new NotFoundError(
        null,
        null,
        `Unsuccessful TensorSliceReader constructor: Failed to find any matching files for ${pattern}`,
      );
    }
    try {
      for (const path of paths) this.load(path, openFile(path));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  names(): readonly string[] {
    return [...this.tensors.keys()].sort();
  }

  info(name: string): TensorInfo | undefined {
    return this.tensors.get(name);
  }

  open(name: string, slice: TensorSlice | null = null): StoredTensor {
    const tensor = this.tensors.get(name);
    if (!tensor) {
      throw new NotFoundError(
        null,
        null,
        withHint(
          `Tensor name "${name}" not found in checkpoint files ${this.pattern}`,
          nearestNames(name, this.names()),
        ),
      );
    }
    const wanted = slice ?? fullSlice(tensor.shape.length);
    const shape = shapeOfSlice(wanted, tensor.shape);
    const parts = tensor.slices.flatMap((part) => {
      const common = intersection(part.slice, wanted);
      return common ? [{ slice: part.slice, common, bytes: storedSlice(name, tensor, part) }] : [];
    });
    const commons = parts.map(({ common }) => common);
    if (!covers(commons, shape, tensor.shape)) {
      throw new InvalidArgumentError(null, null, 'Error copying slice data');
    }
    const { dtype } = tensor;
    const readInto = (data: Data) => {
      for (const { slice: stored, common, bytes } of parts) {
        const source = newData(dtype, sizeOf(shapeOfSlice(stored, tensor.shape)));
        readValues(name, dtype, bytes, source);
        copySlice(
          dtype,
          tensor.shape,
          common,
          { data: source, slice: stored },
          { data, slice: wanted },
        );
      }
    };
    return { dtype, shape, readInto };
  }

  close(): void {
    for (const source of this.sources) source.close();
    this.sources.length = 0;
  }

  private load(path: string, source: ByteSource): void {
    this.sources.push(source);
    let table: Table;
    try {
      table = new Table(source);
    } catch (error) {
      if (!(error instanceof DataLossError)) throw error;
      throw damaged(
        `Unable to open table file ${path}: Data loss: ${error.message}: perhaps your file is in a different file format and you need to use a different restore operator?`,
      );
    }
    const list = table.get(new Uint8Array(0));
    if (!list)
      throw new InternalError(null, null, `Failed to find the saved tensor slices in ${path}`);
    readFields(list, (number, reader) => {
      if (number === 1) this.readMeta(reader.lengthDelimited(), table);
      return number === 1;
    });
  }

  private readMeta(bytes: Uint8Array, table: Table): void {
    readFields(bytes, (number, reader) => {
      if (number === 1) this.readTensor(reader.lengthDelimited(), table);
      return number === 1;
    });
  }

  private readTensor(bytes: Uint8Array, table: Table): void {
    let name = '';
    let shape: readonly number[] = [];
    let type = 0;
    const slices: TensorSlice[] = [];
    readFields(bytes, (number, reader) => {
      if (number === 1) name = String(textOfBytes(reader.lengthDelimited()));
      else if (number === 2) shape = readShape(reader.lengthDelimited());
      else if (number === 3) type = reader.varint();
      else if (number === 4) slices.push(readSlice(reader.lengthDelimited()));
      else return false;
      return true;
    });
    const known = this.tensors.get(name) ?? { dtype: dtypeOf(name, type), shape, slices: [] };
    if (known.dtype.as_datatype_enum !== type || String(known.shape) !== String(shape)) {
      throw damaged(`The files of ${this.pattern} do not agree on the type and shape of ${name}`);
    }
    this.tensors.set(name, known);
    for (const slice of slices) {
      shapeOfSlice(slice, shape);
      known.slices.push({ slice, table });
    }
  }
}

function dtypeOf(name: string, type: number): DType {
  try {
    const dtype = as_dtype(type);
    if (VALUE_FIELDS[dtype.name] !== undefined) return dtype;
  } catch {
    // Below: the file has a number that is no type.
  }
  throw damaged(`Unsupported data type ${type} of tensor ${name}`);
}

/** The elements of a stored slice, as the bytes of a TensorProto. */
function storedSlice(
  name: string,
  { shape }: TensorInfo,
  { slice, table }: SliceOfTensor,
): Uint8Array {
  const message = table.get(sliceKey(name, slice));
  if (!message) {
    throw new NotFoundError(null, null, `Slice ${sliceText(slice)} of ${name} not found`);
  }
  let values: Uint8Array = new Uint8Array(0);
  readFields(message, (number, reader) => {
    if (number !== 2) return false;
    readFields(reader.lengthDelimited(), (field, saved) => {
      if (field === 3) values = saved.lengthDelimited();
      return field === 3;
    });
    return true;
  });
  // No element takes less than a byte, so storage for them may be made.
  if (values.length < sizeOf(shapeOfSlice(slice, shape))) throw wrongCount(name);
  return values;
}

function wrongCount(name: string): DataLossError {
  return damaged(`Number of elements of ${name} does not match its shape`);
}

/** Sets `data` to the elements of a TensorProto. DataLossError where there are more or fewer. */
function readValues(name: string, dtype: DType, tensor: Uint8Array, data: Data): void {
  const wanted = VALUE_FIELDS[dtype.name]!;
  let count = 0;
  const one = elementReader(dtype, data);
  readFields(tensor, (number, reader, type) => {
    if (number !== wanted) return false;
    if (dtype.row.kind === 'string' || type !== 2) one(reader, count++, type);
    else count = packed(dtype, reader, data, count, one);
    if (count > data.length) throw wrongCount(name);
    return true;
  });
  if (count !== data.length) throw wrongCount(name);
}

type ReadOne = (reader: WireReader, at: number, type: WireType) => void;

/** Reads a packed list; floats as one block of bytes. Gives how many storage elements there are now. */
function packed(dtype: DType, reader: WireReader, data: Data, count: number, one: ReadOne): number {
  const kind = dtype.row.kind;
  const wide = dtype.size / elementWidth(dtype);
  if ((kind === 'float' && dtype.size >= 4) || kind === 'complex') {
    const bytes = reader.lengthDelimited();
    const more = bytes.length / wide;
    if (!Number.isInteger(more) || count + more > data.length) return data.length + 1;
    if (!Array.isArray(data)) setElements(dtype, data, count / elementWidth(dtype), bytes);
    return count + more;
  }
  const length = reader.varint();
  const end = reader.at + length;
  let total = count;
  while (reader.at < end && total <= data.length) one(reader, total++, 0);
  if (reader.at !== end && total <= data.length) throw damaged('message is cut off');
  return total;
}

function elementReader(dtype: DType, data: Data): ReadOne {
  if (Array.isArray(data)) {
    return (reader, at) => {
      if (at < data.length) (data as Text[])[at] = textOfBytes(reader.lengthDelimited().slice());
    };
  }
  const bits = new Uint8Array(2);
  return (reader, at, type) => {
    if (type !== 0) {
      const bytes = reader.bytes.subarray(reader.at, reader.at + (type === 1 ? 8 : 4));
      reader.skip(type);
      if (at < data.length) viewElement(dtype, data, at, bytes);
    } else if (dtype.size === 2 && dtype.row.kind === 'float') {
      const word = reader.varint();
      bits[0] = word & 255;
      bits[1] = word >>> 8;
      if (at < data.length) setElements(dtype, data, at, bits);
    } else {
      const value = reader.int64();
      if (dtype.name === 'int64' && !Number.isSafeInteger(value)) {
        throw inexactInteger('int64', value);
      }
      data[at] = value;
    }
  };
}

function viewElement(
  dtype: DType,
  data: Exclude<Data, Text[]>,
  at: number,
  bytes: Uint8Array,
): void {
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  data[at] =
    dtype.size / elementWidth(dtype) === 8 ? words.getFloat64(0, true) : words.getFloat32(0, true);
}
