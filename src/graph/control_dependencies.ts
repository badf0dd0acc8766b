/** The control dependencies in force while a graph is built, one controller per `with` block. */

import type { Operation } from './operation.ts';

/** What one `control_dependencies` block adds to each operation created in it. */
export class ControlDependenciesController {
  readonly inputs: readonly Operation[];
  /** Whether the block clears what the enclosing ones add. */
  readonly clears: boolean;
  private readonly seen = new Set<Operation>();

  constructor(inputs: readonly Operation[], clears: boolean) {
    this.inputs = inputs;
    this.clears = clears;
  }

  /** Whether `operation` was created in this block, and so depends on its inputs already. */
  has(operation: Operation): boolean {
    return this.seen.has(operation);
  }

  add(operation: Operation): void {
    this.seen.add(operation);
  }
}

/** The blocks in force, outermost first. */
export class ControlDependencies {
  private stack: ControlDependenciesController[] = [];

  /** Enters a block and returns the stack to go back to. */
  enter(inputs: readonly Operation[] | null): ControlDependenciesController[] {
    const previous = this.stack;
    if (inputs === null) {
      this.stack = [];
      return previous;
    }
    const current = new Set(previous.flatMap((controller) => controller.inputs));
    const added = [...new Set(inputs)].filter((operation) => !current.has(operation));
    this.stack = [...previous, new ControlDependenciesController(added, false)];
    return previous;
  }

  restore(stack: ControlDependenciesController[]): void {
    this.stack = stack;
  }

  /**
   * The control inputs of a new operation that reads `inputs`. A block adds nothing where an input
   * was created in it, for then the dependency holds already.
   */
  forInputs(inputs: ReadonlySet<Operation>): Operation[] {
    if (this.stack.length === 0) return [];
    const found = new Set<Operation>();
    for (const controller of this.stack) {
      let dominated = false;
      for (const input of inputs) if (controller.has(input)) dominated = true;
      if (dominated) continue;
      for (const operation of controller.inputs) if (!inputs.has(operation)) found.add(operation);
    }
    return [...found];
  }

  /** Tells the blocks in force of a new operation. */
  record(operation: Operation): void {
    for (const controller of this.stack) controller.add(operation);
  }
}
