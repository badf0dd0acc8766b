/** `tf.python_io`: files of records, read and written one record at a time. */

import { FailedPreconditionError } from '../core/errors.ts';
import { type ArgsOf, fn, signature } from '../core/signature.ts';
import { RecordWriter, recordsOf } from '../formats/records.ts';
import type { Compression } from '../formats/streams.ts';
import { AtomicFile, RandomAccessFile } from '../platform/files.ts';
import { contentBytes } from '../platform/gfile.ts';

/** How a file of records is compressed. */
export const TFRecordCompressionType = { NONE: 0, ZLIB: 1, GZIP: 2 } as const;

const COMPRESSIONS: Readonly<Record<number, Compression>> = { 0: '', 1: 'ZLIB', 2: 'GZIP' };

const optionParameters = signature(
  ['compression_type'],
  (compression_type: number) => compression_type,
);

/** What may be said about a file of records: one of `TFRecordCompressionType`. */
export class TFRecordOptions {
  static readonly compression_type_map = COMPRESSIONS;
  readonly compression_type: number;

  constructor(...args: ArgsOf<typeof optionParameters>) {
    this.compression_type = optionParameters(...args);
  }

  /** `''`, `'ZLIB'` or `'GZIP'`; no options are no compression. */
  static get_compression_type_string(options: TFRecordOptions | null): Compression {
    return options === null ? '' : (COMPRESSIONS[options.compression_type] ?? '');
  }
}

/**
 * The records of a file, one after another, each as bytes of its own. The file is opened at the first
 * one: NotFoundError where there is none, DataLossError where a record is damaged or cut off.
 */
export const tf_record_iterator = fn(
  ['path', 'options'],
  (path: string, options: TFRecordOptions | null = null): Generator<Uint8Array, void, undefined> =>
    records(path, TFRecordOptions.get_compression_type_string(options)),
);

function* records(path: string, compression: Compression): Generator<Uint8Array, void, undefined> {
  const file = new RandomAccessFile(path);
  try {
    for (const record of recordsOf(file, compression)) yield record.slice();
  } finally {
    file.close();
  }
}

const writerParameters = signature(
  ['path', 'options'],
  (path: string, options: TFRecordOptions | null = null) => ({ path, options }),
);

/**
 * Writes records to a file, which has its name from the first `flush` on, or when it is closed: `close`
 * it, or use it in `tf.with`.
 */
export class TFRecordWriter {
  readonly #file: AtomicFile;
  readonly #records: RecordWriter;
  #open = true;

  constructor(...args: ArgsOf<typeof writerParameters>) {
    const { path, options } = writerParameters(...args);
    this.#file = new AtomicFile(path);
    this.#records = new RecordWriter(
      this.#file,
      TFRecordOptions.get_compression_type_string(options),
    );
  }

  /** Appends a record: bytes, or text. */
  write(record: Uint8Array | string): void {
    this.#refuseClosed();
    this.#records.write(contentBytes(record));
  }

  /** Makes what was written so far visible under the file's name. */
  flush(): void {
    this.#refuseClosed();
    this.#file.publish();
  }

  /** Ends the file. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#records.close();
    this.#file.commit();
  }

  enter(): this {
    return this;
  }

  exit(): void {
    this.close();
  }

  #refuseClosed(): void {
    if (!this.#open) throw new FailedPreconditionError(null, null, 'Writer is closed.');
  }
}
