/** Generated regions compute what the kernels on the host compute, over all ops, types, patterns and odd numbers. */

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EagerContext } from '../../src/backend/context.ts';
import '../../src/backend/kernels.ts';
import { kernelOf } from '../../src/backend/registry.ts';
import { hostValue, sizeOf } from '../../src/backend/value.ts';
import { collapse } from '../../src/compiler/collapse.ts';
import {
  type ElementType,
  elementwiseModule,
  type Region,
  type RegionNode,
  regionKey,
  regionTypes,
} from '../../src/compiler/elementwise.ts';
import { bool, type Data, float32, int32 } from '../../src/core/dtype.ts';
import type { Attrs, Value } from '../../src/core/kernels.ts';

const memory = new WebAssembly.Memory({ initial: 256 });
const DTYPES = { float32, int32, bool } as const;
const context = new EagerContext();
type Run = (...numbers: number[]) => void;

function instance(region: Region): Run {
  const module = new WebAssembly.Module(elementwiseModule(region) as BufferSource);
  const power = (x: number, y: number) =>
    x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y;
  return new WebAssembly.Instance(module, { env: { memory, power } }).exports.run as Run;
}

interface Operand {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly data: Data;
}

const FLOATS = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  2,
  -3,
  7.25,
  1e-40,
  -1e-42,
  1e-20,
  88.5,
  -88.5,
  104,
  -104,
  3e38,
  -3e38,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  6,
  5.5,
  2 ** 31,
  -(2 ** 31),
  1e10,
];
const INTEGERS = [0, 1, -1, 2, -3, 2147483647, -2147483648, 65536, 12345, -77];

let seed = 7;
function random(): number {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return (seed >>> 8) / 2 ** 24;
}

function operand(type: ElementType, shape: readonly number[]): Operand {
  const n = sizeOf(shape);
  const oddOr = (list: readonly number[], other: () => number) =>
    Array.from({ length: n }, () =>
      random() < 0.4 ? list[Math.floor(random() * list.length)]! : other(),
    );
  if (type === 'bool')
    return { type, shape, data: Uint8Array.from({ length: n }, () => random() * 2) };
  if (type === 'int32') {
    const data = Int32Array.from(oddOr(INTEGERS, () => (random() - 0.5) * 2 ** 16));
    return { type, shape, data };
  }
  return { type, shape, data: Float32Array.from(oddOr(FLOATS, () => (random() - 0.5) * 8)) };
}

/** Runs a region on the heap: for each output its numbers, with one more behind it that must stay. */
function runRegion(region: Region, operands: readonly Operand[], sizes: readonly number[]): Data[] {
  const types = regionTypes(region)!;
  const size = sizeOf(sizes);
  let top = 64;
  const place = (bytes: number) => {
    const address = top;
    top = Math.ceil((top + bytes + 4) / 4) * 4;
    return address;
  };
  const view = (type: ElementType, address: number, n: number) =>
    new ({ float32: Float32Array, int32: Int32Array, bool: Uint8Array })[type](
      memory.buffer,
      address,
      n,
    );
  const inputs = operands.map(({ type, data }) => {
    const address = place(data.length * 4);
    view(type, address, data.length).set(data as Float32Array);
    return address;
  });
  const outputs = region.outputs.map(() => place(size * 4 + 4));
  region.outputs.forEach((value, o) => {
    view(types[value]!, outputs[o]!, size + 1)[size] = 42;
  });
  instance(region)(...inputs, ...outputs, ...sizes);
  return region.outputs.map((value, o) => {
    const numbers = view(types[value]!, outputs[o]!, size + 1);
    expect(numbers[size]).toBe(42);
    return numbers.slice(0, size) as Data;
  });
}

const bits = new Int32Array(1);
const float = new Float32Array(bits.buffer);
/** Numbers of floats between two floats. */
function ulps(a: number, b: number): number {
  const order = (x: number) => {
    float[0] = x;
    return bits[0]! < 0 ? -(bits[0]! & 0x7fffffff) : bits[0]!;
  };
  return Math.abs(order(a) - order(b));
}

function compare(actual: Data, expected: Data, tolerance: number, text: string): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < actual.length; i++) {
    const [a, e] = [Number(actual[i]), Number(expected[i])];
    if (Number.isNaN(e) ? Number.isNaN(a) : ulps(a, e) <= tolerance) continue;
    throw new Error(`${text}: element ${i} is ${a}, not ${e}`);
  }
}

function onHost(node: RegionNode, operands: readonly Operand[]): Value {
  const attrs: Attrs = {
    alpha: node.value,
    DstT: node.type && DTYPES[node.type],
    N: operands.length,
  };
  const values = operands.map(({ type, shape, data }) => hostValue(DTYPES[type], shape, data));
  return kernelOf(node.op)!(values, attrs, context) as Value;
}

const F: ElementType = 'float32';
const I: ElementType = 'int32';
const B: ElementType = 'bool';
/** Ops, the types of their operands, and how many units in the last place they may be off. */
const OPS: [string, ElementType[], number?][] = [
  ...['Add', 'AddV2', 'Sub', 'Mul', 'SquaredDifference', 'Maximum', 'Minimum'].flatMap(
    (op): [string, ElementType[], number][] => [
      [op, [F, F], op === 'SquaredDifference' ? 2 : 0],
      [op, [I, I], 0],
    ],
  ),
  ['RealDiv', [F, F]],
  ['Div', [F, F]],
  ['AddN', [F, F, F]],
  ...['Neg', 'Abs', 'Sign', 'Square', 'Round'].flatMap((op): [string, ElementType[]][] => [
    [op, [F]],
    [op, [I]],
  ]),
  ...['Inv', 'Reciprocal', 'Sqrt', 'Floor', 'Ceil', 'Rint', 'Relu', 'Relu6', 'LeakyRelu'].map(
    (op): [string, ElementType[]] => [op, [F]],
  ),
  ['Rsqrt', [F], 2],
  ...['Exp', 'Expm1', 'Log', 'Log1p', 'Tanh', 'Sigmoid', 'Softplus', 'Elu'].map(
    (op): [string, ElementType[], number] => [op, [F], 2],
  ),
  ['Selu', [F], 4],
  ['Softsign', [F], 2],
  ['Pow', [F, F], 1],
  ...['ReluGrad', 'Relu6Grad', 'LeakyReluGrad', 'EluGrad'].map(
    (op): [string, ElementType[], number] => [op, [F, F], 2],
  ),
  ['SqrtGrad', [F, F], 2],
  ['SeluGrad', [F, F], 3],
  ['SoftplusGrad', [F, F], 4],
  ...['Equal', 'NotEqual', 'Less', 'LessEqual', 'Greater', 'GreaterEqual'].flatMap(
    (op): [string, ElementType[]][] => [
      [op, [F, F]],
      [op, [I, I]],
    ],
  ),
  ['Equal', [B, B]],
  ['NotEqual', [B, B]],
  ['LogicalAnd', [B, B]],
  ['LogicalOr', [B, B]],
  ['LogicalNot', [B]],
  ['IsNan', [F]],
  ['IsInf', [F]],
  ['IsFinite', [F]],
];
/** Pairs of shapes, and the shape of the result. */
const SHAPES: [readonly number[], readonly number[]][] = [
  [[1], [1]],
  [[67], [67]],
  [[16], []],
  [[], [35]],
  [[5, 7], [7]],
  [
    [3, 9],
    [3, 1],
  ],
  [
    [1, 6],
    [4, 1],
  ],
  [
    [2, 3, 5],
    [3, 1],
  ],
  [
    [2, 1, 5],
    [2, 3, 1],
  ],
  [
    [2, 3, 1, 4],
    [3, 2, 1],
  ],
];
const broadcastOf = (x: readonly number[], y: readonly number[]) => {
  const rank = Math.max(x.length, y.length);
  return Array.from({ length: rank }, (_, d) =>
    Math.max(x[d - rank + x.length] ?? 1, y[d - rank + y.length] ?? 1),
  );
};

describe('one op', () => {
  test.each(OPS)('%s of %p', (op, types, tolerance = 0) => {
    for (const pair of types.length === 2 && !/Grad/.test(op)
      ? SHAPES
      : [
          [[67], [67]],
          [[3], [3]],
        ]) {
      const shapes = types.map((_, i) => pair[i % 2]!);
      const operands = types.map((type, i) => operand(type, shapes[i]!));
      const shape = shapes.reduce(broadcastOf);
      const { sizes, patterns } = collapse(shape, shapes);
      const node = { op, inputs: types.map((_, i) => i) };
      const region: Region = {
        rank: sizes.length,
        inputs: types.map((type, i) => ({ type, walks: patterns[i]! })),
        nodes: [node],
        outputs: [types.length],
      };
      const [actual] = runRegion(region, operands, sizes);
      compare(
        actual!,
        onHost(node, operands).data,
        tolerance,
        `${op} of ${JSON.stringify(shapes)}`,
      );
    }
  });

  test.each(['float32', 'int32', 'bool'] as const)('casts from %s', (from) => {
    const x = operand(from, [131]);
    for (const type of [F, I, B]) {
      const node = { op: 'Cast', inputs: [0], type };
      const region = { rank: 1, inputs: [{ type: from, walks: '1' }], nodes: [node], outputs: [1] };
      const [actual] = runRegion(region, [x], [131]);
      compare(actual!, onHost(node, [x]).data, 0, `${from} to ${type}`);
    }
  });

  test.each(['float32', 'int32', 'bool'] as const)('selects %s', (type) => {
    const [mask, x, y] = [operand('bool', [45]), operand(type, [45]), operand(type, [45])];
    const node = { op: 'Select', inputs: [0, 1, 2] };
    const inputs = [mask, x, y].map((value) => ({ type: value.type, walks: '1' }));
    const [actual] = runRegion(
      { rank: 1, inputs, nodes: [node], outputs: [3] },
      [mask, x, y],
      [45],
    );
    compare(actual!, onHost(node, [mask, x, y]).data, 0, type);
  });

  test.each([
    ['TanhGrad', (y: number, dy: number) => dy * (1 - y * y)],
    ['SigmoidGrad', (y: number, dy: number) => dy * y * (1 - y)],
    ['RsqrtGrad', (y: number, dy: number) => -0.5 * dy * y * y * y],
    ['InvGrad', (y: number, dy: number) => -dy * y * y],
  ])('%s of ordinary numbers', (op, f) => {
    const numbers = (phase: number) =>
      Float32Array.from({ length: 501 }, (_, i) => 0.99 * Math.sin(i + phase));
    const [y, dy] = [numbers(0), numbers(2)];
    const inputs = [0, 1].map(() => ({ type: F, walks: '1' }));
    const operands = [y, dy].map((data) => ({ type: F, shape: [501], data }));
    const region = { rank: 1, inputs, nodes: [{ op, inputs: [0, 1] }], outputs: [2] };
    const [actual] = runRegion(region, operands, [501]);
    compare(
      actual!,
      y.map((v, i) => f(v, dy[i]!)),
      4,
      op,
    );
  });
});

describe('functions of one number', () => {
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  // As TensorFlow has it: with no digit of the other term left, beyond the threshold.
  const threshold = Math.log(2 ** -23) + 2;
  const softplus = (x: number) => (x > -threshold ? x : small(Math.exp(x), x));
  const small = (e: number, x: number) => (x < threshold ? e : Math.log1p(e));
  const scale = 1.0507009873554805;
  const alpha = 1.6732632423543772;
  test.each([
    ['Exp', Math.exp],
    ['Expm1', Math.expm1],
    ['Log', Math.log],
    ['Log1p', Math.log1p],
    ['Tanh', Math.tanh],
    ['Sigmoid', sigmoid],
    ['Softplus', softplus],
    ['Elu', (x: number) => (x < 0 ? Math.expm1(x) : x)],
    ['Selu', (x: number) => scale * (x < 0 ? alpha * Math.expm1(x) : x)],
    ['Softsign', (x: number) => x / (Math.abs(x) + 1)],
    ['Sqrt', Math.sqrt],
    ['Rsqrt', (x: number) => 1 / Math.sqrt(x)],
    ['Reciprocal', (x: number) => 1 / x],
    ['Square', (x: number) => x * x],
  ])('%s is within 2 units in the last place over all exponents', (op, f) => {
    const mantissas = 512;
    const size = 512 * mantissas;
    const x = new Int32Array(size);
    for (let i = 0; i < size; i++) {
      const mantissa = Math.floor(((i % mantissas) + random()) * (2 ** 23 / mantissas));
      x[i] = (Math.floor(i / mantissas) << 23) | mantissa;
    }
    const data = new Float32Array(x.buffer);
    const region = {
      rank: 1,
      inputs: [{ type: F, walks: '1' }],
      nodes: [{ op, inputs: [0] }],
      outputs: [1],
    };
    const [actual] = runRegion(region, [{ type: F, shape: [size], data }], [size]);
    compare(actual!, data.map(f), 2, op);
  });
});

test('powers are within 2 units in the last place over all magnitudes', () => {
  const size = 2 ** 17;
  const x = new Float32Array(size);
  const y = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    x[i] = (i % 5 === 0 ? -1 : 1) * (1 + random()) * 2 ** Math.floor(random() * 277 - 149);
    const whole = Math.floor(random() * 9) - 4;
    y[i] =
      i % 5 === 0 || i % 3 === 0 ? whole : (random() - 0.5) * 2 ** Math.floor(random() * 12 - 4);
  }
  const inputs = [0, 1].map(() => ({ type: F, walks: '1' }));
  const region = { rank: 1, inputs, nodes: [{ op: 'Pow', inputs: [0, 1] }], outputs: [2] };
  const operands = [x, y].map((data) => ({ type: F, shape: [size], data }));
  const [actual] = runRegion(region, operands, [size]);
  compare(
    actual!,
    x.map((base, i) => base ** y[i]!),
    2,
    'Pow',
  );
});

describe('regions', () => {
  test('several outputs, constants, and outputs in the place of inputs', () => {
    const region: Region = {
      rank: 1,
      inputs: [
        { type: F, walks: '1' },
        { type: F, walks: '0' },
      ],
      nodes: [
        { op: 'Const', inputs: [], value: 0.1 },
        { op: 'Mul', inputs: [1, 2] },
        { op: 'Add', inputs: [0, 3] },
        { op: 'Greater', inputs: [4, 2] },
      ],
      outputs: [4, 5, 3],
    };
    const floats = new Float32Array(memory.buffer);
    const x = Float32Array.from({ length: 23 }, (_, i) => Math.sin(i));
    floats.set(x, 0);
    floats[100] = 3;
    instance(region)(0, 400, 0, 800, 1200, 23);
    const scaled = Math.fround(3 * Math.fround(0.1));
    const sums = x.map((v) => v + scaled);
    expect(floats.slice(0, 23)).toEqual(sums);
    expect([...new Uint8Array(memory.buffer, 800, 23)]).toEqual(
      [...sums].map((v) => Number(v > Math.fround(0.1))),
    );
    expect(floats.slice(300, 323)).toEqual(new Float32Array(23).fill(scaled));
  });

  test('keys tell regions apart', () => {
    const region = (value: number, walks: string): Region => ({
      rank: 1,
      inputs: [{ type: F, walks }],
      nodes: [
        { op: 'Const', inputs: [], value },
        { op: 'Add', inputs: [0, 1] },
      ],
      outputs: [2],
    });
    const keys = [region(0, '1'), region(-0, '1'), region(0, '0'), region(1, '1')].map(regionKey);
    expect(new Set(keys).size).toBe(4);
    expect(regionKey(region(1, '1'))).toBe(keys[3]);
    expect(
      regionTypes({ ...region(1, '1'), nodes: [{ op: 'MatMul', inputs: [0, 0] }] }),
    ).toBeNull();
  });

  test('random regions equal their ops one by one', () => {
    const unary = ['Neg', 'Abs', 'Square', 'Tanh', 'Sigmoid', 'Relu', 'Floor', 'Exp'];
    const binary = ['Add', 'Sub', 'Mul', 'Maximum', 'Minimum'];
    const pick = fc.record({ op: fc.nat(), a: fc.nat(), b: fc.nat() });
    const patterns = fc.constantFrom(...SHAPES);
    fc.assert(
      fc.property(fc.array(pick, { minLength: 1, maxLength: 40 }), patterns, (picks, shapes) => {
        const shape = broadcastOf(shapes[0], shapes[1]);
        const { sizes, patterns: walks } = collapse(shape, shapes);
        const operands = shapes.map((s) => operand(F, s));
        const nodes = picks.map(({ op, a, b }, n): RegionNode => {
          const [p, q] = [a % (n + 2), b % (n + 2)];
          const isUnary = op % 2 === 0;
          const list = isUnary ? unary : binary;
          return { op: list[op % list.length]!, inputs: isUnary ? [p] : [p, q] };
        });
        const outputs = [...new Set([nodes.length + 1, 2])];
        const inputs = walks.map((w) => ({ type: F, walks: w }));
        const region = { rank: sizes.length, inputs, nodes, outputs };
        const actual = runRegion(region, operands, sizes);
        const single = nodes.map((_, n) => ({
          ...region,
          nodes: nodes.slice(0, n + 1),
          outputs: [n + 2],
        }));
        // Each value alone, by a region that ends there.
        outputs.forEach((value, o) => {
          const [alone] = runRegion(single[value - 2]!, operands, sizes);
          compare(actual[o]!, alone!, 0, 'fused');
        });
      }),
      { numRuns: 40 },
    );
  });
});
