/**
 * Weights of losses and metrics: a scalar, or a tensor of the values' rank whose sizes are theirs or 1.
 * That is stricter than broadcasting, and checked when the graph is built as far as shapes are known.
 */

import { conditional } from '../core/conditional.ts';
import { toTensor } from '../core/convert.ts';
import { isFullyDefined, sameDims } from '../core/dims.ts';
import { ValueError } from '../core/errors.ts';
import { controlDependencies, executing_eagerly, nameScope } from '../core/mode.ts';
import type { Dims, Node, Tensor, TensorLike } from '../core/tensor.ts';
import { multiply } from './arithmetic.ts';
import { Assert } from './checks.ts';
import { equal, logical_or } from './compare.ts';
import { constant } from './constant.ts';
import { no_op } from './control_flow.ts';
import { ones_like } from './fill.ts';
import { reduce_all } from './reduce.ts';
import { rank, shape, squeeze } from './shape.ts';

const PREFIX = 'weights can not be broadcast to values';

/** Checks that `weights` fit `values`; gives the operation that a run has to check with. */
export function assertBroadcastable(weights: TensorLike, values: TensorLike): Node {
  return nameScope(null, 'assert_broadcastable', () => {
    const w = nameScope(null, 'weights', (scope) => toTensor(weights, null, scope));
    const v = nameScope(null, 'values', (scope) => toTensor(values, null, scope));
    if (w.dims?.length === 0) return no_op('static_scalar_check_success');
    if (w.dims !== null && v.dims !== null) {
      checkStatic(w.dims, v.dims);
      if (isFullyDefined(w.dims) && isFullyDefined(v.dims)) {
        return no_op('static_dims_check_success');
      }
    }
    return checkAtRun(w, v);
  });
}

function checkStatic(w: NonNullable<Dims>, v: NonNullable<Dims>): void {
  const shapes = `values.shape=${tuple(v)}. weights.shape=${tuple(w)}.`;
  if (w.length !== v.length) {
    throw new ValueError(`${PREFIX}. values.rank=${v.length}. weights.rank=${w.length}. ${shapes}`);
  }
  w.forEach((size, i) => {
    if (size === null || size === 1 || v[i] === null || size === v[i]) return;
    throw new ValueError(
      `${PREFIX}. Mismatch at dim ${i}. values.shape=${tuple(v)} weights.shape=${tuple(w)}.`,
    );
  });
}

function tuple(dims: NonNullable<Dims>): string {
  const sizes = dims.map((n) => n ?? '?');
  return sizes.length === 1 ? `(${sizes[0]},)` : `(${sizes.join(', ')})`;
}

function checkAtRun(w: Tensor, v: Tensor): Node {
  const [wShape, vShape] = [shape(w), shape(v)];
  const sameSizes = (): Tensor => reduce_all(logical_or(equal(wShape, 1), equal(wShape, vShape)));
  const isScalar = equal(rank(w), 0);
  const holds = conditional(
    isScalar,
    () => isScalar,
    () =>
      conditional(
        equal(rank(w), rank(v)),
        sameSizes,
        () => constant(false),
        'has_valid_nonscalar_shape',
      ),
    'is_valid_shape',
  );
  return Assert(holds, [`${PREFIX}.`, 'weights.shape=', wShape, 'values.shape=', vShape]);
}

/** `body` after the check that `weights` fit `values`. */
export function withBroadcastable<R>(weights: TensorLike, values: TensorLike, body: () => R): R {
  const check = assertBroadcastable(weights, values);
  return executing_eagerly() ? body() : controlDependencies([check], body);
}

/** `weights` repeated to the shape of `values`. */
export function broadcastWeights(weights: TensorLike, values: Tensor): Tensor {
  return nameScope(null, 'broadcast_weights', (scope) => {
    const w = toTensor(weights, null, 'weights');
    if (isFullyDefined(w.dims) && isFullyDefined(values.dims) && sameDims(w.dims, values.dims)) {
      return w;
    }
    return withBroadcastable(w, values, () => multiply(w, ones_like(values), scope));
  });
}

/** Whether the last dimension may be 1. */
const mayEndInOne = (x: Tensor): boolean => {
  const last = x.dims?.at(-1);
  return x.dims === null || (x.dims.length > 0 && (last === null || last === 1));
};

/** `x` without its last dimension where `isExtra` says so when the graph runs. */
function squeezedIf(isExtra: Tensor, x: Tensor): Tensor {
  return conditional(
    isExtra,
    () => squeeze(x, [-1]),
    () => x,
  );
}

/**
 * Takes a last dimension of 1 off labels or predictions, where one has a dimension more than the ranks
 * should differ by (`expectedRankDiff`).
 */
export function removeSqueezableDimensions(
  labels: TensorLike,
  predictions: TensorLike,
  expectedRankDiff = 0,
): [labels: Tensor, predictions: Tensor] {
  return nameScope(null, 'remove_squeezable_dimensions', () => {
    const p = toTensor(predictions);
    const l = toTensor(labels);
    if (p.dims !== null && l.dims !== null) {
      const extra = p.dims.length - l.dims.length - expectedRankDiff;
      if (extra === 1 && mayEndInOne(p)) return [l, squeeze(p, [-1])];
      if (extra === -1 && mayEndInOne(l)) return [squeeze(l, [-1]), p];
      return [l, p];
    }
    const difference = rank(p).subtract(rank(l));
    return [
      mayEndInOne(l) ? squeezedIf(equal(expectedRankDiff - 1, difference), l) : l,
      mayEndInOne(p) ? squeezedIf(equal(expectedRankDiff + 1, difference), p) : p,
    ];
  });
}

/** Takes a last dimension of 1 off weights that have one more than `labels`. */
export function squeezedWeights(weights: TensorLike, labels: Tensor): Tensor {
  const w = toTensor(weights);
  if (w.dims?.length === 0) return w;
  if (w.dims !== null && labels.dims !== null) {
    return w.dims.length - labels.dims.length === 1 ? squeeze(w, [-1]) : w;
  }
  if (!mayEndInOne(w)) return w;
  return squeezedIf(equal(1, rank(w).subtract(rank(labels))), w);
}
