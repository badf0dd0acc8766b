// One network, trained on XOR twice: in a graph with a session, and eagerly with a tape.
// The layers and the loss are one function; the numbers are equal because the operations are.

import * as tf from 'tf1';
import { steps } from './steps.ts';

tf.enable_eager_execution();
const total = steps(300);
const rate = 2;
const points = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
];
const targets = [[0], [1], [1], [0]];
const start = {
  w1: [
    [0.6, -0.4, 0.3, -0.8],
    [-0.5, 0.7, 0.2, -0.6],
  ],
  b1: [0, 0, 0, 0],
  w2: [[0.9], [0.8], [-0.3], [-0.7]],
  b2: [0],
};

type Weights = { w1: tf.Variable; b1: tf.Variable; w2: tf.Variable; b2: tf.Variable };

function answer({ w1, b1, w2, b2 }: Weights): tf.Tensor {
  const hidden = tf.tanh(tf.matmul(tf.constant(points), w1).add(b1));
  return tf.sigmoid(tf.matmul(hidden, w2).add(b2));
}
const lossOf = (weights: Weights) =>
  tf.reduce_mean(tf.squared_difference(answer(weights), tf.constant(targets)));
const variables = (make: (value: tf.TensorLike, name: string) => tf.Variable): Weights => ({
  w1: make(start.w1, 'w1'),
  b1: make(start.b1, 'b1'),
  w2: make(start.w2, 'w2'),
  b2: make(start.b2, 'b2'),
});

function trainInGraph(): number[] {
  return tf.with(new tf.Graph().as_default(), () => {
    const weights = variables((value, name) => new tf.Variable(value, { name }));
    const loss = lossOf(weights);
    const train = new tf.train.GradientDescentOptimizer(rate).minimize(loss);
    return tf.with(new tf.Session(), (sess) => {
      sess.run(tf.global_variables_initializer());
      const losses = Array.from({ length: total }, () => sess.run([loss, train])[0] as number);
      console.log('graph:', String(sess.run(tf.reshape(answer(weights), [4]))));
      return losses;
    });
  });
}

function trainEagerly(): number[] {
  const weights = variables((value, name) => new tf.contrib.eager.Variable(value, { name }));
  const optimizer = new tf.train.GradientDescentOptimizer(rate);
  const all = Object.values(weights);
  const losses = Array.from({ length: total }, () => {
    const tape = new tf.GradientTape();
    const loss = tf.with(tape, () => lossOf(weights));
    const slopes = tape.gradient(loss, all);
    optimizer.apply_gradients(all.map((v, i) => [slopes[i]!, v] as const));
    return loss.numpy() as number;
  });
  console.log('eager:', String(tf.reshape(answer(weights), [4]).numpy()));
  return losses;
}

const graph = trainInGraph();
const eager = trainEagerly();
console.log('step   graph     eager');
for (let i = 0; i < total; i += Math.max(1, Math.floor(total / 6))) {
  console.log(`${String(i).padStart(4)}   ${graph[i]!.toFixed(6)}  ${eager[i]!.toFixed(6)}`);
}
const gap = Math.max(...graph.map((loss, i) => Math.abs(loss - eager[i]!)));
console.log(`largest difference in ${total} steps: ${gap}`);
