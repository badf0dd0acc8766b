/** Pruning: which operations a run needs, found backwards from what is fetched. */

import { Operation } from '../graph/operation.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';

/** The operations that the fetches need, cut at the feeds and at what is done. */
export function ancestors(
  fetches: readonly (SymbolicTensor | Operation)[],
  fed: ReadonlySet<SymbolicTensor>,
  done: ReadonlySet<Operation>,
): Set<Operation> {
  const found = new Set<Operation>();
  const pending: Operation[] = [];
  const kept = new KeptValues();
  const visit = (operation: Operation) => {
    if (found.has(operation) || done.has(operation)) return;
    found.add(operation);
    pending.push(operation);
    if (operation.declaration.keeps === 'pop') for (const push of kept.take(operation)) visit(push);
  };
  for (const fetch of fetches) {
    if (fetch instanceof Operation) visit(fetch);
    else if (!fed.has(fetch)) visit(fetch.op);
  }
  for (let operation = pending.pop(); operation; operation = pending.pop()) {
    for (const input of operation.inputs) if (!fed.has(input)) visit(input.op);
    for (const input of operation.control_inputs) {
      if (!isFedPlaceholder(input, fed) && kept.isTaken(input)) visit(input);
    }
  }
  return found;
}

/** Who waits for a placeholder waits for what it was fed. */
function isFedPlaceholder({ declaration, outputs }: Operation, fed: ReadonlySet<unknown>): boolean {
  return declaration.opaque === true && outputs.every((output) => fed.has(output));
}

/**
 * What a loop keeps for its gradient. A loop that has a gradient waits for all its pushes, and the
 * gradient's loop for all its pops, also for those of values that only a gradient wants which nobody
 * fetches. A pop that others merely wait for is left out, and so are the pushes to a stack that is
 * never popped: stacks end with the run, so no one can tell.
 */
class KeptValues {
  private readonly taken = new Set<Operation>();
  private readonly waiting = new Map<Operation, Operation[]>();

  /** Whether what waits for `operation` makes it run. */
  isTaken(operation: Operation): boolean {
    const { keeps } = operation.declaration;
    if (keeps === undefined) return true;
    if (keeps === 'pop') return false;
    const stack = stackOf(operation);
    if (this.taken.has(stack)) return true;
    this.waiting.set(stack, [...(this.waiting.get(stack) ?? []), operation]);
    return false;
  }

  /** The pushes that waited for `pop`. */
  take(pop: Operation): readonly Operation[] {
    const stack = stackOf(pop);
    this.taken.add(stack);
    const pushes = this.waiting.get(stack) ?? [];
    this.waiting.delete(stack);
    return pushes;
  }
}

/** The operation that made the stack, around the loops and conditions that use it. */
function stackOf({ inputs }: Operation): Operation {
  const source = inputs[0]!.op;
  const role = source.declaration.control;
  return role === 'enter' || role === 'switch' ? stackOf(source) : source;
}
