/**
 * Kernels of the wasm heap beside those of the host, where numbers are special: NaN, infinities, zeros
 * of either sign, and numbers too small to be normal. (Arithmetic and functions: arithmetic.test.ts.)
 */

import { afterEach, describe, expect, test } from '@jest/globals';
import { heap } from '../../src/backend/backend.ts';
import { EagerContext, RunContext } from '../../src/backend/context.ts';
import { heapKernelTypes, kernelOf } from '../../src/backend/registry.ts';
import { SmallPool } from '../../src/backend/small_pool.ts';
import { SessionState } from '../../src/backend/state.ts';
import { type BackendValue, handleValue, hostValue, sizeOf } from '../../src/backend/value.ts';
import { float32, int32 } from '../../src/core/dtype.ts';
import type { Attrs, Value } from '../../src/core/kernels.ts';

const SPECIALS: Readonly<Record<string, readonly number[]>> = {
  'ordinary numbers': [],
  NaN: [Number.NaN],
  infinity: [Number.POSITIVE_INFINITY],
  'minus infinity': [Number.NEGATIVE_INFINITY],
  zeros: [0, -0],
  'tiny numbers': [1e-40, -1e-45, 2e-38],
};

/** Some `specials` among ordinary numbers. */
function numbers(shape: readonly number[], phase: number, specials: readonly number[]) {
  return Float32Array.from({ length: sizeOf(shape) }, (_, i) =>
    specials.length > 0 && (i * 7 + phase) % 53 === 0
      ? specials[i % specials.length]!
      : Math.sin(i * 12.9898 + phase),
  );
}
const ints = (shape: readonly number[], data: readonly number[]): BackendValue =>
  hostValue(int32, shape, Int32Array.from(data));

/** Shapes stand for float32 numbers. */
type Input = readonly number[] | BackendValue;
const isShape = (input: Input): input is readonly number[] => Array.isArray(input);

const before = heap!.blocks;
afterEach(() => {
  expect(heap!.blocks).toBe(before);
});

/** The outputs of a kernel on one side, as plain numbers. */
function runOn(
  where: typeof heap,
  type: string,
  inputs: readonly Input[],
  attrs: Attrs,
  specials: readonly (readonly number[])[],
): { shape: readonly number[]; data: Float32Array }[] {
  const context = where
    ? new RunContext(new SessionState(), where, new SmallPool())
    : new EagerContext();
  const values = inputs.map((input, i) => {
    if (!isShape(input)) return input;
    const data = numbers(input, i, specials[i]!);
    return where ? where.upload(input, data) : hostValue(float32, input, data);
  });
  const outputs = [kernelOf(type, where)!(values, attrs, context)].flat() as Value[];
  const plain = outputs.map(({ shape, data }) => ({ shape, data: (data as Float32Array).slice() }));
  if (where) {
    for (const output of outputs) (output as BackendValue).release();
    values.forEach((value, i) => {
      if (isShape(inputs[i]!)) value.release();
    });
  }
  return plain;
}

/** The same kind of special number, or numbers that differ by rounding; to the bit without a tolerance. */
function expectSame(actual: Float32Array, expected: Float32Array, tolerance: number): void {
  const scale = expected.reduce((m, x) => (Number.isFinite(x) ? Math.max(m, Math.abs(x)) : m), 0);
  const isSame = (a: number, e: number) =>
    Object.is(a, e) || (tolerance > 0 && (a === e || Math.abs(a - e) <= tolerance * scale));
  const off = expected.findIndex((e, i) => !isSame(actual[i]!, e));
  if (off >= 0) throw new Error(`Element ${off} is ${actual[off]}, on the host ${expected[off]}.`);
}

const IMAGE = [2, 14, 13, 16];
const same = (padding: string, stride = 1) => ({
  strides: [1, stride, stride, 1],
  dilations: [1, 1, 1, 1],
  padding,
  data_format: 'NHWC',
});
const pooled = (padding: string) => ({ ...same(padding, 2), ksize: [1, 2, 3, 1] });
const ROUNDING = 3e-6;
const ids = Array.from({ length: 100 }, (_, i) => ((i * 7) % 60) - 1);
const sparse = ints(
  [100],
  Array.from({ length: 100 }, (_, i) => (i * 7) % 60),
);

/** Kernels, inputs, attributes, and by how much sums may differ. Only inputs among `filled` get special numbers. */
type Case = [type: string, inputs: Input[], attrs: Attrs, tolerance: number, filled?: number[]];
const CASES: Case[] = [
  ['Transpose', [[90, 61], ints([2], [1, 0])], {}, 0],
  ['Gather', [[100, 67], sparse], {}, 0],
  ['GatherV2', [[100, 67], sparse, ints([], [0])], {}, 0],
  ['UnsortedSegmentSum', [[100, 71], ints([100], ids), ints([], [90])], {}, ROUNDING],
  ['Softmax', [[80, 61]], {}, ROUNDING],
  ['LogSoftmax', [[80, 61]], {}, ROUNDING],
  [
    'SoftmaxCrossEntropyWithLogits',
    [
      [80, 61],
      [80, 61],
    ],
    {},
    ROUNDING,
  ],
  ['SparseSoftmaxCrossEntropyWithLogits', [[100, 60], sparse], {}, ROUNDING],
  ['L2Loss', [[70, 80]], {}, ROUNDING],
  ['BiasAddGrad', [[70, 80]], { data_format: 'NHWC' }, ROUNDING],
  ...['Sum', 'Mean', 'Max', 'Min'].flatMap((type): Case[] => [
    [type, [[70, 80], ints([1], [1])], {}, ROUNDING],
    [type, [[70, 80], ints([1], [0])], {}, ROUNDING],
    [type, [[9, 70, 11], ints([1], [1])], {}, ROUNDING],
    [type, [[70, 80], ints([2], [0, 1])], {}, ROUNDING],
  ]),
  ['BiasAdd', [[70, 80], [80]], { data_format: 'NHWC' }, 0],
  ['BiasAddV1', [[70, 80], [80]], {}, 0],
  [
    'AddN',
    [
      [70, 80],
      [70, 80],
      [70, 80],
    ],
    { N: 3 },
    0,
  ],
  // Filters without special numbers: what is around an image is 0, and left out on the host.
  ['Conv2D', [IMAGE, [3, 3, 16, 24]], same('SAME'), ROUNDING, [0]],
  ['Conv2D', [IMAGE, [3, 3, 16, 24]], same('VALID', 2), ROUNDING],
  ['Conv2D', [IMAGE, [1, 1, 16, 24]], same('SAME'), ROUNDING],
  [
    'Conv2DBackpropInput',
    [ints([4], IMAGE), [3, 3, 16, 24], [2, 14, 13, 24]],
    same('SAME'),
    ROUNDING,
    [2],
  ],
  [
    'Conv2DBackpropFilter',
    [IMAGE, ints([4], [3, 3, 16, 24]), [2, 12, 11, 24]],
    same('VALID'),
    ROUNDING,
  ],
  ['DepthwiseConv2dNative', [IMAGE, [3, 3, 16, 1]], same('SAME'), ROUNDING, [0]],
  ['DepthwiseConv2dNative', [IMAGE, [3, 3, 16, 1]], same('VALID', 2), ROUNDING],
  [
    'DepthwiseConv2dNativeBackpropInput',
    [ints([4], IMAGE), [3, 3, 16, 1], [2, 14, 13, 16]],
    same('SAME'),
    ROUNDING,
    [2],
  ],
  [
    'DepthwiseConv2dNativeBackpropFilter',
    [IMAGE, ints([4], [3, 3, 16, 1]), [2, 12, 11, 16]],
    same('VALID'),
    ROUNDING,
  ],
  ...['SAME', 'VALID'].flatMap((padding): Case[] => {
    const out = padding === 'SAME' ? [2, 7, 7, 16] : [2, 7, 6, 16];
    return [
      ['MaxPool', [IMAGE], pooled(padding), 0],
      ['AvgPool', [IMAGE], pooled(padding), ROUNDING],
      ['AvgPoolGrad', [ints([4], IMAGE), out], pooled(padding), ROUNDING],
    ];
  }),
  ...['', 'V2'].flatMap((version) =>
    [true, false].flatMap((is_training): Case[] => {
      const attrs = { is_training, epsilon: 0.01, data_format: 'NHWC' };
      const given = is_training ? [0] : [16];
      return [
        [`FusedBatchNorm${version}`, [IMAGE, [16], [16], given, given], attrs, ROUNDING],
        [`FusedBatchNormGrad${version}`, [IMAGE, IMAGE, [16], [16], [16]], attrs, ROUNDING],
      ];
    }),
  ),
];

describe.each(Object.keys(SPECIALS))('%s', (kind) => {
  test.each(CASES.map((row) => [row[0], row] as const))('%s %#', (_type, row) => {
    const [type, inputs, attrs, tolerance, filled] = row;
    inputs.forEach((input, at) => {
      if (!isShape(input) || (filled && !filled.includes(at))) return;
      const specials = inputs.map((_, i) => (i === at ? SPECIALS[kind]! : []));
      const expected = runOn(null, type, inputs, attrs, specials);
      const actual = runOn(heap, type, inputs, attrs, specials);
      expected.forEach(({ shape, data }, o) => {
        expect(actual[o]!.shape).toEqual(shape);
        expectSame(actual[o]!.data, data, tolerance);
      });
    });
  });

  test.each(['SAME', 'VALID'])('MaxPoolGrad, %s', (padding) => {
    const data = numbers(IMAGE, 0, SPECIALS[kind]!);
    // Whole windows, and corners, of one kind.
    const [special = 1] = SPECIALS[kind]!;
    data.fill(special, 0, 5 * 16);
    for (let row = 5; row < 9; row++) data.fill(special, row * 13 * 16, (row * 13 + 4) * 16);
    const attrs = pooled(padding);
    const x = hostValue(float32, IMAGE, data);
    const y = kernelOf('MaxPool')!([x], attrs, new EagerContext()) as BackendValue;
    const slopes = numbers(y.shape, 1, SPECIALS[kind]!);
    const [expected, actual] = [null, heap].map((where) => {
      const context = new RunContext(new SessionState(), where, new SmallPool());
      const make = (shape: readonly number[], given: Float32Array) =>
        where ? where.upload(shape, given) : hostValue(float32, shape, given);
      const values = [
        make(IMAGE, data),
        make(y.shape, y.data as Float32Array),
        make(y.shape, slopes),
      ];
      const result = kernelOf('MaxPoolGrad', where)!(values, attrs, context) as BackendValue;
      const copy = (result.data as Float32Array).slice();
      for (const value of [...values, result]) value.release();
      return copy;
    });
    expectSame(actual!, expected!, ROUNDING);
  });

  test.each([
    ...['ScatterAdd', 'ScatterSub', 'ResourceScatterAdd', 'ResourceScatterSub'],
    ...['AssignAdd', 'AssignSub', 'AssignAddVariableOp', 'AssignSubVariableOp'],
  ])('%s', (type) => {
    const isScatter = type.includes('Scatter');
    const results = [null, heap].map((where) => {
      const context = new RunContext(new SessionState(), where, new SmallPool());
      const make = (rows: number, phase: number) => {
        const data = numbers([rows, 93], phase, SPECIALS[kind]!);
        return where ? where.upload([rows, 93], data) : hostValue(float32, [rows, 93], data);
      };
      const cell = context.variable('', 'v', float32, [60, 93]);
      cell.adopt(make(60, 1));
      const updates = make(isScatter ? 100 : 60, 2);
      const inputs = [handleValue(float32, cell), ...(isScatter ? [sparse] : []), updates];
      kernelOf(type, where)!(inputs, {}, context);
      const result = (cell.value!.data as Float32Array).slice();
      updates.release();
      context.state_.clear();
      return result;
    });
    expectSame(results[1]!, results[0]!, ROUNDING);
  });
});

test('every heap kernel is compared', () => {
  const here = CASES.map(([type]) => type);
  const elsewhere = heapKernelTypes().filter(
    (type) => !here.includes(type) && !/Scatter|^Assign|Apply|MaxPoolGrad/.test(type),
  );
  // Those of arithmetic.test.ts.
  for (const type of elsewhere) expect(type).toMatch(ARITHMETIC);
});
const ARITHMETIC =
  /^(Add|AddV2|Sub|Mul|RealDiv|Div|SquaredDifference|Pow|Maximum|Minimum|Neg|Abs|Sign|Square|Inv|Reciprocal|R?[Ss]qrt|Floor|Ceil|Round|Rint|Exp|Expm1|Log|Log1p|Tanh|Sigmoid|Softplus|Relu|Relu6|LeakyRelu|Elu|Selu|Softsign)(Grad)?$/;

/** All orders of `n` dimensions. */
function orders(n: number): number[][] {
  if (n === 0) return [[]];
  return orders(n - 1).flatMap((order) =>
    Array.from({ length: n }, (_, at) => order.toSpliced(at, 0, n - 1)),
  );
}

describe('transposing, to the bit', () => {
  const bits = new Uint32Array([0x7fc00000, 0x7f800000, 0xff800000, 0x80000000, 1, 0x807fffff]);
  const specials = new Float32Array(bits.buffer);

  test.each([
    [[67, 93]],
    [[1, 77]],
    [[128, 64]],
    [[17, 5, 33]],
    [[4, 64, 3]],
    [[7, 9, 5, 11]],
    [[3, 2, 17, 1, 5]],
    [[3, 2, 5, 1, 4, 3]],
    [[2, 3, 2, 5, 3, 9]],
  ])('%j in all orders', (shape) => {
    const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) =>
      i % 5 === 0 ? specials[(i / 5) % specials.length]! : i,
    );
    const context = new EagerContext();
    const x = heap!.upload(shape, data);
    const host = hostValue(float32, shape, data);
    for (const order of orders(shape.length)) {
      const perm = ints([order.length], order);
      const moved = kernelOf('Transpose', heap)!([x, perm], {}, context) as BackendValue;
      const wanted = kernelOf('Transpose')!([host, perm], {}, context) as BackendValue;
      expect(moved.shape).toEqual(wanted.shape);
      const [a, b] = [moved, wanted].map((value) => {
        const copy = (value.data as Float32Array).slice();
        return new Uint32Array(copy.buffer);
      });
      const off = b!.findIndex((word, i) => word !== a![i]);
      if (off >= 0) throw new Error(`${order}: element ${off} is ${moved.data[off]}`);
      moved.release();
    }
    x.release();
  });
});
