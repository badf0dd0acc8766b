/** A loop of 200 iterations with a small body, against the same operations written out: what an iteration costs. */

import * as tf from 'tf1';
import type { Workload } from '../workload.ts';

const ITERATIONS = 200;
const start = Float32Array.from({ length: 10 }, (_, i) => i / 10);

/** Four operations on ten numbers. */
function body(x: tf.Tensor): tf.Tensor {
  return tf.multiply(tf.tanh(tf.add(tf.multiply(x, 0.5), 0.1)), 0.9);
}

function contender(build: (x: tf.Tensor) => tf.Tensor): Workload['contenders'][string] {
  return () =>
    tf.with(new tf.Graph().as_default(), () => {
      const x = tf.placeholder(tf.float32, [10]);
      const y = build(x);
      const session = new tf.Session();
      return {
        step: () => session.run(y, { feed_dict: [[x, start]] }),
        close: () => session.close(),
      };
    });
}

export const workload: Workload = {
  about: `${ITERATIONS} iterations of a body of four operations on [10]`,
  contenders: {
    'tf1 while_loop': contender((x) => {
      const [, y] = tf.while_loop(
        (i: tf.Tensor) => tf.less(i, ITERATIONS),
        (i: tf.Tensor, value: tf.Tensor) => [tf.add(i, 1), body(value)] as const,
        [tf.constant(0), x] as const,
      );
      return y;
    }),
    'tf1 written out': contender((x) => {
      let y = x;
      for (let i = 0; i < ITERATIONS; i++) y = body(y);
      return y;
    }),
  },
};
