/** Dense networks and their Adam step, in tf1 and in tfjs with its own optimizer, from the same numbers. */

import * as tf from 'tf1';
import type { Workload } from '../workload.ts';
import { graphModel, tfjs } from './graph_model.ts';
import { tensorflow } from './tensorflow.ts';

/** Numbers like those of a freshly initialized layer: no randomness, so that all contenders agree. */
function numbers(size: number, scale: number, phase: number): Float32Array {
  return Float32Array.from({ length: size }, (_, i) => scale * Math.sin(i * 12.9898 + phase));
}

/** One-hot labels of `batch` examples. */
function labelsOf(batch: number, classes: number): Float32Array {
  const labels = new Float32Array(batch * classes);
  for (let i = 0; i < batch; i++) labels[i * classes + ((i * 7) % classes)] = 1;
  return labels;
}

/** The Adam step of a network of `sizes` with ReLU between, softmax cross entropy at the end. */
export function denseNetwork(sizes: readonly number[], batch: number): Workload {
  const classes = sizes.at(-1)!;
  const images = numbers(batch * sizes[0]!, 1, 0);
  const labels = labelsOf(batch, classes);
  const weights = sizes
    .slice(1)
    .map((columns, i) => numbers(sizes[i]! * columns, 1 / Math.sqrt(sizes[i]!), i + 1));

  return {
    about: `Adam step of a ${sizes.join('-')} network, batch ${batch}`,
    contenders: {
      'tf1 session': () => {
        const graph = new tf.Graph();
        return tf.with(graph.as_default(), () => {
          const { x, y, loss } = build(sizes, weights);
          const step = new tf.train.AdamOptimizer(0.001).minimize(loss);
          const fed = new tf.NdArray(tf.float32, [batch, sizes[0]!], images);
          const truth = new tf.NdArray(tf.float32, [batch, classes], labels);
          const session = new tf.Session();
          session.run(tf.global_variables_initializer());
          return {
            step: () =>
              session.run([loss, step], {
                feed_dict: [
                  [x, fed],
                  [y, truth],
                ],
              })[0],
            close: () => session.close(),
          };
        });
      },
      ...tensorflow(() => {
        const { x, y, loss } = build(sizes, weights);
        const step = new tf.train.AdamOptimizer(0.001).minimize(loss);
        return {
          fetches: [loss, step],
          init: tf.global_variables_initializer(),
          feed_dict: [
            [x, new tf.NdArray(tf.float32, [batch, sizes[0]!], images)],
            [y, new tf.NdArray(tf.float32, [batch, classes], labels)],
          ],
        };
      }),
      'tfjs eager': () => {
        const variables = weights.map(
          (w, i) =>
            [
              tfjs.variable(tfjs.tensor2d(w, [sizes[i]!, sizes[i + 1]!])),
              tfjs.variable(tfjs.zeros([sizes[i + 1]!])),
            ] as const,
        );
        const optimizer = tfjs.train.adam(0.001);
        return {
          step: () =>
            tfjs.tidy(() => {
              const x = tfjs.tensor2d(images, [batch, sizes[0]!]);
              const y = tfjs.tensor2d(labels, [batch, classes]);
              const loss = optimizer.minimize(() => {
                let h: tfjs.Tensor = x;
                variables.forEach(([w, b], i) => {
                  h = tfjs.add(tfjs.matMul(h as tfjs.Tensor2D, w as tfjs.Tensor2D), b);
                  if (i < variables.length - 1) h = tfjs.relu(h);
                });
                return tfjs.losses.softmaxCrossEntropy(y, h) as tfjs.Scalar;
              }, true);
              return loss!.dataSync()[0];
            }),
        };
      },
      'GraphModel (forward only)': () => {
        const graph = new tf.Graph();
        return tf.with(graph.as_default(), () => {
          const { x, logits } = build(sizes, weights, (value, shape) =>
            tf.constant(value, tf.float32, shape),
          );
          const model = graphModel(graph, [logits]);
          return {
            step: () =>
              tfjs.tidy(() => {
                const fed = { [x.op.name]: tfjs.tensor2d(images, [batch, sizes[0]!]) };
                return (model.execute(fed, logits.op.name) as tfjs.Tensor).dataSync();
              }),
          };
        });
      },
    },
  };
}

type Parameter = (value: Float32Array, shape: number[]) => tf.TensorLike;
const variable: Parameter = (value, shape) =>
  new tf.Variable(tf.constant(value, tf.float32, shape));

function build(
  sizes: readonly number[],
  weights: readonly Float32Array[],
  parameter: Parameter = variable,
) {
  const x = tf.placeholder(tf.float32, [null, sizes[0]!], { name: 'x' });
  const y = tf.placeholder(tf.float32, [null, sizes.at(-1)!], { name: 'y' });
  let h: tf.Tensor = x;
  weights.forEach((w, i) => {
    const columns = sizes[i + 1]!;
    h = tf.add(
      tf.matmul(h, parameter(w, [sizes[i]!, columns])),
      parameter(new Float32Array(columns), [columns]),
    );
    if (i < weights.length - 1) h = tf.nn.relu(h);
  });
  const loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits({ labels: y, logits: h }));
  return { x, y, logits: h, loss };
}
