/** Proximal gradient descent (Duchi and Singer, 2009): a gradient step, then shrinkage by l1 and l2. */

import { toTensor } from '../core/convert.ts';
import type { DType } from '../core/dtype.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import type { Tensor } from '../core/tensor.ts';
import { cast } from '../ops/cast.ts';
import type { Variable } from '../variables/variable.ts';
import { FusedOptimizer, type Step } from './fused_optimizer.ts';
import type { Hyperparameter } from './optimizer.ts';

const proximalGradientDescent = signature(
  [
    'learning_rate',
    'l1_regularization_strength',
    'l2_regularization_strength',
    'use_locking',
    'name',
  ],
  (
    learning_rate: Hyperparameter,
    l1_regularization_strength: Hyperparameter = 0,
    l2_regularization_strength: Hyperparameter = 0,
    use_locking: boolean = false,
    name: string = 'ProximalGradientDescent',
  ) => ({
    learning_rate,
    l1_regularization_strength,
    l2_regularization_strength,
    use_locking,
    name,
  }),
);

/** An optimizer for regularized losses whose regularizers it applies itself. */
export class ProximalGradientDescentOptimizer extends FusedOptimizer {
  private readonly given: ReturnType<typeof proximalGradientDescent>;
  private rate!: Tensor;
  private l1!: Tensor;
  private l2!: Tensor;

  constructor(...args: ArgsOf<typeof proximalGradientDescent>) {
    const given = proximalGradientDescent(...args);
    super(given.use_locking, given.name);
    this.given = given;
  }

  override _prepare(): void {
    const { given } = this;
    const number = (value: Hyperparameter, name: string) =>
      toTensor(this._call_if_callable(value), null, name);
    this.rate = number(given.learning_rate, 'learning_rate');
    this.l1 = number(given.l1_regularization_strength, 'l1_regularization_strength');
    this.l2 = number(given.l2_regularization_strength, 'l2_regularization_strength');
  }

  override _step(_variable: Variable, dtype: DType): Step {
    return {
      op: 'ProximalGradientDescent',
      numbers: {
        alpha: cast(this.rate, dtype),
        l1: cast(this.l1, dtype),
        l2: cast(this.l2, dtype),
      },
      gradient: 'delta',
    };
  }
}
