/** Proximal Adagrad (Duchi and Singer, 2009): a step of Adagrad, then shrinkage by l1 and l2. */

import { toTensor } from '../core/convert.ts';
import type { DType } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { colocateWith } from '../core/mode.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import type { Tensor } from '../core/tensor.ts';
import { cast } from '../ops/cast.ts';
import { constant } from '../ops/constant.ts';
import type { Variable } from '../variables/variable.ts';
import { FusedOptimizer, type Step } from './fused_optimizer.ts';
import type { Hyperparameter } from './optimizer.ts';

const proximalAdagrad = signature(
  [
    'learning_rate',
    'initial_accumulator_value',
    'l1_regularization_strength',
    'l2_regularization_strength',
    'use_locking',
    'name',
  ],
  (
    learning_rate: Hyperparameter,
    initial_accumulator_value: number = 0.1,
    l1_regularization_strength: Hyperparameter = 0,
    l2_regularization_strength: Hyperparameter = 0,
    use_locking: boolean = false,
    name: string = 'ProximalAdagrad',
  ) => ({
    learning_rate,
    initial_accumulator_value,
    l1_regularization_strength,
    l2_regularization_strength,
    use_locking,
    name,
  }),
);

/** Adagrad for regularized losses whose regularizers it applies itself. */
export class ProximalAdagradOptimizer extends FusedOptimizer {
  private readonly given: ReturnType<typeof proximalAdagrad>;
  private rate!: Tensor;
  private l1!: Tensor;
  private l2!: Tensor;

  /** ValueError unless `initial_accumulator_value` is positive. */
  constructor(...args: ArgsOf<typeof proximalAdagrad>) {
    const given = proximalAdagrad(...args);
    if (given.initial_accumulator_value <= 0) {
      throw new ValueError(
        `initial_accumulator_value must be positive: ${given.initial_accumulator_value}`,
      );
    }
    super(given.use_locking, given.name);
    this.given = given;
  }

  override _create_slots(var_list: readonly Variable[]): void {
    for (const v of var_list) {
      const options = { shape: v.get_shape(), dtype: v.dtype.base_dtype };
      const val = colocateWith(v, () => constant(this.given.initial_accumulator_value, options));
      this._get_or_make_slot(v, val, 'accumulator', this._name);
    }
  }

  override _prepare(): void {
    const { given } = this;
    const number = (value: Hyperparameter, name: string) =>
      toTensor(this._call_if_callable(value), null, name);
    this.rate = number(given.learning_rate, 'learning_rate');
    this.l1 = number(given.l1_regularization_strength, 'l1_regularization_strength');
    this.l2 = number(given.l2_regularization_strength, 'l2_regularization_strength');
  }

  override _step(variable: Variable, dtype: DType): Step {
    return {
      op: 'ProximalAdagrad',
      slots: { accum: this.get_slot(variable, 'accumulator')! },
      numbers: {
        lr: cast(this.rate, dtype),
        l1: cast(this.l1, dtype),
        l2: cast(this.l2, dtype),
      },
    };
  }
}
