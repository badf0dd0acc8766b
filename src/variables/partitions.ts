/** Making a variable in pieces: how large each piece is, and what its first value is. */

import { toTensor } from '../core/convert.ts';
import { NotImplementedError, ValueError } from '../core/errors.ts';
import { executing_eagerly, nameScope } from '../core/mode.ts';
import { Operand } from '../core/operand.ts';
import { as_shape, type TensorShape } from '../core/shape.ts';
import type { TensorLike } from '../core/tensor.ts';
import type { PartitionInfo } from '../ops/initializers.ts';
import { slice } from '../ops/slice.ts';
import { PartitionedVariable } from './partitioned_variable.ts';
import { type InitializerLike, initializerFunction, type Request } from './requests.ts';
import { SaveSliceInfo } from './save_slice_info.ts';
import type { Variable } from './variable.ts';

/** Which piece of a variable an initializer is asked for. */
class Part implements PartitionInfo {
  readonly full_shape: readonly number[];
  readonly var_offset: readonly number[];

  constructor(full_shape: readonly number[], var_offset: readonly number[]) {
    this.full_shape = full_shape;
    this.var_offset = var_offset;
  }
}

/** Where pieces and wholes are kept. */
interface Store {
  readonly variables: Map<string, Variable>;
  readonly partitioned: Map<string, PartitionedVariable>;
  single(request: Request, part: PartitionInfo | null): Variable;
}

/** The partitioned variable that is asked for, found or made. */
export function partitionedVariable(store: Store, request: Request): PartitionedVariable {
  const { name, initializer, reuse } = request;
  if (executing_eagerly()) {
    throw new NotImplementedError(
      'Partitioned variables are not yet supported when eager execution is enabled.',
    );
  }
  if (store.variables.has(name)) {
    throw new ValueError(
      `A partitioner was provided, but an unpartitioned version of the variable was found: ${name}.  Perhaps a variable of the same name was already created without partitioning?`,
    );
  }
  const asked = as_shape(request.shape);
  const shape = initializer instanceof Operand ? asked.merge_with(shapeOf(initializer)) : asked;
  const partitions = request.partitioner === null ? null : partitionsOf(request, shape);
  const found = store.partitioned.get(name);
  if (found) {
    checkShared(found, request, shape, partitions);
    return found;
  }
  if (reuse === true || partitions === null) {
    throw new ValueError(
      `PartitionedVariable ${name} does not exist, or was not created with tf.get_variable(). Did you mean to set reuse=False or reuse=tf.AUTO_REUSE in VarScope?`,
    );
  }
  const whole = build(store, request, shape.as_list() as number[], partitions);
  store.partitioned.set(name, whole);
  return whole;
}

function shapeOf(value: Operand): TensorShape {
  return toTensor(value).shape;
}

function partitionsOf(
  { name, partitioner, dtype }: Request,
  shape: TensorShape,
): readonly number[] {
  if (!shape.is_fully_defined()) {
    throw new ValueError(
      `Shape of a new partitioned variable (${name}) must be fully defined, but instead was ${shape}.`,
    );
  }
  if (shape.length < 1) {
    throw new ValueError(`A partitioned Variable must have rank at least 1, shape: ${shape}`);
  }
  const partitions: unknown = partitioner!({ shape, dtype });
  if (!Array.isArray(partitions)) {
    throw new ValueError(`Partitioner must return a sequence, but saw: ${partitions}`);
  }
  if (partitions.length !== shape.length) {
    throw new ValueError(
      `Partitioner returned a partition list that does not match the Variable's rank: [${partitions.join(', ')}] vs. ${shape}`,
    );
  }
  if (partitions.some((n) => n < 1)) {
    throw new ValueError(
      `Partitioner returned zero partitions for some axes: [${partitions.join(', ')}]`,
    );
  }
  return partitions as number[];
}

function checkShared(
  found: PartitionedVariable,
  { name, reuse, dtype }: Request,
  shape: TensorShape,
  partitions: readonly number[] | null,
): void {
  if (reuse === false) {
    throw new ValueError(
      `Partitioned variable with name ${name} already exists. Did you mean to set reuse=True or reuse=tf.AUTO_REUSE in VarScope?`,
    );
  }
  const trying = `Trying to reuse partitioned variable ${name}, but specified`;
  if (!shape.is_compatible_with(found.get_shape())) {
    throw new ValueError(`${trying} shape ${shape} and found shape ${found.get_shape()}.`);
  }
  if (!dtype.is_compatible_with(found.dtype)) {
    throw new ValueError(`${trying} dtype ${dtype.name} and found dtype ${found.dtype.name}.`);
  }
  if (partitions !== null && partitions.join() !== found._partitions.join()) {
    throw new ValueError(
      `${trying} partitions [${partitions.join(', ')}] and found partitions [${found._partitions.join(', ')}].`,
    );
  }
}

function build(
  store: Store,
  request: Request,
  full_shape: readonly number[],
  partitions: readonly number[],
): PartitionedVariable {
  const { name } = request;
  const axis = slicedAxis(full_shape, partitions);
  const count = partitions[axis]!;
  const extra = full_shape[axis]! % count;
  let { dtype } = request;
  let offset = 0;
  const pieces = Array.from({ length: count }, (_, i) => {
    const length = Math.floor(full_shape[axis]! / count) + (i < extra ? 1 : 0);
    const var_shape = full_shape.map((size, at) => (at === axis ? length : size));
    const var_offset = full_shape.map((_size, at) => (at === axis ? offset : 0));
    offset += length;
    const pieceName = `${name}/part_${i}`;
    const piece = store.single(
      { ...request, name: pieceName, ...initial(request, pieceName, var_offset, var_shape) },
      new Part(full_shape, var_offset),
    );
    piece._set_save_slice_info(new SaveSliceInfo(name, full_shape, var_offset, var_shape));
    dtype = piece.dtype.base_dtype;
    return piece;
  });
  return new PartitionedVariable(name, full_shape, dtype, pieces, partitions);
}

/** The one axis that is cut. ValueError where there are several, or pieces would be empty. */
function slicedAxis(full_shape: readonly number[], partitions: readonly number[]): number {
  const shown = `shape: [${full_shape.join(', ')}], slicing: [${partitions.join(', ')}]`;
  let axis: number | null = null;
  partitions.forEach((n, at) => {
    if (full_shape[at]! < n) {
      throw new ValueError(`Cannot create ${n} slices for size ${full_shape[at]}. ${shown}`);
    }
    if (n === 1) return;
    if (axis !== null) {
      throw new ValueError(`Can only slice a variable along one dimension: ${shown}`);
    }
    axis = at;
  });
  return axis ?? 0;
}

/** The initializer of a piece: the same function for its shape, or its part of the whole value. */
function initial(
  { initializer, dtype }: Request,
  name: string,
  offset: readonly number[],
  shape: readonly number[],
): Pick<Request, 'shape' | 'initializer'> {
  if (initializer === null || initializerFunction(initializer, dtype)) {
    return { shape: [...shape], initializer };
  }
  const part = nameScope(`${name}/PartitionedInitializer`, '', () => {
    const whole = initializer as TensorLike;
    return slice(
      whole instanceof Operand ? whole : toTensor(whole, dtype),
      [...offset],
      [...shape],
    );
  });
  return { shape: null, initializer: part as InitializerLike };
}
