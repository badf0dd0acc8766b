/** What `import 'tf1'` loads in a process of its own. How long it takes, `npm run test:package` says. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { loadedBy, unwanted } from '../scripts/imported.ts';

const scratch = mkdtempSync(join(tmpdir(), 'tf1-import-'));
afterAll(() => rmSync(scratch, { recursive: true }));

test('the main entry leaves mathjs, the converter and files alone', async () => {
  const args = ['--conditions=tf1-src', '--import', 'tsx'];
  const loaded = await loadedBy({ cwd: process.cwd(), args, scratch });
  expect(loaded.some(({ url }) => url.endsWith('/src/index.ts'))).toBe(true);
  expect(unwanted(loaded)).toEqual([]);
}, 60_000);

test('each of them would be noticed', () => {
  const by = 'file:///project/node_modules/tf1/dist/index.js';
  const modules = 'file:///project/node_modules';
  const loaded = [
    { target: 'mathjs', by, url: `${modules}/mathjs/lib/index.js` },
    { target: '@tensorflow/tfjs-converter', by, url: `${modules}/@tensorflow/tfjs-converter/x.js` },
    { target: 'node:fs', by, url: 'node:fs' },
    { target: 'fs', by: `${modules}/other/index.js`, url: 'node:fs' },
    { target: './core/op.js', by, url: 'file:///project/node_modules/tf1/dist/core/op.js' },
    { target: 'tf1', by: '', url: by },
  ];
  expect(unwanted(loaded)).toEqual([
    `${by} imports mathjs`,
    `${by} imports @tensorflow/tfjs-converter`,
    `${by} imports node:fs`,
  ]);
});
