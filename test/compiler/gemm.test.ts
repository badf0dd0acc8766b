/** The generated product against the plain sum of products, over edges, strides and depths. */

import { describe, expect, test } from '@jest/globals';
import {
  type Activation,
  activationNumber,
  blockBytes,
  gemmModule,
  PANEL_BYTES,
  relaxedModule,
} from '../../src/compiler/gemm.ts';

const memory = new WebAssembly.Memory({ initial: 200 });
const module = new WebAssembly.Module(gemmModule() as BufferSource);
type Run = (...parameters: number[]) => void;
const { gemm, fewRows } = new WebAssembly.Instance(module, { env: { memory } }).exports as {
  gemm: Run;
  fewRows: Run;
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
    0,
    0,
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

/** The element-wise ops, in float32. */
const ACTIVATIONS: Record<Activation, (x: number) => number> = {
  none: (x) => x,
  relu: (x) => (x < 0 || x === 0 ? 0 : x),
  relu6: (x) => (x < 0 ? 0 : x > 6 ? 6 : x),
};
const ENDS = (
  [
    [1, 1, 1],
    [4, 8, 4],
    [5, 9, 3],
    [9, 18, 256],
    [13, 21, 600],
  ] as const
).flatMap((size) =>
  (['none', 'relu', 'relu6'] as const).flatMap((activation) =>
    [true, false].flatMap((isBiased) =>
      [0, 1].map((accumulate) => [...size, activation, isBiased, accumulate] as const),
    ),
  ),
);

test.each(ENDS)(
  '%i x %i x %i ends with %s, biased %s, accumulate %i',
  (m, n, k, activation, isBiased, accumulate) => {
    const floats = new Float32Array(memory.buffer);
    const [a, b, c, bias] = [4, 4 + m * k, 4 + m * k + k * n, 4 + m * k + k * n + m * n];
    const end = bias + n;
    for (let i = 0; i < end; i++) floats[i] = 4 * Math.sin(i * 7.3);
    // NaN in a row, an infinite column, and a column of zeros with either sign.
    floats[a] = Number.NaN;
    floats[bias + n - 1] = Number.POSITIVE_INFINITY;
    const before = floats.slice(c, bias);
    const panel = Math.ceil((end + 1) / 4) * 16;
    const call = (...last: [number, number]) =>
      gemm(
        ...([m, n, k, 4 * a, 4 * k, 4, 4 * b, 4 * n, 4] as const),
        ...([4 * c, 4 * n, panel, panel + PANEL_BYTES, accumulate] as const),
        ...last,
      );
    call(0, 0);
    const plain = floats.slice(c, bias);
    floats.set(before, c);
    call(isBiased ? 4 * bias : 0, activationNumber(activation));
    const expected = plain.map((x, i) => {
      const sum = isBiased ? Math.fround(x + floats[bias + (i % n)]!) : x;
      return ACTIVATIONS[activation](sum);
    });
    expect(floats.slice(c, bias)).toEqual(expected);
  },
);

test.each(['relu', 'relu6'] as const)('%s of zeros with a sign', (activation) => {
  const floats = new Float32Array(memory.buffer);
  for (const n of [3, 8]) {
    const [m, bias, c] = [4, 64, 80];
    floats.fill(-0, 0, 40);
    floats.fill(-0, bias, bias + n);
    gemm(
      ...([m, n, 1, 0, 4, 4, 16, 4 * n, 4] as const),
      ...([4 * c, 4 * n, 1024, 1024 + PANEL_BYTES, 0] as const),
      ...([4 * bias, activationNumber(activation)] as const),
    );
    for (let i = 0; i < m * n; i++) expect(floats[c + i]).toBe(0);
  }
});

test('fused instructions, where the engine has them', () => {
  const isThere = WebAssembly.validate(relaxedModule() as BufferSource);
  expect(WebAssembly.validate(gemmModule(true) as BufferSource)).toBe(isThere);
  if (!isThere) return;
  const fused = new WebAssembly.Instance(new WebAssembly.Module(gemmModule(true) as BufferSource), {
    env: { memory },
  }).exports.gemm as Run;
  const floats = new Float32Array(memory.buffer);
  const [n, k] = [24, 300];
  for (let i = 0; i < 2 * n * k; i++) floats[i] = Math.sin(i * 7.3);
  const [b, c] = [4 * n * k, 8 * n * k];
  const panel = c + 4 * n * n;
  const rest = [c, 4 * n, panel, panel + PANEL_BYTES, 0, 0, 0] as const;
  const result = (run: Run) => {
    run(n, n, k, 0, 4 * k, 4, b, 4 * n, 4, ...rest);
    return floats.slice(c / 4, c / 4 + n * n);
  };
  const expected = result(gemm);
  result(fused).forEach((x, i) => {
    expect(x).toBeCloseTo(expected[i]!, 4);
  });
});

describe('a few rows', () => {
  const cases = [1, 2, 3, 7].flatMap((m) =>
    (
      [
        [1, 1],
        [8, 4],
        [9, 3],
        [35, 18],
        [64, 7],
      ] as const
    ).flatMap(([n, k]) =>
      (['none', 'relu', 'relu6'] as const).flatMap((activation) =>
        [0, 1].map((accumulate) => [m, n, k, activation, accumulate] as const),
      ),
    ),
  );
  test.each(cases)(
    '%i x %i x %i ends with %s, accumulate %i',
    (m, n, k, activation, accumulate) => {
      const floats = new Float32Array(memory.buffer);
      const [a, b, c] = [4, 4 + m * k, 4 + m * k + k * n];
      const [bias, end] = [c + m * n, c + m * n + n];
      for (let i = 0; i < end; i++) floats[i] = 4 * Math.sin(i * 7.3);
      [floats[a], floats[end]] = [Number.NaN, 42];
      const before = floats.slice(c, bias);
      const panel = Math.ceil((end + 1) / 4) * 16;
      const last = [accumulate, 4 * bias, activationNumber(activation)] as const;
      // A is transposed: its rows lie side by side.
      const [left, right, result] = [
        [4 * a, 4, 4 * m],
        [4 * b, 4 * n],
        [4 * c, 4 * n],
      ] as const;
      const [first, ...others] = last;
      gemm(m, n, k, ...left, ...right, 4, ...result, panel, panel + PANEL_BYTES, first, ...others);
      const expected = floats.slice(c, bias);
      floats.set(before, c);
      fewRows(m, n, k, ...left, ...right, ...result, ...last);
      expected.forEach((x, i) => {
        if (Number.isNaN(x)) expect(floats[c + i]).toBeNaN();
        else expect(floats[c + i]).toBeCloseTo(x, 3);
      });
      expect(floats[bias]).toBe(Math.fround(4 * Math.sin(bias * 7.3)));
      expect(floats[end]).toBe(42);
    },
  );
});
