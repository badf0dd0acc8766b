/** What TF1 says when variables are used wrongly, word by word. */

import { beforeEach, describe, test } from '@jest/globals';
import * as tf from 'tf1';
import { ReadVariableOp } from '../../src/ops/resource_variables.ts';
import type { ResourceVariable } from '../../src/variables/resource_variable.ts';
import { expectSays, type Row } from './says.ts';

beforeEach(() => tf.reset_default_graph());

const run = (fetch: tf.Tensor | tf.Variable | tf.Operation) =>
  tf.with(new tf.Session(), (sess) => sess.run(fetch));
const w = (options: object = {}) => tf.get_variable('w', [2], options);
const again = (body: () => unknown, reuse: boolean) =>
  tf.with(tf.variable_scope(tf.get_variable_scope(), { reuse }), body);

const SHARING: Row[] = [
  [
    'ValueError',
    'Variable w already exists, disallowed. Did you mean to set reuse=True or reuse=tf.AUTO_REUSE in VarScope? Originally defined at:\n\n',
    () => {
      w();
      return w();
    },
  ],
  [
    'ValueError',
    'Variable w does not exist, or was not created with tf.get_variable(). Did you mean to set reuse=tf.AUTO_REUSE in VarScope?',
    () => again(() => w(), true),
  ],
  [
    'ValueError',
    'Trying to share variable w, but specified shape (3,) and found shape (2,).',
    () => {
      w();
      return again(() => tf.get_variable('w', [3]), true);
    },
  ],
  [
    'ValueError',
    'Trying to share variable w, but specified dtype float64 and found dtype float32_ref.',
    () => {
      w();
      return again(() => tf.get_variable('w', [2], tf.float64), true);
    },
  ],
  [
    'ValueError',
    'Shape of a new variable (w) must be fully defined, but instead was <unknown>.',
    () => tf.get_variable('w'),
  ],
  [
    'ValueError',
    'Shape of a new variable (w) must be fully defined, but instead was (?, 2).',
    () => tf.get_variable('w', [null, 2]),
  ],
  [
    'ValueError',
    'If initializer is a constant, do not specify shape.',
    () => w({ initializer: tf.constant([1, 2]) }),
  ],
  ['ValueError', 'initial_value must be specified.', () => new tf.Variable(null)],
  [
    'ValueError',
    'initial_value must have a shape specified: Tensor("x:0", dtype=float32)',
    () => new tf.Variable(tf.placeholder(tf.float32, { name: 'x' })),
  ],
];

/** The handle of a float variable, as such or through a placeholder that hides what it refers to. */
const handle = (hidden: boolean) => {
  const v = tf.get_variable('v', [2], { use_resource: true }) as ResourceVariable;
  return hidden ? tf.placeholder_with_default(v.handle, []) : v.handle;
};

const RUNNING: Row[] = [
  [
    'ValueError',
    "Trying to read variable with wrong dtype. Expected float got int32 for 'ReadVariableOp' (op: 'ReadVariableOp') with input shapes: [].",
    () => ReadVariableOp({ resource: handle(false) }, { dtype: tf.int32 }),
  ],
  [
    'InvalidArgumentError',
    'Trying to read variable with wrong dtype. Expected int32 got float',
    () => {
      const read = ReadVariableOp({ resource: handle(true) }, { dtype: tf.int32 });
      return tf.with(new tf.Session(), (sess) => {
        sess.run(tf.global_variables_initializer());
        return sess.run(read);
      });
    },
  ],
  [
    'FailedPreconditionError',
    'Attempting to use uninitialized value v',
    () => run(new tf.Variable(1, { name: 'v' }).add(1)),
  ],
  [
    'FailedPreconditionError',
    'Attempting to use uninitialized value v',
    () => run(new tf.Variable(1, { name: 'v' })),
  ],
  [
    'FailedPreconditionError',
    /^Error while reading resource variable v from Container: localhost\. This could mean that the variable was uninitialized\. Not found: (Container localhost does not exist\.|Resource localhost\/v\/.* does not exist\.)/,
    () => run(tf.get_variable('v', [], { use_resource: true }).add(1)),
  ],
  [
    'InvalidArgumentError',
    'Assign requires shapes of both tensors to match. lhs shape= [2] rhs shape= [3]',
    () => {
      const v = new tf.Variable([1, 2]);
      const value = tf.placeholder_with_default([1, 2, 3], null);
      return run(tf.assign(v, value));
    },
  ],
  [
    'ValueError',
    "Dimension 0 in both shapes must be equal, but are 2 and 3. Shapes are [2] and [3]. for 'Assign' (op: 'Assign') with input shapes: [2], [3].",
    () => tf.assign(new tf.Variable([1, 2], { name: 'v' }), [1, 2, 3]),
  ],
];

describe('sharing', () => {
  test.each(SHARING)('%s: %s', (...row) => expectSays(row));
});
describe('running', () => {
  test.each(RUNNING)('%s: %s', (...row) => expectSays(row));
});
