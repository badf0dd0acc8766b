/** A training step of an LSTM on rows of digits: 28 steps of 128 units, batch 128, gradient descent. */

import * as tf from 'tf1';
import { converted } from '../peers/graph_model.ts';
import { onnxruntime } from '../peers/onnxruntime.ts';
import { array, noise, oneHot, type Program, session } from '../peers/program.ts';
import { tensorflow } from '../peers/tensorflow.ts';
import { eager, tfjs } from '../peers/tfjs.ts';
import type { Workload } from '../workload.ts';

const [BATCH, STEPS, INPUTS, UNITS, CLASSES] = [128, 28, 28, 128, 10];
const images = noise(BATCH * STEPS * INPUTS, 1, 0);
const labels = oneHot(BATCH, CLASSES);
const kernelValues = noise((INPUTS + UNITS) * 4 * UNITS, 0.1, 1);

type Unrolled = (
  cell: InstanceType<typeof tf.nn.rnn_cell.BasicLSTMCell>,
  x: tf.Tensor,
) => tf.Tensor;

/** One node that loops. */
const dynamic: Unrolled = (cell, x) => {
  const [outputs] = tf.nn.dynamic_rnn(cell, x, { dtype: tf.float32 });
  return outputs.at('...', -1, { start: null, stop: null });
};

/** Nodes for each step. */
const unrolled: Unrolled = (cell, x) => {
  const [outputs] = tf.nn.static_rnn(cell, [...tf.unstack(x, STEPS, 1)], { dtype: tf.float32 });
  return outputs.at(-1)!;
};

const training = (lastOutput: Unrolled) => (): Program => {
  const x = tf.placeholder(tf.float32, [BATCH, STEPS, INPUTS]);
  const y = tf.placeholder(tf.float32, [BATCH, CLASSES]);
  const last = lastOutput(new tf.nn.rnn_cell.BasicLSTMCell(UNITS), x);
  const w = tf.get_variable('w', {
    shape: [UNITS, CLASSES],
    initializer: new tf.zeros_initializer(),
  });
  const logits = tf.matmul(last, w);
  const loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits({ labels: y, logits }));
  return {
    fetches: [loss, new tf.train.GradientDescentOptimizer(0.01).minimize(loss)],
    init: tf.global_variables_initializer(),
    feed_dict: [
      [x, array(images, [BATCH, STEPS, INPUTS])],
      [y, array(labels, [BATCH, CLASSES])],
    ],
  };
};

/** The last output of the unrolled network, of weights that are constants. */
function forward(): Program {
  const x = tf.placeholder(tf.float32, [BATCH, STEPS, INPUTS], { name: 'x' });
  const kernel = tf.constant(kernelValues, tf.float32, [INPUTS + UNITS, 4 * UNITS]);
  const bias = tf.constant(new Float32Array(4 * UNITS));
  let c: tf.Tensor = tf.constant(new Float32Array(BATCH * UNITS), tf.float32, [BATCH, UNITS]);
  let h = c;
  for (const row of tf.unstack(x, STEPS, 1)) {
    const gates = tf.add(tf.matmul(tf.concat([row, h], 1), kernel), bias);
    const [i, j, f, o] = tf.split(gates, 4, 1) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const kept = tf.multiply(c, tf.sigmoid(tf.add(f, 1)));
    c = tf.add(kept, tf.multiply(tf.sigmoid(i), tf.tanh(j)));
    h = tf.multiply(tf.tanh(c), tf.sigmoid(o));
  }
  return { fetches: [h], feed_dict: [[x, array(images, [BATCH, STEPS, INPUTS])]] };
}

function eagerTraining() {
  const kernel = tfjs.variable(tfjs.tensor2d(kernelValues, [INPUTS + UNITS, 4 * UNITS]));
  const bias = tfjs.variable(tfjs.zeros([4 * UNITS]));
  const w = tfjs.variable(tfjs.zeros([UNITS, CLASSES]));
  const forget = tfjs.scalar(1);
  const optimizer = tfjs.train.sgd(0.01);
  return eager(() => {
    const x = tfjs.tensor3d(images, [BATCH, STEPS, INPUTS]);
    const y = tfjs.tensor2d(labels, [BATCH, CLASSES]);
    return optimizer.minimize(() => {
      let c: tfjs.Tensor2D = tfjs.zeros([BATCH, UNITS]);
      let h: tfjs.Tensor2D = tfjs.zeros([BATCH, UNITS]);
      for (const row of tfjs.unstack(x, 1)) {
        [c, h] = tfjs.basicLSTMCell(
          forget,
          kernel as tfjs.Tensor2D,
          bias as tfjs.Tensor as tfjs.Tensor1D,
          row as tfjs.Tensor2D,
          c,
          h,
        );
      }
      const logits = tfjs.matMul(h, w as tfjs.Tensor2D);
      return tfjs.losses.softmaxCrossEntropy(y, logits) as tfjs.Scalar;
    }, true)!;
  });
}

export const workload: Workload = {
  about: 'gradient descent step of a 28-step LSTM of 128 units, batch 128',
  contenders: {
    'tf1 static_rnn': session(training(unrolled)),
    'tf1 dynamic_rnn': session(training(dynamic)),
    ...tensorflow(training(unrolled)),
    'tfjs eager': eagerTraining,
    'tf1 session (forward only)': session(forward),
    'GraphModel (forward only)': converted(forward),
    ...onnxruntime(forward, 'onnxruntime (forward only)'),
  },
};
