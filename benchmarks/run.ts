/**
 * `npm run bench`: times every file of workloads/, each in a process of its own, on the package as it
 * is built, and prints the medians and how much slower the others are.
 */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { readOptions } from '../scripts/options.ts';
import { Failed, must } from '../scripts/processes.ts';
import { figuresOf } from './figures.ts';
import { filled } from './markdown.ts';
import { type Report, type Result, rowsOf } from './report.ts';

const PAGE = 'docs/performance.md';

const { options, names } = readOptions({
  usage: 'bench [-- WORKLOAD ...]',
  about:
    'Times the workloads of benchmarks/workloads, this library beside others in one process each.\n' +
    'Medians of a step in milliseconds; (3.0x) is three times the time of the first row.\n' +
    'TF1_BENCH_PYTHON=PYTHON adds the sessions of the TensorFlow that this Python has.',
  options: {
    quick: { type: 'boolean', about: 'a fifth of the rounds' },
    slow: { type: 'boolean', about: 'adds contenders whose step takes a minute or more' },
    json: { type: 'string', about: 'writes the timings to this file too' },
    src: { type: 'boolean', about: 'times the sources through tsx instead of a fresh build' },
    'no-build': { type: 'boolean', about: 'times the dist that is there' },
    list: { type: 'boolean', about: 'lists the workloads' },
    check: { type: 'string', about: 'times nothing: which figures the run in this JSON reached' },
    markdown: { type: 'string', about: `times nothing: puts the run in this JSON into ${PAGE}` },
  },
});

const known = readdirSync('benchmarks/workloads')
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3))
  .sort();
const unknown = names.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`There is no workload '${unknown[0]}'. There are: ${known.join(', ')}`);
  process.exit(2);
}
if (options.list) console.log(known.join('\n'));
if (options.check) console.log(figuresOf(readReport(options.check)));
if (options.markdown) {
  writeFileSync(PAGE, filled(readFileSync(PAGE, 'utf8'), readReport(options.markdown)));
}
if (!options.list && !options.check && !options.markdown) {
  await runAll(names.length > 0 ? names : known);
}

function readReport(path: string): Report {
  try {
    const report = JSON.parse(readFileSync(path, 'utf8')) as Partial<Report> | null;
    if (!report?.results) throw new Error('it has no results');
    return report as Report;
  } catch (error) {
    throw new Failed(`${path} is no report: ${(error as Error).message}`);
  }
}

/** Runs them one after the other. One that fails is told of, and makes the whole end with 1. */
async function runAll(workloads: readonly string[]): Promise<void> {
  if (!options.src && !options['no-build']) await must('npm', ['run', '--silent', 'build']);
  const results: Record<string, Result> = {};
  for (const name of workloads) {
    try {
      results[name] = await runOne(name);
      console.log(`\n${rowsOf(name, results[name])}`);
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      console.error(`\n${name} failed: ${error.message}`);
      process.exitCode = 1;
    }
    if (options.json) writeReport(options.json, results);
  }
  if (options.json) console.log(`\nwritten to ${options.json}`);
}

/** Written after each workload, so that a run that is ended leaves what it found. */
function writeReport(path: string, results: Report['results']): void {
  const report: Report = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', results };
  writeFileSync(path, `${JSON.stringify(report, null, 2)}\n`);
}

async function runOne(name: string): Promise<Result> {
  const rounds = options.quick ? '5' : '25';
  const conditions = options.src ? ['--conditions=tf1-src'] : [];
  const text = await must(process.execPath, [
    ...conditions,
    ...['--import', 'tsx', 'benchmarks/child.ts', name, rounds, '100'],
    ...(options.slow ? ['slow'] : []),
  ]);
  return JSON.parse(text.trim().split('\n').at(-1) ?? '') as Result;
}
