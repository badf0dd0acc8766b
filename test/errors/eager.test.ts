/** What TF1 says when graph and eager ways are mixed up, in a process that runs eagerly. */

import { beforeAll, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { expectSays, type Row, said } from './says.ts';

beforeAll(() => tf.enable_eager_execution());

const ROWS: Row[] = [
  [
    'NotImplementedError',
    "eval is not supported when eager execution is enabled, is .numpy() what you're looking for?",
    () => tf.constant(1).eval(),
  ],
  [
    'AttributeError',
    'Tensor.op is meaningless when eager execution is enabled.',
    () => tf.constant(1).op,
  ],
  [
    'AttributeError',
    'Tensor.graph is meaningless when eager execution is enabled.',
    () => tf.constant(1).graph,
  ],
  [
    'AttributeError',
    'Tensor.name is meaningless when eager execution is enabled.',
    () => tf.constant(1).name,
  ],
  [
    'AttributeError',
    'Tensor.value_index is meaningless when eager execution is enabled.',
    () => tf.constant(1).value_index,
  ],
  [
    'RuntimeError',
    'tf.placeholder() is not compatible with eager execution.',
    () => tf.placeholder(tf.float32),
  ],
  [
    'RuntimeError',
    /^tf\.gradients not supported when eager execution is enabled\./,
    () => {
      const x = tf.constant(1);
      return tf.gradients(tf.square(x), x);
    },
  ],
  [
    'ValueError',
    'Resource handles are not convertible to numpy.',
    () => (new tf.contrib.eager.Variable(1) as unknown as { handle: tf.Tensor }).handle.numpy(),
  ],
];

test.each(ROWS)('%s: %s', (...row) => expectSays(row));

test('an eager tensor is a number where a condition needs one', () => {
  expect(said(() => Boolean(tf.constant(1))).kind).toBe('nothing');
});

test('enabling again is allowed, and late after a graph is not', () => {
  expect(said(() => tf.enable_eager_execution()).kind).toBe('nothing');
});
