/** Attention gives what the formulas of Bahdanau and Luong give: golden/seq2seq.json. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import type { Fetched } from '../../src/core/fetched.ts';
import { spread } from '../ops/sample.ts';

type Nested = number | Nested[];
interface Attended {
  readonly kind: 'luong' | 'bahdanau';
  readonly scaled: boolean;
  readonly layer: number | null;
  readonly history: Nested;
  readonly outputs: Nested;
  readonly lengths: Nested;
}
const golden = JSON.parse(
  readFileSync(new URL('../golden/seq2seq.json', import.meta.url), 'utf8'),
) as { attention: Attended[] };

const { seq2seq } = tf.contrib;
const UNITS = 4;
const inputs = spread([3, 5, 2]);
const memory = spread([3, 4, 3]);

const flat = (value: Nested): number[] => (Array.isArray(value) ? value.flatMap(flat) : [value]);

function expectNear(actual: Fetched, expected: Nested): void {
  const wanted = flat(expected);
  const values: number[] = [...actual.reshape([-1])];
  expect(values).toHaveLength(wanted.length);
  values.forEach((value, i) => {
    expect(Math.abs(value - wanted[i]!)).toBeLessThan(5e-5);
  });
}

/** The variables, spread over their shapes, as the formulas have them. */
const assigned = () =>
  tf
    .global_variables()
    .map((v) => tf.assign(v, v.shape.ndims === 0 ? 1.25 : spread(v.shape.as_list() as number[])));

function wrapped({ kind, scaled, layer }: Pick<Attended, 'kind' | 'scaled' | 'layer'>) {
  const places = tf.constant(memory);
  const mechanism =
    kind === 'luong'
      ? new seq2seq.LuongAttention(UNITS, places, [4, 2, 3], scaled)
      : new seq2seq.BahdanauAttention(UNITS, places, [4, 2, 3], scaled);
  return new seq2seq.AttentionWrapper(new tf.nn.rnn_cell.BasicRNNCell(UNITS), mechanism, {
    attention_layer_size: layer,
    alignment_history: true,
  });
}

test.each(golden.attention)('$kind, scaled $scaled, layer $layer', (expected) => {
  tf.with(new tf.Graph().as_default(), () => {
    const cell = wrapped(expected);
    const start = cell.zero_state(tf.constant(3, tf.int32), tf.float32);
    const helper = new seq2seq.TrainingHelper(inputs, [5, 2, 3]);
    const decoder = new seq2seq.BasicDecoder(cell, helper, start);
    const [outputs, state, lengths] = seq2seq.dynamic_decode(decoder, { impute_finished: true });
    const last: unknown = state;
    if (!(last instanceof seq2seq.AttentionWrapperState)) throw new Error('no state of attention');
    const history = last.alignment_history.stack();
    const slopes = tf.gradients(tf.reduce_sum(outputs.rnn_output), tf.trainable_variables());
    expect(slopes.every((slope) => slope !== null)).toBe(true);
    tf.with(new tf.Session(), (session) => {
      session.run(assigned());
      const found = session.run([outputs.rnn_output, lengths, history]);
      expectNear(found[0]!, expected.outputs);
      expectNear(found[1]!, expected.lengths);
      // The history goes on for sequences that have ended: their cells see what they saw last.
      const [steps, wanted] = [found[2]!.tolist(), expected.history as number[][][]];
      [5, 2, 3].forEach((length, b) => {
        for (let t = 0; t < length; t++) {
          steps[t]![b]!.forEach((weight, i) => {
            expect(Math.abs(weight - wanted[t]![b]![i]!)).toBeLessThan(5e-5);
          });
        }
      });
      session.run(slopes.map((slope) => tf.convert_to_tensor(slope!)));
    });
  });
});

test('variables are named as TF1 names them', () => {
  tf.with(new tf.Graph().as_default(), () => {
    const cell = wrapped({ kind: 'bahdanau', scaled: true, layer: 3 });
    const helper = new seq2seq.TrainingHelper(inputs, [5, 2, 3]);
    const start = cell.zero_state(tf.constant(3, tf.int32), tf.float32);
    seq2seq.dynamic_decode(new seq2seq.BasicDecoder(cell, helper, start));
    const scope = 'decoder/attention_wrapper';
    expect(tf.trainable_variables().map((v) => v.name)).toEqual([
      'memory_layer/kernel:0',
      `${scope}/basic_rnn_cell/kernel:0`,
      `${scope}/basic_rnn_cell/bias:0`,
      `${scope}/bahdanau_attention/query_layer/kernel:0`,
      `${scope}/bahdanau_attention/attention_v:0`,
      `${scope}/bahdanau_attention/attention_g:0`,
      `${scope}/bahdanau_attention/attention_b:0`,
      `${scope}/attention_layer/kernel:0`,
    ]);
  });
});

test('several mechanisms side by side, and a state cloned with another cell state', () => {
  tf.with(new tf.Graph().as_default(), () => {
    const mechanisms = [
      new seq2seq.LuongAttention(UNITS, tf.constant(memory)),
      new seq2seq.BahdanauAttention(UNITS, tf.constant(memory)),
    ];
    const cell = new seq2seq.AttentionWrapper(
      new tf.nn.rnn_cell.BasicRNNCell(UNITS),
      mechanisms,
      [2, 3],
    );
    const encoded = tf.constant(spread([3, UNITS]));
    const start = cell.zero_state(3, tf.float32).clone({ cell_state: encoded });
    expect(start.cell_state).toBe(encoded);
    expect(() => start.clone({ cell_state: tf.zeros([3, 7]) })).toThrow(
      'The shape of the AttentionWrapperState is expected to be same as the one to clone.',
    );
    const [output] = cell(tf.constant(spread([3, 2])), start);
    expect(output.shape.as_list()).toEqual([3, 5]);
    tf.with(new tf.Session(), (session) => {
      session.run(tf.global_variables_initializer());
      expect(session.run(output).shape).toEqual([3, 5]);
    });
  });
});

test('hardmax', () => {
  tf.with(new tf.Session(), (session) => {
    const rows = [
      [1, 3, 2],
      [5, 4, 0],
    ];
    expect(session.run(seq2seq.hardmax(rows)).tolist()).toEqual([
      [0, 1, 0],
      [1, 0, 0],
    ]);
  });
});

describe('errors', () => {
  const cell = () => new tf.nn.rnn_cell.BasicRNNCell(UNITS);
  const luong = () => new seq2seq.LuongAttention(UNITS, tf.constant(memory));
  test.each<[string, () => unknown]>([
    [
      'attention_mechanism must be an AttentionMechanism or list of multiple AttentionMechanism instances',
      () => new seq2seq.AttentionWrapper(cell(), 3 as never),
    ],
    [
      'If provided, attention_layer_size must contain exactly one integer per attention_mechanism, saw: 2 vs 1',
      () => new seq2seq.AttentionWrapper(cell(), luong(), [2, 3]),
    ],
    [
      'Incompatible or unknown inner dimensions between query and keys.',
      () => luong().attend(tf.zeros([3, 9]), tf.zeros([3, 4])),
    ],
    [
      'Expected state to be instance of AttentionWrapperState.',
      () => new seq2seq.AttentionWrapper(cell(), luong())(tf.zeros([3, 2]), tf.zeros([3, 4])),
    ],
  ])('%s', (text, call) => {
    tf.with(new tf.Graph().as_default(), () => {
      expect(call).toThrow(text);
    });
  });
});
