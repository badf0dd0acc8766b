/**
 * Plans a loop: what runs before its predicate is known, what runs in its body, and how values go from
 * one iteration to the next. Enters, Exits, the loop's own Switches and NextIterations are no steps:
 * they only say in which slot a value is.
 */

import { RuntimeError } from '../core/errors.ts';
import { Operation } from '../graph/operation.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import {
  allOperations,
  dependencies,
  type Frame,
  type FrameNode,
  nodesInOrder,
  roleOf,
} from './frames.ts';
import type { LoopPlan, LoopVariable } from './loops.ts';
import type { PlanParts } from './plan.ts';
import { StepBuilder } from './steps.ts';

/** The plan of `frame`. */
export function planLoop(
  frame: Frame,
  parts: PlanParts,
  fed: ReadonlySet<SymbolicTensor>,
  done: ReadonlySet<Operation>,
): LoopPlan {
  const builder = new StepBuilder(parts, fed, done, new Set(), planLoop);
  const { slots } = builder;
  const [condition] = frame.withRole('condition');
  const merges = frame.withRole('merge').filter(isLoopMerge);
  const switches = new Set(
    frame.withRole('switch').filter((operation) => operation.inputs[1]?.op === condition),
  );
  const structural = new Set<Operation>([...merges, ...switches]);
  for (const role of ['enter', 'exit', 'next', 'condition'] as const) {
    for (const operation of frame.withRole(role)) structural.add(operation);
  }
  for (const operation of switches) {
    for (const output of operation.outputs) slots.share(output, slots.of(operation.inputs[0]!));
  }
  const predicate = condition ? slots.of(condition.inputs[0]!) : -1;

  const nodes = nodesInOrder(frame, fed).filter((node) => !structural.has(node as Operation));
  const late = beyondSwitches(nodes, switches, fed);
  for (const node of nodes) if (!late.has(node)) builder.add(node);
  const headLength = builder.length;
  for (const node of nodes) if (late.has(node)) builder.add(node);

  const variables = merges.map((merge): LoopVariable => variableOf(merge, builder));
  const invariants = frame
    .withRole('enter')
    .filter((enter) => !merges.some((merge) => merge.inputs.includes(enter.outputs[0]!)))
    .map((enter) => slots.of(enter.outputs[0]!));
  const exits = frame.withRole('exit').map((exit) => slots.of(exit.inputs[0]!));
  const carried = [
    ...variables.flatMap(({ merge, index, next }) => [merge, index, next]),
    predicate,
  ].filter((slot) => slot >= 0);
  const lasting = new Set([...invariants, ...builder.constants.map(([slot]) => slot)]);
  const steps = builder.steps([...carried, ...exits, ...lasting]);
  return {
    slots: slots.count,
    enters: frame.withRole('enter').map((enter) => slots.of(enter.outputs[0]!)),
    constants: builder.constants,
    variables,
    head: steps.slice(0, headLength),
    predicate,
    body: steps.slice(headLength),
    exits,
    lasting: [...lasting],
  };
}

/** Whether a merge is that of a loop variable. */
function isLoopMerge({ inputs }: Operation): boolean {
  return inputs.some((input) => roleOf(input.op) === 'next' || roleOf(input.op) === 'enter');
}

function variableOf(merge: Operation, { slots }: StepBuilder): LoopVariable {
  const enter = merge.inputs.find((input) => roleOf(input.op) === 'enter');
  const next = merge.inputs.find((input) => roleOf(input.op) === 'next');
  if (!enter) throw new RuntimeError(`Loop variable ${merge.name} does not enter its loop.`);
  const used = merge.outputs[1]?.consumers().length ?? 0;
  return {
    enter: slots.of(enter),
    next: next ? slots.of(next.op.inputs[0]!) : -1,
    merge: slots.of(merge.outputs[0]!),
    index: used > 0 ? slots.of(merge.outputs[1]!) : -1,
  };
}

/** The nodes that wait for the predicate: what reads the loop's Switches, and what depends on that. */
function beyondSwitches(
  nodes: readonly FrameNode[],
  switches: ReadonlySet<Operation>,
  fed: ReadonlySet<SymbolicTensor>,
): Set<FrameNode> {
  const late = new Set<FrameNode>();
  const lateOperations = new Set<Operation>(switches);
  for (const node of nodes) {
    const operations = node instanceof Operation ? [node] : allOperations(node);
    const waits = operations.some((operation) =>
      dependencies(operation, fed).some((input) => lateOperations.has(input)),
    );
    if (!waits) continue;
    late.add(node);
    for (const operation of operations) lateOperations.add(operation);
  }
  return late;
}
