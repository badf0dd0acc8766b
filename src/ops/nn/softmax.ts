/** Softmax along any dimension. The ops take rows; other dimensions are flattened or swapped around them. */

import { toTensor } from '../../core/convert.ts';
import { withRankAtLeast } from '../../core/dims.ts';
import { ValueError } from '../../core/errors.ts';
import { op } from '../../core/op.ts';
import { fn } from '../../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../../core/tensor.ts';
import { subtract } from '../arithmetic.ts';
import { concat, rank, reshape, shape, slice, transpose } from '../array.ts';
import { exp } from '../math.ts';
import { reduce_sum } from '../reduce.ts';
import { range } from '../sequence.ts';

const FLOAT = 'T: {half, bfloat16, float, double}';

export const Softmax = op('Softmax', {
  inputs: ['logits: T'],
  outputs: ['softmax: T'],
  attrs: [FLOAT],
  shape: ({ logits }) => withRankAtLeast(logits.dims, 1),
}).gradient((_, [dy], __, { softmax: y }) => {
  const shared = reduce_sum(dy.multiply(y), -1, true);
  return { logits: dy.subtract(shared).multiply(y) };
});

export const LogSoftmax = op('LogSoftmax', {
  inputs: ['logits: T'],
  outputs: ['logsoftmax: T'],
  attrs: [FLOAT],
  shape: ({ logits }) => withRankAtLeast(logits.dims, 1),
}).gradient((_, [dy], __, { logsoftmax: y }) => ({
  logits: dy.subtract(reduce_sum(dy, -1, true).multiply(exp(y))),
}));

/** The rows of `x`: all but the last dimension flattened into one. */
export function flattenOuterDims(x: Tensor): Tensor {
  const count = rank(x);
  const depth = slice(shape(x), [subtract(count, 1)], [1]);
  const rows = reshape(x, concat([[-1], depth], 0));
  const { dims } = x;
  const outer = dims?.slice(0, -1);
  if (dims && outer?.every((n) => n !== null)) {
    rows.set_shape([outer.reduce((a, b) => a * b, 1), dims.at(-1)!]);
  }
  return rows;
}

/** `x` with the dimensions `axis` and `last` exchanged. */
function swapAxes(x: Tensor, axis: number, last: Tensor, name: Name = null): Tensor {
  const order = [range(axis), [last], range(axis + 1, last), [axis]];
  return transpose(x, concat(order, 0), name);
}

type RowOp = (inputs: { logits: TensorLike }, attrs?: Record<never, never>, name?: Name) => Tensor;

function alongDimension(logits: TensorLike, compute: RowOp, dim: number, name: Name): Tensor {
  const x = toTensor(logits);
  const known = x.dims?.length ?? null;
  const isLast = dim === -1 || (known !== null && dim === known - 1);
  if (known === 2 && isLast) return compute({ logits: x }, {}, name);
  if (isLast) {
    const sizes = shape(x);
    return reshape(compute({ logits: flattenOuterDims(x) }), sizes, name);
  }
  if (known === null) throw new TypeError(UNKNOWN_RANK);
  const axis = ((dim % known) + known) % known;
  const count = rank(x);
  const swapped = swapAxes(x, axis, subtract(count, 1));
  const sizes = shape(swapped);
  const rows = reshape(compute({ logits: flattenOuterDims(swapped) }), sizes);
  const result = swapAxes(rows, axis, subtract(count, 1), name);
  result.set_shape(x.dims);
  return result;
}

const UNKNOWN_RANK = "unsupported operand type(s) for %: 'int' and 'NoneType'";

/** The dimension that `axis`, or `dim` as it was called before, says; the last one by default. */
export function renamedAxis(axis: number | null, dim: number | null, otherwise: number): number {
  if (axis !== null && dim !== null) throw new ValueError("Cannot specify both 'axis' and 'dim'");
  return axis ?? dim ?? otherwise;
}

/** Computes softmax activations: `exp(logits) / reduce_sum(exp(logits), axis)`. */
export const softmax = fn(
  ['logits', 'axis', 'name', 'dim'],
  (
    logits: TensorLike,
    axis: number | null = null,
    name: Name = null,
    dim: number | null = null,
  ): Tensor => alongDimension(logits, Softmax, renamedAxis(axis, dim, -1), name),
);

/** Computes log softmax activations: `logits - log(reduce_sum(exp(logits), axis))`. */
export const log_softmax = fn(
  ['logits', 'axis', 'name', 'dim'],
  (
    logits: TensorLike,
    axis: number | null = null,
    name: Name = null,
    dim: number | null = null,
  ): Tensor => alongDimension(logits, LogSoftmax, renamedAxis(axis, dim, -1), name),
);
