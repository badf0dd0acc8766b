/** What is asked of `tf.get_variable`, and the functions that ask and answer. */

import { type DType, float32 } from '../core/dtype.ts';
import { Operand } from '../core/operand.ts';
import type { ShapeLike } from '../core/shape.ts';
import { fn } from '../core/signature.ts';
import type { Tensor, TensorLike } from '../core/tensor.ts';
import { Initializer, type PartitionInfo } from '../ops/initializers.ts';
import type { Constraint } from './arguments.ts';
import type { Partitioner } from './partitioners.ts';
import type { Variable } from './variable.ts';

/** A way of sharing variables that is neither yes nor no. */
export class ReuseMode {
  private readonly name: string;

  /** @internal */
  constructor(name: string) {
    this.name = name;
  }
  toString(): string {
    return `_ReuseMode.${this.name}`;
  }
}
/** Says that a variable is taken if it is there, and made if it is not. */
export const AUTO_REUSE = new ReuseMode('AUTO_REUSE');
/** Whether variables must be there (`true`), must not (`false`), or either; `null` inherits. */
export type Reuse = boolean | null | ReuseMode;
/** A function of shape, type and part, an initializer class, an object with `call`, or the value itself. */
export type InitializerLike =
  | TensorLike
  | ((shape: number[], dtype: DType, partition_info: PartitionInfo | null) => TensorLike)
  | (new (options: {
      dtype: DType;
    }) => Initializer)
  | { call(shape: number[], dtype: DType, partition_info: PartitionInfo | null): TensorLike };
/** An initializer as it is called in the end. */
export type InitializerFunction = (
  shape: number[],
  dtype: DType,
  partition_info: PartitionInfo | null,
) => TensorLike;
/** The penalty of a variable, `null` for none. */
export type Regularizer = (variable: Variable) => Tensor | null;

/** What `tf.get_variable` asks for, all defaults filled in. */
export interface Request {
  readonly name: string;
  readonly shape: ShapeLike;
  readonly dtype: DType;
  readonly initializer: InitializerLike | null;
  readonly regularizer: Regularizer | null;
  readonly reuse: Reuse;
  readonly trainable: boolean;
  readonly collections: readonly string[] | null;
  readonly caching_device: string | null;
  readonly partitioner: Partitioner | null;
  readonly validate_shape: boolean;
  readonly use_resource: boolean | null;
  readonly constraint: Constraint | null;
}
/** A request without the name: the keywords that a custom getter receives and passes on. */
export type GetterKeywords = Omit<Request, 'name'>;
/** What a custom getter calls to get the variable: `getter(name, keywords)`. */
export type Getter = (name: string, keywords?: Partial<GetterKeywords>) => Variable;
/** A function that stands between `tf.get_variable` and the variable that it gives. */
export type CustomGetter = (getter: Getter, name: string, keywords: GetterKeywords) => Variable;

/** A getter with TF1's parameters, over a function of the whole request. */
export function getterOf(get: (request: Request) => Variable): Getter {
  const getter = fn(
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
      'constraint',
    ],
    (
      name: string,
      shape: ShapeLike = null,
      dtype: DType = float32,
      initializer: InitializerLike | null = null,
      regularizer: Regularizer | null = null,
      reuse: Reuse = null,
      trainable: boolean = true,
      collections: readonly string[] | null = null,
      caching_device: string | null = null,
      partitioner: Partitioner | null = null,
      validate_shape: boolean = true,
      use_resource: boolean | null = null,
      constraint: Constraint | null = null,
    ): Variable =>
      get({
        name,
        shape,
        dtype,
        initializer,
        regularizer,
        reuse,
        trainable,
        collections,
        caching_device,
        partitioner,
        validate_shape,
        use_resource,
        constraint,
      }),
    { name: 'getter' },
  );
  return getter as Getter;
}

/** The function that makes a value, if `initializer` is something to call; classes are constructed. */
export function initializerFunction(
  initializer: InitializerLike | null,
  dtype: DType,
): InitializerFunction | null {
  if (typeof initializer === 'function') {
    if (!(initializer.prototype instanceof Initializer)) return initializer as InitializerFunction;
    const type = initializer as new (options: { dtype: DType }) => Initializer;
    return new type({ dtype });
  }
  if (initializer === null || typeof initializer !== 'object') return null;
  if (initializer instanceof Operand || !('call' in initializer)) return null;
  return (shape, type, part) => initializer.call(shape, type, part);
}
