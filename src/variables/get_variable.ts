/** `tf.get_variable`: variables found or made by name, in the current variable scope. */

import type { DType } from '../core/dtype.ts';
import type { ShapeLike } from '../core/shape.ts';
import { fn } from '../core/signature.ts';
import { GraphKeys } from '../graph/collections.ts';
import type { Constraint } from './arguments.ts';
import type { Partitioner } from './partitioners.ts';
import type { CustomGetter, InitializerLike, Regularizer } from './requests.ts';
import { defaultStore, get_variable_scope } from './scope_stack.ts';
import type { Variable } from './variable.ts';

const NAMES = [
  'name',
  'shape',
  'dtype',
  'initializer',
  'regularizer',
  'trainable',
  'collections',
  'caching_device',
  'partitioner',
  'validate_shape',
  'use_resource',
  'custom_getter',
  'constraint',
] as const;

/**
 * The variable `name` of the current variable scope: an existing one where the scope shares, else a
 * new one. Without an `initializer`, floats start as `glorot_uniform_initializer` makes them, integers
 * as zeros. ValueError where sharing and existence do not agree, or shapes or types differ.
 */
export const get_variable = fn(
  NAMES,
  (
    name: string,
    shape: ShapeLike = null,
    dtype: DType | null = null,
    initializer: InitializerLike | null = null,
    regularizer: Regularizer | null = null,
    trainable: boolean = true,
    collections: readonly string[] | null = null,
    caching_device: string | null = null,
    partitioner: Partitioner | null = null,
    validate_shape: boolean = true,
    use_resource: boolean | null = null,
    custom_getter: CustomGetter | null = null,
    constraint: Constraint | null = null,
  ): Variable =>
    get_variable_scope().get_variable(defaultStore(), {
      name,
      shape,
      dtype,
      initializer,
      regularizer,
      trainable,
      collections,
      caching_device,
      partitioner,
      validate_shape,
      use_resource,
      custom_getter,
      constraint,
    }),
);

/** As `get_variable`, for a variable that is not trained and stands in LOCAL_VARIABLES. */
export const get_local_variable = fn(
  NAMES,
  (
    name: string,
    shape: ShapeLike = null,
    dtype: DType | null = null,
    initializer: InitializerLike | null = null,
    regularizer: Regularizer | null = null,
    _trainable: boolean = false,
    collections: readonly string[] | null = null,
    caching_device: string | null = null,
    partitioner: Partitioner | null = null,
    validate_shape: boolean = true,
    use_resource: boolean | null = null,
    custom_getter: CustomGetter | null = null,
    constraint: Constraint | null = null,
  ): Variable =>
    get_variable({
      name,
      shape,
      dtype,
      initializer,
      regularizer,
      trainable: false,
      collections: [...(collections ?? []), GraphKeys.LOCAL_VARIABLES],
      caching_device,
      partitioner,
      validate_shape,
      use_resource,
      custom_getter,
      constraint,
    }),
);

/** A regularizer that adds nothing: it stops variables from inheriting one. */
export const no_regularizer = fn(['_'], (_: unknown): null => null);
