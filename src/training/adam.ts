/**
 * Adam (Kingma and Ba, 2015): steps by a running mean `m` of gradients over the root of a running mean
 * `v` of their squares. The rate makes up for both starting at zero:
 * `lr_t = learning_rate * sqrt(1 - beta2^t) / (1 - beta1^t)`, `var -= lr_t * m / (sqrt(v) + epsilon)`.
 */

import { toTensor } from '../core/convert.ts';
import type { DType } from '../core/dtype.ts';
import type { IndexedSlices } from '../core/indexed_slices.ts';
import { colocateWith } from '../core/mode.ts';
import type { Operand } from '../core/operand.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import type { Node, Tensor } from '../core/tensor.ts';
import { cast } from '../ops/cast.ts';
import { group } from '../ops/control_flow.ts';
import { minus, over, plus, times } from '../ops/infix.ts';
import { sqrt } from '../ops/math.ts';
import { ResourceScatterAdd } from '../ops/resource_variables.ts';
import { ScatterAdd } from '../ops/state.ts';
import type { Variable } from '../variables/variable.ts';
import { FusedOptimizer, type Step } from './fused_optimizer.ts';
import { after, doneBy, type Updated } from './optimizable.ts';
import type { Hyperparameter } from './optimizer.ts';

const adam = signature(
  ['learning_rate', 'beta1', 'beta2', 'epsilon', 'use_locking', 'name'],
  (
    learning_rate: Hyperparameter = 0.001,
    beta1: Hyperparameter = 0.9,
    beta2: Hyperparameter = 0.999,
    epsilon: Hyperparameter = 1e-8,
    use_locking: boolean = false,
    name: string = 'Adam',
  ) => ({ learning_rate, beta1, beta2, epsilon, use_locking, name }),
);

type ScatterAdds = (slot: Variable, indices: Tensor, updates: Tensor) => Tensor;

/**
 * An optimizer that adapts each element's rate to the first two moments of its gradient. A sparse
 * gradient moves all rows by their decayed moments, as a dense one with zeros would.
 */
export class AdamOptimizer extends FusedOptimizer {
  private readonly given: ReturnType<typeof adam>;
  private rate!: Tensor;
  private beta1!: Tensor;
  private beta2!: Tensor;
  private epsilon!: Tensor;

  constructor(...args: ArgsOf<typeof adam>) {
    const given = adam(...args);
    super(given.use_locking, given.name);
    this.given = given;
  }

  /** The variables that hold `beta1^t` and `beta2^t`. @internal */
  _get_beta_accumulators(): [beta1_power: Variable, beta2_power: Variable] {
    return [this._get_non_slot_variable('beta1_power'), this._get_non_slot_variable('beta2_power')];
  }

  override _create_slots(var_list: readonly Variable[]): void {
    const first = [...var_list].sort((a, b) =>
      a.name < b.name ? -1 : a.name > b.name ? 1 : 0,
    )[0]!;
    const beta1 = this._call_if_callable(this.given.beta1);
    const beta2 = this._call_if_callable(this.given.beta2);
    this._create_non_slot_variable(beta1, 'beta1_power', first);
    this._create_non_slot_variable(beta2, 'beta2_power', first);
    for (const v of var_list) {
      this._zeros_slot(v, 'm', this._name);
      this._zeros_slot(v, 'v', this._name);
    }
  }

  override _prepare(): void {
    const { learning_rate, beta1, beta2, epsilon } = this.given;
    this.rate = toTensor(this._call_if_callable(learning_rate), null, 'learning_rate');
    this.beta1 = toTensor(this._call_if_callable(beta1), null, 'beta1');
    this.beta2 = toTensor(this._call_if_callable(beta2), null, 'beta2');
    this.epsilon = toTensor(this._call_if_callable(epsilon), null, 'epsilon');
  }

  /** All that a step of type `dtype` takes, by the names of the op's inputs. */
  private numbers(dtype: DType) {
    const [beta1_power, beta2_power] = this._get_beta_accumulators();
    return {
      beta1_power: powerOf(beta1_power, dtype),
      beta2_power: powerOf(beta2_power, dtype),
      lr: cast(this.rate, dtype),
      beta1: cast(this.beta1, dtype),
      beta2: cast(this.beta2, dtype),
      epsilon: cast(this.epsilon, dtype),
    };
  }

  override _step(variable: Variable, dtype: DType): Step {
    const m = this.get_slot(variable, 'm')!;
    const v = this.get_slot(variable, 'v')!;
    return { op: 'Adam', slots: { m, v }, numbers: this.numbers(dtype) };
  }

  override _apply_sparse({ values, indices }: IndexedSlices, variable: Variable): Node {
    const use_locking = this._use_locking;
    return this.applyRows(values, variable, indices, (slot, rows, updates) =>
      ScatterAdd({ ref: slot._ref(), indices: rows, updates }, { use_locking }),
    );
  }

  override _resource_apply_sparse(grad: Tensor, handle: Variable, indices: Tensor): Node {
    return this.applyRows(grad, handle, indices, (slot, rows, updates) => {
      const added = ResourceScatterAdd({ resource: slot._ref(), indices: rows, updates });
      return after([added], () => slot.value());
    });
  }

  private applyRows(grad: Tensor, variable: Variable, indices: Tensor, add: ScatterAdds): Node {
    const h = this.numbers(variable.dtype.base_dtype);
    const rate = over(times(h.lr, sqrt(minus(1, h.beta2_power))), minus(1, h.beta1_power));
    const m = this.decayed(this.get_slot(variable, 'm')!, h.beta1, indices, add, () =>
      times(grad, minus(1, h.beta1)),
    );
    const v = this.decayed(this.get_slot(variable, 'v')!, h.beta2, indices, add, () =>
      times(times(grad, grad), minus(1, h.beta2)),
    );
    const root = sqrt(v);
    const step = over(times(rate, m), plus(root, h.epsilon));
    return group(doneBy(variable.assign_sub(step, this._use_locking)), m, v);
  }

  /** A moment after a sparse gradient: all of it decays, then rows are added. */
  private decayed(
    slot: Variable,
    beta: Tensor,
    indices: Tensor,
    add: ScatterAdds,
    rows: () => Tensor,
  ): Tensor {
    const updates = rows();
    const decayed = slot.assign(times(slot, beta), this._use_locking);
    return after([decayed], () => add(slot, indices, updates));
  }

  override _finish(update_ops: readonly Updated[], name_scope: string): Node {
    const assigned = after(update_ops, () => {
      const [beta1_power, beta2_power] = this._get_beta_accumulators();
      return colocateWith(beta1_power, () => [
        beta1_power.assign(times(beta1_power, this.beta1), this._use_locking),
        beta2_power.assign(times(beta2_power, this.beta2), this._use_locking),
      ]);
    });
    return group(...[...update_ops, ...assigned].map(doneBy), { name: name_scope });
  }
}

/** A power of the variables' type: where it has that type, the variable itself, read by what takes it. */
function powerOf(power: Variable, dtype: DType): Operand {
  return power.dtype.base_dtype === dtype ? power : cast(power, dtype);
}
