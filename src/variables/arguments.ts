/** What the constructors of variables take, with TF1's names, order, defaults and errors. */

import { pythonText, pythonType } from '../core/call.ts';
import { as_dtype, type DType } from '../core/dtype.ts';
import { RuntimeError, ValueError } from '../core/errors.ts';
import type { Operand } from '../core/operand.ts';
import type { ShapeLike } from '../core/shape.ts';
import { signature } from '../core/signature.ts';
import type { Tensor, TensorLike } from '../core/tensor.ts';
import type { VariableDef } from '../formats/meta_graph_messages.ts';
import { GraphKeys } from '../graph/collections.ts';

/** An object that Python could call. */
export interface Callable<A extends readonly unknown[], R> {
  call(...args: A): R;
}
/** What makes a first value: the value, or a function that builds it. */
export type InitialValue = TensorLike | (() => TensorLike) | Callable<[], TensorLike>;
/** Projects an updated value onto what is allowed; optimizers apply it. */
export type Constraint = (value: Tensor) => Operand;

/** The arguments of a variable, checked as far as they can be before anything is built. */
export interface VariableArguments {
  readonly initial_value: InitialValue | null;
  readonly trainable: boolean;
  readonly collections: readonly string[];
  readonly validate_shape: boolean;
  readonly caching_device: string | null;
  readonly name: string | null;
  readonly variable_def: VariableDef | null;
  readonly dtype: DType | null;
  readonly import_scope: string | null;
  readonly constraint: Constraint | null;
  /** Whether to make it behind a resource handle. */
  readonly use_resource: boolean;
}

/** Reads the arguments of a variable's constructor. */
export const variableArguments = signature(
  [
    'initial_value',
    'trainable',
    'collections',
    'validate_shape',
    'caching_device',
    'name',
    'variable_def',
    'dtype',
    'expected_shape',
    'import_scope',
    'constraint',
    'use_resource',
  ],
  (
    initial_value: InitialValue | null = null,
    trainable: boolean = true,
    collections: readonly string[] | null = null,
    validate_shape: boolean = true,
    caching_device: string | null = null,
    name: string | null = null,
    variable_def: VariableDef | null = null,
    dtype: DType | null = null,
    _expected_shape: ShapeLike = null,
    import_scope: string | null = null,
    constraint: Constraint | null = null,
    use_resource: boolean | null = null,
  ): VariableArguments => ({
    initial_value,
    trainable,
    collections: allCollections(collections, trainable),
    validate_shape,
    caching_device,
    name,
    variable_def,
    dtype: dtype === null ? null : as_dtype(dtype),
    import_scope,
    constraint: checkConstraint(constraint),
    use_resource: use_resource ?? false,
  }),
);

function allCollections(given: unknown, trainable: boolean): readonly string[] {
  const collections: unknown = given ?? [GraphKeys.GLOBAL_VARIABLES];
  if (!Array.isArray(collections)) {
    throw new ValueError(
      `collections argument to Variable constructor must be a list, tuple, or set. Got ${pythonText(collections)} of type <class '${pythonType(collections)}'>`,
    );
  }
  const isTrainable = collections.includes(GraphKeys.TRAINABLE_VARIABLES);
  return trainable && !isTrainable
    ? [...collections, GraphKeys.TRAINABLE_VARIABLES]
    : (collections as string[]);
}

function checkConstraint(constraint: unknown): Constraint | null {
  if (constraint === null || typeof constraint === 'function') return constraint as Constraint;
  throw new ValueError('The `constraint` argument must be a callable.');
}

/** The function that makes a first value, if `value` is something to call. */
export function makerOf(value: InitialValue): (() => TensorLike) | null {
  if (typeof value === 'function') return value as () => TensorLike;
  if (typeof value !== 'object' || value === null || !('call' in value)) return null;
  const callable = value as Callable<[], TensorLike>;
  return typeof callable.call === 'function' ? () => callable.call() : null;
}

/** The first value that the constructor needs. ValueError where there is none. */
export function requireInitialValue({
  initial_value,
  variable_def,
}: VariableArguments): InitialValue {
  if (variable_def !== null && initial_value !== null) {
    throw new ValueError('variable_def and initial_value are mutually exclusive.');
  }
  if (initial_value === null) throw new ValueError('initial_value must be specified.');
  return initial_value;
}

/** What eager mode says of variables that need a graph. */
export function refuseEager(): never {
  throw new RuntimeError(
    'tf.Variable not supported when eager execution is enabled. Please use tf.contrib.eager.Variable instead',
  );
}
