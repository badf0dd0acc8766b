/**
 * Variable scopes: a prefix for the names of variables made by `tf.get_variable`, and defaults for
 * how they are made. Names of variables depend on variable scopes alone; operations get the name
 * scope that a variable scope opens beside itself.
 */

import { toTensor } from '../core/convert.ts';
import { as_dtype, type DType, float32 } from '../core/dtype.ts';
import { NotImplementedError, ValueError } from '../core/errors.ts';
import { currentMode, executing_eagerly } from '../core/mode.ts';
import type { ShapeLike } from '../core/shape.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import type { TensorLike } from '../core/tensor.ts';
import { GraphKeys } from '../graph/collections.ts';
import { get_collection } from '../graph/scopes.ts';
import type { Constraint } from './arguments.ts';
import type { Partitioner } from './partitioners.ts';
import {
  AUTO_REUSE,
  type CustomGetter,
  type InitializerLike,
  initializerFunction,
  type Regularizer,
  type Reuse,
} from './requests.ts';
import type { Variable } from './variable.ts';
import { isPlainNumber, type VariableStore } from './variable_store.ts';

const scopeArguments = signature(
  [
    'reuse',
    'name',
    'initializer',
    'regularizer',
    'caching_device',
    'partitioner',
    'custom_getter',
    'name_scope',
    'dtype',
    'use_resource',
    'constraint',
  ],
  (
    reuse: Reuse,
    name: string = '',
    initializer: InitializerLike | null = null,
    regularizer: Regularizer | null = null,
    caching_device: string | null = null,
    partitioner: Partitioner | null = null,
    custom_getter: CustomGetter | null = null,
    name_scope: string = '',
    dtype: DType = float32,
    use_resource: boolean | null = null,
    constraint: Constraint | null = null,
  ) => ({
    reuse,
    name,
    initializer,
    regularizer,
    caching_device,
    partitioner,
    custom_getter,
    name_scope,
    dtype: as_dtype(dtype),
    use_resource,
    constraint,
  }),
);

/** The parameters of `tf.get_variable`, beside the store that a scope asks. */
export const getArguments = signature(
  [
    'name',
    'shape',
    'dtype',
    'initializer',
    'regularizer',
    'reuse',
    'trainable',
    'collections',
    'caching_device',
    'partitioner',
    'validate_shape',
    'use_resource',
    'custom_getter',
    'constraint',
  ],
  (
    name: string,
    shape: ShapeLike = null,
    dtype: DType | null = null,
    initializer: InitializerLike | null = null,
    regularizer: Regularizer | null = null,
    reuse: Reuse = null,
    trainable: boolean = true,
    collections: readonly string[] | null = null,
    caching_device: string | null = null,
    partitioner: Partitioner | null = null,
    validate_shape: boolean = true,
    use_resource: boolean | null = null,
    custom_getter: CustomGetter | null = null,
    constraint: Constraint | null = null,
  ) => ({
    name,
    shape,
    dtype: dtype === null ? null : as_dtype(dtype),
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
    reuse,
  }),
  { name: 'get_variable' },
);
type GetArguments = ReturnType<typeof getArguments>;

/** A prefix for names of variables, and the defaults with which they are made. */
export class VariableScope {
  private readonly settings: ReturnType<typeof scopeArguments>;

  constructor(...args: ArgsOf<typeof scopeArguments>) {
    this.settings = scopeArguments(...args);
    if (!executing_eagerly()) return;
    if (this.settings.caching_device !== null) refuseCaching();
    if (this.settings.partitioner !== null) refusePartitions();
    this.settings.reuse = AUTO_REUSE;
    this.settings.use_resource = true;
  }

  get name(): string {
    return this.settings.name;
  }
  /** The name scope that was open when this scope was made. */
  get original_name_scope(): string {
    return this.settings.name_scope;
  }
  get reuse(): Reuse {
    return this.settings.reuse;
  }
  get initializer(): InitializerLike | null {
    return this.settings.initializer;
  }
  get dtype(): DType {
    return this.settings.dtype;
  }
  get use_resource(): boolean | null {
    return this.settings.use_resource;
  }
  get regularizer(): Regularizer | null {
    return this.settings.regularizer;
  }
  get caching_device(): string | null {
    return this.settings.caching_device;
  }
  get partitioner(): Partitioner | null {
    return this.settings.partitioner;
  }
  get custom_getter(): CustomGetter | null {
    return this.settings.custom_getter;
  }
  get constraint(): Constraint | null {
    return this.settings.constraint;
  }

  /** From now on variables of this scope must exist already. */
  reuse_variables(): void {
    this.settings.reuse = true;
  }
  set_initializer(initializer: InitializerLike | null): void {
    this.settings.initializer = initializer;
  }
  set_dtype(dtype: DType): void {
    this.settings.dtype = as_dtype(dtype);
  }
  /** Whether variables live behind resource handles. ValueError to turn that off in eager mode. */
  set_use_resource(use_resource: boolean | null): void {
    if (executing_eagerly() && !use_resource) {
      throw new ValueError('When eager execution is enabled, use_resource cannot be set to false.');
    }
    this.settings.use_resource = use_resource;
  }
  set_regularizer(regularizer: Regularizer | null): void {
    this.settings.regularizer = regularizer;
  }
  set_caching_device(caching_device: string | null): void {
    if (executing_eagerly()) refuseCaching();
    this.settings.caching_device = caching_device;
  }
  set_partitioner(partitioner: Partitioner | null): void {
    if (partitioner !== null && executing_eagerly()) refusePartitions();
    this.settings.partitioner = partitioner;
  }
  set_custom_getter(custom_getter: CustomGetter | null): void {
    this.settings.custom_getter = custom_getter;
  }

  /** The members of the default graph's collection `name` whose names begin with this scope's. */
  get_collection(name: string): unknown[] {
    return get_collection(name, this.name ? `${this.name}/` : '');
  }
  trainable_variables(): Variable[] {
    return this.get_collection(GraphKeys.TRAINABLE_VARIABLES) as Variable[];
  }
  global_variables(): Variable[] {
    return this.get_collection(GraphKeys.GLOBAL_VARIABLES) as Variable[];
  }
  local_variables(): Variable[] {
    return this.get_collection(GraphKeys.LOCAL_VARIABLES) as Variable[];
  }

  /** The variable of this scope that `tf.get_variable` asks for, from `var_store`. */
  get_variable(var_store: VariableStore, ...args: ArgsOf<typeof getArguments>): Variable {
    const asked = getArguments(...args);
    const name = this.name ? `${this.name}/${asked.name}` : asked.name;
    const eager = executing_eagerly();
    return currentMode().nameScope(null, () => {
      checkInitializerType(asked);
      const request = {
        ...asked,
        name,
        reuse: eager ? false : (asked.reuse ?? this.reuse),
        use_resource: eager ? true : (asked.use_resource ?? this.use_resource),
        dtype: asked.dtype ?? this.dtype,
        initializer: asked.initializer ?? this.initializer,
        regularizer: asked.regularizer ?? this.regularizer,
        caching_device: asked.caching_device ?? this.caching_device,
        partitioner: asked.partitioner ?? this.partitioner,
        constraint: asked.constraint ?? this.constraint,
      };
      const { custom_getter, ...rest } = request;
      return var_store.get(rest, custom_getter ?? this.custom_getter);
    });
  }
}

function checkInitializerType({ dtype, initializer }: GetArguments): void {
  if (dtype === null || initializer === null || initializerFunction(initializer, dtype)) return;
  const value = initializer as TensorLike;
  const found = toTensor(value, isPlainNumber(value) ? dtype : null).dtype.base_dtype;
  if (found !== dtype) {
    throw new ValueError(`Initializer type '${found}' and explicit dtype '${dtype}' don't match.`);
  }
}

function refuseCaching(): never {
  throw new NotImplementedError(
    'Caching devices is not yet supported when eager execution is enabled.',
  );
}

function refusePartitions(): never {
  throw new NotImplementedError(
    'Partitioned variables are not yet supported when eager execution is enabled.',
  );
}
