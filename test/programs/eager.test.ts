/** The XOR network, trained eagerly with a tape: TensorFlow's losses, and to the bit those of graph mode. */

import { beforeAll, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { expectSeries, recorded } from './replay.ts';

beforeAll(() => tf.enable_eager_execution());

const STEPS = 200;
const points = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const start = () => ({
  w1: tf.random_uniform([2, 4], -1, 1, { seed: 41 }),
  b1: tf.zeros([4]),
  w2: tf.random_uniform([4, 1], -1, 1, { seed: 42 }),
  b2: tf.zeros([1]),
});
type Weights = Record<'w1' | 'b1' | 'w2' | 'b2', tf.Variable>;

function lossOf({ w1, b1, w2, b2 }: Weights): tf.Tensor {
  const hidden = tf.tanh(tf.matmul(tf.constant(points), w1).add(b1));
  const y = tf.sigmoid(tf.matmul(hidden, w2).add(b2));
  return tf.reduce_mean(tf.squared_difference(y, tf.constant([[0], [1], [1], [0]])));
}

/** The variables that `make` makes of the first values. */
function variables(make: (value: tf.Tensor, name: string) => tf.Variable): Weights {
  const made = Object.entries(start()).map(([name, value]) => [name, make(value, name)]);
  return Object.fromEntries(made) as Weights;
}

function trainEagerly(): number[] {
  tf.set_random_seed(4);
  const weights = variables((value, name) => new tf.contrib.eager.Variable(value, { name }));
  const all = Object.values(weights);
  const optimizer = new tf.train.GradientDescentOptimizer(2);
  return Array.from({ length: STEPS }, () => {
    const tape = new tf.GradientTape();
    const loss = tf.with(tape, () => lossOf(weights));
    const slopes = tape.gradient(loss, all);
    optimizer.apply_gradients(all.map((v, i) => [slopes[i]!, v] as const));
    return loss.numpy();
  });
}

function trainInGraph(): number[] {
  return tf.with(new tf.Graph().as_default(), () => {
    tf.set_random_seed(4);
    const weights = variables((value, name) => new tf.Variable(value, { name }));
    const loss = lossOf(weights);
    const step = new tf.train.GradientDescentOptimizer(2).minimize(loss);
    return tf.with(new tf.Session(), (sess) => {
      sess.run(tf.global_variables_initializer());
      return Array.from({ length: STEPS }, () => sess.run([loss, step])[0]);
    });
  });
}

test('eager mode, graph mode and TensorFlow agree', () => {
  const eager = trainEagerly();
  // Fused loops have functions of their own, which are right to 2 ulp.
  trainInGraph().forEach((loss, i) => {
    expect(Math.abs(loss - eager[i]!)).toBeLessThan(1e-5 * Math.abs(eager[i]!));
  });
  expectSeries('xor', eager, recorded('xor').series.loss!);
});
