/** The global step is found by its collection, else by its name, and made at most once. */

import { beforeEach, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { expectSays, type Row } from '../errors/says.ts';

beforeEach(() => tf.reset_default_graph());

const { train } = tf;

test('none, made, found', () => {
  expect(train.get_global_step()).toBe(null);
  const step = tf.with(tf.name_scope('inside'), () => train.create_global_step());
  expect([step.name, step.dtype, step.get_shape().as_list()]).toEqual([
    'global_step:0',
    tf.int64.reference,
    [],
  ]);
  expect(tf.get_collection(tf.GraphKeys.GLOBAL_STEP)).toEqual([step]);
  expect(tf.trainable_variables()).toEqual([]);
  expect(train.get_global_step()).toBe(step);
  expect(train.get_or_create_global_step()).toBe(step);
  tf.with(new tf.Session(), (sess) => {
    sess.run(step.initializer as tf.Operation);
    expect(train.global_step(sess, step)).toBe(0);
  });
});

test('in another graph', () => {
  const graph = new tf.Graph();
  const step = train.create_global_step(graph);
  expect(step.graph).toBe(graph);
  expect(train.get_global_step(graph)).toBe(step);
  expect(train.get_global_step()).toBe(null);
});

test('found by its name', () => {
  const step = new tf.Variable(tf.int32(0), { name: 'global_step', trainable: false });
  expect((train.get_global_step() as tf.Tensor).name).toBe(step.name);
});

const ERRORS: Row[] = [
  [
    'ValueError',
    '"global_step" already exists.',
    () => {
      train.create_global_step();
      train.create_global_step();
    },
  ],
  [
    'TypeError',
    'Existing "global_step" must be a Variable or Tensor: 3.',
    () => train.assert_global_step(3),
  ],
  [
    'TypeError',
    'Existing "global_step" does not have integer type: <dtype: \'float32\'>',
    () => train.assert_global_step(tf.constant(0)),
  ],
  [
    'TypeError',
    'Existing "global_step" is not scalar: (2,)',
    () => train.assert_global_step(tf.constant([1, 2], tf.int32)),
  ],
];

test.each(ERRORS)('%s: %s', (...row) => expectSays(row));
