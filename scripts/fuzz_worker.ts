/** The child process of `npm run fuzz`: runs the inputs from one on, and notes where it is in a file. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Fault, fuzz } from '../test/fuzz/runner.ts';
import { allTargets } from '../test/fuzz/targets.ts';

const [file, from, count, seed, only, keep] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
  string,
];
const first = Number(from);
const scratch = mkdtempSync(join(tmpdir(), 'tf1-fuzz-seeds-'));
const made = allTargets(scratch);
const targets = made.targets.filter(({ name }) => name.startsWith(only));
if (targets.length === 0) {
  console.log(`There is no parser '${only}': ${made.targets.map(({ name }) => name).join(' ')}`);
  writeFileSync(file, 'done');
  process.exit(2);
}
const start = performance.now();

function progress(index: number, target: string, faults: number): void {
  if (index % 50 === 0) writeFileSync(file, `${index} ${target}`);
  if (index % 2000 !== 0 || index === first) return;
  const rate = Math.round(((index - first) / (performance.now() - start)) * 1000);
  console.log(`${index} of ${count}, ${rate} per second, ${faults} faults`);
}

function report({ target, index, why, stack, input }: Fault): void {
  console.log(`\n${target} #${index} (${input.length} bytes): ${why}`);
  console.log(stack.split('\n').slice(0, 7).join('\n'));
  if (keep) writeFileSync(join(keep, `${target}-${index}.bin`), input);
}

const options = { count: Number(count), seed: Number(seed), targets, from: first, progress };
const { answers, refusals, faults, slowest, largest, largestOf } = fuzz(options);
made.close();
rmSync(scratch, { recursive: true });
for (const fault of faults.slice(0, 60)) report(fault);
const seconds = Math.round((performance.now() - start) / 1000);
console.log(
  `${targets.length} parsers in ${seconds} s: ${answers} answers, ${refusals} clear errors, ${faults.length} faults; the slowest input took ${Math.round(slowest)} ms, the most memory that one took is ${(largest / 1e6).toFixed(1)} MB of buffers (${largestOf})`,
);
writeFileSync(file, 'done');
process.exit(faults.length > 0 ? 1 : 0);
