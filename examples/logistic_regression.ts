// Classification by one linear layer: which side of a line does a point lie on?
// The loss is computed from logits, never from probabilities, to stay exact for large values.

import * as tf from 'tf1';
import { steps } from './steps.ts';

const grid = (i: number, k: number) => ((i * k) % 97) / 97 - 0.5;
const points = Array.from({ length: 80 }, (_, i) => [grid(i, 37), grid(i, 61)] as const);
const above = points.map(([px, py]) => (py > 0.8 * px + 0.05 ? 1 : 0));

const x = tf.placeholder(tf.float32, [null, 2], { name: 'x' });
const labels = tf.placeholder(tf.float32, [null], { name: 'labels' });
const w = tf.get_variable('w', [2, 1], { initializer: tf.zeros_initializer() });
const b = tf.get_variable('b', [1], { initializer: tf.zeros_initializer() });
const logits = tf.squeeze(tf.matmul(x, w).add(b), [1]);
const loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits({ labels, logits }));
const predicted = tf.cast(logits.greater(0), tf.float32);
const accuracy = tf.reduce_mean(tf.cast(predicted.equal(labels), tf.float32));
const train = new tf.train.AdamOptimizer(0.1).minimize(loss);

const total = steps(300);
tf.with(new tf.Session(), (sess) => {
  sess.run(tf.global_variables_initializer());
  const feed_dict = { 'x:0': points, 'labels:0': above };
  for (let i = 1; i <= total; i++) {
    const [l, a] = sess.run([loss, accuracy, train], { feed_dict });
    if (i === 1 || i % 50 === 0) {
      console.log(`step ${String(i).padStart(3)}  loss ${l.toFixed(4)}  accuracy ${a.toFixed(3)}`);
    }
  }
  const [weights, bias] = sess.run([w, b]);
  const [wx, wy, c] = [weights.get(0, 0), weights.get(1, 0), bias.get(0)];
  console.log(`\nlearnt     y = ${(-wx / wy).toFixed(2)} x + ${(-c / wy).toFixed(2)}`);
  console.log('made from  y = 0.80 x + 0.05');
});
