/** What conditions and loops give for what their functions take and return, as types. */

import type { Operand } from '../core/operand.ts';
import type { Literal, Name, Node, Tensor, TensorLike } from '../core/tensor.ts';

type Leaf = Operand | Node | Literal | number | boolean | string;

/** A structure with a tensor for all that becomes one. */
export type AsTensors<T> = TensorLike extends T
  ? Tensor
  : T extends { _components(): unknown }
    ? T
    : T extends Leaf
      ? Tensor
      : T extends readonly unknown[]
        ? { -readonly [K in keyof T]: AsTensors<T[K]> }
        : T extends Iterable<unknown>
          ? T
          : { -readonly [K in keyof T]: AsTensors<T[K]> };

/** What a condition gives for a branch that returns `T`: a list of one is unpacked. */
export type BranchResult<T> = T extends readonly [infer Only] ? AsTensors<Only> : AsTensors<T>;

/** What a loop over `V` gives: the loop variables, or the only one. */
export type LoopResult<V extends readonly unknown[]> = V extends readonly [infer Only]
  ? AsTensors<Only>
  : AsTensors<V>;

type Branch<T> = () => T;

interface CondOptions {
  readonly strict?: boolean;
  readonly name?: Name;
}

/** The ways to call `tf.cond`. */
export interface Cond {
  <T>(
    pred: TensorLike,
    true_fn: Branch<T>,
    false_fn: Branch<unknown>,
    options: { readonly strict: true; readonly name?: Name },
  ): AsTensors<T>;
  <T>(
    pred: TensorLike,
    true_fn: Branch<T>,
    false_fn: Branch<unknown>,
    options?: CondOptions,
  ): BranchResult<T>;
  <T>(
    pred: TensorLike,
    true_fn: Branch<T>,
    false_fn: Branch<unknown>,
    strict: boolean,
    name?: Name,
  ): BranchResult<T>;
  <T>(
    pred: TensorLike,
    options: CondOptions & { readonly true_fn: Branch<T>; readonly false_fn: Branch<unknown> },
  ): BranchResult<T>;
  <T>(
    pred: TensorLike,
    options: CondOptions & { readonly fn1: Branch<T>; readonly fn2: Branch<unknown> },
  ): BranchResult<T>;
  <T>(
    options: CondOptions & {
      readonly pred: TensorLike;
      readonly true_fn: Branch<T>;
      readonly false_fn: Branch<unknown>;
    },
  ): BranchResult<T>;
}

/** A condition, a scalar boolean tensor, and the function that builds what is returned where it holds. */
export type Case<T = unknown> = readonly [pred: Tensor, fn: () => T];
type Cases<T> = readonly Case<T>[] | ReadonlyMap<Tensor, () => T>;

interface CaseOptions {
  readonly default?: Branch<unknown> | null;
  readonly exclusive?: boolean;
  readonly strict?: boolean;
  readonly name?: Name;
}

/** The ways to call `tf.case`. */
export interface CaseOf {
  <T>(pred_fn_pairs: Cases<T>, options?: CaseOptions): BranchResult<T>;
  <T>(
    pred_fn_pairs: Cases<T>,
    default_: Branch<unknown> | null,
    options?: Omit<CaseOptions, 'default'>,
  ): BranchResult<T>;
  <T>(
    pred_fn_pairs: Cases<T>,
    default_: Branch<unknown> | null,
    exclusive: boolean,
    strict?: boolean,
    name?: Name,
  ): BranchResult<T>;
  <T>(options: CaseOptions & { readonly pred_fn_pairs: Cases<T> }): BranchResult<T>;
}

interface LoopOptions {
  readonly shape_invariants?: unknown;
  readonly parallel_iterations?: number;
  readonly back_prop?: boolean;
  readonly swap_memory?: boolean;
  readonly name?: Name;
  readonly maximum_iterations?: TensorLike | null;
}

type LoopFunction<V extends readonly unknown[], R> = (
  ...vars: AsTensors<V> extends infer A extends unknown[] ? A : never
) => R;

/** The ways to call `tf.while_loop`. */
export interface WhileLoop {
  <const V extends readonly unknown[]>(
    cond: LoopFunction<V, TensorLike>,
    body: LoopFunction<V, unknown>,
    loop_vars: V,
    options?: LoopOptions,
  ): LoopResult<V>;
  <const V extends readonly unknown[]>(
    cond: LoopFunction<V, TensorLike>,
    body: LoopFunction<V, unknown>,
    loop_vars: V,
    shape_invariants: unknown,
    options?: Omit<LoopOptions, 'shape_invariants'>,
  ): LoopResult<V>;
  <const V extends readonly unknown[]>(
    cond: LoopFunction<V, TensorLike>,
    body: LoopFunction<V, unknown>,
    loop_vars: V,
    shape_invariants: unknown,
    parallel_iterations: number,
    back_prop?: boolean,
    swap_memory?: boolean,
    name?: Name,
    maximum_iterations?: TensorLike | null,
  ): LoopResult<V>;
  <const V extends readonly unknown[]>(
    options: LoopOptions & {
      readonly loop_vars: V;
      readonly cond: LoopFunction<V, TensorLike>;
      readonly body: LoopFunction<V, unknown>;
    },
  ): LoopResult<V>;
}
