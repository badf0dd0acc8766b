/**
 * The variables of one graph that `tf.get_variable` made, by name: finds them, or makes them. Nothing
 * here knows of scopes; names come in full.
 */

import { as_dtype, type DType } from '../core/dtype.ts';
import { RuntimeError, type TraceFrame, ValueError } from '../core/errors.ts';
import {
  colocateWith,
  controlDependencies,
  currentMode,
  executing_eagerly,
  nameScope,
} from '../core/mode.ts';
import type { Operand } from '../core/operand.ts';
import { as_shape, type TensorShape } from '../core/shape.ts';
import type { TensorLike } from '../core/tensor.ts';
import { GraphKeys } from '../graph/collections.ts';
import { get_default_graph } from '../graph/default_graph.ts';
import { type PartitionInfo, Zeros } from '../ops/initializers.ts';
import { glorot_uniform_initializer } from '../ops/random_initializers.ts';
import type { InitialValue } from './arguments.ts';
import type { PartitionedVariable } from './partitioned_variable.ts';
import { partitionedVariable } from './partitions.ts';
import {
  AUTO_REUSE,
  type CustomGetter,
  getterOf,
  type InitializerLike,
  initializerFunction,
  type Request,
  type Reuse,
} from './requests.ts';
import { ResourceVariable } from './resource_variable.ts';
import { Variable } from './variable.ts';

/** The variables that `tf.get_variable` made, by name. */
export class VariableStore {
  /** Variables and the pieces of partitioned ones. */
  readonly variables = new Map<string, Variable>();
  /** Partitioned variables. */
  readonly partitioned = new Map<string, PartitionedVariable>();
  /** Whether it keeps variables of eager mode too. */
  readonly keepsEager: boolean;

  constructor(keepsEager: boolean) {
    this.keepsEager = keepsEager;
  }

  /** The variable that is asked for, by way of `custom_getter` if there is one. */
  get(request: Request, custom_getter: CustomGetter | null): Variable {
    if (custom_getter !== null && typeof custom_getter !== 'function') {
      throw new ValueError(`Passed a custom_getter which is not callable: ${custom_getter}`);
    }
    const dtype = as_dtype(request.dtype).base_dtype;
    const asked: Request = { ...request, dtype, reuse: this.reuseOf(request.reuse) };
    if (custom_getter === null) return this.find(asked);
    const { name, ...keywords }: Request = asked;
    return custom_getter(
      getterOf((inner) => this.find(inner)),
      name,
      keywords,
    );
  }

  private reuseOf(reuse: Reuse): Reuse {
    if (!executing_eagerly()) return reuse;
    if (this.keepsEager) return AUTO_REUSE;
    if (!reuse) return reuse;
    throw new RuntimeError(
      'When eager execution is enabled variable reuse is only supported when an EagerVariableStore is active. See the documentation on EagerVariableStore for example usage.',
    );
  }

  private find(request: Request): Variable {
    const { name, shape, partitioner, reuse } = request;
    const isScalar = Array.isArray(shape) && shape.length === 0;
    const inParts = partitioner !== null && !isScalar;
    if (inParts || (reuse === true && this.partitioned.has(name))) {
      if (inParts && typeof partitioner !== 'function') {
        throw new ValueError(`Partitioner must be callable, but received: ${partitioner}`);
      }
      const whole = currentMode().nameScope(null, () => partitionedVariable(this, request));
      // What stands for its concatenation is typed as the variable that it replaces.
      return whole as Operand as Variable;
    }
    if (this.variables.has(`${name}/part_0`)) {
      throw new ValueError(
        `No partitioner was provided, but a partitioned version of the variable was found: ${name}/part_0. Perhaps a variable of the same name was already created with partitioning?`,
      );
    }
    return this.single(request, null);
  }

  /** A variable in one piece; `part` says which piece of a larger one it is. */
  single(request: Request, part: PartitionInfo | null): Variable {
    const { name, reuse, initializer } = request;
    const isValue =
      initializer !== null && initializerFunction(initializer, request.dtype) === null;
    if (request.shape !== null && isValue) {
      throw new ValueError('If initializer is a constant, do not specify shape.');
    }
    const shape = as_shape(request.shape);
    const found = this.variables.get(name);
    if (found) {
      checkShared(found, request, shape);
      return found;
    }
    if (reuse === true) {
      throw new ValueError(
        `Variable ${name} does not exist, or was not created with tf.get_variable(). Did you mean to set reuse=tf.AUTO_REUSE in VarScope?`,
      );
    }
    if (!shape.is_fully_defined() && !isValue) {
      throw new ValueError(
        `Shape of a new variable (${name}) must be fully defined, but instead was ${shape}.`,
      );
    }
    const variable = make(request, shape, isValue, part);
    if (!executing_eagerly() || this.keepsEager) this.variables.set(name, variable);
    addRegularization(variable, request);
    return variable;
  }
}

function checkShared(found: Variable, { name, reuse, dtype }: Request, shape: TensorShape): void {
  if (reuse === false) {
    throw new ValueError(
      `Variable ${name} already exists, disallowed. Did you mean to set reuse=True or reuse=tf.AUTO_REUSE in VarScope? Originally defined at:\n\n${originOf(found)}`,
    );
  }
  if (!shape.is_compatible_with(found.get_shape())) {
    throw new ValueError(
      `Trying to share variable ${name}, but specified shape ${shape} and found shape ${found.get_shape()}.`,
    );
  }
  if (!dtype.is_compatible_with(found.dtype)) {
    throw new ValueError(
      `Trying to share variable ${name}, but specified dtype ${dtype.name} and found dtype ${found.dtype.name}.`,
    );
  }
}

/** The three innermost lines of the program that made a variable, as Python prints them. */
function originOf(variable: Variable): string {
  const { traceback = [] } = variable.op as { traceback?: readonly TraceFrame[] };
  const frames = [...traceback].reverse().slice(0, 3);
  return frames
    .map(([file, line, where, source]) => {
      const text = source ? `    ${source.trim()}\n` : '';
      return `  File "${file}", line ${line}, in ${where}\n${text}`;
    })
    .join('');
}

function make(
  request: Request,
  shape: TensorShape,
  isValue: boolean,
  part: PartitionInfo | null,
): Variable {
  const { name, dtype, trainable, collections, caching_device, validate_shape } = request;
  const initializer = request.initializer ?? defaultInitializer(request);
  const call = isValue ? null : initializerFunction(initializer, dtype);
  const initial_value: InitialValue = call
    ? () => call(shape.as_list() as number[], dtype, part)
    : (initializer as TensorLike);
  return variable({
    initial_value,
    name,
    trainable,
    collections,
    caching_device,
    dtype: call || isPlainNumber(initializer) ? dtype : null,
    validate_shape,
    constraint: request.constraint,
    use_resource: request.use_resource ?? false,
  });
}

/** Numbers without a type of their own take the one that was asked for. */
export function isPlainNumber(value: unknown): boolean {
  return typeof value === 'number' || (Array.isArray(value) && value.every(isPlainNumber));
}

function defaultInitializer({ name, dtype }: Request): InitializerLike {
  if (dtype.is_floating) return glorot_uniform_initializer() as InitializerLike;
  if (dtype.is_integer || dtype.is_unsigned || dtype.is_bool) return new Zeros() as InitializerLike;
  throw new ValueError(`An initializer for variable ${name} of ${dtype} is required`);
}

function addRegularization(variable: Variable, { name, regularizer }: Request): void {
  if (regularizer === null) return;
  const loss = colocateWith(variable, () =>
    nameScope(`${name}/Regularizer/`, '', () =>
      controlDependencies(null, () => regularizer(variable)),
    ),
  );
  if (loss) get_default_graph().add_to_collection(GraphKeys.REGULARIZATION_LOSSES, loss);
}

/** What `variable` takes. */
export interface VariableOptions {
  readonly initial_value: InitialValue;
  readonly trainable?: boolean;
  readonly collections?: readonly string[] | null;
  readonly validate_shape?: boolean;
  readonly caching_device?: string | null;
  readonly name?: string | null;
  readonly dtype?: DType | null;
  readonly constraint?: Request['constraint'];
  readonly use_resource: boolean;
}

/** A variable of either kind; eager mode has only the one behind handles. */
export function variable({ use_resource, ...options }: VariableOptions): Variable {
  if (use_resource) return new ResourceVariable(options);
  if (!executing_eagerly()) return new Variable(options);
  throw new RuntimeError(
    'VariableScope should use resource variable when eager execution is enabled, but use_resource is False.',
  );
}
