/** Rows that indices name, with fixed addresses: what kernels give, and the errors that they raise. */

import { describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import {
  callOf,
  expectClose,
  floats,
  hostResults,
  integers,
  nodeOf,
  placedResults,
  sizes,
} from './placed_calls.ts';

describe('gathering', () => {
  test.each([
    [[5, 3], 0],
    [[7], 0],
    [[4, 6, 5], 1],
    [[4, 6, 5], -1],
    [[1, 1], 0],
  ] as const)('from %j along %i', (shape, axis) => {
    const rows = shape.at(axis)!;
    const params = floats(...shape);
    const indices = integers([2, 2], [0, rows - 1, 0, rows >> 1]);
    const along = { ...sizes(axis), shape: [] };
    const expected = hostResults('GatherV2', [params, indices, along], {});
    const [y] = placedResults('GatherV2', [params, indices, along], {}, expected);
    expect(y!.data).toEqual(expected[0]!.data);
  });

  test.each([5, -1])('index %i of 5 rows is an error', (index) => {
    const inputs = [floats(5, 3), integers([2], [0, index])];
    const expected = [{ ...inputs[0]!, shape: [2, 3] }];
    expect(() => placedResults('Gather', inputs, {}, expected)).toThrow(
      `indices[1] = ${index} is not in [0, 5)`,
    );
  });

  test('along an axis that is not known is left to the kernel', () => {
    const inputs = [floats(5, 3), integers([2], [0, 1]), integers([], [0])];
    const outputs = [{ ...inputs[0]!, shape: [2, 3] }];
    expect(callOf(nodeOf('GatherV2', inputs, {}, outputs))).toBeNull();
  });
});

describe('sums of segments', () => {
  test.each([
    [[6, 4], [6]],
    [
      [3, 2, 5],
      [3, 2],
    ],
    [[6], [6]],
  ] as const)('of %j by %j', (shape, ids) => {
    const inputs = [floats(...shape), integers(ids, [2, 0, 2, -1, 4, 2])];
    const all = [...inputs, { ...sizes(5), shape: [] }];
    const expected = hostResults('UnsortedSegmentSum', all, {});
    expectClose(placedResults('UnsortedSegmentSum', all, {}, expected)[0]!, expected[0]!);
  });

  test('a segment beyond the last is an error', () => {
    const inputs = [floats(3, 4), integers([3], [0, 1, 2]), { ...sizes(2), shape: [] }];
    const outputs = [{ ...inputs[0]!, shape: [2, 4] }];
    expect(() => placedResults('UnsortedSegmentSum', inputs, {}, outputs)).toThrow(
      'segment_ids[2] = 2 is out of range [0, 2)',
    );
  });
});

describe('in a session', () => {
  const wrong = 'indices[1] = 9 is not in [0, 6)';
  const ids = (...list: number[]) => Int32Array.from(list);

  test('an error shows although nobody wants the rows', () => {
    tf.with(new tf.Graph().as_default(), () => {
      const at = tf.placeholder(tf.int32, [null]);
      const rows = tf.gather(tf.add(tf.ones([6, 3]), 1), at);
      const size = tf.add(tf.size(rows), 1);
      tf.with(new tf.Session(), (session) => {
        for (let i = 0; i < 4; i++) {
          expect(session.run(size, { feed_dict: [[at, ids(0, 5)]] })).toBe(7);
        }
        expect(() => session.run(size, { feed_dict: [[at, ids(0, 9)]] })).toThrow(wrong);
        expect(session.run(size, { feed_dict: [[at, ids(0, 5)]] })).toBe(7);
      });
    });
  });

  test.each([false, true])('rows are added to a variable, as a resource %s', (use_resource) => {
    tf.with(new tf.Graph().as_default(), () => {
      const v = tf.get_variable('v', { initializer: tf.zeros([6, 2]), use_resource });
      const at = tf.placeholder(tf.int32, [2]);
      const add = tf.scatter_add(v, at, tf.multiply(tf.ones([2, 2]), 2));
      const less = tf.scatter_sub(v, at, tf.ones([2, 2]));
      tf.with(new tf.Session(), (session) => {
        session.run(tf.global_variables_initializer());
        for (let i = 0; i < 5; i++) session.run(add.op, { feed_dict: [[at, ids(1, 1)]] });
        for (let i = 0; i < 5; i++) session.run(less.op, { feed_dict: [[at, ids(0, 1)]] });
        expect(() => session.run(add.op, { feed_dict: [[at, ids(0, 9)]] })).toThrow(wrong);
        const expected = [-5, 15, 0, 0, 0, 0].map((x) => [x, x]);
        expect(session.run(v).tolist()).toEqual(expected);
      });
    });
  });
});
