/** Connectionist temporal classification gives TensorFlow's losses, gradients and labels: golden/ctc.json. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { spread } from './sample.ts';

interface Loss {
  readonly labels: number[][];
  readonly flags: [boolean, boolean, boolean];
  readonly time_major: boolean;
  readonly values: (number | string)[][];
}
interface Decoded {
  readonly scale: number;
  readonly merge: boolean;
  readonly width: number;
  readonly log: number[][];
  readonly paths: unknown[][];
}
const golden = JSON.parse(readFileSync(new URL('../golden/ctc.json', import.meta.url), 'utf8')) as {
  losses: Loss[];
  decoded: Decoded[];
};

const { nn } = tf;
const LENGTHS = [7, 4, 6];

function sparse(rows: readonly (readonly number[])[]): tf.SparseTensor {
  const indices = rows.flatMap((row, b) => row.map((_, i) => [b, i]));
  return new tf.SparseTensor(
    tf.constant(indices, { dtype: tf.int64, shape: [indices.length, 2] }),
    tf.constant(rows.flat(), tf.int32),
    [rows.length, Math.max(...rows.map((row) => row.length))],
  );
}

function expectNear(actual: readonly number[], expected: readonly (number | string)[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => {
    const wanted = Number(String(expected[i]).replace('inf', 'Infinity'));
    if (Number.isFinite(wanted)) expect(Math.abs(value - wanted)).toBeLessThan(2e-5);
    else expect(value).toBe(wanted);
  });
}

const run = <R>(body: (session: tf.Session) => R): R =>
  tf.with(new tf.Graph().as_default(), () => tf.with(new tf.Session(), body));

test.each(golden.losses)(
  'loss of $labels, flags $flags, time_major $time_major',
  ({ labels, flags, time_major, values }) => {
    run((session) => {
      const x = tf.constant(spread(time_major ? [7, 3, 5] : [3, 7, 5]));
      const loss = nn.ctc_loss(sparse(labels), x, LENGTHS, ...flags, { time_major });
      const [slope] = tf.gradients(tf.multiply(loss, [1, 2, -0.5]), [x]);
      const actual = session.run([loss, slope!]);
      actual.forEach((value, i) => {
        expectNear(value.reshape([-1]).tolist(), values[i]!);
      });
    });
  },
);

test.each(golden.decoded)(
  'labels of logits times $scale, beam $width, merge_repeated $merge',
  ({ scale, merge, width, log, paths }) => {
    run((session) => {
      const x = tf.multiply(spread([7, 3, 5]), scale);
      const [decoded, logs] =
        width === 0
          ? nn.ctc_greedy_decoder(x, LENGTHS, merge)
          : nn.ctc_beam_search_decoder(x, LENGTHS, width, Math.min(3, width), merge);
      const found = decoded.map((path) => {
        const { indices, values, dense_shape } = path;
        return session.run([indices, values, dense_shape]).map((value) => value.tolist());
      });
      expect(found).toEqual(paths);
      expectNear(session.run(logs).reshape([-1]).tolist(), log.flat());
    });
  },
);

describe('errors', () => {
  const x = spread([4, 2, 3]);
  const labels = sparse.bind(null, [[0], [1]]);
  const loss = (rows: number[][], lengths: number[]) => () =>
    run((session) => session.run(nn.ctc_loss(sparse(rows), x, lengths)));

  test.each<[string, () => unknown]>([
    ['sequence_length(0) <= 4', loss([[0], [1]], [5, 4])],
    ['seq_len(0) < 0', loss([[0], [1]], [-1, 4])],
    ['Labels length is zero in batch 0', loss([[], [1]], [4, 4])],
    ['All labels must be nonnegative integers, batch: 1 labels: -1', loss([[0], [-1]], [4, 4])],
    [
      'Saw a non-null label (index >= num_classes - 1) following a null label, batch: 1 num_classes: 3 labels: 2,1 labels seen so far: ',
      loss([[0], [2, 1]], [4, 4]),
    ],
    [
      'Not enough time for target transition sequence (required: 1, available: 0)0You can turn this error into a warning by using the flag ignore_longer_outputs_than_inputs',
      loss([[0], [1]], [0, 4]),
    ],
    [
      'label SparseTensor is not valid: indices[2] = [2,0] is out of bounds: need 0 <= index < [2,1]',
      loss([[0], [1], [1]], [4, 4]),
    ],
    ['Dimensions must be equal, but are 2 and 3', loss([[0], [1]], [4, 4, 4])],
    [
      'Expected labels (first argument) to be a SparseTensor',
      () => run(() => nn.ctc_loss([[1]] as never, x, [4, 4])),
    ],
    [
      'sequence_length(0) <= 4',
      () => run((session) => session.run(nn.ctc_greedy_decoder(x, [5, 4])[1])),
    ],
    [
      'requested more paths than the beam width.',
      () => run((session) => session.run(nn.ctc_beam_search_decoder(x, [4, 4], 3, 4)[1])),
    ],
    [
      'Less leaves in the beam search than requested.',
      () => run((session) => session.run(nn.ctc_beam_search_decoder(x, [0, 4], 3, 2)[1])),
    ],
  ])('%s', (text, call) => {
    expect(call).toThrow(text);
  });

  test('the gradient has no gradient', () => {
    run(() => {
      const inputs = tf.constant(x);
      const [slope] = tf.gradients(nn.ctc_loss(labels(), inputs, [4, 4]), [inputs]);
      expect(() => tf.gradients(slope!, [inputs])).toThrow(
        'Currently there is no way to take the second  derivative of ctc_loss',
      );
    });
  });
});
