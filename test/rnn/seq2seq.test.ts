/** Decoders give what the formulas of the papers give: golden/seq2seq.json. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import type { Fetched } from '../../src/core/fetched.ts';
import { spread } from '../ops/sample.ts';

type Nested = number | Nested[];
interface Decoded {
  readonly outputs: Nested;
  readonly samples: Nested;
  readonly lengths: Nested;
  readonly state: Nested;
}
const golden = JSON.parse(
  readFileSync(new URL('../golden/seq2seq.json', import.meta.url), 'utf8'),
) as {
  training: Decoded;
  greedy: Decoded;
  loss: Record<'both' | 'time' | 'batch' | 'none', Nested>;
};

const { seq2seq } = tf.contrib;
const [DEPTH, UNITS, CLASSES] = [2, 4, 6];
const LENGTHS = [5, 2, 3];
const inputs = spread([3, 5, DEPTH]);
const embedding = spread([CLASSES, DEPTH]);

const flat = (value: Nested): number[] => (Array.isArray(value) ? value.flatMap(flat) : [value]);

function expectNear(actual: Fetched, expected: Nested): void {
  const values: number[] = Array.isArray(expected) ? [...actual.reshape([-1])] : [actual];
  const wanted = flat(expected);
  expect(values).toHaveLength(wanted.length);
  values.forEach((value, i) => {
    expect(Math.abs(value - wanted[i]!)).toBeLessThan(5e-5);
  });
}

/** Runs `body` in a graph, then its tensors in a session where each variable is spread over its shape. */
function evaluate(build: () => readonly tf.Tensor[]): Fetched[] {
  return tf.with(new tf.Graph().as_default(), () => {
    const tensors = build();
    const assigned = tf
      .global_variables()
      .map((v) => tf.assign(v, v.shape.ndims === 0 ? 1.25 : spread(v.shape.as_list() as number[])));
    return tf.with(new tf.Session(), (session) => {
      session.run(assigned);
      return session.run([...tensors]);
    });
  });
}

function expectDecoded(found: Fetched[], expected: Decoded): void {
  const [outputs, samples, state, lengths] = found as [Fetched, Fetched, Fetched, Fetched];
  expectNear(outputs, expected.outputs);
  expectNear(samples, expected.samples);
  expectNear(state, expected.state);
  expectNear(lengths, expected.lengths);
}

describe('BasicDecoder', () => {
  const decode = (helper: tf.contrib.seq2seq.Helper, limit: number | null = null) => {
    const cell = new tf.nn.rnn_cell.BasicRNNCell(UNITS);
    const layer = new tf.layers.Dense(CLASSES, { use_bias: false });
    const decoder = new seq2seq.BasicDecoder(cell, helper, tf.constant(spread([3, UNITS])), layer);
    const [outputs, state, lengths] = seq2seq.dynamic_decode(decoder, {
      impute_finished: true,
      maximum_iterations: limit,
    });
    expect(outputs.rnn_output.shape.as_list()).toEqual([3, null, CLASSES]);
    return [outputs.rnn_output, outputs.sample_id, state, lengths];
  };

  test('TrainingHelper', () => {
    const found = evaluate(() => decode(new seq2seq.TrainingHelper(inputs, LENGTHS)));
    expectDecoded(found, golden.training);
  });

  test('TrainingHelper of time-major inputs', () => {
    const found = evaluate(() => {
      const steps = tf.transpose(inputs, [1, 0, 2]);
      return decode(new seq2seq.TrainingHelper(steps, LENGTHS, { time_major: true }));
    });
    expectDecoded(found, golden.training);
  });

  test('GreedyEmbeddingHelper', () => {
    const found = evaluate(() =>
      decode(new seq2seq.GreedyEmbeddingHelper(tf.constant(embedding), [0, 1, 2], 3), 7),
    );
    expectDecoded(found, golden.greedy);
  });

  test('InferenceHelper and CustomHelper do as the GreedyEmbeddingHelper', () => {
    const look = (ids: tf.Tensor) => tf.nn.embedding_lookup(tf.constant(embedding), ids);
    const best = (outputs: tf.Tensor) => tf.argmax(outputs, -1, { output_type: tf.int32 });
    const start = () => look(tf.constant([0, 1, 2], tf.int32));
    const ended = (ids: tf.Tensor) => tf.equal(ids, tf.constant(3, tf.int32));
    expectDecoded(
      evaluate(() =>
        decode(new seq2seq.InferenceHelper(best, [], tf.int32, start(), ended, look), 7),
      ),
      golden.greedy,
    );
    expectDecoded(
      evaluate(() =>
        decode(
          new seq2seq.CustomHelper(
            () => [tf.constant([false, false, false]), start()],
            (_time, outputs) => best(outputs),
            (_time, _outputs, state, ids) => [ended(ids), look(ids), state],
          ),
          7,
        ),
      ),
      golden.greedy,
    );
  });

  test('SampleEmbeddingHelper draws classes, the best one at temperature 0', () => {
    const found = evaluate(() =>
      decode(
        new seq2seq.SampleEmbeddingHelper(tf.constant(embedding), [0, 1, 2], 3, 1e-4, { seed: 1 }),
        7,
      ),
    );
    expectDecoded(found, golden.greedy);
  });

  test('ScheduledEmbeddingTrainingHelper with probability 0 trains, with 1 feeds what it drew', () => {
    const [never, always] = [0, 1].map((probability) =>
      evaluate(() =>
        decode(
          new seq2seq.ScheduledEmbeddingTrainingHelper(
            inputs,
            LENGTHS,
            tf.constant(embedding),
            probability,
            { seed: 1 },
          ),
        ),
      ),
    );
    expectNear(never![0]!, golden.training.outputs);
    expectNear(never![3]!, golden.training.lengths);
    const ids = [...never![1]!.at(0)];
    expect(ids).toEqual([-1, -1, -1, -1, -1]);
    const drawn: number[] = [...always![1]!.at(0)];
    expect(drawn.every((id) => id >= 0 && id < CLASSES)).toBe(true);
    // The outputs of a step are those of a cell that was fed the embedding of the class drawn before.
    const [kernel, bias] = [spread([DEPTH + UNITS, UNITS]), spread([UNITS])];
    const fed = evaluate(() => {
      const start = [spread([3, 5, DEPTH]).at(0, 0), embedding.at(drawn[0]!)];
      let state: tf.Tensor = tf.constant(spread([3, UNITS]).at('0:1'));
      for (const x of start) {
        const both = tf.concat([tf.reshape(x, [1, DEPTH]), state], 1);
        state = tf.tanh(tf.matmul(both, kernel).add(bias));
      }
      return [tf.matmul(state, spread([UNITS, CLASSES]))];
    });
    expectNear(always![0]!.at(0, 1), [...fed[0]!.reshape([-1])]);
  });

  test('ScheduledOutputTrainingHelper with probability 0 trains, with 1 feeds what was put out', () => {
    const helped = (probability: number, options: object = {}) =>
      decode(
        new seq2seq.ScheduledOutputTrainingHelper(inputs, LENGTHS, probability, {
          seed: 1,
          next_inputs_fn: (outputs: tf.Tensor) => outputs.at('...', `:${DEPTH}`).multiply(2),
          ...options,
        }),
      );
    const never = evaluate(() => helped(0));
    expectNear(never[0]!, golden.training.outputs);
    expectNear(never[3]!, golden.training.lengths);
    const always = evaluate(() => helped(1));
    expect([...always[1]!.at(0)]).toEqual([1, 1, 1, 1, 1]);
    const [kernel, bias] = [spread([DEPTH + UNITS, UNITS]), spread([UNITS])];
    const fed = evaluate(() => {
      let state: tf.Tensor = tf.constant(spread([3, UNITS]).at('0:1'));
      let x: tf.Tensor = tf.constant(spread([3, 5, DEPTH]).at('0:1', 0));
      for (let step = 0; step < 3; step++) {
        state = tf.tanh(tf.matmul(tf.concat([x, state], 1), kernel).add(bias));
        const outputs = tf.matmul(state, spread([UNITS, CLASSES]));
        if (step === 2) return [outputs];
        x = outputs.at('...', `:${DEPTH}`).multiply(2);
      }
      return [];
    });
    expectNear(always[0]!.at(0, 2), [...fed[0]!.reshape([-1])]);
    expect(() => helped(0, { sampling_probability: 0 })).toThrow(/multiple values for/);
    expect(
      () =>
        new seq2seq.ScheduledOutputTrainingHelper(inputs, LENGTHS, [
          [0, 1],
          [1, 0],
        ]),
    ).toThrow('sampling_probability must be either a scalar or a vector. saw shape: (2, 2)');
  });

  test('ScheduledOutputTrainingHelper appends auxiliary inputs to both', () => {
    const cell = new tf.nn.rnn_cell.GRUCell(DEPTH);
    const auxiliary_inputs = tf.ones([3, 5, 2]);
    const helper = new seq2seq.ScheduledOutputTrainingHelper(inputs, LENGTHS, 0.5, {
      auxiliary_inputs,
      seed: 1,
    });
    const decoder = new seq2seq.BasicDecoder(cell, helper, cell.zero_state(3, tf.float32));
    const [outputs] = seq2seq.dynamic_decode(decoder);
    expect(tf.trainable_variables()[0]!.shape.as_list()).toEqual([2 * DEPTH + 2, 2 * DEPTH]);
    tf.with(new tf.Session(), (sess) => {
      sess.run(tf.global_variables_initializer());
      expect((sess.run(outputs as never) as [tf.NdArray])[0].shape).toEqual([3, 5, DEPTH]);
    });
  });

  test('gradients reach the variables', () => {
    const found = evaluate(() => {
      const [outputs] = decode(new seq2seq.TrainingHelper(inputs, LENGTHS));
      const loss = tf.reduce_sum(tf.square(outputs!));
      return tf.gradients(loss, tf.trainable_variables()).map((g) => tf.convert_to_tensor(g!));
    });
    expect(found.map((slope) => slope.shape)).toEqual([[6, 4], [4], [4, 6]]);
    for (const slope of found) expect(Math.max(...slope.reshape([-1]))).toBeGreaterThan(0);
  });
});

test('sequence_loss', () => {
  const targets = Array.from({ length: 3 }, (_, b) =>
    Array.from({ length: 5 }, (_, t) => (5 * b + t) % CLASSES),
  );
  const found = evaluate(() => {
    const weights = tf.sequence_mask(LENGTHS, 5, tf.float32);
    return [
      [true, true],
      [true, false],
      [false, true],
      [false, false],
    ].map(([time, batch]) =>
      seq2seq.sequence_loss(spread([3, 5, CLASSES]), targets, weights, time, batch),
    );
  });
  const { both, time, batch, none } = golden.loss;
  [both, time, batch, none].forEach((expected, i) => {
    expectNear(found[i]!, expected);
  });
});

describe('errors', () => {
  test.each<[string, () => unknown]>([
    [
      'Logits must be a [batch_size x sequence_length x logits] tensor',
      () => seq2seq.sequence_loss(spread([2, 3]), [[1]], spread([2, 3])),
    ],
    ['Expected decoder to be type Decoder', () => seq2seq.dynamic_decode(3 as never)],
    [
      'Expected sequence_length to be a vector, but received shape: ()',
      () => new seq2seq.TrainingHelper(inputs, 3),
    ],
    [
      'start_tokens must be a vector',
      () => new seq2seq.GreedyEmbeddingHelper(tf.constant(embedding), 1, 3),
    ],
    [
      'end_token must be a scalar',
      () => new seq2seq.GreedyEmbeddingHelper(tf.constant(embedding), [1], [3]),
    ],
  ])('%s', (text, call) => {
    tf.with(new tf.Graph().as_default(), () => {
      expect(call).toThrow(text);
    });
  });
});
