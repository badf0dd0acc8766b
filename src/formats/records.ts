/**
 * TFRecord files: each record is its length in eight bytes, a masked CRC-32C of those, the bytes, and a
 * masked CRC-32C of the bytes. Event files are framed the same way.
 */

import { DataLossError, withHint } from '../core/errors.ts';
import { maskedCrc32c } from './crc32c.ts';
import {
  type ByteSink,
  type ByteSource,
  type ByteStream,
  type ClosingSink,
  type Compression,
  sinkTo,
  streamOf,
} from './streams.ts';

const LENGTH_SIZE = 8;
const CHECKSUM_SIZE = 4;
const HEADER_SIZE = LENGTH_SIZE + CHECKSUM_SIZE;

/** Reads the records of a file, one after another. */
export class RecordReader {
  readonly #stream: ByteStream;
  #offset = 0;

  /** Reads `source` from its beginning. */
  constructor(source: ByteSource, compression: Compression = '') {
    this.#stream = streamOf(source, compression);
  }

  /** Where the next record begins, in the uncompressed bytes. */
  get offset(): number {
    return this.#offset;
  }

  /**
   * The next record, or `null` at the end, which may be inside a header, as TensorFlow has it.
   * DataLossError for a record that is cut off or fails its checksum.
   */
  next(): Uint8Array | null {
    const header = this.#stream.take(HEADER_SIZE);
    if (header.length < HEADER_SIZE) return null;
    const length = this.#checked(header, LENGTH_SIZE, this.#offset);
    const view = new DataView(length.buffer, length.byteOffset, LENGTH_SIZE);
    const size = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
    const body = this.#stream.take(size + CHECKSUM_SIZE);
    if (body.length < size + CHECKSUM_SIZE) {
      throw new DataLossError(
        null,
        null,
        withHint(
          `truncated record at ${this.#offset}`,
          `It says that it has ${size} bytes, and the file ends after ${body.length} of them.`,
        ),
      );
    }
    const record = this.#checked(body, size, this.#offset + HEADER_SIZE);
    this.#offset += HEADER_SIZE + body.length;
    return record;
  }

  /** The first `size` of `bytes`, whose checksum follows them. */
  #checked(bytes: Uint8Array, size: number, offset: number): Uint8Array {
    const content = bytes.subarray(0, size);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (view.getUint32(size, true) === maskedCrc32c(content)) return content;
    const hint =
      offset === 0 ? 'Is this a TFRecord file, and is it compressed as the options say?' : null;
    throw new DataLossError(null, null, withHint(`corrupted record at ${offset}`, hint));
  }
}

/** The records of `source`, one after another; errors as `RecordReader`. */
export function* recordsOf(
  source: ByteSource,
  compression: Compression = '',
): Generator<Uint8Array, void, undefined> {
  const reader = new RecordReader(source, compression);
  for (let record = reader.next(); record !== null; record = reader.next()) yield record;
}

/** Frames records and writes them to a sink. */
export class RecordWriter {
  readonly #sink: ClosingSink;

  /** Writes to `sink`, which stays open. */
  constructor(sink: ByteSink, compression: Compression = '') {
    this.#sink = sinkTo(sink, compression);
  }

  /** Appends one record. */
  write(record: Uint8Array): void {
    this.#sink.write(frameOf(record));
  }

  /** Ends a compressed stream; nothing can be written afterwards. */
  close(): void {
    this.#sink.close();
  }
}

/** A record with its length and checksums, as it stands in a file. */
export function frameOf(record: Uint8Array): Uint8Array {
  const { length } = record;
  const frame = new Uint8Array(HEADER_SIZE + length + CHECKSUM_SIZE);
  const view = new DataView(frame.buffer);
  view.setUint32(0, length, true);
  view.setUint32(4, Math.floor(length / 2 ** 32), true);
  view.setUint32(LENGTH_SIZE, maskedCrc32c(frame.subarray(0, LENGTH_SIZE)), true);
  frame.set(record, HEADER_SIZE);
  view.setUint32(HEADER_SIZE + length, maskedCrc32c(record), true);
  return frame;
}
