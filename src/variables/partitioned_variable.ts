/**
 * A variable in pieces along one axis. Each piece is a variable of its own; together they stand for
 * their concatenation.
 */

import type { DType } from '../core/dtype.ts';
import { NotImplementedError, ValueError } from '../core/errors.ts';
import { controlDependencies, currentMode, nameScope } from '../core/mode.ts';
import { Operand } from '../core/operand.ts';
import { as_shape, type TensorShape } from '../core/shape.ts';
import type { Node, Tensor } from '../core/tensor.ts';
import { group } from '../ops/control_flow.ts';
import { concat } from '../ops/join.ts';
import { identity } from '../ops/shape.ts';
import type { Variable } from './variable.ts';

/** A variable in pieces, as `tf.get_variable` makes it where a partitioner is in force. */
export class PartitionedVariable extends Operand {
  /** The name of the whole, without an output index. */
  readonly name: string;
  readonly dtype: DType;
  readonly shape: TensorShape;
  /** How many pieces there are along each axis. */
  readonly _partitions: readonly number[];
  private readonly pieces: readonly Variable[];

  /** @internal */
  constructor(
    name: string,
    shape: readonly number[],
    dtype: DType,
    variable_list: readonly Variable[],
    partitions: readonly number[],
  ) {
    super();
    if (partitions.some((n) => n <= 0)) {
      throw new ValueError(`partition values must be positive: ${partitions}`);
    }
    if (variable_list.length === 0) throw new ValueError('variable_list may not be empty');
    this.name = name;
    this.shape = as_shape(shape);
    this.dtype = dtype;
    this.pieces = variable_list;
    this._partitions = partitions;
  }

  /** The shape of the whole. */
  get_shape(): TensorShape {
    return this.shape;
  }
  /** The number of pieces. */
  get length(): number {
    return this.pieces.length;
  }
  /** The pieces, in order. */
  [Symbol.iterator](): Iterator<Variable> {
    return this.pieces[Symbol.iterator]();
  }
  /** An operation that initializes every piece. */
  get initializer(): Node {
    return group(...this.pieces.map((piece) => piece.initializer));
  }
  get op(): never {
    throw new NotImplementedError('PartitionedVariable does not have an op.');
  }
  /** The device of the first piece: where operations beside it go. */
  get device(): string {
    return this.pieces[0]!.device;
  }

  /** How many pieces lie along each axis, as a list of lists of pieces. @internal */
  _get_variable_list(): readonly Variable[] {
    return this.pieces;
  }

  /** The axes that are partitioned: at most one. NotImplementedError for more. @internal */
  _partition_axes(): number[] {
    const axes = this._partitions.flatMap((n, axis) => (n > 1 ? [axis] : []));
    return axes.length === 0 ? [0] : axes;
  }

  /** The concatenation of the pieces, as a tensor. */
  as_tensor(): Tensor {
    const mode = currentMode();
    return controlDependencies(null, () => mode.nameScope(null, () => this.concatenated()));
  }

  private concatenated(): Tensor {
    const [axis, ...others] = this._partition_axes();
    if (others.length > 0) {
      throw new NotImplementedError(
        `Cannot concatenate along more than one dimension: [${[axis, ...others].join(', ')}].  Multi-axis partition concat is not supported`,
      );
    }
    const whole = nameScope(`${this.name}/ConcatPartitions/`, '', () =>
      this.pieces.length === 1
        ? this.pieces[0]!.value()
        : concat(
            this.pieces.map((piece) => piece.value()),
            axis!,
          ),
    );
    return identity(whole, this.name);
  }

  override _toTensor(
    dtype: DType | null = null,
    _name: string | null = null,
    asRef = false,
  ): Tensor {
    if (dtype !== null && !dtype.is_compatible_with(this.dtype)) {
      throw new ValueError(
        `Incompatible type conversion requested to type '${dtype.name}' for variable of type '${this.dtype.name}'`,
      );
    }
    if (asRef) {
      throw new NotImplementedError(
        "PartitionedVariable doesn't support being used as a reference.",
      );
    }
    return this.as_tensor();
  }

  override toString(): string {
    return `<tf.PartitionedVariable '${this.name}' shape=${this.shape} dtype=${this.dtype.name} in ${this.length} pieces>`;
  }
}
