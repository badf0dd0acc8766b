/** Gradient descent: `var -= learning_rate * gradient`. */

import { toTensor } from '../core/convert.ts';
import type { DType } from '../core/dtype.ts';
import { IndexedSlices } from '../core/indexed_slices.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import type { Tensor } from '../core/tensor.ts';
import { negative } from '../ops/arithmetic.ts';
import { cast } from '../ops/cast.ts';
import { times } from '../ops/infix.ts';
import { ResourceScatterAdd } from '../ops/resource_variables.ts';
import type { Variable } from '../variables/variable.ts';
import { FusedOptimizer, type Step } from './fused_optimizer.ts';
import type { Updated } from './optimizable.ts';
import type { Hyperparameter } from './optimizer.ts';

const gradientDescent = signature(
  ['learning_rate', 'use_locking', 'name'],
  (
    learning_rate: Hyperparameter,
    use_locking: boolean = false,
    name: string = 'GradientDescent',
  ) => ({ learning_rate, use_locking, name }),
);

/** An optimizer that takes steps against the gradient, `learning_rate` times as long. */
export class GradientDescentOptimizer extends FusedOptimizer {
  private readonly learningRate: Hyperparameter;
  private rate!: Tensor;

  constructor(...args: ArgsOf<typeof gradientDescent>) {
    const { learning_rate, use_locking, name } = gradientDescent(...args);
    super(use_locking, name);
    this.learningRate = learning_rate;
  }

  override _prepare(): void {
    this.rate = toTensor(this._call_if_callable(this.learningRate), null, 'learning_rate');
  }

  override _step(_variable: Variable, dtype: DType): Step {
    return {
      op: 'GradientDescent',
      numbers: { alpha: cast(this.rate, dtype) },
      gradient: 'delta',
    };
  }

  override _apply_sparse_duplicate_indices(grad: IndexedSlices, variable: Variable): Updated {
    const rows = times(grad.values, cast(this.rate, variable.dtype.base_dtype));
    const delta = new IndexedSlices(rows, grad.indices, grad.dense_shape);
    return variable.scatter_sub(delta, this._use_locking) as Tensor;
  }

  override _resource_apply_sparse_duplicate_indices(
    grad: Tensor,
    handle: Variable,
    indices: Tensor,
  ): Updated {
    const rate = cast(this.rate, grad.dtype.base_dtype);
    const updates = times(negative(grad), rate);
    return ResourceScatterAdd({ resource: handle._ref(), indices, updates });
  }
}
