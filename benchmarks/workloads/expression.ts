/** An expression of eight operations on a million numbers: one fused pass, or eight passes over memory. */

import * as tf from 'tf1';
import { converted } from '../peers/graph_model.ts';
import { onnxruntime } from '../peers/onnxruntime.ts';
import { array, type Program, session } from '../peers/program.ts';
import { tensorflow } from '../peers/tensorflow.ts';
import { eager, tfjs } from '../peers/tfjs.ts';
import type { Workload } from '../workload.ts';

const SIZE = 1_000_000;
const [first, second] = [0, 1].map((phase) =>
  Float32Array.from({ length: SIZE }, (_, i) => Math.sin(i + phase)),
) as [Float32Array, Float32Array];

function expression(): Program {
  const a = tf.constant(array(first));
  const x = tf.placeholder(tf.float32, [SIZE], { name: 'x' });
  const sum = tf.add(tf.multiply(x, a), tf.subtract(x, 0.5));
  const y = tf.square(tf.nn.relu(tf.add(tf.multiply(sum, 0.25), tf.multiply(a, 2))));
  return { fetches: [y], feed_dict: [[x, array(second)]] };
}

export const workload: Workload = {
  about: 'eight element-wise operations on 1,000,000 numbers, with feed and fetch',
  bytes: 8 * SIZE,
  contenders: {
    'tf1 session': session(expression),
    ...tensorflow(expression),
    'tfjs eager': () => {
      const a = tfjs.tensor1d(first);
      return eager(() => {
        const x = tfjs.tensor1d(second);
        const sum = tfjs.add(tfjs.mul(x, a), tfjs.sub(x, 0.5));
        return tfjs.square(tfjs.relu(tfjs.add(tfjs.mul(sum, 0.25), tfjs.mul(a, 2))));
      });
    },
    GraphModel: converted(expression),
    ...onnxruntime(expression),
  },
};
