/** Momentum: a velocity `accum = momentum * accum + gradient`, and steps `var -= learning_rate * accum`. */

import { toTensor } from '../core/convert.ts';
import type { DType } from '../core/dtype.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import type { Tensor } from '../core/tensor.ts';
import { cast } from '../ops/cast.ts';
import type { Variable } from '../variables/variable.ts';
import { FusedOptimizer, type Step } from './fused_optimizer.ts';
import type { Hyperparameter } from './optimizer.ts';

const momentum = signature(
  ['learning_rate', 'momentum', 'use_locking', 'name', 'use_nesterov'],
  (
    learning_rate: Hyperparameter,
    momentum: Hyperparameter,
    use_locking: boolean = false,
    name: string = 'Momentum',
    use_nesterov: boolean = false,
  ) => ({ learning_rate, momentum, use_locking, name, use_nesterov }),
);

/**
 * An optimizer whose steps keep a part `momentum` of their velocity. With `use_nesterov` the gradient
 * is as if taken ahead, where the velocity leads (Sutskever et al., 2013).
 */
export class MomentumOptimizer extends FusedOptimizer {
  private readonly learningRate: Hyperparameter;
  private readonly momentum: Hyperparameter;
  private readonly useNesterov: boolean;
  private rate!: Tensor;
  private kept!: Tensor;

  constructor(...args: ArgsOf<typeof momentum>) {
    const given = momentum(...args);
    super(given.use_locking, given.name);
    this.learningRate = given.learning_rate;
    this.momentum = given.momentum;
    this.useNesterov = given.use_nesterov;
  }

  override _create_slots(var_list: readonly Variable[]): void {
    for (const v of var_list) this._zeros_slot(v, 'momentum', this._name);
  }

  override _prepare(): void {
    this.rate = toTensor(this._call_if_callable(this.learningRate), null, 'learning_rate');
    this.kept = toTensor(this._call_if_callable(this.momentum), null, 'momentum');
  }

  override _step(variable: Variable, dtype: DType): Step {
    return {
      op: 'Momentum',
      slots: { accum: this.get_slot(variable, 'momentum')! },
      numbers: { lr: cast(this.rate, dtype), momentum: cast(this.kept, dtype) },
      attrs: { use_nesterov: this.useNesterov },
    };
  }
}
