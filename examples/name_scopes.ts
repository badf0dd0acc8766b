// Names are how a graph is read, saved and fetched from.
// Each operation has one, unique and with its scopes in front. Variable scopes prefix variables too;
// control dependencies order what nothing else orders.

import * as tf from 'tf1';

const x = tf.constant([1, 2, 3], { name: 'x' });
tf.with(tf.name_scope('statistics'), (scope) => {
  const mean = tf.reduce_mean(x, { name: 'mean' });
  tf.reduce_mean(tf.squared_difference(x, mean), { name: 'variance' });
  console.log('inside the scope', JSON.stringify(scope));
});
tf.with(tf.name_scope('statistics'), () => tf.reduce_max(x, { name: 'max' }));
tf.with(tf.variable_scope('layer'), () => {
  tf.get_variable('w', [2], { initializer: tf.zeros_initializer() });
  tf.identity(x, { name: 'copy' });
});

const log: tf.Tensor[] = [];
const note = (text: string) => tf.Print(x, [], text, { name: `note_${text}` });
const first = note('first');
tf.with(tf.control_dependencies([first]), () => log.push(note('second')));

for (const op of tf.get_default_graph().get_operations()) {
  const inputs = [
    ...op.inputs.map((input) => input.name),
    ...op.control_inputs.map((input) => `^${input.name}`),
  ];
  console.log(`  ${op.name.padEnd(32)} ${op.type.padEnd(18)} ${inputs.join(', ')}`);
}

tf.with(new tf.Session(), (sess) => {
  console.log('fetched by name:', sess.run('statistics/variance:0'));
  console.log('in order, though nothing reads the first:');
  sess.run(log);
});
