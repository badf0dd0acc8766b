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

test.each([true, false])('gradients while it trains: %s', (is_training) => {
  const train = (level: number) =>
    tf.with(new tf.Graph().as_default(), () => {
      const x = tf.placeholder(tf.float32, [3, 5, 4, DEPTH]);
      const [scale, offset] = [0, 1].map((phase) => new tf.Variable(tf.constant(list(phase))));
      const [mean, variance] = is_training ? [] : [tf.constant(list(2)), tf.constant(list(3))];
      const h = tf.multiply(x, scale!);
      const [y, batchMean, batchVariance] = tf.nn.fused_batch_norm(
        ...([h, scale!, offset!, mean ?? null, variance ?? null] as const),
        { is_training },
      );
      const loss = tf.reduce_sum(tf.square(tf.sin(y)));
      const step = new tf.train.GradientDescentOptimizer(0.0001).minimize(loss);
      const optimizer_options = new tf.OptimizerOptions({ global_jit_level: level });
      const graph_options = new tf.GraphOptions({ optimizer_options });
      const config = new tf.ConfigProto({ graph_options });
      return tf.with(new tf.Session('', null, config), (session) => {
        session.run(tf.global_variables_initializer());
        const numbers = Float32Array.from({ length: 60 * DEPTH }, (_, i) => 3 * Math.sin(i * 7.1));
        const fetches = [loss, batchMean, batchVariance, step];
        const feed_dict: [tf.Tensor, Float32Array][] = [[x, numbers]];
        const all: number[] = [];
        for (let i = 0; i < 8; i++) {
          const [now, m, v] = session.run(fetches, { feed_dict });
          all.push(
            Number(now),
            ...m!.tolist().flat().map(Number),
            ...v!.tolist().flat().map(Number),
          );
        }
        return { all, text: String(session.explain(fetches, { feed_dict })) };
      });
    });
  const general = train(tf.OptimizerOptions.OFF);
  const specialised = train(tf.OptimizerOptions.DEFAULT);
  expect(specialised.text).not.toMatch(/FusedBatchNorm.*: kernel/);
  specialised.all.forEach((value, i) => {
    const expected = general.all[i]!;
    expect(Math.abs(value - expected) / Math.max(1, Math.abs(expected))).toBeLessThan(1e-5);
  });
});

test('one number is reshaped, and reduced over no axes', () => {
  tf.with(new tf.Graph().as_default(), () => {
    const x = tf.placeholder(tf.float32, [1, 1]);
    const y = tf.reduce_sum(tf.exp(tf.reshape(tf.exp(x), [])), []);
    tf.with(new tf.Session(), (session) => {
      const feed_dict: [tf.Tensor, number[][]][] = [[x, [[0.5]]]];
      for (let i = 0; i < 4; i++) {
        expect(session.run(y, { feed_dict })).toBeCloseTo(Math.exp(Math.exp(0.5)), 5);
      }
      expect(String(session.explain(y, { feed_dict }))).toMatch(/ 0 kernels/);
    });
  });
});
