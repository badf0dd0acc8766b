/** Some rows of a larger tensor: `values[i]` belongs at row `indices[i]`. The gradient of a lookup. */

import type { DType } from './dtype.ts';
import { ValueError } from './errors.ts';
import { namedtuple } from './namedtuple.ts';
import { Operand } from './operand.ts';
import type { Node, Tensor } from './tensor.ts';

/** What fetching an IndexedSlices gives: a namedtuple of arrays. */
export const IndexedSlicesValue = namedtuple('IndexedSlicesValue', [
  'values',
  'indices',
  'dense_shape',
]);

let densify: ((slices: IndexedSlices) => Tensor) | undefined;

/** `ops/` says how slices become a dense tensor, rows that appear twice being added. */
export function registerDensify(provided: (slices: IndexedSlices) => Tensor): void {
  densify = provided;
}

/** A sparse representation of a set of slices of a tensor at given indices of its first axis. */
export class IndexedSlices extends Operand {
  /** The slices, of shape `[n, ...rest]`. */
  readonly values: Tensor;
  /** Where they belong: `[n]` integers. */
  readonly indices: Tensor;
  /** The shape of the whole tensor, if it is known. */
  readonly dense_shape: Tensor | null;

  constructor(values: Tensor, indices: Tensor, dense_shape: Tensor | null = null) {
    super();
    this.values = values;
    this.indices = indices;
    this.dense_shape = dense_shape;
  }

  get dtype(): DType {
    return this.values.dtype;
  }
  get name(): string {
    return this.values.name;
  }
  get op(): Node {
    return this.values.op;
  }
  get device(): string {
    return this.values.device;
  }
  get graph(): Tensor['graph'] {
    return this.values.graph;
  }

  /** The dense tensor. ValueError where the whole shape is not known. */
  override _toTensor(dtype: DType | null = null): Tensor {
    if (dtype !== null && !dtype.is_compatible_with(this.dtype)) {
      throw new ValueError(
        `Tensor conversion requested dtype ${dtype.name} for IndexedSlices with dtype ${this.dtype.name}`,
      );
    }
    if (this.dense_shape === null) {
      throw new ValueError(
        `Tensor conversion requested for IndexedSlices without dense_shape: ${this}`,
      );
    }
    if (!densify) throw new Error('The operators are not loaded.');
    return densify(this);
  }

  /** @internal */
  _fetchParts(): { parts: readonly unknown[]; assemble(values: readonly unknown[]): unknown } {
    return {
      parts: [this.values, this.indices, this.dense_shape],
      assemble: ([values, indices, dense_shape]) =>
        new IndexedSlicesValue(values, indices, dense_shape),
    };
  }

  /** The tensors that it is made of. @internal */
  _components(): readonly Tensor[] {
    const { values, indices, dense_shape } = this;
    return dense_shape === null ? [values, indices] : [values, indices, dense_shape];
  }

  /** The same of other tensors. @internal */
  _withComponents([values, indices, dense_shape]: readonly Tensor[]): IndexedSlices {
    return new IndexedSlices(values!, indices!, dense_shape ?? null);
  }

  override toString(): string {
    const shape = this.dense_shape === null ? '' : `, dense_shape=${this.dense_shape}`;
    return `IndexedSlices(indices=${this.indices}, values=${this.values}${shape})`;
  }
}
