/** Index specs as tensors and arrays read them. */

import { expect, test } from '@jest/globals';
import { parseIndexSpecs, sliceRange } from '../../src/core/index_spec.ts';

class Handle {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

const isHandle = (value: unknown): value is Handle => value instanceof Handle;

test('specs become items', () => {
  expect(parseIndexSpecs([1, -2n, null, '...', '1:-3', ' :: -1 '])).toEqual([
    { kind: 'index', index: 1 },
    { kind: 'index', index: -2 },
    { kind: 'newaxis' },
    { kind: 'ellipsis' },
    { kind: 'slice', start: 1, stop: -3, step: null },
    { kind: 'slice', start: null, stop: null, step: -1 },
  ]);
});

test('foreign objects pass through', () => {
  const [i, n] = [new Handle('i'), new Handle('n')];
  expect(parseIndexSpecs([i, { start: i, stop: n }, { step: 2 }], isHandle)).toEqual([
    { kind: 'index', index: i },
    { kind: 'slice', start: i, stop: n, step: null },
    { kind: 'slice', start: null, stop: null, step: 2 },
  ]);
  expect(() => parseIndexSpecs([i as never])).toThrow('only integers, slices (`:`)');
});

test('slices are cut to the axis, as Python’s are', () => {
  const range = (start: number | null, stop: number | null, step: number | null, size: number) =>
    Object.values(sliceRange({ start, stop, step }, size));
  expect(range(null, null, null, 5)).toEqual([0, 1, 5]);
  expect(range(-3, 99, null, 5)).toEqual([2, 1, 3]);
  expect(range(null, null, -1, 5)).toEqual([4, -1, 5]);
  expect(range(99, -99, -2, 5)).toEqual([4, -2, 3]);
  expect(range(3, 1, 1, 5)).toEqual([3, 1, 0]);
  expect(range(null, null, null, 0)).toEqual([0, 1, 0]);
});
