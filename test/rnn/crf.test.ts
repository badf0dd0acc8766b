/** Conditional random fields agree with counting out all sequences of tags: golden/crf.json. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import type { Fetched } from '../../src/core/fetched.ts';
import { spread } from '../ops/sample.ts';

interface Case {
  readonly time: number;
  readonly depth: number;
  readonly lengths: number[];
  readonly tags: number[][];
  readonly bitmap: boolean[][][];
  readonly slopes: [number[], number[]];
  readonly score: number[];
  readonly unary: number[];
  readonly norm: number[];
  readonly multitag: number[];
  readonly best_score: number[];
  readonly best: number[][];
}
const golden = JSON.parse(
  readFileSync(new URL('../golden/crf.json', import.meta.url), 'utf8'),
) as Case[];

const { crf } = tf.contrib;

function expectNear(actual: Fetched, expected: readonly number[]): void {
  const values: number[] = [...actual.reshape([-1])];
  expect(values).toHaveLength(expected.length);
  values.forEach((value, i) => {
    expect(Math.abs(value - expected[i]!)).toBeLessThan(2e-5);
  });
}

const run = <R>(body: (session: tf.Session) => R): R =>
  tf.with(new tf.Graph().as_default(), () => tf.with(new tf.Session(), body));

describe.each(golden)('$time steps, lengths $lengths, $depth tags', (expected) => {
  const { time, depth, lengths, tags, bitmap } = expected;
  const potentials = spread([lengths.length, time, depth]);

  describe.each([true, false])('time known when the graph is built: %p', (isKnown) => {
    const shape = isKnown ? potentials.shape : [null, null, depth];
    const build = () => ({
      x: tf.placeholder_with_default(potentials, [...shape]),
      transitions: tf.constant(spread([depth, depth])),
      indices: tf.placeholder_with_default(
        tf.constant(tags, tf.int32),
        isKnown ? [lengths.length, time] : [null, null],
      ),
    });

    test('scores and norms', () => {
      run((session) => {
        const { x, transitions, indices } = build();
        expectNear(
          session.run(crf.crf_sequence_score(x, indices, lengths, transitions)),
          expected.score,
        );
        const wide = tf.cast(indices, tf.int64);
        expectNear(
          session.run(crf.crf_sequence_score(x, wide, lengths, transitions)),
          expected.score,
        );
        expectNear(session.run(crf.crf_unary_score(indices, lengths, x)), expected.unary);
        expectNear(session.run(crf.crf_log_norm(x, lengths, transitions)), expected.norm);
        const allowed = tf.constant(bitmap);
        expectNear(
          session.run(crf.crf_multitag_sequence_score(x, allowed, lengths, transitions)),
          expected.multitag,
        );
      });
    });

    test('the likelihood and its gradients', () => {
      run((session) => {
        const { x, transitions, indices } = build();
        const [likelihood, same] = crf.crf_log_likelihood(x, indices, lengths, transitions);
        expect(same).toBe(transitions);
        expectNear(
          session.run(likelihood),
          expected.score.map((score, b) => score - expected.norm[b]!),
        );
        const slopes = tf.gradients(likelihood, [x, transitions]);
        expectNear(session.run(slopes[0]!), expected.slopes[0]);
        if (time > 1) expectNear(session.run(slopes[1]!), expected.slopes[1]);
      });
    });

    test('the best tags', () => {
      run((session) => {
        const { x, transitions } = build();
        const [decoded, score] = crf.crf_decode(x, transitions, lengths);
        const [best, scores] = session.run([decoded, score]);
        lengths.forEach((length, b) => {
          if (length === 0) return;
          expect(best!.tolist()[b]!.slice(0, length)).toEqual(expected.best[b]);
          expect(Math.abs(scores!.tolist()[b]! - expected.best_score[b]!)).toBeLessThan(2e-5);
        });
        expect(best!.dtype).toBe(tf.int32);
      });
    });
  });

  test('viterbi_decode', () => {
    lengths.forEach((length, b) => {
      if (length === 0) return;
      const [best, score] = crf.viterbi_decode(
        (potentials.tolist() as number[][][])[b]!.slice(0, length),
        spread([depth, depth]),
      );
      expect(best).toEqual(expected.best[b]);
      expect(Math.abs(score - expected.best_score[b]!)).toBeLessThan(2e-5);
    });
  });
});

test('the transitions are a variable unless they are given, and can be learnt', () => {
  run((session) => {
    const { time, depth, lengths, tags } = golden[0]!;
    const x = spread([lengths.length, time, depth]);
    const [likelihood, transitions] = crf.crf_log_likelihood(
      x,
      tf.constant(tags, tf.int32),
      lengths,
    );
    expect(tf.trainable_variables().map((v) => v.name)).toEqual(['transitions:0']);
    const loss = tf.reduce_mean(tf.negative(likelihood));
    const train = new tf.train.GradientDescentOptimizer(0.5).minimize(loss);
    session.run(tf.global_variables_initializer());
    const before = Number(session.run(loss));
    for (let i = 0; i < 20; i++) session.run(train);
    expect(Number(session.run(loss))).toBeLessThan(before);
    expect(session.run(transitions).shape).toEqual([depth, depth]);
  });
});
