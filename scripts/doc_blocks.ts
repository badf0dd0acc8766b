/**
 * The TypeScript blocks of README.md and docs, as programs. What a fence says after `ts`:
 * `no-run` is type-checked only, `no-check` is run only (it shows a call that the types refuse),
 * `continue` goes on where the block before it stopped, `throws` must end with an error. A `text` block
 * right after a block is what it prints, or part of the error, where a line `...` stands for
 * any lines. `tf` is imported for a block that does not do it.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** One fenced block. */
export interface DocBlock {
  readonly file: string;
  /** The line of its fence, from 1. */
  readonly line: number;
  readonly code: string;
  readonly words: readonly string[];
  /** What it prints, if the page says so. */
  readonly output: string | null;
}

/** The pages whose blocks are programs. */
export function pages(): string[] {
  const docs = existsSync('docs') ? readdirSync('docs') : [];
  return ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', ...docs.map((name) => `docs/${name}`)]
    .filter((file) => file.endsWith('.md') && existsSync(file))
    .sort();
}

/** The `ts` and `typescript` blocks of a page. */
export function blocksOf(file: string, text = readFileSync(file, 'utf8')): DocBlock[] {
  const blocks: (DocBlock & { output: string | null })[] = [];
  let previous: (DocBlock & { output: string | null }) | null = null;
  for (const { line, info, code } of fencesOf(text)) {
    const [language = '', ...words] = info.split(/\s+/);
    if (language === 'text' && previous) previous.output = code;
    previous = null;
    if (language !== 'ts' && language !== 'typescript') continue;
    previous = { file, line, code, words, output: null };
    blocks.push(previous);
  }
  return blocks;
}

function* fencesOf(text: string): Generator<{ line: number; info: string; code: string }> {
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const fence = /^(\s*)(`{3,})(.*)$/.exec(lines[i]!);
    if (!fence) continue;
    const [, indent = '', ticks = '', info = ''] = fence;
    const start = i;
    for (i++; i < lines.length && !lines[i]!.startsWith(indent + ticks); i++);
    const body = lines.slice(start + 1, i).map((line) => line.slice(indent.length));
    yield { line: start + 1, info: info.trim(), code: body.join('\n') };
  }
}

/** The program of a block: the blocks it continues, a mark in the output, and itself. */
export function programOf(blocks: readonly DocBlock[], index: number): string {
  const block = blocks[index]!;
  const parts = [block.code];
  if (block.words.includes('continue')) {
    let first = index;
    while (first > 0 && blocks[first]!.words.includes('continue')) first--;
    parts.unshift(...blocks.slice(first, index).map((one) => one.code));
    parts.splice(-1, 0, `console.log(${JSON.stringify(MARK)});`);
  }
  const code = parts.join('\n');
  const imported = /^import .*'tf1'/m.test(code) || !/\btf\./.test(code);
  return imported ? code : `import * as tf from 'tf1';\n${code}`;
}

const MARK = '--- the block goes on here ---';

/** What a block itself printed, of all that its program printed. */
export function ownOutput(stdout: string): string {
  return stdout.slice(stdout.includes(MARK) ? stdout.indexOf(MARK) + MARK.length + 1 : 0);
}

/** Whether `printed` is what the page says: the same lines, `...` standing for any. */
export function outputMatches(printed: string, expected: string): boolean {
  const wanted = trimmed(expected).split('\n');
  const pattern = wanted.map((line) =>
    line.trim() === '...' ? '(?:.*\\n)*?' : `${quoted(line)}\\n`,
  );
  return new RegExp(`^${pattern.join('')}$`).test(`${trimmed(printed)}\n`);
}

function trimmed(text: string): string {
  return text.replace(/[ \t]+$/gm, '').replace(/^\n+|\n+$/g, '');
}

function quoted(line: string): string {
  return line.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
