/** The generated product against the plain sum of products, over edges, strides and depths. */

import { expect, test } from '@jest/globals';
import { blockBytes, gemmModule, PANEL_BYTES } from '../../src/compiler/gemm.ts';

const memory = new WebAssembly.Memory({ initial: 200 });
const module = new WebAssembly.Module(gemmModule() as BufferSource);
const { gemm } = new WebAssembly.Instance(module, { env: { memory } }).exports as {
  gemm(...parameters: number[]): void;
};

const SIZES = [
  [1, 1, 1],
  [4, 8, 4],
  [5, 9, 3],
  [3, 7, 5],
  [16, 32, 32],
  [33, 17, 300],
  [8, 16, 256],
  [7, 10, 513],
  [64, 50, 260],
] as const;
const CASES = SIZES.flatMap((size) =>
  [false, true].flatMap((ta) =>
    [false, true].flatMap((tb) =>
      [0, 1].map((accumulate) => [...size, ta, tb, accumulate] as const),
    ),
  ),
);

test.each(CASES)('%i x %i x %i, transposed %s %s, accumulate %i', (m, n, k, ta, tb, accumulate) => {
  const floats = new Float32Array(memory.buffer);
  const [a, b, c] = [0, m * k, m * k + k * n];
  const end = c + m * n;
  for (let i = 0; i < end; i++) floats[i] = Math.sin(i * 7.3);
  floats[end] = 42;
  const before = floats.slice(c, end);
  const [ai, ak] = ta ? [1, m] : [k, 1];
  const [bk, bj] = tb ? [1, k] : [n, 1];
  const panel = Math.ceil((end + 1) / 4) * 16;
  gemm(
    m,
    n,
    k,
    4 * a,
    4 * ai,
    4 * ak,
    4 * b,
    4 * bk,
    4 * bj,
    4 * c,
    4 * n,
    panel,
    panel + PANEL_BYTES,
    accumulate,
  );
  expect(panel + PANEL_BYTES + blockBytes(n)).toBeLessThan(memory.buffer.byteLength);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = accumulate ? before[i * n + j]! : 0;
      for (let p = 0; p < k; p++)
        sum += floats[a + i * ai + p * ak]! * floats[b + p * bk + j * bj]!;
      expect(floats[c + i * n + j]).toBeCloseTo(sum, 3);
    }
  }
  expect(floats[end]).toBe(42);
});
