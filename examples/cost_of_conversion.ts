// What it costs to bring numbers to the host at every step, counted by `tf.conversions()`.
// Every `.numpy()` and every fetch copies numbers out of the backend; the report has the number of
// tensors, their bytes and the source lines that asked.

import * as tf from 'tf1';
import { steps } from './steps.ts';

tf.enable_eager_execution();

const total = steps(200);
const start = tf.random_normal([512, 512], { seed: 1 });

/** Looks at the array after each step, to add up its numbers in JavaScript. */
function convertingEachStep(): number {
  let sum = 0;
  let x = start;
  for (let i = 0; i < total; i++) {
    x = x.multiply(0.99);
    for (const value of x.numpy().data as Float32Array) sum += value;
  }
  return sum;
}

/** Adds up with operations, and asks for one number at the end. */
function convertingOnce(): number {
  let sum = tf.constant(0);
  let x = start;
  for (let i = 0; i < total; i++) {
    x = x.multiply(0.99);
    sum = sum.add(tf.reduce_sum(x));
  }
  return sum.numpy();
}

for (const body of [convertingEachStep, convertingOnce]) {
  body();
  const before = tf.conversions();
  const began = performance.now();
  const sum = body();
  const time = performance.now() - began;
  const after = tf.conversions();
  const megabytes = (after.bytes - before.bytes) / 1e6;
  console.log(
    `${body.name.padEnd(19)} ${String(after.tensors - before.tensors).padStart(4)} conversions ` +
      `${megabytes.toFixed(3).padStart(8)} MB ${time.toFixed(1).padStart(7)} ms   sum ${sum.toFixed(2)}`,
  );
}
console.log('\nwho asked:');
for (const { line, tensors, bytes } of tf.conversions().sources) {
  console.log(
    `  ${String(tensors).padStart(4)} times ${String(bytes).padStart(10)} bytes  ${line}`,
  );
}
