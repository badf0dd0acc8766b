/**
 * Files of records that this library writes, for TensorFlow to read:
 *
 *     npx tsx --conditions=tf1-src test/data/written_records.ts DIR && python test/golden/check_records.py DIR
 */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as tf from 'tf1';

const { BytesList, Example, Feature, FeatureList, Features, FloatList, Int64List } = tf.train;
const floats = (value: number[]) => new Feature({ float_list: new FloatList({ value }) });
const integers = (value: (number | bigint)[]) =>
  new Feature({ int64_list: new Int64List({ value }) });
const bytes = (value: (string | Uint8Array)[]) =>
  new Feature({ bytes_list: new BytesList({ value }) });

/** Examples of every kind of value, and a sequence. */
export function messages(): tf.train.Example[] {
  return Array.from({ length: 20 }, (_, i) => {
    const feature = {
      x: floats([i, i / 3, -1e-20, Number.POSITIVE_INFINITY]),
      y: integers([i, -i, 2n ** 62n, -(2n ** 63n), 300 * i]),
      z: bytes([`text ${i}`, 'h\u00e9', Uint8Array.of(255, 0, i)]),
      ...(i % 2 === 0 && { none: new Feature(), empty: floats([]) }),
    };
    return new Example({ features: new Features({ feature }) });
  });
}

/** A sequence with steps of different lengths. */
export function sequence(): tf.train.SequenceExample {
  const message = new tf.train.SequenceExample();
  message.context.feature.id = integers([7]);
  message.feature_lists.feature_list.steps = new FeatureList({
    feature: [floats([1]), floats([2, 3]), bytes(['a'])],
  });
  return message;
}

/** Writes the files into `directory` and returns their paths by kind. */
export function writeFiles(directory: string): Map<string, string> {
  const { TFRecordCompressionType, TFRecordOptions, TFRecordWriter } = tf.python_io;
  const paths = new Map<string, string>();
  mkdirSync(directory, { recursive: true });
  for (const [kind, number] of Object.entries(TFRecordCompressionType)) {
    const path = join(directory, `${kind}.tfrecord`);
    tf.with(new TFRecordWriter(path, new TFRecordOptions(number)), (writer) => {
      for (const message of messages()) writer.write(message.SerializeToString());
      writer.write(sequence().SerializeToString());
      writer.write('');
      writer.write(new Uint8Array(100_000).fill(5));
    });
    paths.set(kind, path);
  }
  return paths;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFiles(process.argv[2]!);
