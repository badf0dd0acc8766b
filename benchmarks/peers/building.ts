/** Building graphs, and gradients over them. */

import * as tf from 'tf1';
import { selfTimed, type Workload } from '../workload.ts';

function chain(nodes: number): { x: tf.Tensor; y: tf.Tensor } {
  const x = tf.placeholder(tf.float32, [10]);
  let y: tf.Tensor = x;
  for (let i = 0; i < nodes; i++) y = i % 2 === 0 ? tf.add(y, x) : tf.tanh(y);
  return { x, y };
}

/** A chain of `nodes` operations, and the gradient of its end: building what that is over is not counted. */
export function building(nodes: number): Workload {
  const label = nodes.toLocaleString('en');
  return {
    about: `building a chain of ${label} nodes`,
    contenders: {
      nodes: () => ({ step: () => tf.with(new tf.Graph().as_default(), () => chain(nodes)) }),
      gradients: () =>
        selfTimed(() =>
          tf.with(new tf.Graph().as_default(), () => {
            const { x, y } = chain(nodes);
            const start = performance.now();
            tf.gradients(y, x);
            return performance.now() - start;
          }),
        ),
    },
  };
}
