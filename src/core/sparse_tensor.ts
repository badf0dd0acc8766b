/** A tensor of which only some elements are written down: `values[i]` stands at `indices[i]`. */

import { toTensor } from './convert.ts';
import { withRank } from './dims.ts';
import { type DType, int64 } from './dtype.ts';
import { namedtuple } from './namedtuple.ts';
import { TensorShape } from './shape.ts';
import { type ArgsOf, signature } from './signature.ts';
import type { Node, Tensor, TensorLike } from './tensor.ts';

/** What fetching a SparseTensor gives: a namedtuple of arrays. */
export const SparseTensorValue = namedtuple('SparseTensorValue', [
  'indices',
  'values',
  'dense_shape',
]);

const parameters = signature(
  ['indices', 'values', 'dense_shape'],
  (indices: TensorLike, values: TensorLike, dense_shape: TensorLike) =>
    [indices, values, dense_shape] as const,
);

/** A sparse tensor: `[n, rank]` int64 indices, `[n]` values, and the `[rank]` int64 dense shape. */
export class SparseTensor {
  readonly indices: Tensor;
  readonly values: Tensor;
  readonly dense_shape: Tensor;

  constructor(...args: ArgsOf<typeof parameters>) {
    const [indices, values, dense_shape] = parameters(...args);
    this.indices = toTensor(indices, int64, 'indices');
    this.values = toTensor(values, null, 'values');
    this.dense_shape = toTensor(dense_shape, int64, 'dense_shape');
    withRank(this.indices.dims, 2);
    withRank(this.dense_shape.dims, 1);
  }

  get dtype(): DType {
    return this.values.dtype;
  }
  get op(): Node {
    return this.values.op;
  }
  get graph(): Tensor['graph'] {
    return this.indices.graph;
  }
  /** The static shape, as far as `dense_shape` tells it. */
  get shape(): TensorShape {
    return TensorShape.of(this.dense_shape.known ?? null);
  }
  /** The static shape, as `shape`. */
  get_shape(): TensorShape {
    return this.shape;
  }
  toString(): string {
    const { indices, values, dense_shape } = this;
    return `SparseTensor(indices=${indices}, values=${values}, dense_shape=${dense_shape})`;
  }

  /** The tensors that it is made of. @internal */
  _components(): readonly Tensor[] {
    return [this.indices, this.values, this.dense_shape];
  }

  /** The same of other tensors. @internal */
  _withComponents([indices, values, dense_shape]: readonly Tensor[]): SparseTensor {
    return new SparseTensor(indices!, values!, dense_shape!);
  }

  /** What a session fetches for it. @internal */
  _fetchParts(): { parts: readonly Tensor[]; assemble(values: readonly unknown[]): unknown } {
    return {
      parts: [this.indices, this.values, this.dense_shape],
      assemble: (values) => new SparseTensorValue(...values),
    };
  }
}
