/** `tf.losses`: distances of predictions from labels, weighted, reduced, and collected in the graph. */

import { toTensor } from '../core/convert.ts';
import { compatible } from '../core/dims.ts';
import { ValueError } from '../core/errors.ts';
import { nameScope } from '../core/mode.ts';
import { fn } from '../core/signature.ts';
import type { Tensor, TensorLike } from '../core/tensor.ts';
import { GraphKeys } from '../graph/collections.ts';
import {
  add,
  minimum,
  multiply,
  negative,
  squared_difference,
  subtract,
} from '../ops/arithmetic.ts';
import { cast, to_float } from '../ops/cast.ts';
import { greater } from '../ops/compare.ts';
import { ones_like, zeros_like } from '../ops/fill.ts';
import { minus, over, plus, times } from '../ops/infix.ts';
import { abs, log, square } from '../ops/math.ts';
import { relu } from '../ops/nn/activations.ts';
import {
  sigmoid_cross_entropy_with_logits,
  softmax_cross_entropy_with_logits_v2,
  sparse_softmax_cross_entropy_with_logits,
} from '../ops/nn/cross_entropy.ts';
import { reduce_sum } from '../ops/reduce.ts';
import { where } from '../ops/search.ts';
import { range } from '../ops/sequence.ts';
import { rank, shape, stop_gradient } from '../ops/shape.ts';
import {
  removeSqueezableDimensions,
  squeezedWeights,
  withBroadcastable,
} from '../ops/weights_broadcast.ts';
import { add_loss } from './collection.ts';
import { Reduction, type ReductionKind } from './reduction.ts';
import { compute_weighted_loss, numberPresent, safeDiv } from './weighted.ts';

const { LOSSES } = GraphKeys;
const DEFAULT: ReductionKind = Reduction.SUM_BY_NONZERO_WEIGHTS;

/** What all losses share: where they go and how they are reduced. */
interface Rest {
  readonly weights: TensorLike;
  readonly scope: string | null;
  readonly collection: string | null;
  readonly reduction: ReductionKind;
}

function required(values: Readonly<Record<string, TensorLike | null>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (value === null || value === undefined) throw new ValueError(`${name} must not be None.`);
  }
}

function checkShapes(a: Tensor, b: Tensor): void {
  if (!compatible(a.dims, b.dims)) {
    throw new ValueError(`Shapes ${a.shape} and ${b.shape} are incompatible`);
  }
}

/** A loss of labels and predictions of one shape, as floats. */
function pairwise(
  base: string,
  labels: TensorLike,
  predictions: TensorLike,
  { weights, scope, collection, reduction }: Rest,
  body: (labels: Tensor, predictions: Tensor) => Tensor,
): Tensor {
  required({ labels, predictions });
  return nameScope(scope, base, (inner) => {
    const p = to_float(predictions);
    const l = to_float(labels);
    checkShapes(p, l);
    return compute_weighted_loss(body(l, p), weights, inner, collection, reduction);
  });
}

/** `|predictions - labels|` */
export const absolute_difference = fn(
  ['labels', 'predictions', 'weights', 'scope', 'loss_collection', 'reduction'],
  (
    labels: TensorLike,
    predictions: TensorLike,
    weights: TensorLike = 1,
    scope: string | null = null,
    loss_collection: string | null = LOSSES,
    reduction: ReductionKind = DEFAULT,
  ): Tensor => {
    const rest = { weights, scope, collection: loss_collection, reduction };
    return pairwise('absolute_difference', labels, predictions, rest, (l, p) =>
      abs(subtract(p, l)),
    );
  },
);

/** `(predictions - labels) ** 2` */
export const mean_squared_error = fn(
  ['labels', 'predictions', 'weights', 'scope', 'loss_collection', 'reduction'],
  (
    labels: TensorLike,
    predictions: TensorLike,
    weights: TensorLike = 1,
    scope: string | null = null,
    loss_collection: string | null = LOSSES,
    reduction: ReductionKind = DEFAULT,
  ): Tensor => {
    const rest = { weights, scope, collection: loss_collection, reduction };
    return pairwise('mean_squared_error', labels, predictions, rest, (l, p) =>
      squared_difference(p, l),
    );
  },
);

/** `1 - sum(labels * predictions)` along `axis`, for vectors of length 1. */
export const cosine_distance = fn(
  ['labels', 'predictions', 'axis', 'weights', 'scope', 'loss_collection', 'reduction'],
  (
    labels: TensorLike,
    predictions: TensorLike,
    axis: number | null = null,
    weights: TensorLike = 1,
    scope: string | null = null,
    loss_collection: string | null = LOSSES,
    reduction: ReductionKind = DEFAULT,
  ): Tensor => {
    if (axis === null) throw new ValueError("You must specify 'axis'.");
    const rest = { weights, scope, collection: loss_collection, reduction };
    return pairwise('cosine_distance_loss', labels, predictions, rest, (l, p) =>
      minus(1, reduce_sum(multiply(p, l), [axis], { keepdims: true })),
    );
  },
  { aliases: { dim: 'axis' } },
);

/** `max(0, 1 - (2 labels - 1) logits)`, for labels of 0 and 1. */
export const hinge_loss = fn(
  ['labels', 'logits', 'weights', 'scope', 'loss_collection', 'reduction'],
  (
    labels: TensorLike,
    logits: TensorLike,
    weights: TensorLike = 1,
    scope: string | null = null,
    loss_collection: string | null = LOSSES,
    reduction: ReductionKind = DEFAULT,
  ): Tensor => {
    required({ labels, logits });
    const rest = { weights, scope, collection: loss_collection, reduction };
    return pairwise('hinge_loss', labels, logits, rest, (l, x) => {
      const ones = ones_like(l);
      const signs = subtract(times(2, l), ones);
      return relu(subtract(ones, multiply(signs, x)));
    });
  },
);

/** Half the square of small errors; beyond `delta` as large as a line with that slope (Huber 1964). */
export const huber_loss = fn(
  ['labels', 'predictions', 'weights', 'delta', 'scope', 'loss_collection', 'reduction'],
  (
    labels: TensorLike,
    predictions: TensorLike,
    weights: TensorLike = 1,
    delta: number = 1,
    scope: string | null = null,
    loss_collection: string | null = LOSSES,
    reduction: ReductionKind = DEFAULT,
  ): Tensor => {
    const rest = { weights, scope, collection: loss_collection, reduction };
    return pairwise('huber_loss', labels, predictions, rest, (l, p) => {
      const error = abs(subtract(p, l));
      const quadratic = minimum(error, delta);
      const linear = subtract(error, quadratic);
      return add(multiply(times(0.5, quadratic), quadratic), times(delta, linear));
    });
  },
);

/** `-labels log(predictions + epsilon) - (1 - labels) log(1 - predictions + epsilon)` */
export const log_loss = fn(
  ['labels', 'predictions', 'weights', 'epsilon', 'scope', 'loss_collection', 'reduction'],
  (
    labels: TensorLike,
    predictions: TensorLike,
    weights: TensorLike = 1,
    epsilon: number = 1e-7,
    scope: string | null = null,
    loss_collection: string | null = LOSSES,
    reduction: ReductionKind = DEFAULT,
  ): Tensor => {
    const rest = { weights, scope, collection: loss_collection, reduction };
    return pairwise('log_loss', labels, predictions, rest, (l, p) =>
      subtract(
        negative(multiply(l, log(plus(p, epsilon)))),
        multiply(minus(1, l), log(plus(minus(1, p), epsilon))),
      ),
    );
  },
);

/**
 * The mean of the squared differences between all pairs of errors of one sample: what is left of the
 * error when predictions may be off by a constant. Weights are one per sample, or one per element.
 */
export const mean_pairwise_squared_error = fn(
  ['labels', 'predictions', 'weights', 'scope', 'loss_collection'],
  (
    labels: TensorLike,
    predictions: TensorLike,
    weights: TensorLike = 1,
    scope: string | null = null,
    loss_collection: string | null = LOSSES,
  ): Tensor => {
    required({ labels, predictions });
    return nameScope(scope, 'mean_pairwise_squared_error', () => {
      const w = to_float(weights);
      const l = to_float(labels);
      return withBroadcastable(w, l, () => {
        const p = to_float(predictions);
        checkShapes(p, l);
        const loss = pairwiseLoss(subtract(p, l), w);
        add_loss(loss, loss_collection);
        return loss;
      });
    });
  },
);

function pairwiseLoss(errors: Tensor, weights: Tensor): Tensor {
  const axes = range(1, rank(errors));
  const squares = reduce_sum(square(errors), axes, { keepdims: true });
  const count = numberPresent(errors, weights, true);
  const others = minus(count, 1);
  const first = times(2, safeDiv(squares, others));
  const sum = reduce_sum(errors, axes, { keepdims: true });
  const second = times(2, safeDiv(square(sum), multiply(count, others)));
  const loss = reduce_sum(multiply(subtract(first, second), weights));
  return where(greater(reduce_sum(count), 0), loss, zeros_like(loss), 'value') as Tensor;
}

// ---- cross entropies ---------------------------------------------------------------------------

/** Cross entropy of independent classes; smoothing moves labels towards 1/2. */
export const sigmoid_cross_entropy = fn(
  [
    'multi_class_labels',
    'logits',
    'weights',
    'label_smoothing',
    'scope',
    'loss_collection',
    'reduction',
  ],
  (
    multi_class_labels: TensorLike,
    logits: TensorLike,
    weights: TensorLike = 1,
    label_smoothing: number = 0,
    scope: string | null = null,
    loss_collection: string | null = LOSSES,
    reduction: ReductionKind = DEFAULT,
  ): Tensor => {
    required({ multi_class_labels, logits });
    return nameScope(scope, 'sigmoid_cross_entropy_loss', (inner) => {
      const x = toTensor(logits);
      let labels = cast(multi_class_labels, x.dtype.base_dtype);
      checkShapes(x, labels);
      if (label_smoothing > 0) {
        labels = plus(times(labels, 1 - label_smoothing), 0.5 * label_smoothing);
      }
      const losses = sigmoid_cross_entropy_with_logits({ labels, logits: x, name: 'xentropy' });
      return compute_weighted_loss(losses, weights, inner, loss_collection, reduction);
    });
  },
);

/** Cross entropy of classes that exclude each other; smoothing moves labels towards all alike. */
export const softmax_cross_entropy = fn(
  [
    'onehot_labels',
    'logits',
    'weights',
    'label_smoothing',
    'scope',
    'loss_collection',
    'reduction',
  ],
  (
    onehot_labels: TensorLike,
    logits: TensorLike,
    weights: TensorLike = 1,
    label_smoothing: number = 0,
    scope: string | null = null,
    loss_collection: string | null = LOSSES,
    reduction: ReductionKind = DEFAULT,
  ): Tensor => {
    required({ onehot_labels, logits });
    return nameScope(scope, 'softmax_cross_entropy_loss', (inner) => {
      const x = toTensor(logits);
      let labels = cast(onehot_labels, x.dtype.base_dtype);
      checkShapes(x, labels);
      if (label_smoothing > 0) {
        const classes = cast(shape(labels).at(1), x.dtype.base_dtype);
        labels = plus(times(labels, 1 - label_smoothing), over(label_smoothing, classes));
      }
      const fixed = stop_gradient(labels, 'labels_stop_gradient');
      const losses = softmax_cross_entropy_with_logits_v2({
        labels: fixed,
        logits: x,
        name: 'xentropy',
      });
      return compute_weighted_loss(losses, weights, inner, loss_collection, reduction);
    });
  },
);

/** Cross entropy of classes that exclude each other, with labels that are the classes' numbers. */
export const sparse_softmax_cross_entropy = fn(
  ['labels', 'logits', 'weights', 'scope', 'loss_collection', 'reduction'],
  (
    labels: TensorLike,
    logits: TensorLike,
    weights: TensorLike = 1,
    scope: string | null = null,
    loss_collection: string | null = LOSSES,
    reduction: ReductionKind = DEFAULT,
  ): Tensor => {
    required({ labels, logits });
    return nameScope(scope, 'sparse_softmax_cross_entropy_loss', (inner) => {
      const [l, x] = removeSqueezableDimensions(labels, logits, 1);
      const w = squeezedWeights(weights, l);
      const losses = sparse_softmax_cross_entropy_with_logits({
        labels: l,
        logits: x,
        name: 'xentropy',
      });
      return compute_weighted_loss(losses, w, inner, loss_collection, reduction);
    });
  },
);
