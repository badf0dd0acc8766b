// A program in both modes: eager outside, a graph inside `g.as_default()`.
// Code that only calls operations serves both; it must ask `tf.executing_eagerly()` only where it wants
// numbers.

import * as tf from 'tf1';

tf.enable_eager_execution();

/** Serves both modes: it only calls operations. */
function normalised(x: tf.Tensor): tf.Tensor {
  return tf.truediv(x, tf.sqrt(tf.reduce_sum(tf.square(x))));
}

/** Wants numbers, so it must ask where it is. */
function show(label: string, t: tf.Tensor, sess: tf.Session | null): void {
  const mode = tf.executing_eagerly() ? 'eager' : 'graph';
  const value = tf.executing_eagerly() ? t.numpy() : sess!.run(t);
  console.log(`${label.padEnd(16)} ${mode}  ${value}`);
}

show('outside', normalised(tf.constant([3, 4])), null);

const graph = new tf.Graph();
tf.with(graph.as_default(), () => {
  const symbolic = normalised(tf.constant([3, 4]));
  tf.with(new tf.Session(), (sess) => show('inside a graph', symbolic, sess));

  try {
    symbolic.numpy();
  } catch (error) {
    console.log('\nAsking a graph tensor for numbers:');
    console.log(`${(error as Error).name}: ${(error as Error).message}\n`);
  }
});
console.log(
  'nodes of that graph:',
  graph
    .get_operations()
    .map(({ name }) => name)
    .join(' '),
);

show('outside again', normalised(tf.constant([5, 12])), null);
try {
  normalised(tf.constant([5, 12])).eval();
} catch (error) {
  console.log('\nAsking an eager tensor for eval():');
  console.log(`${(error as Error).name}: ${(error as Error).message}`);
}
