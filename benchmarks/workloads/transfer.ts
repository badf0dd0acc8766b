/** Feeding and fetching 2.5 million numbers, beside copying them. */

import * as tf from 'tf1';
import { tfjs } from '../peers/graph_model.ts';
import type { Workload } from '../workload.ts';

const SIZE = 2_500_000;
const values = Float32Array.from({ length: SIZE }, (_, i) => i);

export const workload: Workload = {
  about: `feed and fetch of ${SIZE} floats`,
  bytes: 4 * SIZE,
  contenders: {
    'tf1 session': () =>
      tf.with(new tf.Graph().as_default(), () => {
        const x = tf.placeholder(tf.float32, [SIZE]);
        const y = tf.negative(x);
        const session = new tf.Session();
        return {
          step: () => session.run(y, { feed_dict: [[x, values]] }),
          close: () => session.close(),
        };
      }),
    'tfjs eager': () => ({
      step: () => tfjs.tidy(() => tfjs.neg(tfjs.tensor1d(values)).dataSync()),
    }),
    'copy in and out': () => {
      const middle = new Float32Array(SIZE);
      return {
        step: () => {
          middle.set(values);
          return middle.slice();
        },
      };
    },
  },
};
