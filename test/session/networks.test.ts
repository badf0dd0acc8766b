/** Specialised runs of networks learn what general runs learn, in little more memory than is alive at once. */

import { expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { expectSame, inBoth, outcomeOf, RUNS } from '../properties/tiers.ts';

/** Differences that are rounding after a few steps of Adam, which divides by small numbers. */
const RTOL = 1e-3;

/** Numbers between -1 and 1 that are no special case. */
const waves = (shape: readonly number[], phase: number) => {
  const size = shape.reduce((a, b) => a * b, 1);
  const data = Float32Array.from({ length: size }, (_, i) => Math.sin(i * 12.9898 + phase));
  return new tf.NdArray(tf.float32, [...shape], data);
};
let phase = 0;
const weights = (...shape: number[]) =>
  new tf.Variable(tf.multiply(tf.constant(waves(shape, ++phase)), 0.1));

/** A loss, and what is fed. */
interface Network {
  readonly loss: tf.Tensor;
  readonly x: tf.Tensor;
}

function dense(sizes: readonly number[], batch: number): Network {
  const x = tf.placeholder(tf.float32, [batch, sizes[0]!]);
  let h: tf.Tensor = x;
  for (let i = 1; i < sizes.length; i++) {
    h = tf.add(tf.matmul(h, weights(sizes[i - 1]!, sizes[i]!)), weights(sizes[i]!));
    if (i < sizes.length - 1) h = tf.nn.relu(h);
  }
  const labels = tf.one_hot(tf.mod(tf.range(batch), sizes.at(-1)!), sizes.at(-1)!);
  return {
    x,
    loss: tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits({ labels, logits: h })),
  };
}

function convnet(): Network {
  const x = tf.placeholder(tf.float32, [8, 28, 28, 1]);
  let h: tf.Tensor = x;
  for (const [from, to] of [
    [1, 8],
    [8, 16],
  ] as const) {
    h = tf.nn.bias_add(tf.nn.conv2d(h, weights(5, 5, from, to), [1, 1, 1, 1], 'SAME'), weights(to));
    h = tf.nn.max_pool(tf.nn.relu(h), [1, 2, 2, 1], [1, 2, 2, 1], 'SAME');
  }
  h = tf.nn.relu(tf.matmul(tf.reshape(h, [8, 784]), weights(784, 64)));
  return { x, loss: tf.reduce_mean(tf.square(tf.matmul(h, weights(64, 10)))) };
}

/** An unrolled LSTM, written out. */
function recurrent(): Network {
  const [steps, batch, units] = [12, 16, 32];
  const x = tf.placeholder(tf.float32, [steps, batch, units]);
  const w = weights(2 * units, 4 * units);
  let [c, h]: [tf.Tensor, tf.Tensor] = [tf.zeros([batch, units]), tf.zeros([batch, units])];
  for (const input of tf.unstack(x)) {
    const [i, j, f, o] = tf.split(tf.matmul(tf.concat([input, h], 1), w), 4, 1) as tf.Tensor[];
    c = tf.add(tf.multiply(c, tf.sigmoid(f!)), tf.multiply(tf.sigmoid(i!), tf.tanh(j!)));
    h = tf.multiply(tf.tanh(c), tf.sigmoid(o!));
  }
  return { x, loss: tf.reduce_mean(tf.square(h)) };
}

/** Depthwise and pointwise convolutions. */
function separable(): Network {
  const x = tf.placeholder(tf.float32, [1, 32, 32, 3]);
  let h: tf.Tensor = tf.nn.relu6(tf.nn.conv2d(x, weights(3, 3, 3, 8), [1, 2, 2, 1], 'SAME'));
  let depth = 8;
  for (const [to, stride] of [
    [16, 1],
    [32, 2],
    [32, 1],
    [64, 2],
  ] as const) {
    h = tf.nn.relu6(
      tf.nn.depthwise_conv2d(h, weights(3, 3, depth, 1), [1, stride, stride, 1], 'SAME'),
    );
    h = tf.nn.relu6(tf.nn.conv2d(h, weights(1, 1, depth, to), [1, 1, 1, 1], 'SAME'));
    depth = to;
  }
  return { x, loss: tf.reduce_mean(h) };
}

test.each([
  ['a dense network', () => dense([784, 256, 256, 10], 128)],
  ['a small dense network', () => dense([32, 32, 10], 16)],
  ['a convnet', convnet],
  ['an unrolled LSTM', recurrent],
  ['separable convolutions', separable],
])('%s, inference and training', (_name, build) => {
  tf.with(new tf.Graph().as_default(), () => {
    const { x, loss } = build();
    const train = new tf.train.AdamOptimizer(0.001).minimize(loss);
    const feed_dict = [[x, waves(x.shape.as_list() as number[], 0)]] as const;
    const init = tf.global_variables_initializer();
    const variables = tf.trainable_variables().map((v) => tf.convert_to_tensor(v));
    inBoth((plain, special) => {
      for (const session of [plain, special]) session.run(init);
      for (const fetches of [loss, [loss, train]]) {
        const run = (session: tf.Session) =>
          outcomeOf(() => [session.run(fetches, { feed_dict })].flat().slice(0, 1));
        for (let i = 0; i < RUNS; i++) expectSame(run(special), run(plain), [loss], RTOL);
        const { memory, specialised } = special.explain(fetches, { feed_dict });
        expect(specialised).toBe(true);
        expect(memory!.live).toBeGreaterThan(0);
        expect(memory!.bytes).toBeLessThanOrEqual(1.3 * memory!.live);
      }
      const trained = (session: tf.Session) => outcomeOf(() => session.run(variables));
      expectSame(trained(special), trained(plain), variables, RTOL);
    });
  });
});
