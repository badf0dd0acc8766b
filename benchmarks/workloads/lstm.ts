/** A training step of an LSTM on rows of digits: 28 steps of 128 units, batch 128, gradient descent. */

import * as tf from 'tf1';
import { tfjs } from '../peers/graph_model.ts';
import type { Workload } from '../workload.ts';

const [BATCH, STEPS, INPUTS, UNITS, CLASSES] = [128, 28, 28, 128, 10];
const numbers = (size: number, scale: number, phase: number) =>
  Float32Array.from({ length: size }, (_, i) => scale * Math.sin(i * 12.9898 + phase));
const images = numbers(BATCH * STEPS * INPUTS, 1, 0);
const labels = new Float32Array(BATCH * CLASSES);
for (let i = 0; i < BATCH; i++) labels[i * CLASSES + ((i * 7) % CLASSES)] = 1;

type Outputs = (cell: InstanceType<typeof tf.nn.rnn_cell.BasicLSTMCell>, x: tf.Tensor) => tf.Tensor;

function contender(lastOutput: Outputs): Workload['contenders'][string] {
  return () =>
    tf.with(new tf.Graph().as_default(), () => {
      const x = tf.placeholder(tf.float32, [BATCH, STEPS, INPUTS]);
      const y = tf.placeholder(tf.float32, [BATCH, CLASSES]);
      const last = lastOutput(new tf.nn.rnn_cell.BasicLSTMCell(UNITS), x);
      const w = tf.get_variable('w', {
        shape: [UNITS, CLASSES],
        initializer: new tf.zeros_initializer(),
      });
      const logits = tf.matmul(last, w);
      const loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits({ labels: y, logits }));
      const step = new tf.train.GradientDescentOptimizer(0.01).minimize(loss);
      const session = new tf.Session();
      session.run(tf.global_variables_initializer());
      return {
        step: () =>
          session.run([loss, step], {
            feed_dict: [
              [x, images],
              [y, labels],
            ],
          })[0],
        close: () => session.close(),
      };
    });
}

export const workload: Workload = {
  about: 'gradient descent step of a 28-step LSTM of 128 units, batch 128',
  contenders: {
    'tf1 dynamic_rnn': contender((cell, x) => {
      const [outputs] = tf.nn.dynamic_rnn(cell, x, { dtype: tf.float32 });
      return outputs.at('...', -1, { start: null, stop: null });
    }),
    'tf1 static_rnn': contender((cell, x) => {
      const [outputs] = tf.nn.static_rnn(cell, [...tf.unstack(x, STEPS, 1)], {
        dtype: tf.float32,
      });
      return outputs.at(-1)!;
    }),
    'tfjs eager': () => {
      const kernel = tfjs.variable(
        tfjs.tensor2d(numbers((INPUTS + UNITS) * 4 * UNITS, 0.1, 1), [INPUTS + UNITS, 4 * UNITS]),
      );
      const bias = tfjs.variable(tfjs.zeros([4 * UNITS]));
      const w = tfjs.variable(tfjs.zeros([UNITS, CLASSES]));
      const forget = tfjs.scalar(1);
      const optimizer = tfjs.train.sgd(0.01);
      return {
        step: () =>
          tfjs.tidy(() => {
            const x = tfjs.tensor3d(images, [BATCH, STEPS, INPUTS]);
            const y = tfjs.tensor2d(labels, [BATCH, CLASSES]);
            const loss = optimizer.minimize(() => {
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
              return tfjs.losses.softmaxCrossEntropy(
                y,
                tfjs.matMul(h, w as tfjs.Tensor2D),
              ) as tfjs.Scalar;
            }, true);
            return loss!.dataSync()[0];
          }),
      };
    },
  },
};
