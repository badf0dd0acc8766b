/**
 * RMSProp (Tieleman and Hinton, 2012): `rms` is a running mean of squared gradients, `mom` keeps a part
 * `momentum` of itself and adds `learning_rate * gradient / sqrt(rms + epsilon)`, `var -= mom`.
 */

import { toTensor } from '../core/convert.ts';
import type { DType } from '../core/dtype.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import type { Tensor } from '../core/tensor.ts';
import { ones_like } from '../ops/array.ts';
import { cast } from '../ops/cast.ts';
import { ones_initializer } from '../ops/initializers.ts';
import type { Variable } from '../variables/variable.ts';
import { FusedOptimizer, type Step } from './fused_optimizer.ts';
import type { Hyperparameter } from './optimizer.ts';

const rmsProp = signature(
  ['learning_rate', 'decay', 'momentum', 'epsilon', 'use_locking', 'centered', 'name'],
  (
    learning_rate: Hyperparameter,
    decay: Hyperparameter = 0.9,
    momentum: Hyperparameter = 0,
    epsilon: Hyperparameter = 1e-10,
    use_locking: boolean = false,
    centered: boolean = false,
    name: string = 'RMSProp',
  ) => ({ learning_rate, decay, momentum, epsilon, use_locking, centered, name }),
);

/** An optimizer that divides gradients by the root of their running mean square; with `centered`, by their running deviation. */
export class RMSPropOptimizer extends FusedOptimizer {
  private readonly given: ReturnType<typeof rmsProp>;
  private rate!: Tensor;
  private decay!: Tensor;
  private momentum!: Tensor;
  private epsilon!: Tensor;

  constructor(...args: ArgsOf<typeof rmsProp>) {
    const given = rmsProp(...args);
    super(given.use_locking, given.name);
    this.given = given;
  }

  override _create_slots(var_list: readonly Variable[]): void {
    for (const v of var_list) {
      const dtype = v.dtype.base_dtype;
      const whole = v.get_shape();
      const init = whole.is_fully_defined() ? new ones_initializer(dtype) : () => ones_like(v);
      this._get_or_make_slot_with_initializer(v, init, whole, dtype, 'rms', this._name);
      if (this.given.centered) this._zeros_slot(v, 'mg', this._name);
      this._zeros_slot(v, 'momentum', this._name);
    }
  }

  override _prepare(): void {
    const { learning_rate, decay, momentum, epsilon } = this.given;
    this.rate = toTensor(this._call_if_callable(learning_rate), null, 'learning_rate');
    this.decay = toTensor(this._call_if_callable(decay), null, 'decay');
    this.momentum = toTensor(this._call_if_callable(momentum), null, 'momentum');
    this.epsilon = toTensor(this._call_if_callable(epsilon), null, 'epsilon');
  }

  override _step(variable: Variable, dtype: DType): Step {
    const ms = this.get_slot(variable, 'rms')!;
    const mom = this.get_slot(variable, 'momentum')!;
    const numbers = {
      lr: cast(this.rate, dtype),
      rho: cast(this.decay, dtype),
      momentum: cast(this.momentum, dtype),
      epsilon: cast(this.epsilon, dtype),
    };
    if (!this.given.centered) return { op: 'RMSProp', slots: { ms, mom }, numbers };
    const mg = this.get_slot(variable, 'mg')!;
    return { op: 'CenteredRMSProp', slots: { mg, ms, mom }, numbers };
  }
}
