/** Which mode is in force where: at the start of a program, inside graphs, sessions and scopes. */

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';

const { eager_mode, graph_mode } = tf.python.eager.context;
const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What a program prints that runs in a process of its own. */
function output(program: string): string {
  const args = ['--import', 'tsx', '--conditions=tf1-src', '--input-type=module', '-e', program];
  return execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' }).trim();
}

describe('tf.enable_eager_execution()', () => {
  test('comes first, makes a program eager, and can be repeated', () => {
    const text = output(`
      import * as tf from 'tf1';
      console.log(tf.executing_eagerly());
      tf.enable_eager_execution();
      tf.enable_eager_execution({ execution_mode: tf.contrib.eager.SYNC });
      console.log(tf.executing_eagerly());
      console.log(String(tf.constant([1, 2]).add(1)));
      for (const options of [{ device_policy: 9 }, { execution_mode: 7 }]) {
        try { tf.enable_eager_execution(options); } catch (error) { console.log(String(error)); }
      }
      const graph = new tf.Graph();
      tf.with(graph.as_default(), () => console.log(tf.executing_eagerly(), String(tf.constant(1))));
      console.log(tf.executing_eagerly());
    `);
    expect(text.split('\n')).toEqual([
      'false',
      'true',
      'tf.Tensor([2. 3.], shape=(2,), dtype=float32)',
      'ValueError: device_policy must be one of None, tf.contrib.eager.DEVICE_PLACEMENT_*',
      'ValueError: execution_mode must be one of None, tf.contrib.eager.SYNC, tf.contrib.eager.ASYNC',
      'false Tensor("Const:0", shape=(), dtype=float32)',
      'true',
    ]);
  });

  test('is refused when a graph was begun, and the graph stays in use', () => {
    const text = output(`
      import * as tf from 'tf1';
      const a = tf.constant(2);
      try { tf.enable_eager_execution(); } catch (error) { console.log(String(error).split('\\n')[0]); }
      console.log(tf.executing_eagerly(), new tf.Session().run(a));
    `);
    expect(text).toBe(
      'ValueError: tf.enable_eager_execution must be called at program startup.\nfalse 2',
    );
  });
});

describe('tf.executing_eagerly()', () => {
  test('follows modes as they are entered and left', () => {
    const seen: boolean[] = [];
    const look = () => seen.push(tf.executing_eagerly());
    look();
    tf.with(eager_mode(), () => {
      look();
      tf.with(new tf.Graph().as_default(), () => {
        look();
        tf.with(eager_mode(), look);
        look();
        tf.with(new tf.Session(), look);
      });
      look();
      tf.with(graph_mode(), look);
      tf.with(tf.name_scope('s'), look);
      tf.with(tf.device('/cpu:0'), look);
      tf.with(tf.init_scope(), look);
      look();
    });
    look();
    expect(seen).toEqual([
      ...[false, true, false, true, false, false],
      ...[true, false, true, true, true, true, false],
    ]);
  });

  test('is what it was after an error', () => {
    expect(() =>
      tf.with(eager_mode(), () => {
        throw new tf.ValueError('no');
      }),
    ).toThrow('no');
    expect(tf.executing_eagerly()).toBe(false);
    expect(() => tf.with(eager_mode(), async () => tf.constant(1))).toThrow(tf.RuntimeError);
    expect(tf.executing_eagerly()).toBe(false);
  });

  test('is false while a graph inside eager code is built', () => {
    tf.with(eager_mode(), () => {
      const graph = new tf.Graph();
      const value = tf.with(graph.as_default(), () => {
        const x = tf.placeholder(tf.float32, []);
        return tf.with(new tf.Session(), (sess) => sess.run(x.add(1), [[x, 4]]));
      });
      expect(tf.constant(value).numpy()).toBe(5);
      expect(graph.get_operations().map((op) => op.name)).toEqual(['Placeholder', 'add/y', 'add']);
    });
  });
});

describe('values between the modes', () => {
  test('an eager tensor is no part of a graph, and its numbers are', () => {
    const t = tf.with(eager_mode(), () => tf.constant([1, 2]));
    tf.with(new tf.Graph().as_default(), () => {
      expect(() => tf.add(t, 1)).toThrow(
        'Attempting to capture an EagerTensor without building a function.',
      );
      const c = tf.constant(t.numpy());
      const x = tf.placeholder(tf.float32, [2]);
      tf.with(new tf.Session(), (sess) => {
        expect(sess.run(c).tolist()).toEqual([1, 2]);
        expect(sess.run(x, [[x, t.numpy()]]).tolist()).toEqual([1, 2]);
      });
    });
  });

  test('a symbolic tensor has no numbers in eager mode, and what was fetched has', () => {
    const [c, value] = tf.with(new tf.Graph().as_default(), () => {
      const tensor = tf.constant([3, 4]);
      return [tensor, tf.with(new tf.Session(), (sess) => sess.run(tensor))] as const;
    });
    tf.with(eager_mode(), () => {
      expect(() => tf.add(c, 1)).toThrow('Attempting to use a symbolic tensor in eager mode.');
      expect(tf.add(value, 1).numpy().tolist()).toEqual([4, 5]);
    });
  });

  test('the same function serves both', () => {
    const f = (x: tf.TensorLike) => tf.reduce_sum(tf.nn.softmax(tf.multiply(x, 2)), { axis: -1 });
    const eagerly = tf.with(eager_mode(), () =>
      f([[1, 2, 3]])
        .numpy()
        .tolist(),
    );
    const inGraph = tf.with(new tf.Graph().as_default(), () =>
      tf.with(new tf.Session(), (sess) => sess.run(f([[1, 2, 3]])).tolist()),
    );
    expect(eagerly).toEqual(inGraph);
  });
});

describe('eager mode has no graph', () => {
  test('so placeholders, gradients and eval are refused', () => {
    tf.with(eager_mode(), () => {
      const x = tf.constant(1);
      expect(() => tf.placeholder(tf.float32)).toThrow(
        'tf.placeholder() is not compatible with eager execution.',
      );
      expect(() => tf.gradients(x, x)).toThrow(
        'tf.gradients not supported when eager execution is enabled.',
      );
      expect(() => x.eval()).toThrow(tf.NotImplementedError);
      for (const member of ['op', 'graph', 'name', 'value_index'] as const) {
        expect(() => x[member]).toThrow(
          `Tensor.${member} is meaningless when eager execution is enabled.`,
        );
      }
    });
  });

  test('and scopes of names nest without building anything', () => {
    tf.with(eager_mode(), () => {
      const names = tf.with(tf.name_scope('a'), (outer) =>
        tf.with(tf.name_scope(null, 'b'), (inner) => [
          outer,
          inner,
          tf.with(tf.name_scope('c/'), (again) => again),
          tf.with(tf.name_scope(null), (root) => root),
          new tf.contrib.eager.Variable(1, { name: 'v' }).name,
        ]),
      );
      expect(names).toEqual(['a/', 'a/b/', 'c/', '', 'a/b/v:0']);
      expect(tf.with(tf.name_scope('a'), (scope) => scope)).toBe('a/');
      const x = tf.with(tf.control_dependencies([tf.constant(1)]), () => tf.constant(2));
      expect(x.numpy()).toBe(2);
      tf.with(tf.colocate_with(x), () => tf.device('/cpu:0'));
    });
  });
});
