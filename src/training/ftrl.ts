/**
 * Follow the regularized leader (McMahan et al., 2013): keeps sums of squared gradients and of shifted
 * gradients, and computes the variable from them so that l1 regularization makes exact zeros.
 */

import { toTensor } from '../core/convert.ts';
import type { DType } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import type { Tensor, TensorLike } from '../core/tensor.ts';
import { maximum } from '../ops/arithmetic.ts';
import { ones } from '../ops/array.ts';
import { cast } from '../ops/cast.ts';
import { over, plus, times } from '../ops/infix.ts';
import type { Variable } from '../variables/variable.ts';
import { FusedOptimizer, type Step } from './fused_optimizer.ts';

const ftrl = signature(
  [
    'learning_rate',
    'learning_rate_power',
    'initial_accumulator_value',
    'l1_regularization_strength',
    'l2_regularization_strength',
    'use_locking',
    'name',
    'accum_name',
    'linear_name',
    'l2_shrinkage_regularization_strength',
  ],
  (
    learning_rate: TensorLike,
    learning_rate_power: number = -0.5,
    initial_accumulator_value: number = 0.1,
    l1_regularization_strength: number = 0,
    l2_regularization_strength: number = 0,
    use_locking: boolean = false,
    name: string = 'Ftrl',
    accum_name: string | null = null,
    linear_name: string | null = null,
    l2_shrinkage_regularization_strength: number = 0,
  ) => ({
    learning_rate,
    learning_rate_power,
    initial_accumulator_value,
    l1_regularization_strength,
    l2_regularization_strength,
    use_locking,
    name,
    accum_name,
    linear_name,
    l2_shrinkage_regularization_strength,
  }),
);
type Given = ReturnType<typeof ftrl>;

/** As Python's `%f` prints a number. */
const sixDigits = (x: number): string => x.toFixed(6);

function assertSigns(given: Given): void {
  const { learning_rate_power } = given;
  if (given.initial_accumulator_value < 0) {
    throw new ValueError(
      `initial_accumulator_value ${sixDigits(given.initial_accumulator_value)} needs to be positive or zero`,
    );
  }
  if (learning_rate_power > 0) {
    throw new ValueError(
      `learning_rate_power ${sixDigits(learning_rate_power)} needs to be negative or zero`,
    );
  }
  const strengths = [
    'l1_regularization_strength',
    'l2_regularization_strength',
    'l2_shrinkage_regularization_strength',
  ] as const;
  for (const name of strengths) {
    if (given[name] >= 0) continue;
    throw new ValueError(`${name} ${sixDigits(given[name])} needs to be positive or zero`);
  }
}

/**
 * An optimizer for sparse linear models. `l2_regularization_strength` stabilizes; the shrinkage kind is
 * a penalty on the size of the variable. `learning_rate_power` says how fast the rate falls.
 */
export class FtrlOptimizer extends FusedOptimizer {
  private readonly given: Given;
  private rate!: Tensor;
  private l1!: Tensor;
  private l2!: Tensor;
  private shrinkage!: Tensor;
  private power!: Tensor;

  /** ValueError where a number has the wrong sign. */
  constructor(...args: ArgsOf<typeof ftrl>) {
    const given = ftrl(...args);
    super(given.use_locking, given.name);
    assertSigns(given);
    this.given = given;
  }

  override _create_slots(var_list: readonly Variable[]): void {
    const { initial_accumulator_value, accum_name, linear_name } = this.given;
    const init = (shape: number[], dtype: DType) =>
      times(ones(shape, dtype), initial_accumulator_value);
    for (const v of var_list) {
      this._get_or_make_slot_with_initializer(
        v,
        init,
        v.shape,
        v.dtype,
        'accum',
        accum_name ?? this._name,
      );
      this._zeros_slot(v, 'linear', linear_name ?? this._name);
    }
  }

  // TensorFlow 1.14 and later add beta / (2 * learning_rate) to l2. Beta is 0 here; its nodes are kept.
  override _prepare(): void {
    const { given } = this;
    const beta = 0;
    const number = (value: TensorLike, name: string) => toTensor(value, null, name);
    this.rate = number(given.learning_rate, 'learning_rate');
    this.l1 = number(given.l1_regularization_strength, 'l1_regularization_strength');
    const scaled = over(beta, times(2, maximum(given.learning_rate, 1e-36)));
    this.l2 = plus(given.l2_regularization_strength, scaled);
    number(beta, 'beta');
    this.shrinkage = number(
      given.l2_shrinkage_regularization_strength,
      'l2_shrinkage_regularization_strength',
    );
    this.power = number(given.learning_rate_power, 'learning_rate_power');
  }

  override _step(variable: Variable, dtype: DType): Step {
    const accum = this.get_slot(variable, 'accum')!;
    const linear = this.get_slot(variable, 'linear')!;
    const shrinks = this.given.l2_shrinkage_regularization_strength > 0;
    return {
      op: shrinks ? 'FtrlV2' : 'Ftrl',
      slots: { accum, linear },
      numbers: {
        lr: cast(this.rate, dtype),
        l1: cast(this.l1, dtype),
        l2: cast(this.l2, dtype),
        ...(shrinks ? { l2_shrinkage: cast(this.shrinkage, dtype) } : {}),
        lr_power: cast(this.power, dtype),
      },
    };
  }
}
