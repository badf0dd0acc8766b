/** Dense networks and a step of their training, in tf1 and its peers, from the same numbers. */

import * as tf from 'tf1';
import type { Workload } from '../workload.ts';
import { converted } from './graph_model.ts';
import { onnxruntime } from './onnxruntime.ts';
import {
  array,
  constant,
  noise,
  oneHot,
  type Parameter,
  type Program,
  session,
  variable,
} from './program.ts';
import { tensorflow } from './tensorflow.ts';
import { eager, tfjs } from './tfjs.ts';

/** How a network learns, by the name of the optimizer. */
const OPTIMIZERS = {
  Adam: [() => new tf.train.AdamOptimizer(0.001), () => tfjs.train.adam(0.001)],
  SGD: [() => new tf.train.GradientDescentOptimizer(0.01), () => tfjs.train.sgd(0.01)],
} as const;

/** A training step of a network of `sizes` with ReLU between, softmax cross entropy at the end. */
export function denseNetwork(
  sizes: readonly number[],
  batch: number,
  optimizer: keyof typeof OPTIMIZERS,
): Workload {
  const training = () => trainingOf(sizes, batch, optimizer);
  const forward = () => forwardOf(sizes, batch);
  return {
    about: `${optimizer} step of a ${sizes.join('-')} network, batch ${batch}`,
    contenders: {
      'tf1 session': session(training),
      ...tensorflow(training),
      'tfjs eager': () => eagerTraining(sizes, batch, optimizer),
      'tf1 session (forward only)': session(forward),
      'GraphModel (forward only)': converted(forward),
      ...onnxruntime(forward, 'onnxruntime (forward only)'),
    },
  };
}

/** The program of a training step, which fetches the loss too. */
export function trainingOf(
  sizes: readonly number[],
  batch: number,
  optimizer: keyof typeof OPTIMIZERS,
): Program {
  const classes = sizes.at(-1)!;
  const { x, logits } = network(sizes, batch, variable);
  const y = tf.placeholder(tf.float32, [batch, classes], { name: 'y' });
  const loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits({ labels: y, logits }));
  return {
    fetches: [loss, OPTIMIZERS[optimizer][0]().minimize(loss)],
    init: tf.global_variables_initializer(),
    feed_dict: [
      [x, imagesOf(sizes, batch)],
      [y, array(oneHot(batch, classes), [batch, classes])],
    ],
  };
}

function forwardOf(sizes: readonly number[], batch: number): Program {
  const { x, logits } = network(sizes, batch, constant);
  return { fetches: [logits], feed_dict: [[x, imagesOf(sizes, batch)]] };
}

const imagesOf = (sizes: readonly number[], batch: number) =>
  array(noise(batch * sizes[0]!, 1, 0), [batch, sizes[0]!]);

/** The weights of each layer. */
const weightsOf = (sizes: readonly number[]) =>
  sizes.slice(1).map((columns, i) => noise(sizes[i]! * columns, Math.sqrt(2 / sizes[i]!), i + 1));

function network(sizes: readonly number[], batch: number, parameter: Parameter) {
  const x = tf.placeholder(tf.float32, [batch, sizes[0]!], { name: 'x' });
  let h: tf.Tensor = x;
  for (const [i, weights] of weightsOf(sizes).entries()) {
    if (i > 0) h = tf.nn.relu(h);
    const columns = sizes[i + 1]!;
    const bias = parameter(new Float32Array(columns), [columns]);
    h = tf.add(tf.matmul(h, parameter(weights, [sizes[i]!, columns])), bias);
  }
  return { x, logits: h };
}

/** The same step with tfjs's own gradients and optimizer; the loss is read. */
export function eagerTraining(
  sizes: readonly number[],
  batch: number,
  optimizer: keyof typeof OPTIMIZERS,
) {
  const classes = sizes.at(-1)!;
  const images = noise(batch * sizes[0]!, 1, 0);
  const labels = oneHot(batch, classes);
  const variables = weightsOf(sizes).map((weights, i) => {
    const shape: [number, number] = [sizes[i]!, sizes[i + 1]!];
    const w = tfjs.variable(tfjs.tensor2d(weights, shape));
    return [w, tfjs.variable(tfjs.zeros([shape[1]]))] as const;
  });
  const rule = OPTIMIZERS[optimizer][1]();
  return eager(() => {
    const x = tfjs.tensor2d(images, [batch, sizes[0]!]);
    const y = tfjs.tensor2d(labels, [batch, classes]);
    return rule.minimize(() => {
      let h: tfjs.Tensor = x;
      for (const [i, [w, b]] of variables.entries()) {
        if (i > 0) h = tfjs.relu(h);
        h = tfjs.add(tfjs.matMul(h as tfjs.Tensor2D, w as tfjs.Tensor2D), b);
      }
      return tfjs.losses.softmaxCrossEntropy(y, h) as tfjs.Scalar;
    }, true)!;
  });
}
