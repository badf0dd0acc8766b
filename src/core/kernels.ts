/**
 * The kernel port: what a kernel receives and may ask for. `backend/` implements it; sessions and
 * eager mode call through it; nothing above knows tfjs.
 */

import type { Data, DType } from './dtype.ts';

export type Attrs = Readonly<Record<string, unknown>>;

/**
 * Numbers living in a backend. `data` is a view that is valid until the next allocation: a kernel
 * first allocates its outputs, then reads `data` of its inputs and outputs.
 */
export interface Value {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** The number of elements. */
  readonly size: number;
  readonly data: Data;
}

/** What a kernel may ask for while it runs. */
export interface KernelContext {
  /** A new value whose contents are not yet set. */
  alloc(dtype: DType, shape: readonly number[]): Value;
  /** A new value of zeros (empty strings for string). */
  zeros(dtype: DType, shape: readonly number[]): Value;
  /** A value that takes over `data`. */
  wrap(dtype: DType, shape: readonly number[], data: Data): Value;
  /** The same numbers under another shape (and dtype of the same storage), without a copy. */
  view(value: Value, shape: readonly number[], dtype?: DType): Value;
  /** What this operation keeps between runs of one session, made by `make` at first use: a random stream, a counter, an open file. */
  state<T>(make: () => T): T;
}

/**
 * Computes one op. Inputs come flat, in declaration order; a single output may be returned alone.
 * An output may share an input's numbers only through `view`. Errors are thrown as `tf.errors`
 * classes with TensorFlow's text; the runner adds the node.
 */
export type Kernel = (
  inputs: readonly Value[],
  attrs: Attrs,
  context: KernelContext,
) => Value | readonly Value[] | null;
