/** Adagrad (Duchi et al., 2011): `accum += gradient^2`, `var -= learning_rate * gradient / sqrt(accum)`. */

import { toTensor } from '../core/convert.ts';
import type { DType } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import type { Tensor } from '../core/tensor.ts';
import { fill, shape } from '../ops/array.ts';
import { cast } from '../ops/cast.ts';
import { constant_initializer } from '../ops/initializers.ts';
import type { Variable } from '../variables/variable.ts';
import { FusedOptimizer, type Step } from './fused_optimizer.ts';
import type { Hyperparameter } from './optimizer.ts';

const adagrad = signature(
  ['learning_rate', 'initial_accumulator_value', 'use_locking', 'name'],
  (
    learning_rate: Hyperparameter,
    initial_accumulator_value: number = 0.1,
    use_locking: boolean = false,
    name: string = 'Adagrad',
  ) => ({ learning_rate, initial_accumulator_value, use_locking, name }),
);

/** An optimizer whose rate for an element shrinks with the gradients that the element has had. */
export class AdagradOptimizer extends FusedOptimizer {
  private readonly learningRate: Hyperparameter;
  private readonly initial: number;
  private rate!: Tensor;

  /** ValueError unless `initial_accumulator_value` is positive. */
  constructor(...args: ArgsOf<typeof adagrad>) {
    const given = adagrad(...args);
    if (given.initial_accumulator_value <= 0) {
      throw new ValueError(
        `initial_accumulator_value must be positive: ${given.initial_accumulator_value}`,
      );
    }
    super(given.use_locking, given.name);
    this.learningRate = given.learning_rate;
    this.initial = given.initial_accumulator_value;
  }

  override _create_slots(var_list: readonly Variable[]): void {
    for (const v of var_list) {
      const dtype = v.dtype.base_dtype;
      const whole = v.get_shape();
      const init = whole.is_fully_defined()
        ? new constant_initializer(this.initial, { dtype })
        : () => cast(fill(shape(v), this.initial), dtype);
      this._get_or_make_slot_with_initializer(v, init, whole, dtype, 'accumulator', this._name);
    }
  }

  override _prepare(): void {
    this.rate = toTensor(this._call_if_callable(this.learningRate), null, 'learning_rate');
  }

  override _step(variable: Variable, dtype: DType): Step {
    return {
      op: 'Adagrad',
      slots: { accum: this.get_slot(variable, 'accumulator')! },
      numbers: { lr: cast(this.rate, dtype) },
    };
  }
}
