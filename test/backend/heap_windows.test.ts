/** The kernels for large images on the wasm heap compute what the host kernels do, and give their memory back. */

import { afterEach, describe, expect, test } from '@jest/globals';
import { heap } from '../../src/backend/backend.ts';
import { EagerContext, RunContext } from '../../src/backend/context.ts';
import { kernelOf } from '../../src/backend/registry.ts';
import { SmallPool } from '../../src/backend/small_pool.ts';
import { SessionState } from '../../src/backend/state.ts';
import { type BackendValue, hostValue } from '../../src/backend/value.ts';
import { float32, int32 } from '../../src/core/dtype.ts';
import type { Attrs, Value } from '../../src/core/kernels.ts';

let seed = 1;
/** Numbers in [-1, 1) from a small generator, so that failures repeat. */
function random(): number {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
  return (seed >>> 8) / 2 ** 23 - 1;
}

interface Plain {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

function numbers(...shape: number[]): Plain {
  const size = shape.reduce((a, b) => a * b, 1);
  return { shape, data: Float32Array.from({ length: size }, random) };
}

const onHost = ({ shape, data }: Plain): BackendValue => hostValue(float32, shape, data);
const sizes = (...list: number[]): BackendValue =>
  hostValue(int32, [list.length], Int32Array.from(list));

const hostContext = new EagerContext();
const heapContext = new RunContext(new SessionState(), heap, new SmallPool());
const before = heap?.blocks ?? 0;

afterEach(() => {
  expect(heap?.blocks ?? 0).toBe(before);
});

type Input = Plain | BackendValue;
const isPlain = (input: Input): input is Plain =>
  input.data instanceof Float32Array && !('buffer' in input);

function runOn(
  where: 'host' | 'heap',
  type: string,
  inputs: readonly Input[],
  attrs: Attrs,
): Plain {
  const kernel = kernelOf(type, where === 'heap' ? heap : null)!;
  const make = (input: Plain) =>
    where === 'heap' ? heap!.upload(input.shape, input.data) : onHost(input);
  const values = inputs.map((input) => (isPlain(input) ? make(input) : input));
  const result = kernel(values, attrs, where === 'heap' ? heapContext : hostContext) as Value;
  const copy = { shape: [...result.shape], data: (result.data as Float32Array).slice() };
  if (where === 'heap') {
    (result as BackendValue).release();
    inputs.forEach((input, i) => {
      if (isPlain(input)) values[i]!.release();
    });
  }
  return copy;
}

/** Runs a kernel in both places and returns what the heap gave. */
function agree(type: string, inputs: readonly Input[], attrs: Attrs): Plain {
  const expected = runOn('host', type, inputs, attrs);
  const actual = runOn('heap', type, inputs, attrs);
  expect(actual.shape).toEqual(expected.shape);
  let scale = 1;
  let worst = 0;
  expected.data.forEach((value, i) => {
    scale = Math.max(scale, Math.abs(value));
    worst = Math.max(worst, Math.abs(value - actual.data[i]!));
  });
  expect(worst / scale).toBeLessThan(3e-6);
  return actual;
}

if (!heap) throw new Error('The wasm backend did not load.');

describe('convolution', () => {
  test.each([
    [[3, 12, 11, 8], [3, 3, 8, 12], 1, 1, 'SAME'],
    [[2, 28, 28, 1], [5, 5, 1, 32], 1, 1, 'SAME'],
    [[2, 15, 14, 3], [4, 3, 3, 16], 2, 1, 'SAME'],
    [[2, 15, 16, 5], [3, 3, 5, 9], 2, 1, 'VALID'],
    [[9, 6, 7, 16], [3, 3, 16, 16], 1, 1, 'VALID'],
    [[2, 14, 13, 8], [1, 1, 8, 64], 1, 1, 'SAME'],
    [[2, 20, 9, 6], [3, 1, 6, 32], 1, 2, 'SAME'],
    [[1, 40, 40, 3], [7, 7, 3, 8], 3, 1, 'SAME'],
  ] as const)('%j by %j, stride %d, rate %d, %s', (image, filter, stride, rate, padding) => {
    const attrs = {
      strides: [1, stride, stride, 1],
      dilations: [1, filter[1] === 1 ? rate : 1, 1, 1],
      padding,
      data_format: 'NHWC',
    };
    const [x, w] = [numbers(...image), numbers(...filter)];
    const y = agree('Conv2D', [x, w], attrs);
    const dy = numbers(...y.shape);
    agree('Conv2DBackpropInput', [sizes(...image), w, dy], attrs);
    agree('Conv2DBackpropFilter', [x, sizes(...filter), dy], attrs);
  });
});

describe('depthwise convolution', () => {
  test.each([
    [[2, 14, 13, 8], [3, 3, 8, 1], 1, 1, 'SAME'],
    [[1, 28, 28, 32], [3, 3, 32, 1], 2, 1, 'SAME'],
    [[3, 15, 14, 12], [3, 3, 12, 1], 2, 1, 'VALID'],
    [[2, 11, 12, 16], [5, 4, 16, 1], 1, 1, 'SAME'],
    [[2, 16, 15, 4], [3, 3, 4, 1], 1, 2, 'SAME'],
    [[1, 40, 3, 20], [7, 7, 20, 1], 1, 1, 'SAME'],
  ] as const)('%j by %j, stride %d, rate %d, %s', (image, filter, stride, rate, padding) => {
    const attrs = {
      strides: [1, stride, stride, 1],
      dilations: [1, rate, rate, 1],
      padding,
      data_format: 'NHWC',
    };
    const [x, w] = [numbers(...image), numbers(...filter)];
    const y = agree('DepthwiseConv2dNative', [x, w], attrs);
    const dy = numbers(...y.shape);
    agree('DepthwiseConv2dNativeBackpropInput', [sizes(...image), w, dy], attrs);
    agree('DepthwiseConv2dNativeBackpropFilter', [x, sizes(...filter), dy], attrs);
  });

  test('an infinite weight does not meet what is outside of the image', () => {
    const w = numbers(3, 3, 8, 1);
    w.data[0] = Number.POSITIVE_INFINITY;
    const x = numbers(1, 20, 20, 8);
    const attrs = { strides: [1, 1, 1, 1], padding: 'SAME', data_format: 'NHWC' };
    const y = runOn('heap', 'DepthwiseConv2dNative', [x, w], attrs);
    expect(y.data).toEqual(
      runOn('host', 'DepthwiseConv2dNative', [x, w], attrs).data.map(near(y.data)),
    );
  });
});

/** Takes the other number where it is close. */
const near = (others: Float32Array) => (value: number, i: number) =>
  Math.abs(value - others[i]!) < 1e-5 ? others[i]! : value;

describe('pooling', () => {
  test.each([
    [[2, 28, 28, 32], 2, 2, 'SAME'],
    [[3, 13, 15, 16], 2, 2, 'SAME'],
    [[2, 15, 14, 12], 3, 2, 'SAME'],
    [[2, 15, 14, 12], 3, 1, 'VALID'],
    [[2, 16, 15, 16], 2, 3, 'VALID'],
  ] as const)('%j, window %d, stride %d, %s', (image, window, stride, padding) => {
    const attrs = {
      ksize: [1, window, window, 1],
      strides: [1, stride, stride, 1],
      padding,
      data_format: 'NHWC',
    };
    // Rounded, so that maxima tie; and negative windows among them.
    const x = numbers(...image);
    x.data.forEach((value, i) => {
      x.data[i] = Math.round(value * 4) / 4 - 0.5;
    });
    const y = agree('MaxPool', [x], attrs);
    const dy = numbers(...y.shape);
    agree('MaxPoolGrad', [x, y, dy], attrs);
    agree('AvgPool', [x], attrs);
    agree('AvgPoolGrad', [sizes(...image), dy], attrs);
  });
});

describe('rows of channels', () => {
  test('rectifying', () => {
    const x = numbers(40, 128);
    agree('Relu', [x], {});
    agree('ReluGrad', [numbers(40, 128), x], {});
  });
  test('biases', () => {
    agree('BiasAdd', [numbers(300, 64), numbers(64)], {});
    agree('BiasAdd', [numbers(2, 30, 30, 8), numbers(8)], { data_format: 'NHWC' });
    agree('BiasAddGrad', [numbers(900, 12)], { data_format: 'NHWC' });
  });
  test('softmax', () => {
    agree('Softmax', [numbers(100, 77)], {});
  });
});
