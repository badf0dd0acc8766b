/** `tf.metrics` of predictions in [0, 1] that become yes above a threshold, for many thresholds at once. */

import { toTensor } from '../core/convert.ts';
import { bool, float32, int32 } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { controlDependencies } from '../core/mode.ts';
import { fn } from '../core/signature.ts';
import type { Tensor, TensorLike } from '../core/tensor.ts';
import { add, div, maximum, minimum, multiply, subtract } from '../ops/arithmetic.ts';
import { assert_greater_equal, assert_less_equal } from '../ops/assertions.ts';
import { cast, to_float, to_int64 } from '../ops/cast.ts';
import { equal, greater, logical_and, logical_not } from '../ops/compare.ts';
import { constant } from '../ops/constant.ts';
import { ones_like } from '../ops/fill.ts';
import { plus } from '../ops/infix.ts';
import { abs, log } from '../ops/math.ts';
import { argmax, argmin, reduce_min, reduce_sum } from '../ops/reduce.ts';
import { cumsum } from '../ops/scan.ts';
import { where } from '../ops/search.ts';
import { reshape } from '../ops/shape.ts';
import { broadcastWeights } from '../ops/weights_broadcast.ts';
import { assign_add } from '../variables/index.ts';
import { type Keys, type Metric, matched, metric, metricVariable, ratio } from './streaming.ts';

/** What to count: predictions of yes and no that are right (`t`) or wrong (`f`). */
type Kind = 'tp' | 'fn' | 'tn' | 'fp';
const NAMES: Readonly<Record<Kind, string>> = {
  tp: 'true_positives',
  fn: 'false_negatives',
  tn: 'true_negatives',
  fp: 'false_positives',
};
type Counts = Readonly<Record<Kind, Tensor>>;

const EPSILON = 1e-7;

interface Given {
  readonly labels: TensorLike;
  readonly predictions: TensorLike;
  readonly weights: TensorLike | null;
}

/** The counts over all batches, one per threshold: as they are, and after this batch. */
function countsAt(
  { labels, predictions, weights }: Given,
  thresholds: readonly number[],
  kinds: readonly Kind[],
): [values: Counts, updates: Counts] {
  const given = toTensor(predictions, null, 'predictions');
  const one = (x: number) => cast(x, given.dtype.base_dtype);
  const message = 'predictions must be in [0, 1]';
  const checks = [
    assert_greater_equal(given, one(0), { message }),
    assert_less_equal(given, one(1), { message }),
  ].filter((check) => check !== null);
  const parts = controlDependencies(checks, () =>
    matched(to_float(given), cast(labels, bool), weights),
  );
  const limits = constant([...thresholds], float32, [thresholds.length, 1]);
  const isYes = greater(reshape(parts.predictions, [1, -1]), limits);
  const wasYes = reshape(parts.labels, [1, -1]);
  const each =
    parts.weights && reshape(broadcastWeights(to_float(parts.weights), parts.predictions), [1, -1]);
  const values: Record<string, Tensor> = {};
  const updates: Record<string, Tensor> = {};
  for (const kind of kinds) {
    const total = metricVariable([thresholds.length], NAMES[kind]);
    const predicted = kind.endsWith('p') ? isYes : logical_not(isYes);
    const label = kind === 'tp' || kind === 'fn' ? wasYes : logical_not(wasYes);
    const hits = to_float(logical_and(label, predicted));
    const weighted = each === null ? hits : multiply(hits, each);
    values[kind] = total._toTensor();
    updates[kind] = assign_add(total, reduce_sum(weighted, 1)) as Tensor;
  }
  return [values as Counts, updates as Counts];
}

/** A metric that follows from counts at thresholds. */
function fromCounts(
  given: Given,
  thresholds: readonly number[],
  kinds: readonly Kind[],
  compute: (counts: Counts, name: string) => Tensor,
): Metric {
  const [values, updates] = countsAt(given, thresholds, kinds);
  return [compute(values, 'value'), compute(updates, 'update_op')];
}

const atThresholds = (
  type: string,
  base: string,
  kinds: readonly Kind[],
  compute: (counts: Counts, name: string) => Tensor,
) =>
  fn(
    [
      'labels',
      'predictions',
      'thresholds',
      'weights',
      'metrics_collections',
      'updates_collections',
      'name',
    ],
    (
      labels: TensorLike,
      predictions: TensorLike,
      thresholds: readonly number[],
      weights: TensorLike | null = null,
      metrics_collections: Keys = null,
      updates_collections: Keys = null,
      name: string | null = null,
    ): Metric =>
      metric(
        type,
        name,
        [metrics_collections, updates_collections],
        () => fromCounts({ labels, predictions, weights }, thresholds, kinds, compute),
        base,
      ),
  );

const share = (hits: Tensor, misses: Tensor, name: string): Tensor =>
  div(hits, plus(EPSILON, add(hits, misses)), name);

/** `true_positives` for each threshold. */
export const true_positives_at_thresholds = atThresholds(
  'true_positives_at_thresholds',
  'true_positives',
  ['tp'],
  ({ tp }) => tp,
);
/** `true_negatives` for each threshold. */
export const true_negatives_at_thresholds = atThresholds(
  'true_negatives_at_thresholds',
  'true_negatives',
  ['tn'],
  ({ tn }) => tn,
);
/** `false_positives` for each threshold. */
export const false_positives_at_thresholds = atThresholds(
  'false_positives_at_thresholds',
  'false_positives',
  ['fp'],
  ({ fp }) => fp,
);
/** `false_negatives` for each threshold. */
export const false_negatives_at_thresholds = atThresholds(
  'false_negatives_at_thresholds',
  'false_negatives',
  ['fn'],
  (counts) => counts.fn,
);
/** `precision` for each threshold. */
export const precision_at_thresholds = atThresholds(
  'precision_at_thresholds',
  'precision_at_thresholds',
  ['tp', 'fp'],
  ({ tp, fp }, name) => share(tp, fp, `precision_${name}`),
);
/** `recall` for each threshold. */
export const recall_at_thresholds = atThresholds(
  'recall_at_thresholds',
  'recall_at_thresholds',
  ['tp', 'fn'],
  (counts, name) => share(counts.tp, counts.fn, `recall_${name}`),
);

// ---- areas under curves ------------------------------------------------------------------------

/** Evenly spaced thresholds, the outer ones beyond what predictions can be, or at `last`. */
function evenThresholds(count: number, last: number = 1 + EPSILON): number[] {
  const inner = Array.from({ length: count - 2 }, (_, i) => (i + 1) / (count - 1));
  return [-EPSILON, ...inner, last];
}

/** What is added so that nothing is divided by zero. */
const SMALL = 1e-6;
const before = (x: Tensor): Tensor => x.at(':-1');
const after = (x: Tensor): Tensor => x.at('1:');

/** How the area between two points of a curve is taken. */
type Summation = 'trapezoidal' | 'minoring' | 'majoring' | 'careful_interpolation';

const HEIGHTS: Readonly<Record<Summation, (y: Tensor) => Tensor>> = {
  trapezoidal: (y) => add(before(y), after(y)).div(2),
  careful_interpolation: (y) => add(before(y), after(y)).div(2),
  minoring: (y) => minimum(before(y), after(y)),
  majoring: (y) => maximum(before(y), after(y)),
};

/** Davis and Goadrich, The relationship between precision-recall and ROC curves, 2006. */
function interpolatedArea({ tp, fp, fn: missed }: Counts, name: string): Tensor {
  const gained = subtract(before(tp), after(tp));
  const positives = add(tp, fp);
  const [p, q] = [before(positives), after(positives)];
  const slope = ratio(gained, subtract(p, q), 'prec_slope');
  const intercept = subtract(after(tp), multiply(slope, q));
  const isDefined = logical_and(greater(p, 0), greater(q, 0));
  const growth = where(isDefined, ratio(p, q, 'recall_relative_ratio'), ones_like(q)) as Tensor;
  const area = multiply(slope, add(gained, multiply(intercept, log(growth))));
  const parts = ratio(area, add(after(tp), after(missed)), 'pr_auc_increment');
  return reduce_sum(parts, { name });
}

/** The area under the ROC curve, or under that of precision over recall (`'PR'`), by a sum over thresholds. */
export const auc = fn(
  [
    'labels',
    'predictions',
    'weights',
    'num_thresholds',
    'metrics_collections',
    'updates_collections',
    'curve',
    'name',
    'summation_method',
  ],
  (
    labels: TensorLike,
    predictions: TensorLike,
    weights: TensorLike | null = null,
    num_thresholds: number = 200,
    metrics_collections: Keys = null,
    updates_collections: Keys = null,
    curve: 'ROC' | 'PR' = 'ROC',
    name: string | null = null,
    summation_method: Summation = 'trapezoidal',
  ): Metric =>
    metric('auc', name, [metrics_collections, updates_collections], () => {
      if (curve !== 'ROC' && curve !== 'PR') {
        throw new ValueError(`curve must be either ROC or PR, ${curve} unknown`);
      }
      const heights = HEIGHTS[summation_method];
      if (!heights) throw new ValueError(`Invalid summation_method: ${summation_method}`);
      const given = { labels, predictions, weights };
      const kinds: Kind[] = ['tp', 'fn', 'tn', 'fp'];
      return fromCounts(given, evenThresholds(num_thresholds), kinds, (counts, scope) => {
        if (curve === 'PR' && summation_method === 'careful_interpolation') {
          return interpolatedArea(counts, scope);
        }
        const { tp, fp, tn } = counts;
        const recall = div(plus(tp, SMALL), plus(add(tp, counts.fn), SMALL));
        const [x, y] =
          curve === 'ROC'
            ? [div(fp, plus(add(fp, tn), SMALL)), recall]
            : [recall, div(plus(tp, SMALL), plus(add(tp, fp), SMALL))];
        return reduce_sum(multiply(subtract(before(x), after(x)), heights(y)), { name: scope });
      });
    }),
);

// ---- one rate where another is given -----------------------------------------------------------

const ALL: readonly Kind[] = ['tp', 'tn', 'fp', 'fn'];
const rate = (hits: Tensor, misses: Tensor): Tensor => div(hits, plus(add(hits, misses), EPSILON));

/** The element of `hits / (hits + misses)` at `index`. */
function rateAt(hits: Tensor, misses: Tensor, index: Tensor, name: string): Tensor {
  const [hit, missed] = [hits.at(index), misses.at(index)];
  return div(hit, plus(add(hit, missed), EPSILON), name);
}

function checkRate(what: string, value: number): void {
  if (!(value >= 0 && value <= 1)) {
    throw new ValueError(`\`${what}\` must be in the range [0, 1].`);
  }
}

/** The share of yes that is found (sensitivity), at the threshold where that of no is closest to `specificity`. */
export const sensitivity_at_specificity = fn(
  [
    'labels',
    'predictions',
    'specificity',
    'weights',
    'num_thresholds',
    'metrics_collections',
    'updates_collections',
    'name',
  ],
  (
    labels: TensorLike,
    predictions: TensorLike,
    specificity: number,
    weights: TensorLike | null = null,
    num_thresholds: number = 200,
    metrics_collections: Keys = null,
    updates_collections: Keys = null,
    name: string | null = null,
  ): Metric => {
    checkRate('specificity', specificity);
    const thresholds = evenThresholds(num_thresholds, 1 - EPSILON);
    const given = { labels, predictions, weights };
    return metric(
      'sensitivity_at_specificity',
      name,
      [metrics_collections, updates_collections],
      () =>
        fromCounts(given, thresholds, ALL, (counts, scope) => {
          const distance = abs(subtract(rate(counts.tn, counts.fp), specificity));
          const index = cast(argmin(distance, 0), int32);
          return rateAt(counts.tp, counts.fn, index, scope);
        }),
    );
  },
);

/** The share of no that is found (specificity), at the threshold where that of yes is closest to `sensitivity`. */
export const specificity_at_sensitivity = fn(
  [
    'labels',
    'predictions',
    'sensitivity',
    'weights',
    'num_thresholds',
    'metrics_collections',
    'updates_collections',
    'name',
  ],
  (
    labels: TensorLike,
    predictions: TensorLike,
    sensitivity: number,
    weights: TensorLike | null = null,
    num_thresholds: number = 200,
    metrics_collections: Keys = null,
    updates_collections: Keys = null,
    name: string | null = null,
  ): Metric => {
    checkRate('sensitivity', sensitivity);
    const thresholds = evenThresholds(num_thresholds, 1 - EPSILON);
    const given = { labels, predictions, weights };
    return metric(
      'specificity_at_sensitivity',
      name,
      [metrics_collections, updates_collections],
      () =>
        fromCounts(given, thresholds, ALL, (counts, scope) => {
          const distance = abs(subtract(rate(counts.tp, counts.fn), sensitivity));
          // Of equals the last: where the running count of smallest ones stops growing.
          const isLeast = to_int64(equal(distance, reduce_min(distance)));
          const index = cast(argmax(cumsum(isLeast), 0), int32);
          return rateAt(counts.tn, counts.fp, index, scope);
        }),
    );
  },
);
