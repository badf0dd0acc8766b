/** What calling an op means right now: a graph records a node, eager mode computes at once. */

import type { DType } from './dtype.ts';
import type { Attrs } from './kernels.ts';
import type { AnyOp } from './op.ts';
import type { Operand } from './operand.ts';
import type { Literal, Node, Tensor, TensorLike } from './tensor.ts';

/** What calling an op does: a graph, or eager mode. */
export interface Mode {
  readonly eager: boolean;
  /** Whether it takes tensors of other graphs in, as the body of a function does. */
  readonly captures?: boolean;
  /** Calls `op`. `name` is unique already where it ends in `/`. */
  apply(op: AnyOp, inputs: readonly Tensor[], attrs: Attrs, name: string): Node;
  /** A tensor with the numbers of `literal`. */
  constant(literal: Literal, name: string): Tensor;
  /** Runs `body` inside a name scope; it receives the scope's full name, ending in `/`. */
  nameScope<R>(name: string | null, body: (scope: string) => R): R;
  /** Enters a name scope until the `exit` of the result is called. */
  enterNameScope(name: string | null): { readonly scope: string; exit(): void };
  /** Runs `body` so that what it creates runs after `inputs`: tensors, operations, variables; `null` clears what is in force. */
  controlDependencies<R>(inputs: readonly unknown[] | null, body: () => R): R;
  /** Runs `body` so that what it creates is placed with `tensor`; `null` clears what is in force. */
  colocateWith<R>(tensor: TensorLike | null, body: () => R): R;
  /** Runs `body` so that what it creates is placed on `device`; `null` clears what is in force. */
  onDevice<R>(device: string | null, body: () => R): R;
  /** The graph-level seed, and the seed an op without its own gets. */
  readonly seeds: { graph: number | null; nextOp(): number };
  /** Refuses tensors that belong elsewhere, or brings them here. */
  accept(tensor: Tensor, dtype: DType | null): Tensor;
}

const modes: Mode[] = [];
let fallback: (() => Mode) | undefined;

/** Says which mode is in force where none was entered. */
export function registerDefaultMode(provide: () => Mode): void {
  fallback = provide;
}

/** The mode in force. */
export function currentMode(): Mode {
  const mode = modes.length > 0 ? modes[modes.length - 1] : fallback?.();
  if (!mode) throw new Error('No graph or eager mode is loaded.');
  return mode;
}

let findHome: ((tensor: Operand) => Mode | undefined) | undefined;

/** Says in which graph a tensor lives; an eager tensor lives in none. */
export function registerHomes(find: (tensor: Operand) => Mode | undefined): void {
  findHome = find;
}

/** The graph that `tensor` lives in: ops on it go there, whatever graph is the default one. */
export function homeOf(tensor: Operand): Mode | undefined {
  return findHome?.(tensor);
}

/** Enters `mode` until the matching `leaveMode`. */
export function enterMode(mode: Mode): void {
  modes.push(mode);
}

/** Leaves the mode entered last. */
export function leaveMode(): void {
  modes.pop();
}

/** Runs `body` in `mode`. */
export function withMode<R>(mode: Mode, body: () => R): R {
  modes.push(mode);
  try {
    return body();
  } finally {
    modes.pop();
  }
}

/** Whether ops compute at once. `tf.executing_eagerly()` */
export function executing_eagerly(): boolean {
  return currentMode().eager;
}

/**
 * Runs `body` inside the name scope `name`, or `default_name` where `name` is `null`, as
 * `with tf.name_scope(name, default_name) as scope:` does. A name that ends in `/` is reentered.
 */
export function nameScope<R>(
  name: string | null | undefined,
  default_name: string,
  body: (scope: string) => R,
): R {
  return currentMode().nameScope(name ?? default_name, body);
}

/** Runs `body` so that what it creates runs after `inputs`: tensors, operations, variables; `null` clears what is in force. */
export function controlDependencies<R>(inputs: readonly unknown[] | null, body: () => R): R {
  return currentMode().controlDependencies(inputs, body);
}

/** Runs `body` so that what it creates is placed with `tensor`; `null` clears what is in force. */
export function colocateWith<R>(tensor: TensorLike | null, body: () => R): R {
  return currentMode().colocateWith(tensor, body);
}

/** Runs `body` so that what it creates is placed on `device`; `null` clears what is in force. */
export function onDevice<R>(device: string | null, body: () => R): R {
  return currentMode().onDevice(device, body);
}
