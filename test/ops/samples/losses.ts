/** Samples of `tf.losses`, and of the weights that they share with metrics. */

import { f32, i32, i64, sample, spread, u8 } from '../sample.ts';

const labels = spread([3, 4], 0, 1);
const predictions = spread([3, 4], 0.05, 0.9);
const logits = spread([3, 4], -3, 3);
const classes = i32([2, 0, 3]);
const onehot = f32([
  [0, 0, 1, 0],
  [1, 0, 0, 0],
  [0, 0, 0, 1],
]);
const bits = f32([
  [0, 1, 1, 0],
  [1, 0, 0, 1],
  [1, 1, 0, 0],
]);
const perRow = f32([[1], [0], [2.5]]);
const weights = [2.5, 0, perRow, f32([[1, 0, 2, 0.5]]), spread([3, 4], 0, 2)];
const reductions = [
  'none',
  'weighted_sum',
  'weighted_mean',
  'weighted_sum_over_batch_size',
  'weighted_sum_by_nonzero_weights',
];

const loss = (name: string, a: unknown, b: unknown, kwargs = {}) => [
  sample(`losses.${name}`, [a, b], kwargs),
  sample(`losses.${name}`, [a, b, perRow], kwargs),
  sample(`losses.${name}`, [a, b, 0], kwargs),
];

export const losses = {
  weighted: [
    ...weights.map((weight) => sample('losses.compute_weighted_loss', [logits, weight])),
    ...reductions.flatMap((reduction) => [
      sample('losses.compute_weighted_loss', [logits, perRow], { reduction }),
      sample('losses.compute_weighted_loss', [logits], { reduction }),
    ]),
    sample('losses.compute_weighted_loss', [spread([2, 3, 2]), spread([2, 1, 2], 0, 1)]),
  ],
  absolute_difference: [
    ...loss('absolute_difference', labels, predictions),
    sample('losses.absolute_difference', [u8([1, 2, 3]), f32([1.5, 0, 3])]),
  ],
  mean_squared_error: loss('mean_squared_error', labels, predictions),
  cosine_distance: [
    sample('losses.cosine_distance', [labels, predictions, 1]),
    sample('losses.cosine_distance', [labels, predictions], { axis: 0, weights: 0.5 }),
    sample('losses.cosine_distance', [labels, predictions, 1, perRow]),
  ],
  hinge_loss: loss('hinge_loss', bits, logits),
  huber_loss: loss('huber_loss', labels, logits, { delta: 0.7 }),
  log_loss: loss('log_loss', bits, predictions, { epsilon: 1e-5 }),
  mean_pairwise_squared_error: [
    ...loss('mean_pairwise_squared_error', labels, predictions),
    sample('losses.mean_pairwise_squared_error', [spread([2, 3, 2]), spread([2, 3, 2], 0, 1)]),
  ],
  sigmoid_cross_entropy: [
    ...loss('sigmoid_cross_entropy', bits, logits),
    ...loss('sigmoid_cross_entropy', bits, logits, { label_smoothing: 0.1 }),
    sample('losses.sigmoid_cross_entropy', [i32([[0, 1, 1]]), f32([[1, -1, 2]])]),
  ],
  softmax_cross_entropy: [
    sample('losses.softmax_cross_entropy', [onehot, logits], {}, { gradient: false }),
    sample(
      'losses.softmax_cross_entropy',
      [onehot, logits, f32([1, 0, 2])],
      {
        label_smoothing: 0.2,
      },
      { gradient: false },
    ),
    sample('losses.softmax_cross_entropy', [i32([[0, 1, 0]]), f32([[1, -1, 2]])]),
  ],
  sparse_softmax_cross_entropy: [
    sample('losses.sparse_softmax_cross_entropy', [classes, logits]),
    sample('losses.sparse_softmax_cross_entropy', [i64([[2], [0], [3]]), logits, f32([1, 0, 2])]),
    sample('losses.sparse_softmax_cross_entropy', [classes, logits, perRow]),
  ],
};
