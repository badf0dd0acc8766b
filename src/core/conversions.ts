/**
 * Counts what is brought to the host: how many tensors became arrays, how many bytes, and from which
 * lines of the caller's code. Converting inside a loop is the commonest way to make it slow.
 */

import { fn } from './signature.ts';

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
const FRAMES = 16;
const byLine = new Map<string, { tensors: number; bytes: number }>();
/** The source line of each place in the running code. */
const lines = new Map<string, string>();

/** A place that converts again and again, such as a plan: its line is not looked up each time. */
export interface ConversionSite {
  line: string | null;
  count: number;
}

/** A site is asked for its line this often at first, and then ever more seldom: a look-up takes longer than many small runs. */
const ALWAYS = 16;
const SELDOM = 1 << 16;

/** Counts one tensor of `bytes` bytes, brought to the host by the caller or by `site`. */
export function recordConversion(bytes: number, site: ConversionSite | null = null): void {
  totals.tensors++;
  totals.bytes += bytes;
  const line = site === null ? callerLine() : lineOf(site);
  const entry = byLine.get(line);
  if (entry) {
    entry.tensors++;
    entry.bytes += bytes;
  } else byLine.set(line, { tensors: 1, bytes });
}

function lineOf(site: ConversionSite): string {
  const { count } = site;
  const isPowerOfTwo = (count & (count - 1)) === 0;
  const isDue = count < ALWAYS || isPowerOfTwo || count % SELDOM === 0;
  site.count++;
  if (isDue) site.line = callerLine();
  return site.line!;
}

function conversionReport(): ConversionReport {
  const sources = [...byLine].map(([line, counts]) => ({ line, ...counts }));
  return { ...totals, sources: sources.sort((a, b) => b.bytes - a.bytes) };
}

function resetConversions(): void {
  totals.tensors = 0;
  totals.bytes = 0;
  byLine.clear();
}

/** The line of the caller's source that asked, outside of this library. */
function callerLine(): string {
  const place = callerPlace();
  let line = lines.get(place);
  if (line === undefined) {
    line = sourceLine();
    lines.set(place, line);
  }
  return line;
}

/** Where the code that runs called: quick to find, but compiled code has other lines than its source. */
function callerPlace(): string {
  const { prepareStackTrace, stackTraceLimit } = Error;
  Error.stackTraceLimit = FRAMES;
  Error.prepareStackTrace = firstOutside;
  const holder: { stack?: string } = {};
  Error.captureStackTrace?.(holder, callerPlace);
  const place = holder.stack ?? 'unknown';
  Error.prepareStackTrace = prepareStackTrace;
  Error.stackTraceLimit = stackTraceLimit;
  return place;
}

function firstOutside(_error: Error, frames: readonly NodeJS.CallSite[]): string {
  for (const frame of frames) {
    const file = frame.getFileName()?.replace(/^file:\/\//, '');
    if (file && !file.startsWith('node:') && !file.startsWith(LIBRARY)) {
      return `${file}:${frame.getLineNumber()}:${frame.getColumnNumber()}`;
    }
  }
  return 'unknown';
}

/** The same from the text of a stack, which source maps have gone through. */
function sourceLine(): string {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = FRAMES;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  for (const frame of stack.split('\n').slice(1)) {
    const [, place = ''] = /^\s*at (?:.*\()?(?:async )?(.*:\d+):\d+\)?$/.exec(frame) ?? [];
    const line = place.replace(/^file:\/\//, '');
    if (line && !line.startsWith('node:') && !line.startsWith(LIBRARY)) return line;
  }
  return 'unknown';
}

/**
 * What was brought to the host so far: how many tensors, their bytes, and which lines of code asked.
 * `reset` starts counting anew after this report.
 */
export const conversions = fn(['reset'], (reset: boolean = false): ConversionReport => {
  const report = conversionReport();
  if (reset) resetConversions();
  return report;
});
