/** How cells behave: states as fetches and feed keys, own cells, sharing, eager mode, errors. */

import { beforeEach, describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { eager_mode } from '../../src/eager/context.ts';
import { md5Start } from '../../src/rnn/md5.ts';
import type { StateLike } from '../../src/rnn/state.ts';

const { nn } = tf;
const { rnn_cell } = nn;

beforeEach(() => tf.reset_default_graph());

describe('LSTMStateTuple', () => {
  test('is one fetch and one feed key', () => {
    const cell = new rnn_cell.BasicLSTMCell(2);
    const x = tf.ones([1, 3, 2]);
    const before = cell.zero_state(1, tf.float32);
    const [, after] = nn.dynamic_rnn(cell, x, { initial_state: before });
    tf.with(new tf.Session(), (sess) => {
      sess.run(tf.global_variables_initializer());
      const first = sess.run(after);
      expect(first).toBeInstanceOf(rnn_cell.LSTMStateTuple);
      expect(first.c.shape).toEqual([1, 2]);
      const [second, h] = sess.run([after, after.h], { feed_dict: [[before, first]] });
      expect(second.h.tolist()).toEqual(h.tolist());
      expect(second.c.tolist()).not.toEqual(first.c.tolist());
    });
  });

  test('is a tuple with names and a type', () => {
    const pair = new rnn_cell.LSTMStateTuple(tf.zeros([1]), tf.ones([1]));
    const [c, h] = pair;
    expect([c, h]).toEqual([pair.c, pair.h]);
    expect(pair.dtype).toBe(tf.float32);
    const mixed = new rnn_cell.LSTMStateTuple(tf.zeros([1]), tf.zeros([1], tf.float64));
    expect(() => mixed.dtype).toThrow(/^Inconsistent internal state/);
  });

  test('nests in states of several layers', () => {
    const cells = [new rnn_cell.LSTMCell(2), new rnn_cell.LSTMCell(3)];
    const cell = new rnn_cell.MultiRNNCell(cells);
    const before = cell.zero_state(2, tf.float32);
    const [, after] = nn.static_rnn(cell, [tf.ones([2, 2])], { initial_state: before });
    tf.with(new tf.Session(), (sess) => {
      sess.run(tf.global_variables_initializer());
      const state = sess.run(after);
      expect(state.length).toBe(2);
      expect(state[1]!.h.shape).toEqual([2, 3]);
      const again = sess.run(after[1]!.c, { feed_dict: [[before, state]] });
      expect(again.tolist()).not.toEqual(state[1]!.c.tolist());
    });
  });
});

/** A cell of one's own: its output is the mean of its inputs so far. */
class Mean extends rnn_cell.RNNCell {
  override get state_size() {
    return [1, 1];
  }
  override get output_size() {
    return 1;
  }
  override call(inputs: tf.Tensor, state: StateLike) {
    const [count, sum] = state as readonly [tf.Tensor, tf.Tensor];
    const scale = tf.get_variable('scale', [], { initializer: tf.ones_initializer() });
    const next = [count.add(1), sum.add(inputs.multiply(scale))] as const;
    return [next[1].div(next[0]), next] as const;
  }
}

describe('a cell of one’s own', () => {
  test('runs in loops, and knows the variables of its call', () => {
    const cell = new Mean();
    const [outputs, state] = nn.dynamic_rnn(cell, [[[1], [3], [8]]], { dtype: tf.float32 });
    expect(cell.trainable_weights.map((v) => v.op.name)).toEqual(['rnn/mean/scale']);
    tf.with(new tf.Session(), (sess) => {
      sess.run(tf.global_variables_initializer());
      const [means, [count]] = sess.run([outputs, state]);
      expect(means.tolist()).toEqual([[[1], [2], [4]]]);
      expect(count!.tolist()).toEqual([[3]]);
    });
  });

  test('has no sizes unless it says them', () => {
    expect(() => new rnn_cell.RNNCell().state_size).toThrow('Abstract method');
  });
});

describe('variables', () => {
  test('go where the scope says, and are shared', () => {
    const cell = new rnn_cell.GRUCell(2);
    const state = cell.zero_state(1, tf.float32);
    cell(tf.ones([1, 2]), state, 'there');
    cell(tf.ones([1, 2]), state);
    expect(tf.global_variables().map((v) => v.op.name)).toEqual([
      'there/gates/kernel',
      'there/gates/bias',
      'there/candidate/kernel',
      'there/candidate/bias',
    ]);
    expect(cell.trainable_variables.length).toBe(4);
  });

  test('of another cell of that name must be asked for', () => {
    const run = (reuse: boolean | null) =>
      nn.dynamic_rnn(new rnn_cell.BasicRNNCell(2, { reuse }), tf.ones([1, 2, 3]), {
        dtype: tf.float32,
      });
    run(null);
    expect(() => run(null)).toThrow(/^Variable rnn\/basic_rnn_cell\/kernel already exists/);
    run(true);
    expect(tf.global_variables().length).toBe(2);
  });

  test('may be resources', () => {
    tf.with(tf.variable_scope('r', { use_resource: true }), () => {
      const [outputs] = nn.dynamic_rnn(new rnn_cell.BasicRNNCell(2), tf.ones([1, 2, 3]), {
        dtype: tf.float32,
      });
      const slopes = tf.gradients(outputs, tf.trainable_variables());
      tf.with(new tf.Session(), (sess) => {
        sess.run(tf.global_variables_initializer());
        expect(sess.run(slopes[0]!).shape).toEqual([5, 2]);
      });
    });
  });
});

test('states are kept by a saver', () => {
  const saved = new tf.Variable(tf.zeros([1, 2]), { trainable: false });
  const saver = {
    state: () => saved.read_value(),
    save_state: (_name: string, value: tf.Tensor) => saved.assign(value),
  };
  const cell = new rnn_cell.BasicRNNCell(2);
  const steps = [tf.ones([1, 2]), tf.ones([1, 2])];
  const [outputs] = nn.static_state_saving_rnn(cell, steps, saver, 'h');
  expect(() => nn.static_state_saving_rnn(cell, steps, saver, ['h'])).toThrow(
    /^state_name should be the same type as cell.state_size/,
  );
  tf.with(new tf.Session(), (sess) => {
    sess.run(tf.global_variables_initializer());
    const first = sess.run(outputs.at(-1)!);
    expect(sess.run(saved).tolist()).toEqual(first.tolist());
    expect(sess.run(outputs.at(-1)!).tolist()).not.toEqual(first.tolist());
  });
});

describe('dropout', () => {
  test('seeds are the start of an MD5', () => {
    // RFC 1321: MD5("") = d41d8cd9..., MD5("message digest") = f96b697d...
    expect(md5Start('').toString(16)).toBe('d41d8cd9');
    expect(md5Start('message digest').toString(16)).toBe('f96b697d');
    expect(md5Start('1234567890'.repeat(8)).toString(16)).toBe('57edf4a2');
  });

  test('drops the same in every step if it is variational', () => {
    const cell = new rnn_cell.DropoutWrapper(new Mean(), {
      input_keep_prob: 0.5,
      variational_recurrent: true,
      input_size: 1,
      dtype: tf.float32,
    });
    const [outputs] = nn.dynamic_rnn(cell, tf.ones([1, 4, 1]), { dtype: tf.float32 });
    tf.with(new tf.Session(), (sess) => {
      sess.run(tf.global_variables_initializer());
      for (let i = 0; i < 8; i++) {
        const values = new Set(sess.run(outputs).tolist().flat(2) as number[]);
        expect([[0], [2]]).toContainEqual([...values]);
      }
    });
  });

  test('refuses what is no probability', () => {
    const cell = new rnn_cell.GRUCell(2);
    expect(() => new rnn_cell.DropoutWrapper(cell, { output_keep_prob: 1.5 })).toThrow(
      'Parameter output_keep_prob must be between 0 and 1: 1',
    );
    expect(() => new rnn_cell.DropoutWrapper(cell, { variational_recurrent: true })).toThrow(
      'When variational_recurrent=True, dtype must be provided',
    );
  });
});

test('eager mode gives what a session gives', () => {
  const x = [
    [
      [0.5, -1],
      [2, 0.25],
      [1, 1],
    ],
  ];
  const build = () => {
    const initializer = tf.constant_initializer(0.25);
    return tf.with(tf.variable_scope('e', { initializer }), () =>
      nn.dynamic_rnn(new rnn_cell.LSTMCell(2), tf.constant(x), {
        dtype: tf.float32,
        sequence_length: [2],
      }),
    );
  };
  const expected = tf.with(new tf.Session(), (sess) => {
    const built = build();
    sess.run(tf.global_variables_initializer());
    return sess.run(built);
  });
  tf.reset_default_graph();
  tf.with(eager_mode(), () => {
    const [outputs, state] = build();
    expect(outputs.numpy().tolist()).toEqual(expected[0].tolist());
    expect(state.h.numpy().tolist()).toEqual(expected[1].h.tolist());
  });
});

describe('errors', () => {
  const cell = () => new rnn_cell.GRUCell(2);
  test.each([
    [
      'no cell',
      () => nn.dynamic_rnn({} as never, tf.ones([1, 2, 3])),
      'cell must be an instance of RNNCell',
    ],
    [
      'no type',
      () => nn.dynamic_rnn(cell(), tf.ones([1, 2, 3])),
      'If there is no initial_state, you must give a dtype.',
    ],
    ['no list', () => nn.static_rnn(cell(), tf.ones([1, 2]) as never), 'inputs must be a sequence'],
    ['no steps', () => nn.static_rnn(cell(), []), 'inputs must not be empty'],
    [
      'no depth',
      () => nn.dynamic_rnn(cell(), tf.placeholder(tf.float32, [1, 2, null]), { dtype: tf.float32 }),
      'Input size (depth of inputs) must be accessible via shape inference, but saw value None.',
    ],
    [
      'lengths of a matrix',
      () =>
        nn.dynamic_rnn(cell(), tf.ones([1, 2, 3]), { dtype: tf.float32, sequence_length: [[1]] }),
      'sequence_length must be a vector of length batch_size, but saw shape: (1, 1)',
    ],
    [
      'no cells',
      () => new rnn_cell.MultiRNNCell([]),
      'Must specify at least one cell for MultiRNNCell.',
    ],
    [
      'tuples as one tensor',
      () => new rnn_cell.MultiRNNCell([new rnn_cell.LSTMCell(2)], false),
      'Some cells return tuples of states, but the flag state_is_tuple is not set.  State sizes are: [[2,2]]',
    ],
    ['no function', () => nn.raw_rnn(cell(), null as never), 'loop_fn must be a callable'],
  ])('%s', (_, body, text) => {
    expect(body).toThrow(text);
  });

  test('lengths that do not fit the batch fail when they run', () => {
    const lengths = tf.placeholder(tf.int32, [null]);
    const [outputs] = nn.dynamic_rnn(cell(), tf.ones([2, 2, 3]), {
      dtype: tf.float32,
      sequence_length: lengths,
    });
    tf.with(new tf.Session(), (sess) => {
      sess.run(tf.global_variables_initializer());
      expect(() => sess.run(outputs, { feed_dict: [[lengths, [1]]] })).toThrow(
        /assertion failed: \[Expected shape for Tensor rnn\/sequence_length:0 is \]/,
      );
    });
  });
});
