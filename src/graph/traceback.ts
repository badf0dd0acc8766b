/** Where an operation was created: the stack of its constructor, read only when an error asks for it. */

import type { TraceFrame } from '../core/errors.ts';

/** Enough frames to reach the caller's code through the library's own. */
const FRAMES = 24;
const LIBRARY = decodeURI(new URL('..', import.meta.url).pathname);
const FRAME = /^at (?:(.*) \()?(?:async )?(.*?):(\d+):\d+\)?$/;

/** Takes the stack of the caller, unread. */
export function captureStack(): Error {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  const error = new Error();
  Error.stackTraceLimit = limit;
  return error;
}

/** The frames of a stack outside of this library, outermost call first. */
export function userFrames({ stack = '' }: Error): TraceFrame[] {
  const frames: TraceFrame[] = [];
  for (const line of stack.split('\n').slice(1)) {
    const [, name = '<module>', place = 'node:', number] = FRAME.exec(line.trim()) ?? [];
    const file = place.replace(/^file:\/\//, '');
    if (!file.startsWith('node:') && !file.startsWith(LIBRARY))
      frames.push([file, Number(number), name]);
  }
  return frames.reverse();
}
