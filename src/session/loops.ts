/** Loops at run time: one walk over the head, the predicate and the body per iteration, in slots of their own. */

import type { RunContext } from '../backend/context.ts';
import { type BackendValue, hostValue } from '../backend/value.ts';
import { int32 } from '../core/dtype.ts';
import type { Kernel } from '../core/kernels.ts';
import type { Step } from './plan.ts';
import type { Specialiser } from './specialised/program.ts';
import { LoopTier } from './specialised/tiers.ts';
import { type Slots, walk } from './walk.ts';

/** A loop, planned: its own slots, and what happens in an iteration. */
export interface LoopPlan {
  readonly slots: number;
  /** The slot of each Enter, in the order of the loop's arguments. */
  readonly enters: readonly number[];
  readonly constants: readonly (readonly [slot: number, value: BackendValue])[];
  readonly variables: readonly LoopVariable[];
  /** Up to the predicate; runs once more than the body. */
  readonly head: readonly Step[];
  /** The slot of the predicate; -1 for a loop that has none and runs once. */
  readonly predicate: number;
  readonly body: readonly Step[];
  /** The slots that hold the loop's results when the predicate is false. */
  readonly exits: readonly number[];
  /** Slots that keep their values over iterations: invariants and constants. */
  readonly lasting: readonly number[];
}

/** One Merge of a loop: fed by an Enter first, and by a NextIteration then; -1 where there is none. */
export interface LoopVariable {
  readonly enter: number;
  readonly next: number;
  readonly merge: number;
  /** Where the index of the input that came is wanted. */
  readonly index: number;
}

/** The kernel that runs a loop: its arguments are what its Enters read, its results those of its Exits. */
export function loopKernel(plan: LoopPlan, specialiser: Specialiser | null): Kernel {
  const lasting = new Set(plan.lasting);
  const tier = specialiser && new LoopTier(plan, specialiser);
  return (args, _attrs, context) => {
    const run = context as RunContext;
    const slots: Slots = new Array<BackendValue | null>(plan.slots).fill(null);
    try {
      for (const [slot, value] of plan.constants) slots[slot] = value.view(value.shape);
      plan.enters.forEach((slot, i) => {
        slots[slot] = args[i] === null ? null : hold(args[i] as BackendValue);
      });
      enterVariables(plan, slots);
      for (;;) {
        const results = tier?.find(slots)?.run(slots);
        if (results) return results;
        const observer = tier?.observe();
        walk(plan.head, slots, run, observer);
        if (plan.predicate < 0 || Number(slots[plan.predicate]!.data[0]) === 0) break;
        walk(plan.body, slots, run, observer);
        nextIteration(plan, slots, lasting);
      }
      return plan.exits.map((slot) => hold(slots[slot]!));
    } finally {
      for (const value of slots) value?.release();
    }
  };
}

const hold = (value: BackendValue): BackendValue => value.view(value.shape);

function enterVariables({ variables }: LoopPlan, slots: Slots): void {
  for (const { enter, merge, index } of variables) {
    slots[merge] = hold(slots[enter]!);
    if (index >= 0) slots[index] = hostValue(int32, [], Int32Array.of(0));
  }
  for (const { enter, merge } of variables) {
    if (enter === merge) continue;
    slots[enter]?.release();
    slots[enter] = null;
  }
}

/** Moves each variable's next value to where the iteration finds it, and empties all else. */
function nextIteration({ variables }: LoopPlan, slots: Slots, lasting: ReadonlySet<number>): void {
  const next = variables.map((variable) =>
    variable.next < 0 ? null : hold(slots[variable.next]!),
  );
  for (let slot = 0; slot < slots.length; slot++) {
    if (lasting.has(slot)) continue;
    slots[slot]?.release();
    slots[slot] = null;
  }
  variables.forEach(({ merge, index }, i) => {
    slots[merge] = next[i]!;
    if (index >= 0) slots[index] = hostValue(int32, [], Int32Array.of(1));
  });
}
