// A small convolutional network on real handwritten digits.
// Two rounds of convolution and pooling, one dense layer, dropout while training. Shapes are inferred
// while the graph is built.

import * as tf from 'tf1';
import { loadDigits } from './data/digits.ts';
import { steps } from './steps.ts';

tf.set_random_seed(7);
const { train, test } = loadDigits();
const x = tf.placeholder(tf.float32, [null, 784], { name: 'x' });
const label = tf.placeholder(tf.int32, [null], { name: 'label' });
const keep_prob = tf.placeholder_with_default(1, [], { name: 'keep_prob' });

function convolve(name: string, input: tf.Tensor, size: number, channels: number): tf.Tensor {
  return tf.with(tf.variable_scope(name), () => {
    const from = input.shape.as_list().at(-1)!;
    const initializer = tf.truncated_normal_initializer({ stddev: 0.1 });
    const w = tf.get_variable('w', [size, size, from, channels], { initializer });
    const b = tf.get_variable('b', [channels], { initializer: tf.constant_initializer(0.1) });
    const y = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(input, w, [1, 1, 1, 1], 'SAME'), b));
    return tf.nn.max_pool(y, [1, 2, 2, 1], [1, 2, 2, 1], 'SAME', { name: 'pool' });
  });
}

const image = tf.reshape(x, [-1, 28, 28, 1]);
const first = convolve('conv1', image, 5, 8);
const second = convolve('conv2', first, 3, 16);
const flat = tf.nn.dropout(tf.reshape(second, [-1, 7 * 7 * 16]), keep_prob);
const logits = tf.matmul(flat, tf.get_variable('dense', [7 * 7 * 16, 10]));
for (const t of [image, first, second, flat, logits]) console.log(String(t));

const loss = tf.reduce_mean(
  tf.nn.sparse_softmax_cross_entropy_with_logits({ labels: label, logits }),
);
const train_step = new tf.train.AdamOptimizer(3e-3).minimize(loss);
const hits = tf.nn.in_top_k(logits, label, 1);
const accuracy = tf.reduce_mean(tf.cast(hits, tf.float32));

const total = steps(120);
tf.with(new tf.Session(), (sess) => {
  sess.run(tf.global_variables_initializer());
  for (let i = 0; i < total; i++) {
    const { images, digits } = train.batch(i, 50);
    const feed_dict = new Map<tf.Tensor, unknown>([
      [x, tf.float32(images).reshape([50, 784])],
      [label, digits],
      [keep_prob, 0.8],
    ]);
    const [l] = sess.run([loss, train_step], { feed_dict });
    if (i % 20 === 0) console.log(`step ${String(i).padStart(3)}  loss ${l.toFixed(4)}`);
  }
  const { images, digits, size } = test.batch(0, 500);
  const feed_dict = new Map<tf.Tensor, unknown>([
    [x, tf.float32(images).reshape([size, 784])],
    [label, digits],
  ]);
  console.log(`test accuracy ${(100 * sess.run(accuracy, { feed_dict })).toFixed(1)}%`);
});
