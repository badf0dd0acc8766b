/** Linear and logistic regression give TensorFlow's losses. Recorded by test/golden/record_programs.py. */

import { beforeEach, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { changed, expectReplay, formula } from './replay.ts';

beforeEach(() => tf.reset_default_graph());

test('linear regression', () => {
  const x = tf.placeholder(tf.float32, [null, 3], { name: 'x' });
  const y_ = tf.placeholder(tf.float32, [null, 1], { name: 'y_' });
  const w = new tf.Variable(tf.zeros([3, 1]), { name: 'w' });
  const b = new tf.Variable(tf.zeros([1]), { name: 'b' });
  const loss = tf.reduce_mean(tf.square(tf.matmul(x, w).add(b).subtract(y_)));
  const step = new tf.train.GradientDescentOptimizer(0.3).minimize(loss);
  const data = formula([40, 3]);
  const rows = data.tolist();
  const target = rows.map(([p, q, r]) => [2 * p! - 3 * q! + 0.5 * r! + 1.25]);
  expectReplay({
    program: 'linear_regression',
    fetches: { loss, step },
    feeds: () => [
      [x, data],
      [y_, target],
    ],
  });
});

test('logistic regression', () => {
  const x = tf.placeholder(tf.float32, [null, 2], { name: 'x' });
  const label = tf.placeholder(tf.float32, [null], { name: 'label' });
  const w = tf.get_variable('w', [2, 1], { initializer: tf.zeros_initializer() });
  const b = tf.get_variable('b', [], { initializer: tf.constant_initializer(0.1) });
  const logits = tf.squeeze(tf.matmul(x, w), [1]).add(b);
  const loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits({ labels: label, logits }));
  const predicted = tf.cast(tf.greater(logits, 0), tf.float32);
  const accuracy = tf.reduce_mean(tf.cast(tf.equal(predicted, label), tf.float32));
  const step = new tf.train.GradientDescentOptimizer(1.5).minimize(loss);
  const data = formula([50, 2], 3);
  const target = data.tolist().map(([p, q]) => (p! * 2 + q! > 0.1 ? 1 : 0));
  expectReplay({
    program: 'logistic_regression',
    fetches: { loss, accuracy, step },
    feeds: () => [
      [x, data],
      [label, target],
    ],
  });
});

test('float64 variables and an int64 counter', () => {
  const x = tf.placeholder(tf.float64, [null, 2], { name: 'x' });
  const w = new tf.Variable(tf.constant([[0.5], [-0.25]], tf.float64), { name: 'w' });
  const count = new tf.Variable(tf.constant(0, tf.int64), { trainable: false, name: 'count' });
  const y = tf.exp(tf.matmul(x, w));
  const loss = tf.reduce_sum(tf.square(y.subtract(1.5)));
  const step = new tf.train.GradientDescentOptimizer(tf.constant(0.05, tf.float64)).minimize(loss, {
    global_step: count,
  });
  expect(count.dtype.base_dtype).toBe(tf.int64);
  expectReplay({
    program: 'wide_types',
    fetches: { loss, step },
    feeds: (i) => [[x, changed([6, 2], i % 3, (v) => v)]],
  });
});
