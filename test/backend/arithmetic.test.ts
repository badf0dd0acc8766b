/** Arithmetic on the wasm heap gives what the plain loops give, for specials too. */

import { expect, test } from '@jest/globals';
import { heap } from '../../src/backend/backend.ts';
import { RunContext } from '../../src/backend/context.ts';
import { kernelOf } from '../../src/backend/registry.ts';
import { SmallPool } from '../../src/backend/small_pool.ts';
import { SessionState } from '../../src/backend/state.ts';
import { type BackendValue, hostValue } from '../../src/backend/value.ts';
import { float32 } from '../../src/core/dtype.ts';

const ROWS = 60;
const COLUMNS = 100;
const SPECIALS = [
  0,
  -0,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  1e-40,
  3e38,
];
const numbers = (size: number, phase: number) =>
  Float32Array.from(
    { length: size },
    (_, i) => SPECIALS[(i * 7 + phase) % 29] ?? 3 * Math.sin(i + phase),
  );

function values(): Record<string, BackendValue> {
  return {
    matrix: heap!.upload([ROWS, COLUMNS], numbers(ROWS * COLUMNS, 1)),
    other: heap!.upload([ROWS, COLUMNS], numbers(ROWS * COLUMNS, 2)),
    column: hostValue(float32, [ROWS, 1], numbers(ROWS, 4)),
    small: heap!.upload(
      [ROWS, COLUMNS],
      numbers(ROWS * COLUMNS, 5).map((v) => Math.sin(v) || 0.5),
    ),
    smaller: heap!.upload(
      [ROWS, COLUMNS],
      numbers(ROWS * COLUMNS, 6).map((v) => Math.cos(v) || 1),
    ),
    row: hostValue(float32, [COLUMNS], numbers(COLUMNS, 3)),
    scalar: hostValue(float32, [], Float32Array.of(1.7)),
  };
}

const PAIRS = [
  ['matrix', 'other'],
  ['matrix', 'row'],
  ['row', 'matrix'],
  ['matrix', 'column'],
  ['matrix', 'scalar'],
  ['scalar', 'matrix'],
];
const BINARY = ['Add', 'AddV2', 'Sub', 'Mul', 'RealDiv', 'Div', 'SquaredDifference', 'Pow'];
const UNARY = [
  'Neg',
  'Abs',
  'Sign',
  'Square',
  'Inv',
  'Reciprocal',
  'Sqrt',
  'Rsqrt',
  'Floor',
  'Ceil',
];
const FUNCTIONS = ['Round', 'Rint', 'Exp', 'Expm1', 'Log', 'Log1p', 'Tanh', 'Sigmoid'];
const ACTIVATIONS = ['Softplus', 'Relu', 'Relu6', 'LeakyRelu', 'Elu', 'Selu', 'Softsign'];
const CASES: [string, string[]][] = [
  ...[...BINARY, 'Maximum', 'Minimum'].flatMap((type) =>
    PAIRS.map((pair): [string, string[]] => [type, pair]),
  ),
  ...[...UNARY, ...FUNCTIONS, ...ACTIVATIONS].map((type): [string, string[]] => [type, ['matrix']]),
  ...['ReluGrad', 'Relu6Grad', 'LeakyReluGrad', 'EluGrad', 'SoftplusGrad'].map(
    (type): [string, string[]] => [type, ['matrix', 'other']],
  ),
  ...[
    'SeluGrad',
    'SoftsignGrad',
    'TanhGrad',
    'SigmoidGrad',
    'SqrtGrad',
    'RsqrtGrad',
    'InvGrad',
    'ReciprocalGrad',
  ].map((type): [string, string[]] => [type, ['small', 'smaller']]),
  ['AddN', ['matrix', 'other', 'matrix']],
  ['BiasAdd', ['matrix', 'row']],
];

const isClose = (actual: number, expected: number) =>
  actual === expected ||
  Object.is(actual, expected) ||
  Math.abs(actual - expected) <= 5e-7 * Math.abs(expected) + 1e-38;

test.each(CASES)('%s of %p', (type, names) => {
  if (heap === null) throw new Error('The wasm backend did not load.');
  const before = heap.blocks;
  const context = new RunContext(new SessionState(), heap, new SmallPool());
  const held = values();
  const inputs = names.map((name) => held[name]!);
  const [onHeap, plain] = [heap, null].map(
    (where) => kernelOf(type, where)!(inputs, {}, context) as BackendValue,
  );
  expect(onHeap!.buffer.heap).not.toBeNull();
  expect(onHeap!.shape).toEqual(plain!.shape);
  const actual = onHeap!.data as Float32Array;
  const expected = plain!.data as Float32Array;
  const different = [...expected.keys()].filter((i) => !isClose(actual[i]!, expected[i]!));
  expect(different).toEqual([]);
  for (const value of [...Object.values(held), onHeap!, plain!]) value.release();
  expect(heap.blocks).toBe(before);
});

test('BiasAdd where channels come first', () => {
  const context = new RunContext(new SessionState(), heap, new SmallPool());
  const image = heap!.upload([3, 20, 10, 10], numbers(6000, 1));
  const bias = hostValue(float32, [20], numbers(20, 2));
  const [onHeap, plain] = [heap, null].map(
    (where) =>
      kernelOf('BiasAdd', where)!([image, bias], { data_format: 'NCHW' }, context) as BackendValue,
  );
  expect(onHeap!.shape).toEqual([3, 20, 10, 10]);
  expect(onHeap!.data).toEqual(plain!.data);
  for (const value of [image, onHeap!, plain!]) value.release();
});
