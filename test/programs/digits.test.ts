/** Networks on real handwritten digits give TensorFlow's losses. Recorded by test/golden/record_programs.py. */

import { beforeEach, test } from '@jest/globals';
import * as tf from 'tf1';
import { digitsBatch, expectReplay } from './replay.ts';

beforeEach(() => tf.reset_default_graph());

function digitsInputs() {
  const x = tf.placeholder(tf.float32, [null, 784], { name: 'x' });
  const y_ = tf.placeholder(tf.float32, [null, 10], { name: 'y_' });
  const feeds = (size: number) => (step: number) => {
    const { images, labels } = digitsBatch(step, size);
    return [
      [x, tf.float32(images).reshape([size, 784])],
      [y_, tf.float32(labels).reshape([size, 10])],
    ] as const;
  };
  return { x, y_, feeds };
}

test('softmax regression', () => {
  tf.set_random_seed(1);
  const { x, y_, feeds } = digitsInputs();
  const w = new tf.Variable(tf.truncated_normal([784, 10], { stddev: 0.1, seed: 11 }), {
    name: 'w',
  });
  const b = new tf.Variable(tf.constant(0.1, { shape: [10] }), { name: 'b' });
  const logits = tf.matmul(x, w).add(b);
  const loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits({ labels: y_, logits }));
  const correct = tf.equal(tf.argmax(logits, 1), tf.argmax(y_, 1));
  const accuracy = tf.reduce_mean(tf.cast(correct, tf.float32));
  const step = new tf.train.GradientDescentOptimizer(0.5).minimize(loss);
  expectReplay({
    program: 'digits_softmax',
    fetches: { loss, accuracy, step },
    feeds: feeds(100),
  });
});

test('two layers', () => {
  tf.set_random_seed(2);
  const { x, y_, feeds } = digitsInputs();
  const h = tf.with(tf.variable_scope('hidden'), () => {
    const w = tf.get_variable('w', [784, 128], {
      initializer: tf.glorot_uniform_initializer({ seed: 21 }),
    });
    const b = tf.get_variable('b', [128], { initializer: tf.zeros_initializer() });
    return tf.nn.relu(tf.nn.xw_plus_b(x, w, b));
  });
  const logits = tf.with(tf.variable_scope('output'), () => {
    const w = tf.get_variable('w', [128, 10], {
      initializer: tf.truncated_normal_initializer({ stddev: 0.1, seed: 22 }),
    });
    const b = tf.get_variable('b', [10], { initializer: tf.zeros_initializer() });
    return tf.nn.xw_plus_b(h, w, b);
  });
  const labels = tf.argmax(y_, 1);
  const loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits({ labels, logits }));
  const global_step = tf.train.get_or_create_global_step();
  const step = new tf.train.AdamOptimizer(1e-3).minimize(loss, { global_step });
  expectReplay({
    program: 'digits_two_layers',
    fetches: { loss, step },
    feeds: feeds(100),
  });
});

test('a convolutional network', () => {
  tf.set_random_seed(3);
  const { x, y_, feeds } = digitsInputs();
  const weights = (shape: number[], seed: number, name: string) =>
    new tf.Variable(tf.truncated_normal(shape, { stddev: 0.1, seed }), { name });
  const image = tf.reshape(x, [-1, 28, 28, 1]);
  const w1 = weights([5, 5, 1, 8], 31, 'w1');
  const b1 = new tf.Variable(tf.constant(0.1, { shape: [8] }), { name: 'b1' });
  const h1 = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(image, w1, [1, 1, 1, 1], 'SAME'), b1));
  const p1 = tf.nn.max_pool(h1, [1, 2, 2, 1], [1, 2, 2, 1], 'SAME');
  const w2 = weights([3, 3, 8, 16], 32, 'w2');
  const b2 = new tf.Variable(tf.constant(0.1, { shape: [16] }), { name: 'b2' });
  const h2 = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(p1, w2, [1, 1, 1, 1], 'VALID'), b2));
  const p2 = tf.nn.max_pool(h2, [1, 2, 2, 1], [1, 2, 2, 1], 'VALID');
  const w3 = weights([576, 10], 33, 'w3');
  const b3 = new tf.Variable(tf.zeros([10]), { name: 'b3' });
  const logits = tf.nn.bias_add(tf.matmul(tf.reshape(p2, [-1, 6 * 6 * 16]), w3), b3);
  const loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits_v2({ labels: y_, logits }));
  const step = new tf.train.MomentumOptimizer(0.02, 0.9).minimize(loss);
  expectReplay({
    program: 'digits_convnet',
    fetches: { loss, step },
    feeds: feeds(50),
  });
});
