/**
 * A training step of the digits convnet: 5x5x32, pool, 5x5x64, pool, 1024, 10. tfjs's wasm backend has
 * no gradient of a convolution: its cpu backend has one, which takes more than a minute. onnxruntime and
 * GraphModel run the forward pass only.
 */

import * as tf from 'tf1';
import { converted } from '../peers/graph_model.ts';
import { onnxruntime } from '../peers/onnxruntime.ts';
import {
  array,
  constant,
  noise,
  oneHot,
  type Parameter,
  type Program,
  session,
  variable,
} from '../peers/program.ts';
import { tensorflow } from '../peers/tensorflow.ts';
import { eager, tfjs } from '../peers/tfjs.ts';
import type { Workload } from '../workload.ts';

const BATCH = 64;
const SIDE = 28;
const images = noise(BATCH * SIDE * SIDE, 1, 0);
const labels = oneHot(BATCH, 10);

/** The shape of each layer's weights. */
const SHAPES = [
  [5, 5, 1, 32],
  [5, 5, 32, 64],
  [7 * 7 * 64, 1024],
  [1024, 10],
] as const;
const weights = SHAPES.map((shape, i) => {
  const size = shape.reduce<number>((a, b) => a * b, 1);
  return noise(size, Math.sqrt((2 * shape.at(-1)!) / size), i + 1);
});

function network(parameter: Parameter) {
  const x = tf.placeholder(tf.float32, [BATCH, SIDE, SIDE, 1], { name: 'x' });
  const layer = (i: number) => {
    const columns = SHAPES[i]!.at(-1)!;
    const bias = parameter(new Float32Array(columns), [columns]);
    return [parameter(weights[i]!, SHAPES[i]!), bias] as const;
  };
  let h: tf.Tensor = x;
  for (const i of [0, 1]) {
    const [w, b] = layer(i);
    h = tf.nn.relu(tf.add(tf.nn.conv2d(h, w, [1, 1, 1, 1], 'SAME'), b));
    h = tf.nn.max_pool(h, [1, 2, 2, 1], [1, 2, 2, 1], 'SAME');
  }
  const [w2, b2] = layer(2);
  const [w3, b3] = layer(3);
  h = tf.nn.relu(tf.add(tf.matmul(tf.reshape(h, [BATCH, 7 * 7 * 64]), w2), b2));
  return { x, logits: tf.add(tf.matmul(h, w3), b3) };
}

function training(): Program {
  const { x, logits } = network(variable);
  const y = tf.placeholder(tf.float32, [BATCH, 10], { name: 'y' });
  const loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits({ labels: y, logits }));
  return {
    fetches: [loss, new tf.train.AdamOptimizer(0.001).minimize(loss)],
    init: tf.global_variables_initializer(),
    feed_dict: [
      [x, array(images, [BATCH, SIDE, SIDE, 1])],
      [y, array(labels, [BATCH, 10])],
    ],
  };
}

function forward(): Program {
  const { x, logits } = network(constant);
  return { fetches: [logits], feed_dict: [[x, array(images, [BATCH, SIDE, SIDE, 1])]] };
}

/** tfjs's variables, and the logits that it computes of them. */
function eagerNetwork() {
  const layers = weights.map((w, i) => {
    const shape = SHAPES[i]!;
    const bias = tfjs.variable(tfjs.zeros([shape.at(-1)!]));
    return [tfjs.variable(tfjs.tensor(w, [...shape])), bias] as const;
  });
  return () => {
    let h: tfjs.Tensor = tfjs.tensor4d(images, [BATCH, SIDE, SIDE, 1]);
    for (const [w, b] of layers.slice(0, 2)) {
      const conv = tfjs.conv2d(h as tfjs.Tensor4D, w as tfjs.Tensor4D, 1, 'same');
      h = tfjs.maxPool(tfjs.relu(tfjs.add(conv, b)) as tfjs.Tensor4D, 2, 2, 'same');
    }
    h = tfjs.reshape(h, [BATCH, 7 * 7 * 64]);
    for (const [i, [w, b]] of layers.slice(2).entries()) {
      if (i > 0) h = tfjs.relu(h);
      h = tfjs.add(tfjs.matMul(h as tfjs.Tensor2D, w as tfjs.Tensor2D), b);
    }
    return h;
  };
}

export const workload: Workload = {
  about: 'Adam step of the digits convnet, batch 64',
  contenders: {
    'tf1 session': session(training),
    ...tensorflow(training),
    'tf1 session (forward only)': session(forward),
    'tfjs eager (forward only)': () => eager(eagerNetwork()),
    'GraphModel (forward only)': converted(forward),
    ...onnxruntime(forward, 'onnxruntime (forward only)'),
  },
  slow: {
    'tfjs eager on cpu': async () => {
      await tfjs.setBackend('cpu');
      const logits = eagerNetwork();
      const optimizer = tfjs.train.adam(0.001);
      return eager(() => {
        const y = tfjs.tensor2d(labels, [BATCH, 10]);
        const loss = () => tfjs.losses.softmaxCrossEntropy(y, logits()) as tfjs.Scalar;
        return optimizer.minimize(loss, true)!;
      });
    },
  },
};
