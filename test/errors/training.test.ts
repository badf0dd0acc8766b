/** What TF1 says when optimizers and gradients are used wrongly, word by word. */

import { beforeEach, test } from '@jest/globals';
import * as tf from 'tf1';
import { expectSays, type Row } from './says.ts';

beforeEach(() => tf.reset_default_graph());

const descent = () => new tf.train.GradientDescentOptimizer(0.1);

const ROWS: Row[] = [
  [
    'ValueError',
    /^No gradients provided for any variable, check your graph for ops that do not support gradients, between variables \["?<tf\.Variable 'v:0' shape=\(\) dtype=float32_ref>"?\] and loss Tensor\("Const:0", shape=\(\), dtype=float32\)\./,
    () => {
      new tf.Variable(1, { name: 'v' });
      return descent().minimize(tf.constant(1));
    },
  ],
  ['ValueError', 'No variables to optimize.', () => descent().minimize(tf.constant(1))],
  ['ValueError', 'No variables provided.', () => descent().apply_gradients([])],
  [
    'ValueError',
    /^No gradients provided for any variable: \["?<tf\.Variable 'v:0' shape=\(\) dtype=float32_ref>"?\]\./,
    () => descent().apply_gradients([[null, new tf.Variable(1, { name: 'v' })]]),
  ],
  [
    'ValueError',
    /^Invalid type tf\.int32 for Const:0, expected: \[.*tf\.float32.*\]\./,
    () => {
      new tf.Variable(1, { name: 'v' });
      return descent().minimize(tf.constant(1, tf.int32));
    },
  ],
  [
    'TypeError',
    /^Gradient must be a Tensor, IndexedSlices, or None: /,
    () => descent().apply_gradients([['no gradient' as never, new tf.Variable(1)]]),
  ],
  [
    'LookupError',
    "No gradient defined for operation 'SegmentProd' (op type: SegmentProd)",
    () => {
      const x = tf.constant([1.5, 2]);
      return tf.gradients(tf.segment_prod(x, tf.int32([0, 0])), x);
    },
  ],
  [
    'TypeError',
    "Expected bool, got 1 of type 'int' instead.",
    () => {
      const x = tf.constant([1.5, 2]);
      return tf.gradients(tf.greater(x, 1), x);
    },
  ],
];

test.each(ROWS)('%s: %s', (...row) => expectSays(row));
