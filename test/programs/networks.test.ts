/** Small networks with seeds, dropout and batch normalisation give TensorFlow's numbers. */

import { beforeEach, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import {
  changed,
  expectNames,
  expectReplay,
  expectSeries,
  expectState,
  formula,
  recorded,
} from './replay.ts';

beforeEach(() => tf.reset_default_graph());

const uniform = (shape: number[], seed: number) => tf.random_uniform(shape, -1, 1, { seed });

test('XOR', () => {
  tf.set_random_seed(4);
  const points = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ];
  const x = tf.constant(points, { name: 'x' });
  const y_ = tf.constant([[0], [1], [1], [0]], { name: 'y_' });
  const w1 = new tf.Variable(uniform([2, 4], 41), { name: 'w1' });
  const b1 = new tf.Variable(tf.zeros([4]), { name: 'b1' });
  const w2 = new tf.Variable(uniform([4, 1], 42), { name: 'w2' });
  const b2 = new tf.Variable(tf.zeros([1]), { name: 'b2' });
  const hidden = tf.tanh(tf.matmul(x, w1).add(b1));
  const y = tf.sigmoid(tf.matmul(hidden, w2).add(b2));
  const loss = tf.reduce_mean(tf.squared_difference(y, y_));
  const step = new tf.train.GradientDescentOptimizer(2).minimize(loss);
  expectReplay({ program: 'xor', fetches: { loss, y: tf.reshape(y, [-1]), step } });
});

/** A generator and a discriminator, each with its own loss, variables and optimizer. */
function twoOptimizers() {
  const z = tf.placeholder(tf.float32, [null, 2], { name: 'z' });
  const real = tf.placeholder(tf.float32, [null, 3], { name: 'real' });
  const fake = tf.with(tf.variable_scope('generator'), () => {
    const w = tf.get_variable('w', { initializer: tf.constant(formula([2, 3], 1)) });
    const b = tf.get_variable('b', [3], { initializer: tf.zeros_initializer() });
    return tf.tanh(tf.matmul(z, w).add(b));
  });
  const between = (seed: number) => tf.random_uniform_initializer(-0.5, 0.5, { seed });
  const discriminate = (value: tf.Tensor, reuse: boolean | null) =>
    tf.with(tf.variable_scope('discriminator', { reuse }), () => {
      const w1 = tf.get_variable('w1', [3, 5], { initializer: between(71) });
      const w2 = tf.get_variable('w2', [5, 1], { initializer: between(72) });
      return tf.matmul(tf.nn.leaky_relu(tf.matmul(value, w1), { alpha: 0.2 }), w2);
    });
  const onReal = discriminate(real, null);
  const onFake = discriminate(fake, true);
  const d_loss = tf.add(
    tf.reduce_mean(tf.nn.softplus(tf.negative(onReal))),
    tf.reduce_mean(tf.nn.softplus(onFake)),
  );
  const g_loss = tf.reduce_mean(tf.nn.softplus(tf.negative(onFake)));
  const d_step = new tf.train.AdamOptimizer(0.02, { beta1: 0.5, name: 'd_adam' }).minimize(d_loss, {
    var_list: tf.trainable_variables('discriminator'),
  });
  const g_step = new tf.train.MomentumOptimizer(0.1, 0.5, { name: 'g_momentum' }).minimize(g_loss, {
    var_list: tf.trainable_variables('generator'),
  });
  return { z, real, d_loss, g_loss, d_step, g_step };
}

test('two optimizers', () => {
  const { z, real, d_loss, g_loss, d_step, g_step } = twoOptimizers();
  const record = recorded('two_optimizers');
  expectNames(record);
  const series: { d_loss: unknown[]; g_loss: unknown[] } = { d_loss: [], g_loss: [] };
  tf.with(new tf.Session(), (sess) => {
    sess.run(tf.global_variables_initializer());
    for (let i = 0; i < 60; i++) {
      const feed_dict = new Map<tf.Tensor, unknown>([
        [z, formula([8, 2], i)],
        [real, changed([8, 3], 100 + i, (v) => v * 0.5 + 0.3)],
      ]);
      series.d_loss.push(sess.run([d_loss, d_step], { feed_dict })[0]);
      series.g_loss.push(sess.run([g_loss, g_step], { feed_dict })[0]);
    }
    expectSeries('d_loss', series.d_loss, record.series.d_loss!);
    expectSeries('g_loss', series.g_loss, record.series.g_loss!);
    expectState('at the end', sess, record.end);
  });
});

test('dropout with a seed', () => {
  tf.set_random_seed(5);
  const x = tf.placeholder(tf.float32, [null, 4], { name: 'x' });
  const y_ = tf.placeholder(tf.float32, [null, 1], { name: 'y_' });
  const w1 = new tf.Variable(tf.random_normal([4, 16], { stddev: 0.5, seed: 51 }), { name: 'w1' });
  const w2 = new tf.Variable(tf.random_normal([16, 1], { stddev: 0.5, seed: 52 }), { name: 'w2' });
  const h = tf.nn.dropout(tf.nn.relu(tf.matmul(x, w1)), { keep_prob: 0.75, seed: 53 });
  const loss = tf.reduce_mean(tf.square(tf.matmul(h, w2).subtract(y_)));
  const step = new tf.train.AdamOptimizer(0.01).minimize(loss);
  expectReplay({
    program: 'dropout',
    fetches: { loss, step },
    feeds: (i) => [
      [x, formula([12, 4], i)],
      [y_, formula([12, 1], i + 30)],
    ],
  });
});

test('op seeds by creation order', () => {
  tf.set_random_seed(1234);
  const x = tf.placeholder(tf.float32, [null, 3], { name: 'x' });
  const w1 = new tf.Variable(tf.truncated_normal([3, 8], { stddev: 0.5 }), { name: 'w1' });
  const b1 = new tf.Variable(tf.random_uniform([8], -0.1, 0.1), { name: 'b1' });
  const w2 = new tf.Variable(tf.random_normal([8, 1], { stddev: 0.3 }), { name: 'w2' });
  const [w3, w4] = tf.with(tf.variable_scope('head'), () => [
    tf.get_variable('w3', [1, 2], { initializer: tf.random_normal_initializer({ stddev: 0.8 }) }),
    tf.get_variable('w4', [2, 2]),
  ]);
  const noise = tf.random_normal(tf.shape(x), { stddev: 0.01 });
  const h = tf.tanh(tf.matmul(x.add(noise), w1).add(b1));
  const y = tf.matmul(tf.matmul(tf.matmul(h, w2), w3!), w4!);
  const sums = tf.reduce_sum(x, 1, { keepdims: true });
  const loss = tf.reduce_mean(tf.square(y.subtract(sums)));
  const step = new tf.train.GradientDescentOptimizer(0.1).minimize(loss);
  expectReplay({
    program: 'default_seeds',
    fetches: { loss, step },
    feeds: (i) => [[x, formula([10, 3], i % 4)]],
  });
});

test('batch normalisation by hand', () => {
  tf.set_random_seed(6);
  const x = tf.placeholder(tf.float32, [null, 5], { name: 'x' });
  const y_ = tf.placeholder(tf.int32, [null], { name: 'y_' });
  const ones = { initializer: tf.ones_initializer() };
  const zeros = { initializer: tf.zeros_initializer() };
  const initializer = tf.random_uniform_initializer(-0.5, 0.5, { seed: 61 });
  const { w, out_w, gamma, beta, moving } = tf.with(
    tf.variable_scope('net', { initializer }),
    () => ({
      w: tf.get_variable('w', [5, 6]),
      out_w: tf.get_variable('out_w', [6, 3]),
      gamma: tf.get_variable('gamma', [6], ones),
      beta: tf.get_variable('beta', [6], zeros),
      moving: tf.get_variable('moving_mean', [6], { ...zeros, trainable: false }),
    }),
  );
  const before = tf.matmul(x, w);
  const [mean, variance] = tf.nn.moments(before, [0]);
  const h = tf.nn.sigmoid(tf.nn.batch_normalization(before, mean, variance, beta, gamma, 1e-3));
  const logits = tf.matmul(h, out_w);
  const loss = tf.reduce_mean(
    tf.nn.sparse_softmax_cross_entropy_with_logits({ labels: y_, logits }),
  );
  const update = tf.assign(moving, moving.multiply(0.9).add(mean.multiply(0.1)));
  const step = tf.with(tf.control_dependencies([update]), () =>
    new tf.train.RMSPropOptimizer(0.01).minimize(loss),
  );
  expect(step).toBeInstanceOf(tf.Operation);
  expectReplay({
    program: 'batch_norm',
    fetches: { loss, step },
    feeds: (i) => [
      [x, changed([12, 5], i % 6, (v) => v * 3)],
      [y_, Array.from({ length: 12 }, (_, k) => (k * 7 + i) % 3)],
    ],
  });
});
