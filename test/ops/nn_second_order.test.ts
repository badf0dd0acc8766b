/** The gradients of the gradients of tf.nn are TensorFlow's: golden/nn_second_order.json. */

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import * as tf from 'tf1';
import type { ArrayValue } from '../../src/core/dtype.ts';
import { spread } from './sample.ts';

const golden = JSON.parse(
  readFileSync(new URL('../golden/nn_second_order.json', import.meta.url), 'utf8'),
) as Record<string, (number[] | null)[]>;

const { nn } = tf;
type Tensor = tf.Tensor;
type Call = (...inputs: [Tensor, Tensor, Tensor]) => Tensor;
const one = [1, 1, 1, 1];
const two = [1, 2, 2, 1];

/** Rows of probabilities, of the shape of `x`. */
function labels(x: Tensor): Tensor {
  const dims = x.shape.as_list() as number[];
  const values = Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => i % 3);
  return nn.softmax(tf.constant(values, { shape: dims }));
}

const fixed = { mean: [0.25, -0.5], variance: [1.5, 0.75] };
const calls: Record<string, [call: Call, ...shapes: number[][]]> = {
  relu: [(x) => nn.relu(x), [3, 4]],
  relu6: [(x) => nn.relu6(x), [3, 4]],
  elu: [(x) => nn.elu(x), [3, 4]],
  selu: [(x) => nn.selu(x), [3, 4]],
  softplus: [(x) => nn.softplus(x), [3, 4]],
  softmax: [(x) => nn.softmax(x), [3, 4]],
  log_softmax: [(x) => nn.log_softmax(x), [3, 4]],
  entropy: [
    (x) => nn.softmax_cross_entropy_with_logits_v2({ labels: labels(x), logits: x }),
    [3, 4],
  ],
  sigmoid_entropy: [
    (x) => nn.sigmoid_cross_entropy_with_logits({ labels: labels(x), logits: x }),
    [3, 4],
  ],
  bias_add: [(x, b) => nn.bias_add(x, b), [3, 4], [4]],
  l2_loss: [(x) => nn.l2_loss(x), [3, 4]],
  conv2d: [(x, w) => nn.conv2d(x, w, two, 'SAME'), [1, 5, 4, 2], [3, 2, 2, 3]],
  depthwise: [(x, w) => nn.depthwise_conv2d_native(x, w, one, 'VALID'), [1, 4, 4, 2], [2, 2, 2, 2]],
  conv3d: [(x, w) => nn.conv3d(x, w, [1, 1, 1, 1, 1], 'SAME'), [1, 3, 3, 2, 1], [2, 2, 2, 1, 2]],
  conv2d_transpose: [
    (x, w) => nn.conv2d_transpose(x, w, [1, 4, 4, 2], two, 'SAME'),
    [1, 2, 2, 3],
    [3, 3, 2, 3],
  ],
  max_pool: [(x) => nn.max_pool(x, two, two, 'SAME'), [1, 5, 4, 2]],
  avg_pool: [(x) => nn.avg_pool(x, two, one, 'SAME'), [1, 5, 4, 2]],
  max_pool3d: [(x) => nn.max_pool3d(x, [1, 2, 2, 2, 1], [1, 2, 2, 2, 1], 'SAME'), [1, 3, 4, 2, 2]],
  batch_norm: [(x, s, o) => nn.fused_batch_norm(x, s, o)[0], [2, 3, 2, 2], [2], [2]],
  batch_norm_fixed: [
    (x, s, o) => nn.fused_batch_norm(x, s, o, { is_training: false, ...fixed })[0],
    [2, 3, 2, 2],
    [2],
    [2],
  ],
  moments: [(x) => tf.concat([...nn.moments(x, [0])], 0), [3, 4]],
  l2_normalize: [(x) => nn.l2_normalize(x, 1), [3, 4]],
};

/** cos(1), cos(2), ... in the shape of `x`. */
function weights(x: Tensor): Tensor {
  const dims = x.shape.as_list() as number[];
  const size = dims.reduce((a, b) => a * b, 1);
  return tf.constant(
    Float32Array.from({ length: size }, (_, i) => Math.cos(i + 1)),
    {
      shape: dims,
    },
  );
}

test.each(Object.keys(golden))('%s', (name) => {
  const [call, ...shapes] = calls[name]!;
  tf.with(new tf.Graph().as_default(), () => {
    const inputs = shapes.map((shape) => tf.constant(spread(shape))) as [Tensor, Tensor, Tensor];
    const [slope] = tf.gradients(tf.square(call(...inputs)), [inputs[0]]) as [Tensor];
    const second = tf.gradients(slope.multiply(weights(slope)), inputs);
    tf.with(new tf.Session(), (session) => {
      second.forEach((gradient, i) => {
        const expected = golden[name]![i]!;
        if (gradient === null || expected === null) {
          expect(gradient).toBe(expected);
          return;
        }
        const actual = session.run(gradient) as ArrayValue;
        const scale = Math.max(1, ...expected.map(Math.abs));
        expected.forEach((value, at) => {
          const got = (actual.data as Float32Array)[at]!;
          expect(Math.abs(got - value) / scale).toBeLessThan(2e-5);
        });
      });
    });
  });
});
