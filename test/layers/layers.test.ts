/** What layers compute, keep and refuse. */

import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { eager_mode } from '../../src/eager/context.ts';
import { expectSays, type Row } from '../errors/says.ts';

beforeEach(() => tf.reset_default_graph());

const { layers } = tf;
const numbersOf = (value: unknown) => (value instanceof tf.NdArray ? value.tolist() : value);

function run(fetch: tf.Tensor, ...before: (tf.Operation | tf.Tensor)[]): unknown {
  return tf.with(new tf.Session(), (sess) => {
    sess.run(tf.global_variables_initializer());
    for (const step of before) sess.run(step);
    return numbersOf(sess.run(fetch));
  });
}

describe('dense', () => {
  test('multiplies, adds, activates', () => {
    const x = tf.constant([[1, -2]]);
    const kernel_initializer = tf.constant_initializer([1, 2, 3, 4]);
    const y = layers.dense(x, 2, {
      kernel_initializer,
      bias_initializer: tf.constant_initializer([10, 1]),
      activation: tf.nn.relu,
    });
    expect(run(y)).toEqual([[5, 0]]);
  });

  test('works along the last axis', () => {
    const x = tf.placeholder_with_default(tf.ones([2, 3, 4]), [null, 3, 4]);
    const y = layers.dense(x, 2, { kernel_initializer: tf.ones_initializer() });
    expect(y.shape.as_list()).toEqual([null, 3, 2]);
    expect(run(y)).toEqual(Array(2).fill(Array(3).fill([4, 4])));
  });

  test('knows its variables', () => {
    const layer = new layers.Dense(3);
    expect(() => layer.scope_name).toThrow(/^No name available for layer scope/);
    layer(tf.ones([1, 2]));
    expect(layer.scope_name).toBe('dense');
    expect(layer.name).toBe('dense_1');
    expect(layer.trainable_weights).toEqual([layer.kernel, layer.bias]);
    expect(layer.count_params()).toBe(9);
    layer.trainable = false;
    expect(layer.trainable_variables).toEqual([]);
    expect(layer.non_trainable_variables).toEqual([layer.kernel, layer.bias]);
  });

  test('adds penalties to the losses', () => {
    const x = tf.ones([1, 2]);
    const layer = new layers.Dense(1, {
      kernel_regularizer: tf.contrib.layers.l2_regularizer(0.5),
      kernel_initializer: tf.constant_initializer(2),
      activity_regularizer: tf.contrib.layers.l1_regularizer(0.25),
    });
    layer(x);
    expect(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)).toEqual(layer.losses);
    expect(layer.losses.map((loss) => loss.name)).toEqual([
      'dense/kernel/Regularizer/l2_regularizer:0',
      'dense/ActivityRegularizer/l1_regularizer:0',
    ]);
    expect(run(tf.stack(layer.losses))).toEqual([2, 1]);
    expect(layer.get_losses_for(x)).toEqual([layer.losses[1]]);
    expect(layer.get_losses_for(null)).toEqual([layer.losses[0]]);
  });

  test('in eager mode', () => {
    tf.with(eager_mode(), () => {
      const layer = new layers.Dense(2, { kernel_initializer: tf.ones_initializer() });
      expect(numbersOf(layer(tf.constant([[1, 2]])).numpy())).toEqual([[3, 3]]);
      expect(numbersOf(layer(tf.constant([[5, 2]])).numpy())).toEqual([[7, 7]]);
      expect(layer.weights).toHaveLength(2);
    });
  });
});

test('dropout', () => {
  const x = tf.ones([100, 10]);
  expect(run(layers.dropout(x))).toEqual(
    numbersOf(tf.float32(Array(1000).fill(1)).reshape([100, 10])),
  );
  const some = layers.dropout(x, 0.25, { training: true, seed: 1 });
  const kept = (run(some) as number[][]).flat().filter((value) => value !== 0);
  expect(new Set(kept)).toEqual(new Set([Math.fround(1 / 0.75)]));
  expect(kept.length).toBeGreaterThan(650);
  expect(kept.length).toBeLessThan(850);
  const training = tf.placeholder_with_default(tf.constant(false), []);
  expect(run(layers.dropout(x, 0.9, { training }))).toEqual(Array(100).fill(Array(10).fill(1)));
});

test('flatten', () => {
  const x = tf.placeholder(tf.float32, [null, 2, 3]);
  const y = layers.flatten(x);
  expect([y.name, y.shape.as_list()]).toEqual(['flatten/Reshape:0', [null, 6]]);
  tf.reset_default_graph();
  expect(tf.contrib.layers.flatten(tf.ones([2, 2])).name).toBe('Flatten/flatten/Reshape:0');
  expect(run(layers.flatten(tf.ones([2, 2, 2])))).toEqual([
    [1, 1, 1, 1],
    [1, 1, 1, 1],
  ]);
});

test('images with channels first', () => {
  const x = tf.constant(
    Array.from({ length: 16 }, (_, i) => i),
    { shape: [1, 1, 4, 4] },
  );
  const format = { data_format: 'channels_first' };
  expect(layers.max_pooling2d(x, 2, 2, format).shape.as_list()).toEqual([1, 1, 2, 2]);
  expect(layers.flatten(x).shape.as_list()).toEqual([1, 16]);
  expect(run(layers.max_pooling2d(x, 2, 2, format))).toEqual([
    [
      [
        [5, 7],
        [13, 15],
      ],
    ],
  ]);
});

describe('batch normalization', () => {
  interface Recorded {
    readonly inputs: readonly never[];
    readonly training: unknown;
    readonly mean: number[];
    readonly variance: number[];
    readonly inference: unknown;
  }
  const golden = JSON.parse(
    readFileSync(new URL('../golden/batch_normalization.json', import.meta.url), 'utf8'),
  ) as Readonly<Record<string, Recorded>>;

  const flat = (value: unknown): number[] => [value].flat(9) as number[];
  const expectClose = (actual: unknown, expected: unknown) => {
    const wanted = flat(expected);
    const got = flat(actual);
    expect(got).toHaveLength(wanted.length);
    got.forEach((x, i) => {
      expect(x).toBeCloseTo(wanted[i]!, 5);
    });
  };

  test.each(Object.keys(golden))('%s, as TensorFlow', (kind) => {
    const want = golden[kind]!;
    const x = tf.constant(want.inputs);
    const width = want.mean.length;
    const options = {
      momentum: 0.9,
      epsilon: 0.01,
      gamma_initializer: tf.constant_initializer(
        Array.from({ length: width }, (_, i) => 1 + i / 2),
      ),
      beta_initializer: tf.constant_initializer(Array.from({ length: width }, (_, i) => i / 10)),
    };
    const layer = new layers.BatchNormalization(options);
    const training = tf.placeholder_with_default(tf.constant(true), []);
    const trained = layer.apply(x, { training: true });
    const updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS) as tf.Tensor[];
    expect(updates).toEqual(layer.get_updates_for(x));
    const later = layer.apply(x);
    const either = layer.apply(x, training);
    expect(layer.fused).toBe(kind === 'fused');
    expect(layer.weights.map((v) => v.op.name.split('/')[1])).toEqual([
      'gamma',
      'beta',
      'moving_mean',
      'moving_variance',
    ]);
    tf.with(new tf.Session(), (sess) => {
      sess.run(tf.global_variables_initializer());
      const values = (fetch: tf.Tensor) => numbersOf(sess.run(fetch));
      expectClose(values(trained), want.training);
      sess.run(updates.slice(0, 2));
      sess.run(updates.slice(0, 2));
      expectClose(values(layer.moving_mean.value()), want.mean);
      expectClose(values(layer.moving_variance.value()), want.variance);
      expectClose(values(later), want.inference);
      expectClose(values(either), want.training);
      const off = sess.run(either, { feed_dict: [[training, false]] });
      expectClose(numbersOf(off), want.inference);
    });
  });

  test('along the first of the axes', () => {
    const x = tf.constant([
      [1, 3],
      [10, 30],
    ]);
    const y = layers.batch_normalization(x, { axis: 0, epsilon: 0, training: true, fused: false });
    expectClose(run(y), [-1, 1, -1, 1]);
  });
});

describe('tf.contrib.layers', () => {
  const { contrib } = tf;

  test('fully_connected', () => {
    const y = contrib.layers.fully_connected(tf.ones([1, 2]), 3, {
      activation_fn: null,
      weights_initializer: tf.ones_initializer(),
      variables_collections: { weights: ['w'] },
      outputs_collections: 'out',
    });
    expect(y.name).toBe('fully_connected/BiasAdd:0');
    expect(tf.global_variables().map((v) => v.name)).toEqual([
      'fully_connected/weights:0',
      'fully_connected/biases:0',
    ]);
    expect(tf.get_collection(tf.GraphKeys.MODEL_VARIABLES)).toEqual(tf.global_variables());
    expect(tf.get_collection('w')).toEqual([tf.global_variables()[0]]);
    expect(tf.get_collection('out')).toEqual([y]);
    expect(run(y)).toEqual([[2, 2, 2]]);
  });

  test('regularizers', () => {
    const w = tf.constant([3, -4]);
    const { l1_regularizer, l2_regularizer, l1_l2_regularizer, apply_regularization } =
      contrib.layers;
    expect(run(l1_regularizer(0.5)(w)!)).toBe(3.5);
    expect(run(l2_regularizer(0.5)(w)!)).toBe(6.25);
    expect(run(l1_l2_regularizer(1, 2)(w)!)).toBe(32);
    expect(l1_regularizer(0)(w)).toBe(null);
    expect(run(apply_regularization(l1_regularizer(1), [w, w]))).toBe(14);
  });
});

const ERRORS: Row[] = [
  [
    'ValueError',
    'Input 0 of layer dense_1 is incompatible with the layer: : expected min_ndim=2, found ndim=1. Full shape received: [3]',
    () => layers.dense(tf.ones([3]), 2),
  ],
  [
    'ValueError',
    'Input 0 of layer conv2d_1 is incompatible with the layer: expected ndim=4, found ndim=2. Full shape received: [3, 2]',
    () => layers.conv2d(tf.ones([3, 2]), 2, 2),
  ],
  [
    'ValueError',
    'Input 0 of layer dense_1 is incompatible with the layer: expected axis -1 of input shape to have value 2 but received input with shape [1, 3]',
    () => {
      const layer = new layers.Dense(1);
      layer(tf.ones([1, 2]));
      layer(tf.ones([1, 3]));
    },
  ],
  [
    'ValueError',
    'The last dimension of the inputs to `Dense` should be defined. Found `None`.',
    () => layers.dense(tf.placeholder(tf.float32, [2, null]), 2),
  ],
  [
    'ValueError',
    'The `padding` argument must be one of "valid", "same". Received: full',
    () => layers.conv2d(tf.ones([1, 4, 4, 1]), 2, 2, { padding: 'full' }),
  ],
  [
    'ValueError',
    'The `kernel_size` argument must be a tuple of 2 integers. Received: (1, 2, 3)',
    () => layers.conv2d(tf.ones([1, 4, 4, 1]), 2, [1, 2, 3]),
  ],
  [
    'ValueError',
    'Variable d/kernel already exists, disallowed. Did you mean to set reuse=True or reuse=tf.AUTO_REUSE in VarScope?',
    () => {
      layers.dense(tf.ones([1, 2]), 2, { name: 'd' });
      layers.dense(tf.ones([1, 2]), 2, { name: 'd' });
    },
  ],
  [
    'ValueError',
    'num_outputs should be int or long, got 1.5.',
    () => tf.contrib.layers.fully_connected(tf.ones([1, 2]), 1.5),
  ],
];

test.each(ERRORS.slice(0, 6))('%s: %s', (...row) => expectSays(row));
test('sharing must be said', () => {
  const [, text, trigger] = ERRORS[6]!;
  expect(trigger).toThrow((text as string).split('?')[0]!);
});
test.each(ERRORS.slice(7))('%s: %s', (...row) => expectSays(row));
