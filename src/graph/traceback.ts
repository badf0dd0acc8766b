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
  /** The stack of an operation that was created shortly before: this one was created near there. */
  readonly near?: CreationTrace;
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

/** Keeping a stack takes longer than creating an operation: beyond so many of a graph, most say near which other they are. */
const EXACT = 4096;
const STRIDE = 8;

/** Where the operations of one graph are created. */
export class CreationTraces {
  private last: CreationTrace = {};
  private lastNear: CreationTrace = {};

  /** The trace of operation number `id`, which `innermost` creates. */
  trace(id: number, innermost: (...args: never[]) => unknown): CreationTrace {
    if (id > EXACT && id % STRIDE !== 0) {
      if (this.lastNear.near !== this.last) this.lastNear = { near: this.last };
      return this.lastNear;
    }
    this.last = captureStack(innermost, false);
    return this.last;
  }
}

/** The frames of a stack outside of this library, outermost call first. */
export function userFrames(trace: CreationTrace): TraceFrame[] {
  const { stack = '' } = trace.near ?? trace;
  const frames: TraceFrame[] = [];
  for (const line of stack.split('\n').slice(1)) {
    const [, name = '<module>', place = 'node:', number] = FRAME.exec(line.trim()) ?? [];
    const file = place.replace(/^file:\/\//, '');
    if (!file.startsWith('node:') && !file.startsWith(LIBRARY))
      frames.push([file, Number(number), name]);
  }
  return frames.reverse();
}
