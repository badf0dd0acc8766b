/**
 * Loops of graphs from files, which have nodes but not the contexts that gradients need: frames are
 * followed from where values enter them to where they leave, and each becomes a loop as it was built.
 */

import { ValueError, withHint } from '../core/errors.ts';
import { isEnter, isExit, isSwitch } from '../graph/control_context.ts';
import type { Graph } from '../graph/graph.ts';
import type { Operation } from '../graph/operation.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { type Context, withinContext } from './context.ts';
import { isInvariant, WhileContext } from './while_context.ts';

/** A frame: what runs in it, and the frame around it. */
interface Frame {
  readonly outer: Frame | null;
  readonly name: string;
  readonly depth: number;
  readonly operations: Operation[];
  context: WhileContext | null;
}

/**
 * Gives the loops of `graph` that have no contexts theirs. ValueError where a loop has conditions in
 * it, or is not built as TensorFlow builds loops.
 */
export function findLoops(graph: Graph): void {
  const frames = framesOf(graph);
  for (const frame of frames) checkFrame(frame);
  for (const frame of frames) makeContext(graph, frame);
}

/** The frames of operations without a context, outer ones first. */
function framesOf(graph: Graph): Frame[] {
  const frames: Frame[] = [];
  const frameAfter = new Map<Operation, Frame | null>();
  const deepest = (operation: Operation): Frame | null => {
    let found: Frame | null = null;
    for (const input of [...operation.inputs.map(({ op }) => op), ...operation.control_inputs]) {
      const frame = frameAfter.get(input) ?? null;
      if (frame && frame.depth > (found?.depth ?? 0)) found = frame;
    }
    return found;
  };
  for (const operation of graph._operations) {
    if (operation._controlFlow !== null) continue;
    const around = deepest(operation);
    const frame = isEnter(operation) ? opened(frames, around, operation) : around;
    frame?.operations.push(operation);
    frameAfter.set(operation, isExit(operation) ? (frame?.outer ?? null) : frame);
  }
  return frames;
}

function opened(frames: Frame[], outer: Frame | null, enter: Operation): Frame {
  const name = String(enter.attrs.frame_name);
  const known = frames.find((frame) => frame.outer === outer && frame.name === name);
  if (known) return known;
  const depth = (outer?.depth ?? 0) + 1;
  const frame = { outer, name, depth, operations: [], context: null };
  frames.push(frame);
  return frame;
}

/** A switch by anything but the loop's own condition belongs to a condition inside. */
function checkFrame({ name, operations }: Frame): void {
  const conditions = operations.filter(isLoopCondition);
  const [condition] = conditions;
  const foreign = operations.find(
    (operation) => isSwitch(operation) && operation.inputs[1]!.op !== condition,
  );
  if (conditions.length === 1 && !foreign) return;
  throw new ValueError(
    withHint(
      `The loop '${name}' cannot be differentiated: its context is not in the graph.`,
      'The graph comes from a GraphDef, and the loop has conditions in it. A MetaGraph has their contexts: import that.',
    ),
  );
}

const isLoopCondition = ({ declaration }: Operation) => declaration.control === 'condition';

function makeContext(graph: Graph, frame: Frame): void {
  const { outer, name, operations } = frame;
  const around: Context | null = outer?.context ?? null;
  const enters = operations.filter(isEnter);
  const settings = {
    parallelIterations: Number(enters[0]!.attrs.parallel_iterations ?? 10),
    backProp: true,
    swapMemory: false,
  };
  const context = withinContext(around, () => new WhileContext(graph, settings, name));
  frame.context = context;
  const outputs = (of: readonly Operation[]) => of.flatMap((operation) => operation.outputs);
  context.loopEnters = outputs(enters.filter((enter) => !isInvariant(enter)));
  context.loopExits = outputs(operations.filter(isExit));
  context.pivot = operations.find(isLoopCondition)!.outputs[0]!;
  const merge = operations.find(({ declaration }) => declaration.control === 'merge')!;
  context.pivotForPred = merge.outputs[0]!;
  context.pivotForBody = bodyPivot(operations.find(isSwitch)!);
  for (const operation of operations) {
    operation._controlFlow = context;
    const known = isExit(operation) ? around?.values : context.values;
    for (const output of operation.outputs) known?.add(output);
  }
  for (const enter of enters.filter(isInvariant)) {
    const outside = enter.inputs[0]!;
    context.values.add(outside);
    context.externals.set(outside, enter.outputs[0]!);
  }
}

/** What only runs where the loop goes on: what reads a switch's second output. */
function bodyPivot({ outputs }: Operation): SymbolicTensor {
  const inside = outputs[1]!._consumers.find(({ type }) => type === 'Identity');
  return inside?.outputs[0] ?? outputs[1]!;
}
