/** Convolutions and poolings with fixed addresses give what the host's kernels do. */

import { describe, expect, test } from '@jest/globals';
import type { Attrs } from '../../src/core/kernels.ts';
import {
  callOf,
  expectClose,
  floats,
  type Given,
  hostResults,
  nodeOf,
  placedResults,
  sizes,
} from './placed_calls.ts';

/** Expects the op's call to give what its kernel does on the host; answers that. */
function agree(type: string, inputs: readonly Given[], attrs: Attrs): Given {
  const expected = hostResults(type, inputs, attrs);
  const actual = placedResults(type, inputs, attrs, expected);
  expectClose(actual[0]!, expected[0]!);
  return expected[0]!;
}

const GEOMETRIES = [
  [[1, 1, 1, 1], [1, 1, 1, 1], 1, 1, 'SAME'],
  [[3, 12, 11, 8], [3, 3, 8, 12], 1, 1, 'SAME'],
  [[2, 28, 28, 1], [5, 5, 1, 32], 1, 1, 'SAME'],
  [[2, 15, 14, 3], [4, 3, 3, 16], 2, 1, 'SAME'],
  [[2, 15, 16, 5], [3, 3, 5, 9], 2, 1, 'VALID'],
  [[9, 6, 7, 16], [3, 3, 16, 16], 1, 1, 'VALID'],
  [[2, 14, 13, 8], [1, 1, 8, 5], 1, 1, 'SAME'],
  [[2, 14, 13, 8], [1, 1, 8, 5], 2, 1, 'SAME'],
  [[2, 20, 9, 6], [3, 1, 6, 4], 1, 2, 'SAME'],
  [[2, 13, 12, 5], [3, 3, 5, 7], 1, 2, 'SAME'],
  [[2, 17, 18, 3], [3, 2, 3, 7], 1, 3, 'VALID'],
  [[1, 40, 40, 3], [7, 7, 3, 8], 3, 1, 'SAME'],
  // One image is unrolled in several parts.
  [[2, 45, 40, 16], [5, 5, 16, 8], 1, 1, 'SAME'],
  [[1, 60, 50, 24], [4, 4, 24, 3], 1, 2, 'VALID'],
  // Windows that leave pixels out.
  [[2, 11, 10, 4], [1, 2, 4, 3], 3, 1, 'SAME'],
] as const;

const attrsOf = (stride: number, rate: number, padding: string): Attrs => ({
  strides: [1, stride, stride, 1],
  dilations: [1, rate, rate, 1],
  padding,
  data_format: 'NHWC',
});

describe('convolution', () => {
  test.each(GEOMETRIES)(
    '%j by %j, stride %d, rate %d, %s',
    (image, filter, stride, rate, padding) => {
      const attrs = attrsOf(stride, rate, padding);
      const [x, w] = [floats(...image), floats(...filter)];
      const y = agree('Conv2D', [x, w], attrs);
      const dy = floats(...y.shape);
      agree('Conv2DBackpropInput', [sizes(...image), w, dy], attrs);
      agree('Conv2DBackpropFilter', [x, sizes(...filter), dy], attrs);
      const bias = floats(filter[3]);
      const [sum] = hostResults('BiasAdd', [y, bias], { data_format: 'NHWC' });
      const [relu] = hostResults('Relu', [sum!], {});
      const [actual] = placedResults('Conv2D', [x, w], attrs, [y], { activation: 'relu', bias });
      expectClose(actual!, relu!);
    },
  );

  test('passes on what is not a number', () => {
    const attrs = attrsOf(1, 1, 'SAME');
    const [x, w] = [floats(1, 9, 9, 2), floats(3, 3, 2, 8)];
    [x.data[20], x.data[77], x.data[130]] = [Number.NaN, Infinity, -Infinity];
    agree('Conv2D', [x, w], attrs);
  });

  test('leaves other layouts and types to kernels', () => {
    const [x, w] = [floats(1, 9, 9, 2), floats(3, 3, 2, 8)];
    const attrs = attrsOf(1, 1, 'SAME');
    const [y] = hostResults('Conv2D', [x, w], attrs);
    expect(callOf(nodeOf('Conv2D', [x, w], attrs, [y!]))).not.toBeNull();
    expect(callOf(nodeOf('Conv2D', [x, w], { ...attrs, data_format: 'NCHW' }, [y!]))).toBeNull();
    const unknown = { ...sizes(1, 9, 9, 2), isKnown: false };
    const inputs = [unknown, w, y!];
    expect(callOf(nodeOf('Conv2DBackpropInput', inputs, attrs, [x]))).toBeNull();
  });
});

describe('depthwise convolution', () => {
  test.each([
    [[2, 14, 13, 8], [3, 3, 8, 1], 1, 1, 'SAME'],
    [[1, 9, 8, 32], [3, 3, 32, 1], 2, 1, 'SAME'],
    [[3, 15, 14, 12], [3, 3, 12, 1], 2, 1, 'VALID'],
    [[2, 11, 12, 4], [5, 4, 4, 1], 1, 1, 'SAME'],
    [[2, 16, 15, 4], [3, 3, 4, 1], 1, 2, 'SAME'],
    [[1, 20, 3, 20], [7, 7, 20, 1], 1, 1, 'SAME'],
  ] as const)('%j by %j, stride %d, rate %d, %s', (image, filter, stride, rate, padding) => {
    const attrs = attrsOf(stride, rate, padding);
    const [x, w] = [floats(...image), floats(...filter)];
    const y = agree('DepthwiseConv2dNative', [x, w], attrs);
    const dy = floats(...y.shape);
    agree('DepthwiseConv2dNativeBackpropInput', [sizes(...image), w, dy], attrs);
    agree('DepthwiseConv2dNativeBackpropFilter', [x, sizes(...filter), dy], attrs);
  });
});

describe('pooling', () => {
  const CASES = [
    [[2, 8, 8, 4], [2, 2], 2, 'SAME'],
    [[3, 7, 9, 8], [2, 2], 2, 'SAME'],
    [[3, 7, 9, 8], [3, 2], 1, 'SAME'],
    [[2, 7, 9, 12], [3, 3], 2, 'VALID'],
    [[2, 9, 9, 4], [1, 1], 2, 'SAME'],
    [[1, 7, 7, 16], [7, 7], 1, 'VALID'],
    [[1, 11, 10, 4], [2, 2], 3, 'SAME'],
  ] as const;
  const pooling = (
    [height, width]: readonly [number, number],
    stride: number,
    padding: string,
  ) => ({
    ksize: [1, height, width, 1],
    strides: [1, stride, stride, 1],
    padding,
    data_format: 'NHWC',
  });

  test.each(CASES)('largest of %j in %j, stride %d, %s', (shape, window, stride, padding) => {
    const attrs = pooling(window, stride, padding);
    const x = floats(...shape);
    // Equal numbers: the first of them is the largest.
    x.data.forEach((value, i) => {
      x.data[i] = Math.round(4 * value) / 4;
    });
    const y = agree('MaxPool', [x], attrs);
    agree('MaxPoolGrad', [x, y, floats(...y.shape)], attrs);
  });

  test.each(CASES)('means of %j in %j, stride %d, %s', (shape, window, stride, padding) => {
    const attrs = pooling(window, stride, padding);
    const x = floats(...shape);
    const y = agree('AvgPool', [x], attrs);
    agree('AvgPoolGrad', [sizes(...shape), floats(...y.shape)], attrs);
  });

  test('largest numbers beside NaN, infinities and zeros of either sign', () => {
    const attrs = pooling([2, 2], 2, 'VALID');
    const x = floats(1, 4, 4, 4);
    [x.data[0], x.data[5], x.data[9], x.data[14]] = [Number.NaN, Infinity, -Infinity, -0];
    agree('MaxPool', [x], attrs);
  });
});
