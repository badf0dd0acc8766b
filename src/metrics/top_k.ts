/** `tf.metrics` of the best `k` of many classes, where a row may have several labels. */

import { toTensor } from '../core/convert.ts';
import { float64, int32, int64 } from '../core/dtype.ts';
import { fn } from '../core/signature.ts';
import { SparseTensor } from '../core/sparse_tensor.ts';
import type { Tensor, TensorLike } from '../core/tensor.ts';
import { add, div, minimum, multiply, subtract } from '../ops/arithmetic.ts';
import { fill, ones_like } from '../ops/array.ts';
import { cast, to_double, to_int64 } from '../ops/cast.ts';
import { equal, greater, logical_and, logical_not, not_equal } from '../ops/compare.ts';
import { reduce_any, reduce_sum } from '../ops/reduce.ts';
import { cumsum } from '../ops/scan.ts';
import { top_k } from '../ops/search.ts';
import { range } from '../ops/sequence.ts';
import { expand_dims, shape } from '../ops/shape.ts';
import { sparse_tensor_to_dense } from '../ops/sparse.ts';
import { broadcastWeights } from '../ops/weights_broadcast.ts';
import { assign_add } from '../variables/index.ts';
import { type Keys, type Metric, metric, metricVariable, ratio } from './streaming.ts';

/** Stands where a row of sparse labels has fewer than others. */
const NO_LABEL = -(2 ** 31);

/** Labels of one row or more, `[..., labels]`, beside predictions `[..., k]`. */
function labelsOf(labels: TensorLike | SparseTensor, predictions: Tensor): Tensor {
  if (labels instanceof SparseTensor) {
    return sparse_tensor_to_dense(labels, toTensor(NO_LABEL, labels.dtype.base_dtype));
  }
  const given = toTensor(labels, null, 'labels', int64);
  const ranks = [given.dims?.length ?? null, predictions.dims?.length ?? null];
  const isFlat = ranks[0] !== null && ranks[1] !== null && ranks[0] === ranks[1]! - 1;
  return to_int64(isFlat ? expand_dims(given, -1) : given);
}

/** Which elements of each row come for the first time: what is a set counts each but once. */
function firsts(rows: Tensor): Tensor {
  const places = range(shape(rows).at(-1));
  const isBefore = greater(expand_dims(places, -1), expand_dims(places, 0));
  const isSame = equal(expand_dims(rows, -1), expand_dims(rows, -2));
  return logical_not(reduce_any(logical_and(isSame, isBefore), -1));
}

type Counts = readonly [hits: Tensor, wrong: Tensor, missed: Tensor];

/** For each row how many labels are among the predictions, how many predictions are not, how many labels are missed. */
function countsOf(labels: Tensor, predictions: Tensor, classId: number | null): Counts {
  const asked = (rows: Tensor): Tensor => {
    const distinct = logical_and(firsts(rows), not_equal(rows, toTensor(NO_LABEL, int64)));
    return classId === null ? distinct : logical_and(distinct, equal(rows, classId));
  };
  const [wanted, chosen] = [asked(labels), asked(predictions)];
  const pairs = equal(expand_dims(labels, -1), expand_dims(predictions, -2));
  const isFound = reduce_any(pairs, -1);
  const count = (flags: Tensor): Tensor => reduce_sum(to_double(flags), -1);
  const hits = count(logical_and(wanted, isFound));
  return [hits, subtract(count(chosen), hits), count(logical_and(wanted, logical_not(isFound)))];
}

function nameAt(base: string, k: number | null, classId: number | null): string {
  const at = k === null ? `${base}_at_k` : `${base}_at_${k}`;
  return classId === null ? at : `${at}_class${classId}`;
}

interface Question {
  readonly labels: TensorLike | SparseTensor;
  readonly k: number | null;
  readonly class_id: number | null;
  readonly weights: TensorLike | null;
}

/** Adds up counts over all batches. */
function streamed(counts: Tensor, kind: string, { k, class_id, weights }: Question): Metric {
  const weighted =
    weights === null ? counts : multiply(counts, broadcastWeights(to_double(weights), counts));
  const total = metricVariable([], nameAt(kind, k, class_id), float64);
  return [total._toTensor(), assign_add(total, reduce_sum(weighted)) as Tensor];
}

/** The share of hits in hits and misses, of one kind of miss. */
function shareOfHits(
  question: Question,
  chosen: Tensor,
  kind: 'false_positive' | 'false_negative',
) {
  const predictions = to_int64(chosen);
  const labels = labelsOf(question.labels, predictions);
  const [hits, wrong, missed] = countsOf(labels, predictions, question.class_id);
  const [tp, newTp] = streamed(hits, 'true_positive', question);
  const other = kind === 'false_positive' ? wrong : missed;
  const [misses, newMisses] = streamed(other, kind, question);
  const found: Metric = [
    div(tp, add(tp, misses), 'value'),
    div(newTp, add(newTp, newMisses), 'update'),
  ];
  return found;
}

const atTopK = (base: string, kind: 'false_positive' | 'false_negative') =>
  fn(
    [
      'labels',
      'predictions_idx',
      'k',
      'class_id',
      'weights',
      'metrics_collections',
      'updates_collections',
      'name',
    ],
    (
      labels: TensorLike | SparseTensor,
      predictions_idx: TensorLike,
      k: number | null = null,
      class_id: number | null = null,
      weights: TensorLike | null = null,
      metrics_collections: Keys = null,
      updates_collections: Keys = null,
      name: string | null = null,
    ): Metric =>
      metric(
        `${base}_at_top_k`,
        name,
        [metrics_collections, updates_collections],
        () =>
          shareOfHits(
            { labels, k, class_id, weights },
            toTensor(predictions_idx, null, 'predictions_idx', int64),
            kind,
          ),
        nameAt(base, k, class_id),
      ),
  );

/** The share of labels among `predictions_idx`, `[..., k]`: what was predicted, given as classes. */
export const precision_at_top_k = atTopK('precision', 'false_positive');
/** The share of the labels that are among `predictions_idx`, `[..., k]`. */
export const recall_at_top_k = atTopK('recall', 'false_negative');

const atK = (base: string, kind: 'false_positive' | 'false_negative') =>
  fn(
    [
      'labels',
      'predictions',
      'k',
      'class_id',
      'weights',
      'metrics_collections',
      'updates_collections',
      'name',
    ],
    (
      labels: TensorLike | SparseTensor,
      predictions: TensorLike,
      k: number,
      class_id: number | null = null,
      weights: TensorLike | null = null,
      metrics_collections: Keys = null,
      updates_collections: Keys = null,
      name: string | null = null,
    ): Metric =>
      metric(
        `${base}_at_k`,
        name,
        [metrics_collections, updates_collections],
        () => shareOfHits({ labels, k, class_id, weights }, top_k(predictions, k).indices, kind),
        nameAt(base, k, class_id),
      ),
  );

/** The share of labels among the `k` classes of the highest `predictions`, for one class or for all. */
export const precision_at_k = atK('precision', 'false_positive');
/** The share of the labels that are among the `k` classes of the highest `predictions`. */
export const recall_at_k = atK('recall', 'false_negative');
/** `precision_at_k` under its older name. */
export const sparse_precision_at_k = atK('precision', 'false_positive');

/** For each row the mean precision at the places of its labels, among the best predictions. */
function averagePrecision(given: TensorLike | SparseTensor, predictions: Tensor): Tensor {
  const labels = labelsOf(given, predictions);
  const places = shape(predictions).at(-1);
  const pairs = equal(expand_dims(predictions, -1), expand_dims(labels, -2));
  const isHit = to_double(reduce_any(pairs, -1));
  const precision = div(cumsum(isHit, -1), cumsum(ones_like(isHit), -1));
  const sum = reduce_sum(multiply(precision, isHit), -1);
  const isLabel = logical_and(firsts(labels), not_equal(labels, toTensor(NO_LABEL, int64)));
  // Only the labels of sparse tensors count each but once.
  const wanted =
    given instanceof SparseTensor
      ? reduce_sum(cast(isLabel, int32), -1)
      : fill(shape(sum), shape(labels).at(-1));
  return div(sum, to_double(minimum(wanted, places)));
}

const averagePrecisionAtK = fn(
  ['labels', 'predictions', 'k', 'weights', 'metrics_collections', 'updates_collections', 'name'],
  (
    labels: TensorLike | SparseTensor,
    predictions: TensorLike,
    k: number,
    weights: TensorLike | null = null,
    metrics_collections: Keys = null,
    updates_collections: Keys = null,
    name: string | null = null,
  ): Metric =>
    metric(
      'average_precision_at_k',
      name,
      [metrics_collections, updates_collections],
      () => {
        const best = to_int64(top_k(predictions, k).indices);
        const values = averagePrecision(labels, best);
        const shares = broadcastWeights(to_double(weights ?? 1), values);
        const most = metricVariable([], 'max', float64);
        const total = metricVariable([], 'total', float64);
        const newMost = assign_add(most, reduce_sum(shares)) as Tensor;
        const newTotal = assign_add(total, reduce_sum(multiply(values, shares))) as Tensor;
        return [ratio(total._toTensor(), most._toTensor(), 'mean'), ratio(newTotal, newMost)];
      },
      nameAt('average_precision', k, null),
    ),
);

/**
 * The mean over rows of their average precision: of the precisions at those of the `k` best
 * predictions that are labels, over the number of labels, at most `k`.
 */
export const average_precision_at_k = averagePrecisionAtK;
/** `average_precision_at_k` under its older name. */
export const sparse_average_precision_at_k = averagePrecisionAtK;
