/** A convolutional network learns in specialised runs what it learns in general ones. */

import { expect, test } from '@jest/globals';
import * as tf from 'tf1';

const SIDE = 12;
const BATCH = 5;
const numbers = (size: number, scale: number, phase: number) =>
  Float32Array.from({ length: size }, (_, i) => scale * Math.sin(i * 12.9898 + phase));

let phase = 0;
function weights(...shape: number[]): tf.Variable {
  const size = shape.reduce((a, b) => a * b, 1);
  const value = numbers(size, 1.5 / Math.sqrt(size / shape.at(-1)!), ++phase);
  return new tf.Variable(tf.constant(value, tf.float32, shape));
}

/** The network's loss for images of whatever number. */
function network(x: tf.Tensor, labels: tf.Tensor): tf.Tensor {
  phase = 0;
  const biased = (h: tf.Tensor, depth: number) => tf.nn.bias_add(h, weights(depth));
  const one = [1, 1, 1, 1];
  const two = [1, 2, 2, 1];
  let h = tf.nn.relu(biased(tf.nn.conv2d(x, weights(5, 5, 3, 8), one, 'SAME'), 8));
  h = tf.nn.max_pool(h, two, two, 'SAME');
  h = tf.nn.relu6(biased(tf.nn.depthwise_conv2d(h, weights(3, 3, 8, 1), one, 'SAME'), 8));
  h = tf.nn.relu6(biased(tf.nn.conv2d(h, weights(1, 1, 8, 16), one, 'SAME'), 16));
  h = tf.tanh(biased(tf.nn.conv2d(h, weights(3, 3, 16, 4), two, 'VALID'), 4));
  const dilations = [1, 2, 2, 1];
  h = tf.nn.conv2d(h, weights(2, 2, 4, 8), one, 'SAME', { dilations });
  h = tf.nn.max_pool(tf.nn.avg_pool(h, [1, 1, 1, 1], one, 'VALID'), [1, 3, 3, 1], two, 'SAME');
  h = tf.reshape(h, [-1, 8]);
  const hidden = tf.nn.relu(tf.add(tf.matmul(h, weights(8, 20)), weights(20)));
  const logits = tf.add(tf.matmul(hidden, weights(20, 6)), weights(6));
  const { softmax_cross_entropy_with_logits: loss } = tf.nn;
  return tf.reduce_mean(loss({ labels, logits }));
}

/** The losses of some steps, and what the last run was. */
function train(level: number): { losses: number[]; text: string } {
  return tf.with(new tf.Graph().as_default(), () => {
    const x = tf.placeholder(tf.float32, [null, SIDE, SIDE, 3]);
    const labels = tf.placeholder(tf.float32, [null, 6]);
    const loss = network(x, labels);
    const step = new tf.train.AdamOptimizer(0.01).minimize(loss);
    const optimizer_options = new tf.OptimizerOptions({ global_jit_level: level });
    const graph_options = new tf.GraphOptions({ optimizer_options });
    const config = new tf.ConfigProto({ graph_options });
    return tf.with(new tf.Session('', null, config), (session) => {
      session.run(tf.global_variables_initializer());
      const feeds = (batch: number) =>
        [
          [x, new tf.NdArray(tf.float32, [batch, SIDE, SIDE, 3], numbers(batch * 432, 1, batch))],
          [labels, new tf.NdArray(tf.float32, [batch, 6], numbers(batch * 6, 0.5, 3))],
        ] as const;
      // The number of images changes in between.
      const batches = [5, 5, 5, 5, 5, 5, 3, 3, 3, 3, 3, 5, 5, 5, 5];
      const losses = batches.map(
        (batch) => session.run([loss, step], { feed_dict: feeds(batch) as never })[0] as number,
      );
      return { losses, text: String(session.explain([loss, step], feeds(BATCH) as never)) };
    });
  });
}

test('a network with all kinds of layers', () => {
  const general = train(tf.OptimizerOptions.OFF);
  const specialised = train(tf.OptimizerOptions.DEFAULT);
  expect(specialised.text).toMatch(/^A specialised run/);
  expect(specialised.text).not.toMatch(/(Conv2d|Conv2D|Pool|MatMul).*: kernel/);
  specialised.losses.forEach((loss, i) => {
    expect(loss).toBeCloseTo(general.losses[i]!, 4);
  });
});
