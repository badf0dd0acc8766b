/** Benchmarks run, and what they compare computes the same: each contender of some workloads takes a step. */

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { run, typescriptArgs } from '../../scripts/processes.ts';

// Peers that compute other numbers fail to get ready: the convnet has all that onnxruntime's models turn around.
for (const name of ['one_op', 'small_mlp_adam', 'digits_convnet']) {
  test(`${name}`, async () => {
    const args = typescriptArgs('benchmarks/child.ts', name, '0', '0');
    const { code, stderr } = await run(process.execPath, args, { limit: 110 });
    if (code !== 0) throw new Error(stderr);
  }, 120_000);
}

test('no install script runs for onnxruntime-node', () => {
  const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
  const name = 'onnxruntime-node';
  expect(read('package.json').allowScripts[name]).toBe(false);
  expect(
    read('package-lock.json').packages[`node_modules/${name}`].hasInstallScript,
  ).toBeUndefined();
});
