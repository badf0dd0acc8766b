/**
 * Checkpoints of both versions, in memory: slices in any pieces, what is read of them, and damage of
 * any kind, which is told and takes no memory.
 */

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  as_dtype,
  type Data,
  type DType,
  float32,
  int64,
  newData,
  string,
} from '../../../src/core/dtype.ts';
import { NotFoundError, OpError } from '../../../src/core/errors.ts';
import {
  fullSlice,
  parseShapeAndSlice,
  shapeOfSlice,
  type TensorSlice,
} from '../../../src/core/tensor_slice.ts';
import { BundleReader, dataPath, indexPath } from '../../../src/formats/checkpoint/bundle.ts';
import { BundleWriter } from '../../../src/formats/checkpoint/bundle_writer.ts';
import { type Checkpoint, sizeOf } from '../../../src/formats/checkpoint/checkpoint.ts';
import { SavedSlicesReader } from '../../../src/formats/checkpoint/saved_slices.ts';
import { SavedSlicesWriter } from '../../../src/formats/checkpoint/saved_slices_writer.ts';
import { Table } from '../../../src/formats/checkpoint/table.ts';
import { sliceKey } from '../../../src/formats/checkpoint/table_keys.ts';
import { TableWriter } from '../../../src/formats/checkpoint/table_writer.ts';
import { MemorySink, MemorySource } from './memory_files.ts';

type Files = Record<string, Uint8Array>;
interface Stored {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly slices: readonly TensorSlice[];
  readonly data: Data;
}

/** The elements of a slice of a tensor. */
function cut({ dtype, shape, data }: Stored, slice: TensorSlice): Data {
  const sizes = shapeOfSlice(slice, shape);
  const out = newData(dtype, sizeOf(sizes));
  for (let i = 0; i < out.length; i++) {
    let rest = i;
    let at = 0;
    let stride = 1;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      at += ((rest % sizes[axis]!) + (slice[axis]?.start ?? 0)) * stride;
      rest = Math.floor(rest / sizes[axis]!);
      stride *= shape[axis]!;
    }
    out[i] = data[at]!;
  }
  return out;
}

function bundle(tensors: readonly Stored[]): Files {
  const [data, index] = [new MemorySink(), new MemorySink()];
  const writer = new BundleWriter(data);
  for (const tensor of tensors) {
    for (const slice of tensor.slices) {
      const part = {
        ...tensor,
        shape: shapeOfSlice(slice, tensor.shape),
        data: cut(tensor, slice),
      };
      writer.addSlice(tensor.name, tensor.shape, slice, part);
    }
  }
  writer.finish(index);
  return { [indexPath('m')]: index.bytes, [dataPath('m', 0, 1)]: data.bytes };
}

function savedSlices(tensors: readonly Stored[]): Files {
  const file = new MemorySink();
  const writer = new SavedSlicesWriter();
  for (const tensor of tensors) {
    for (const slice of tensor.slices) {
      const part = {
        ...tensor,
        shape: shapeOfSlice(slice, tensor.shape),
        data: cut(tensor, slice),
      };
      writer.add(tensor.name, tensor.shape, slice, part);
    }
  }
  writer.finish(file);
  return { m: file.bytes };
}

const opener = (files: Files) => (path: string) => {
  const bytes = files[path];
  if (!bytes) throw new NotFoundError(null, null, `${path}; No such file or directory`);
  return new MemorySource(bytes);
};
const KINDS = [
  ['bundle', bundle, (files: Files) => new BundleReader('m', opener(files))],
  [
    'first version',
    savedSlices,
    (files: Files) => new SavedSlicesReader('m', ['m'], opener(files)),
  ],
] as const;

function read(checkpoint: Checkpoint, name: string, slice: TensorSlice | null = null): Data {
  const tensor = checkpoint.open(name, slice);
  const data = newData(tensor.dtype, sizeOf(tensor.shape));
  tensor.readInto(data);
  return data;
}

/** A shape, cuts of its axes, and a slice. */
const shaped = fc
  .array(fc.integer({ min: 1, max: 5 }), { maxLength: 3 })
  .chain((shape) =>
    fc.tuple(
      fc.constant(shape),
      fc.tuple(
        ...shape.map((dim) => fc.subarray(Array.from({ length: dim - 1 }, (_, i) => i + 1))),
      ),
      fc.tuple(
        ...shape.map((dim) =>
          fc
            .tuple(fc.integer({ min: 0, max: dim - 1 }), fc.integer({ min: 1, max: dim }))
            .map(([start, length]) => ({ start, length: Math.min(length, dim - start) })),
        ),
      ),
      fc.constantFrom('float32', 'int64', 'string', 'float16', 'bool'),
    ),
  );

/** All pieces between the cuts. */
function pieces(shape: readonly number[], cuts: readonly (readonly number[])[]): TensorSlice[] {
  let slices: TensorSlice[] = [[]];
  shape.forEach((dim, axis) => {
    const ends = [0, ...cuts[axis]!, dim];
    const parts = ends.slice(1).map((end, i) => ({ start: ends[i]!, length: end - ends[i]! }));
    slices = slices.flatMap((slice) => parts.map((part) => [...slice, part]));
  });
  return slices;
}

describe.each(KINDS)('%s', (_, write, open) => {
  test('slices are read from whatever pieces there are', () => {
    fc.assert(
      fc.property(shaped, ([shape, cuts, slice, type]) => {
        const dtype = as_dtype(type);
        const data = newData(dtype, sizeOf(shape));
        for (let i = 0; i < data.length; i++) {
          data[i] = type === 'string' ? `text ${i}` : type === 'bool' ? i % 2 : i;
        }
        const tensor = { name: 'x', dtype, shape, slices: pieces(shape, cuts), data };
        const checkpoint = open(write([tensor]));
        expect(checkpoint.info('x')).toMatchObject({ dtype, shape });
        expect(read(checkpoint, 'x')).toEqual(data);
        expect(read(checkpoint, 'x', slice)).toEqual(cut(tensor, slice));
      }),
      { numRuns: 300 },
    );
  });

  const whole = (name: string, dtype: DType, shape: number[], data: Data): Stored => ({
    name,
    dtype,
    shape,
    slices: [fullSlice(shape.length)],
    data,
  });
  const files = write([
    whole('a/w', float32, [2, 3], Float32Array.of(1, 2, 3, 4, 5, 6)),
    whole('b', string, [2], ['x', 'yz']),
    whole('c', int64, [], Float64Array.of(5)),
    { ...whole('p', float32, [4], Float32Array.of(1, 2, 3, 4)), slices: pieces([4], [[1, 3]]) },
  ]);

  test('any changed byte is told, or changes nothing', () => {
    for (const [name, bytes] of Object.entries(files)) {
      for (let at = 0; at < bytes.length; at++) {
        const file = bytes.slice();
        file[at]! ^= 1 << (at % 8);
        checkDamaged({ ...files, [name]: file });
      }
    }
  });

  test('so is any cut', () => {
    for (const [name, bytes] of Object.entries(files)) {
      for (let at = 0; at < bytes.length; at += 3) {
        checkDamaged({ ...files, [name]: bytes.slice(0, at) });
      }
    }
  });

  function checkDamaged(damaged: Files): void {
    try {
      const checkpoint = open(damaged);
      for (const name of ['a/w', 'b', 'c', 'p']) {
        expect(read(checkpoint, name)).toEqual(read(open(files), name));
      }
    } catch (error) {
      if (!(error instanceof OpError)) throw error;
    }
  }

  test('messages that mean anything at all are no danger', () => {
    const main = write === bundle ? indexPath('m') : 'm';
    const entries = [...new Table(new MemorySource(files[main]!)).entries()];
    fc.assert(
      fc.property(
        fc.nat(entries.length - 1),
        fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (which, changes) => {
          const sink = new MemorySink();
          const table = new TableWriter(sink);
          entries.forEach(({ key, value }, i) => {
            const changed = value.slice();
            if (i === which) for (const [at, byte] of changes) changed[at % changed.length] = byte;
            table.add(key, changed);
          });
          table.finish();
          const changed = { ...files, [main]: sink.bytes };
          try {
            const checkpoint = open(changed);
            for (const name of checkpoint.names()) {
              const { shape } = checkpoint.open(name);
              // No more elements than the files have bytes.
              expect(sizeOf(shape)).toBeLessThan(2000);
              read(checkpoint, name);
            }
          } catch (error) {
            if (!(error instanceof OpError)) throw error;
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

test('a bundle reads what is asked for and nothing else', () => {
  const big = { name: 'big', dtype: float32, shape: [100_000], slices: [fullSlice(1)] };
  const files = bundle([
    { ...big, data: new Float32Array(100_000) },
    { ...big, name: 'small', shape: [1], data: Float32Array.of(3) },
  ]);
  const sources = new Map<string, MemorySource>();
  const checkpoint = new BundleReader('m', (path) => {
    const source = new MemorySource(files[path]!);
    sources.set(path, source);
    return source;
  });
  expect(checkpoint.names()).toEqual(['big', 'small']);
  expect(sources.has(dataPath('m', 0, 1))).toBe(false);
  expect(read(checkpoint, 'small')).toEqual(Float32Array.of(3));
  expect(sources.get(dataPath('m', 0, 1))!.taken).toBe(4);
});

describe('specifications of slices', () => {
  test.each([
    ['4 3 0,2:-', [4, 3], [{ start: 0, length: 2 }, null], [2, 3]],
    ['5 1,4', [5], [{ start: 1, length: 4 }], [4]],
    [' ', [], [], []],
  ])('%j', (text, shape, slice, sliceShape) => {
    expect(parseShapeAndSlice(text)).toEqual({ shape, slice, sliceShape });
  });

  test.each([
    ['foo', 'Need least two elements in shape_and_slice specification: foo'],
    ['x 3 0,2:-', 'Non numerical dimension in shape_and_slice: x 3 0,2:-'],
    ['4 3 0,2', 'Mismatching ranks: shape = [4,3], slice = 0,2'],
    ['4 3 0,5:-', 'Extent in dimension 0 out of bounds: shape = [4,3], slice = 0,5:-'],
    [
      '4 3 0,0:-',
      'Expected non-negative start and positive length but got start = 0, length = 0: string = 0,0:-',
    ],
    ['4 3 b:-', "Expected a pair of numbers or '-' but got 'b': string = b:-"],
  ])('%s', (text, message) => {
    expect(() => parseShapeAndSlice(text)).toThrow(message);
  });

  test('keys of slices sort as their starts do', () => {
    const keyOf = (start: number) => Buffer.from(sliceKey('x', [{ start, length: 3 }]));
    const starts = [0, 1, 63, 64, 65, 8191, 8192, 2 ** 20, 2 ** 31, 2 ** 40];
    const sorted = starts.map(keyOf).sort(Buffer.compare);
    expect(sorted).toEqual(starts.map(keyOf));
    expect(
      sliceKey('part', [
        { start: 4, length: 3 },
        { start: 0, length: 2 },
      ]),
    ).toEqual(Uint8Array.of(0, 112, 97, 114, 116, 0, 1, 1, 2, 0x84, 0x83, 0x80, 0x82));
  });
});
