/** `tf.metrics` over batches against TensorFlow; collections, scopes, errors. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { eager_mode } from '../../src/eager/context.ts';

interface Golden {
  readonly name: string;
  readonly kwargs: Readonly<Record<string, unknown>>;
  readonly feeds: Readonly<
    Record<string, { dtype: string; shape: number[]; data: readonly number[][] }>
  >;
  readonly steps: readonly (readonly [update: (number | null)[], value: (number | null)[]])[];
  readonly variables: readonly string[];
}

const path = new URL('../golden/metrics.json', import.meta.url);
const goldens = JSON.parse(readFileSync(path, 'utf8')) as Golden[];
type Call = (kwargs: Record<string, unknown>) => [tf.Tensor, tf.Tensor];

function inGraph<T>(body: (session: tf.Session) => T): T {
  const graph = new tf.Graph();
  return tf.with(graph.as_default(), () => tf.with(new tf.Session(), body));
}

function numbersOf(value: unknown): number[] {
  return value instanceof tf.NdArray ? Array.from(value.data, Number) : [Number(value)];
}

function title({ name, kwargs, feeds }: Golden): string {
  return `${name}(${Object.keys(feeds)}) ${JSON.stringify(kwargs)}`;
}

describe('metrics over batches', () => {
  test.each(goldens.map((golden) => [title(golden), golden] as const))('%s', (_, golden) => {
    inGraph((session) => {
      const entries = Object.entries(golden.feeds);
      const inputs = entries.map(([, { dtype, shape }]) =>
        tf.placeholder(tf.as_dtype(dtype), shape),
      );
      const named = Object.fromEntries(entries.map(([key], i) => [key, inputs[i]]));
      const call = (tf.metrics as Record<string, unknown>)[golden.name] as Call;
      const [value, update] = call({ ...named, ...golden.kwargs });
      const variables = tf.get_collection(tf.GraphKeys.METRIC_VARIABLES) as tf.Variable[];
      expect(variables.map((variable) => variable.op.name).sort()).toEqual(
        [...golden.variables].sort(),
      );
      session.run(tf.local_variables_initializer());
      golden.steps.forEach(([updated, now], step) => {
        const feed_dict = entries.map(
          ([, { dtype, shape, data }], i) =>
            [inputs[i]!, tf.as_dtype(dtype)(data[step]).reshape(shape)] as const,
        );
        expectClose(numbersOf(session.run(update, { feed_dict })), updated);
        expectClose(numbersOf(session.run(value)), now);
      });
    });
  });
});

/** `null` stands for NaN. */
function expectClose(actual: readonly number[], expected: readonly (number | null)[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((x, i) => {
    if (expected[i] === null) expect(x).toBeNaN();
    else expect(x).toBeCloseTo(expected[i]!, 4);
  });
}

describe('metrics in a graph', () => {
  test('go to collections, and are named by their scope', () => {
    inGraph(() => {
      const collections = { metrics_collections: ['m', 'all'], updates_collections: 'u' };
      const [value, update] = tf.metrics.accuracy([1, 0], [1, 1], collections);
      expect(tf.get_collection('m')).toEqual([value]);
      expect(tf.get_collection('all')).toEqual([value]);
      expect(tf.get_collection('u')).toEqual([update]);
      expect(value.op.name).toBe('accuracy/value');
      expect(update.op.name).toBe('accuracy/update_op');
      const again = tf.metrics.accuracy([1], [1], { name: 'mine' });
      expect(again[1].op.name).toBe('mine/update_op');
    });
  });

  test('an extra dimension of 1 is taken off', () => {
    inGraph((session) => {
      const [, update] = tf.metrics.accuracy([[1], [0]], [1, 1], { weights: [[1], [3]] });
      session.run(tf.local_variables_initializer());
      expect(session.run(update)).toBe(0.25);
    });
  });

  test('weights of unknown rank are matched when it runs', () => {
    inGraph((session) => {
      const weights = tf.placeholder(tf.float32);
      const [, update] = tf.metrics.mean([1, 3], weights);
      session.run(tf.local_variables_initializer());
      expect(session.run(update, { feed_dict: [[weights, [[1], [3]]]] })).toBe(2.5);
    });
  });
});

describe('a confusion matrix', () => {
  test('counts pairs of classes, or adds up their weights', () => {
    inGraph((session) => {
      const [labels, predictions] = [
        tf.constant([1, 2, 4], tf.int32),
        tf.constant([2, 2, 4], tf.int32),
      ];
      const counts = session.run(tf.confusion_matrix(labels, predictions));
      expect(counts.dtype).toBe(tf.int32);
      expect(counts.tolist()).toEqual([
        [0, 0, 0, 0, 0],
        [0, 0, 1, 0, 0],
        [0, 0, 1, 0, 0],
        [0, 0, 0, 0, 0],
        [0, 0, 0, 0, 1],
      ]);
      const small = tf.confusion_matrix([0, 1], [1, 1], 2, tf.float32, { weights: [0.5, 2] });
      expect(session.run(small).tolist()).toEqual([
        [0, 0.5],
        [0, 2],
      ]);
      expect(() => session.run(tf.confusion_matrix([0, 3], [1, 1], 2))).toThrow(
        '`labels` out of bound',
      );
    });
  });
});

describe('errors', () => {
  test.each<[string, () => unknown, string]>([
    [
      'curve',
      () => tf.metrics.auc([1], [1], { curve: 'X' as never }),
      'curve must be either ROC or PR',
    ],
    [
      'sum',
      () => tf.metrics.auc([1], [1], { summation_method: 'x' as never }),
      'Invalid summation_method: x',
    ],
    [
      'rate',
      () => tf.metrics.sensitivity_at_specificity([1], [1], 2),
      '`specificity` must be in the range [0, 1].',
    ],
    [
      'shapes',
      () => tf.metrics.accuracy([1, 2], [1, 2, 3]),
      'Shapes (3,) and (2,) are incompatible',
    ],
  ])('%s', (_, call, text) => {
    inGraph(() => expect(call).toThrow(text));
  });

  test('predictions beyond [0, 1] are refused when it runs', () => {
    inGraph((session) => {
      const predictions = tf.placeholder(tf.float32, [1]);
      const [, update] = tf.metrics.auc([1], predictions);
      session.run(tf.local_variables_initializer());
      const refused = () => session.run(update, { feed_dict: [[predictions, [2]]] });
      expect(refused).toThrow('predictions must be in [0, 1]');
    });
  });

  test('there are no metrics in eager mode', () => {
    tf.with(eager_mode(), () => {
      expect(() => tf.metrics.mean([1])).toThrow(
        'tf.metrics.mean is not supported when eager execution is enabled.',
      );
    });
  });
});

test('average_precision_at_k counts each label of a sparse row but once', () => {
  inGraph((session) => {
    const indices = [
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 0],
    ];
    const labels = new tf.SparseTensor(indices, tf.constant([1, 1, 2, 0], tf.int64), [2, 3]);
    const scores = [
      [0.1, 0.5, 0.3],
      [0.2, 0.7, 0.3],
    ];
    // TensorFlow's number.
    const [value, update] = tf.metrics.average_precision_at_k(labels, scores, 2);
    session.run(tf.local_variables_initializer());
    expect([session.run(update), session.run(value)]).toEqual([0.5, 0.5]);
  });
});
