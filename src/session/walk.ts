/** The inner loop of all execution: read slots, call the kernel, write slots, free what nothing reads again. */

import type { RunContext } from '../backend/context.ts';
import type { VariableCell } from '../backend/state.ts';
import { BackendValue, handleValue } from '../backend/value.ts';
import { resource } from '../core/dtype.ts';
import { FailedPreconditionError, InvalidArgumentError } from '../core/errors.ts';
import type { Value } from '../core/kernels.ts';
import type { Step } from './plan.ts';
import { failedStep } from './run_errors.ts';

/** Values by slot; `null` where there is none: freed, or on a branch that was not taken. */
export type Slots = (BackendValue | null)[];

/** What watches a run step by step. */
export interface Observer {
  begin(step: Step): void;
  end(step: Step, outputs: readonly (Value | null)[]): void;
}

/** Stands in the signal slot of a step that did run. */
const RAN: BackendValue = handleValue(resource, {});

/** Runs `steps` over `slots`. What a kernel throws learns which operation it was. */
export function walk(
  steps: readonly Step[],
  slots: Slots,
  context: RunContext,
  observer: Observer | null = null,
): void {
  let at = 0;
  try {
    for (; at < steps.length; at++) {
      const step = steps[at]!;
      if (step.guards !== null && isSkipped(step, slots)) skip(step, slots);
      else if (observer === null) runStep(step, slots, context);
      else observeStep(observer, step, slots, context);
      for (let i = 0; i < step.frees.length; i++) {
        const slot = step.frees[i]!;
        slots[slot]?.release();
        slots[slot] = null;
      }
    }
  } catch (error) {
    const step = steps[at]!;
    const why = error instanceof TypeError ? fault(step, slots) : null;
    throw failedStep(why ?? error, step, steps);
  }
}

/** Where a kernel failed for want of an input, as in a damaged loop, what is wrong with the graph. */
function fault({ operation, inputs }: Step, slots: Slots): InvalidArgumentError | null {
  const empty = inputs.findIndex((slot) => slots[slot] === null);
  if (empty < 0) return null;
  const text = `{{node ${operation.name}}} has inputs from different frames.`;
  const name = operation.inputs[empty]?.name;
  return new InvalidArgumentError(
    null,
    operation,
    `${text}\n\nThere is no value of '${name}' here.`,
  );
}

/** Whether a Switch sent what this step needs the other way. */
export function isSkipped({ guards, takesAny }: Step, slots: Slots): boolean {
  for (let i = 0; i < guards!.length; i++) {
    if ((slots[guards![i]!] === null) !== takesAny) return !takesAny;
  }
  return takesAny;
}

/** Empties what a step on a branch that was not taken would give. */
export function skip(step: Step, slots: Slots): void {
  for (const slot of step.outputs) if (slot >= 0) slots[slot] = null;
  if (step.signal >= 0) slots[step.signal] = null;
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
  const args = argumentsOf(step.inputs, slots);
  if (step.reads !== null) readReferences(step.reads, args);
  runKernel(step, args, slots, context);
}

/** Calls the kernel of `step` and puts what it gives into its slots. */
export function runKernel(
  step: Step,
  args: readonly BackendValue[],
  slots: Slots,
  context: RunContext,
): void {
  const { outputs } = step;
  context.nodeName = step.name;
  const result = step.kernel(args, step.attrs, context);
  if (step.signal >= 0) slots[step.signal] = RAN;
  if (result instanceof BackendValue) {
    put(slots, outputs[0]!, result);
    return;
  }
  for (let i = 0; i < outputs.length; i++) {
    put(slots, outputs[i]!, (result as readonly (BackendValue | null)[])[i]!);
  }
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
export function readReferences(reads: readonly boolean[], args: BackendValue[]): void {
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
