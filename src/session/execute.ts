/** The executor: read slots, call the kernel, write slots, free what nothing reads again. */

import type { RunContext } from '../backend/context.ts';
import type { VariableCell } from '../backend/state.ts';
import { BackendValue } from '../backend/value.ts';
import { FailedPreconditionError } from '../core/errors.ts';
import type { Kernel, Value } from '../core/kernels.ts';
import type { Operation } from '../graph/operation.ts';
import type { Plan, Step } from './plan.ts';
import { failedStep } from './run_errors.ts';

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
  const dead = plan.conditional ? new Set<Operation>() : null;
  let at = 0;
  try {
    for (; at < steps.length; at++) {
      const step = steps[at]!;
      if (dead !== null && isDead(step, slots, dead)) dead.add(step.operation);
      else if (observer === null) runStep(step, slots, context);
      else observeStep(observer, step, slots, context);
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

/** Whether a switch sent what this step reads, or waits for, the other way. */
function isDead(step: Step, slots: Slots, dead: ReadonlySet<Operation>): boolean {
  if (step.operation.control_inputs.some((input) => dead.has(input))) return true;
  const absent = (slot: number) => slots[slot] === null;
  return step.takesAny ? step.inputs.every(absent) : step.inputs.some(absent);
}

function observeStep(observer: Observer, step: Step, slots: Slots, context: RunContext): void {
  observer.begin(step);
  runStep(step, slots, context);
  observer.end(
    step,
    step.outputs.map((slot) => (slot < 0 ? null : slots[slot]!)),
  );
}

function runStep(step: Step, slots: Slots, context: RunContext): void {
  const { inputs, outputs } = step;
  const args = argumentsOf(inputs, slots);
  if (step.reads !== null) readReferences(step.reads, args);
  context.nodeName = step.name;
  const result = step.kernel(args, step.attrs, context);
  if (result instanceof BackendValue) {
    put(slots, outputs[0]!, result);
    return;
  }
  for (let i = 0; i < outputs.length; i++)
    put(slots, outputs[i]!, (result as readonly (BackendValue | null)[])[i]!);
}

/** The inputs' values; small lists are literals, which cost least. */
function argumentsOf(inputs: readonly number[], slots: Slots): BackendValue[] {
  if (inputs.length === 1) return [slots[inputs[0]!]!];
  if (inputs.length === 2) return [slots[inputs[0]!]!, slots[inputs[1]!]!];
  const args: BackendValue[] = [];
  for (let i = 0; i < inputs.length; i++) args.push(slots[inputs[i]!]!);
  return args;
}

function put(slots: Slots, slot: number, value: BackendValue | null): void {
  if (slot >= 0) slots[slot] = value;
  else value?.release();
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
