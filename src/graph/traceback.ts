/** Where an operation was created: the stack of its constructor, read only when an error asks for it. */

import type { TraceFrame } from '../core/errors.ts';

/** Enough frames to reach the caller's code through composite functions; each takes half a microsecond. */
const FRAMES = 12;
/** The same for the operations of a gradient, which are built far below the caller. */
const GRADIENT_FRAMES = 40;
const LIBRARY = decodeURI(new URL('..', import.meta.url).pathname);
const FRAME = /^at (?:(.*) \()?(?:async )?(.*?):(\d+):\d+\)?$/;

/** A stack, not read yet. */
export interface CreationTrace {
  stack?: string;
}

/** The stack of the caller above `innermost`, unread. */
export function captureStack(
  innermost: (...args: never[]) => unknown,
  inGradient: boolean,
): CreationTrace {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = inGradient ? GRADIENT_FRAMES : FRAMES;
  const holder: CreationTrace = {};
  if (Error.captureStackTrace) Error.captureStackTrace(holder, innermost);
  else holder.stack = new Error().stack;
  Error.stackTraceLimit = limit;
  return holder;
}

/** The frames of a stack outside of this library, outermost call first. */
export function userFrames({ stack = '' }: CreationTrace): TraceFrame[] {
  const frames: TraceFrame[] = [];
  for (const line of stack.split('\n').slice(1)) {
    const [, name = '<module>', place = 'node:', number] = FRAME.exec(line.trim()) ?? [];
    const file = place.replace(/^file:\/\//, '');
    if (!file.startsWith('node:') && !file.startsWith(LIBRARY))
      frames.push([file, Number(number), name]);
  }
  return frames.reverse();
}
