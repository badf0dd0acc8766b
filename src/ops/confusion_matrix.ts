/** How often each class was taken for each other one. */

import { toTensor } from '../core/convert.ts';
import { as_dtype, type DTypeLike, int32, int64 } from '../core/dtype.ts';
import { controlDependencies, executing_eagerly, nameScope } from '../core/mode.ts';
import { fn } from '../core/signature.ts';
import { SparseTensor } from '../core/sparse_tensor.ts';
import type { Name, Node, Tensor, TensorLike } from '../core/tensor.ts';
import { maximum } from './arithmetic.ts';
import { assert_less, assert_non_negative } from './assertions.ts';
import { cast } from './cast.ts';
import { ones_like, zeros } from './fill.ts';
import { stack } from './join.ts';
import { transpose } from './move.ts';
import { reduce_max } from './reduce.ts';
import { identity } from './shape.ts';
import { sparse_add } from './sparse.ts';
import { removeSqueezableDimensions } from './weights_broadcast.ts';

/**
 * A matrix whose element (i, j) counts how often label `i` was predicted as `j`; with `weights`, the sum
 * of these. Without `num_classes` there is one more class than the largest number says.
 */
export const confusion_matrix = fn(
  ['labels', 'predictions', 'num_classes', 'dtype', 'name', 'weights'],
  (
    labels: TensorLike,
    predictions: TensorLike,
    num_classes: TensorLike | null = null,
    dtype: DTypeLike = int32,
    name: Name = null,
    weights: TensorLike | null = null,
  ): Tensor =>
    nameScope(name, 'confusion_matrix', (scope) => {
      const type = as_dtype(dtype);
      const [givenLabels, givenPredictions] = removeSqueezableDimensions(
        toTensor(labels, null, 'labels', int64),
        toTensor(predictions, null, 'predictions', int64),
      );
      let l = checkedClasses(cast(givenLabels, int64), '`labels`');
      let p = checkedClasses(cast(givenPredictions, int64), '`predictions`');
      let count: Tensor;
      if (num_classes === null) count = maximum(reduce_max(p), reduce_max(l)).add(1);
      else {
        count = cast(toTensor(num_classes, null, 'num_classes', int64), int64);
        l = after(assert_less(l, count, { message: '`labels` out of bound' }), l);
        p = after(assert_less(p, count, { message: '`predictions` out of bound' }), p);
      }
      const size = stack([count, count]);
      const values = weights === null ? ones_like(p, type) : cast(weights, type);
      const cells = new SparseTensor(transpose(stack([l, p])), values, cast(size, int64));
      const empty = zeros(cast(size, int32), type);
      return identity(sparse_add(empty, cells) as Tensor, scope);
    }),
);

function checkedClasses(x: Tensor, what: string): Tensor {
  const check = assert_non_negative(x, { message: `${what} contains negative values` });
  return after(check, x);
}

/** `x`, once `check` has run. */
function after(check: Node | null, x: Tensor): Tensor {
  if (check === null || executing_eagerly()) return x;
  return controlDependencies([check], () => identity(x));
}
