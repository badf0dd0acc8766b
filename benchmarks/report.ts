/** What a run of the benchmarks found, as it is written to JSON and printed. */

import type { Timing } from './workload.ts';

/** What one workload's process prints. */
export interface Result {
  readonly about: string;
  readonly timings: Readonly<Record<string, Timing>>;
}

/** A whole run. */
export interface Report {
  readonly node: string;
  readonly cpu: string;
  readonly results: Readonly<Record<string, Result>>;
}

/** How fast a contender does its work, where its work is counted. */
export function rateOf({ flop, bytes, median }: Timing): string {
  if (flop) return `${(flop / median / 1e6).toFixed(1)} GFLOP/s`;
  return bytes ? `${(bytes / median / 1000).toFixed(0)} MB/s` : '';
}

/** The rows of a workload as text: medians, how much longer others take, rates, quartiles. */
export function rowsOf(name: string, result: Result): string {
  const timings = Object.entries(result.timings);
  const base = timings[0]?.[1].median ?? Number.NaN;
  const width = Math.max(...timings.map(([contender]) => contender.length));
  const rows = timings.map(([contender, timing], index) => {
    const { median, low, high, steps } = timing;
    const ratio = index === 0 ? '' : `(${(median / base).toFixed(2)}x)`;
    const figures = `${median.toFixed(4).padStart(10)} ms  ${ratio.padEnd(10)}`;
    const spread = `${low.toFixed(4)} .. ${high.toFixed(4)}, ${steps} steps`;
    return `  ${contender.padEnd(width)}  ${figures} ${rateOf(timing).padEnd(13)} ${spread}`;
  });
  return [`${name}: ${result.about}`, ...rows].join('\n');
}
