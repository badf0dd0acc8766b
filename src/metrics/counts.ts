/** `tf.metrics` that count hits and misses of yes-or-no predictions, and their ratios. */

import { bool } from '../core/dtype.ts';
import { fn } from '../core/signature.ts';
import type { Tensor, TensorLike } from '../core/tensor.ts';
import { add } from '../ops/arithmetic.ts';
import { cast } from '../ops/cast.ts';
import { logical_and, logical_not } from '../ops/compare.ts';
import {
  type Keys,
  type Matched,
  type Metric,
  matched,
  metric,
  ratio,
  streamingCount,
} from './streaming.ts';

type Pick = (labels: Tensor, predictions: Tensor) => Tensor;

function asFlags(labels: TensorLike, predictions: TensorLike, weights: TensorLike | null): Matched {
  return matched(cast(predictions, bool), cast(labels, bool), weights);
}

const counting = (type: string, pick: Pick) =>
  fn(
    ['labels', 'predictions', 'weights', 'metrics_collections', 'updates_collections', 'name'],
    (
      labels: TensorLike,
      predictions: TensorLike,
      weights: TensorLike | null = null,
      metrics_collections: Keys = null,
      updates_collections: Keys = null,
      name: string | null = null,
    ): Metric =>
      metric(type, name, [metrics_collections, updates_collections], () => {
        const parts = asFlags(labels, predictions, weights);
        return streamingCount(pick(parts.labels, parts.predictions), parts.weights);
      }),
  );

/** How often yes was predicted rightly. */
export const true_positives = counting('true_positives', (l, p) => logical_and(l, p));
/** How often no was predicted rightly. */
export const true_negatives = counting('true_negatives', (l, p) =>
  logical_and(logical_not(l), logical_not(p)),
);
/** How often yes was predicted wrongly. */
export const false_positives = counting('false_positives', (l, p) =>
  logical_and(logical_not(l), p),
);
/** How often no was predicted wrongly. */
export const false_negatives = counting('false_negatives', (l, p) =>
  logical_and(l, logical_not(p)),
);

/** The share of true positives in them and what `misses` counts. */
const shareOfHits = (type: string, misses: typeof true_positives) =>
  fn(
    ['labels', 'predictions', 'weights', 'metrics_collections', 'updates_collections', 'name'],
    (
      labels: TensorLike,
      predictions: TensorLike,
      weights: TensorLike | null = null,
      metrics_collections: Keys = null,
      updates_collections: Keys = null,
      name: string | null = null,
    ): Metric =>
      metric(type, name, [metrics_collections, updates_collections], () => {
        const parts = asFlags(labels, predictions, weights);
        const [hits, newHits] = true_positives(parts.labels, parts.predictions, parts.weights);
        const [missed, newMissed] = misses(parts.labels, parts.predictions, parts.weights);
        return [
          ratio(hits, add(hits, missed), 'value'),
          ratio(newHits, add(newHits, newMissed), 'update_op'),
        ];
      }),
  );

/** The share of right ones among the predictions of yes. */
export const precision = shareOfHits('precision', false_positives);
/** The share of those predicted among the labels of yes. */
export const recall = shareOfHits('recall', false_negatives);
