// Variables keep their value between runs, in the session and not in the graph.
// Two sessions on one graph count separately, and `get_variable` shares variables by name.

import * as tf from 'tf1';

const counter = new tf.Variable(tf.int32(0), { name: 'counter' });
const increase = tf.assign_add(counter, 1);

const first = new tf.Session();
const second = new tf.Session();
first.run(tf.global_variables_initializer());
second.run(tf.global_variables_initializer());

for (let i = 0; i < 3; i++) first.run(increase);
second.run(increase);
console.log('first session: ', first.run(counter));
console.log('second session:', second.run(counter));

function dense(x: tf.Tensor, reuse: boolean): tf.Tensor {
  return tf.with(tf.variable_scope('dense', { reuse }), () => {
    const w = tf.get_variable('w', [2, 2], { initializer: tf.ones_initializer() });
    return tf.matmul(x, w);
  });
}
const x = tf.constant([[1, 2]]);
dense(dense(x, false), true);
console.log('\nTwo layers share one matrix; all variables of the graph:');
for (const v of tf.global_variables()) console.log(`  ${v.name.padEnd(12)} ${v.shape}`);

try {
  first.run(tf.trainable_variables()[1]!);
} catch (error) {
  console.log(`\nA variable that was not initialised:\n${(error as Error).message}`);
}
first.close();
second.close();
