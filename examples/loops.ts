// A loop whose length depends on data: the graph has the body once, and the session goes round it.
// Newton's method finds a square root to a tolerance; the gradient flows back through as many rounds
// as there were.

import * as tf from 'tf1';

const a = tf.placeholder(tf.float32, [], { name: 'a' });

// Loop variables: the round and the guess. `tf.while_loop` calls each function once, to build its part of the graph.
const [rounds, root] = tf.while_loop(
  (_round: tf.Tensor, guess: tf.Tensor) =>
    tf.greater(tf.abs(tf.subtract(tf.square(guess), a)), tf.multiply(a, 1e-6)),
  (round: tf.Tensor, guess: tf.Tensor) =>
    [tf.add(round, 1), tf.multiply(tf.add(guess, tf.div(a, guess)), 0.5)] as const,
  [tf.constant(0), tf.constant(1)] as const,
);
const [slope] = tf.gradients(root, a);

console.log('The loop in the graph, once, however often it runs:');
const kinds = ['Enter', 'Merge', 'LoopCond', 'Switch', 'NextIteration', 'Exit'];
for (const kind of kinds) {
  const names = tf
    .get_default_graph()
    .get_operations()
    .filter((op) => op.type === kind && op.name.startsWith('while/'));
  console.log(`  ${kind.padEnd(14)}${names.map((op) => op.name).join(' ')}`);
}

tf.with(new tf.Session(), (sess) => {
  console.log('\n      a  rounds      root     slope   1/(2 root)');
  for (const value of [0.25, 2, 100, 12345]) {
    const [n, r, d] = sess.run([rounds, root, slope!], { feed_dict: [[a, value]] });
    const columns = [value, n, r.toFixed(5), d.toFixed(6), (1 / (2 * r)).toFixed(6)];
    console.log(
      columns.map((column, i) => String(column).padStart([7, 8, 10, 10, 13][i]!)).join(''),
    );
  }
});
