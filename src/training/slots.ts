/**
 * Slots: variables that an optimizer keeps beside those it trains. A slot lives in the name scope of
 * its primary and where that is placed: `w/Momentum` beside `w`.
 */

import { with_ } from '../core/context.ts';
import type { DType } from '../core/dtype.ts';
import { colocateWith } from '../core/mode.ts';
import { as_shape, type ShapeLike } from '../core/shape.ts';
import type { Tensor } from '../core/tensor.ts';
import { shape, zeros } from '../ops/array.ts';
import { zeros_initializer } from '../ops/initializers.ts';
import { get_variable } from '../variables/get_variable.ts';
import type { InitializerLike } from '../variables/requests.ts';
import { ResourceVariable } from '../variables/resource_variable.ts';
import { get_variable_scope, variable_scope } from '../variables/scope_stack.ts';
import { Variable } from '../variables/variable.ts';

/** What a slot belongs to: mostly a variable, sometimes a tensor. */
export type Primary = Variable | Tensor;

interface SlotOptions {
  readonly shape?: ShapeLike;
  readonly dtype?: DType;
  readonly validate_shape: boolean;
}

function createSlotVariable(
  primary: Primary,
  initial: InitializerLike,
  options: SlotOptions,
): Variable {
  const scope = get_variable_scope();
  const { partitioner } = scope;
  scope.set_partitioner(null);
  try {
    return get_variable('', {
      initializer: initial,
      trainable: false,
      use_resource: primary instanceof ResourceVariable,
      ...options,
    });
  } finally {
    scope.set_partitioner(partitioner);
  }
}

function inScope(
  primary: Primary,
  name: string,
  colocate: boolean,
  body: () => Variable,
): Variable {
  const prefix = primary instanceof Variable ? primary._shared_name : primary.op.name;
  return with_(variable_scope(null, `${prefix}/${name}`), () =>
    colocate ? colocateWith(primary, body) : body(),
  );
}

/** A slot of `primary` that starts as the tensor `val`, and has its type. */
export function create_slot(
  primary: Primary,
  val: Tensor,
  name: string,
  colocate_with_primary: boolean = true,
): Variable {
  const validate_shape = val.shape.is_fully_defined();
  return inScope(primary, name, colocate_with_primary, () =>
    createSlotVariable(primary, val, { validate_shape }),
  );
}

/** A slot of `primary` that an initializer makes, given a shape and a type. */
export function create_slot_with_initializer(
  primary: Primary,
  initializer: InitializerLike,
  slotShape: ShapeLike,
  dtype: DType,
  name: string,
  colocate_with_primary: boolean = true,
): Variable {
  const validate_shape = as_shape(slotShape).is_fully_defined();
  return inScope(primary, name, colocate_with_primary, () =>
    createSlotVariable(primary, initializer, { shape: slotShape, dtype, validate_shape }),
  );
}

/** A slot of zeros with the shape of `primary`, and its type unless `dtype` is given. */
export function create_zeros_slot(
  primary: Primary,
  name: string,
  dtype: DType | null = null,
  colocate_with_primary: boolean = true,
): Variable {
  const type = (dtype ?? primary.dtype).base_dtype;
  const slotShape = primary.get_shape();
  if (slotShape.is_fully_defined()) {
    const initializer = new zeros_initializer();
    return create_slot_with_initializer(
      primary,
      initializer,
      slotShape,
      type,
      name,
      colocate_with_primary,
    );
  }
  const value = primary instanceof Variable ? primary.initialized_value() : primary;
  return create_slot(primary, zeros(shape(value), type), name, colocate_with_primary);
}
