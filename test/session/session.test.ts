/** What may be fetched and fed, what comes back, and what a session leaves behind. */

import { describe, expect, test } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import * as tf from 'tf1';
import { heap } from '../../src/backend/backend.ts';
import type { Fetched } from '../../src/core/fetched.ts';
import { namedtuple } from '../../src/core/namedtuple.ts';
import type { Operation } from '../../src/graph/operation.ts';
import type { SymbolicTensor } from '../../src/graph/symbolic_tensor.ts';

/** Runs `body` in a graph and a session of its own; nothing may be left on the heap. */
function inSession(body: (sess: tf.Session) => void): void {
  const before = heap?.blocks;
  tf.with(new tf.Graph().as_default(), () => tf.with(new tf.Session(), body));
  expect(heap?.blocks).toBe(before);
}

describe('fetches', () => {
  test('come back in the structure they were given in', () => {
    inSession((sess) => {
      const a = tf.constant(1, { name: 'a' });
      const b = tf.constant([1, 2], { name: 'b' });
      const Pair = namedtuple('Pair', ['first', 'second']);
      const noOp = tf.group(a);
      const result = sess.run([a, { b, list: [a, [b]] }, 'b:0', noOp, 'a', new Map([['k', a]])]);
      expect(result[0]).toBe(1);
      expect(result[1].b.tolist()).toEqual([1, 2]);
      expect(result[1].list[1][0].tolist()).toEqual([1, 2]);
      expect(result[2].tolist()).toEqual([1, 2]);
      expect(result[3]).toBeNull();
      expect(result[4]).toBeNull();
      expect(result[5].get('k')).toBe(1);
      const pair = sess.run(new Pair(a, b)) as unknown as { first: number; second: tf.NdArray };
      expect(pair).toBeInstanceOf(Pair);
      expect(pair.first).toBe(1);
      expect(pair.second.tolist()).toEqual([1, 2]);
      expect(sess.run([])).toEqual([]);
    });
  });

  test('have types: a tuple for a list, null for an operation', () => {
    inSession((sess) => {
      const a = tf.constant(1);
      const step = tf.group(a);
      const result = sess.run([a, step, { a }]);
      expectTypeOf(result[0]).toEqualTypeOf<Fetched>();
      expectTypeOf(result[1]).toEqualTypeOf<null>();
      expectTypeOf(result[2].a).toEqualTypeOf<Fetched>();
      const [value] = result;
      expect(value.toFixed(2)).toBe('1.00');
    });
  });

  test('of rank 0 are plain values of their type', () => {
    inSession((sess) => {
      const values = [
        tf.constant(2),
        tf.constant(3, tf.int64),
        tf.constant(true),
        tf.constant('text'),
      ];
      expect(sess.run(values)).toEqual([2, 3, true, 'text']);
    });
  });

  test('may be fed themselves', () => {
    inSession((sess) => {
      const a = tf.constant(1);
      const b = tf.add(a, 1);
      expect(sess.run([a, b], { feed_dict: [[a, 5]] })).toEqual([5, 6]);
    });
  });
});

describe('feeds', () => {
  const VALUES: [string, unknown][] = [
    [
      'nested lists',
      [
        [1, 2],
        [3, 4],
      ],
    ],
    ['a flat typed array', Float32Array.of(1, 2, 3, 4)],
    ['a typed array of another type', Int32Array.of(1, 2, 3, 4)],
    [
      'an array',
      tf.float32([
        [1, 2],
        [3, 4],
      ]),
    ],
    [
      'an array of another type',
      tf.int32([
        [1, 2],
        [3, 4],
      ]),
    ],
    [
      'a matrix of another library',
      {
        isMatrix: true,
        toArray: () => [
          [1, 2],
          [3, 4],
        ],
        valueOf: () => [
          [1, 2],
          [3, 4],
        ],
      },
    ],
    [
      'anything with shape, dtype and tobytes()',
      {
        shape: [2, 2],
        dtype: 'float32',
        tobytes: () => new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer),
      },
    ],
  ];
  test.each(VALUES)('%s', (_name, value) => {
    inSession((sess) => {
      const x = tf.placeholder(tf.float32, [2, 2]);
      const y = tf.multiply(x, 2);
      expect(sess.run(y, { feed_dict: [[x, value as number]] }).tolist()).toEqual([
        [2, 4],
        [6, 8],
      ]);
    });
  });

  test('go by tensor, name or Map; positional or keyword', () => {
    inSession((sess) => {
      const x = tf.placeholder(tf.float32, [], { name: 'x' });
      const y = tf.add(x, 1);
      expect(sess.run(y, { 'x:0': 1 })).toBe(2);
      expect(sess.run(y, { feed_dict: { 'x:0': 1 } })).toBe(2);
      expect(sess.run(y, new Map([[x, 1]]))).toBe(2);
      expect(sess.run(y, [[x, 1]])).toBe(2);
      expect(sess.run({ fetches: y, feed_dict: [[x, 1]] })).toBe(2);
    });
  });

  test('replace what the graph would compute, several outputs one by one', () => {
    inSession((sess) => {
      const [a, b] = tf.split(tf.constant([1, 2, 3, 4]), 2) as readonly [tf.Tensor, tf.Tensor];
      const sum = tf.add(a, b);
      expect(sess.run(sum).tolist()).toEqual([4, 6]);
      expect(sess.run(sum, { feed_dict: [[a, [10, 20]]] }).tolist()).toEqual([13, 24]);
    });
  });

  test('are read, never written; what was fetched stays as it was', () => {
    inSession((sess) => {
      const fed = Float32Array.from({ length: 5000 }, (_, i) => i);
      const x = tf.placeholder(tf.float32, [null]);
      const v = new tf.Variable(tf.zeros([5000]));
      const store = v.assign(x);
      const grow = v.assign_add(tf.ones([5000]));
      const small = new tf.Variable([1, 2]);
      sess.run(tf.global_variables_initializer());
      const first = sess.run(store, { feed_dict: [[x, fed]] });
      const second = sess.run(grow);
      const third = sess.run(small);
      sess.run([grow, small.assign_add([1, 1])]);
      expect(fed[7]).toBe(7);
      expect(first.get(7)).toBe(7);
      expect(second.get(7)).toBe(8);
      expect(third.tolist()).toEqual([1, 2]);
      expect(sess.run(v).get(7)).toBe(9);
    });
  });
});

describe('a run', () => {
  test('is made callable', () => {
    inSession((sess) => {
      const x = tf.placeholder(tf.float32, []);
      const call = sess.make_callable({ y: tf.multiply(x, x) }, [x]);
      expect(call(3)).toEqual({ y: 9 });
      expect(call(4)).toEqual({ y: 16 });
      expect(() => call()).toThrow(TypeError);
      const traced = sess.make_callable(x.add(1), { feed_list: [x], accept_options: true });
      const run_metadata = new tf.RunMetadata();
      const options = new tf.RunOptions({ trace_level: tf.RunOptions.FULL_TRACE });
      expect(traced(2, { options, run_metadata })).toBe(3);
      expect(traced(5)).toBe(6);
      expect(run_metadata.step_stats.dev_stats[0]!.node_stats.length).toBeGreaterThan(0);
    });
  });

  test('is awaited', async () => {
    const graph = new tf.Graph();
    const y = tf.with(graph.as_default(), () => tf.add(1, 2));
    const sess = new tf.Session('', graph);
    expect(await sess.run_async([y])).toEqual([3]);
    sess.close();
  });

  test('is made in parts, and computes nothing twice', () => {
    inSession((sess) => {
      let calls = 0;
      const a = tf.placeholder(tf.float32, [], { name: 'a' });
      const b = tf.placeholder(tf.float32, [], { name: 'b' });
      const counted = tf.py_func(
        (x) => {
          calls++;
          return x;
        },
        [a],
        tf.float32,
      ) as tf.Tensor;
      const first = tf.add(counted, 1);
      const second = tf.multiply(tf.add(counted, b), first);
      const handle = sess.partial_run_setup([first, second], [a, b]);
      expect(sess.partial_run(handle, first, { feed_dict: [[a, 2]] })).toBe(3);
      expect(sess.partial_run(handle, second, { feed_dict: [[b, 5]] })).toBe(21);
      expect(calls).toBe(1);
      expect(() => sess.partial_run(handle, second, { feed_dict: [[b, 5]] })).toThrow(
        "Must run 'setup' before performing partial runs!",
      );
    });
  });

  test('tells what each step took', () => {
    inSession((sess) => {
      const x = tf.placeholder(tf.float32, [2]);
      const y = tf.add(tf.multiply(x, x, { name: 'square' }), 1, { name: 'sum' });
      const metadata = new tf.RunMetadata();
      sess.run(y, {
        feed_dict: [[x, [1, 2]]],
        options: new tf.RunOptions({ trace_level: tf.RunOptions.FULL_TRACE }),
        run_metadata: metadata,
      });
      const [device] = metadata.step_stats.dev_stats;
      expect(device!.node_stats.map((s) => s.node_name)).toEqual(['square', 'sum']);
      expect(device!.node_stats[0]!.output[0]!.tensor_description).toEqual({
        dtype: 'float32',
        shape: [2],
        bytes: 8,
      });
      expect(device!.node_stats[0]!.op_end_rel_micros).toBeGreaterThan(0);
      expect(metadata.host_transfers).toEqual({ to_device_bytes: 8, from_device_bytes: 8 });
    });
  });

  test('tells how much memory it used, at most and at the end', () => {
    inSession((sess) => {
      const x = tf.placeholder(tf.float32, [10]);
      let y: tf.Tensor = tf.reshape(tf.tile(x, [100]), [10, 100]);
      for (let i = 0; i < 5; i++) y = tf.sin(y);
      const metadata = new tf.RunMetadata();
      const options = new tf.RunOptions({ trace_level: tf.RunOptions.FULL_TRACE });
      const feed_dict = [[x, new Float32Array(10)]] as const;
      sess.run(tf.reduce_sum(y), { feed_dict, options, run_metadata: metadata });
      // Feed and sum stay; a sine lives beside its argument, and views count once.
      expect(metadata.memory.live_bytes).toBe(40 + 4);
      expect(metadata.memory.peak_bytes).toBe(40 + 2 * 4000);
      const [device] = metadata.step_stats.dev_stats;
      const used = device!.node_stats.map(({ memory }) => memory[0]!.total_bytes);
      expect(used).toEqual([4000, 0, 4000, 4000, 4000, 4000, 4000, 4]);
    });
  });

  test('that is asked for in the same words again sees what has changed in them', () => {
    inSession((sess) => {
      const x = tf.placeholder(tf.float32, [], 'x');
      const [twice, thrice] = [tf.multiply(x, 2), tf.multiply(x, 3)];
      const fetches = [twice, thrice];
      const pairs: [tf.Tensor, number][] = [[x, 1]];
      expect(sess.run(fetches, pairs)).toEqual([2, 3]);
      expect(sess.run(fetches, { feed_dict: pairs })).toEqual([2, 3]);
      pairs[0] = [x, 5];
      expect(sess.run(fetches, pairs)).toEqual([10, 15]);
      fetches.reverse();
      expect(sess.run(fetches, pairs)).toEqual([15, 10]);
      pairs[0] = [twice, 7];
      expect(sess.run([twice], pairs)).toEqual([7]);
      expect(sess.run('x:0', [['x:0', 4]])).toBe(4);
      expect(sess.run('x:0', { feed_dict: [['x:0', 6]] })).toBe(6);
      expect(() => sess.run(fetches, [])).toThrow('You must feed a value for placeholder tensor');
      expect(() => sess.run(fetches, [[x, x]])).toThrow('cannot be a tf.Tensor object');
      for (let i = 0; i < 4; i++) expect(sess.run(thrice, [[x, i]])).toBe(3 * i);
      (thrice.op as Operation)._updateInput(0, tf.constant(2) as SymbolicTensor);
      expect(sess.run(thrice, [[x, 1]])).toBe(6);
    });
  });

  test('that fails frees what it held and leaves the session usable', () => {
    inSession((sess) => {
      const x = tf.placeholder(tf.float32, [null, 100]);
      const big = tf.matmul(x, tf.ones([100, 100]), { name: 'big' });
      const bad = tf.gather(big, tf.constant(9999, tf.int32), { name: 'bad' });
      const value = tf.float32(Array.from({ length: 100 }, () => new Array<number>(100).fill(1)));
      expect(() => sess.run(bad, { feed_dict: [[x, value]] })).toThrow('is not in [0, 100)');
      try {
        sess.run(bad, { feed_dict: [[x, value]] });
      } catch (error) {
        const failed = error as InstanceType<typeof tf.errors.InvalidArgumentError>;
        expect(failed).toBeInstanceOf(tf.errors.InvalidArgumentError);
        expect(failed.op?.name).toBe('bad');
        expect(failed.message).toContain('[[Node: bad = ');
        expect(String(failed)).toContain('session.test.ts');
      }
      expect(sess.run(big, { feed_dict: [[x, value]] }).get(0, 0)).toBe(100);
    });
  });

  test('of a deep chain needs no stack', () => {
    inSession((sess) => {
      let y = tf.constant(0);
      for (let i = 0; i < 20000; i++) y = tf.add(y, 1);
      expect(sess.run(y)).toBe(20000);
    });
  });

  test('may start another', () => {
    inSession((sess) => {
      const inner = tf.add(tf.constant(1), 2);
      const outer = tf.add(tf.py_func(() => sess.run(inner), [], tf.float32) as tf.Tensor, inner);
      expect(sess.run(outer)).toBe(6);
    });
  });
});

describe('sessions', () => {
  test('of one graph have their own variables and random streams', () => {
    const graph = new tf.Graph();
    const [v, bump, noise] = tf.with(graph.as_default(), () => {
      const variable = new tf.Variable(1);
      return [variable, variable.assign_add(1), tf.random_uniform([], { seed: 1 })] as const;
    });
    const [a, b] = [new tf.Session('', graph), new tf.Session('', graph)];
    tf.with(graph.as_default(), () => {
      const init = tf.global_variables_initializer();
      a.run(init);
      b.run(init);
    });
    a.run(bump);
    expect([a.run(v), b.run(v)]).toEqual([2, 1]);
    const first = a.run(noise);
    const second = a.run(noise);
    expect(second).not.toBe(first);
    expect(b.run(noise)).toBe(first);
    a.close();
    b.close();
  });

  test('are the default one inside with, and close at its end', () => {
    tf.with(new tf.Graph().as_default(), () => {
      const y = tf.add(1, 2);
      const sess = new tf.Session();
      tf.with(sess, () => {
        expect(tf.get_default_session()).toBe(sess);
        expect(y.eval()).toBe(3);
        expect(() => sess.enter()).toThrow('not re-entrant');
      });
      expect(tf.get_default_session()).toBeNull();
      expect(() => sess.run(y)).toThrow('Attempted to use a closed Session.');
    });
  });

  test('may be used with `using`', () => {
    tf.with(new tf.Graph().as_default(), () => {
      const y = tf.add(1, 2);
      {
        using sess = new tf.Session();
        expect(sess.run(y)).toBe(3);
      }
    });
  });

  test('may be interactive', () => {
    tf.with(new tf.Graph().as_default(), () => {
      const sess = new tf.InteractiveSession();
      const x = tf.placeholder(tf.float32, []);
      expect(tf.add(x, 2).eval({ feed_dict: [[x, 1]] })).toBe(3);
      sess.close();
      expect(tf.get_default_session()).toBeNull();
    });
  });
});
