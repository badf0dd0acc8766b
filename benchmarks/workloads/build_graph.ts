/** Building 10,000 and 100,000 nodes, and gradients over them: both take time in proportion. */

import * as tf from 'tf1';
import { type Runner, selfTimed, type Workload } from '../workload.ts';

function chain(nodes: number): { x: tf.Tensor; y: tf.Tensor } {
  const x = tf.placeholder(tf.float32, [10]);
  let y: tf.Tensor = x;
  for (let i = 0; i < nodes; i++) y = i % 2 === 0 ? tf.add(y, x) : tf.tanh(y);
  return { x, y };
}

const building = (nodes: number) => (): Runner => ({
  step: () => tf.with(new tf.Graph().as_default(), () => chain(nodes)),
});

/** The gradients alone: building what they are over is not counted. */
const gradients = (nodes: number) => (): Runner =>
  selfTimed(() =>
    tf.with(new tf.Graph().as_default(), () => {
      const { x, y } = chain(nodes);
      const start = performance.now();
      tf.gradients(y, x);
      return performance.now() - start;
    }),
  );

export const workload: Workload = {
  about: 'building a graph of a chain',
  contenders: {
    '10,000 nodes': building(10_000),
    'gradients over 10,000 nodes': gradients(10_000),
    '100,000 nodes': building(100_000),
    'gradients over 100,000 nodes': gradients(100_000),
  },
};
