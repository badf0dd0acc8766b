/** A run of one operation on four numbers, with a feed and a fetch: the fixed cost of a run. */

import * as tf from 'tf1';
import { onnxruntime } from '../peers/onnxruntime.ts';
import { array, type Program } from '../peers/program.ts';
import { tensorflow } from '../peers/tensorflow.ts';
import { eager, tfjs } from '../peers/tfjs.ts';
import type { Workload } from '../workload.ts';

const values = Float32Array.of(1, 2, 3, 4);

function addition() {
  const x = tf.placeholder(tf.float32, [4], { name: 'x' });
  return { x, y: tf.add(x, tf.constant([1, 2, 3, 4])) };
}

function program(): Program {
  const { x, y } = addition();
  return { fetches: [y], feed_dict: [[x, array(values)]] };
}

export const workload: Workload = {
  about: 'one addition of [4], with feed and fetch',
  contenders: {
    'tf1 run': () =>
      tf.with(new tf.Graph().as_default(), () => {
        const { x, y } = addition();
        const sess = new tf.Session();
        const feed_dict = [[x, values]] as const;
        return { step: () => sess.run(y, { feed_dict }), close: () => sess.close() };
      }),
    'tf1 make_callable': () =>
      tf.with(new tf.Graph().as_default(), () => {
        const { x, y } = addition();
        const sess = new tf.Session();
        const call = sess.make_callable(y, [x]);
        return { step: () => call(values), close: () => sess.close() };
      }),
    ...tensorflow(program),
    'tfjs eager': () => {
      const ones = tfjs.tensor1d(values);
      return eager(() => tfjs.add(tfjs.tensor1d(values), ones));
    },
    ...onnxruntime(program),
  },
};
