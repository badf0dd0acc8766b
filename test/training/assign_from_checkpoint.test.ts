/** `tf.contrib.framework`: choosing variables and assigning values of checkpoints and arrays to them. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import * as tf from 'tf1';

tf.logging.set_verbosity(tf.logging.FATAL);
const {
  assign_from_checkpoint,
  assign_from_checkpoint_fn,
  assign_from_values,
  assign_from_values_fn,
  get_variables,
  get_variables_to_restore,
} = tf.contrib.framework;
const scratch = mkdtempSync(join(tmpdir(), 'tf1-assign-'));
const path = join(scratch, 'm');
afterAll(() => rmSync(scratch, { recursive: true }));
beforeEach(() => tf.reset_default_graph());

const listOf = (value: unknown) => (value instanceof tf.NdArray ? value.tolist() : value);
const zeros = () => ({ initializer: tf.zeros_initializer() });

beforeAll(() => {
  tf.reset_default_graph();
  new tf.Variable([1, 2], { name: 'a/w' });
  new tf.Variable(
    [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
    { name: 'b/w' },
  );
  const saver = new tf.train.Saver();
  tf.with(new tf.Session(), (sess) => {
    sess.run(tf.global_variables_initializer());
    saver.save(sess, path);
  });
});

function three(): [tf.Variable, tf.Variable, tf.Variable] {
  const a = tf.get_variable('a/w', [2], zeros());
  const b = tf.get_variable('b/w', [3, 2], {
    ...zeros(),
    partitioner: tf.fixed_size_partitioner(2),
  });
  const c = tf.get_variable('c/w', [2], zeros());
  return [a, b, c];
}

test('scopes choose variables', () => {
  three();
  const names = (list: readonly tf.Variable[]) => list.map(({ op }) => op.name);
  expect(names(get_variables('a'))).toEqual(['a/w']);
  expect(names(get_variables(null, 'w'))).toEqual(['a/w', 'c/w']);
  expect(names(get_variables_to_restore())).toHaveLength(4);
  expect(names(get_variables_to_restore(['a', 'b'], ['b/w/part_1']))).toEqual([
    'a/w',
    'b/w/part_0',
  ]);
  expect(() => get_variables_to_restore('a' as never)).toThrow(
    'include is provided but is not a list or a tuple.',
  );
});

test('an operation assigns what is fed', () => {
  const [a, b, c] = three();
  expect(() => assign_from_checkpoint(path, get_variables_to_restore())).toThrow(
    'Checkpoint is missing variable [c/w]',
  );
  const [assign, feed_dict] = assign_from_checkpoint(path, get_variables_to_restore(), true);
  const [other, otherFeed] = assign_from_checkpoint(path, { 'a/w': [c] });
  expect(() => assign_from_checkpoint(path, { 'b/w': a })).toThrow(
    'Total size of new array must be unchanged for b/w',
  );
  tf.with(new tf.Session(), (sess) => {
    sess.run(tf.global_variables_initializer());
    sess.run(assign, { feed_dict: feed_dict as never });
    sess.run(other, { feed_dict: otherFeed as never });
    expect(sess.run([a, tf.convert_to_tensor(b), c]).map(listOf)).toEqual([
      [1, 2],
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      [1, 2],
    ]);
  });
});

test('a function restores', () => {
  const [a, , c] = three();
  const restore = assign_from_checkpoint_fn(path, [a, c], { ignore_missing_vars: true })!;
  tf.with(new tf.Session(), (sess) => {
    sess.run(tf.global_variables_initializer());
    restore(sess);
    expect(sess.run([a, c]).map(listOf)).toEqual([
      [1, 2],
      [0, 0],
    ]);
  });
  expect(assign_from_checkpoint_fn(path, [c], true)).toBe(null);
  expect(() => assign_from_checkpoint_fn(path, [])).toThrow('var_list cannot be empty');
});

test('arrays are assigned by name', () => {
  const [a, , c] = three();
  const set = assign_from_values_fn({ 'a/w': [5, 6], 'c/w': tf.float32([7, 8]) });
  tf.with(new tf.Session(), (sess) => {
    sess.run(tf.global_variables_initializer());
    set(sess);
    expect(sess.run([a, c]).map(listOf)).toEqual([
      [5, 6],
      [7, 8],
    ]);
  });
  expect(() => assign_from_values({ x: [1] })).toThrow("Variable x wasn't found");
});
