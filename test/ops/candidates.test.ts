/** Candidate samplers draw TensorFlow's classes, and the losses on samples are TensorFlow's: golden/candidates.json. */

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { spread } from './sample.ts';

interface Row {
  readonly sampler: string;
  readonly seed: number;
  readonly unique: boolean;
  readonly runs: [number[], number[][], number[]][];
}
const golden = JSON.parse(
  readFileSync(new URL('../golden/candidates.json', import.meta.url), 'utf8'),
) as { samples: Row[]; losses: Record<string, number[][]>; hits: number[][] };

const { nn } = tf;
const CLASSES = [
  [0, 1],
  [5, 3],
];
type Tensor = tf.Tensor;
const samplers: Record<string, (t: Tensor, unique: boolean) => Iterable<Tensor>> = {
  log_uniform: (t, u) => nn.log_uniform_candidate_sampler(t, 2, 4, u, 10, { seed: 3 }),
  uniform: (t, u) => nn.uniform_candidate_sampler(t, 2, 4, u, 10, { seed: 3 }),
  uniform_large: (t, u) => nn.uniform_candidate_sampler(t, 2, 4, u, 3000000000, { seed: 3 }),
  fixed_unigram: (t, u) =>
    nn.fixed_unigram_candidate_sampler(t, 2, 4, u, 6, {
      unigrams: [1, 2, 3, 4, 5, 6],
      distortion: 0.75,
      seed: 3,
    }),
  learned_unigram: (t, u) => nn.learned_unigram_candidate_sampler(t, 2, 4, u, 10, { seed: 3 }),
  all: (t, u) => nn.all_candidate_sampler(t, 2, 7, u, { seed: 3 }),
};

/** Nested lists of numbers, flat. */
const flat = (value: unknown): number[] =>
  Array.isArray(value) ? value.flatMap(flat) : [value as number];

function expectNear(actual: number[], expected: number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => {
    expect(Math.abs(value - expected[i]!)).toBeLessThan(2e-5 * (1 + Math.abs(expected[i]!)));
  });
}

test.each(golden.samples)(
  '$sampler, seed $seed, unique $unique',
  ({ sampler, seed, unique, runs }) => {
    tf.with(new tf.Graph().as_default(), () => {
      tf.set_random_seed(seed);
      const sample = [...samplers[sampler]!(tf.constant(CLASSES, tf.int64), unique)];
      tf.with(new tf.Session(), (session) => {
        for (const expected of runs) {
          const values = session.run(sample).map((value) => value.tolist());
          expect(values[0]).toEqual(expected[0]);
          expectNear(flat(values[1]), flat(expected[1]));
          expectNear(flat(values[2]), expected[2]);
        }
      });
    });
  },
);

const sample = () => [
  tf.constant([3, 9, 1], tf.int64),
  tf.constant([
    [0.5, 0.25],
    [0.125, 0.3],
  ]),
  tf.constant([0.3, 0.1, 0.25]),
];

test.each(Object.keys(golden.losses))('%s', (key) => {
  const [name, hits] = key.split(' ');
  const loss = name === 'nce_loss' ? nn.nce_loss : nn.sampled_softmax_loss;
  tf.with(new tf.Graph().as_default(), () => {
    const inputs = [[10, 3], [10], [2, 3]].map((shape) => tf.constant(spread(shape)));
    const [weights, biases, x] = inputs as [Tensor, Tensor, Tensor];
    const labels = tf.constant(CLASSES, tf.int64);
    const y = loss(weights, biases, labels, x, 3, 10, 2, sample(), hits === 'True');
    const gradients = tf.gradients(y, inputs).map((g) => tf.convert_to_tensor(g!));
    tf.with(new tf.Session(), (session) => {
      session.run([y, ...gradients]).forEach((value, i) => {
        expectNear(flat(value.tolist()), golden.losses[key]![i]!);
      });
    });
  });
});

test('accidental hits', () => {
  tf.with(new tf.Graph().as_default(), () => {
    const hits = nn.compute_accidental_hits(tf.constant(CLASSES, tf.int64), sample()[0]!, 2);
    tf.with(new tf.Session(), (session) => {
      const values = session.run([...hits]).map((value) => value.tolist());
      expect(values).toEqual(golden.hits);
    });
  });
});
