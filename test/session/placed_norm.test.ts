/** Batch normalization by known statistics gives in a specialised plan what it gives in the general one. */

import { expect, test } from '@jest/globals';
import * as tf from 'tf1';

const DEPTH = 6;
const list = (phase: number) =>
  Float32Array.from({ length: DEPTH }, (_, i) => 1.5 + Math.sin(i * 2.3 + phase));

/** Runs `fetches` of `build` again and again, and expects what the first run gave. */
function agree(build: (x: tf.Tensor, statistic: (phase: number) => tf.TensorLike) => tf.Tensor[]) {
  tf.with(new tf.Graph().as_default(), () => {
    const x = tf.placeholder(tf.float32, [3, 5, 4, DEPTH]);
    const fetches = build(tf.multiply(x, 2), (phase) => new tf.Variable(tf.constant(list(phase))));
    tf.with(new tf.Session(), (session) => {
      session.run(tf.global_variables_initializer());
      const numbers = Float32Array.from({ length: 60 * DEPTH }, (_, i) => 3 * Math.sin(i * 7.1));
      numbers[17] = Number.NaN;
      const run = () => session.run(fetches, { feed_dict: [[x, numbers]] });
      const general = run().map((y) => [...y.data] as number[]);
      for (let i = 0; i < 3; i++) run();
      const text = String(session.explain(fetches, { feed_dict: [[x, numbers]] }));
      expect(text).toMatch(/FusedBatchNorm: in loop/);
      run().forEach((y, i) => {
        general[i]!.forEach((value, at) => {
          if (Number.isNaN(value)) expect(y.data[at]).toBeNaN();
          else expect(y.data[at]).toBeCloseTo(value, 5);
        });
      });
    });
  });
}

test('all outputs', () => {
  agree((x, statistic) => [
    ...tf.nn.fused_batch_norm(
      ...([x, statistic(0), statistic(1), statistic(2), statistic(3)] as const),
      { is_training: false, epsilon: 0.01 },
    ),
  ]);
});

test('between a convolution and an activation', () => {
  agree((x, statistic) => {
    const filter = tf.constant(list(4), tf.float32, [1, 1, DEPTH, 1]);
    const filters = tf.concat(new Array(DEPTH).fill(filter), 3);
    const h = tf.nn.conv2d(x, filters, [1, 1, 1, 1], 'SAME');
    const [y] = tf.nn.fused_batch_norm(
      ...([h, statistic(0), statistic(1), statistic(2), statistic(3)] as const),
      { is_training: false },
    );
    return [tf.nn.relu6(y)];
  });
});
