/** Cross entropies that start from logits, so that they can be computed without overflow. */

import { toTensor } from '../../core/convert.ts';
import { broadcastDims, mergeDim, mergeDims, withRank } from '../../core/dims.ts';
import { bfloat16, float16, float32 } from '../../core/dtype.ts';
import { ValueError } from '../../core/errors.ts';
import { executing_eagerly, nameScope } from '../../core/mode.ts';
import { op } from '../../core/op.ts';
import { TensorShape } from '../../core/shape.ts';
import { fn } from '../../core/signature.ts';
import type { Dims, Name, Tensor, TensorLike } from '../../core/tensor.ts';
import { add, subtract } from '../arithmetic.ts';
import {
  concat,
  expand_dims,
  ones_like,
  rank,
  reshape,
  shape,
  slice,
  squeeze,
  stop_gradient,
  transpose,
  zeros_like,
} from '../array.ts';
import { cast } from '../cast.ts';
import { logical_and, Select } from '../compare.ts';
import { constant } from '../constant.ts';
import { minus, plus, times } from '../infix.ts';
import { matmul } from '../linear.ts';
import { abs, exp, log, log1p } from '../math.ts';
import { range } from '../sequence.ts';
import { PreventGradient } from '../shape.ts';
import { relu } from './activations.ts';
import { flattenOuterDims, log_softmax, softmax } from './softmax.ts';

const FLOAT = 'T: {half, bfloat16, float, double}';

/** The common shape of two matrices that may broadcast. */
function matrices(features: Dims, labels: Dims): Dims {
  const [a, b] = [withRank(features, 2), withRank(labels, 2)];
  const clash = a.some(
    (n, i) => n !== null && b[i] !== null && n !== b[i] && n !== 1 && b[i] !== 1,
  );
  return clash ? mergeDims(a, b) : broadcastDims(a, b);
}

export const SoftmaxCrossEntropyWithLogits = op('SoftmaxCrossEntropyWithLogits', {
  inputs: ['features: T', 'labels: T'],
  outputs: ['loss: T', 'backprop: T'],
  attrs: [FLOAT],
  shape: ({ features, labels }) => {
    const dims = matrices(features.dims, labels.dims);
    return [dims && [dims[0]!], dims];
  },
}).gradient(({ features }, [dLoss, dBackprop], _, { backprop }) => {
  const rows = expand_dims(dLoss, -1);
  let dFeatures = rows.multiply(backprop);
  if (!isKnownZero(dBackprop)) {
    const probabilities = softmax(features);
    const inner = squeeze(matmul(expand_dims(dBackprop, 1), expand_dims(probabilities, 2)), [1]);
    dFeatures = dFeatures.add(dBackprop.subtract(inner).multiply(probabilities));
  }
  return { features: dFeatures, labels: rows.multiply(log_softmax(features).negative()) };
});

export const SparseSoftmaxCrossEntropyWithLogits = op('SparseSoftmaxCrossEntropyWithLogits', {
  inputs: ['features: T', 'labels: Tlabels'],
  outputs: ['loss: T', 'backprop: T'],
  attrs: [FLOAT, 'Tlabels: {int32, int64} = DT_INT64'],
  shape: ({ features, labels }) => {
    const [rows, depth] = withRank(features.dims, 2);
    const [count] = withRank(labels.dims, 1);
    const batch = mergeDim(rows!, count!);
    return [[batch], [batch, depth!]];
  },
}).gradient((_, [dLoss], __, { backprop }) => ({
  // TensorFlow's own rule: the gradient cannot be differentiated again, and says so.
  features: expand_dims(dLoss, -1).multiply(
    PreventGradient({ input: backprop }, { message: SECOND_ORDER }),
  ),
  labels: null,
}));

const SECOND_ORDER =
  'Currently there is no way to take the second derivative of sparse_softmax_cross_entropy_with_logits ' +
  "due to the fused implementation's interaction with tf.gradients()";

/** Positional arguments were swapped too easily: all of these functions take names only. */
function checkNamed(caller: string, sentinel: unknown, labels: unknown, logits: unknown): void {
  if (sentinel !== null) {
    throw new ValueError(
      `Only call \`${caller}\` with named arguments (labels=..., logits=..., ...)`,
    );
  }
  if (labels === null || logits === null) {
    throw new ValueError('Both labels and logits must be provided.');
  }
}

/** What a call with names gives: both tensors. */
type Given = TensorLike | null;

/** Whether a gradient is nothing but zeros, as far as can be told: most often nobody uses that output. */
function isKnownZero(dy: Tensor): boolean {
  const numbers = dy.constant?.data as ArrayLike<number> | undefined;
  if (numbers) return Array.prototype.every.call(numbers, (n: number) => n === 0);
  return !executing_eagerly() && dy.op.type === 'ZerosLike';
}

// ---- dense labels ------------------------------------------------------------------------------

function denseCrossEntropy(
  labels: TensorLike,
  logits: TensorLike,
  dim: number,
  name: Name,
): Tensor {
  return nameScope(name, 'softmax_cross_entropy_with_logits', (scope) => {
    const x = toTensor(logits, null, 'logits');
    const t = toTensor(labels, null, 'labels');
    const narrow = x.dtype.base_dtype === float16 || x.dtype.base_dtype === bfloat16;
    let precise = narrow ? cast(x, float32) : x;
    let targets = cast(t, precise.dtype.base_dtype);
    const count = rank(precise);
    if (dim !== -1) {
      precise = axisToEnd(precise, dim, count);
      targets = axisToEnd(targets, dim, count);
    }
    const sizes = shape(precise);
    const rows = flattenOuterDims(precise);
    const [loss] = SoftmaxCrossEntropyWithLogits(
      { features: rows, labels: flattenOuterDims(targets) },
      {},
      scope,
    );
    const cost = reshape(loss, slice(sizes, [0], [subtract(count, 1)]));
    if (x.dims) {
      const at = dim < 0 ? x.dims.length + dim : dim;
      cost.set_shape(x.dims.filter((_, i) => i !== at));
    }
    return narrow ? cast(cost, x.dtype.base_dtype) : cost;
  });
}

function axisToEnd(x: Tensor, axis: number, count: Tensor): Tensor {
  return transpose(x, concat([range(axis), range(axis + 1, count), [axis]], 0));
}

/**
 * Softmax cross entropy between `logits` and `labels`, where each row of `labels` is a probability
 * distribution. Gradients flow into both. Named arguments only.
 */
export const softmax_cross_entropy_with_logits_v2 = fn(
  ['_sentinel', 'labels', 'logits', 'dim', 'name'],
  (
    _sentinel: null = null,
    labels: Given = null,
    logits: Given = null,
    dim: number = -1,
    name: Name = null,
  ): Tensor => {
    checkNamed('softmax_cross_entropy_with_logits', _sentinel, labels, logits);
    return denseCrossEntropy(labels!, logits!, dim, name);
  },
);

/** As softmax_cross_entropy_with_logits_v2, but no gradient flows into `labels`. Named arguments only. */
export const softmax_cross_entropy_with_logits = fn(
  ['_sentinel', 'labels', 'logits', 'dim', 'name'],
  (
    _sentinel: null = null,
    labels: Given = null,
    logits: Given = null,
    dim: number = -1,
    name: Name = null,
  ): Tensor => {
    checkNamed('softmax_cross_entropy_with_logits', _sentinel, labels, logits);
    return nameScope(name, 'softmax_cross_entropy_with_logits_sg', (scope) => {
      const fixed = stop_gradient(labels!, 'labels_stop_gradient');
      return denseCrossEntropy(fixed, logits!, dim, scope);
    });
  },
);

// ---- class numbers as labels -------------------------------------------------------------------

function checkRanks(labels: Dims, logits: Dims): void {
  if (logits?.length === 0) {
    throw new ValueError(`Logits cannot be scalars - received shape ${TensorShape.of(logits)}.`);
  }
  if (labels && logits && labels.length !== logits.length - 1) {
    throw new ValueError(
      `Rank mismatch: Rank of labels (received ${labels.length}) should equal rank of logits ` +
        `minus 1 (received ${logits.length}).`,
    );
  }
}

/**
 * Softmax cross entropy where each label is the number of the one right class, int32 or int64, of
 * shape `logits.shape[:-1]`. InvalidArgumentError for a label that is no class. Named arguments only.
 */
export const sparse_softmax_cross_entropy_with_logits = fn(
  ['_sentinel', 'labels', 'logits', 'name'],
  (
    _sentinel: null = null,
    labels: Given = null,
    logits: Given = null,
    name: Name = null,
  ): Tensor => {
    checkNamed('sparse_softmax_cross_entropy_with_logits', _sentinel, labels, logits);
    return nameScope(name, 'SparseSoftmaxCrossEntropyWithLogits', () => {
      const t = toTensor(labels!);
      const x = toTensor(logits!);
      const narrow = x.dtype.base_dtype === float16;
      const precise = narrow ? cast(x, float32) : x;
      const labelSizes = shape(t);
      checkRanks(t.dims, x.dims);
      const entropy = (features: Tensor, classes: Tensor): Tensor =>
        SparseSoftmaxCrossEntropyWithLogits({ features, labels: classes }, {}, name)[0];
      if (x.dims?.length === 2) {
        const cost = entropy(precise, t);
        return narrow ? cast(cost, float16) : cost;
      }
      const depth = shape(x).at(rank(x).subtract(1));
      const cost = reshape(entropy(reshape(precise, [-1, depth]), reshape(t, [-1])), labelSizes);
      cost.set_shape(t.dims);
      return narrow ? cast(cost, float16) : cost;
    });
  },
);

// ---- independent classes -----------------------------------------------------------------------

function checkSameShape(names: string, x: Tensor, t: Tensor): void {
  try {
    t.shape.merge_with(x.shape);
  } catch {
    throw new ValueError(`${names} must have the same shape (${x.shape} vs ${t.shape})`);
  }
}

/**
 * Sigmoid cross entropy, for classes that do not exclude each other:
 * `max(x, 0) - x * z + log(1 + exp(-abs(x)))` with `x = logits`, `z = labels`. Named arguments only.
 */
export const sigmoid_cross_entropy_with_logits = fn(
  ['_sentinel', 'labels', 'logits', 'name'],
  (
    _sentinel: null = null,
    labels: Given = null,
    logits: Given = null,
    name: Name = null,
  ): Tensor => {
    checkNamed('sigmoid_cross_entropy_with_logits', _sentinel, labels, logits);
    return nameScope(name, 'logistic_loss', (scope) => {
      const x = toTensor(logits!, null, 'logits');
      const z = toTensor(labels!, null, 'labels');
      checkSameShape('logits and labels', x, z);
      // max and abs are spelled out so that gradients at 0 are those of the whole formula
      const zeros = zeros_like(x, x.dtype.base_dtype);
      const positive = x.greater_equal(zeros);
      const positivePart = Select({ condition: positive, t: x, e: zeros });
      const minusAbs = Select({ condition: positive, t: x.negative(), e: x });
      return add(positivePart.subtract(x.multiply(z)), log1p(exp(minusAbs)), scope);
    });
  },
);

/**
 * As sigmoid_cross_entropy_with_logits, with positive targets weighted by `pos_weight`: above 1 it
 * trades false negatives for false positives.
 */
export const weighted_cross_entropy_with_logits = fn(
  ['targets', 'logits', 'pos_weight', 'name'],
  (targets: TensorLike, logits: TensorLike, pos_weight: TensorLike, name: Name = null): Tensor =>
    nameScope(name, 'logistic_loss', (scope) => {
      const x = toTensor(logits, null, 'logits');
      const z = toTensor(targets, null, 'targets');
      checkSameShape('logits and targets', x, z);
      const positives = typeof pos_weight === 'number' ? pos_weight - 1 : minus(pos_weight, 1);
      const weight = plus(1, times(positives, z));
      const rest = minus(1, z).multiply(x);
      const soft = log1p(exp(abs(x).negative())).add(relu(x.negative()));
      return add(rest, weight.multiply(soft), scope);
    }),
);

/**
 * The log-likelihood loss of counts `targets` under a Poisson distribution with rate
 * `exp(log_input)`, up to a constant; `compute_full_loss` adds Stirling's approximation of it.
 */
export const log_poisson_loss = fn(
  ['targets', 'log_input', 'compute_full_loss', 'name'],
  (
    targets: TensorLike,
    log_input: TensorLike,
    compute_full_loss: boolean = false,
    name: Name = null,
  ): Tensor =>
    nameScope(name, 'log_poisson_loss', () => {
      const c = toTensor(log_input, null, 'log_input');
      const z = toTensor(targets, null, 'targets');
      checkSameShape('log_input and targets', c, z);
      const loss = exp(c).subtract(c.multiply(z));
      return compute_full_loss ? loss.add(logFactorial(z)) : loss;
    }),
);

/** Stirling's approximation `z log z - z + log(2 pi z) / 2`, and 0 up to 1. */
function logFactorial(z: Tensor): Tensor {
  const dtype = z.dtype.base_dtype;
  const half = constant(0.5, dtype);
  const twoPi = constant(2 * Math.PI, dtype);
  const approximation = z
    .multiply(log(z))
    .subtract(z)
    .add(half.multiply(log(twoPi.multiply(z))));
  const zeros = zeros_like(z, dtype);
  const ones = ones_like(z, dtype);
  const small = logical_and(z.greater_equal(zeros), z.less_equal(ones));
  return Select({ condition: small, t: zeros, e: approximation });
}
