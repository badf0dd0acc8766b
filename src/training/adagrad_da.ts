/**
 * Adagrad dual averaging: the variable is always computed anew, from the sums of all gradients and of
 * their squares, so that regularization is exact and rows that were not used stay correct.
 */

import { toTensor } from '../core/convert.ts';
import type { DType } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { colocateWith, onDevice } from '../core/mode.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import type { Tensor } from '../core/tensor.ts';
import { identity } from '../ops/array.ts';
import { cast } from '../ops/cast.ts';
import { constant } from '../ops/constant.ts';
import { plus } from '../ops/infix.ts';
import type { Variable } from '../variables/variable.ts';
import { FusedOptimizer, type Step } from './fused_optimizer.ts';
import type { Hyperparameter } from './optimizer.ts';

const adagradDA = signature(
  [
    'learning_rate',
    'global_step',
    'initial_gradient_squared_accumulator_value',
    'l1_regularization_strength',
    'l2_regularization_strength',
    'use_locking',
    'name',
  ],
  (
    learning_rate: Hyperparameter,
    global_step: Variable | Tensor,
    initial_gradient_squared_accumulator_value: number = 0.1,
    l1_regularization_strength: number = 0,
    l2_regularization_strength: number = 0,
    use_locking: boolean = false,
    name: string = 'AdagradDA',
  ) => ({
    learning_rate,
    global_step,
    initial_gradient_squared_accumulator_value,
    l1_regularization_strength,
    l2_regularization_strength,
    use_locking,
    name,
  }),
);

/** An optimizer for sparse linear models; `global_step` must count the steps that are taken. */
export class AdagradDAOptimizer extends FusedOptimizer {
  private readonly given: ReturnType<typeof adagradDA>;
  private rate!: Tensor;
  private step!: Tensor;

  /** ValueError unless `initial_gradient_squared_accumulator_value` is positive. */
  constructor(...args: ArgsOf<typeof adagradDA>) {
    const given = adagradDA(...args);
    if (given.initial_gradient_squared_accumulator_value <= 0) {
      throw new ValueError(
        `initial_gradient_squared_accumulator_value must be positive: ${given.initial_gradient_squared_accumulator_value}`,
      );
    }
    super(given.use_locking, given.name);
    this.given = given;
  }

  override _create_slots(var_list: readonly Variable[]): void {
    for (const v of var_list) {
      const dtype = v.dtype.base_dtype;
      const options = { shape: v.get_shape(), dtype };
      const [sum, squares] = colocateWith(v, () => [
        constant(0, options),
        constant(this.given.initial_gradient_squared_accumulator_value, options),
      ]) as [Tensor, Tensor];
      this._get_or_make_slot(v, sum, 'gradient_accumulator', this._name);
      this._get_or_make_slot(v, squares, 'gradient_squared_accumulator', this._name);
    }
  }

  override _prepare(): void {
    this.rate = toTensor(this._call_if_callable(this.given.learning_rate), null, 'learning_rate');
    this.step = colocateWith(this.rate, () => plus(identity(this.given.global_step), 1));
  }

  override _step(variable: Variable, dtype: DType): Step {
    const { l1_regularization_strength: l1, l2_regularization_strength: l2 } = this.given;
    const gradient_accumulator = this.get_slot(variable, 'gradient_accumulator')!;
    const gradient_squared_accumulator = this.get_slot(variable, 'gradient_squared_accumulator')!;
    const global_step = onDevice(variable.device, () => identity(this.step));
    return {
      op: 'AdagradDA',
      slots: { gradient_accumulator, gradient_squared_accumulator },
      numbers: {
        lr: cast(this.rate, dtype),
        l1: cast(l1, dtype),
        l2: cast(l2, dtype),
        global_step,
      },
    };
  }
}
