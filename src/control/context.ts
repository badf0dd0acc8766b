/**
 * What branches and loops have in common: which tensors are known inside, what stands there for those
 * from outside, and entering and leaving while the graph is built.
 */

import {
  type ControlFlowContext,
  outputContext,
  whileContextOf,
} from '../graph/control_context.ts';
import type { Graph } from '../graph/graph.ts';
import type { Operation } from '../graph/operation.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';

/** A branch of a condition, or a loop. */
export abstract class Context implements ControlFlowContext {
  readonly graph: Graph;
  readonly name: string;
  readonly outer: Context | null;
  abstract readonly isCond: boolean;
  abstract readonly isWhile: boolean;
  /** The contexts made in this one. */
  readonly nested: Context[] = [];
  /** The tensors that are known inside. */
  readonly values = new Set<SymbolicTensor>();
  /** What stands inside for tensors from outside. */
  readonly externals = new Map<SymbolicTensor, SymbolicTensor>();
  private readonly previous: (ControlFlowContext | null)[] = [];

  /** `isNamed` says that `name` is the whole name, as a meta graph has it. */
  constructor(graph: Graph, name: string, isNamed: boolean = false) {
    this.graph = graph;
    this.name = isNamed ? name : graph.unique_name(name);
    this.outer = graph._controlFlow as Context | null;
    this.outer?.nested.push(this);
  }

  abstract addOp(operation: Operation): void;
  abstract addValue(tensor: SymbolicTensor): SymbolicTensor;

  /** Takes in `operation`, wherever what is being built goes. */
  abstract takeIn(operation: Operation): void;

  /** What operations without inputs wait for, so that they run only where this context does. */
  abstract get controlPivot(): SymbolicTensor | null;

  /** For the loop of a gradient: the loop that it goes back through. */
  get forward(): ControlFlowContext | null {
    return null;
  }

  /** What is created from now on belongs to this context. */
  enter(): void {
    this.previous.push(this.graph._controlFlow);
    this.graph._controlFlow = this;
  }

  /** Ends `enter`. */
  exit(): void {
    this.graph._controlFlow = this.previous.pop() ?? null;
  }

  /** Runs `body` so that what it creates belongs to this context. */
  within<R>(body: () => R): R {
    this.enter();
    try {
      return body();
    } finally {
      this.exit();
    }
  }

  /** Makes results known in the context around this one. */
  exitResult(results: readonly SymbolicTensor[]): void {
    for (const tensor of results) this.outer?.values.add(tensor);
  }

  addInnerOp(operation: Operation): void {
    this.outer?.addInnerOp(operation);
  }

  /** Drops the control inputs that are outside of the loop; answers those that stay and those dropped. */
  protected dropExternalControl(operation: Operation): {
    kept: readonly Operation[];
    dropped: readonly Operation[];
  } {
    const loop = whileContextOf(this);
    const all = operation.control_inputs;
    if (loop === null) return { kept: all, dropped: [] };
    const isInside = (input: Operation): boolean => whileContextOf(outputContext(input)) === loop;
    const kept = all.filter(isInside);
    if (kept.length !== all.length) {
      operation._removeControlInputs();
      operation._addControlInputs(kept);
    }
    return { kept, dropped: all.filter((input) => !isInside(input)) };
  }

  /** Lets `operation` read what stands inside for each of its inputs. */
  protected redirectInputs(operation: Operation): void {
    operation.inputs.forEach((input, index) => {
      const inside = this.addValue(input);
      if (inside !== input) operation._updateInput(index, inside);
    });
  }

  toString(): string {
    return this.name;
  }
}

/** Runs `body` in `context`, or outside of all contexts that it is not in, for `null`. */
export function withinContext<R>(context: Context | null, body: () => R): R {
  return context === null ? body() : context.within(body);
}
