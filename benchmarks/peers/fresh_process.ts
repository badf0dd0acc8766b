/** Programs in processes of their own, each of which says how many milliseconds it took: what a start costs. */

import { must } from '../../scripts/processes.ts';
import { type Runner, selfTimed } from '../workload.ts';

/** Whether the sources are timed instead of dist, which this process was started for. */
const isOfSources = process.execArgv.includes('--conditions=tf1-src');

/** Runs JavaScript, an ES module, that prints a number: the milliseconds that count. */
export function freshProgram(code: string): () => Runner {
  const args = isOfSources ? ['--conditions=tf1-src', '--import', 'tsx'] : [];
  return fresh([...args, '--input-type=module', '--eval', code]);
}

/** Runs a TypeScript file with `names`, that prints a number: the milliseconds that count. */
export function freshFile(file: string, ...names: string[]): () => Runner {
  const conditions = isOfSources ? ['--conditions=tf1-src'] : [];
  return fresh([...conditions, '--import', 'tsx', file, ...names]);
}

function fresh(args: readonly string[]): () => Runner {
  return () => selfTimed(async () => Number(await must(process.execPath, args)));
}
