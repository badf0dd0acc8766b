/**
 * `npm run example NAME`: runs examples/NAME.ts against the sources. An example that trains finds the
 * number of steps after `--steps` (examples/steps.ts), so that a check of all of them is short.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readOptions } from './options.ts';
import { printedDifference } from './printed.ts';
import { type Ended, Failed, run, typescriptArgs } from './processes.ts';

const QUICK_STEPS = '5';

const { options, names } = readOptions({
  usage: 'example [NAME ...] [-- --steps N]',
  about: 'Runs an example, or lists the examples if there is no NAME.',
  options: {
    steps: { type: 'string', about: 'trains for so many steps where the example trains' },
    all: { type: 'boolean', about: 'runs every example, and ends with 1 if one fails' },
    tiers: {
      type: 'boolean',
      about: 'runs each also without specialised plans, and compares what both print',
    },
    quick: { type: 'boolean', about: `the same as --steps ${QUICK_STEPS}` },
  },
});

const steps = options.steps ?? (options.quick ? QUICK_STEPS : undefined);
if (steps !== undefined && !/^[1-9]\d*$/.test(steps))
  throw new Failed(`--steps ${steps}: not a whole number`);
const rest = steps === undefined ? [] : ['--steps', steps];
const known = readdirSync('examples')
  .filter((file) => file.endsWith('.ts') && isExample(`examples/${file}`))
  .map((file) => file.slice(0, -3))
  .sort();

if (options.all) await runAll();
else if (names.length === 0) list();
else for (const name of names) await runOne(name);

/** Whether a file of examples uses the library, and is not a part that examples share. */
function isExample(file: string): boolean {
  return /(?:from|import) '(?:tf1|tf1\/\w+)'/.test(readFileSync(file, 'utf8'));
}

function list(): void {
  const width = Math.max(...known.map((name) => name.length));
  console.log('npm run example NAME\n');
  for (const name of known) console.log(`  ${name.padEnd(width)}  ${firstComment(name)}`);
}

/** The first line of the comment that a file opens with. */
function firstComment(name: string): string {
  const text = readFileSync(`examples/${name}.ts`, 'utf8');
  return /^(?:\/\*\*?|\/\/)[\s*]*(.*?)\s*(?:\*\/)?$/m.exec(text)?.[1] ?? '';
}

async function runOne(name: string): Promise<void> {
  const file = `examples/${name}.ts`;
  if (!existsSync(file))
    throw new Failed(`There is no example '${name}'. There are: ${known.join(', ')}`);
  const { code } = await run(process.execPath, typescriptArgs(file, ...rest), {
    show: true,
    limit: 3600,
  });
  if (code !== 0) process.exitCode = 1;
}

/** What is wrong with a run, also if compared with a general one; `null` if nothing is. */
function faultOf(ended: Ended, general: Ended | null): string | null {
  if (ended.code !== 0 || ended.stdout.trim() === '') {
    return `${ended.stdout}${ended.stderr || 'It printed nothing.'}`;
  }
  const off = general && printedDifference(ended.stdout, general.stdout);
  return off && `Without specialised plans it prints something else: ${off}`;
}

async function runAll(): Promise<void> {
  const failed: string[] = [];
  for (const name of known) {
    const args = typescriptArgs(`examples/${name}.ts`, ...rest);
    const [ended, general] = await Promise.all([
      run(process.execPath, args),
      options.tiers ? run(process.execPath, args, { env: { TF1_GENERAL_RUNS: '1' } }) : null,
    ]);
    const fault = faultOf(ended, general);
    console.log(`${fault ? 'FAILED' : 'ok    '} ${name} (${ended.seconds.toFixed(1)} s)`);
    if (!fault) continue;
    failed.push(name);
    console.error(fault);
  }
  if (failed.length > 0) throw new Failed(`${failed.length} examples failed: ${failed.join(', ')}`);
  console.log(`${known.length} examples ran.`);
}
