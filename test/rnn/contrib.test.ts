/** `tf.contrib.rnn` and `tf.contrib.legacy_seq2seq` against their formulas, computed with NumPy. */

import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { changed, formula } from '../programs/replay.ts';

const [BATCH, STEPS, DEPTH, UNITS] = [2, 3, 3, 2] as const;
const { rnn, legacy_seq2seq } = tf.contrib;

interface Numbers {
  readonly shape: number[];
  readonly data: number[];
}
const golden = JSON.parse(
  readFileSync(new URL('../golden/rnn_contrib.json', import.meta.url), 'utf8'),
) as Record<string, Numbers[]>;

const leaves = (value: unknown): tf.Tensor[] =>
  Array.isArray(value) ? value.flatMap(leaves) : [value as tf.Tensor];

/** Runs what was built, with the numbers of `formula` in the variables in order of creation. */
function expectGolden(name: string, built: unknown, feed_dict: tf.FeedDict | null = null): void {
  const expected = golden[name]!;
  const variables = tf.trainable_variables();
  const slopes = tf.gradients(tf.add_n(leaves(built).map((x) => tf.reduce_sum(x))), variables);
  tf.with(new tf.Session(), (sess) => {
    sess.run(tf.global_variables_initializer());
    variables.forEach((v, i) => {
      v.load(formula(v.shape.as_list() as number[], 10 + i), sess);
    });
    const values = sess.run(leaves(built), { feed_dict });
    expect(values.length).toBe(expected.length);
    values.forEach((value, i) => {
      const { shape, data } = expected[i]!;
      const found =
        shape.length === 0 ? [value] : Array.from((value as { data: Float32Array }).data);
      if (shape.length > 0) expect(value.shape).toEqual(shape);
      found.forEach((x, k) => {
        expect(x).toBeCloseTo(data[k]!, 5);
      });
    });
    for (const slope of slopes) if (slope !== null) sess.run(slope, { feed_dict });
  });
}

const inputs = () =>
  Array.from({ length: STEPS }, (_, t) => tf.constant(formula([BATCH, DEPTH], t)));
const outputsOf = (cell: tf.nn.rnn_cell.RNNCell) =>
  rnn.static_rnn(cell, inputs(), { dtype: tf.float32 });

beforeEach(() => tf.reset_default_graph());

describe('cells', () => {
  test('LayerNormBasicLSTMCell', () => {
    expectGolden('layer_norm', outputsOf(new rnn.LayerNormBasicLSTMCell(UNITS)));
  });

  test('AttentionCellWrapper', () => {
    const cell = new rnn.AttentionCellWrapper(new rnn.BasicLSTMCell(UNITS), 2);
    expectGolden('attention_wrapper', outputsOf(cell));
    const names = tf.trainable_variables().map((v) => v.op.name);
    expect(names).toEqual([
      'rnn/attention_cell_wrapper/kernel',
      'rnn/attention_cell_wrapper/bias',
      'rnn/attention_cell_wrapper/basic_lstm_cell/kernel',
      'rnn/attention_cell_wrapper/basic_lstm_cell/bias',
      'rnn/attention_cell_wrapper/attention/attn_w',
      'rnn/attention_cell_wrapper/attention/attn_v',
      'rnn/attention_cell_wrapper/attention/kernel',
      'rnn/attention_cell_wrapper/attention/bias',
      'rnn/attention_cell_wrapper/attn_output_projection/kernel',
      'rnn/attention_cell_wrapper/attn_output_projection/bias',
    ]);
  });

  test('AttentionCellWrapper with a state of one tensor', () => {
    const cell = new rnn.AttentionCellWrapper(new rnn.GRUCell(UNITS), 2, { state_is_tuple: false });
    expect(cell.state_size).toBe(UNITS + UNITS + 2 * UNITS);
    const [, state] = outputsOf(cell);
    expect(state.shape.as_list()).toEqual([BATCH, 4 * UNITS]);
    expect(
      () => new rnn.AttentionCellWrapper(new rnn.LSTMCell(2), 2, { state_is_tuple: false }),
    ).toThrow(/^Cell returns tuple of states, but the flag state_is_tuple is not set/);
  });

  test('HighwayWrapper', () => {
    expectGolden('highway', outputsOf(new rnn.HighwayWrapper(new rnn.GRUCell(DEPTH))));
  });

  test('projections of inputs and outputs', () => {
    const inner = new rnn.InputProjectionWrapper(new rnn.GRUCell(UNITS), 2);
    const [outputs, state] = outputsOf(new rnn.OutputProjectionWrapper(inner, 4));
    expectGolden('projections', [outputs, state]);
  });

  test('LSTMBlockCell', () => {
    const cell = new rnn.LSTMBlockCell(UNITS, { use_peephole: true, cell_clip: 0.2 });
    expectGolden('block', outputsOf(cell));
    expect(tf.trainable_variables()[2]!.op.name).toBe('rnn/lstm_cell/w_f_diag');
  });

  test('GRUBlockCell', () => {
    expectGolden('block_gru', outputsOf(new rnn.GRUBlockCell(UNITS)));
    expect(tf.trainable_variables().map((v) => v.op.name)).toEqual(
      ['w_ru', 'b_ru', 'w_c', 'b_c'].map((name) => `rnn/gru_cell/${name}`),
    );
    expect(() => new rnn.GRUBlockCell()).toThrow(
      'Exactly one of num_units or cell_size must be provided.',
    );
  });

  test('GRUBlockCellV2 has the variables of GRUCell', () => {
    expectGolden('block_gru', outputsOf(new rnn.GRUBlockCellV2({ cell_size: UNITS })));
    expect(tf.trainable_variables()[0]!.op.name).toBe('rnn/gru_cell/gates/kernel');
  });

  test('UGRNNCell', () => {
    expectGolden('ugrnn', outputsOf(new rnn.UGRNNCell(UNITS, { forget_bias: 0.5 })));
    expect(tf.trainable_variables()[0]!.op.name).toBe('rnn/ugrnn_cell/kernel');
  });

  test('NASCell', () => {
    expectGolden('nas', outputsOf(new rnn.NASCell(UNITS, { num_proj: 3, use_biases: true })));
    expect(tf.trainable_variables().map((v) => v.op.name)).toEqual(
      ['recurrent_kernel', 'kernel', 'bias', 'projection_weights'].map(
        (name) => `rnn/nas_cell/${name}`,
      ),
    );
  });

  test('LSTMBlockFusedCell', () => {
    const cell = new rnn.LSTMBlockFusedCell(UNITS, { use_peephole: true });
    const options = { dtype: tf.float32, sequence_length: tf.constant([2, 3], tf.int32) };
    expectGolden('fused', cell(tf.stack(inputs()), options));
    expect(tf.trainable_variables()[0]!.op.name).toBe('lstm_fused_cell/kernel');
    const [outputs] = cell(inputs(), { dtype: tf.float32 });
    expect(outputs).toHaveLength(STEPS);
    expect(() => cell(tf.stack(inputs()))).toThrow(
      'Either initial_state or dtype needs to be specified',
    );
  });
});

describe('stacks', () => {
  test('of both forms are the same', () => {
    const cells = (...sizes: number[]) => sizes.map((size) => new rnn.GRUCell(size));
    const scope = (reuse: boolean) =>
      tf.variable_scope('net', { reuse, initializer: tf.constant_initializer(0.1) });
    const options = { dtype: tf.float32, sequence_length: [2, 3] };
    const [unrolled, forward] = tf.with(scope(false), () =>
      rnn.stack_bidirectional_rnn(cells(2, 3), cells(2, 3), inputs(), { scope: 's', ...options }),
    );
    const [looped, loopForward] = rnn.stack_bidirectional_dynamic_rnn(
      cells(2, 3),
      cells(2, 3),
      tf.stack(inputs(), { axis: 1 }),
      options,
    );
    expect(looped.shape.as_list()).toEqual([BATCH, STEPS, 6]);
    tf.with(new tf.Session(), (sess) => {
      sess.run(tf.global_variables_initializer());
      const all = tf.trainable_variables();
      const half = all.length / 2;
      all.slice(half).forEach((v, i) => {
        v.load(all[i]!.eval(sess), sess);
      });
      const [a, b, c, d] = sess.run([
        tf.stack(unrolled, { axis: 1 }),
        looped,
        forward,
        loopForward,
      ]);
      expect(a.tolist()).toEqual(b.tolist());
      expect(c.map((x) => x.tolist())).toEqual(d.map((x) => x.tolist()));
    });
  });

  test('say what is wrong', () => {
    const [cell, other] = [new rnn.GRUCell(2), new rnn.GRUCell(2)];
    expect(() => rnn.stack_bidirectional_rnn([], [cell], inputs())).toThrow(
      'Must specify at least one fw cell for BidirectionalRNN.',
    );
    expect(() => rnn.stack_bidirectional_rnn([cell, other], [cell], inputs())).toThrow(
      'Forward and Backward cells must have the same depth.',
    );
  });
});

describe('sequences to sequences', () => {
  test('attention_decoder', () => {
    const states = tf.constant(formula([BATCH, 4, 3], 70));
    const start = tf.constant(formula([BATCH, UNITS], 71));
    const cell = new rnn.GRUCell(UNITS);
    expectGolden(
      'attention_decoder',
      legacy_seq2seq.attention_decoder(inputs(), start, states, cell, 5),
    );
  });

  const ids = (rows: number[][]) => rows.map((row) => tf.constant(row, tf.int32));
  const [encoder, decoder] = [
    [
      [0, 2],
      [1, 3],
    ],
    [
      [1, 0],
      [2, 2],
      [0, 1],
    ],
  ];

  test.each([false, true])('embedding_rnn_seq2seq, feed_previous %s', (feeds) => {
    const previous = tf.placeholder(tf.bool, []);
    const model = legacy_seq2seq.embedding_rnn_seq2seq(
      ids(encoder),
      ids(decoder),
      new rnn.GRUCell(UNITS),
      4,
      4,
      3,
      { feed_previous: previous },
    );
    const all = golden.embedding_seq2seq!;
    golden.chosen = feeds ? all.slice(4) : all.slice(0, 4);
    expectGolden('chosen', model, [[previous, feeds]]);
  });

  test('a plain feed_previous builds one way', () => {
    const model = legacy_seq2seq.embedding_rnn_seq2seq(
      ids(encoder),
      ids(decoder),
      new rnn.GRUCell(UNITS),
      4,
      4,
      3,
      { feed_previous: true },
    );
    golden.chosen = golden.embedding_seq2seq!.slice(4);
    expectGolden('chosen', model);
    const types = new Set(
      tf
        .get_default_graph()
        .get_operations()
        .map(({ type }) => type),
    );
    expect(types.has('Merge')).toBe(false);
  });

  test('losses', () => {
    const logits = [0, 1, 2].map((t) => tf.constant(formula([BATCH, 4], 80 + t)));
    const targets = ids([
      [1, 0],
      [3, 2],
      [0, 0],
    ]);
    const weights = [0, 1, 2].map((t) => tf.constant(changed([BATCH], 85 + t, (x) => x + 0.6)));
    const given = [logits, targets, weights] as const;
    const { sequence_loss, sequence_loss_by_example } = legacy_seq2seq;
    expectGolden('losses', [
      sequence_loss_by_example(...given),
      sequence_loss_by_example(...given, { average_across_timesteps: false }),
      sequence_loss(...given),
      sequence_loss(...given, { average_across_batch: false }),
    ]);
    expect(() => sequence_loss(logits, targets.slice(1), weights)).toThrow(
      'Lengths of logits, weights, and targets must be the same 3, 3, 2.',
    );
  });

  test('buckets share variables', () => {
    const letters = inputs();
    const targets = ids([
      [0, 1],
      [1, 0],
      [1, 1],
    ]);
    const weights = targets.map(() => tf.ones([BATCH]));
    const [outputs, losses] = legacy_seq2seq.model_with_buckets(
      letters,
      letters,
      targets,
      weights,
      [
        [2, 1],
        [3, 3],
      ],
      (x, y) => legacy_seq2seq.tied_rnn_seq2seq(x, y, new rnn.GRUCell(UNITS)),
    );
    expect(outputs.map((steps) => steps.length)).toEqual([1, 3]);
    expect(tf.trainable_variables().length).toBe(4);
    tf.with(new tf.Session(), (sess) => {
      sess.run(tf.global_variables_initializer());
      for (const loss of sess.run(losses)) expect(loss).toBeGreaterThan(0);
    });
  });
});
