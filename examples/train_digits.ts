// Trains two networks on real handwritten digits in graph mode, and reads some.
// Softmax regression, and a network with a hidden layer; a progress line while it trains, the test
// accuracy, and a few digits with its answers.

import * as tf from 'tf1';
import { type Digits, loadDigits } from './data/digits.ts';
import { beside, drawDigit } from './data/drawing.ts';
import { progress } from './progress.ts';
import { steps } from './steps.ts';

const BATCH = 100;
const { train, test } = loadDigits();
console.log(`${train.count} digits to train with, ${test.count} to test with\n`);

interface Network {
  readonly x: tf.Tensor;
  readonly label: tf.Tensor;
  readonly logits: tf.Tensor;
}

function inputs() {
  const x = tf.placeholder(tf.float32, [null, 784], { name: 'x' });
  const label = tf.placeholder(tf.int32, [null], { name: 'label' });
  return { x, label };
}

function softmax(): Network {
  const { x, label } = inputs();
  const w = new tf.Variable(tf.zeros([784, 10]), { name: 'w' });
  const b = new tf.Variable(tf.zeros([10]), { name: 'b' });
  return { x, label, logits: tf.matmul(x, w).add(b) };
}

function twoLayers(): Network {
  const { x, label } = inputs();
  const w1 = tf.get_variable('w1', [784, 128]);
  const b1 = tf.get_variable('b1', [128], { initializer: tf.zeros_initializer() });
  const w2 = tf.get_variable('w2', [128, 10]);
  const b2 = tf.get_variable('b2', [10], { initializer: tf.zeros_initializer() });
  const hidden = tf.nn.relu(tf.nn.xw_plus_b(x, w1, b1));
  return { x, label, logits: tf.nn.xw_plus_b(hidden, w2, b2) };
}

/** Builds, trains and tests one network in a graph of its own; returns its answers for the test digits. */
function run(title: string, build: () => Network, optimizer: () => tf.train.Optimizer): number[] {
  const total = steps(1000);
  return tf.with(new tf.Graph().as_default(), () => {
    tf.set_random_seed(1);
    const { x, label, logits } = build();
    const losses = tf.nn.sparse_softmax_cross_entropy_with_logits({ labels: label, logits });
    const loss = tf.reduce_mean(losses);
    const train_step = optimizer().minimize(loss);
    const answer = tf.argmax(logits, 1, { output_type: tf.int32 });
    const accuracy = tf.reduce_mean(tf.cast(answer.equal(label), tf.float32));
    const feed = (part: Digits, step: number, size: number) => {
      const { images, digits } = part.batch(step, size);
      return [
        [x, tf.float32(images).reshape([size, 784])],
        [label, digits],
      ] as const;
    };
    return tf.with(new tf.Session(), (sess) => {
      sess.run(tf.global_variables_initializer());
      const line = progress(title, total);
      for (let i = 0; i < total; i++) {
        const [l] = sess.run([loss, train_step], { feed_dict: feed(train, i, BATCH) });
        line.at(i + 1, `loss ${l.toFixed(4)}`);
      }
      const feed_dict = feed(test, 0, test.count);
      const [share, answers] = sess.run([accuracy, answer], { feed_dict });
      line.end(`test accuracy ${(100 * share).toFixed(2)}%`);
      return [...answers.tolist()];
    });
  });
}

run('softmax', softmax, () => new tf.train.GradientDescentOptimizer(0.5));
const answers = run('two layers', twoLayers, () => new tf.train.AdamOptimizer(2e-3));

const { images, digits } = test.batch(0, 3);
console.log(
  `\n${beside([0, 1, 2].map((i) => drawDigit(images.subarray(i * 784, (i + 1) * 784))))}`,
);
console.log(digits.map((digit, i) => `a ${digit}, read as ${answers[i]}`.padEnd(29)).join(''));
