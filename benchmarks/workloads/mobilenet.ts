/** Inference of a network in the shape of MobileNet v1 on one image of 224 x 224: depthwise and pointwise convolutions. */

import * as tf from 'tf1';
import { graphModel, tfjs } from '../peers/graph_model.ts';
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
const numbers = (size: number, scale: number, phase: number) =>
  Float32Array.from({ length: size }, (_, i) => scale * Math.sin(i * 12.9898 + phase));
const image = numbers(SIDE * SIDE * 3, 1, 0);

let layer = 0;
/** Weights whose products keep the size of numbers, which `inputs` numbers enter. */
function weights(inputs: number, ...shape: number[]): tf.Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.constant(numbers(size, Math.sqrt(3 / inputs), ++layer), tf.float32, shape);
}

/** Adds a bias and rectifies. */
function activated(x: tf.Tensor, depth: number): tf.Tensor {
  return tf.nn.relu6(tf.nn.bias_add(x, tf.constant(numbers(depth, 0.1, ++layer))));
}

const graph = new tf.Graph();
const [input, logits] = tf.with(graph.as_default(), () => {
  const x = tf.placeholder(tf.float32, [1, SIDE, SIDE, 3], { name: 'x' });
  let depth = 32;
  let h = activated(tf.nn.conv2d(x, weights(27, 3, 3, 3, depth), [1, 2, 2, 1], 'SAME'), depth);
  for (const [next, stride] of BLOCKS) {
    const steps = [1, stride, stride, 1];
    h = activated(tf.nn.depthwise_conv2d(h, weights(9, 3, 3, depth, 1), steps, 'SAME'), depth);
    h = activated(tf.nn.conv2d(h, weights(depth, 1, 1, depth, next), [1, 1, 1, 1], 'SAME'), next);
    depth = next;
  }
  const features = tf.reduce_mean(h, [1, 2]);
  return [x, tf.matmul(features, weights(depth, depth, CLASSES))] as const;
});

export const workload: Workload = {
  about: 'inference of a MobileNet v1 shape on one image of 224 x 224',
  contenders: {
    'tf1 session': () => {
      const session = new tf.Session('', graph);
      return {
        step: () => session.run(logits, { feed_dict: [[input, image]] }),
        close: () => session.close(),
      };
    },
    GraphModel: () => {
      const model = graphModel(graph, [logits]);
      return {
        step: () =>
          tfjs.tidy(() =>
            (
              model.execute(
                { x: tfjs.tensor4d(image, [1, SIDE, SIDE, 3]) },
                logits.op.name,
              ) as tfjs.Tensor
            ).dataSync(),
          ),
      };
    },
  },
};
