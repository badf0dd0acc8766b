/** Runs in parts: nothing runs twice, what was fetched stays fetched, and the end frees everything. */

import { expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { heap } from '../../src/backend/backend.ts';

function inSession(body: (sess: tf.Session) => void): void {
  tf.with(new tf.Graph().as_default(), () => tf.with(new tf.Session(), body));
}

test('an update of a variable runs once, whatever waits for it', () => {
  inSession((sess) => {
    const v = new tf.Variable(1, { name: 'v' });
    const a = tf.placeholder(tf.float32, []);
    const b = tf.placeholder(tf.float32, []);
    const step = tf.assign_add(v, a);
    const first = tf.identity(step);
    const after = tf.with(tf.control_dependencies([step]), () => tf.multiply(v.read_value(), b));
    sess.run(tf.global_variables_initializer());
    const handle = sess.partial_run_setup([first, after, step.op], [a, b]);
    expect(sess.partial_run(handle, first, [[a, 10]])).toBe(11);
    expect(sess.partial_run(handle, [after, step.op], [[b, 2]])).toEqual([22, null]);
    expect(sess.run(v)).toBe(11);
  });
});

test('what was fetched cannot be fetched again, and what lacks feeds not at all', () => {
  inSession((sess) => {
    const a = tf.placeholder(tf.float32, [], { name: 'a' });
    const b = tf.placeholder(tf.float32, [], { name: 'b' });
    const c = tf.add(a, 1, { name: 'c' });
    const d = tf.multiply(c, b, { name: 'd' });
    const handle = sess.partial_run_setup([c, d], [a, b]);
    expect(() => sess.partial_run(handle, d, [[a, 1]])).toThrow(
      "Fetch d:0 can't be computed from the feeds that have been fed so far.",
    );
    expect(sess.partial_run(handle, c)).toBe(2);
    expect(() => sess.partial_run(handle, c)).toThrow('The fetch c:0 has already been fetched.');
    expect(sess.partial_run(handle, d, [[b, 3]])).toBe(6);
    expect(() => sess.partial_run(handle, d)).toThrow(
      "Must run 'setup' before performing partial runs!",
    );
  });
});

test('a run that is complete holds nothing', () => {
  inSession((sess) => {
    const before = heap?.blocks;
    const a = tf.placeholder(tf.float32, [100, 100]);
    const b = tf.placeholder(tf.float32, [100, 100]);
    const sum = tf.add(tf.multiply(a, a), 1);
    const product = tf.matmul(sum, b);
    const handle = sess.partial_run_setup([sum, product], [a, b]);
    const ones = new tf.NdArray(tf.float32, [100, 100], new Float32Array(10000).fill(1));
    expect(sess.partial_run(handle, sum, [[a, ones]]).at(0, 0)).toBe(2);
    expect(sess.partial_run(handle, product, [[b, ones]]).at(5, 5)).toBe(200);
    expect(heap?.blocks).toBe(before);
  });
});
