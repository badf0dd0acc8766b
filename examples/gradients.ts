// `tf.gradients` adds operations that compute derivatives, to any order.
// They are tensors like all others, so they can be differentiated again; `stop_gradient` cuts them, and
// a custom rule replaces them.

import * as tf from 'tf1';

const x = tf.placeholder(tf.float32, [], { name: 'x' });
const y = tf.multiply(tf.sin(x), x);
const [dy] = tf.gradients(y, x) as [tf.Tensor];
const [ddy] = tf.gradients(dy, x) as [tf.Tensor];

const stopped = tf.multiply(tf.stop_gradient(tf.sin(x)), x);
const [through] = tf.gradients(stopped, x) as [tf.Tensor];

const unrelated = new tf.Variable(1, { name: 'unrelated' });
console.log('no path from x to y gives', tf.gradients(y, unrelated));

const careful = tf.custom_gradient((v: tf.Tensor) => {
  const e = tf.exp(v);
  const grad = (dy: tf.Tensor) => dy.multiply(tf.subtract(1, tf.truediv(1, tf.add(1, e))));
  return [tf.log(tf.add(1, e)), grad];
});
const [plain] = tf.gradients(tf.log(tf.add(1, tf.exp(x))), x) as [tf.Tensor];
const [stable] = tf.gradients(careful(x), x) as [tf.Tensor];

tf.with(new tf.Session(), (sess) => {
  console.log('    x   x sin x    slope   second   with sin stopped');
  for (const at of [0, 0.5, 1, 2]) {
    const values = sess.run([x, y, dy, ddy, through], { feed_dict: [[x, at]] });
    console.log(values.map((v) => v.toFixed(4).padStart(8)).join(' '));
  }
  const [before, after] = sess.run([plain, stable], { feed_dict: [[x, 100]] });
  console.log(
    `\nslope of log(1 + exp(x)) at 100: ${before} by the rules, ${after} by a rule of ours`,
  );
});
