/** `tf.TextLineReader` and the others: they take names of files from a queue, and give records. */

import { type ArgsOf, signature } from '../core/signature.ts';
import type { Name, Node, Tensor, TensorLike } from '../core/tensor.ts';
import type { QueueBase } from './queue.ts';
import {
  FixedLengthRecordReaderV2,
  IdentityReaderV2,
  ReaderNumRecordsProducedV2,
  ReaderNumWorkUnitsCompletedV2,
  ReaderReadUpToV2,
  ReaderReadV2,
  ReaderResetV2,
  TextLineReaderV2,
  TFRecordReaderV2,
  WholeFileReaderV2,
} from './reader_nodes.ts';

const readArguments = signature(
  ['queue', 'name'],
  (queue: QueueBase | Tensor, name: Name = null) => ({ queue, name }),
  { name: 'read' },
);
const upToArguments = signature(
  ['queue', 'num_records', 'name'],
  (queue: QueueBase | Tensor, num_records: TensorLike, name: Name = null) => ({
    queue,
    num_records,
    name,
  }),
  { name: 'read_up_to' },
);
const named = (name: string) => signature(['name'], (name: Name = null) => name, { name });
const producedArguments = named('num_records_produced');
const completedArguments = named('num_work_units_completed');
const resetArguments = named('reset');

const handleOf = (queue: QueueBase | Tensor): Tensor =>
  'queue_ref' in queue ? queue.queue_ref : queue;

/** What all readers do. Each keeps its place in its file from run to run of a session. */
export class ReaderBase {
  /** The handle of the reader. */
  readonly reader_ref: Tensor;

  constructor(reader_ref: Tensor) {
    this.reader_ref = reader_ref;
  }

  /** The key and the value of the next record. OutOfRangeError when the run finds no record and no further file. */
  read(...args: ArgsOf<typeof readArguments>): readonly [key: Tensor, value: Tensor] {
    const { queue, name } = readArguments(...args);
    const handles = { reader_handle: this.reader_ref, queue_handle: handleOf(queue) };
    return ReaderReadV2(handles, {}, name);
  }

  /** The keys and the values of up to `num_records` records, all of one file. */
  read_up_to(...args: ArgsOf<typeof upToArguments>): readonly [keys: Tensor, values: Tensor] {
    const { queue, num_records, name } = upToArguments(...args);
    const handles = { reader_handle: this.reader_ref, queue_handle: handleOf(queue) };
    return ReaderReadUpToV2({ ...handles, num_records }, {}, name);
  }

  /** How many records it has given. */
  num_records_produced(...args: ArgsOf<typeof producedArguments>): Tensor {
    const name = producedArguments(...args);
    return ReaderNumRecordsProducedV2({ reader_handle: this.reader_ref }, {}, name);
  }

  /** How many files it has come to the end of. */
  num_work_units_completed(...args: ArgsOf<typeof completedArguments>): Tensor {
    const name = completedArguments(...args);
    return ReaderNumWorkUnitsCompletedV2({ reader_handle: this.reader_ref }, {}, name);
  }

  /** Makes it as new. */
  reset(...args: ArgsOf<typeof resetArguments>): Node {
    return ReaderResetV2({ reader_handle: this.reader_ref }, {}, resetArguments(...args));
  }
}

const wholeArguments = named('__init__');

/** Gives whole files: the key is the name, the value the content. */
export class WholeFileReader extends ReaderBase {
  constructor(...args: ArgsOf<typeof wholeArguments>) {
    super(WholeFileReaderV2({}, {}, wholeArguments(...args)));
  }
}

/** Gives the names themselves, as key and value. */
export class IdentityReader extends ReaderBase {
  constructor(...args: ArgsOf<typeof wholeArguments>) {
    super(IdentityReaderV2({}, {}, wholeArguments(...args)));
  }
}

const lineArguments = signature(
  ['skip_header_lines', 'name'],
  (skip_header_lines: number | null = null, name: Name = null) => ({
    skip_header_lines: skip_header_lines ?? 0,
    name,
  }),
);

/** Gives lines without their ends, after `skip_header_lines` in each file; the keys are `file:number`. */
export class TextLineReader extends ReaderBase {
  constructor(...args: ArgsOf<typeof lineArguments>) {
    const { skip_header_lines, name } = lineArguments(...args);
    super(TextLineReaderV2({}, { skip_header_lines }, name));
  }
}

/** The names of kinds of compression by TFRecordOptions' numbers. */
const COMPRESSIONS = ['', 'ZLIB', 'GZIP'];

const recordArguments = signature(
  ['name', 'options'],
  (name: Name = null, options: { readonly compression_type: number } | null = null) => ({
    name,
    compression_type: COMPRESSIONS[options?.compression_type ?? 0] ?? '',
  }),
);

/** Gives the records of TFRecord files; the keys are `file:offset`. */
export class TFRecordReader extends ReaderBase {
  constructor(...args: ArgsOf<typeof recordArguments>) {
    const { name, compression_type } = recordArguments(...args);
    super(TFRecordReaderV2({}, { compression_type }, name));
  }
}

const fixedArguments = signature(
  ['record_bytes', 'header_bytes', 'footer_bytes', 'hop_bytes', 'name', 'encoding'],
  (
    record_bytes: number,
    header_bytes: number | null = null,
    footer_bytes: number | null = null,
    hop_bytes: number | null = null,
    name: Name = null,
    encoding: string | null = null,
  ) => ({
    name,
    attrs: {
      record_bytes,
      header_bytes: header_bytes ?? 0,
      footer_bytes: footer_bytes ?? 0,
      hop_bytes: hop_bytes ?? 0,
      encoding: encoding ?? '',
    },
  }),
);

/** Gives records of `record_bytes` bytes, between a header and a footer; `hop_bytes` is the way from one to the next. */
export class FixedLengthRecordReader extends ReaderBase {
  constructor(...args: ArgsOf<typeof fixedArguments>) {
    const { attrs, name } = fixedArguments(...args);
    super(FixedLengthRecordReaderV2({}, attrs, name));
  }
}
