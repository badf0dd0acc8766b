/** Programs in processes of their own, each of which says how many milliseconds it took: what a start costs. */

import { join } from 'node:path';
import { build } from 'esbuild';
import { must } from '../../scripts/processes.ts';
import { type Contenders, type Runner, selfTimed } from '../workload.ts';

/** How a process begins: as a user's does, unless the sources are timed instead of dist. */
const start = process.execArgv.includes('--conditions=tf1-src')
  ? ['--conditions=tf1-src', '--import', 'tsx']
  : [];

/** Runs JavaScript, an ES module, that prints a number: the milliseconds that count. */
export function freshProgram(code: string): Contenders[string] {
  return () => fresh(['--input-type=module', '--eval', code]);
}

/**
 * Runs a program of benchmarks/programs with `names`, that prints a number: the milliseconds that count. It
 * becomes JavaScript first, so that nothing translates it, or reads source maps, while it runs.
 */
export function freshFile(program: string, ...names: string[]): Contenders[string] {
  return async () => {
    const outfile = join('.cache/benchmarks', `${program}.js`);
    await build({
      entryPoints: [`benchmarks/programs/${program}.ts`],
      outfile,
      bundle: true,
      packages: 'external',
      format: 'esm',
      platform: 'node',
      target: 'node20',
      logLevel: 'error',
    });
    return fresh([outfile, ...names]);
  };
}

function fresh(args: readonly string[]): Runner {
  return selfTimed(async () => Number(await must(process.execPath, [...start, ...args])));
}
