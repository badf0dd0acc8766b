/** Moving variables towards values: the step of every moving average, and averages of weighted values. */

import { with_ } from '../core/context.ts';
import { toTensor } from '../core/convert.ts';
import { colocateWith, nameScope } from '../core/mode.ts';
import { fn } from '../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../core/tensor.ts';
import { GraphKeys } from '../graph/collections.ts';
import { divide, truediv as divideTruly } from '../ops/arithmetic.ts';
import { cast } from '../ops/cast.ts';
import { minus, over, power, times } from '../ops/infix.ts';
import { zeros_initializer } from '../ops/initializers.ts';
import { get_variable } from './get_variable.ts';
import { get_variable_scope, variable_scope } from './scope_stack.ts';
import { assign, assign_sub } from './updates.ts';
import type { Assigned, Variable } from './variable.ts';

/**
 * Moves `variable` towards `value` by the part `1 - decay` of their difference. With `zero_debias` the
 * variable, which starts at zero, is corrected for having seen few values yet (Kingma et al., 2015).
 */
export const assign_moving_average = fn(
  ['variable', 'value', 'decay', 'zero_debias', 'name'],
  (
    variable: Variable,
    value: TensorLike,
    decay: TensorLike,
    zero_debias: boolean = true,
    name: Name = null,
  ): Assigned =>
    nameScope(name, 'AssignMovingAvg', (scope) => {
      const kept = toTensor(typeof decay === 'number' ? 1 - decay : minus(1, decay), null, 'decay');
      const part = cast(kept, variable.dtype.base_dtype);
      if (zero_debias) return assignDebiased(variable, value, part);
      return assign_sub(variable, times(minus(variable, value), part), { name: scope });
    }),
);

/** Keeps the plain average in `biased`, and divides it by the weight that it has gathered. */
function assignDebiased(variable: Variable, value: TensorLike, part: Tensor): Assigned {
  return with_(variable_scope(variable.name.replace(/:0$/, '')), (scope) => {
    const trainable = false;
    const dtype = variable.dtype.base_dtype;
    const initializer = new zeros_initializer();
    const [biased, count] = colocateWith(variable, () => [
      get_variable(unusedName('biased'), {
        initializer,
        shape: variable.get_shape(),
        dtype,
        trainable,
      }),
      get_variable(unusedName('local_step'), { initializer, shape: [], dtype, trainable }),
    ]) as [Variable, Variable];
    const sum = assign_sub(biased, times(minus(biased, value), part));
    const steps = count.assign_add(1);
    const weight = minus(1, power(minus(1, part), steps));
    return assign(variable, over(sum, weight), { name: scope.original_name_scope });
  });
}

/** `name`, or with the first number that no variable in the scope has. */
function unusedName(name: string): string {
  const scope = get_variable_scope();
  if (scope.reuse) return name;
  const used = new Set(scope.global_variables().map((v) => v.op.name));
  const full = `${scope.name}/${name}`;
  if (!used.has(full)) return name;
  let i = 1;
  while (used.has(`${full}_${i}`)) i++;
  return `${name}_${i}`;
}

/** The average of `value` over the steps, each weighted by `weight` and by how far back it lies. */
export const weighted_moving_average = fn(
  ['value', 'decay', 'weight', 'truediv', 'collections', 'name'],
  (
    value: Tensor,
    decay: TensorLike,
    weight: Tensor,
    truediv: boolean = true,
    collections: readonly string[] | null = null,
    name: Name = null,
  ): Tensor =>
    with_(variable_scope(name, { default_name: 'WeightedMovingAvg' }), (scope) => {
      const options = {
        initializer: new zeros_initializer(),
        trainable: false,
        collections: collections ?? [GraphKeys.GLOBAL_VARIABLES],
      };
      const sum = get_variable('value_x_weight', {
        shape: value.get_shape(),
        dtype: value.dtype,
        ...options,
      });
      const weights = get_variable('weight', {
        shape: weight.get_shape(),
        dtype: weight.dtype,
        ...options,
      });
      const numerator = assign_moving_average(sum, times(value, weight), decay, false);
      const denominator = assign_moving_average(weights, weight, decay, false);
      return (truediv ? divideTruly : divide)(numerator, denominator, scope.name);
    }),
);
