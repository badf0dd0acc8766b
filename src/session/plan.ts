/**
 * The plan of a run: which operations, in which order, in which slots, and what can be freed when.
 * It is plain data, made once per graph version, fetches and feeds; the executor only walks it.
 */

import type { BackendValue } from '../backend/value.ts';
import type { ConversionSite } from '../core/conversions.ts';
import type { Attrs, Kernel } from '../core/kernels.ts';
import type { Graph } from '../graph/graph.ts';
import { Operation } from '../graph/operation.ts';
import { SymbolicTensor } from '../graph/symbolic_tensor.ts';

/** One kernel call. Values live in numbered slots. */
export interface Step {
  readonly operation: Operation;
  /** The operation's name, which kernels may ask for. */
  readonly name: string;
  readonly kernel: Kernel;
  readonly attrs: Attrs;
  readonly inputs: readonly number[];
  /** For each input, whether it is a reference whose variable is read; `null` if none is. */
  readonly reads: readonly boolean[] | null;
  /** Where the outputs go; -1 for one that nothing wants. */
  readonly outputs: readonly number[];
  /** The slots that nothing reads after this step. */
  readonly frees: readonly number[];
  /** Whether it runs as soon as one input has a value: a merge. */
  readonly takesAny: boolean;
}

/** What one run computes. */
export interface Plan {
  readonly slots: number;
  readonly steps: readonly Step[];
  /** Constants and where they go; they stay alive between runs. */
  readonly constants: readonly (readonly [slot: number, value: BackendValue])[];
  /** The slot of each feed, in the order of the feeds. */
  readonly feeds: readonly number[];
  /** The slot of each fetched tensor; -1 for an operation. */
  readonly fetches: readonly number[];
  /** Whether some values may be dead, because a switch sent them the other way. */
  readonly conditional: boolean;
  /** Where its fetches are counted as conversions. */
  readonly site: ConversionSite;
}

/** What planning needs from the session: kernels, and values for constants. */
export interface PlanParts {
  kernelOf(operation: Operation): Kernel;
  /** Reads a variable through its reference. */
  readonly readKernel: Kernel;
  /** The value of an operation that only holds a constant. */
  constantOf(operation: Operation): BackendValue | null;
}

/** The plan for `fetches` with `feeds` given. Operations that are `done` do not run again: what they gave is fed. */
export function makePlan(
  graph: Graph,
  fetches: readonly (SymbolicTensor | Operation)[],
  feeds: readonly SymbolicTensor[],
  parts: PlanParts,
  done: ReadonlySet<Operation> = new Set(),
): Plan {
  const fed = new Set(feeds);
  const slots = new Slots(done);
  const feedSlots = feeds.map((tensor) => slots.of(tensor));
  const constants: [number, BackendValue][] = [];
  const drafts: Draft[] = [];
  const wantedRefs = new Set(
    fetches
      .filter((f) => isReference(f) && !fed.has(f as SymbolicTensor))
      .map((f) => referred(f as SymbolicTensor, done)),
  );
  const operations = inOrder(graph, ancestors(fetches, fed, done));
  const conditional = operations.some(({ declaration }) => declaration.control === 'switch');
  for (const operation of operations) {
    const dependent = conditional && operation.control_inputs.length > 0;
    const constant = dependent ? null : parts.constantOf(operation);
    if (constant) constants.push([slots.of(operation.outputs[0]!), constant]);
    else if (dependent || !isEmpty(operation)) drafts.push(draft(operation, slots, fed, parts));
    for (const output of operation.outputs) {
      if (wantedRefs.has(output)) drafts.push(readDraft(output, slots, parts));
    }
  }
  const fetchSlots = fetches.map((fetch) =>
    fetchSlot(fetch instanceof Operation ? fetch : referred(fetch, done), slots, wantedRefs),
  );
  const kept = new Set([...feedSlots, ...fetchSlots, ...constants.map(([slot]) => slot)]);
  return {
    slots: slots.count,
    steps: withLifetimes(drafts, kept),
    constants,
    feeds: feedSlots,
    fetches: fetchSlots,
    conditional,
    site: { line: null, count: 0 },
  };
}

/** Numbers the values of a run. */
class Slots {
  count = 0;
  private readonly numbers = new Map<unknown, number>();
  private readonly done: ReadonlySet<Operation>;

  constructor(done: ReadonlySet<Operation>) {
    this.done = done;
  }

  of(element: unknown): number {
    const key = element instanceof SymbolicTensor ? referred(element, this.done) : element;
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, this.count);
    return this.count++;
  }
}

/** Where the reference that an operation passed on comes from, if the operation is `done`. */
function referred(tensor: SymbolicTensor, done: ReadonlySet<Operation>): SymbolicTensor {
  if (!tensor.dtype._is_ref_dtype || !done.has(tensor.op)) return tensor;
  const source = tensor.op.inputs.find((input) => input.dtype._is_ref_dtype);
  return source ? referred(source, done) : tensor;
}

type Draft = Omit<Step, 'frees'>;

function isReference(fetch: SymbolicTensor | Operation): boolean {
  return !(fetch instanceof Operation) && fetch.dtype._is_ref_dtype;
}

/** The key of the slot that holds what a reference read as. */
function readKey(tensor: SymbolicTensor): string {
  return `read ${tensor.name}`;
}

function fetchSlot(
  fetch: SymbolicTensor | Operation,
  slots: Slots,
  refs: ReadonlySet<unknown>,
): number {
  if (fetch instanceof Operation) return -1;
  return slots.of(refs.has(fetch) ? readKey(fetch) : fetch);
}

function draft(
  operation: Operation,
  slots: Slots,
  fed: ReadonlySet<SymbolicTensor>,
  parts: PlanParts,
): Draft {
  const { inputs, outputs, attrs, declaration } = operation;
  const reads = inputs.map(
    (input, i) => input.dtype._is_ref_dtype && !fed.has(input) && !wantsReference(operation, i),
  );
  return {
    operation,
    name: operation.name,
    kernel: parts.kernelOf(operation),
    attrs,
    inputs: inputs.map((input) => slots.of(input)),
    reads: reads.some(Boolean) ? reads : null,
    outputs: outputs.map((output) => (fed.has(output) ? -1 : slots.of(output))),
    takesAny: declaration.control === 'merge',
  };
}

function readDraft(tensor: SymbolicTensor, slots: Slots, parts: PlanParts): Draft {
  return {
    operation: tensor.op,
    name: tensor.op.name,
    kernel: parts.readKernel,
    attrs: {},
    inputs: [slots.of(tensor)],
    reads: [true],
    outputs: [slots.of(readKey(tensor))],
    takesAny: false,
  };
}

/** Whether input `index` of `operation` is declared as a reference. Lists of references do not mix with others. */
function wantsReference({ declaration, inputs }: Operation, index: number): boolean {
  if (declaration.inputs.length === inputs.length) return declaration.inputs[index]!.isRef;
  return declaration.inputs.some((arg) => arg.isRef);
}

/** An operation that only ties control dependencies together costs nothing at run time. */
function isEmpty({ declaration }: Operation): boolean {
  return (
    declaration.inputs.length === 0 && declaration.outputs.length === 0 && !declaration.stateful
  );
}

/** The operations that the fetches need, cut at the feeds. */
function ancestors(
  fetches: readonly (SymbolicTensor | Operation)[],
  fed: ReadonlySet<SymbolicTensor>,
  done: ReadonlySet<Operation>,
): Set<Operation> {
  const found = new Set<Operation>();
  const pending: Operation[] = [];
  const visit = (operation: Operation) => {
    if (found.has(operation) || done.has(operation)) return;
    found.add(operation);
    pending.push(operation);
  };
  for (const fetch of fetches) {
    if (fetch instanceof Operation) visit(fetch);
    else if (!fed.has(fetch)) visit(referred(fetch, done).op);
  }
  for (let operation = pending.pop(); operation; operation = pending.pop()) {
    for (const input of operation.inputs) if (!fed.has(input)) visit(referred(input, done).op);
    for (const input of operation.control_inputs) visit(input);
  }
  return found;
}

/** Ready operations in order of creation: the order in which a run is deterministic. */
function inOrder(graph: Graph, needed: ReadonlySet<Operation>): Operation[] {
  const half = needed.size * 2 > graph._operations.length;
  const order = half
    ? graph._operations.filter((operation) => needed.has(operation))
    : [...needed].sort((a, b) => a._id - b._id);
  return order.some(readsLater) ? afterInputs(order, needed) : order;
}

/** Whether an operation reads one that was created after it, as in a branch whose inputs were replaced. */
function readsLater({ _id, inputs }: Operation): boolean {
  return inputs.some((input) => input.op._id > _id);
}

/** The same order, but each operation after what it reads. */
function afterInputs(order: readonly Operation[], needed: ReadonlySet<Operation>): Operation[] {
  const placed = new Set<Operation>();
  const place = (operation: Operation): void => {
    if (placed.has(operation) || !needed.has(operation)) return;
    if (readsLater(operation)) for (const input of operation.inputs) place(input.op);
    placed.add(operation);
  };
  order.forEach(place);
  return [...placed];
}

/** Adds to each step the slots that it is the last to use. */
function withLifetimes(drafts: readonly Draft[], kept: ReadonlySet<number>): Step[] {
  const seen = new Set(kept);
  const steps: Step[] = [];
  for (let i = drafts.length - 1; i >= 0; i--) {
    const step = drafts[i]!;
    const frees: number[] = [];
    for (const slot of [...step.inputs, ...step.outputs]) {
      if (slot < 0 || seen.has(slot)) continue;
      seen.add(slot);
      frees.push(slot);
    }
    steps.push({ ...step, frees });
  }
  return steps.reverse();
}
