/** What a fresh process really loads when it imports `tf1`, and how long that takes. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { must } from './processes.ts';

/** One import as it happened. */
export interface Loaded {
  readonly target: string;
  readonly by: string;
  readonly url: string;
}

/** How Node is started, and from which folder `tf1` is imported. */
export interface Start {
  readonly cwd: string;
  readonly args: readonly string[];
  /** A folder for the record. */
  readonly scratch: string;
}

/** Everything that `import 'tf1'` loads in a new process, in the order of loading. */
export async function loadedBy(start: Start): Promise<Loaded[]> {
  const record = join(start.scratch, 'imports.jsonl');
  const recorder = join(import.meta.dirname, 'import_recorder.js');
  await must(process.execPath, [...start.args, '--import', recorder, ...importing()], {
    cwd: start.cwd,
    env: { IMPORTS: record },
  });
  const lines = readFileSync(record, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Loaded);
}

/**
 * What the main entry must leave to others: mathjs, the converter, and Node's modules, but for the one
 * that gives it `require`.
 */
export function unwanted(loaded: readonly Loaded[]): string[] {
  const heavy = /\/node_modules\/(mathjs|@tensorflow\/tfjs-converter)\//;
  return loaded
    .filter(({ by, url }) => {
      if (by === '' || by.includes('[eval')) return false;
      const ours = !by.includes('/node_modules/') || by.includes('/node_modules/tf1/');
      return (heavy.test(url) && !heavy.test(by)) || (ours && /^node:(?!module$)/.test(url));
    })
    .map(({ target, by }) => `${by} imports ${target}`);
}

/** The median over new processes of the milliseconds that `import 'tf1'` takes. */
export async function importTime(start: Start, runs = 5): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const text = await must(process.execPath, [...start.args, ...importing()], { cwd: start.cwd });
    times.push(Number(text));
  }
  return times.sort((a, b) => a - b)[Math.floor(runs / 2)]!;
}

function importing(): string[] {
  const program = `const start = performance.now();
    await import('tf1');
    console.log(performance.now() - start);
    process.exit(0);`;
  return ['--input-type=module', '--eval', program];
}
