/** The executor: read slots, call the kernel, write slots, free what nothing reads again. */

import type { RunContext } from '../backend/context.ts';
import type { VariableCell } from '../backend/state.ts';
import type { BackendValue } from '../backend/value.ts';
import { FailedPreconditionError } from '../core/errors.ts';
import type { Kernel, Value } from '../core/kernels.ts';
import { failedStep } from './run_errors.ts';
import type { Plan, Step } from './plan.ts';

type Slots = (BackendValue | null)[];

/** What watches a run step by step. */
export interface Observer {
  begin(step: Step): void;
  end(step: Step, outputs: readonly (Value | null)[]): void;
}

/** Runs `plan` and returns its slots, in which fetches, feeds and constants are still held. A failed run frees everything. */
export function execute(
  plan: Plan,
  feeds: readonly BackendValue[],
  context: RunContext,
  observer: Observer | null,
): Slots {
  const slots: Slots = new Array<BackendValue | null>(plan.slots).fill(null);
  for (let i = 0; i < feeds.length; i++) slots[plan.feeds[i]!] = feeds[i]!;
  for (const [slot, value] of plan.constants) slots[slot] = value;
  const { steps } = plan;
  let at = 0;
  try {
    for (; at < steps.length; at++) {
      const step = steps[at]!;
      observer?.begin(step);
      runStep(step, slots, context);
      observer?.end(
        step,
        observer ? step.outputs.map((slot) => (slot < 0 ? null : slots[slot]!)) : [],
      );
      for (let i = 0; i < step.frees.length; i++) {
        const slot = step.frees[i]!;
        slots[slot]?.release();
        slots[slot] = null;
      }
    }
  } catch (error) {
    releaseSlots(plan, slots);
    throw failedStep(error, steps[at]!, plan);
  }
  return slots;
}

function runStep(step: Step, slots: Slots, context: RunContext): void {
  const { inputs, outputs } = step;
  const args: BackendValue[] = new Array(inputs.length);
  for (let i = 0; i < inputs.length; i++) args[i] = slots[inputs[i]!]!;
  if (step.reads !== null) readReferences(step.reads, args);
  context.nodeName = step.operation.name;
  const result = step.kernel(args, step.attrs, context);
  if (outputs.length === 1) {
    const value = (Array.isArray(result) ? result[0] : result) as BackendValue;
    if (outputs[0]! >= 0) slots[outputs[0]!] = value;
    else value.release();
    return;
  }
  for (let i = 0; i < outputs.length; i++) {
    const value = (result as readonly BackendValue[])[i]!;
    if (outputs[i]! >= 0) slots[outputs[i]!] = value;
    else value.release();
  }
}

/** Replaces references by what their variables hold now. */
function readReferences(reads: readonly boolean[], args: BackendValue[]): void {
  for (let i = 0; i < reads.length; i++) {
    if (!reads[i] || args[i]!.handle === null) continue;
    const cell = args[i]!.handle as VariableCell;
    if (cell.value === null) {
      throw new FailedPreconditionError(
        null,
        null,
        `Attempting to use uninitialized value ${cell.name}`,
      );
    }
    args[i] = cell.value;
  }
}

/** The kernel that reads a variable for a fetch: its value as it is at this point of the run. */
export const readKernel: Kernel = ([value], _attrs, context) => context.view(value!, value!.shape);

/** Frees everything that a run still holds, but constants. */
export function releaseSlots(plan: Plan, slots: Slots): void {
  for (const [slot] of plan.constants) slots[slot] = null;
  for (let i = 0; i < slots.length; i++) {
    slots[i]?.release();
    slots[i] = null;
  }
}
