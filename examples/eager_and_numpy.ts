// Eager execution: the same functions compute at once, and `.numpy()` hands over the numbers.
// Gradients come from a tape that watches what happens.

import * as tf from 'tf1';
import { steps } from './steps.ts';

tf.enable_eager_execution();

const a = tf.constant([
  [1, 2],
  [3, 4],
]);
const product = tf.matmul(a, a);
console.log(String(product));
console.log('as an array:\n', String(product.numpy()));
console.log('as nested lists:', JSON.stringify(product.numpy().tolist()));
console.log('a scalar is a plain number:', tf.reduce_sum(a).numpy() + 1);

const array = product.numpy();
array.data[0] = 99;
console.log('an array is data of its own; the tensor still starts with', product.at(0, 0).numpy());

const tape = new tf.GradientTape();
const x = tf.constant(3);
const y = tf.with(tape, () => {
  tape.watch(x);
  return x.multiply(x).multiply(x);
});
console.log('slope of x^3 at 3:', (tape.gradient(y, x) as tf.Tensor).numpy());

const w = new tf.contrib.eager.Variable(5, { name: 'w' });
const optimizer = new tf.train.GradientDescentOptimizer(0.2);
for (let i = 0; i < steps(8); i++) {
  const tape = new tf.GradientTape();
  const loss = tf.with(tape, () => tf.square(w.subtract(2)));
  const slope = tape.gradient(loss, w);
  optimizer.apply_gradients([[slope, w]]);
  console.log(`loss ${loss.numpy().toFixed(5)}  w ${w.numpy().toFixed(5)}`);
}
