/** A run of one operation on four numbers, with a feed and a fetch: the fixed cost of a run. */

import * as tf from 'tf1';
import { tfjs } from '../peers/graph_model.ts';
import { tensorflow } from '../peers/tensorflow.ts';
import type { Workload } from '../workload.ts';

const values = Float32Array.of(1, 2, 3, 4);

function build() {
  const x = tf.placeholder(tf.float32, [4], { name: 'x' });
  return { x, y: tf.add(x, tf.constant([1, 2, 3, 4])) };
}

export const workload: Workload = {
  about: 'one addition of [4], with feed and fetch',
  contenders: {
    'tf1 run': () =>
      tf.with(new tf.Graph().as_default(), () => {
        const { x, y } = build();
        const session = new tf.Session();
        const feed_dict = [[x, values]] as const;
        return { step: () => session.run(y, { feed_dict }), close: () => session.close() };
      }),
    'tf1 make_callable': () =>
      tf.with(new tf.Graph().as_default(), () => {
        const { x, y } = build();
        const session = new tf.Session();
        const call = session.make_callable(y, [x]);
        return { step: () => call(values), close: () => session.close() };
      }),
    ...tensorflow(() => {
      const { x, y } = build();
      return { fetches: [y], feed_dict: [[x, new tf.NdArray(tf.float32, [4], values)]] };
    }),
    'tfjs eager': () => {
      const ones = tfjs.tensor1d(values);
      return {
        step: () => tfjs.tidy(() => tfjs.add(tfjs.tensor1d(values), ones).dataSync()),
      };
    },
  },
};
