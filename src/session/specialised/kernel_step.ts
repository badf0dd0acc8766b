/** A step of a specialised plan whose kernel runs as in the general plan, with values made of places. */

import { type BackendValue, hostValue } from '../../backend/value.ts';
import { float32 } from '../../core/dtype.ts';
import type { Step } from '../plan.ts';
import { isSkipped, readReferences, runKernel, skip } from '../walk.ts';
import { bind, type Runtime, readNumbers } from './runtime.ts';
import type { KernelItem, Placed, Source } from './source.ts';

type Argument = () => BackendValue;

/** The command that runs the kernel of `item`. */
export function kernelCommand(item: KernelItem, runtime: Runtime): () => void {
  const { step, keeps } = item;
  const { slots } = runtime;
  const placed = item.inputs.map((input, i) =>
    input === null ? null : argumentOf(input, step.inputs[i]!, runtime, keeps),
  );
  const bound = item.outputs.filter((source): source is Source => source?.isPlaced === true);
  const args = new Array<BackendValue>(step.inputs.length);
  const run = () => {
    for (let i = 0; i < args.length; i++) {
      args[i] = placed[i]?.() ?? slots[step.inputs[i]!]!;
    }
    if (step.reads !== null) readReferences(readsOf(step, placed), args);
    try {
      runKernel(step, args, slots, runtime.context);
    } finally {
      for (let i = 0; i < args.length; i++) if (placed[i]) args[i]!.release();
    }
    for (let i = 0; i < bound.length; i++) bind(bound[i]!, runtime);
  };
  if (step.guards === null) return run;
  return () => {
    if (isSkipped(step, slots)) skip(step, slots);
    else run();
  };
}

/** The references that are still to be read: not those whose variable has a place. */
function readsOf(step: Step, placed: readonly unknown[]): boolean[] {
  return step.reads!.map((reads, i) => reads && !placed[i]);
}

/** Makes the value of a placed input; `null` where the slot has it. The value is released after the call. */
function argumentOf(
  { source, dtype, shape }: Placed,
  slot: number,
  { heap, slots, context, parts }: Runtime,
  keeps: boolean,
): Argument | null {
  if (source.slot >= 0) {
    if (source.slot === slot) return null;
    return () => slots[source.slot]!.view(shape, dtype);
  }
  if (source.kind === 'variable') {
    const cell = source.cell!;
    if (!keeps) return () => cell.value!.view(shape, dtype);
    return () => context.constant({ dtype, shape, data: cell.value!.data.slice() as Float32Array });
  }
  if (source.kind === 'constant') {
    const value = hostValue(dtype, shape, source.literal!.data);
    return () => value.view(shape, dtype);
  }
  if (dtype !== float32 || keeps) {
    return () =>
      context.constant({ dtype, shape, data: readNumbers(heap, source.home.at, dtype, shape) });
  }
  const value = heap.part(shape, source.home.at);
  parts.push(value);
  return () => value.view(shape, dtype);
}
