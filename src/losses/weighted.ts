/** What every loss ends with: weights, the reduction, the collection. */

import { toTensor } from '../core/convert.ts';
import { nameScope } from '../core/mode.ts';
import { fn } from '../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../core/tensor.ts';
import { GraphKeys } from '../graph/collections.ts';
import { div, multiply } from '../ops/arithmetic.ts';
import { cast, to_float } from '../ops/cast.ts';
import { equal, greater } from '../ops/compare.ts';
import { ones_like, zeros_like } from '../ops/fill.ts';
import { reduce_sum } from '../ops/reduce.ts';
import { where } from '../ops/search.ts';
import { range } from '../ops/sequence.ts';
import { rank, size } from '../ops/shape.ts';
import { broadcastWeights, withBroadcastable } from '../ops/weights_broadcast.ts';
import { add_loss } from './collection.ts';
import { Reduction, type ReductionKind } from './reduction.ts';

/** `numerator / denominator`, and 0 where the denominator is not above 0. */
export function safeDiv(numerator: Tensor, denominator: Tensor, name: Name = 'value'): Tensor {
  const divisor = where(equal(denominator, 0), ones_like(denominator), denominator);
  return where(
    greater(denominator, 0),
    div(numerator, divisor),
    zeros_like(numerator),
    name,
  ) as Tensor;
}

/** How many of the losses have a weight that is not zero: in all, or for each entry of the batch. */
export function numberPresent(losses: Tensor, weights: Tensor, perBatch = false): Tensor {
  return nameScope(null, 'num_present', (scope) => {
    const w = to_float(weights);
    const isPresent = where(equal(w, 0), zeros_like(w), ones_like(w)) as Tensor;
    const present = broadcastWeights(isPresent, losses);
    if (!perBatch) return reduce_sum(present, { name: scope });
    return reduce_sum(present, range(1, rank(present)), { keepdims: true, name: scope });
  });
}

function reduced(losses: Tensor, weights: Tensor, reduction: ReductionKind): Tensor {
  if (reduction === Reduction.NONE) return losses;
  const sum = reduce_sum(losses);
  if (reduction === Reduction.SUM) return sum;
  const count =
    reduction === Reduction.MEAN
      ? reduce_sum(multiply(ones_like(losses), weights))
      : reduction === Reduction.SUM_OVER_BATCH_SIZE
        ? nameScope(null, 'num_elements', (scope) =>
            cast(size(losses, { name: scope }), losses.dtype.base_dtype),
          )
        : numberPresent(losses, weights);
  return safeDiv(sum, count);
}

/**
 * Losses times weights, reduced to a number, which goes to `loss_collection`. Weights are a scalar, or
 * of the losses' rank with sizes of 1 or theirs: ValueError otherwise.
 */
export const compute_weighted_loss = fn(
  ['losses', 'weights', 'scope', 'loss_collection', 'reduction'],
  (
    losses: TensorLike,
    weights: TensorLike = 1,
    scope: string | null = null,
    loss_collection: string | null = GraphKeys.LOSSES,
    reduction: ReductionKind = Reduction.SUM_BY_NONZERO_WEIGHTS,
  ): Tensor => {
    Reduction.validate(reduction);
    return nameScope(scope, 'weighted_loss', () =>
      withBroadcastable(weights, losses, () => {
        const given = toTensor(losses);
        const w = to_float(weights);
        const weighted = multiply(to_float(given), w);
        const loss = cast(reduced(weighted, w, reduction), given.dtype.base_dtype);
        add_loss(loss, loss_collection);
        return loss;
      }),
    );
  },
);
