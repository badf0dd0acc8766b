/** Beam search finds the sequences that keeping lists of prefixes finds: golden/seq2seq.json. */

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { spread } from '../ops/sample.ts';

interface Search {
  readonly width: number;
  readonly weight: number;
  readonly predicted: number[][][];
  readonly lengths: number[][];
  readonly log_probs: number[][];
}
const golden = JSON.parse(
  readFileSync(new URL('../golden/seq2seq.json', import.meta.url), 'utf8'),
) as { beam: Search[] };

const { seq2seq } = tf.contrib;
const [DEPTH, UNITS, CLASSES, END] = [2, 4, 6, 3];

const assigned = () =>
  tf.global_variables().map((v) => tf.assign(v, spread(v.shape.as_list() as number[])));

test.each(golden.beam)('width $width, length penalty $weight', (expected) => {
  const { width, weight } = expected;
  tf.with(new tf.Graph().as_default(), () => {
    const decoder = new seq2seq.BeamSearchDecoder({
      cell: new tf.nn.rnn_cell.BasicRNNCell(UNITS),
      embedding: tf.constant(spread([CLASSES, DEPTH])),
      start_tokens: [0, 1, 2],
      end_token: END,
      initial_state: seq2seq.tile_batch(tf.constant(spread([3, UNITS])), width),
      beam_width: width,
      output_layer: new tf.layers.Dense(CLASSES, { use_bias: false }),
      length_penalty_weight: weight,
    });
    const [outputs, state] = seq2seq.dynamic_decode(decoder, { maximum_iterations: 6 });
    expect(outputs.predicted_ids.shape.as_list()).toEqual([3, null, width]);
    const last: unknown = state;
    const { lengths, log_probs } = last as { lengths: tf.Tensor; log_probs: tf.Tensor };
    tf.with(new tf.Session(), (session) => {
      session.run(assigned());
      const found = session.run([outputs.predicted_ids, lengths, log_probs]);
      const [ids, counts, logs] = found.map((value) => value.tolist());
      expect(counts).toEqual(expected.lengths);
      expected.predicted.forEach((beams, b) => {
        beams.forEach((beam, w) => {
          expect(Math.abs(logs![b]![w]! - expected.log_probs[b]![w]!)).toBeLessThan(5e-5);
          const length = expected.lengths[b]![w]!;
          const sequence = ids![b]!.map((step) => Number(step[w]!));
          expect(sequence.slice(0, length)).toEqual(beam.slice(0, length));
          expect(sequence.slice(length).every((id) => id === END)).toBe(true);
        });
      });
    });
  });
});

test('a cell with attention', () => {
  tf.with(new tf.Graph().as_default(), () => {
    const width = 3;
    const memory = seq2seq.tile_batch(tf.constant(spread([3, 4, 3])), width);
    const cell = new seq2seq.AttentionWrapper(
      new tf.nn.rnn_cell.BasicLSTMCell(UNITS),
      new seq2seq.BahdanauAttention(UNITS, memory),
      UNITS,
    );
    const decoder = new seq2seq.BeamSearchDecoder(
      cell,
      tf.constant(spread([CLASSES, DEPTH])),
      [0, 1, 2],
      END,
      cell.zero_state(3 * width, tf.float32),
      width,
      new tf.layers.Dense(CLASSES),
    );
    const [outputs] = seq2seq.dynamic_decode(decoder, { maximum_iterations: 4 });
    tf.with(new tf.Session(), (session) => {
      session.run(assigned());
      const found = session.run(outputs.predicted_ids);
      expect([found.shape[0], found.shape[2]]).toEqual([3, width]);
    });
  });
});

test('tile_batch', () => {
  tf.with(new tf.Session(), (session) => {
    const rows = [
      [1, 2],
      [3, 4],
    ];
    expect(session.run(seq2seq.tile_batch(tf.constant(rows), 2)).tolist()).toEqual([
      [1, 2],
      [1, 2],
      [3, 4],
      [3, 4],
    ]);
  });
});

test('gather_tree reads sequences back', () => {
  tf.with(new tf.Session(), (session) => {
    const ids = tf.constant([[[1, 2, 3]], [[4, 5, 6]], [[7, 8, 9]], [[-1, -1, -1]]], tf.int32);
    const parents = tf.constant([[[0, 0, 0]], [[0, 1, 1]], [[2, 1, 2]], [[-1, -1, -1]]], tf.int32);
    const found = session.run(seq2seq.gather_tree(ids, parents, [3], 10));
    expect(found.tolist()).toEqual([[[2, 2, 2]], [[6, 5, 6]], [[7, 8, 9]], [[10, 10, 10]]]);
    const broken = tf.constant([[[0, 0, 0]], [[0, -1, 1]], [[2, 1, 2]], [[-1, -1, -1]]], tf.int32);
    expect(() => session.run(seq2seq.gather_tree(ids, broken, [3], 10))).toThrow(
      'Saw invalid parent id -1 at (batch, time, beam) == (0, 0, 1)',
    );
  });
});
