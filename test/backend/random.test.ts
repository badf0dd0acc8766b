/** Random numbers are TensorFlow's to the bit: golden/random.json. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { RunContext } from '../../src/backend/context.ts';
import { normalFloats } from '../../src/backend/random/box_muller.ts';
import '../../src/backend/random/kernels.ts';
import { Philox, Stream, Words } from '../../src/backend/random/philox.ts';
import { logFactorial } from '../../src/backend/random/samplers.ts';
import { kernelOf } from '../../src/backend/registry.ts';
import { SessionState } from '../../src/backend/state.ts';
import { hostValue } from '../../src/backend/value.ts';
import { as_dtype, type Data, float64, int32, newData } from '../../src/core/dtype.ts';
import { InvalidArgumentError } from '../../src/core/errors.ts';
import type { Value } from '../../src/core/kernels.ts';

type Element = number | string | boolean | [number, number];
type Brief =
  | { readonly all: Element[] }
  | { readonly head: Element[]; readonly tail: Element[]; readonly every97: Element[] };
interface Recorded {
  readonly dtype: string;
  readonly shape: number[];
  readonly data: Element[];
}
interface Case {
  readonly op: string;
  readonly attrs: Record<string, number | string>;
  readonly inputs: Recorded[];
  readonly dtype: string;
  readonly shape: number[];
  readonly runs: Brief[];
}

const SPECIAL: Record<string, number> = { nan: NaN, inf: Infinity, '-inf': -Infinity };

/** The recorded elements in the storage of `dtype`. */
function stored(dtype: string, elements: readonly Element[]): Data {
  const data = newData(as_dtype(dtype), elements.length) as (number | string)[];
  elements.flat().forEach((element, i) => {
    const text = typeof element === 'string' && dtype !== 'string';
    data[i] = text ? SPECIAL[element as string]! : (element as number);
  });
  return data as Data;
}

function recalled({ dtype, shape, data }: Recorded): Value {
  return hostValue(as_dtype(dtype), shape, stored(dtype, data));
}

function newContext(): RunContext {
  return new RunContext(new SessionState(), null);
}

function run(op: string, inputs: Value[], attrs: object, context = newContext()): Value {
  const types = Object.entries({ output_dtype: 'int64', ...attrs }).map(([key, value]) => [
    key,
    typeof value === 'string' ? as_dtype(value) : value,
  ]);
  return kernelOf(op)!(inputs, Object.fromEntries(types), context) as Value;
}

/** The same brief of our numbers as the recording has of TensorFlow's. */
function briefOf(data: Data, recorded: Brief): Data[] {
  if ('all' in recorded) return [data];
  const every97 = (data as Float64Array).filter((_, i) => i % 97 === 0);
  return [
    data.slice(0, recorded.head.length),
    data.slice(-recorded.tail.length),
    every97,
  ] as Data[];
}

function expectNumbers(actual: Data, expected: Data, exact: boolean): void {
  if (exact) {
    expect(actual).toEqual(expected);
    return;
  }
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const wanted = expected[i] as number;
    expect(Math.abs((actual[i] as number) - wanted)).toBeLessThanOrEqual(1e-13 * Math.abs(wanted));
  }
}

const golden = new URL('../golden/random.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(golden, 'utf8')) as { cases: Case[] };

describe('random kernels', () => {
  for (const op of new Set(cases.map((row) => row.op))) {
    for (const dtype of new Set(cases.filter((row) => row.op === op).map((row) => row.dtype))) {
      test(`${op} of ${dtype}`, () => {
        const rows = cases.filter((row) => row.op === op && row.dtype === dtype);
        for (const row of rows) expectRuns(row);
      });
    }
  }
});

/** Every run of a recorded session. Doubles may differ in the last bits of log, sin and pow. */
function expectRuns(row: Case): void {
  const context = newContext();
  const exact = row.dtype !== 'float64' || row.op.includes('Uniform');
  for (const recorded of row.runs) {
    const { dtype, shape, data } = run(row.op, row.inputs.map(recalled), row.attrs, context);
    expect({ ...row, dtype: dtype.name, shape }).toEqual(row);
    const parts = briefOf(data, recorded);
    Object.values(recorded).forEach((part: Element[], i) => {
      expectNumbers(parts[i]!, stored(row.dtype, part), exact);
    });
  }
}

describe('Philox', () => {
  test('the known answers of the Random123 distribution', () => {
    const all = [-1, -1, -1, -1];
    const pi = [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344];
    const answers: [number[], number[], number[]][] = [
      [
        [0, 0],
        [0, 0, 0, 0],
        [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
      ],
      [[-1, -1], all, [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]],
      [[0xa4093822, 0x299f31d0], pi, [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]],
    ];
    for (const [key, counter, expected] of answers) {
      const out = new Int32Array(4);
      new Philox(key, counter).fill(out, 0, 1);
      expect([...new Uint32Array(out.buffer)]).toEqual(expected);
    }
  });

  test.each([
    [[-2, 5, 6, 7], 3],
    [[-2, -1, 6, 7], 3],
    [[-2, -1, -1, 7], 3],
    [[-1, -1, -1, -1], 1],
    [[9, 5, 6, 7], 2 ** 33 + 5],
    [[-1, -1, 6, 7], 2 ** 52 + 1],
  ])('skipping from %j by %d goes where counting goes', (counter, blocks) => {
    const total = counter.reduceRight((sum, word) => (sum << 32n) | BigInt(word >>> 0), 0n);
    const target = total + BigInt(blocks);
    const words = [0n, 32n, 64n, 96n].map((shift) => Number((target >> shift) & 0xffffffffn));
    const skipped = new Philox([1, 2], counter);
    skipped.skip(blocks);
    expect(skipped).toEqual(new Philox([1, 2], words));
    if (blocks > 5) return;
    const read = new Philox([1, 2], counter);
    read.fill(new Int32Array(4 * blocks), 0, blocks);
    expect(read).toEqual(skipped);
  });

  test.each([
    [[0, 0, 0, 0], 3000, 1],
    [[77, -5, 6, 7], 130, 256],
    [[-40, 5, 6, 7], 100, 1],
    [[-300, -1, -1, 7], 20, 64],
  ])(
    'many blocks from %j, %d in steps of %d, are those made one by one',
    (counter, blocks, stride) => {
      const many = new Int32Array(4 * blocks + 8);
      const generator = new Philox([5, -6], counter);
      generator.fill(many, 4, blocks, stride);
      const single = new Int32Array(4 * blocks + 8);
      const slow = new Philox([5, -6], counter);
      for (let i = 0; i < blocks; i++) {
        slow.fill(single, 4 + 4 * i, 1);
        slow.skip(stride - 1);
      }
      expect(many).toEqual(single);
      expect(generator).toEqual(slow);
    },
  );

  test('words come one by one in the order of the blocks', () => {
    const block = new Int32Array(12);
    new Philox([3, 4], [0, 0, 0, 0]).fill(block, 0, 3);
    const words = new Words(new Philox([3, 4], [0, 0, 0, 0]));
    expect(Int32Array.from(block, () => words.next())).toEqual(block);
  });

  test('two zero seeds give a stream that differs each time', () => {
    const read = () => {
      const out = new Int32Array(4);
      new Stream(0, 0).reserve(1).fill(out, 0, 1);
      return [...out];
    };
    expect(read()).not.toEqual(read());
  });
});

describe('distributions', () => {
  test('a logarithm of 0 is avoided', () => {
    const out = new Float32Array(2);
    normalFloats(Int32Array.of(0, 0), out);
    expect(out).toEqual(Float32Array.of(0, Math.sqrt(-2 * Math.log(Math.fround(1e-7)))));
  });

  test('log n! is as exact as doubles are', () => {
    let sum = 0;
    for (let n = 1; n < 400; n++) {
      sum += Math.log(n);
      expect(Math.abs(logFactorial(n) - sum)).toBeLessThan(1e-13 * Math.max(1, sum));
    }
    expect(logFactorial(0)).toBe(0);
  });

  test('rates that are no numbers come back, and those beyond the type are refused', () => {
    const shape = hostValue(int32, [0], new Int32Array(0));
    const rate = hostValue(float64, [3], Float64Array.of(-1, Infinity, NaN));
    const attrs = { dtype: 'float32', seed: 1, seed2: 2 };
    expect(run('RandomPoissonV2', [shape, rate], attrs).data).toEqual(
      Float32Array.of(0, Infinity, NaN),
    );
    const big = hostValue(float64, [], Float64Array.of(1e10));
    expect(() => run('RandomPoissonV2', [shape, big], { ...attrs, dtype: 'int32' })).toThrow(
      'rate 10000000000 is beyond the numbers of int32',
    );
  });
});

describe('errors', () => {
  const ints = (values: number[], shape = [values.length]) =>
    hostValue(int32, shape, Int32Array.from(values));
  const floats = (values: number[], shape = [values.length]) =>
    hostValue(as_dtype('float32'), shape, Float32Array.from(values));
  const one = floats([1], []);
  const attrs = { dtype: 'float32', Tout: 'int32', seed: 1, seed2: 2 };
  const rows: [string, Value[], string][] = [
    ['RandomUniform', [ints([2, -1])], 'Dimension -1 must be >= 0'],
    ['TruncatedNormal', [ints([3], [])], 'shape must be a vector of {int32,int64}, got shape []'],
    [
      'RandomStandardNormal',
      [ints([3], [1, 1])],
      'shape must be a vector of {int32,int64}, got shape [1,1]',
    ],
    [
      'RandomUniformInt',
      [ints([2]), ints([5], []), ints([5], [])],
      'Need minval < maxval, got 5 >= 5',
    ],
    [
      'RandomUniformInt',
      [ints([2]), ints([5]), ints([5], [])],
      'minval must be 0-D, got shape [1]',
    ],
    [
      'RandomUniformInt',
      [ints([2]), ints([5], []), ints([5])],
      'maxval must be 0-D, got shape [1]',
    ],
    ['StatelessRandomUniform', [ints([2]), ints([1, 2, 3])], 'seed must have shape [2], not [3]'],
    ['StatelessRandomNormal', [ints([-2]), ints([1, 2])], 'Dimension -2 must be >= 0'],
    ['Multinomial', [floats([1, 2]), ints([3], [])], 'logits should be a matrix, got shape [2]'],
    [
      'Multinomial',
      [floats([1, 2], [1, 2]), ints([3])],
      'num_samples should be a scalar, got shape [1]',
    ],
    [
      'Multinomial',
      [floats([1, 2], [1, 2]), ints([-1], [])],
      'num_samples should be non-negative, got -1',
    ],
    ['Multinomial', [floats([], [2, 0]), ints([1], [])], 'num_classes should be positive, got 0'],
    [
      'StatelessMultinomial',
      [floats([1, 2], [1, 2]), ints([1], []), ints([1])],
      'seed must have shape [2], not [1]',
    ],
    ['RandomGamma', [ints([-3]), one], 'Dimension -3 must be >= 0'],
    ['RandomPoissonV2', [ints([-3]), one], 'Dimension -3 must be >= 0'],
    [
      'ParameterizedTruncatedNormal',
      [ints([3], []), one, one, one, one],
      'Input shape should be a vector, got shape: []',
    ],
    ['ParameterizedTruncatedNormal', [ints([3]), one, one, one, one], 'Invalid parameters'],
    [
      'ParameterizedTruncatedNormal',
      [ints([3]), floats([1, 2]), one, one, one],
      'Input means should have length 1 or shape[0], got shape: [2]',
    ],
    [
      'ParameterizedTruncatedNormal',
      [ints([3]), one, one, one, floats([1, 2], [1, 2])],
      'Input maxvals should be a scalar or vector, got shape: [1,2]',
    ],
  ];
  test.each(rows)('%s %#', (op, inputs, text) => {
    let caught: unknown;
    try {
      run(op, inputs, attrs);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(InvalidArgumentError);
    expect((caught as Error).message).toBe(text);
  });
});
