/**
 * Tensor bundles, the checkpoints that SaveV2 writes: an index, which is a table from names to
 * entries, and data files in which each entry says where its tensor's bytes lie.
 */

import {
  as_dtype,
  type Data,
  type DType,
  newData,
  type Text,
  type TypedArray,
} from '../../core/dtype.ts';
import {
  DataLossError,
  InternalError,
  InvalidArgumentError,
  NotFoundError,
  type OpError,
  OutOfRangeError,
  UnimplementedError,
  withHint,
} from '../../core/errors.ts';
import {
  fullSlice,
  intersection,
  isFullSlice,
  shapeOfSlice,
  sliceText,
  type TensorSlice,
} from '../../core/tensor_slice.ts';
import { textOfBytes } from '../../core/text.ts';
import { crc32c, maskCrc, unmaskCrc } from '../crc32c.ts';
import { type ByteSource, damaged } from './bytes.ts';
import {
  type Checkpoint,
  readShape,
  readSlice,
  type StoredTensor,
  sizeOf,
  type TensorInfo,
} from './checkpoint.ts';
import { byteLength, sameBytes, setElements, viewBytes } from './element_bytes.ts';
import { keyNotFound } from './missing_key.ts';
import { copySlice } from './slice_copy.ts';
import { covers } from './slice_cover.ts';
import { Table } from './table.ts';
import { sliceKey } from './table_keys.ts';
import { readFields, WireReader } from './wire.ts';

/** What the index says of a tensor. */
export interface BundleEntry extends TensorInfo {
  readonly shard: number;
  /** Where its bytes begin in the shard's file. */
  readonly offset: number;
  readonly size: number;
  /** The masked checksum of its bytes. */
  readonly crc: number;
  /** The slices that the tensor is stored in; empty for one that is stored whole. */
  readonly slices: readonly TensorSlice[];
}

/** What the index says of the whole. */
export interface BundleHeader {
  readonly shards: number;
  /** 0 for little-endian. */
  readonly endianness: number;
  /** The oldest version of a reader that understands it. */
  readonly consumer: number;
}

/** Bytes that are read at a time where they must be converted. */
const CHUNK = 1 << 18;
const VERSION = 1;

/** The name of a bundle's index. */
export function indexPath(prefix: string): string {
  return `${prefix}.index`;
}

/** The name of one of a bundle's data files: `prefix.data-00000-of-00002`. */
export function dataPath(prefix: string, shard: number, shards: number): string {
  const five = (n: number) => String(n).padStart(5, '0');
  return `${prefix}.data-${five(shard)}-of-${five(shards)}`;
}

// ---- the index ---------------------------------------------------------------------------------

/** The header and the entries of an index, keyed by the bytes of their keys as Latin-1 text. */
export class BundleIndex {
  readonly header: BundleHeader;
  /** Entries that are not read yet, in the order of their keys. */
  readonly values = new Map<string, Uint8Array>();

  /** Reads the index in `source`, which errors call `path`. */
  constructor(source: ByteSource, path: string) {
    const table = new Table(source);
    explained(path, 'failed to seek to header entry', () => {
      for (const { key, value } of table.entries()) this.values.set(latin1(key), value);
      if (!this.values.has('')) throw new InternalError(null, null, 'the file has no header');
    });
    const header = this.values.get('')!;
    this.values.delete('');
    this.header = explained(path, 'unable to parse header', () => readHeader(header));
    checkHeader(this.header);
  }

  /** The entry of a key, `undefined` where there is none. DataLossError where it is damaged. */
  entry(key: Uint8Array): BundleEntry | undefined {
    const value = this.values.get(latin1(key));
    return value && readEntry(value, latin1(key));
  }
}

/** Bytes as a text of as many characters. */
export function latin1(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return text;
}

/** The bytes of such a text. */
export function fromLatin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** What `read` gives; its errors say that the whole file cannot be used. */
function explained<T>(path: string, detail: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DataLossError || error instanceof InternalError)) throw error;
    const type = error.constructor as typeof DataLossError;
    throw new type(
      null,
      null,
      `Unable to read file (${path}). Perhaps the file is corrupt or was produced by a newer version of TensorFlow with format changes (${detail}): ${error.message}`,
    );
  }
}

function readHeader(bytes: Uint8Array): BundleHeader {
  let [shards, endianness, consumer] = [0, 0, 0];
  readFields(bytes, (number, reader) => {
    if (number === 1) shards = reader.varint();
    else if (number === 2) endianness = reader.varint();
    else if (number === 3) consumer = readConsumer(reader.lengthDelimited());
    else return false;
    return true;
  });
  return { shards, endianness, consumer };
}

function readConsumer(version: Uint8Array): number {
  let consumer = 0;
  readFields(version, (number, reader) => {
    if (number === 2) consumer = reader.varint();
    return number === 2;
  });
  return consumer;
}

function checkHeader({ endianness, consumer }: BundleHeader): void {
  if (endianness !== 0) {
    throw new UnimplementedError(
      null,
      null,
      'Reading a bundle with different endianness from the reader',
    );
  }
  if (consumer > VERSION) {
    throw new InvalidArgumentError(
      null,
      null,
      `Checkpoint min consumer version ${consumer} above current version ${VERSION} for TensorFlow.  Please upgrade TensorFlow.`,
    );
  }
}

/** Reads a BundleEntryProto. DataLossError where it is damaged. */
export function readEntry(bytes: Uint8Array, key: string): BundleEntry {
  let [number, shard, offset, size, crc] = [0, 0, 0, 0, 0];
  let shape: readonly number[] = [];
  const slices: TensorSlice[] = [];
  try {
    readFields(bytes, (field, reader) => {
      if (field === 1) number = reader.varint();
      else if (field === 2) shape = readShape(reader.lengthDelimited());
      else if (field === 3) shard = reader.varint();
      else if (field === 4) offset = reader.int64();
      else if (field === 5) size = reader.int64();
      else if (field === 6) crc = reader.fixed32();
      else if (field === 7) slices.push(readSlice(reader.lengthDelimited()));
      else return false;
      return true;
    });
    return { dtype: as_dtype(number), shape, shard, offset, size, crc, slices };
  } catch {
    throw damaged(`Entry for key ${key} not parseable.`);
  }
}

// ---- the tensors -------------------------------------------------------------------------------

/** A bundle that is open for reading. */
export class BundleReader implements Checkpoint {
  private readonly prefix: string;
  private readonly openFile: (path: string) => ByteSource;
  private readonly index: BundleIndex;
  private readonly shards = new Map<number, ByteSource>();

  /** Reads the index of `prefix`; data files are opened by `openFile` when something in them is read. */
  constructor(prefix: string, openFile: (path: string) => ByteSource) {
    this.prefix = prefix;
    this.openFile = openFile;
    const source = openFile(indexPath(prefix));
    try {
      this.index = new BundleIndex(source, indexPath(prefix));
    } finally {
      source.close();
    }
  }

  names(): readonly string[] {
    return [...this.index.values.keys()]
      .filter((key) => !key.startsWith('\0'))
      .map((key) => {
        const name = textOfBytes(fromLatin1(key));
        if (typeof name === 'string') return name;
        throw damaged(`A key of ${indexPath(this.prefix)} is not UTF-8: ${JSON.stringify(key)}`);
      });
  }

  info(name: string): TensorInfo | undefined {
    return this.index.entry(encoder.encode(name));
  }

  open(name: string, slice: TensorSlice | null = null): StoredTensor {
    const entry = this.index.entry(encoder.encode(name));
    if (!entry) throw keyNotFound(name, this.names());
    const wanted = slice ?? fullSlice(entry.shape.length);
    if (entry.slices.length > 0) return this.openSlices(name, entry, wanted);
    this.check(name, entry);
    if (isFullSlice(wanted, entry.shape)) {
      return stored(entry.dtype, entry.shape, (data) => this.readWhole(entry, data));
    }
    return stored(entry.dtype, shapeOfSlice(wanted, entry.shape), (data) =>
      this.copyFrom(entry, fullSlice(entry.shape.length), entry, wanted, wanted, data),
    );
  }

  close(): void {
    for (const shard of this.shards.values()) shard.close();
    this.shards.clear();
  }

  private openSlices(name: string, entry: BundleEntry, wanted: TensorSlice): StoredTensor {
    const shape = shapeOfSlice(wanted, entry.shape);
    const parts = entry.slices.flatMap((slice) => {
      if (slice.length !== entry.shape.length) {
        throw damaged(`Entry for key ${name} not parseable.`);
      }
      const common = intersection(slice, wanted);
      return common ? [{ slice, common, entry: this.sliceEntry(name, entry, slice) }] : [];
    });
    const commons = parts.map(({ common }) => common);
    if (!covers(commons, shape, entry.shape)) {
      throw new InvalidArgumentError(
        null,
        null,
        `Does not have sufficient slices for partitioned tensor ${name} to restore in slice_spec: ${sliceText(wanted)}`,
      );
    }
    this.checkSize(parts.map((part) => part.entry));
    return stored(entry.dtype, shape, (data) => {
      for (const part of parts) {
        this.copyFrom(part.entry, part.slice, entry, part.common, wanted, data);
      }
    });
  }

  /** DataLossError where the slices together have more bytes than the files: some must be the same. */
  private checkSize(entries: readonly BundleEntry[]): void {
    const shards = new Set(entries.map((entry) => this.shard(entry.shard)));
    const most = [...shards].reduce((sum, { size }) => sum + size, 0);
    if (entries.reduce((sum, { size }) => sum + size, 0) > most) {
      throw damaged('The slices of a tensor have more bytes than the data files');
    }
  }

  private sliceEntry(name: string, whole: BundleEntry, slice: TensorSlice): BundleEntry {
    const entry = this.index.entry(sliceKey(name, slice));
    if (!entry) {
      throw new NotFoundError(
        null,
        null,
        `Key ${name}, slice ${sliceText(slice)} not found in checkpoint`,
      );
    }
    const shape = shapeOfSlice(slice, whole.shape);
    if (entry.dtype !== whole.dtype || String(entry.shape) !== String(shape)) {
      throw damaged(
        `Slice ${sliceText(slice)} of ${name} does not fit the tensor it is a slice of`,
      );
    }
    this.check(name, entry);
    return entry;
  }

  /** Copies what `common` says from a stored slice to the elements of the wanted one. */
  private copyFrom(
    entry: BundleEntry,
    slice: TensorSlice,
    whole: TensorInfo,
    common: TensorSlice,
    wanted: TensorSlice,
    data: Data,
  ): void {
    const source = newData(entry.dtype, sizeOf(entry.shape));
    this.readWhole(entry, source);
    copySlice(entry.dtype, whole.shape, common, { data: source, slice }, { data, slice: wanted });
  }

  /** DataLossError unless the entry's size is that of its shape, and its bytes lie in the file. */
  private check(name: string, entry: BundleEntry): void {
    const { dtype, shape, size, offset } = entry;
    const elements = sizeOf(shape);
    const text = dtype.row.kind === 'string';
    if (dtype.row.array === null && !text) {
      throw new UnimplementedError(
        null,
        null,
        `Tensors of type ${dtype.name} cannot be read: ${name}`,
      );
    }
    const expected = text ? elements : byteLength(dtype, elements);
    const wrong = text ? size < expected : size !== expected;
    if (wrong || !Number.isSafeInteger(elements)) {
      throw damaged(
        `Invalid size in bundle entry: key ${name}; stored size ${size}; expected size ${text ? 'is at least ' : ''}${expected}`,
      );
    }
    const file = this.shard(entry.shard);
    if (offset < 0 || size < 0 || offset + size > file.size) throw pastEnd();
  }

  private shard(shard: number): ByteSource {
    const open = this.shards.get(shard);
    if (open) return open;
    const source = this.openFile(dataPath(this.prefix, shard, this.index.header.shards));
    this.shards.set(shard, source);
    return source;
  }

  private readWhole(entry: BundleEntry, data: Data): void {
    const file = this.shard(entry.shard);
    const { dtype } = entry;
    if (Array.isArray(data)) readTexts(file, entry, data);
    else if (sameBytes(dtype)) checkSum(entry, readStraight(file, entry, data));
    else checkSum(entry, readChunks(file, entry, data));
  }
}

const encoder = new TextEncoder();

function pastEnd(): OpError {
  return new OutOfRangeError(
    null,
    null,
    withHint('Read less bytes than requested', 'A data file is shorter than its index says.'),
  );
}

function stored(
  dtype: DType,
  shape: readonly number[],
  readInto: (data: Data) => void,
): StoredTensor {
  return { dtype, shape, readInto };
}

function checkSum(entry: BundleEntry, actual: number): void {
  const expected = unmaskCrc(entry.crc);
  if (actual !== expected) {
    throw damaged(
      `Checksum does not match: stored ${eight(expected)} vs. calculated on the restored bytes ${eight(actual)}`,
    );
  }
}

function eight(crc: number): string {
  return String(crc).padStart(8, '0');
}

/** Fills the storage itself, and gives the checksum of what came. */
function readStraight(file: ByteSource, { offset, size }: BundleEntry, data: TypedArray): number {
  const bytes = viewBytes(data);
  let crc = 0;
  // In parts that stay in the processor's cache until their checksum is taken.
  for (let at = 0; at < size; at += CHUNK) {
    const part = bytes.subarray(at, Math.min(at + CHUNK, size));
    if (file.readInto(part, offset + at) !== part.length) throw pastEnd();
    crc = crc32c(part, crc);
  }
  return crc;
}

function readChunks(file: ByteSource, entry: BundleEntry, data: TypedArray): number {
  const { dtype, offset, size } = entry;
  let crc = 0;
  for (let at = 0; at < size; at += CHUNK) {
    const part = file.read(offset + at, Math.min(CHUNK, size - at));
    if (part.length === 0) throw pastEnd();
    crc = crc32c(part, crc);
    setElements(dtype, data, at / dtype.size, part);
  }
  return crc;
}

/** Strings stand as all their lengths, the checksum of those, and their bytes. */
function readTexts(file: ByteSource, entry: BundleEntry, data: Text[]): void {
  if (data.length === 0) return;
  const bytes = file.read(entry.offset, entry.size);
  if (bytes.length < entry.size) throw pastEnd();
  const reader = new WireReader(bytes);
  const lengths = data.map(() => reader.varint());
  const tooLong = () =>
    damaged(`String lengths longer than expected offset ${entry.offset + entry.size}`);
  if (reader.at + 4 > bytes.length) throw tooLong();
  const stored = reader.fixed32();
  let crc = crc32c(lengthWords(lengths));
  if (maskCrc(crc) !== stored) {
    throw damaged(
      `The length checksum does not match: expected ${eight(unmaskCrc(stored))} but actual is ${eight(crc)}`,
    );
  }
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (reader.at + total > bytes.length) throw tooLong();
  crc = crc32c(bytes.subarray(reader.at - 4), crc);
  checkSum(entry, crc);
  let { at } = reader;
  for (const [i, length] of lengths.entries()) {
    data[i] = textOfBytes(bytes.slice(at, at + length));
    at += length;
  }
}

/** Lengths as the checksum sees them: four bytes each, little-endian, eight for the longest. */
export function lengthWords(lengths: readonly number[]): Uint8Array {
  const long = lengths.some((length) => length > 0xffffffff);
  const out = new DataView(new ArrayBuffer(lengths.length * (long ? 8 : 4)));
  let at = 0;
  for (const length of lengths) {
    out.setUint32(at, length % 2 ** 32, true);
    at += 4;
    if (length > 0xffffffff) {
      out.setUint32(at, Math.floor(length / 2 ** 32), true);
      at += 4;
    }
  }
  return new Uint8Array(out.buffer, 0, at);
}
