/** `tf.contrib.layers`: penalties of weights, and their sum over a graph. */

import { toTensor } from '../core/convert.ts';
import { ValueError } from '../core/errors.ts';
import { nameScope } from '../core/mode.ts';
import type { Operand } from '../core/operand.ts';
import { fn } from '../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../core/tensor.ts';
import { GraphKeys } from '../graph/collections.ts';
import { add_to_collection, get_collection } from '../graph/scopes.ts';
import { multiply } from '../ops/arithmetic.ts';
import { constant } from '../ops/constant.ts';
import { l2_loss } from '../ops/linear.ts';
import { abs, add_n } from '../ops/math.ts';
import { reduce_sum } from '../ops/reduce.ts';
import type { Variable } from '../variables/variable.ts';

/** A function from weights to their penalty. */
export type Penalty = (weights: Operand) => Tensor | null;

/** ValueError unless `scale` is at least 0. */
function assertScale(scale: number): void {
  if (scale >= 0) return;
  throw new ValueError(`Setting a scale less than 0 on a regularizer: ${scale}`);
}

/** Calls a penalty's body in the scope that TF1 gives it. */
function scaled(
  scale: number,
  scope: Name,
  default_name: string,
  body: (weights: TensorLike, factor: Tensor, name: string) => Tensor,
): Penalty {
  if (scale === 0) return () => null;
  return (weights) =>
    nameScope(scope, default_name, (name) => {
      const { dtype } = toTensor(weights);
      return body(weights, constant(scale, dtype.base_dtype, { name: 'scale' }), name);
    });
}

/** A penalty of `scale` times the sum of the absolute values; none for a scale of 0. ValueError below 0. */
export const l1_regularizer = fn(
  ['scale', 'scope'],
  (scale: number, scope: Name = null): Penalty => {
    assertScale(scale);
    return scaled(scale, scope, 'l1_regularizer', (weights, factor, name) =>
      multiply(factor, reduce_sum(abs(weights)), name),
    );
  },
);

/** A penalty of `scale` times half the sum of the squares; none for a scale of 0. ValueError below 0. */
export const l2_regularizer = fn(
  ['scale', 'scope'],
  (scale: number, scope: Name = null): Penalty => {
    assertScale(scale);
    return scaled(scale, scope, 'l2_regularizer', (weights, factor, name) =>
      multiply(factor, l2_loss(weights), name),
    );
  },
);

/** Both penalties, each with its scale. */
export const l1_l2_regularizer = fn(
  ['scale_l1', 'scale_l2', 'scope'],
  (scale_l1: number = 1, scale_l2: number = 1, scope: Name = null): Penalty =>
    sum_regularizer(
      [l1_regularizer(scale_l1), l2_regularizer(scale_l2)],
      scope ?? 'l1_l2_regularizer',
    ),
);

/** The sum of several penalties. */
export const sum_regularizer = fn(
  ['regularizer_list', 'scope'],
  (regularizer_list: readonly (Penalty | null)[], scope: Name = null): Penalty => {
    const present = regularizer_list.filter((penalty) => penalty !== null);
    if (present.length === 0) return () => null;
    return (weights) =>
      nameScope(scope, 'sum_regularizer', (name) => {
        const penalties = present.map((penalty) => penalty(weights)).filter((p) => p !== null);
        return penalties.length === 0 ? null : add_n(penalties, name);
      });
  },
);

/**
 * The sum of the penalties of `weights_list`, all weights in the collection WEIGHTS if it is not
 * given. It is added to the regularization losses.
 */
export const apply_regularization = fn(
  ['regularizer', 'weights_list'],
  (regularizer: Penalty, weights_list: readonly Operand[] | null = null): Tensor => {
    const weights = weights_list ?? (get_collection(GraphKeys.WEIGHTS) as Variable[]);
    if (weights.length === 0) throw new ValueError('No weights to regularize.');
    return nameScope('get_regularization_penalty', 'get_regularization_penalty', (name) => {
      const penalties = weights.map((w) => regularizer(w) ?? constant(0));
      for (const penalty of penalties) {
        if (penalty.shape.ndims === 0) continue;
        throw new ValueError(
          `regularizer must return a scalar Tensor instead of a Tensor with rank ${penalty.shape.ndims}.`,
        );
      }
      const sum = add_n(penalties, name);
      add_to_collection(GraphKeys.REGULARIZATION_LOSSES, sum);
      return sum;
    });
  },
);
