/** Executes a plan: puts feeds and constants in their slots and walks the steps. */

import type { RunContext } from '../backend/context.ts';
import type { BackendValue } from '../backend/value.ts';
import type { Kernel } from '../core/kernels.ts';
import type { Plan } from './plan.ts';
import { type Observer, type Slots, walk } from './walk.ts';

/** Runs `plan` and returns its slots, in which fetches, feeds and constants are still held. A failed run frees everything. */
export function execute(
  plan: Plan,
  feeds: readonly BackendValue[],
  context: RunContext,
  observer: Observer | null,
): Slots {
  const slots: Slots = plan.start.slice();
  for (let i = 0; i < feeds.length; i++) slots[plan.feeds[i]!] = feeds[i]!;
  try {
    walk(plan.steps, slots, context, observer);
  } catch (error) {
    for (const [slot] of plan.constants) slots[slot] = null;
    for (const value of slots) value?.release();
    throw error;
  }
  return slots;
}

/** The kernel that reads a variable for a fetch: its value as it is at this point of the run. */
export const readKernel: Kernel = ([value], _attrs, context) => context.view(value!, value!.shape);

/** Frees what a run that ended well still holds: its feeds and fetches. */
export function releaseSlots(plan: Plan, slots: Slots): void {
  for (const slot of plan.held) {
    slots[slot]?.release();
    slots[slot] = null;
  }
}
