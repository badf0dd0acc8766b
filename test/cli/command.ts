/** Runs the command line in this process. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from '@jest/globals';
import '../../src/index.ts';
import { main } from '../../src/cli/main.ts';

/** What a command wrote, and its exit code. */
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `tf1 args`. Every line is at most 80 columns wide, and errors are one line. */
export async function tf1(...args: string[]): Promise<Said> {
  let [out, err] = ['', ''];
  const code = await main(args, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  if (!args.includes('--json')) {
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  }
  expect(err.split('\n').length).toBeLessThanOrEqual(2);
  return { code, out, err };
}

/** What a command printed, that had to succeed. */
export async function printed(...args: string[]): Promise<string> {
  const said = await tf1(...args);
  expect(said.err).toBe('');
  expect(said.code).toBe(0);
  return said.out;
}

/** A directory that is gone after the tests of the file. */
export function scratch(): (name: string) => string {
  const folder = mkdtempSync(join(tmpdir(), 'tf1-cli-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return (name) => join(folder, name);
}
