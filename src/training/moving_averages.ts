/** Moving averages of variables and tensors, kept in slots: `average -= (average - value) * (1 - decay)`. */

import { with_ } from '../core/context.ts';
import { toTensor } from '../core/convert.ts';
import { bfloat16, float16, float32, float64 } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { nameScope } from '../core/mode.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import type { Tensor, TensorLike } from '../core/tensor.ts';
import { GraphKeys } from '../graph/collections.ts';
import { get_default_graph } from '../graph/default_graph.ts';
import type { Operation } from '../graph/operation.ts';
import { add_to_collection, init_scope } from '../graph/scopes.ts';
import { minimum } from '../ops/arithmetic.ts';
import { cast } from '../ops/cast.ts';
import { group } from '../ops/control_flow.ts';
import { over, plus } from '../ops/infix.ts';
import {
  global_variables,
  moving_average_variables,
  trainable_variables,
} from '../variables/collections.ts';
import { assign_moving_average } from '../variables/moving_average.ts';
import { Variable } from '../variables/variable.ts';
import { create_slot, create_zeros_slot, type Primary } from './slots.ts';

const average = signature(
  ['decay', 'num_updates', 'zero_debias', 'name'],
  (
    decay: TensorLike,
    num_updates: TensorLike | null = null,
    zero_debias: boolean = false,
    name: string = 'ExponentialMovingAverage',
  ) => ({ decay, num_updates, zero_debias, name }),
);

/**
 * Keeps moving averages of variables, in slots beside them: `shadow = decay * shadow + (1 - decay) *
 * variable`. With `num_updates`, a count of the steps, the decay is at most `(1 + n) / (10 + n)`, so that
 * averages move faster at first.
 */
export class ExponentialMovingAverage {
  /** The name given to the constructor, which the slots' names end in. */
  readonly name: string;
  private readonly decay: TensorLike;
  private readonly numUpdates: TensorLike | null;
  private readonly zeroDebias: boolean;
  private readonly averages = new Map<Primary, Variable>();

  constructor(...args: ArgsOf<typeof average>) {
    const given = average(...args);
    this.name = given.name;
    this.decay = given.decay;
    this.numUpdates = given.num_updates;
    this.zeroDebias = given.zero_debias;
  }

  /**
   * An operation that updates the averages of `var_list`, or of all trainable variables, and makes them
   * where there are none. TypeError for what is no float; ValueError for what has its average already.
   */
  apply(var_list: readonly Primary[] | null = null): Operation {
    const members = var_list ?? trainable_variables();
    const debiased = new Set<Variable>();
    for (const member of members) this.create(member, debiased);
    return nameScope(this.name, this.name, (scope) => {
      const decay = this.currentDecay();
      const updates = members.map((member) => {
        const average = this.averages.get(member)!;
        return assign_moving_average(average, member, decay, debiased.has(average));
      });
      return group(...updates, { name: scope }) as Operation;
    });
  }

  private create(member: Primary, debiased: Set<Variable>): void {
    if (![float16, bfloat16, float32, float64].includes(member.dtype.base_dtype)) {
      throw new TypeError(`The variables must be half, float, or double: ${member.name}`);
    }
    if (this.averages.has(member)) {
      throw new ValueError(`Moving average already computed for: ${member.name}`);
    }
    with_(init_scope(), () => {
      if (member instanceof Variable) {
        const first = member.initialized_value();
        this.averages.set(member, create_slot(member, first, this.name));
        add_to_collection(GraphKeys.MOVING_AVERAGE_VARIABLES, member);
        return;
      }
      const colocated = ['Variable', 'VariableV2', 'VarHandleOp'].includes(member.op.type);
      const average = create_zeros_slot(member, this.name, null, colocated);
      this.averages.set(member, average);
      if (this.zeroDebias) debiased.add(average);
    });
  }

  private currentDecay(): Tensor {
    const decay = toTensor(this.decay, float32, 'decay');
    if (this.numUpdates === null) return decay;
    const updates = cast(this.numUpdates, float32, 'num_updates');
    return minimum(decay, over(plus(1, updates), plus(10, updates)));
  }

  /** The variable that holds the average of `variable`; `null` if there is none. */
  average(variable: Primary): Variable | null {
    return this.averages.get(variable) ?? null;
  }

  /** The name that the average of `variable` has, or would have. */
  average_name(variable: Primary): string {
    const average = this.averages.get(variable);
    if (average) return average.op.name;
    return get_default_graph().unique_name(`${variable.op.name}/${this.name}`, false);
  }

  /**
   * Which names to restore which variables from, so that those of `moving_avg_variables` (trainable and
   * averaged ones, if not given) get their averages' values, and the others their own.
   */
  variables_to_restore(
    moving_avg_variables: readonly Variable[] | null = null,
  ): Record<string, Variable> {
    const averaged = new Set(
      moving_avg_variables ?? [...trainable_variables(), ...moving_average_variables()],
    );
    const names: Record<string, Variable> = {};
    for (const variable of averaged) names[this.average_name(variable)] = variable;
    const restored = new Set([...averaged].map((variable) => variable.name));
    for (const variable of global_variables()) {
      const { name } = variable.op;
      if (!restored.has(variable.name) && !(name in names)) names[name] = variable;
    }
    return names;
  }
}
