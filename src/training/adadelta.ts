/**
 * Adadelta (Zeiler, 2012): steps in the units of the variable, by the ratio of the running roots of
 * squared steps and squared gradients.
 */

import { toTensor } from '../core/convert.ts';
import type { DType } from '../core/dtype.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import type { Tensor } from '../core/tensor.ts';
import { cast } from '../ops/cast.ts';
import type { Variable } from '../variables/variable.ts';
import { FusedOptimizer, type Step } from './fused_optimizer.ts';
import type { Hyperparameter } from './optimizer.ts';

const adadelta = signature(
  ['learning_rate', 'rho', 'epsilon', 'use_locking', 'name'],
  (
    learning_rate: Hyperparameter = 0.001,
    rho: Hyperparameter = 0.95,
    epsilon: Hyperparameter = 1e-8,
    use_locking: boolean = false,
    name: string = 'Adadelta',
  ) => ({ learning_rate, rho, epsilon, use_locking, name }),
);

/** An optimizer that needs little tuning of its rate; `rho` is how much the running means keep. */
export class AdadeltaOptimizer extends FusedOptimizer {
  private readonly given: ReturnType<typeof adadelta>;
  private rate!: Tensor;
  private rho!: Tensor;
  private epsilon!: Tensor;

  constructor(...args: ArgsOf<typeof adadelta>) {
    const given = adadelta(...args);
    super(given.use_locking, given.name);
    this.given = given;
  }

  override _create_slots(var_list: readonly Variable[]): void {
    for (const v of var_list) {
      this._zeros_slot(v, 'accum', this._name);
      this._zeros_slot(v, 'accum_update', this._name);
    }
  }

  override _prepare(): void {
    const { learning_rate, rho, epsilon } = this.given;
    this.rate = toTensor(this._call_if_callable(learning_rate), null, 'lr');
    this.rho = toTensor(this._call_if_callable(rho), null, 'rho');
    this.epsilon = toTensor(this._call_if_callable(epsilon), null, 'epsilon');
  }

  override _step(variable: Variable, dtype: DType): Step {
    const accum = this.get_slot(variable, 'accum')!;
    const accum_update = this.get_slot(variable, 'accum_update')!;
    return {
      op: 'Adadelta',
      slots: { accum, accum_update },
      numbers: {
        lr: cast(this.rate, dtype),
        rho: cast(this.rho, dtype),
        epsilon: cast(this.epsilon, dtype),
      },
    };
  }
}
