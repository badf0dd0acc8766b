/** Classes by number, with fixed addresses: what kernels give, and the errors that they raise. */

import { describe, expect, test } from '@jest/globals';
import { bool, float32, int32 } from '../../src/core/dtype.ts';
import {
  callOf,
  expectClose,
  floats,
  type Given,
  hostResults,
  integers,
  nodeOf,
  placedResults,
  sizes,
} from './placed_calls.ts';

const scalar = (dtype: typeof float32, value: number): Given => ({
  dtype,
  shape: [],
  data: dtype === int32 ? Int32Array.of(value) : Float32Array.of(value),
  isKnown: true,
});

describe('one hot', () => {
  test.each([
    [[5], -1, float32],
    [[5], 0, float32],
    [[2, 3], 1, float32],
    [[2, 3], 2, int32],
    [[], 0, float32],
  ] as const)('%j along %i', (shape, axis, dtype) => {
    const count = shape.reduce<number>((a, b) => a * b, 1);
    const indices = integers(shape, [3, -1, 0, 4, 2, 1].slice(0, count));
    const inputs = [indices, scalar(int32, 4), scalar(dtype, 7), scalar(dtype, -2)];
    const expected = hostResults('OneHot', inputs, { axis });
    const [y] = placedResults('OneHot', inputs, { axis }, expected);
    expect(y!.data).toEqual(expected[0]!.data);
  });

  test('of other types is left to the kernel', () => {
    const truth = { ...scalar(int32, 1), dtype: bool, data: Uint8Array.of(1) };
    const inputs = [integers([2], [0, 1]), scalar(int32, 4), truth, truth];
    const output = { dtype: bool, shape: [2, 4] };
    expect(callOf(nodeOf('OneHot', inputs, { axis: -1 }, [output]))).toBeNull();
  });
});

describe('cross entropy of class numbers', () => {
  test('of labels that are given late', () => {
    const inputs = [floats(4, 5), integers([4], [4, 0, 2, 2])];
    const expected = hostResults('SparseSoftmaxCrossEntropyWithLogits', inputs, {});
    const actual = placedResults('SparseSoftmaxCrossEntropyWithLogits', inputs, {}, expected);
    actual.forEach((y, i) => {
      expectClose(y, expected[i]!);
    });
  });

  test.each([5, -1])('label %i of 5 classes is an error', (label) => {
    const inputs = [floats(3, 5), integers([3], [1, label, 0])];
    const outputs = [floats(3), floats(3, 5)];
    expect(() => placedResults('SparseSoftmaxCrossEntropyWithLogits', inputs, {}, outputs)).toThrow(
      `Received a label value of ${label} which is outside the valid range of [0, 5).`,
    );
  });

  test('labels of another shape are left to the kernel', () => {
    const inputs = [floats(3, 5), sizes(1, 2)];
    const outputs = [floats(3), floats(3, 5)];
    expect(callOf(nodeOf('SparseSoftmaxCrossEntropyWithLogits', inputs, {}, outputs))).toBeNull();
  });
});
