/**
 * What every value handle has in common, whether it names a graph edge or holds numbers, and what
 * may stand where a tensor is expected.
 */

import type { ContextManager } from './context.ts';
import type { Data, DType, Text } from './dtype.ts';
import type { Fetched } from './fetched.ts';
import type { Attrs } from './kernels.ts';
import type { AnyOp } from './op.ts';
import { Operand } from './operand.ts';
import { type ShapeLike, TensorShape } from './shape.ts';

/** A static shape: `null` for an unknown size, or for an unknown rank. */
export type Dims = readonly (number | null)[] | null;

/** A value spelled out in full: what `Const` carries, what arrays are. */
export interface Literal {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Data;
}

/** One plain value. */
export type Scalar = number | boolean | bigint | Text;
/** Plain values in nested lists. */
export type Nested<T = Scalar> = T | readonly Nested<T>[];

/** Anything with numbers, a shape and a type that is not ours: another library's array. */
export interface ForeignArray {
  readonly shape: readonly number[];
  readonly dtype: unknown;
  tobytes(): Uint8Array;
}

/** What may stand where a tensor is expected. */
export type TensorLike =
  | Operand
  | Scalar
  | Literal
  | ArrayBufferView
  | ForeignArray
  | TensorShape
  | readonly TensorLike[];

/** A name, or `null` for the default one. */
export type Name = string | null;

/** What can be said of a tensor without running anything. Shape functions see only this. */
export interface Static {
  readonly dtype: DType;
  readonly dims: Dims;
  /** Its whole value, where it is small and follows from constants alone. */
  readonly constant: Literal | undefined;
  /** The elements of an integer scalar or vector, `null` where one is unknown. */
  readonly known: readonly (number | null)[] | undefined;
  /** What a resource handle refers to. */
  readonly handleData: HandleData | undefined;
}

/** What a resource handle refers to. */
export interface HandleData {
  readonly dtype: DType;
  readonly dims: Dims;
  /** Whether it is a variable that gradient tapes watch by themselves. */
  readonly trainable?: boolean;
  /** The eager variable itself, which tapes name among those they watch. */
  readonly variable?: Operand;
}

/** One use of an op: a graph's operation, or the record of an eager call. */
export interface Node {
  /** Its name, unique in its graph. */
  readonly name: string;
  /** The op's type: `MatMul`. */
  readonly type: string;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  /** The operations that run before it though it reads nothing of them. */
  readonly control_inputs: readonly Node[];
  readonly device: string;
  readonly graph: GraphHandle;
  /** The value of attribute `name`; ValueError where the node has none. */
  get_attr(name: string): unknown;
  /** Runs this operation in a session, the default one if none is given. */
  run(feed_dict?: unknown, session?: unknown): void;
  /** @internal */
  readonly declaration: AnyOp;
  /** @internal */
  readonly attrs: Attrs;
}

/** What tensors and operations show of the graph they belong to. */
export interface GraphHandle {
  /** A context manager that makes this graph the default one. */
  as_default(): ContextManager<GraphHandle>;
  get_operations(): readonly Node[];
  get_operation_by_name(name: string): Node;
  get_tensor_by_name(name: string): Tensor;
  finalize(): void;
  readonly finalized: boolean;
}

/** A tensor: one output of a node. `SymbolicTensor` in a graph, `EagerTensor` where it has numbers. */
export abstract class Tensor extends Operand implements Static {
  /** The type of its elements. */
  abstract readonly dtype: DType;
  /** @internal */
  abstract readonly dims: Dims;
  /** @internal */
  abstract readonly constant: Literal | undefined;
  /** @internal */
  abstract readonly known: readonly (number | null)[] | undefined;
  /** @internal */
  abstract readonly handleData: HandleData | undefined;
  /** `'MatMul:0'`: the operation's name and the output's index. */
  abstract readonly name: string;
  /** The operation that makes it. */
  abstract readonly op: Node;
  abstract readonly graph: GraphHandle;
  abstract readonly device: string;
  /** Which output of its operation it is. */
  abstract readonly value_index: number;

  /** Its value, computed by `session` or the default session. Graph mode only. */
  abstract eval(feed_dict?: unknown, session?: unknown): Fetched;
  /** Its value as plain data: an array, or a number, boolean or string where it has no axes. Eager mode only. */
  abstract numpy(): Fetched;
  /** Merges what is known of its shape with `shape`. */
  abstract set_shape(shape: ShapeLike): void;
  /** The operations that read it. Graph mode only. */
  abstract consumers(): readonly Node[];
  /** Its rows. Eager mode only. */
  abstract [Symbol.iterator](): Iterator<Tensor>;

  /** The static shape, as far as it is known. */
  get shape(): TensorShape {
    return TensorShape.of(this.dims);
  }

  /** The static shape, as `shape`. */
  get_shape(): TensorShape {
    return this.shape;
  }

  _toTensor(): Tensor {
    return this;
  }
}
