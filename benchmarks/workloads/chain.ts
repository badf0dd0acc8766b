/** A chain of 1,000 additions of ten numbers: what a step costs beside its arithmetic. */

import * as tf from 'tf1';
import { graphModel, tfjs } from '../peers/graph_model.ts';
import { tensorflow } from '../peers/tensorflow.ts';
import type { Workload } from '../workload.ts';

const LENGTH = 1000;
const values = Float32Array.from({ length: 10 }, (_, i) => i / 10);
const graph = new tf.Graph();
const [x, y] = tf.with(graph.as_default(), () => {
  const input = tf.placeholder(tf.float32, [10], { name: 'x' });
  const one = tf.constant(values, { name: 'one' });
  let sum: tf.Tensor = input;
  for (let i = 0; i < LENGTH; i++) sum = tf.add(sum, one);
  return [input, sum] as const;
});

export const workload: Workload = {
  about: '1,000-op chain of additions of [10]',
  contenders: {
    'tf1 session': () => {
      const session = new tf.Session('', graph);
      return {
        step: () => session.run(y, { feed_dict: [[x, values]] }),
        close: () => session.close(),
      };
    },
    'tfjs eager': () => {
      const one = tfjs.tensor1d(values);
      return {
        step: () =>
          tfjs.tidy(() => {
            let sum: tfjs.Tensor = tfjs.tensor1d(values);
            for (let i = 0; i < LENGTH; i++) sum = tfjs.add(sum, one);
            return sum.dataSync();
          }),
      };
    },
    ...tensorflow(() => {
      const input = tf.placeholder(tf.float32, [10], { name: 'x' });
      const one = tf.constant(values);
      let sum: tf.Tensor = input;
      for (let i = 0; i < LENGTH; i++) sum = tf.add(sum, one);
      return { fetches: [sum], feed_dict: [[input, new tf.NdArray(tf.float32, [10], values)]] };
    }),
    GraphModel: () => {
      const model = graphModel(graph, [y]);
      return {
        step: () =>
          tfjs.tidy(() =>
            (model.execute({ x: tfjs.tensor1d(values) }, y.op.name) as tfjs.Tensor).dataSync(),
          ),
      };
    },
  },
};
