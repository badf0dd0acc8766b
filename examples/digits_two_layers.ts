// Two layers on handwritten digits: variable scopes, the Adam optimizer, a global step and a seed.
// With the seed set, every run of this script prints the same numbers.

import * as tf from 'tf1';
import { loadDigits } from './data/digits.ts';
import { steps } from './steps.ts';

tf.set_random_seed(42);
const { train, test } = loadDigits();
const x = tf.placeholder(tf.float32, [null, 784], { name: 'x' });
const label = tf.placeholder(tf.int32, [null], { name: 'label' });

function dense(name: string, input: tf.Tensor, units: number): tf.Tensor {
  return tf.with(tf.variable_scope(name), () => {
    const width = input.shape.as_list()[1]!;
    const w = tf.get_variable('w', [width, units]);
    const b = tf.get_variable('b', [units], { initializer: tf.zeros_initializer() });
    return tf.nn.xw_plus_b(input, w, b);
  });
}

const logits = dense('output', tf.nn.relu(dense('hidden', x, 128)), 10);
const loss = tf.reduce_mean(
  tf.nn.sparse_softmax_cross_entropy_with_logits({ labels: label, logits }),
);
const global_step = tf.train.get_or_create_global_step();
const train_step = new tf.train.AdamOptimizer(2e-3).minimize(loss, { global_step });
const hits = tf.nn.in_top_k(logits, label, 1);
const accuracy = tf.reduce_mean(tf.cast(hits, tf.float32));

console.log('trainable variables');
for (const v of tf.trainable_variables()) console.log(`  ${v.name.padEnd(12)} ${v.shape}`);

const total = steps(240);
tf.with(new tf.Session(), (sess) => {
  sess.run(tf.global_variables_initializer());
  const feed = (part: typeof train, step: number, size: number) => {
    const { images, digits } = part.batch(step, size);
    return [
      [x, tf.float32(images).reshape([size, 784])],
      [label, digits],
    ] as const;
  };
  for (let i = 0; i < total; i++) {
    const feed_dict = feed(train, i, 100);
    const [l, , at] = sess.run([loss, train_step, global_step], { feed_dict });
    if (i % 40 === 0) console.log(`global step ${at}  loss ${l.toFixed(4)}`);
  }
  const share = sess.run(accuracy, { feed_dict: feed(test, 0, test.count) });
  console.log(`test accuracy ${(100 * share).toFixed(1)}%`);
});
