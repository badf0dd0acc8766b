// The first program of every course: fit a line to noisy points by gradient descent.
// Data goes in through placeholders, what is learnt are variables, `minimize` makes the training step.

import * as tf from 'tf1';
import { steps } from './steps.ts';

const count = 50;
const xs = Array.from({ length: count }, (_, i) => i / count);
const noise = (i: number) => (((i * 7919) % 101) / 101 - 0.5) * 0.4;
const ys = xs.map((x, i) => 3 * x - 1 + noise(i));

const x = tf.placeholder(tf.float32, [null], { name: 'x' });
const y_ = tf.placeholder(tf.float32, [null], { name: 'y_' });
const w = new tf.Variable(0, { name: 'w' });
const b = new tf.Variable(0, { name: 'b' });
const y = x.multiply(w).add(b);
const loss = tf.reduce_mean(tf.square(y.subtract(y_)));
const train = new tf.train.GradientDescentOptimizer(0.5).minimize(loss);

const total = steps(200);
tf.with(new tf.Session(), (sess) => {
  sess.run(tf.global_variables_initializer());
  for (let i = 1; i <= total; i++) {
    const feed_dict = new Map([
      [x, xs],
      [y_, ys],
    ]);
    const [l] = sess.run([loss, train], { feed_dict });
    if (i === 1 || i % 25 === 0) console.log(`step ${String(i).padStart(3)}  loss ${l.toFixed(5)}`);
  }
  const [slope, offset] = sess.run([w, b]);
  console.log(`\nlearnt     y = ${slope.toFixed(3)} x + ${offset.toFixed(3)}`);
  console.log('made from  y = 3 x - 1 (and noise)');
});
