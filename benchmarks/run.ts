/**
 * `npm run bench`: times every file of workloads/, each in a process of its own, on the package as it
 * is built, and prints the medians and how much slower the others are.
 */

import { readdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { readOptions } from '../scripts/options.ts';
import { must } from '../scripts/processes.ts';
import type { Timing } from './workload.ts';

/** What a child process prints. */
interface Result {
  readonly about: string;
  readonly bytes?: number;
  readonly timings: Record<string, Timing>;
}

const { options, names } = readOptions({
  usage: 'bench [-- WORKLOAD ...]',
  about:
    'Times the workloads of benchmarks/workloads, this library beside others in one process each.\n' +
    'Medians of a step in milliseconds; (3.0x) is three times the time of the first column.',
  options: {
    quick: { type: 'boolean', about: 'a fifth of the rounds' },
    json: { type: 'string', about: 'writes the timings to this file too' },
    src: { type: 'boolean', about: 'times the sources through tsx instead of a fresh build' },
    'no-build': { type: 'boolean', about: 'times the dist that is there' },
    list: { type: 'boolean', about: 'lists the workloads' },
  },
});

const known = readdirSync('benchmarks/workloads')
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3))
  .sort();
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`There is no workload '${unknown[0]}'. There are: ${known.join(', ')}`);
  process.exit(1);
}
if (options.list) console.log(known.join('\n'));
else await runAll(names.length > 0 ? names : known);

async function runAll(workloads: readonly string[]): Promise<void> {
  if (!options.src && !options['no-build']) await must('npm', ['run', '--silent', 'build']);
  const results: Record<string, Result> = {};
  for (const name of workloads) {
    results[name] = await runOne(name);
    printRow(name, results[name]);
  }
  if (options.json) {
    const [cpu] = cpus();
    const report = { node: process.version, cpu: cpu?.model ?? 'unknown', results };
    writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
    console.log(`\nwritten to ${options.json}`);
  }
}

async function runOne(name: string): Promise<Result> {
  const rounds = options.quick ? '5' : '25';
  const conditions = options.src ? ['--conditions=tf1-src'] : [];
  const text = await must(process.execPath, [
    ...conditions,
    ...['--import', 'tsx', 'benchmarks/child.ts', name, rounds, '100'],
  ]);
  return JSON.parse(text.trim().split('\n').at(-1) ?? '') as Result;
}

function printRow(name: string, result: Result): void {
  console.log(`\n${name}: ${result.about}`);
  const timings = Object.entries(result.timings);
  const base = timings[0]?.[1].median ?? Number.NaN;
  const width = Math.max(...timings.map(([contender]) => contender.length));
  for (const [index, [contender, { median, low, high, steps }]] of timings.entries()) {
    const ratio = index === 0 ? '' : `(${(median / base).toFixed(2)}x)`;
    const rate = result.bytes ? `${(result.bytes / median / 1000).toFixed(0)} MB/s, ` : '';
    const spread = `${low.toFixed(4)} .. ${high.toFixed(4)}, ${steps} steps`;
    console.log(
      `  ${contender.padEnd(width)}  ${median.toFixed(4).padStart(10)} ms  ${ratio.padEnd(9)} ${rate}${spread}`,
    );
  }
}
