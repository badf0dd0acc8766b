/** What a user of the package writes: it is type-checked, run in Node and bundled for a browser. */

import * as tf from 'tf1';

const x = tf.placeholder(tf.float32, [null, 2], { name: 'x' });
const y_ = tf.placeholder(tf.float32, [null, 1], { name: 'y_' });
const w = new tf.Variable(tf.zeros([2, 1]), { name: 'w' });
const loss = tf.reduce_mean(tf.square(tf.subtract(tf.matmul(x, w), y_)));
const train = new tf.train.GradientDescentOptimizer(0.1).minimize(loss);

/** The loss before each of a hundred steps. */
export const losses: number[] = [];

tf.with(new tf.Session(), (sess) => {
  sess.run(tf.global_variables_initializer());
  const feed_dict = {
    'x:0': [
      [1, 0],
      [0, 1],
      [1, 1],
    ],
    'y_:0': [[1], [2], [3]],
  };
  for (let i = 0; i < 100; i++) {
    const [l] = sess.run([loss, train], { feed_dict });
    losses.push(Number(l));
  }
});

const [first = 0, last = Number.NaN] = [losses[0], losses.at(-1)];
if (!(Math.abs(first - 14 / 3) < 1e-5 && last < 1e-3)) {
  throw new Error(`The loss went from ${first} to ${last}.`);
}
