/** Files of records: those that TensorFlow wrote, damaged ones with its errors, and our own. */

import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { crc32c, maskedCrc32c } from '../../src/formats/crc32c.ts';
import { RecordReader } from '../../src/formats/records.ts';
import { sourceOf } from '../../src/formats/streams.ts';
import { skipWithout } from '../conformance/shared.ts';
import { messages, sequence, writeFiles } from './written_records.ts';

interface Reading {
  readonly lengths: readonly number[];
  readonly error?: string;
  readonly text?: string;
}
interface Readings {
  readonly cut: Readonly<Record<string, Reading>>;
  readonly flip: Readonly<Record<string, Reading>>;
  readonly others: Readonly<Record<string, Reading>>;
}
const folder = new URL('../golden/', import.meta.url);
const golden = JSON.parse(readFileSync(new URL('files.json', folder), 'utf8')) as Record<
  string,
  unknown
>;
const { TFRecordOptions, TFRecordWriter, tf_record_iterator } = tf.python_io;
const OPTIONS = {
  plain: null,
  zlib: new TFRecordOptions(tf.python_io.TFRecordCompressionType.ZLIB),
  gzip: new TFRecordOptions(tf.python_io.TFRecordCompressionType.GZIP),
};
type Kind = keyof typeof OPTIONS;
const KINDS = Object.keys(OPTIONS) as Kind[];
const LENGTHS = [0, 1, 50, 256, 70000];

let work = '';
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'tf1-records-'));
});
afterAll(() => rmSync(work, { recursive: true }));

function read(bytes: Uint8Array, kind: Kind): Reading {
  const path = join(work, 'x');
  writeFileSync(path, bytes);
  const lengths: number[] = [];
  try {
    for (const record of tf_record_iterator(path, OPTIONS[kind])) lengths.push(record.length);
  } catch (error) {
    const { name, message } = error as Error;
    return { lengths, error: name, text: message };
  }
  return { lengths };
}

test('checksums are those of RFC 3720', () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
  const digits = new TextEncoder().encode('123456789');
  expect(crc32c(digits)).toBe(0xe3069283);
  expect(crc32c(digits.subarray(4), crc32c(digits.subarray(0, 4)))).toBe(0xe3069283);
});

describe.each(KINDS)('a %s file of TensorFlow', (kind) => {
  const bytes = new Uint8Array(readFileSync(new URL(`records/${kind}.tfrecord`, folder)));
  const { cut, flip, others } = golden[`records ${kind}`] as Readings;

  test('is read', () => {
    expect(read(bytes, kind)).toEqual({ lengths: LENGTHS });
  });

  test('is read as far as it goes where it is cut off', () => {
    for (const [at, expected] of Object.entries(cut)) {
      const got = read(bytes.subarray(0, Number(at)), kind);
      expect([at, got.lengths, got.error]).toEqual([at, expected.lengths, expected.error]);
      // Newer versions go on: "' failed with EOF reached".
      const words = expected.text?.split("'")[0] ?? '';
      expect(got.text?.split('\n')[0] ?? '').toBe(words);
    }
  });

  test('gives an error where a byte is wrong', () => {
    for (const [at, expected] of Object.entries(flip)) {
      const damaged = bytes.slice();
      damaged[Number(at)]! ^= 1;
      const got = read(damaged, kind);
      expect([at, got.error]).toEqual([at, expected.error]);
      if (kind !== 'plain') continue;
      expect(got.lengths).toEqual(expected.lengths);
      expect(got.text?.split('\n')[0] ?? '').toBe(expected.text?.split(' (')[0]);
    }
  });

  test('gives an error where the options say something else', () => {
    for (const [other, expected] of Object.entries(others)) {
      const got = read(bytes, other as Kind);
      expect([other, got.error]).toEqual([other, expected.error]);
      expect(got.text?.split('\n')[0]).toBe(expected.text?.split(' (')[0]);
    }
  });
});

describe('writing', () => {
  test('a plain file has the bytes that TensorFlow writes', () => {
    const path = join(work, 'plain');
    tf.with(new TFRecordWriter(path), (writer) => {
      writer.write('');
      writer.write('a');
      writer.write(new TextEncoder().encode('hello'.repeat(10)));
      writer.write(Uint8Array.from({ length: 256 }, (_, i) => i));
      writer.write('z'.repeat(70000));
    });
    const theirs = readFileSync(new URL('records/plain.tfrecord', folder));
    expect(Buffer.compare(readFileSync(path), theirs)).toBe(0);
  });

  test.each(KINDS)('a %s file of many records is read again', (kind) => {
    const path = join(work, kind);
    const records = Array.from({ length: 500 }, (_, i) =>
      Uint8Array.from({ length: (i * 37) % 3000 }, (_, j) => (i * j) & 255),
    );
    const writer = new TFRecordWriter(path, { options: OPTIONS[kind] });
    for (const record of records) writer.write(record);
    writer.close();
    const got = [...tf_record_iterator(path, OPTIONS[kind])];
    expect(got.length).toBe(records.length);
    got.forEach((record, i) => {
      expect(Buffer.compare(record, records[i]!)).toBe(0);
    });
  });

  test('a file has its name when it is closed or flushed, and not before', () => {
    const path = join(work, 'later');
    const writer = new TFRecordWriter(path);
    writer.write('one');
    expect(tf.gfile.Exists(path)).toBe(false);
    writer.flush();
    expect([...tf_record_iterator(path)].length).toBe(1);
    writer.write('two');
    writer.close();
    expect([...tf_record_iterator(path)].length).toBe(2);
    expect(readdirSync(work).filter((name) => name.includes('.tmp-'))).toEqual([]);
  });

  test('errors', () => {
    const writer = new TFRecordWriter(join(work, 'q'));
    writer.close();
    expect(() => writer.write('x')).toThrow('Writer is closed.');
    expect(() => writer.flush()).toThrow(tf.errors.FailedPreconditionError);
    expect(() => new TFRecordWriter('/nonexistent/x')).toThrow(
      '/nonexistent/x; No such file or directory',
    );
    expect(() => [...tf_record_iterator('/nonexistent/x')]).toThrow(tf.errors.NotFoundError);
    expect(KINDS.map((kind) => TFRecordOptions.get_compression_type_string(OPTIONS[kind]))).toEqual(
      (golden.compressions as { value: unknown }).value,
    );
  });

  test('a length that no file could hold is refused without being allocated', () => {
    const header = new Uint8Array(12).fill(0xff, 0, 7);
    new DataView(header.buffer).setUint32(8, maskedCrc32c(header.subarray(0, 8)), true);
    const reader = new RecordReader(sourceOf(header));
    expect(() => reader.next()).toThrow('truncated record at 0');
  });
});

/** What TensorFlow read from the files that `written_records.ts` writes, see check_records.py. */
interface Checked {
  readonly file: string;
  readonly records: string[];
  readonly examples: Record<string, [string, unknown[]] | null>[];
  readonly steps: [string, unknown[]][];
  readonly context: [string, unknown[]];
}
const checked = JSON.parse(readFileSync(new URL('written_records.json', folder), 'utf8')) as Record<
  string,
  Checked
>;

const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

function valuesOf(feature: tf.train.Feature): [string, unknown[]] | null {
  const kind = feature.WhichOneof('kind') as 'bytes_list' | 'float_list' | 'int64_list' | null;
  if (kind === null) return null;
  const plain = (value: number | bigint | Uint8Array): unknown => {
    if (value instanceof Uint8Array) return [...value];
    if (kind === 'int64_list') return String(value);
    return value === Number.POSITIVE_INFINITY ? 'inf' : value;
  };
  return [kind, Array.from<number | bigint | Uint8Array, unknown>(feature[kind].value, plain)];
}

describe('TensorFlow read our files', () => {
  test.each(Object.entries(checked))('%s', (kind, golden) => {
    const path = writeFiles(work).get(kind)!;
    expect(hash(readFileSync(path))).toBe(golden.file);
    const options = new TFRecordOptions(Reflect.get(tf.python_io.TFRecordCompressionType, kind));
    expect([...tf_record_iterator(path, options)].map(hash)).toEqual(golden.records);
    const examples = messages().map(({ features: { feature } }) =>
      Object.fromEntries(
        Object.keys(feature)
          .sort()
          .map((key) => [key, valuesOf(feature[key]!)]),
      ),
    );
    expect(examples).toEqual(golden.examples);
    const { context, feature_lists } = sequence();
    expect(feature_lists.feature_list.steps!.feature.map(valuesOf)).toEqual(golden.steps);
    expect(valuesOf(context.feature.id!)).toEqual(golden.context);
  });
});

/** Each feature's kind, how many values it has, and the first ones; of bytes their length and hash. */
function contentsOf({ features: { feature } }: tf.train.Example): unknown {
  const rows = Object.keys(feature).map((key) => {
    const kind = feature[key]!.WhichOneof('kind') as 'bytes_list' | 'float_list' | 'int64_list';
    const values = Array.from<unknown>(feature[key]![kind].value);
    const first = values
      .slice(0, 4)
      .map((value) => (value instanceof Uint8Array ? [value.length, hash(value)] : value));
    return [key, [kind, values.length, first]];
  });
  return Object.fromEntries(rows);
}

const files = fileURLToPath(new URL('../../../shared/artifacts/tfrecord', import.meta.url));
if (!existsSync(files)) skipWithout('artifacts/tfrecord');
else {
  test.each([
    ['tf_c_testdata/tf_record', [110991, 148597, 157478]],
    ['edward_toy/toy_data.tfrecords', Array(10).fill(23)],
  ])('the public file %s', (name, lengths) => {
    const records = [...tf_record_iterator(join(files, name))];
    expect(records.map((record) => record.length)).toEqual(lengths);
    const golden = JSON.parse(
      readFileSync(new URL('public_records.json', folder), 'utf8'),
    ) as Record<string, unknown>;
    expect(records.map((record) => contentsOf(tf.train.Example.FromString(record)))).toEqual(
      golden[name],
    );
  });

  test('the public file rust_expected', () => {
    const [record] = tf_record_iterator(join(files, 'rust_expected/expected.tfrecord'));
    expect(new TextDecoder().decode(record)).toBe('The Quick Brown Fox');
  });
}
