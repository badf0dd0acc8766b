/**
 * What a graph knows of conditions and loops while they are built: the context in force, which each
 * new operation belongs to and which decides how it reaches what was made outside.
 */

import { ValueError, withHint } from '../core/errors.ts';
import type { Operation } from './operation.ts';
import type { SymbolicTensor } from './symbolic_tensor.ts';

/** A branch of a condition, or a loop. `control/` has the two kinds. */
export interface ControlFlowContext {
  readonly name: string;
  /** The context that this one was made in. */
  readonly outer: ControlFlowContext | null;
  readonly isCond: boolean;
  readonly isWhile: boolean;
  /** For the loop of a gradient: the loop that it goes back through. */
  readonly forward: ControlFlowContext | null;
  /** Takes in an operation that was created while this context was in force. */
  addOp(operation: Operation): void;
  /** Hears of an operation that a context within this one took in. */
  addInnerOp(operation: Operation): void;
  /** What stands inside for `tensor`. */
  addValue(tensor: SymbolicTensor): SymbolicTensor;
}

/** Whether `operation` opens a frame. */
export function isEnter({ declaration }: Operation): boolean {
  return declaration.control === 'enter';
}

/** Whether `operation` leaves a frame. */
export function isExit({ declaration }: Operation): boolean {
  return declaration.control === 'exit';
}

/** Whether `operation` is a switch, of a condition or of a loop. */
export function isSwitch({ declaration }: Operation): boolean {
  return declaration.control === 'switch';
}

/** The context in which the outputs of `operation` are: for an exit, the one around its loop. */
export function outputContext(operation: Operation): ControlFlowContext | null {
  const context = operation._controlFlow;
  return context !== null && isExit(operation) ? context.outer : context;
}

/** The innermost loop around `context`, which may be it. */
export function whileContextOf(context: ControlFlowContext | null): ControlFlowContext | null {
  let found = context;
  while (found !== null && !found.isWhile) found = found.outer;
  return found;
}

/** Whether `outer` is `context` or one around it; `null` is around all. */
export function isWithin(
  context: ControlFlowContext | null,
  outer: ControlFlowContext | null,
): boolean {
  let at = context;
  while (at !== outer) {
    if (at === null) return false;
    at = at.outer;
  }
  return true;
}

/** ValueError where `operation` reads from a loop that it is not in. */
export function checkContexts(operation: Operation): void {
  for (const input of operation.inputs) {
    if (input.op._controlFlow !== null) checkContext(operation, input.op);
  }
}

function checkContext(operation: Operation, input: Operation): void {
  const inputContext = outputContext(input);
  if (inputContext === null || inputContext === operation._controlFlow) return;
  const loop = whileContextOf(operation._controlFlow);
  const inputLoop = whileContextOf(inputContext);
  if (loop === null) {
    if (inputLoop === null || isEnter(operation) || isSwitch(operation)) return;
  } else if (isWithin(loop, inputLoop) || isOfGradient(loop, inputLoop)) return;
  const why = loop ? `they are in different while loops.` : `'${input.name}' is in a while loop.`;
  throw new ValueError(
    withHint(
      `Cannot use '${input.name}' as input to '${operation.name}' because ${why} See info log for more details.`,
      'A tensor of a loop body has a value per iteration. Return it from the body, and use what tf.while_loop returns.',
    ),
  );
}

/** Whether one of the loops is the gradient of the other, or of one around or within it. */
function isOfGradient(loop: ControlFlowContext, inputLoop: ControlFlowContext | null): boolean {
  const { forward } = loop;
  if (forward !== null && (isWithin(forward, inputLoop) || forward === inputLoop?.outer))
    return true;
  const inputForward = inputLoop?.forward ?? null;
  return inputForward !== null && (inputForward === loop || inputForward.forward === loop);
}
