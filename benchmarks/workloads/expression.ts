/** An expression of eight operations on a million numbers: one fused pass, or eight passes over memory. */

import * as tf from 'tf1';
import { graphModel, tfjs } from '../peers/graph_model.ts';
import { tensorflow } from '../peers/tensorflow.ts';
import type { Workload } from '../workload.ts';

const SIZE = 1_000_000;
const [first, second] = [0, 1].map((phase) =>
  Float32Array.from({ length: SIZE }, (_, i) => Math.sin(i + phase)),
) as [Float32Array, Float32Array];

function build() {
  const a = tf.constant(new tf.NdArray(tf.float32, [SIZE], first));
  const x = tf.placeholder(tf.float32, [SIZE], { name: 'x' });
  const sum = tf.add(tf.multiply(x, a), tf.subtract(x, 0.5));
  return { x, y: tf.square(tf.nn.relu(tf.add(tf.multiply(sum, 0.25), tf.multiply(a, 2)))) };
}

export const workload: Workload = {
  about: 'eight element-wise operations on 1,000,000 numbers, with feed and fetch',
  bytes: 8 * SIZE,
  contenders: {
    'tf1 session': () =>
      tf.with(new tf.Graph().as_default(), () => {
        const { x, y } = build();
        const session = new tf.Session();
        return {
          step: () => session.run(y, { feed_dict: [[x, second]] }),
          close: () => session.close(),
        };
      }),
    ...tensorflow(() => {
      const { x, y } = build();
      return { fetches: [y], feed_dict: [[x, new tf.NdArray(tf.float32, [SIZE], second)]] };
    }),
    'tfjs eager': () => {
      const a = tfjs.tensor1d(first);
      return {
        step: () =>
          tfjs.tidy(() => {
            const x = tfjs.tensor1d(second);
            const sum = tfjs.add(tfjs.mul(x, a), tfjs.sub(x, 0.5));
            const inner = tfjs.add(tfjs.mul(sum, 0.25), tfjs.mul(a, 2));
            return tfjs.square(tfjs.relu(inner)).dataSync();
          }),
      };
    },
    GraphModel: () => {
      const graph = new tf.Graph();
      const { y } = tf.with(graph.as_default(), build);
      const model = graphModel(graph, [y]);
      return {
        step: () =>
          tfjs.tidy(() =>
            (model.execute({ x: tfjs.tensor1d(second) }, y.op.name) as tfjs.Tensor).dataSync(),
          ),
      };
    },
  },
};
