// Formulas as text: `expr` of tf1/math builds the very nodes that the calls would build.
// Functions have their TensorFlow names, `*` multiplies element by element, and an unknown name is an
// error that helps.

import * as tf from 'tf1';
import { expr } from 'tf1/math';
import { steps } from './steps.ts';

const x = tf.placeholder(tf.float32, [null], { name: 'x' });
const y = tf.placeholder(tf.float32, [null], { name: 'y' });
const W = new tf.Variable(0.1, { name: 'W' });
const b = new tf.Variable(0, { name: 'b' });

const loss = expr('reduce_mean((W * x + b - y)^2)', { W, x, b, y });
console.log('built from text:', String(loss));
for (const op of tf.get_default_graph().get_operations().slice(-6)) {
  console.log(`  ${op.name.padEnd(8)} ${op.type}`);
}
const train = new tf.train.GradientDescentOptimizer(0.05).minimize(loss);

tf.with(new tf.Session(), (sess) => {
  sess.run(tf.global_variables_initializer());
  const feed_dict = { 'x:0': [-1, 0, 1, 2], 'y:0': [-3, -1, 1, 3] };
  const total = steps(60);
  for (let i = 1; i <= total; i++) {
    const [l] = sess.run([loss, train], { feed_dict });
    if (i === 1 || i % 15 === 0) console.log(`step ${String(i).padStart(2)}  loss ${l.toFixed(6)}`);
  }
  const [slope, offset] = sess.run([W, b]);
  console.log(`y = ${slope.toFixed(3)} x + ${offset.toFixed(3)}`);
});

try {
  expr('reduce_mean(squre(x))', { x });
} catch (error) {
  console.log(`\n${(error as Error).name}: ${(error as Error).message}`);
}
