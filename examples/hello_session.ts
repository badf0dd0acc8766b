// The smallest TF1 program: operations make a graph, and a session computes parts of it.
// Nothing is computed while the graph is built; `sess.run` computes what is fetched, and only that.

import * as tf from 'tf1';

const hello = tf.constant('Hello, TensorFlow!');
const a = tf.constant(2, { name: 'a' });
const b = tf.constant(3, { name: 'b' });
const product = tf.multiply(a, b, { name: 'product' });

console.log('A tensor is a promise of a number, not a number:');
console.log(' ', String(product));
console.log('The graph so far:');
for (const { name, type } of tf.get_default_graph().get_operations()) {
  console.log(`  ${name.padEnd(8)} ${type}`);
}

tf.with(new tf.Session(), (sess) => {
  console.log(sess.run(hello));
  console.log('2 * 3 =', sess.run(product));
  const { sum, both } = sess.run({ sum: a.add(b), both: [a, b] });
  console.log('Fetches may be nested: sum =', sum, ', both =', both);
});
