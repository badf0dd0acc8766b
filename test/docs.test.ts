/** Every TypeScript block of README.md and docs holds: its types, and what it prints when it runs. */

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  blocksOf,
  type DocBlock,
  outputMatches,
  ownOutput,
  pages,
  programOf,
} from '../scripts/doc_blocks.ts';
import { type Ended, run, typescriptArgs } from '../scripts/processes.ts';

const AT_ONCE = 2;
const folder = resolve('.cache/docs');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const cases = pages().flatMap((page) => {
  const blocks = blocksOf(page);
  return blocks.map((block, index) => {
    const file = join(folder, `${page.replace(/\W+/g, '_')}_${block.line}.ts`);
    writeFileSync(file, programOf(blocks, index));
    return { name: `${page}:${block.line}`, block, file };
  });
});
const types = await checkTypes();
const ended = await runAll(cases.filter(({ block }) => !block.words.includes('no-run')));

test('the types of all blocks hold', () => {
  expect(types).toBe('');
});

for (const { name, block } of cases) {
  const result = ended.get(name);
  if (result) test(`${name} runs`, () => checkRun(block, result));
}

function checkRun(block: DocBlock, { code, stdout, stderr }: Ended): void {
  const throws = block.words.includes('throws');
  if (throws) expect(code).not.toBe(0);
  else if (code !== 0) throw new Error(`The block failed:\n${stderr}`);
  if (block.output === null) return;
  const printed = ownOutput(stdout);
  if (throws) expect(stderr).toContain(block.output);
  else if (!outputMatches(printed, block.output)) expect(printed).toBe(`${block.output}\n`);
}

async function checkTypes(): Promise<string> {
  const files = cases.filter(({ block }) => !block.words.includes('no-check'));
  if (files.length === 0) return '';
  const config = {
    extends: '../../tsconfig.json',
    compilerOptions: { moduleDetection: 'force', noUnusedLocals: false, noUnusedParameters: false },
    files: files.map(({ file }) => file),
    include: [],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const { stdout } = await run(process.execPath, [
    'node_modules/typescript/bin/tsc',
    ...['-p', join(folder, 'tsconfig.json')],
  ]);
  return stdout;
}

async function runAll(programs: readonly (typeof cases)[number][]): Promise<Map<string, Ended>> {
  const results = new Map<string, Ended>();
  const waiting = [...programs];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const place = { limit: 120 };
      results.set(next.name, await run(process.execPath, typescriptArgs(next.file), place));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}
