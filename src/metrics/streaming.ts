/** What all metrics are made of: variables that add up over runs, their ratio, and the update of it. */

import { conditional } from '../core/conditional.ts';
import { with_ } from '../core/context.ts';
import { toTensor } from '../core/convert.ts';
import { compatible } from '../core/dims.ts';
import { type DType, float32 } from '../core/dtype.ts';
import { RuntimeError, ValueError } from '../core/errors.ts';
import { controlDependencies, executing_eagerly } from '../core/mode.ts';
import type { Name, Tensor, TensorLike } from '../core/tensor.ts';
import { GraphKeys } from '../graph/collections.ts';
import { add_to_collections } from '../graph/scopes.ts';
import { multiply, truediv } from '../ops/arithmetic.ts';
import { cast, to_float } from '../ops/cast.ts';
import { equal, greater } from '../ops/compare.ts';
import { zeros, zeros_like } from '../ops/fill.ts';
import { reduce_sum } from '../ops/reduce.ts';
import { where } from '../ops/search.ts';
import { expand_dims, rank, size, squeeze } from '../ops/shape.ts';
import { broadcastWeights, removeSqueezableDimensions } from '../ops/weights_broadcast.ts';
import { assign_add, Variable, variable_scope } from '../variables/index.ts';

/** The value of a metric, and the operation that takes one more batch into account and gives the new value. */
export type Metric = [value: Tensor, update_op: Tensor];
/** Names of collections, or none. */
export type Keys = string | readonly string[] | null;

/** A variable that adds up over the runs of a session; `tf.local_variables_initializer()` sets it to 0. */
export function metricVariable(
  shape: readonly number[],
  name: string,
  dtype: DType = float32,
): Variable {
  return new Variable(() => zeros([...shape], dtype), {
    trainable: false,
    collections: [GraphKeys.LOCAL_VARIABLES, GraphKeys.METRIC_VARIABLES],
    name,
  });
}

/** Builds a metric in a scope of its own, and puts it into the collections that were asked for. */
export function metric(
  type: string,
  name: string | null,
  collections: readonly [metrics: Keys, updates: Keys],
  body: () => Metric,
  base: string = type,
): Metric {
  refuseEager(type);
  return with_(variable_scope(name, base), () => collected(collections, body()));
}

/** Metrics keep variables in a graph: RuntimeError in eager mode. */
export function refuseEager(type: string): void {
  if (!executing_eagerly()) return;
  throw new RuntimeError(`tf.metrics.${type} is not supported when eager execution is enabled.`);
}

/** Puts a metric and its update into collections. */
export function collected([metrics, updates]: readonly [Keys, Keys], found: Metric): Metric {
  if (metrics !== null && metrics.length > 0) add_to_collections(metrics, found[0]);
  if (updates !== null && updates.length > 0) add_to_collections(updates, found[1]);
  return found;
}

/** `numerator / denominator`, and 0 where the denominator is not above 0. */
export function ratio(numerator: Tensor, denominator: Tensor, name: Name = null): Tensor {
  const quotient = truediv(numerator, denominator);
  const isDefined = greater(denominator, zeros_like(quotient, denominator.dtype.base_dtype));
  return where(isDefined, quotient, zeros_like(quotient), name) as Tensor;
}

/** Predictions, labels and weights of one rank: an extra last dimension of 1 is taken off. */
export interface Matched {
  readonly predictions: Tensor;
  readonly labels: Tensor;
  readonly weights: Tensor | null;
}

/** Brings predictions, labels and weights to one rank. */
export function matched(
  predictions: TensorLike,
  labels: TensorLike,
  weights: TensorLike | null,
): Matched {
  const [l, p] = removeSqueezableDimensions(labels, predictions);
  if (!compatible(p.dims, l.dims)) {
    throw new ValueError(`Shapes ${p.shape} and ${l.shape} are incompatible`);
  }
  return { predictions: p, labels: l, weights: matchedWeights(weights, p) };
}

/** Weights of the rank of `values`, or scalar ones. */
export function matchedWeights(weights: TensorLike | null, values: Tensor): Tensor | null {
  if (weights === null) return null;
  const w = toTensor(weights);
  if (w.dims?.length === 0) return w;
  if (w.dims !== null && values.dims !== null) {
    const extra = w.dims.length - values.dims.length;
    if (extra === 1) return squeeze(w, [-1]);
    return extra === -1 ? expand_dims(w, -1) : w;
  }
  return adjustedAtRun(w, values);
}

function adjustedAtRun(w: Tensor, values: Tensor): Tensor {
  const own = rank(w);
  const extra = own.subtract(rank(values));
  const last = w.dims?.at(-1);
  const mayShrink = last === undefined || last === null || last === 1;
  const expanded = (): Tensor =>
    conditional(
      equal(extra, -1),
      () => expand_dims(w, -1),
      () => w,
    );
  const adjusted = (): Tensor =>
    conditional(equal(extra, 1), () => (mayShrink ? squeeze(w, [-1]) : w), expanded);
  return conditional(equal(own, 0), () => w, adjusted);
}

/** The mean of `values` over all batches: a total and a count. */
export function streamingMean(values: TensorLike, weights: TensorLike | null): Metric {
  let x = to_float(values);
  const total = metricVariable([], 'total');
  const count = metricVariable([], 'count');
  let number: Tensor;
  const w = matchedWeights(weights, x);
  if (w === null) number = to_float(size(x));
  else {
    const each = broadcastWeights(to_float(w), x);
    x = multiply(x, each);
    number = reduce_sum(each);
  }
  const newTotal = assign_add(total, reduce_sum(x)) as Tensor;
  const newCount = controlDependencies([x], () => assign_add(count, number)) as Tensor;
  return [
    ratio(total._toTensor(), count._toTensor(), 'value'),
    ratio(newTotal, newCount, 'update_op'),
  ];
}

/** How many of `flags` were true, over all batches. */
export function streamingCount(flags: Tensor, weights: Tensor | null): Metric {
  const count = metricVariable([], 'count');
  const values = weights === null ? to_float(flags) : multiply(to_float(flags), to_float(weights));
  const update = assign_add(count, reduce_sum(values)) as Tensor;
  return [count._toTensor(), update];
}

/** `x` as `dtype`, unless it is. */
export function asType(x: Tensor, dtype: DType): Tensor {
  return x.dtype.base_dtype === dtype.base_dtype ? x : cast(x, dtype.base_dtype);
}
