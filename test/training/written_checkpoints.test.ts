/**
 * Checkpoints that are written here are read by TensorFlow: it read files of these very bytes, and
 * found these values (golden/check_checkpoints.py). They are read here alike, and go through a session
 * and back to the same bytes.
 */

import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import type { Data, TypedArray } from '../../src/core/dtype.ts';
import { bytesOfText } from '../../src/core/text.ts';
import { fileBytes } from '../../src/formats/checkpoint/element_bytes.ts';
import { asArray } from '../../src/numpy/index.ts';
import { WRITTEN, writeAll } from './written_checkpoints.ts';

type Stored = readonly [
  dtype: string,
  shape: readonly number[],
  elements: string | readonly string[],
];
interface Checked {
  readonly prefix: string;
  readonly files: Readonly<Record<string, string>>;
  readonly tensors: Readonly<Record<string, Stored>>;
}
const golden = JSON.parse(
  readFileSync(new URL('../golden/written_checkpoints.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, Checked>>;

const scratch = mkdtempSync(join(tmpdir(), 'tf1-written-'));
afterAll(() => rmSync(scratch, { recursive: true }));
beforeAll(() => writeAll(scratch));

function sha(...parts: Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

function elements(dtype: tf.DType, data: Data): string | string[] {
  if (Array.isArray(data))
    return data.map((text) => Buffer.from(bytesOfText(text)).toString('hex'));
  return sha(...fileBytes(dtype, data as TypedArray));
}

test.each(Object.keys(WRITTEN))('%s', (name) => {
  const { prefix, files, tensors } = golden[name]!;
  for (const [file, digest] of Object.entries(files)) {
    expect([file, sha(readFileSync(join(scratch, name, file)))]).toEqual([file, digest]);
  }
  const reader = tf.train.NewCheckpointReader(join(scratch, name, prefix));
  const types = reader.get_variable_to_dtype_map();
  if (name === 'many') {
    const sums = Object.keys(types).map((key) => {
      const [a, b] = asArray(reader.get_tensor(key)).data as Float32Array;
      return a! + b!;
    });
    expect({ count: sums.length, sum: sums.reduce((all, x) => all + x, 0) }).toEqual(tensors);
    return;
  }
  expect(Object.keys(types).sort()).toEqual(Object.keys(tensors).sort());
  for (const [key, dtype] of Object.entries(types)) {
    const { shape, data } = asArray(reader.get_tensor(key), dtype);
    expect([key, dtype.name, shape, elements(dtype, data)]).toEqual([key, ...tensors[key]!]);
  }
  reader.close();
});
