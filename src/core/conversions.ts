/**
 * Counts what is brought to the host: how many tensors became arrays, how many bytes, and from which
 * lines of the caller's code. Converting inside a loop is the commonest way to make it slow.
 */

/** One line of code that converts tensors. */
export interface ConversionSource {
  /** `file:line`. */
  readonly line: string;
  readonly tensors: number;
  readonly bytes: number;
}

/** What was brought to the host since the program started, or since `tf.conversions({ reset: true })`. */
export interface ConversionReport {
  readonly tensors: number;
  readonly bytes: number;
  /** The lines that did it, most bytes first. */
  readonly sources: readonly ConversionSource[];
}

const LIBRARY = decodeURI(new URL('..', import.meta.url).pathname);
const totals = { tensors: 0, bytes: 0 };
const byLine = new Map<string, { tensors: number; bytes: number }>();

/** Counts one tensor of `bytes` bytes. */
export function recordConversion(bytes: number): void {
  totals.tensors++;
  totals.bytes += bytes;
  const line = callerLine();
  const entry = byLine.get(line);
  if (entry) {
    entry.tensors++;
    entry.bytes += bytes;
  } else byLine.set(line, { tensors: 1, bytes });
}

/** What was counted so far. */
export function conversionReport(): ConversionReport {
  const sources = [...byLine].map(([line, counts]) => ({ line, ...counts }));
  return { ...totals, sources: sources.sort((a, b) => b.bytes - a.bytes) };
}

/** Starts counting anew. */
export function resetConversions(): void {
  totals.tensors = 0;
  totals.bytes = 0;
  byLine.clear();
}

/** The first line of the stack outside of this library. */
function callerLine(): string {
  const { prepareStackTrace, stackTraceLimit } = Error;
  Error.stackTraceLimit = 16;
  Error.prepareStackTrace = firstOutside;
  const holder: { stack?: string } = {};
  Error.captureStackTrace?.(holder, callerLine);
  const line = holder.stack ?? 'unknown';
  Error.prepareStackTrace = prepareStackTrace;
  Error.stackTraceLimit = stackTraceLimit;
  return line;
}

function firstOutside(_error: Error, frames: readonly NodeJS.CallSite[]): string {
  for (const frame of frames) {
    const file = frame.getFileName()?.replace(/^file:\/\//, '');
    if (file && !file.startsWith('node:') && !file.startsWith(LIBRARY))
      return `${file}:${frame.getLineNumber()}`;
  }
  return 'unknown';
}
