/**
 * A training step of the digits convnet: 5x5x32, pool, 5x5x64, pool, 1024, 10. tfjs's wasm backend has
 * no gradient of a convolution, so the others run the forward pass only.
 */

import * as tf from 'tf1';
import { graphModel, tfjs } from '../peers/graph_model.ts';
import { tensorflow } from '../peers/tensorflow.ts';
import type { Workload } from '../workload.ts';

const BATCH = 64;
const SIDE = 28;
const numbers = (size: number, scale: number, phase: number) =>
  Float32Array.from({ length: size }, (_, i) => scale * Math.sin(i * 12.9898 + phase));
const images = numbers(BATCH * SIDE * SIDE, 1, 0);
const labels = new Float32Array(BATCH * 10);
for (let i = 0; i < BATCH; i++) labels[i * 10 + ((i * 7) % 10)] = 1;

/** The shape of each layer's weights. */
const SHAPES = [
  [5, 5, 1, 32],
  [5, 5, 32, 64],
  [7 * 7 * 64, 1024],
  [1024, 10],
] as const;
const weights = SHAPES.map((shape, i) => {
  const size = shape.reduce<number>((a, b) => a * b, 1);
  return numbers(size, 1 / Math.sqrt(size / shape.at(-1)!), i + 1);
});

type Parameter = (value: Float32Array, shape: number[]) => tf.TensorLike;

function build(parameter: Parameter) {
  const x = tf.placeholder(tf.float32, [BATCH, SIDE, SIDE, 1], { name: 'x' });
  const y = tf.placeholder(tf.float32, [BATCH, 10], { name: 'y' });
  const layer = (i: number) =>
    [
      tf.convert_to_tensor(parameter(weights[i]!, [...SHAPES[i]!])),
      parameter(new Float32Array(SHAPES[i]!.at(-1)!), [SHAPES[i]!.at(-1)!]),
    ] as const;
  let h: tf.Tensor = x;
  for (const i of [0, 1]) {
    const [w, b] = layer(i);
    h = tf.nn.relu(tf.add(tf.nn.conv2d(h, w, [1, 1, 1, 1], 'SAME'), b));
    h = tf.nn.max_pool(h, [1, 2, 2, 1], [1, 2, 2, 1], 'SAME');
  }
  const [w2, b2] = layer(2);
  const [w3, b3] = layer(3);
  h = tf.nn.relu(tf.add(tf.matmul(tf.reshape(h, [BATCH, 7 * 7 * 64]), w2), b2));
  const logits = tf.add(tf.matmul(h, w3), b3);
  const loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits({ labels: y, logits }));
  return { x, y, logits, loss };
}

export const workload: Workload = {
  about: 'Adam step of the digits convnet, batch 64',
  contenders: {
    'tf1 session': () =>
      tf.with(new tf.Graph().as_default(), () => {
        const { x, y, loss } = build(
          (value, shape) => new tf.Variable(tf.constant(value, tf.float32, shape)),
        );
        const step = new tf.train.AdamOptimizer(0.001).minimize(loss);
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
      }),
    ...tensorflow(() => {
      const { x, y, loss } = build(
        (value, shape) => new tf.Variable(tf.constant(value, tf.float32, shape)),
      );
      return {
        fetches: [loss, new tf.train.AdamOptimizer(0.001).minimize(loss)],
        init: tf.global_variables_initializer(),
        feed_dict: [
          [x, new tf.NdArray(tf.float32, [BATCH, SIDE, SIDE, 1], images)],
          [y, new tf.NdArray(tf.float32, [BATCH, 10], labels)],
        ],
      };
    }),
    'tf1 session (forward only)': () =>
      tf.with(new tf.Graph().as_default(), () => {
        const { x, logits } = build(
          (value, shape) => new tf.Variable(tf.constant(value, tf.float32, shape)),
        );
        const session = new tf.Session();
        session.run(tf.global_variables_initializer());
        return {
          step: () => session.run(logits, { feed_dict: [[x, images]] }),
          close: () => session.close(),
        };
      }),
    'tfjs eager (forward only)': () => {
      const [k0, k1, w2, w3] = weights.map((w, i) => tfjs.tensor(w, [...SHAPES[i]!])) as [
        tfjs.Tensor4D,
        tfjs.Tensor4D,
        tfjs.Tensor2D,
        tfjs.Tensor2D,
      ];
      const block = (h: tfjs.Tensor4D, k: tfjs.Tensor4D) =>
        tfjs.maxPool(
          tfjs.relu(tfjs.add(tfjs.conv2d(h, k, 1, 'same'), tfjs.zeros([k.shape[3]]))),
          2,
          2,
          'same',
        ) as tfjs.Tensor4D;
      return {
        step: () =>
          tfjs.tidy(() => {
            const h = block(block(tfjs.tensor4d(images, [BATCH, SIDE, SIDE, 1]), k0), k1);
            const flat = tfjs.reshape(h, [BATCH, 7 * 7 * 64]) as tfjs.Tensor2D;
            const hidden = tfjs.relu(
              tfjs.add(tfjs.matMul(flat, w2), tfjs.zeros([1024])),
            ) as tfjs.Tensor2D;
            return tfjs.add(tfjs.matMul(hidden, w3), tfjs.zeros([10])).dataSync();
          }),
      };
    },
    'GraphModel (forward only)': () =>
      tf.with(new tf.Graph().as_default(), () => {
        const { x, logits } = build((value, shape) => tf.constant(value, tf.float32, shape));
        const model = graphModel(tf.get_default_graph(), [logits]);
        return {
          step: () =>
            tfjs.tidy(() => {
              const fed = { [x.op.name]: tfjs.tensor4d(images, [BATCH, SIDE, SIDE, 1]) };
              return (model.execute(fed, logits.op.name) as tfjs.Tensor).dataSync();
            }),
        };
      }),
  },
};
