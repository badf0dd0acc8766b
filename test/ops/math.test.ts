/** Functions of one tensor, complex numbers and special functions against TensorFlow. */

import { expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { CompareAndBitpack } from '../../src/ops/bitwise.ts';
import { testSamples } from './properties.ts';
import { math } from './samples/math.ts';

testSamples('math', math);

test('comparisons with a threshold fill the bits of bytes, the highest first', () => {
  const graph = new tf.Graph();
  tf.with(graph.as_default(), () => {
    using session = new tf.Session();
    const input = tf.constant([
      [0, 1, 2, 3, 4, 5, 6, 7],
      [9, 0, 0, 0, 0, 0, 0, 9],
    ]);
    expect(session.run(CompareAndBitpack({ input, threshold: 3 })).tolist()).toEqual([
      [0b1111],
      [0b10000001],
    ]);
    const odd = CompareAndBitpack({ input: tf.placeholder(tf.float32, [null]), threshold: 3 });
    expect(() => session.run(odd, { feed_dict: [[odd.op.inputs[0]!, [1, 2]]] })).toThrow(
      'Inner dimension of input should be divisible by 8, but saw shape: [2]',
    );
  });
});
