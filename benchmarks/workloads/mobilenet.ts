/** Inference of a network in the shape of MobileNet v1 on one image of 224 x 224: depthwise and pointwise convolutions. */

import * as tf from 'tf1';
import { converted } from '../peers/graph_model.ts';
import { onnxruntime } from '../peers/onnxruntime.ts';
import { array, noise, type Program, session } from '../peers/program.ts';
import { tensorflow } from '../peers/tensorflow.ts';
import type { Workload } from '../workload.ts';

const SIDE = 224;
const CLASSES = 1000;
/** The depth after each block, and its stride. */
const BLOCKS = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [512, 1],
  [1024, 2],
  [1024, 1],
] as const;
const image = noise(SIDE * SIDE * 3, 1, 0);

/** The network, from the same weights each time. */
function mobilenet(): Program {
  let layer = 0;
  /** Weights whose products keep the size of numbers, which `inputs` numbers enter. */
  const weights = (inputs: number, ...shape: number[]) => {
    const size = shape.reduce((a, b) => a * b, 1);
    return tf.constant(noise(size, Math.sqrt(2 / inputs), ++layer), tf.float32, shape);
  };
  /** Adds a bias and rectifies. */
  const activated = (x: tf.Tensor, depth: number) =>
    tf.nn.relu6(tf.nn.bias_add(x, tf.constant(noise(depth, 0.1, ++layer))));

  const x = tf.placeholder(tf.float32, [1, SIDE, SIDE, 3], { name: 'x' });
  let depth = 32;
  let h = activated(tf.nn.conv2d(x, weights(27, 3, 3, 3, depth), [1, 2, 2, 1], 'SAME'), depth);
  for (const [next, stride] of BLOCKS) {
    const steps = [1, stride, stride, 1];
    h = activated(tf.nn.depthwise_conv2d(h, weights(9, 3, 3, depth, 1), steps, 'SAME'), depth);
    h = activated(tf.nn.conv2d(h, weights(depth, 1, 1, depth, next), [1, 1, 1, 1], 'SAME'), next);
    depth = next;
  }
  const logits = tf.matmul(tf.reduce_mean(h, [1, 2]), weights(depth, depth, CLASSES));
  return { fetches: [logits], feed_dict: [[x, array(image, [1, SIDE, SIDE, 3])]] };
}

export const workload: Workload = {
  about: 'inference of a MobileNet v1 shape on one image of 224 x 224',
  contenders: {
    'tf1 session': session(mobilenet),
    ...tensorflow(mobilenet),
    GraphModel: converted(mobilenet),
    ...onnxruntime(mobilenet),
  },
};
