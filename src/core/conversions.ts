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

/** A place that converts again and again, such as a plan: its line is not looked up each time. */
export interface ConversionSite {
  line: string | null;
  count: number;
}

/** A site is asked for its line this often at first, and then now and then: a look-up takes longer than a small run. */
const ALWAYS = 16;
const NOW_AND_THEN = 1024;

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
  const fresh = site.line === null || site.count < ALWAYS || site.count % NOW_AND_THEN === 0;
  site.count++;
  if (fresh) site.line = callerLine();
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

/**
 * How many tensors were brought to the host, their bytes, and which lines did it. With
 * `{ reset: true }` it answers once more and starts counting anew. `tf.conversions()`
 */
export function conversions(options: { readonly reset?: boolean } = {}): ConversionReport {
  const report = conversionReport();
  if (options.reset) resetConversions();
  return report;
}
