/** A chain of 1,000 additions of ten numbers: what a step costs beside its arithmetic. */

import * as tf from 'tf1';
import { converted } from '../peers/graph_model.ts';
import { onnxruntime } from '../peers/onnxruntime.ts';
import { array, type Program, session } from '../peers/program.ts';
import { tensorflow } from '../peers/tensorflow.ts';
import { eager, tfjs } from '../peers/tfjs.ts';
import type { Workload } from '../workload.ts';

const LENGTH = 1000;
const values = Float32Array.from({ length: 10 }, (_, i) => i / 10);

function chain(): Program {
  const x = tf.placeholder(tf.float32, [10], { name: 'x' });
  const one = tf.constant(values, { name: 'one' });
  let sum: tf.Tensor = x;
  for (let i = 0; i < LENGTH; i++) sum = tf.add(sum, one);
  return { fetches: [sum], feed_dict: [[x, array(values)]] };
}

export const workload: Workload = {
  about: '1,000-op chain of additions of [10]',
  contenders: {
    'tf1 session': session(chain),
    ...tensorflow(chain),
    'tfjs eager': () => {
      const one = tfjs.tensor1d(values);
      return eager(() => {
        let sum: tfjs.Tensor = tfjs.tensor1d(values);
        for (let i = 0; i < LENGTH; i++) sum = tfjs.add(sum, one);
        return sum;
      });
    },
    GraphModel: converted(chain),
    ...onnxruntime(chain),
  },
};
