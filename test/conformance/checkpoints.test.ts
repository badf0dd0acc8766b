/** Real checkpoints of TF1 and TF2 programs: what is in them, and sums of their values as TensorFlow computes them. */

import { describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { sharedPath, sharedText, skipWithout } from './shared.ts';

interface Listed {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly first?: readonly unknown[];
  readonly last?: unknown;
  readonly sum?: number;
  readonly abssum?: number;
}
interface Golden {
  readonly artifact: string;
  readonly cases: readonly {
    readonly file: string;
    readonly variables: Readonly<Record<string, Listed>>;
  }[];
}

const NAMES = [
  'tf2_sonnet_batch_norm_1x2x2x3',
  'tf2_sonnet_conv2d_3x3_2x2',
  'tf2_sonnet_linear_1x1',
  'tf2_sonnet_lstm_1',
  'tf2_sonnet_sum_2x2',
  'v1_char_rnn_linux',
  'v1_jrmeyer_spam',
  'v1_session_bundle_half_plus_two',
  'v2_bundle_checkpoint',
  'v2_edward_test_saver',
  'v2_gat_cora',
  'v2_mnist_cnn',
  'v2_profiler',
  'v2_rasbt_multi',
  'v2_tf2onnx_regression',
];

/** The elements, flat, as far as the golden tells them. */
function checkValue(value: unknown, { shape, first, last, sum, abssum }: Listed): void {
  const flat = value instanceof tf.NdArray ? Array.from(value.data as ArrayLike<unknown>) : [value];
  expect(flat).toHaveLength(shape.reduce((size, dim) => size * dim, 1));
  if (sum === undefined) return;
  const numbers = flat as number[];
  const total = (list: readonly number[]) => list.reduce((all, x) => all + x, 0);
  const scale = 1e-6 * Math.max(1, abssum!);
  expect(Math.abs(total(numbers) - sum)).toBeLessThan(scale);
  expect(Math.abs(total(numbers.map(Math.abs)) - abssum!)).toBeLessThan(scale);
  expect(numbers.slice(0, first!.length)).toEqual(first);
  if (last !== undefined) expect(numbers.at(-1)).toBe(last);
}

describe.each(NAMES)('%s', (name) => {
  const text = sharedText(`artifacts/goldens/checkpoint__${name}/golden.json`);
  const directory = sharedPath(`artifacts/checkpoint/${name}`);
  if (text === null || directory === null) {
    skipWithout(`artifacts/checkpoint/${name}`);
    return;
  }
  const golden = JSON.parse(text) as Golden;
  test.each(golden.cases.map((one) => [one.file, one] as const))('%s', (file, { variables }) => {
    const path = `${directory}/${file}`;
    const reader = tf.train.NewCheckpointReader(path);
    const types = reader.get_variable_to_dtype_map();
    expect(Object.keys(types).sort()).toEqual(Object.keys(variables).sort());
    expect(tf.train.list_variables(path)).toEqual(
      Object.keys(variables)
        .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
        .map((key) => [key, variables[key]!.shape]),
    );
    for (const [key, listed] of Object.entries(variables)) {
      expect(types[key]!.name).toBe(listed.dtype);
      checkValue(reader.get_tensor(key), listed);
    }
    reader.close();
  });
});
