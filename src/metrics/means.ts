/** `tf.metrics` that are means over all batches: of values, of errors, of hits. */

import { with_ } from '../core/context.ts';
import { toTensor } from '../core/convert.ts';
import { fn } from '../core/signature.ts';
import type { Tensor, TensorLike } from '../core/tensor.ts';
import { div, multiply, subtract } from '../ops/arithmetic.ts';
import { to_float } from '../ops/cast.ts';
import { equal, less } from '../ops/compare.ts';
import { ones_like, zeros_like } from '../ops/fill.ts';
import { minus } from '../ops/infix.ts';
import { abs, sqrt, square } from '../ops/math.ts';
import { reduce_sum } from '../ops/reduce.ts';
import { where } from '../ops/search.ts';
import { broadcastWeights, removeSqueezableDimensions } from '../ops/weights_broadcast.ts';
import { assign_add, variable_scope } from '../variables/index.ts';
import {
  asType,
  collected,
  type Keys,
  type Matched,
  type Metric,
  matched,
  matchedWeights,
  metric,
  metricVariable,
  ratio,
  refuseEager,
  streamingMean,
} from './streaming.ts';

/** The weighted mean of `values`. */
export const mean = fn(
  ['values', 'weights', 'metrics_collections', 'updates_collections', 'name'],
  (
    values: TensorLike,
    weights: TensorLike | null = null,
    metrics_collections: Keys = null,
    updates_collections: Keys = null,
    name: string | null = null,
  ): Metric =>
    metric('mean', name, [metrics_collections, updates_collections], () =>
      streamingMean(values, weights),
    ),
);

/** A mean of what `body` makes of predictions and labels. */
const meanOf = (type: string, body: (parts: Matched) => Tensor) =>
  fn(
    ['labels', 'predictions', 'weights', 'metrics_collections', 'updates_collections', 'name'],
    (
      labels: TensorLike,
      predictions: TensorLike,
      weights: TensorLike | null = null,
      metrics_collections: Keys = null,
      updates_collections: Keys = null,
      name: string | null = null,
    ): Metric => {
      refuseEager(type);
      const parts = matched(predictions, labels, weights);
      const rest = { metrics_collections, updates_collections, name: name ?? type };
      return mean(body(parts), parts.weights, rest);
    },
  );

/** How often predictions equal labels. */
export const accuracy = meanOf('accuracy', ({ labels, predictions }) =>
  to_float(equal(asType(predictions, labels.dtype), labels)),
);
/** The mean of `|labels - predictions|`. */
export const mean_absolute_error = meanOf('mean_absolute_error', ({ labels, predictions }) =>
  abs(subtract(predictions, labels)),
);
/** The mean of `(labels - predictions) ** 2`. */
export const mean_squared_error = meanOf('mean_squared_error', ({ labels, predictions }) =>
  square(subtract(labels, predictions)),
);

/** The root of `mean_squared_error`. */
export const root_mean_squared_error = fn(
  ['labels', 'predictions', 'weights', 'metrics_collections', 'updates_collections', 'name'],
  (
    labels: TensorLike,
    predictions: TensorLike,
    weights: TensorLike | null = null,
    metrics_collections: Keys = null,
    updates_collections: Keys = null,
    name: string | null = null,
  ): Metric => {
    refuseEager('root_mean_squared_error');
    const scope = name ?? 'root_mean_squared_error';
    const [value, update] = mean_squared_error(labels, predictions, weights, { name: scope });
    return collected([metrics_collections, updates_collections], [sqrt(value), sqrt(update)]);
  },
);

/** The mean of `|labels - predictions| / normalizer`, 0 where the normalizer is. */
export const mean_relative_error = fn(
  [
    'labels',
    'predictions',
    'normalizer',
    'weights',
    'metrics_collections',
    'updates_collections',
    'name',
  ],
  (
    labels: TensorLike,
    predictions: TensorLike,
    normalizer: TensorLike,
    weights: TensorLike | null = null,
    metrics_collections: Keys = null,
    updates_collections: Keys = null,
    name: string | null = null,
  ): Metric => {
    refuseEager('mean_relative_error');
    const parts = matched(predictions, labels, weights);
    const [scale, p] = removeSqueezableDimensions(normalizer, parts.predictions);
    const errors = where(
      equal(scale, 0),
      zeros_like(parts.labels),
      div(abs(subtract(parts.labels, p)), scale),
    ) as Tensor;
    const scope = name ?? 'mean_relative_error';
    return mean(errors, parts.weights, { metrics_collections, updates_collections, name: scope });
  },
);

/** `1 - sum(labels * predictions)` along `dim`, for vectors of length 1, on average. */
export const mean_cosine_distance = fn(
  ['labels', 'predictions', 'dim', 'weights', 'metrics_collections', 'updates_collections', 'name'],
  (
    labels: TensorLike,
    predictions: TensorLike,
    dim: number,
    weights: TensorLike | null = null,
    metrics_collections: Keys = null,
    updates_collections: Keys = null,
    name: string | null = null,
  ): Metric => {
    refuseEager('mean_cosine_distance');
    const parts = matched(predictions, labels, weights);
    const products = multiply(parts.predictions, parts.labels);
    const likeness = reduce_sum(products, [dim], { keepdims: true });
    const scope = name ?? 'mean_cosine_distance';
    const [value, update] = mean(likeness, parts.weights, { name: scope });
    const found: Metric = [minus(1, value), minus(1, update)];
    return collected([metrics_collections, updates_collections], found);
  },
);

/** How much of `values` is less than `threshold`. */
export const percentage_below = fn(
  ['values', 'threshold', 'weights', 'metrics_collections', 'updates_collections', 'name'],
  (
    values: TensorLike,
    threshold: number,
    weights: TensorLike | null = null,
    metrics_collections: Keys = null,
    updates_collections: Keys = null,
    name: string | null = null,
  ): Metric => {
    refuseEager('percentage_below');
    const scope = name ?? 'percentage_below_threshold';
    const isBelow = to_float(less(values, threshold));
    return mean(isBelow, weights, { metrics_collections, updates_collections, name: scope });
  },
);

/** The mean of each element of `values`, whose shape must be known. */
export const mean_tensor = fn(
  ['values', 'weights', 'metrics_collections', 'updates_collections', 'name'],
  (
    values: TensorLike,
    weights: TensorLike | null = null,
    metrics_collections: Keys = null,
    updates_collections: Keys = null,
    name: string | null = null,
  ): Metric => {
    refuseEager('mean_tensor');
    return with_(variable_scope(name, 'mean'), () => {
      let x = to_float(toTensor(values));
      const shape = x.shape.as_list() as number[];
      const total = metricVariable(shape, 'total_tensor');
      const count = metricVariable(shape, 'count_tensor');
      let number = ones_like(x);
      const w = matchedWeights(weights, x);
      if (w !== null) {
        const each = broadcastWeights(to_float(w), x);
        x = multiply(x, each);
        number = multiply(number, each);
      }
      const newTotal = assign_add(total, x) as Tensor;
      const newCount = assign_add(count, number) as Tensor;
      return collected(
        [metrics_collections, updates_collections],
        [
          ratio(total._toTensor(), count._toTensor(), 'value'),
          ratio(newTotal, newCount, 'update_op'),
        ],
      );
    });
  },
);
