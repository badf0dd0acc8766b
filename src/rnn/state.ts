/** What recurrent cells carry from step to step: one tensor, or any nesting of tensors, and its sizes. */

import { toTensor } from '../core/convert.ts';
import { type DType, int32 } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import type { Fetched } from '../core/fetched.ts';
import { executing_eagerly } from '../core/mode.ts';
import { namedtuple } from '../core/namedtuple.ts';
import { mapLeaves } from '../core/nest.ts';
import { as_shape, type ShapeLike, TensorShape } from '../core/shape.ts';
import { Tensor, type TensorLike } from '../core/tensor.ts';
import { concat, expand_dims, zeros } from '../ops/array.ts';

/** A state that a run fetched: an array, or the nesting of arrays that the state was. */
export type FetchedState = Fetched & {
  readonly c: Fetched;
  readonly h: Fetched;
  readonly length: number;
  readonly [index: number]: FetchedState;
};

/**
 * A state as cells give it. Only the cell knows whether it is one tensor or a nesting of tensors, so
 * the type offers both: `state.h` and `state[0]` type-check, and so does `tf.matmul(state, w)`.
 */
export type State = Tensor & {
  readonly c: Tensor;
  readonly h: Tensor;
  readonly length: number;
  readonly [index: number]: State;
  readonly _fetchResult?: FetchedState;
};

/** Any namedtuple. */
type Tuple = Iterable<unknown> & { readonly length: number; readonly [index: number]: unknown };

/** A state as cells take it: a tensor, or lists, namedtuples and dictionaries of tensors. */
export type StateLike =
  | TensorLike
  | Tuple
  | readonly StateLike[]
  | { readonly [key: string]: StateLike };

/** The sizes of a state or an output without the batch: a size, a shape, or a nesting of them. */
export type Size = number | TensorShape | readonly Size[] | Tuple;

/** What a pair of an LSTM's state shows. */
export interface LSTMStateTuple<V = Tensor> extends Iterable<V> {
  readonly length: number;
  readonly [index: number]: V;
  /** What the memory holds. */
  readonly c: V;
  /** The output. */
  readonly h: V;
}

type PairClass = new (c: unknown, h: unknown) => object;

/** The state of an LSTM: what its memory holds, `c`, and its output, `h`. It is one key of a `feed_dict`. */
export class LSTMStateTuple<V = Tensor> extends (namedtuple('LSTMStateTuple', [
  'c',
  'h',
]) as PairClass) {
  constructor(c: V, h: V) {
    super(c, h);
  }

  /** The type of both tensors. TypeError where they differ. */
  get dtype(): DType {
    const [c, h] = [this.c, this.h].map((part) => (part as { dtype: DType }).dtype);
    if (c === h) return c!;
    throw new TypeError(`Inconsistent internal state: ${c} vs ${h}`);
  }
}

/** A structure of tensors, as a state of the type that users see. @internal */
export function asState(structure: unknown): State {
  return structure as State;
}

/** A batch size or a size of a state, as the vector of an op: TF1's `_concat` takes them so. */
function asVector(size: TensorLike | ShapeLike): Tensor | null {
  if (size instanceof Tensor) {
    if (size.shape.ndims === 0) return expand_dims(size, 0);
    if (size.shape.ndims === 1) return size;
    throw new ValueError(
      `prefix tensor must be either a scalar or vector, but saw tensor: ${size}`,
    );
  }
  const shape = as_shape(size as ShapeLike);
  return shape.is_fully_defined() ? toTensor(shape.as_list() as number[], int32) : null;
}

/** What is known of `size` when the graph is built. */
function asStatic(size: TensorLike | ShapeLike): TensorShape {
  if (!(size instanceof Tensor)) return as_shape(size as ShapeLike);
  const { known, shape } = size;
  if (known !== undefined) return new TensorShape([...known]);
  return new TensorShape(shape.ndims === 0 ? [null] : null);
}

/** The shape of a batch, as a tensor: `[...prefix, ...suffix]`. ValueError where a size is unknown. */
export function batchShape(prefix: TensorLike | ShapeLike, suffix: TensorLike | ShapeLike): Tensor {
  const [p, s] = [asVector(prefix), asVector(suffix)];
  if (p === null || s === null) {
    throw new ValueError(`Provided a prefix or suffix of None: ${prefix} and ${suffix}`);
  }
  return concat([p, s], 0);
}

/** The same shape as far as it is known now. The vectors are made as TF1 makes them, though nothing reads them. */
export function staticBatchShape(
  prefix: TensorLike | ShapeLike,
  suffix: TensorLike | ShapeLike,
): TensorShape {
  asVector(prefix);
  asVector(suffix);
  return asStatic(prefix).concatenate(asStatic(suffix));
}

/** Zeros of shape `[batch_size, ...size]` for every size of `sizes`. */
export function zeroState(sizes: Size, batch_size: TensorLike, dtype: DType): State {
  return asState(
    mapLeaves((size) => {
      const made = zeros(batchShape(batch_size, size as ShapeLike), dtype);
      if (!executing_eagerly()) made.set_shape(staticBatchShape(batch_size, size as ShapeLike));
      return made;
    }, sizes),
  );
}
