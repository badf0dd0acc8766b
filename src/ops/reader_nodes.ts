/** Readers of files whose names come from a queue: the operations that make them and read, for both kinds of handle. */

import { op } from '../core/op.ts';

const NAMED = ["container: string = ''", "shared_name: string = ''"] as const;
const FIXED = [
  'header_bytes: int = 0',
  'record_bytes: int',
  'footer_bytes: int = 0',
  'hop_bytes: int = 0',
  ...NAMED,
] as const;
const REFERENCE = {
  inputs: [],
  outputs: ['reader_handle: Ref(string)'],
  shape: () => [2],
  stateful: true,
} as const;
const RESOURCE = {
  inputs: [],
  outputs: ['reader_handle: resource'],
  shape: () => [],
  stateful: true,
} as const;

export const WholeFileReader = op('WholeFileReader', { ...REFERENCE, attrs: NAMED }).gradient(null);
export const WholeFileReaderV2 = op('WholeFileReaderV2', { ...RESOURCE, attrs: NAMED }).gradient(
  null,
);
export const IdentityReader = op('IdentityReader', { ...REFERENCE, attrs: NAMED }).gradient(null);
export const IdentityReaderV2 = op('IdentityReaderV2', { ...RESOURCE, attrs: NAMED }).gradient(
  null,
);
export const TextLineReader = op('TextLineReader', {
  ...REFERENCE,
  attrs: ['skip_header_lines: int = 0', ...NAMED],
}).gradient(null);
export const TextLineReaderV2 = op('TextLineReaderV2', {
  ...RESOURCE,
  attrs: ['skip_header_lines: int = 0', ...NAMED],
}).gradient(null);
export const TFRecordReader = op('TFRecordReader', {
  ...REFERENCE,
  attrs: [...NAMED, "compression_type: string = ''"],
}).gradient(null);
export const TFRecordReaderV2 = op('TFRecordReaderV2', {
  ...RESOURCE,
  attrs: [...NAMED, "compression_type: string = ''"],
}).gradient(null);
export const FixedLengthRecordReader = op('FixedLengthRecordReader', {
  ...REFERENCE,
  attrs: FIXED,
}).gradient(null);
export const FixedLengthRecordReaderV2 = op('FixedLengthRecordReaderV2', {
  ...RESOURCE,
  attrs: [...FIXED, "encoding: string = ''"],
}).gradient(null);

const OLD = 'reader_handle: Ref(string)';
const NEW = 'reader_handle: resource';

export const ReaderRead = op('ReaderRead', {
  inputs: [OLD, 'queue_handle: Ref(string)'],
  outputs: ['key: string', 'value: string'],
  attrs: [],
  shape: () => [[], []],
  stateful: true,
}).gradient(null);

export const ReaderReadV2 = op('ReaderReadV2', {
  inputs: [NEW, 'queue_handle: resource'],
  outputs: ['key: string', 'value: string'],
  attrs: [],
  shape: () => [[], []],
  stateful: true,
}).gradient(null);

export const ReaderReadUpTo = op('ReaderReadUpTo', {
  inputs: [OLD, 'queue_handle: Ref(string)', 'num_records: int64'],
  outputs: ['keys: string', 'values: string'],
  attrs: [],
  shape: () => [[null], [null]],
  stateful: true,
}).gradient(null);

export const ReaderReadUpToV2 = op('ReaderReadUpToV2', {
  inputs: [NEW, 'queue_handle: resource', 'num_records: int64'],
  outputs: ['keys: string', 'values: string'],
  attrs: [],
  shape: () => [[null], [null]],
  stateful: true,
}).gradient(null);

export const ReaderNumRecordsProduced = op('ReaderNumRecordsProduced', {
  inputs: [OLD],
  outputs: ['records_produced: int64'],
  attrs: [],
  shape: () => [],
  stateful: true,
}).gradient(null);

export const ReaderNumRecordsProducedV2 = op('ReaderNumRecordsProducedV2', {
  inputs: [NEW],
  outputs: ['records_produced: int64'],
  attrs: [],
  shape: () => [],
  stateful: true,
}).gradient(null);

export const ReaderNumWorkUnitsCompleted = op('ReaderNumWorkUnitsCompleted', {
  inputs: [OLD],
  outputs: ['units_completed: int64'],
  attrs: [],
  shape: () => [],
  stateful: true,
}).gradient(null);

export const ReaderNumWorkUnitsCompletedV2 = op('ReaderNumWorkUnitsCompletedV2', {
  inputs: [NEW],
  outputs: ['units_completed: int64'],
  attrs: [],
  shape: () => [],
  stateful: true,
}).gradient(null);

export const ReaderReset = op('ReaderReset', {
  inputs: [OLD],
  outputs: [],
  attrs: [],
  stateful: true,
}).gradient(null);

export const ReaderResetV2 = op('ReaderResetV2', {
  inputs: [NEW],
  outputs: [],
  attrs: [],
  stateful: true,
}).gradient(null);
