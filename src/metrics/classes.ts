/** `tf.metrics` of predictions of one class among several. */

import { toTensor } from '../core/convert.ts';
import { float32, float64 } from '../core/dtype.ts';
import { fn } from '../core/signature.ts';
import type { Tensor, TensorLike } from '../core/tensor.ts';
import { add, div, multiply, subtract } from '../ops/arithmetic.ts';
import { cast, to_float, to_int64 } from '../ops/cast.ts';
import { equal, greater, not_equal } from '../ops/compare.ts';
import { confusion_matrix } from '../ops/confusion_matrix.ts';
import { diag_part } from '../ops/diag.ts';
import { ones, ones_like, zeros_like } from '../ops/fill.ts';
import { reduce_mean, reduce_sum } from '../ops/reduce.ts';
import { where } from '../ops/search.ts';
import { expand_dims, reshape, size } from '../ops/shape.ts';
import { assign_add, scatter_add } from '../variables/index.ts';
import { asType, type Keys, type Metric, metric, metricVariable, ratio } from './streaming.ts';

/** One vector; a tensor of rank 1 as it is. */
const flat = (x: Tensor): Tensor => (x.dims?.length === 1 ? x : reshape(x, [-1]));

/** The mean over classes of intersection over union: right ones over all that were, or were predicted as, the class. */
export const mean_iou = fn(
  [
    'labels',
    'predictions',
    'num_classes',
    'weights',
    'metrics_collections',
    'updates_collections',
    'name',
  ],
  (
    labels: TensorLike,
    predictions: TensorLike,
    num_classes: number,
    weights: TensorLike | null = null,
    metrics_collections: Keys = null,
    updates_collections: Keys = null,
    name: string | null = null,
  ): Metric =>
    metric('mean_iou', name, [metrics_collections, updates_collections], () => {
      const total = metricVariable([num_classes, num_classes], 'total_confusion_matrix', float64);
      const current = confusion_matrix(
        flat(to_int64(labels)),
        flat(to_int64(predictions)),
        num_classes,
        { dtype: float64, weights: weights === null ? null : flat(toTensor(weights)) },
      );
      const update = assign_add(total, current) as Tensor;
      return [meanIntersection(total._toTensor(), 'mean_iou'), update];
    }),
);

function meanIntersection(matrix: Tensor, name: string): Tensor {
  const hits = to_float(diag_part(matrix));
  const predicted = to_float(reduce_sum(matrix, 0));
  const labeled = to_float(reduce_sum(matrix, 1));
  const union = subtract(add(predicted, labeled), hits);
  // Classes that never came do not count.
  const count = reduce_sum(cast(not_equal(union, 0), float32));
  const divisor = where(greater(union, 0), union, ones_like(union)) as Tensor;
  const sum = reduce_sum(div(hits, divisor), { name });
  return where(greater(count, 0), div(sum, count), zeros_like(sum)) as Tensor;
}

/** The mean over classes of the share of each class's labels that was predicted. */
export const mean_per_class_accuracy = fn(
  [
    'labels',
    'predictions',
    'num_classes',
    'weights',
    'metrics_collections',
    'updates_collections',
    'name',
  ],
  (
    labels: TensorLike,
    predictions: TensorLike,
    num_classes: number,
    weights: TensorLike | null = null,
    metrics_collections: Keys = null,
    updates_collections: Keys = null,
    name: string | null = null,
  ): Metric =>
    metric(
      'mean_per_class_accuracy',
      name,
      [metrics_collections, updates_collections],
      () => {
        const classes = flat(to_int64(labels));
        const found = flat(toTensor(predictions));
        const total = metricVariable([num_classes], 'total');
        const count = metricVariable([num_classes], 'count');
        let number = ones(expand_dims(size(classes), 0), float32);
        let isCorrect = to_float(equal(asType(found, classes.dtype), classes));
        if (weights !== null) {
          const w = to_float(flat(toTensor(weights)));
          isCorrect = multiply(isCorrect, w);
          number = multiply(number, w);
        }
        const newTotal = scatter_add(total, classes, number) as Tensor;
        const newCount = scatter_add(count, classes, isCorrect) as Tensor;
        const perClass = ratio(count._toTensor(), total._toTensor());
        return [
          reduce_mean(perClass, { name: 'mean_accuracy' }),
          ratio(newCount, newTotal, 'update_op'),
        ];
      },
      'mean_accuracy',
    ),
);
