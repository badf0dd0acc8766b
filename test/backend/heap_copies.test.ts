/** Copies between heap values, and rows moved by index, give what the host gives. */

import { expect, test } from '@jest/globals';
import { heap } from '../../src/backend/backend.ts';
import { EagerContext, RunContext } from '../../src/backend/context.ts';
import { kernelOf } from '../../src/backend/registry.ts';
import { SmallPool } from '../../src/backend/small_pool.ts';
import { SessionState } from '../../src/backend/state.ts';
import { type BackendValue, handleValue, hostValue } from '../../src/backend/value.ts';
import { copiesModule } from '../../src/compiler/copies.ts';
import { float32, int32 } from '../../src/core/dtype.ts';
import type { Attrs, Value } from '../../src/core/kernels.ts';

const hostContext = new EagerContext();
const heapContext = new RunContext(new SessionState(), heap, new SmallPool());

const numbers = (shape: readonly number[], phase: number) =>
  Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i + phase));
const ints = (shape: readonly number[], list: readonly number[]): BackendValue =>
  hostValue(int32, shape, Int32Array.from(list));

type Input = readonly number[] | BackendValue;
const isShape = (input: Input): input is readonly number[] => Array.isArray(input);

/** Runs a kernel on host values and on heap values; shapes stand for float32 numbers. */
function agree(type: string, inputs: readonly Input[], attrs: Attrs, tolerance = 0): void {
  const before = heap!.blocks;
  const make = (where: typeof heap) =>
    inputs.map((input, i) => {
      if (!isShape(input)) return input;
      const data = numbers(input, i);
      return where ? where.upload(input, data) : hostValue(float32, input, data);
    });
  const given = make(heap);
  const outputs = (where: typeof heap, values: readonly Value[]) =>
    [
      kernelOf(type, where)!(values, attrs, where ? heapContext : hostContext),
    ].flat() as BackendValue[];
  const expected = outputs(null, make(null));
  const actual = outputs(heap, given);
  expected.forEach((e, o) => {
    const a = actual[o]!;
    expect(a.shape).toEqual(e.shape);
    const [p, q] = [a.data as Float32Array, e.data as Float32Array];
    const wrong = [...q.keys()].filter((i) => !(Math.abs(p[i]! - q[i]!) <= tolerance));
    expect(wrong).toEqual([]);
  });
  for (const value of actual) value.release();
  given.forEach((value, i) => {
    if (isShape(inputs[i]!)) value.release();
  });
  expect(heap!.blocks).toBe(before);
}

const NO_MASKS = {
  begin_mask: 0,
  end_mask: 0,
  ellipsis_mask: 0,
  new_axis_mask: 0,
  shrink_axis_mask: 0,
};
const CASES: [string, Input[], Attrs][] = [
  ['ConcatV2', [[70, 61], [70, 100], ints([], [1])], { N: 2 }],
  ['ConcatV2', [[40, 128], [41, 128], ints([], [0])], { N: 2 }],
  ['ConcatV2', [[9, 7, 90], [9, 2, 90], [9, 1, 90], ints([], [1])], { N: 3 }],
  ['Split', [ints([], [1]), [70, 240]], { num_split: 2 }],
  ['SplitV', [[3, 90, 70], ints([2], [20, 70]), ints([], [1])], { num_split: 2 }],
  ['Slice', [[90, 110], ints([2], [3, 5]), ints([2], [80, 99])], {}],
  ['Slice', [[9, 10, 11, 12], ints([4], [1, 2, 3, 0]), ints([4], [8, 8, 8, 12])], {}],
  [
    'StridedSlice',
    [[90, 120], ints([2], [89, 0]), ints([2], [-91, 120]), ints([2], [-1, 2])],
    NO_MASKS,
  ],
  [
    'StridedSlice',
    [[60, 200], ints([2], [0, 199]), ints([2], [60, -201]), ints([2], [1, -1])],
    NO_MASKS,
  ],
  ['Pad', [[20, 30, 10], ints([3, 2], [1, 2, 0, 3, 1, 0])], {}],
  ['Tile', [[30, 40], ints([2], [2, 3])], {}],
  ['Tile', [[100, 1], ints([2], [1, 70])], {}],
  ['ReverseV2', [[70, 80], ints([1], [0])], {}],
  ['ReverseV2', [[70, 80], ints([2], [1, 0])], {}],
  [
    'Pack',
    [
      [70, 80],
      [70, 80],
      [70, 80],
    ],
    { axis: 1, N: 3 },
  ],
  [
    'Pack',
    [
      [70, 80],
      [70, 80],
    ],
    { axis: 2, N: 2 },
  ],
  ['Unpack', [[70, 3, 80]], { axis: 1, num: 3 }],
  ['Transpose', [[9, 10, 60], ints([3], [1, 0, 2])], {}],
  ['Transpose', [[90, 61], ints([2], [1, 0])], {}],
  ['Transpose', [[2, 3, 4, 5, 60], ints([5], [3, 2, 1, 0, 4])], {}],
  [
    'GatherV2',
    [
      [100, 67],
      ints(
        [4, 20],
        Array.from({ length: 80 }, (_, i) => (i * 37) % 100),
      ),
      ints([], [0]),
    ],
    {},
  ],
  [
    'Gather',
    [
      [6000],
      ints(
        [5000],
        Array.from({ length: 5000 }, (_, i) => (i * 37) % 6000),
      ),
    ],
    {},
  ],
  [
    'GatherV2',
    [
      [5, 30, 40],
      ints(
        [50],
        Array.from({ length: 50 }, (_, i) => i % 30),
      ),
      ints([], [1]),
    ],
    {},
  ],
];

test.each(CASES)('%s %#', (type, inputs, attrs) => {
  agree(type, inputs, attrs);
});

test('UnsortedSegmentSum', () => {
  const ids = Array.from({ length: 100 }, (_, i) => ((i * 7) % 60) - 1);
  agree('UnsortedSegmentSum', [[100, 71], ints([100], ids), ints([], [90])], {}, 1e-6);
  agree('UnsortedSegmentSum', [[10, 10, 71], ints([10, 10], ids), ints([], [59])], {}, 1e-6);
});

test.each(['ScatterAdd', 'ScatterSub', 'ResourceScatterAdd'])(
  '%s, with indices that repeat',
  (type) => {
    const before = heap!.blocks;
    const indices = ints(
      [80],
      Array.from({ length: 80 }, (_, i) => (i * 7) % 50),
    );
    const results = [null, heap].map((where) => {
      const context = new RunContext(new SessionState(), where, new SmallPool());
      const make = (shape: number[], phase: number) =>
        where
          ? where.upload(shape, numbers(shape, phase))
          : hostValue(float32, shape, numbers(shape, phase));
      const cell = context.variable('', 'v', float32, [50, 93]);
      cell.adopt(make([50, 93], 1));
      const updates = make([80, 93], 2);
      kernelOf(type, where)!([handleValue(float32, cell), indices, updates], {}, context);
      const result = (cell.value!.data as Float32Array).slice();
      updates.release();
      context.state_.clear();
      return result;
    });
    expect(Math.max(...results[0]!.map((v, i) => Math.abs(v - results[1]![i]!)))).toBeLessThan(
      2e-6,
    );
    expect(heap!.blocks).toBe(before);
  },
);

test('indices outside are the host kernel’s to refuse', () => {
  const params = heap!.upload([100, 60], numbers([100, 60], 0));
  const indices = ints(
    [90],
    Array.from({ length: 90 }, (_, i) => i + 20),
  );
  expect(() =>
    kernelOf('GatherV2', heap)!([params, indices, ints([], [0])], {}, hostContext),
  ).toThrow('is not in [0, 100)');
  params.release();
});

test('boxes stay inside their lines', () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const module = new WebAssembly.Module(copiesModule() as BufferSource);
  const { box } = new WebAssembly.Instance(module, { env: { memory } }).exports as {
    box(...numbers: number[]): void;
  };
  const floats = new Float32Array(memory.buffer);
  for (let width = 1; width < 40; width++) {
    floats
      .fill(7)
      .subarray(0, 200)
      .forEach((_, i) => {
        floats[i] = i;
      });
    const lines = 3;
    box(4000, 4, 1, 0, 0, 1, 0, 0, lines, 4 * (width + 1), 4 * 41, width, 4, 4);
    for (let line = 0; line < lines; line++) {
      for (let i = 0; i <= width; i++) {
        expect(floats[1000 + line * (width + 1) + i]).toBe(i < width ? 1 + line * 41 + i : 7);
      }
    }
  }
});
