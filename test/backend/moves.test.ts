/** On the wasm heap a transpose gives what the host kernel gives. */

import { expect, test } from '@jest/globals';
import { heap } from '../../src/backend/backend.ts';
import { EagerContext } from '../../src/backend/context.ts';
import { kernelOf } from '../../src/backend/registry.ts';
import { type BackendValue, hostValue } from '../../src/backend/value.ts';
import { float32, int32 } from '../../src/core/dtype.ts';

const SHAPES: [number[], number[]][] = [
  [
    [70, 90],
    [1, 0],
  ],
  [
    [8, 9, 10, 12],
    [0, 2, 1, 3],
  ],
  [
    [8, 9, 10, 12],
    [-1, 0, 2, 1],
  ],
  [
    [5, 1, 20, 50],
    [1, 0, 2, 3],
  ],
  [
    [2, 3, 4, 5, 6, 7],
    [5, 4, 3, 2, 1, 0],
  ],
  [
    [2, 3, 4, 5, 2, 3, 7],
    [6, 5, 4, 3, 2, 1, 0],
  ],
];

test.each(SHAPES)('%p by %p', (shape, order) => {
  if (heap === null) throw new Error('The wasm backend did not load.');
  const context = new EagerContext();
  const size = shape.reduce((a, b) => a * b, 1);
  const data = Float32Array.from({ length: size }, (_, i) => i);
  const perm = hostValue(int32, [order.length], Int32Array.from(order));
  const before = heap.blocks;
  const x = heap.upload(shape, data);
  const moved = kernelOf('Transpose', heap)!([x, perm], {}, context) as BackendValue;
  const host = hostValue(float32, shape, data);
  const wanted = kernelOf('Transpose')!([host, perm], {}, context) as BackendValue;
  expect(moved.shape).toEqual(wanted.shape);
  expect(moved.data).toEqual(wanted.data);
  moved.release();
  x.release();
  expect(heap.blocks).toBe(before);
});
