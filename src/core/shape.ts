/**
 * `tf.TensorShape`: what is known of a tensor's shape before the graph runs. It holds plain `Dims`
 * and makes its Dimensions when asked. Behaviour and texts are TF1.8's: it prints `(?, 3)`, and its
 * members are Dimensions, not numbers.
 */

import { as_dimension, Dimension, type DimensionLike } from './dimension.ts';
import { compatible, isFullyDefined, sizeOf, unknownDims } from './dims.ts';
import { IndexError, ValueError } from './errors.ts';
import { type IndexSpec, parseIndexSpecs, type SliceItem, sliceRange } from './index_spec.ts';
import { fn } from './signature.ts';
import type { Dims } from './tensor.ts';

export { as_dimension, Dimension, type DimensionLike } from './dimension.ts';

/** The plain form of a TensorShapeProto; a size of -1 is unknown. */
export interface ShapeProto {
  readonly unknown_rank?: boolean;
  readonly dim?: readonly { readonly size?: number | bigint; readonly name?: string }[];
}

/** What may stand for a shape: a list of dimensions, `null` for an unknown rank, one size for a vector. */
export type ShapeLike = TensorShape | Iterable<DimensionLike> | ShapeProto | DimensionLike;

/** The shape of a tensor, possibly with unknown sizes or of unknown rank. Immutable. */
export class TensorShape {
  readonly [index: number]: Dimension;
  declare readonly 0: Dimension;
  declare readonly 1: Dimension;
  declare readonly 2: Dimension;
  declare readonly 3: Dimension;
  declare readonly 4: Dimension;
  declare readonly 5: Dimension;
  declare readonly 6: Dimension;
  declare readonly 7: Dimension;

  readonly #dims: Dims;
  #members: readonly Dimension[] | undefined;

  /** Converts a list of dimensions; `null` is an unknown rank, one integer a vector's length. */
  constructor(dims: ShapeLike) {
    this.#dims = dimsFrom(dims);
  }

  /** The shape that says `dims`. */
  static of(dims: Dims): TensorShape {
    return new TensorShape(dims);
  }
  /** The shape as a plain list of sizes, `null` for unknown ones, or `null` for an unknown rank. */
  toDims(): Dims {
    return this.#dims;
  }

  /** The Dimensions, or `null` if the rank is unknown. */
  get dims(): readonly Dimension[] | null {
    if (this.#dims === null) return null;
    this.#members ??= this.#dims.map((dim) => new Dimension(dim));
    return this.#members;
  }
  /** The rank, or `null` if it is unknown. */
  get ndims(): number | null {
    return this.#dims?.length ?? null;
  }
  /** The rank, or `null` if it is unknown. */
  get rank(): number | null {
    return this.ndims;
  }
  /** The rank: Python's `len(shape)`. ValueError if it is unknown. */
  get length(): number {
    if (this.#dims === null) {
      throw new ValueError('Cannot take the length of Shape with unknown rank.');
    }
    return this.#dims.length;
  }
  /** The Dimensions one after the other. ValueError if the rank is unknown. */
  [Symbol.iterator](): IterableIterator<Dimension> {
    const { dims } = this;
    if (dims === null) throw new ValueError('Cannot iterate over a shape with unknown rank.');
    return dims[Symbol.iterator]();
  }

  /**
   * Python's `shape[key]`: the Dimension at an index, which may be negative, or the TensorShape of
   * a slice, `shape.at('1:')`. IndexError outside the rank.
   */
  at(key: number | bigint): Dimension;
  at(key: Exclude<IndexSpec, number | bigint | null>): TensorShape;
  at(key: IndexSpec): Dimension | TensorShape {
    const [item] = parseIndexSpecs([key]);
    if (item?.kind === 'index') return this.#member(item.index);
    if (item?.kind === 'slice') return this.#slice(item);
    const type = key === null ? 'NoneType' : 'ellipsis';
    throw new TypeError(`list indices must be integers or slices, not ${type}`);
  }
  #member(index: number): Dimension {
    const { dims } = this;
    if (dims === null) return new Dimension(null);
    const member = dims.at(index);
    if (!member) throw new IndexError('list index out of range');
    return member;
  }
  #slice(slice: SliceItem): TensorShape {
    const dims = this.#dims;
    if (dims === null) return unknownSlice(slice);
    const { start, step, count } = sliceRange(slice, dims.length);
    return new TensorShape(Array.from({ length: count }, (_, i) => dims[start + i * step]!));
  }

  /** The number of elements, or `null` if it is not known. */
  num_elements(): number | null {
    return sizeOf(this.#dims);
  }
  /** What both shapes say together. ValueError if they are not compatible. */
  merge_with(other: ShapeLike): TensorShape {
    const shape = as_shape(other);
    if (this.#dims === null) return shape;
    if (shape.#dims === null) return this;
    if (!compatible(this.#dims, shape.#dims)) {
      throw new ValueError(`Shapes ${this} and ${shape} are not compatible`);
    }
    return new TensorShape(this.#dims.map((dim, i) => dim ?? shape.#dims![i]!));
  }
  /** One shape after the other; of unknown rank if one of them is. */
  concatenate(other: ShapeLike): TensorShape {
    const shape = as_shape(other);
    const known = this.#dims !== null && shape.#dims !== null;
    return new TensorShape(known ? [...this.#dims, ...shape.#dims] : null);
  }
  /** The least that both shapes agree on: a size where they have the same one. */
  most_specific_compatible_shape(other: ShapeLike): TensorShape {
    const { ndims } = this;
    const dims = as_shape(other).#dims;
    if (dims === null || ndims !== dims.length) return new TensorShape(null);
    return new TensorShape(dims.map((dim, i) => (dim === this.#dims![i] ? dim : null)));
  }

  /** Raises ValueError if both ranks are known and differ. */
  assert_same_rank(other: ShapeLike): void {
    const shape = as_shape(other);
    if (this.ndims === null || shape.ndims === null || this.ndims === shape.ndims) return;
    throw new ValueError(`Shapes ${this} and ${shape} must have the same rank`);
  }
  /** Raises ValueError if the rank is known to be another. */
  assert_has_rank(rank: number): void {
    if (this.ndims === null || this.ndims === rank) return;
    throw new ValueError(`Shape ${this} must have rank ${rank}`);
  }
  /** This shape, or one of unknown sizes if the rank was unknown. ValueError for another rank. */
  with_rank(rank: number): TensorShape {
    this.assert_has_rank(rank);
    return this.#dims === null ? unknown_shape(rank) : this;
  }
  /** This shape. ValueError if its rank is known to be lower. */
  with_rank_at_least(rank: number): TensorShape {
    if (this.ndims === null || this.ndims >= rank) return this;
    throw new ValueError(`Shape ${this} must have rank at least ${rank}`);
  }
  /** This shape. ValueError if its rank is known to be higher. */
  with_rank_at_most(rank: number): TensorShape {
    if (this.ndims === null || this.ndims <= rank) return this;
    throw new ValueError(`Shape ${this} must have rank at most ${rank}`);
  }
  /** Whether some full shape fits both. */
  is_compatible_with(other: ShapeLike): boolean {
    return compatible(this.#dims, as_shape(other).#dims);
  }
  /** Raises ValueError unless `is_compatible_with(other)`. */
  assert_is_compatible_with(other: ShapeLike): void {
    const shape = as_shape(other);
    if (compatible(this.#dims, shape.#dims)) return;
    throw new ValueError(`Shapes ${this} and ${shape} are incompatible`);
  }
  /** Whether the rank and every size are known. */
  is_fully_defined(): boolean {
    return isFullyDefined(this.#dims);
  }
  /** Raises ValueError unless the rank and every size are known. */
  assert_is_fully_defined(): void {
    if (!this.is_fully_defined()) throw new ValueError(`Shape ${this} is not fully defined`);
  }

  /** The sizes, `null` for unknown ones. ValueError if the rank is unknown. */
  as_list(): (number | null)[] {
    if (this.#dims === null) {
      throw new ValueError('as_list() is not defined on an unknown TensorShape.');
    }
    return [...this.#dims];
  }
  /** The shape in the form of a TensorShapeProto, with -1 for an unknown size. */
  as_proto(): ShapeProto {
    if (this.#dims === null) return { unknown_rank: true };
    return { dim: this.#dims.map((dim) => ({ size: dim ?? -1 })) };
  }
  /** Python's `==`: an unknown size equals nothing, but a shape equals itself. */
  eq(other: ShapeLike): boolean {
    const shape = as_shape(other);
    const [a, b] = [this.#dims, shape.#dims];
    if (a === null || b === null || this === shape) return a === b;
    return a.length === b.length && a.every((dim, i) => dim !== null && dim === b[i]);
  }
  /** Python's `!=`. ValueError if either rank is unknown. */
  ne(other: ShapeLike): boolean {
    const shape = as_shape(other);
    if (this.#dims === null || shape.#dims === null) {
      throw new ValueError('The inequality of unknown TensorShapes is undefined.');
    }
    return !this.eq(shape);
  }

  /** `(?, 3)`, `(3,)`, `()`, `<unknown>`. */
  toString(): string {
    if (this.#dims === null) return '<unknown>';
    const texts = this.#dims.map((dim) => dim ?? '?');
    return texts.length === 1 ? `(${texts[0]},)` : `(${texts.join(', ')})`;
  }
  /** `TensorShape([Dimension(None), Dimension(3)])`: what Python's `repr` prints. */
  __repr__(): string {
    const texts = this.dims?.map((dim) => dim.__repr__());
    return `TensorShape(${texts ? `[${texts.join(', ')}]` : 'None'})`;
  }
  toJSON(): Dims {
    return this.#dims;
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.__repr__();
  }
}

/** `shape[i]` as a getter per index, so that a shape costs nothing until it is indexed. */
const INDEXED_RANK = 64;
for (let i = 0; i < INDEXED_RANK; i++) {
  Object.defineProperty(TensorShape.prototype, i, {
    get(this: TensorShape): Dimension {
      return this.at(i);
    },
    configurable: true,
  });
}

function dimsFrom(shape: unknown): Dims {
  if (shape === null) return null;
  if (shape instanceof TensorShape) return shape.toDims();
  if (Array.isArray(shape) && shape.every(isPlainSize)) return shape.slice();
  if (typeof shape === 'string') {
    throw new TypeError(
      `A string has ambiguous TensorShape, please wrap in a list or convert to an int: ${shape}`,
    );
  }
  if (shape === undefined) {
    throw new TypeError("__init__() missing 1 required positional argument: 'dims'");
  }
  if (isIterable(shape)) return Array.from(shape, sizeOfMember);
  if (isProto(shape)) return dimsFromProto(shape);
  return [sizeOfMember(shape)];
}

function isPlainSize(dim: unknown): boolean {
  return dim === null || (Number.isInteger(dim) && (dim as number) >= 0);
}

function sizeOfMember(dim: unknown): number | null {
  return as_dimension(dim as DimensionLike).value;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

function isProto(value: unknown): value is ShapeProto {
  return typeof value === 'object' && value !== null && ('dim' in value || 'unknown_rank' in value);
}

function dimsFromProto(proto: ShapeProto): Dims {
  if (proto.unknown_rank) return null;
  return (proto.dim ?? []).map(({ size = 0 }) => (Number(size) === -1 ? null : sizeOfMember(size)));
}

/** TF1 knows the rank of a slice of an unknown shape only between two counts from the front. */
function unknownSlice({ start, stop, step }: SliceItem): TensorShape {
  if (step !== null) throw new ValueError('Steps are not yet handled');
  const first = start ?? 0;
  if (stop === null || first < 0 || stop < 0) return new TensorShape(null);
  return unknown_shape(Math.max(0, stop - first));
}

/** The TensorShape that `shape` stands for. */
export function as_shape(shape: ShapeLike): TensorShape {
  return shape instanceof TensorShape ? shape : new TensorShape(shape);
}

/** A shape of unknown sizes: of rank `ndims`, or of unknown rank. */
export const unknown_shape = fn(
  ['ndims'],
  (ndims: number | null = null): TensorShape =>
    new TensorShape(ndims === null ? null : unknownDims(ndims)),
  { name: 'unknown_shape' },
);

/** The shape of a scalar. */
export function scalar(): TensorShape {
  return new TensorShape([]);
}

/** The shape of a vector of that length, `null` if unknown. */
export function vector(length: DimensionLike): TensorShape {
  return new TensorShape([length]);
}

/** The shape of a matrix of those sizes, `null` where unknown. */
export function matrix(rows: DimensionLike, cols: DimensionLike): TensorShape {
  return new TensorShape([rows, cols]);
}
