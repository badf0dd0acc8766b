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

/**
 * The rows of a workload as text: medians, how much longer others take than the first that does as much work, rates,
 * quartiles.
 */
export function rowsOf(name: string, result: Result): string {
  const timings = Object.entries(result.timings);
  const width = Math.max(...timings.map(([contender]) => contender.length));
  const rows = timings.map(([contender, timing]) => {
    const { median, low, high, steps } = timing;
    const [, base] = timings.find(
      ([, { flop, bytes }]) => flop === timing.flop && bytes === timing.bytes,
    )!;
    const ratio = base === timing ? '' : `(${(median / base.median).toFixed(2)}x)`;
    const figures = `${median.toFixed(4).padStart(10)} ms  ${ratio.padEnd(10)}`;
    const spread = `${low.toFixed(4)} .. ${high.toFixed(4)}, ${steps} steps`;
    return `  ${contender.padEnd(width)}  ${figures} ${rateOf(timing).padEnd(13)} ${spread}`;
  });
  return [`${name}: ${result.about}`, ...rows].join('\n');
}
