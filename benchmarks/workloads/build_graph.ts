/** Building 10,000 nodes, and gradients over them. */

import * as tf from 'tf1';
import type { Workload } from '../workload.ts';

const NODES = 10_000;

function chain(): { x: tf.Tensor; y: tf.Tensor } {
  const x = tf.placeholder(tf.float32, [10]);
  let y: tf.Tensor = x;
  for (let i = 0; i < NODES; i++) y = i % 2 === 0 ? tf.add(y, x) : tf.tanh(y);
  return { x, y };
}

const inGraph = (body: () => unknown) => tf.with(new tf.Graph().as_default(), body);

export const workload: Workload = {
  about: `building ${NODES} nodes`,
  contenders: {
    nodes: () => ({ step: () => inGraph(chain) }),
    'nodes and their gradients': () => ({
      step: () =>
        inGraph(() => {
          const { x, y } = chain();
          return tf.gradients(y, x);
        }),
    }),
  },
};
