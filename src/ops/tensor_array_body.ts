/** What stands behind a `tf.TensorArray`: a list of tensors in eager mode, a handle in a graph. */

import { toTensor } from '../core/convert.ts';
import { type DType, float32, int32 } from '../core/dtype.ts';
import {
  InvalidArgumentError,
  NotImplementedError,
  OutOfRangeError,
  ValueError,
} from '../core/errors.ts';
import type { TensorShape } from '../core/shape.ts';
import type { Name, Tensor, TensorLike } from '../core/tensor.ts';
import { zeros } from './fill.ts';
import { concat, split, stack, unstack } from './join.ts';
import { integers, intsOf } from './literals.ts';

/** The numbers of an eager integer tensor. */
function numbersOf(value: TensorLike): readonly number[] {
  return intsOf(toTensor(integers(value), null, null, int32)) ?? [];
}

/** The elements of an eager array: plain tensors, so that tapes see through it. */
export class EagerElements {
  readonly dtype: DType;
  private readonly dynamic: boolean;
  private readonly clears: boolean;
  private readonly infers: boolean;
  private elementShape: TensorShape | null;
  private tensors: (Tensor | null)[];
  private readonly cleared = new Set<number>();

  constructor(
    dtype: DType,
    size: TensorLike,
    options: {
      readonly dynamic: boolean;
      readonly clears: boolean;
      readonly infers: boolean;
      readonly elementShape: TensorShape | null;
    },
  ) {
    this.dtype = dtype;
    this.dynamic = options.dynamic;
    this.clears = options.clears;
    this.infers = options.infers;
    this.elementShape = options.elementShape;
    this.tensors = new Array<Tensor | null>(numbersOf(size)[0] ?? 0).fill(null);
  }

  get flow(): Tensor {
    return toTensor(0, float32);
  }

  read(at: TensorLike): Tensor {
    const index = numbersOf(at)[0]!;
    if (index < 0) {
      outOfRange(`Reading from negative indices (index ${index}) is not allowed.`);
    }
    if (index >= this.tensors.length) {
      outOfRange(`Tried to read from index ${index} but array size is: ${this.tensors.length}`);
    }
    if (this.cleared.has(index)) {
      throw new InvalidArgumentError(
        null,
        null,
        `Could not read index ${index} twice because it was cleared after a previous read (perhaps try setting clear_after_read = false?)`,
      );
    }
    const tensor = this.element(index);
    if (this.clears) {
      this.tensors[index] = null;
      this.cleared.add(index);
    }
    return tensor;
  }

  /** The element, or zeros where the shape is known and nothing was written. */
  private element(index: number): Tensor {
    const tensor = this.tensors[index] ?? null;
    if (tensor !== null) return tensor;
    if (!this.elementShape?.is_fully_defined()) {
      throw new InvalidArgumentError(
        null,
        null,
        `Could not read from TensorArray index ${index} because it has not yet been written to.`,
      );
    }
    const made = zeros(this.elementShape, this.dtype);
    this.tensors[index] = made;
    return made;
  }

  write(at: TensorLike, given: TensorLike): void {
    const index = numbersOf(at)[0]!;
    if (index < 0) outOfRange(`Writing to negative indices (index ${index}) is not allowed.`);
    if (index >= this.tensors.length && !this.dynamic) {
      outOfRange(
        `Tried to write to index ${index} but array is not resizeable and size is: ${this.tensors.length} `,
      );
    }
    while (this.tensors.length <= index) this.tensors.push(null);
    const value = toTensor(given, null, null, this.dtype);
    if (value.dtype !== this.dtype) {
      throw new InvalidArgumentError(
        null,
        null,
        `TensorArray dtype is ${this.dtype.name} but Op is trying to write dtype ${value.dtype.name} `,
      );
    }
    if (this.elementShape !== null && !this.elementShape.is_compatible_with(value.shape)) {
      throw new ValueError(
        `Incompatible shape for value (${value.shape}), expected (${this.elementShape})`,
      );
    }
    if (this.infers) this.elementShape = this.elementShape?.merge_with(value.shape) ?? value.shape;
    this.tensors[index] = value;
  }

  private all(): Tensor[] {
    return this.tensors.map((_, i) => this.element(i));
  }

  stack(name: Name): Tensor {
    if (this.tensors.length === 0 && this.elementShape?.is_fully_defined()) {
      return zeros([0, ...this.elementShape.as_list()] as number[], this.dtype);
    }
    return stack(this.all(), 0, name ?? 'stack');
  }

  gather(indices: TensorLike): Tensor {
    return stack(numbersOf(indices).map((index) => this.element(index)));
  }

  concat(name: Name): Tensor {
    return concat(this.all(), 0, name ?? 'concat');
  }

  unstack(value: TensorLike): void {
    this.replace(unstack(toTensor(value, null, null, this.dtype)), 'unstack');
  }

  scatter(indices: TensorLike, value: TensorLike): void {
    const tensors = unstack(toTensor(value, null, null, this.dtype));
    for (const [i, index] of numbersOf(indices).entries()) this.write(index, tensors[i]!);
  }

  split(value: TensorLike, lengths: TensorLike): void {
    const counts = numbersOf(lengths);
    this.replace(
      split(toTensor(value, null, null, this.dtype), int32(counts) as TensorLike),
      'split',
    );
  }

  private replace(tensors: readonly Tensor[], how: string): void {
    if (tensors.length > this.tensors.length && !this.dynamic) {
      throw new ValueError(
        `Cannot ${how} ${tensors.length} tensors into a TensorArray of static size ${this.tensors.length}`,
      );
    }
    this.tensors = [...tensors];
  }

  size(): Tensor {
    return toTensor(this.tensors.length, int32);
  }

  close(): void {
    this.tensors = [];
  }

  grad(): never {
    throw new NotImplementedError(
      "TensorArray.grad is not supported when executing eagerly; eager's gradient implementation does not use/need this function to compute gradients of operations that use TensorArrays.",
    );
  }
}

function outOfRange(text: string): never {
  throw new OutOfRangeError(null, null, text);
}
