/** The functions of tf.nn build TensorFlow's nodes: golden/nn_graphs.json. */

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import * as tf from 'tf1';

type Row = readonly [name: string, op: string, inputs: readonly string[]];
const golden = JSON.parse(
  readFileSync(new URL('../golden/nn_graphs.json', import.meta.url), 'utf8'),
) as Record<string, Row[]>;

const { nn } = tf;
type Tensor = tf.Tensor;
const p = (shape: (number | null)[], name: string) => tf.placeholder(tf.float32, shape, name);
const i = (shape: (number | null)[], name: string) => tf.placeholder(tf.int32, shape, name);
const image = () => p([null, 8, 8, 3], 'image');
const kernel = () => p([3, 3, 3, 4], 'kernel');
const one = [1, 1, 1, 1];
const two = [1, 2, 2, 1];

const calls: Record<string, (x: Tensor, y: Tensor) => unknown> = {
  softmax_cross_entropy: (x, y) => nn.softmax_cross_entropy_with_logits({ labels: y, logits: x }),
  softmax_cross_entropy_v2: (x, y) =>
    nn.softmax_cross_entropy_with_logits_v2({ labels: y, logits: x, dim: 0, name: 'entropy' }),
  sparse_softmax_cross_entropy: (x) =>
    nn.sparse_softmax_cross_entropy_with_logits({ labels: i([null], 'l'), logits: x }),
  sigmoid_cross_entropy: (x, y) => nn.sigmoid_cross_entropy_with_logits({ labels: y, logits: x }),
  weighted_cross_entropy: (x, y) => nn.weighted_cross_entropy_with_logits(y, x, 2),
  log_poisson_loss: (x, y) => nn.log_poisson_loss(y, x),
  log_poisson_loss_full: (x, y) => nn.log_poisson_loss(y, x, true),
  moments: (x) => nn.moments(x, [0]),
  normalize_moments: (x, y) => nn.normalize_moments(tf.constant(2), x, y, null),
  batch_normalization: (x, y) => nn.batch_normalization(x, y, y, y, y, 0.001),
  batch_normalization_plain: (x, y) => nn.batch_normalization(x, y, y, null, null, 0.001),
  l2_normalize: (x) => nn.l2_normalize(x, 0),
  xw_plus_b: (x) => nn.xw_plus_b(x, p([3, 2], 'w'), p([2], 'b')),
  relu_layer: (x) => nn.relu_layer(x, p([3, 2], 'w'), p([2], 'b')),
  crelu: (x) => nn.crelu(x),
  relu6: (x) => nn.relu6(x, { name: 'r' }),
  softmax: (x) => nn.softmax(x),
  log_softmax: (x) => nn.log_softmax(x, { name: 's' }),
  bias_add: (x) => nn.bias_add(x, [1, 2, 3]),
  embedding_lookup: (x) => nn.embedding_lookup(x, i([null], 'i')),
  embedding_lookup_parts: (x, y) => nn.embedding_lookup([x, y], i([null], 'i')),
  conv2d: () => nn.conv2d(image(), kernel(), one, 'SAME'),
  conv1d: () => nn.conv1d(p([null, 8, 3], 'image'), p([3, 3, 4], 'kernel'), 1, 'SAME'),
  depthwise_conv2d: () => nn.depthwise_conv2d(image(), kernel(), one, 'SAME'),
  depthwise_conv2d_rate: () =>
    nn.depthwise_conv2d(image(), kernel(), one, 'SAME', { rate: [2, 2] }),
  separable_conv2d: () =>
    nn.separable_conv2d(image(), kernel(), p([1, 1, 12, 5], 'p'), one, 'SAME'),
  atrous_conv2d: () => nn.atrous_conv2d(image(), kernel(), 2, 'SAME'),
  with_space_to_batch: () =>
    nn.with_space_to_batch(image(), [2, 2], 'SAME', (x) => tf.identity(x), {
      filter_shape: [3, 3],
    }),
  with_space_to_batch_valid: () =>
    nn.with_space_to_batch(image(), [2, 2], 'VALID', (x) => tf.identity(x)),
  pool: () => nn.pool(image(), [2, 2], 'MAX', 'SAME'),
  pool_dilated: () => nn.pool(image(), [2, 2], 'AVG', 'VALID', { dilation_rate: [2, 2] }),
  max_pool: () => nn.max_pool(image(), two, two, 'SAME'),
  avg_pool: () => nn.avg_pool(image(), two, two, 'SAME', { name: 'mean' }),
  max_pool_with_argmax: () => nn.max_pool_with_argmax(image(), two, two, 'SAME'),
  lrn: () => nn.lrn(image()),
  top_k: (x) => nn.top_k(x, 2),
  erosion2d: () => nn.erosion2d(image(), p([2, 2, 3], 'k'), one, one, 'SAME'),
};

/** An input as GraphDef writes it: the first output needs no number. */
const inputName = (tensor: Tensor) => tensor.name.replace(/:0$/, '');

test.each(Object.keys(golden))('%s', (name) => {
  const graph = new tf.Graph();
  tf.with(graph.as_default(), () => calls[name]!(p([null, 3], 'x'), p([null, 3], 'y')));
  const rows = graph
    .get_operations()
    .map((op) => [op.name, op.type, op.inputs.map((tensor) => inputName(tensor))]);
  expect(rows).toEqual(golden[name]!.map(([n, op, inputs]) => [n, op, inputs]));
});

// TensorFlow 2.x builds these otherwise; the nodes are those of the 1.8 sources.
test.each([
  [
    'dropout',
    () => nn.dropout(p([null, 3], 'x'), 0.5),
    ['keep_prob', 'Shape', 'random_uniform', 'add', 'Floor', 'div', 'mul'],
  ],
  [
    'zero_fraction',
    () => nn.zero_fraction(p([3], 'x')),
    ['zero', 'Equal', 'Cast', 'Const', 'Mean'],
  ],
  ['LeakyRelu', () => nn.leaky_relu(p([3], 'x')), ['alpha', 'mul', '']],
] as const)('%s as 1.8 builds it', (scope, call, expected) => {
  const graph = new tf.Graph();
  tf.with(graph.as_default(), () => call());
  const names = graph.get_operations().map(({ name }) => name);
  const inScope = names.filter((name) => name === scope || /^[^/]+\/[^/]+$/.test(name));
  const parts = inScope.map((name) => name.slice(scope.length + 1));
  expect(parts).toEqual(expected);
});
