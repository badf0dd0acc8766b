/**
 * The kernel port: what a kernel receives and may ask for. `backend/` implements it; sessions and
 * eager mode call through it; nothing above knows tfjs.
 */

import type { Data, DType } from './dtype.ts';
import type { Dims, Literal } from './tensor.ts';

/** A node's attributes by name. */
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
  /** What a resource handle or a reference to a variable refers to. */
  readonly handle: object | null;
}

/** A variable's storage: what references and resource handles point to. State lives in the session. */
export interface Cell {
  readonly name: string;
  readonly dtype: DType;
  /** The shape it was declared with. */
  readonly dims: Dims;
  /** The current value; `null` before it is initialized. */
  readonly value: Value | null;
  /** Replaces the value. */
  set(value: Value): void;
  /** Replaces the value by one that nobody else holds. */
  adopt(value: Value): void;
  /** Takes the value away. */
  clear(): void;
  /** The value for writing in place: a copy where somebody else can see the current one. */
  writable(): Value;
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
  /** A handle value for `object`: the output of an op that makes a resource or a reference. */
  handle(dtype: DType, object: object): Value;
  /** The cell that a reference or a variable's handle points to. */
  cell(value: Value): Cell;
  /** The session's object `name` of `container`, made by `make` at first use. */
  resource<T extends object>(container: string, name: string, make: () => T): T;
  /** The cell of variable `name`; variables of one session with the same name share it. */
  variable(container: string, name: string, dtype: DType, dims: Dims): Cell;
  /** The name of the operation that runs. */
  readonly nodeName: string;
  /** What this operation keeps between runs of one session, made by `make` at first use: a random stream, a counter, an open file. */
  state<T>(make: () => T): T;
  /** The results of the graph's function `name`. */
  callFunction(name: string, inputs: readonly Value[]): readonly Value[];
  /** Releases `resource` when the run ends: a tensor array, a stack. */
  untilRunEnds(resource: Releasable): void;
}

/** What holds memory that somebody must give back. */
export interface Releasable {
  release(): void;
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

/** The name by which `callFunction` calls the gradient of the graph's function `name`. */
export function gradientOf(name: string): string {
  return `gradient of ${name}`;
}

type Evaluate = (
  type: string,
  inputs: readonly Literal[],
  attrs: Attrs,
) => readonly Literal[] | undefined;
let evaluate: Evaluate | undefined;

/** The backend says how an op is computed on constants. */
export function registerEvaluator(provided: Evaluate): void {
  evaluate = provided;
}

/** The outputs of op `type` for constant inputs; `undefined` where no kernel can tell, or it fails. */
export function evaluateConstant(
  type: string,
  inputs: readonly Literal[],
  attrs: Attrs,
): readonly Literal[] | undefined {
  return evaluate?.(type, inputs, attrs);
}
