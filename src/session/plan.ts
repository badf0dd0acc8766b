/**
 * The plan of a run: which operations, in which order, in which slots, and what can be freed when.
 * It is plain data, made once per graph version, fetches and feeds; the executor only walks it.
 */

import type { BackendValue } from '../backend/value.ts';
import type { ConversionSite } from '../core/conversions.ts';
import type { Attrs, Kernel } from '../core/kernels.ts';
import type { Graph } from '../graph/graph.ts';
import { Operation } from '../graph/operation.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { ancestors } from './ancestors.ts';
import {
  assignFrames,
  dependencies,
  type FrameNode,
  inOrder,
  nodesInOrder,
  roleOf,
} from './frames.ts';
import { planLoop } from './loop_plan.ts';
import type { Specialiser } from './specialised/program.ts';
import { referred, StepBuilder } from './steps.ts';

/** One kernel call. Values live in numbered slots. */
export interface Step {
  /** The operation; for a loop the first of its Exits. */
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
  /** Slots that are empty if the step is on a branch that was not taken; `null` if it always runs. */
  readonly guards: readonly number[] | null;
  /** Whether one guard that is not empty is enough: a merge. */
  readonly takesAny: boolean;
  /** A slot that tells operations that wait for this one that it did run; -1 if none has to know. */
  readonly signal: number;
}

/** What one run computes. */
export interface Plan {
  /** The slots as a run finds them: constants in their places, all others empty. */
  readonly start: readonly (BackendValue | null)[];
  readonly steps: readonly Step[];
  /** Constants and where they go; they stay alive between runs. */
  readonly constants: readonly (readonly [slot: number, value: BackendValue])[];
  /** The slot of each feed, in the order of the feeds. */
  readonly feeds: readonly number[];
  /** The slot of each fetched tensor; -1 for an operation. */
  readonly fetches: readonly number[];
  /** The slots that still hold a value at the end: feeds and fetches. */
  readonly held: readonly number[];
  /** Where its fetches are counted as conversions. */
  readonly site: ConversionSite;
}

/** What planning needs from the session: kernels, and values for constants. */
export interface PlanParts {
  kernelOf(operation: Operation): Kernel;
  /** Makes what repeats special; `null` where everything stays general. */
  readonly specialiser: Specialiser | null;
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
  const wantedRefs = new Set(
    fetches
      .filter((f) => isReference(f) && !fed.has(f as SymbolicTensor))
      .map((f) => referred(f as SymbolicTensor, done)),
  );
  const builder = new StepBuilder(parts, fed, done, wantedRefs, planLoop);
  const feedSlots = feeds.map((tensor) => builder.slots.of(tensor));
  for (const node of running(graph, ancestors(fetches, fed, done), fed)) builder.add(node);
  const fetchSlots = fetches.map((fetch) =>
    fetch instanceof Operation ? -1 : builder.fetchSlot(fetch),
  );
  const constantSlots = new Set(builder.constants.map(([slot]) => slot));
  const held = new Set(
    [...feedSlots, ...fetchSlots].filter((slot) => slot >= 0 && !constantSlots.has(slot)),
  );
  const steps = builder.steps([...held, ...constantSlots]);
  const start = new Array<BackendValue | null>(builder.slots.count).fill(null);
  for (const [slot, value] of builder.constants) start[slot] = value;
  return {
    start,
    steps,
    constants: builder.constants,
    feeds: feedSlots,
    fetches: fetchSlots,
    held: [...held],
    site: { line: null, count: 0 },
  };
}

function isReference(fetch: SymbolicTensor | Operation): boolean {
  return !(fetch instanceof Operation) && fetch.dtype._is_ref_dtype;
}

/** What runs, in order: the order of creation, in which a run is deterministic, with each loop as one node. */
function running(
  graph: Graph,
  needed: ReadonlySet<Operation>,
  fed: ReadonlySet<SymbolicTensor>,
): readonly FrameNode[] {
  const byCreation =
    needed.size * 2 > graph._operations.length
      ? graph._operations.filter((operation) => needed.has(operation))
      : [...needed].sort((a, b) => a._id - b._id);
  if (byCreation.some((operation) => ['enter', 'exit'].includes(roleOf(operation) ?? ''))) {
    return nodesInOrder(assignFrames(byCreation, fed), fed);
  }
  if (!byCreation.some(waitsForLater)) return byCreation;
  return inOrder(
    byCreation,
    (operation) => dependencies(operation, fed),
    (operation) => operation._id,
  );
}

/** Whether an operation waits for one that was created after it: its inputs were replaced. */
function waitsForLater({ _id, inputs, control_inputs }: Operation): boolean {
  return (
    inputs.some((input) => input.op._id > _id) || control_inputs.some((input) => input._id > _id)
  );
}
