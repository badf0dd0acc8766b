/**
 * Going back through conditions and loops. There the order of creation is no order of computation, so
 * a node's turn comes when the gradients of all that read it are known; a loop's switch has two turns.
 * `control/` registers what is done at the borders of loops.
 */

import { ValueError, withHint } from '../core/errors.ts';
import type { Node, Tensor } from '../core/tensor.ts';
import { isExit, isSwitch } from '../graph/control_context.ts';
import type { Operation } from '../graph/operation.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { type Adjoints, applyRule, checkShape, isTrainable } from './backprop.ts';
import { ruleOf } from './registry.ts';

/** How many of the gradients of an operation's outputs are still to come. */
export class PendingCounts {
  private readonly counts = new Map<Operation, number>();

  get(operation: Operation): number {
    return this.counts.get(operation) ?? 0;
  }
  add(operation: Operation, count: number): number {
    const sum = this.get(operation) + count;
    this.counts.set(operation, sum);
    return sum;
  }
}

/** What is done for the loops that one call of `tf.gradients` goes back through. */
export interface LoopGradients {
  /** Runs `body` in the loop of the gradient that goes with `operation`; for an exit, `before` it is left or after. */
  within<R>(operation: Operation, before: boolean, body: () => R): R;
  /** The exits that nothing asks for, of loops that are gone back through because of others. */
  unused(pending: PendingCounts, targets: ReadonlySet<Operation>): readonly SymbolicTensor[];
  /** Zeros in place of the gradient of an exit. */
  zerosOfExit(exit: SymbolicTensor): Tensor;
  /** Zeros in place of the gradient of an output; `null` where none are needed. */
  zeros(operation: Operation, index: number): Tensor | null;
  /** Hears that all gradients of an exit came; answers the exits whose turn it is. */
  exitReady(exit: SymbolicTensor, hasGradient: (exit: SymbolicTensor) => boolean): ReadyExits;
  /** Closes the loops that were made. */
  finish(): void;
}

/** Exits whose turn it is, and those of them that get zeros. */
export interface ReadyExits {
  readonly exits: readonly SymbolicTensor[];
  readonly zeros: readonly SymbolicTensor[];
}

/** What `control/` provides. */
export interface ControlGradients {
  /** Starts going back through the loops that have an exit in `between`, and adds their other exits to it. */
  loops(between: Set<Operation>, colocate: boolean): LoopGradients | null;
  /** Zeros in place of the gradient of a condition's switch. */
  zeros(operation: Operation, index: number): Tensor | null;
  isLoopSwitch(operation: Operation): boolean;
}

let control: ControlGradients | undefined;

/** Provides the gradients of conditions and loops. */
export function registerControlGradients(provided: ControlGradients): void {
  control = provided;
}

/** One call of `tf.gradients`. */
export interface ControlWalk {
  readonly ys: readonly SymbolicTensor[];
  readonly xs: readonly SymbolicTensor[];
  /** The operations between them, nearest to `ys` first. */
  readonly between: Set<Operation>;
  /** Operations that no gradient passes. */
  readonly stopped: ReadonlySet<Node>;
  readonly colocate: boolean;
  around<R>(node: Node, body: () => R): R;
}

/**
 * Adds to `adjoints`, which has the gradients of `ys`, what flows back between `ys` and `xs`. The
 * result closes the loops that were made; it is called outside of all scopes of the gradient.
 */
export function backpropControl(walk: ControlWalk, adjoints: Adjoints): () => void {
  if (!control) throw new Error('Control flow is not loaded.');
  return new ControlBackprop(walk, adjoints, control).run();
}

class ControlBackprop {
  private readonly walk: ControlWalk;
  private readonly adjoints: Adjoints;
  private readonly control: ControlGradients;
  private readonly loops: LoopGradients | null;
  private readonly pending = new PendingCounts();
  private readonly queue: Operation[] = [];
  private readonly ends: Set<Node>;

  constructor(walk: ControlWalk, adjoints: Adjoints, provided: ControlGradients) {
    this.walk = walk;
    this.adjoints = adjoints;
    this.control = provided;
    this.loops = provided.loops(walk.between, walk.colocate);
    for (const operation of walk.between) {
      for (const { op } of operation.inputs) if (walk.between.has(op)) this.pending.add(op, 1);
    }
    this.start();
    const sources = walk.xs.map((x) => x.op).filter((op) => this.isEnd(op));
    this.ends = new Set<Node>([...sources, ...walk.stopped]);
  }

  private start(): void {
    const targets = new Set(
      this.walk.ys
        .map((y) => y.op)
        .filter((op) => this.walk.between.has(op) && this.pending.get(op) === 0),
    );
    this.queue.push(...targets);
    for (const exit of this.loops?.unused(this.pending, targets) ?? []) {
      if (!isTrainable(exit)) continue;
      this.adjoints.add(exit, this.loops!.zerosOfExit(exit));
      this.queue.push(exit.op);
    }
  }

  /** Whether nothing before `operation` is of interest. */
  private isEnd(operation: Operation): boolean {
    return operation.inputs.every((input) => this.pending.get(input.op) <= 0);
  }

  run(): () => void {
    for (let op = this.queue.shift(); op; op = this.queue.shift()) {
      this.differentiate(op);
      for (const input of op.inputs) this.countDown(input);
    }
    return () => this.loops?.finish();
  }

  private within<R>(operation: Operation, before: boolean, body: () => R): R {
    return this.loops ? this.loops.within(operation, before, body) : body();
  }

  private differentiate(operation: Operation): void {
    const dys = this.within(operation, true, () =>
      operation.outputs.map((output) => this.adjoints.sum(output)),
    );
    if (dys.every((dy) => dy === null) || this.ends.has(operation)) return;
    const rule = ruleOf(operation);
    if (rule === null) return;
    this.within(operation, false, () => {
      this.checkInitialValue(operation);
      const dxs = this.walk.around(operation, () =>
        applyRule(operation, rule, dys, (index) => this.zeros(operation, index)),
      );
      operation.inputs.forEach((input, i) => {
        const dx = dxs[i];
        if (!dx) return;
        checkShape(operation, input, dx);
        this.adjoints.add(input, dx);
      });
    });
  }

  private zeros(operation: Operation, index: number): Tensor | null {
    if (this.loops) return this.loops.zeros(operation, index);
    if (this.control.isLoopSwitch(operation)) return null;
    return this.control.zeros(operation, index);
  }

  /** A gradient within a loop body ends at the body's arguments. */
  private checkInitialValue(operation: Operation): void {
    if (!isSwitch(operation)) return;
    const context = operation._controlFlow;
    if (!context?.isWhile || context !== operation.graph._controlFlow) return;
    const sources = new Set(this.walk.xs.map((x) => x.op));
    const seen = new Set([operation]);
    for (const op of seen) for (const input of op.inputs) seen.add(input.op);
    const target = [...seen].find((op) => sources.has(op)) ?? operation;
    throw new ValueError(
      withHint(
        `Cannot compute gradient inside while loop with respect to op '${target.name}'. We do not support taking the gradient wrt or through the initial value of a loop variable. Gradients can be computed through loop invariants or wrt the input parameters to the loop body.`,
        'Call tf.gradients on what tf.while_loop returns, outside of the body.',
      ),
    );
  }

  /** One gradient less to come for the operation that makes `input`; puts it in the queue if that was the last. */
  private countDown(input: SymbolicTensor): void {
    const { op } = input;
    const left = this.pending.add(op, -1);
    const isReady =
      left === 0 || (left > 0 && this.loops !== null && this.control.isLoopSwitch(op));
    if (!isReady) return;
    if (!isExit(op) || !this.loops) {
      this.queue.push(op);
      return;
    }
    const { exits, zeros } = this.loops.exitReady(
      input,
      (exit) => this.adjoints.sum(exit) !== null,
    );
    for (const exit of zeros) this.adjoints.add(exit, this.loops.zerosOfExit(exit));
    this.queue.push(...exits.map((exit) => exit.op));
  }
}
