/**
 * `npm run fuzz`: damaged and random files for every parser of the library. A child process does the
 * work, so that an input that hangs is found and passed over.
 */

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readOptions } from './options.ts';
import { Failed, typescriptArgs } from './processes.ts';

const { options } = readOptions({
  usage: 'fuzz',
  about:
    'Feeds damaged files to all parsers. Each must end in an answer or a clear error, within bounds of time and memory.',
  options: {
    count: { type: 'string', about: 'how many inputs, 100000 unless said' },
    seed: { type: 'string', about: 'the seed of the inputs, 1 unless said' },
    only: { type: 'string', about: 'only the parsers whose names begin so' },
    keep: { type: 'string', about: 'a directory that gets the inputs that failed' },
  },
});
const count = whole(options.count ?? '100000', 'count');
const seed = whole(options.seed ?? '1', 'seed');
/** Milliseconds without progress after which an input counts as hanging. */
const PATIENCE = 60_000;
/** The worker says where it is every so many inputs. */
const STEP = 50;

function whole(text: string, name: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new Failed(`--${name} is a whole number, not '${text}'`);
}

/** Starts a worker from input `from` on, and another one behind what made it hang or end. */
function watch(file: string, from: number): void {
  const worker = fileURLToPath(new URL('fuzz_worker.ts', import.meta.url));
  const words = [file, from, count, seed, options.only ?? '', options.keep ?? ''].map(String);
  const child = spawn(process.execPath, typescriptArgs(worker, ...words), { stdio: 'inherit' });
  let last = '';
  let since = Date.now();
  const timer = setInterval(() => {
    const now = readFileSync(file, 'utf8');
    if (now !== last) {
      last = now;
      since = Date.now();
    } else if (Date.now() - since > PATIENCE) child.kill('SIGKILL');
  }, 1000);
  child.on('exit', (code) => {
    clearInterval(timer);
    const at = readFileSync(file, 'utf8');
    if (at === 'done') {
      rmSync(file);
      if (code !== 0) process.exitCode = 1;
      return;
    }
    console.log(`\nThe worker hung or ended within ${STEP} inputs of ${at}`);
    process.exitCode = 1;
    const next = Number.parseInt(at, 10) + STEP;
    if (at !== 'start' && next < count) watch(file, next);
  });
}

const file = join(mkdtempSync(join(tmpdir(), 'tf1-fuzz-')), 'progress');
writeFileSync(file, 'start');
watch(file, 0);
