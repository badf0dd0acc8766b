/** A condition that is known builds no switch. */

import { expect, test } from '@jest/globals';
import * as tf from 'tf1';

const { smart_cond, smart_constant_value } = tf.contrib.framework;

test('a known condition chooses at once', () => {
  const types = () =>
    tf
      .get_default_graph()
      .get_operations()
      .map((operation) => operation.type);
  const yes = () => tf.constant('yes');
  const no = () => tf.constant('no');
  for (const pred of [true, 1, tf.constant(true)] as const) smart_cond(pred, yes, no);
  expect(types()).not.toContain('Switch');
  smart_cond(tf.placeholder(tf.bool, []), yes, no, { name: 'pick' });
  expect(types()).toContain('Switch');
  expect(smart_constant_value(tf.placeholder(tf.bool, []))).toBeNull();
  expect(() => smart_constant_value('yes' as never)).toThrow(
    "`pred` must be a Tensor, or a Python bool, or 1 or 0. Found instead: 'yes'",
  );
});
