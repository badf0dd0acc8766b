/**
 * Writes tensor bundles: the bytes of the tensors one after another to a data file, and then the
 * index that says where they are. Nothing of a tensor is kept once it is written.
 */

import type { Data, DType, Text, TypedArray } from '../../core/dtype.ts';
import { InvalidArgumentError, UnimplementedError } from '../../core/errors.ts';
import { isFullSlice, type TensorSlice } from '../../core/tensor_slice.ts';
import { bytesOfText } from '../../core/text.ts';
import { crc32c, maskCrc } from '../crc32c.ts';
import {
  type BundleEntry,
  type BundleIndex,
  fromLatin1,
  latin1,
  lengthWords,
  readEntry,
} from './bundle.ts';
import type { ByteSink } from './bytes.ts';
import { shapeBytes, sliceBytes } from './checkpoint.ts';
import { fileBytes } from './element_bytes.ts';
import { nameKey, sliceKey } from './table_keys.ts';
import { TableWriter } from './table_writer.ts';
import { WireWriter } from './wire.ts';

/** A tensor to be written. */
export interface WrittenTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Data;
}

/** Bytes that are checked and written at a time. */
const CHUNK = 1 << 18;

/** Gathers small writes, for each call of the system costs more than copying a few bytes. */
class Gathered implements ByteSink {
  private readonly sink: ByteSink;
  private readonly buffer = new Uint8Array(CHUNK);
  private used = 0;

  constructor(sink: ByteSink) {
    this.sink = sink;
  }

  write(bytes: Uint8Array): void {
    if (this.used + bytes.length > this.buffer.length) this.flush();
    if (bytes.length >= this.buffer.length) this.sink.write(bytes);
    else {
      this.buffer.set(bytes, this.used);
      this.used += bytes.length;
    }
  }

  flush(): void {
    if (this.used > 0) this.sink.write(this.buffer.subarray(0, this.used));
    this.used = 0;
  }
}

/** A bundle of one data file that is being written. */
export class BundleWriter {
  private readonly sink: Gathered;
  private readonly entries = new Map<string, BundleEntry>();
  private size = 0;

  /** Writes the tensors' bytes to `data`. */
  constructor(data: ByteSink) {
    this.sink = new Gathered(data);
  }

  /** Writes a whole tensor. InvalidArgumentError where there is one of this name. */
  add(name: string, tensor: WrittenTensor): void {
    this.put(nameKey(name), tensor);
  }

  /** Writes the slice `slice` of the tensor `name`, which as a whole has `shape`. */
  addSlice(
    name: string,
    shape: readonly number[],
    slice: TensorSlice,
    tensor: WrittenTensor,
  ): void {
    if (isFullSlice(slice, shape)) {
      this.add(name, tensor);
      return;
    }
    const key = latin1(nameKey(name));
    const { dtype } = tensor;
    const known = this.entries.get(key);
    if (known && (known.dtype !== dtype || String(known.shape) !== String(shape))) {
      throw invalid(`The slices of ${name} do not agree on its type and shape`);
    }
    const whole = known ?? { dtype, shape, shard: 0, offset: 0, size: 0, crc: 0, slices: [] };
    this.entries.set(key, { ...whole, slices: [...whole.slices, slice] });
    this.put(sliceKey(name, slice), tensor);
  }

  /** Ends the data file, and writes the index to `index`. */
  finish(index: ByteSink): void {
    this.sink.flush();
    writeIndex(index, this.entries, 1);
  }

  private put(keyBytes: Uint8Array, { dtype, shape, data }: WrittenTensor): void {
    const key = latin1(keyBytes);
    if (this.entries.has(key)) throw invalid(`Adding duplicate key: ${key}`);
    const offset = this.size;
    const crc = Array.isArray(data) ? this.texts(data) : this.elements(dtype, data);
    const size = this.size - offset;
    this.entries.set(key, { dtype, shape, shard: 0, offset, size, crc: maskCrc(crc), slices: [] });
  }

  private elements(dtype: DType, data: TypedArray): number {
    if (dtype.row.array === null) {
      throw new UnimplementedError(null, null, `Tensors of type ${dtype.name} cannot be saved`);
    }
    let crc = 0;
    for (const bytes of fileBytes(dtype, data)) {
      for (let at = 0; at < bytes.length; at += CHUNK) {
        const part = bytes.subarray(at, at + CHUNK);
        crc = crc32c(part, crc);
        this.write(part);
      }
    }
    return crc;
  }

  /** All lengths, their checksum, and all bytes. */
  private texts(data: readonly Text[]): number {
    const strings = data.map(bytesOfText);
    const lengths = strings.map((bytes) => bytes.length);
    const head = new WireWriter();
    for (const length of lengths) head.varint(length);
    const lengthSum = crc32c(lengthWords(lengths));
    const sum = new WireWriter().fixed32(maskCrc(lengthSum)).bytes;
    this.write(head.raw(sum).bytes);
    let crc = crc32c(sum, lengthSum);
    for (const bytes of strings) {
      crc = crc32c(bytes, crc);
      this.write(bytes);
    }
    return crc;
  }

  private write(bytes: Uint8Array): void {
    this.sink.write(bytes);
    this.size += bytes.length;
  }
}

function invalid(message: string): InvalidArgumentError {
  return new InvalidArgumentError(null, null, message);
}

/** Writes the index of a bundle of `shards` data files. */
function writeIndex(
  sink: ByteSink,
  entries: ReadonlyMap<string, BundleEntry>,
  shards: number,
): void {
  const table = new TableWriter(sink);
  const version = new WireWriter().integer(1, 1).bytes;
  table.add(new Uint8Array(0), new WireWriter().integer(1, shards).message(3, version).bytes);
  // UTF-16 order is byte order here: each character of a key is one byte.
  for (const key of [...entries.keys()].sort()) {
    table.add(fromLatin1(key), entryBytes(entries.get(key)!));
  }
  table.finish();
}

/** The bytes of a BundleEntryProto. */
function entryBytes({ dtype, shape, shard, offset, size, crc, slices }: BundleEntry): Uint8Array {
  const writer = new WireWriter()
    .integer(1, dtype.as_datatype_enum)
    .message(2, shapeBytes(shape))
    .integer(3, shard)
    .integer(4, offset)
    .integer(5, size);
  if (crc !== 0) writer.varint(6 * 8 + 5).fixed32(crc);
  for (const slice of slices) writer.message(7, sliceBytes(slice));
  return writer.bytes;
}

// ---- merging -----------------------------------------------------------------------------------

/** One of the bundles that become one. */
export interface MergedBundle {
  readonly prefix: string;
  readonly index: BundleIndex;
}

/** A data file of a merged bundle: whose it was, and which number it had. */
export interface MovedShard {
  readonly prefix: string;
  readonly shard: number;
  readonly shards: number;
}

/** The merged index: data files in the order of their new numbers, and what writes it. */
export interface MergedIndex {
  readonly files: readonly MovedShard[];
  write(sink: ByteSink): void;
}

/** Makes one index of several; slices of one tensor come together. InvalidArgumentError for a key twice. */
export function mergeIndexes(bundles: readonly MergedBundle[]): MergedIndex {
  const entries = new Map<string, BundleEntry>();
  const files: MovedShard[] = [];
  for (const { prefix, index } of bundles) {
    const { shards } = index.header;
    const numbers = new Map<number, number>();
    for (const [key, bytes] of index.values) {
      const entry = readEntry(bytes, key);
      const known = entries.get(key);
      if (entry.slices.length > 0) {
        const slices = [...(known?.slices ?? []), ...entry.slices];
        entries.set(key, { ...entry, shard: 0, slices });
        continue;
      }
      if (known) {
        throw invalid(
          `Duplicate tensor keyed by ${key} encountered, when merging prefix: ${prefix}`,
        );
      }
      if (!numbers.has(entry.shard)) {
        numbers.set(entry.shard, files.length);
        files.push({ prefix, shard: entry.shard, shards });
      }
      entries.set(key, { ...entry, shard: numbers.get(entry.shard)! });
    }
  }
  return { files, write: (sink) => writeIndex(sink, entries, files.length) };
}
