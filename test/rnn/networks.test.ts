/** Recurrent networks against TensorFlow: values, gradients, names of variables, nodes. */

import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { packAs } from '../../src/core/nest.ts';
import type { RNNCell } from '../../src/rnn/cell.ts';
import { formula } from '../programs/replay.ts';

const [BATCH, STEPS, DEPTH] = [3, 4, 3] as const;
const { nn } = tf;

type Options = Record<string, unknown>;
type CellSpec = readonly [type: string, options: Options];
interface Numbers {
  readonly shape: number[];
  readonly data: number[];
}
interface Case {
  readonly cell: CellSpec;
  readonly run: 'dynamic' | 'static' | 'bidirectional' | 'static_bidirectional' | 'raw';
  readonly lengths?: number[];
  readonly time_major?: boolean;
  readonly initial?: boolean;
  readonly variables: readonly (readonly [string, number[]])[];
  readonly results: readonly Numbers[];
  readonly gradients: readonly Numbers[];
  readonly nodes?: readonly (readonly [string, string, string[]])[];
}

const cases = JSON.parse(
  readFileSync(new URL('../golden/rnn.json', import.meta.url), 'utf8'),
) as Record<string, Case>;

const activations = { relu: nn.relu, sigmoid: nn.sigmoid };
const types = nn.rnn_cell as unknown as Record<string, new (options: Options) => RNNCell>;

function cellOf([type, given]: CellSpec): RNNCell {
  const options = { ...given };
  if (options.activation) {
    options.activation = activations[options.activation as keyof typeof activations];
  }
  if (options.cells) options.cells = (options.cells as CellSpec[]).map(cellOf);
  if (options.cell) options.cell = cellOf(options.cell as CellSpec);
  return new types[type]!(options);
}

function network({ cell: spec, run, lengths, time_major, initial }: Case, x: tf.Tensor): unknown {
  const cell = cellOf(spec);
  const start = () => {
    const sizes = (
      Array.isArray(cell.state_size) ? cell.state_size.flat() : [cell.state_size]
    ) as number[];
    const flat = sizes.map((n, i) =>
      tf.constant(formula([BATCH, n], 50 + i), { name: `initial_${i}` }),
    );
    return packAs(cell.state_size, flat) as tf.Tensor;
  };
  const options = {
    ...(initial ? { initial_state: start() } : { dtype: tf.float32 }),
    sequence_length: lengths ?? null,
  };
  if (run === 'dynamic') return nn.dynamic_rnn(cell, x, { time_major: !!time_major, ...options });
  const both = { dtype: tf.float32, sequence_length: lengths ?? null };
  if (run === 'bidirectional') return nn.bidirectional_dynamic_rnn(cell, cellOf(spec), x, both);
  if (run === 'raw') return raw(cell, x);
  const steps = tf.unstack(x, STEPS, 1);
  if (run === 'static') return nn.static_rnn(cell, steps, options);
  return nn.static_bidirectional_rnn(cell, cellOf(spec), steps, both);
}

function raw(cell: RNNCell, x: tf.Tensor): unknown {
  const inputs = new tf.TensorArray(tf.float32, STEPS).unstack(tf.transpose(x, [1, 0, 2]));
  const lengths = tf.constant([2, 4, 3], tf.int32);
  const [array, state] = nn.raw_rnn(cell, (time, output, state) => {
    const next = state ?? cell.zero_state(BATCH, tf.float32);
    const finished = tf.greater_equal(time, lengths);
    const input = tf.cond(
      tf.reduce_all(finished),
      () => tf.zeros([BATCH, DEPTH]),
      () => inputs.read(time),
    );
    return [finished, input, next, output, null];
  });
  const outputs = array.stack();
  outputs.set_shape([STEPS, BATCH, 2]);
  return [outputs, state];
}

const leaves = (value: unknown): tf.Tensor[] =>
  Array.isArray(value) ? value.flatMap(leaves) : [value as tf.Tensor];

function expectNear(found: unknown, expected: Numbers): void {
  const array = found as tf.NdArray;
  expect(array.shape).toEqual(expected.shape);
  const data = Array.from(array.data as Float32Array);
  data.forEach((x, i) => {
    expect(x).toBeCloseTo(expected.data[i]!, 5);
  });
}

beforeEach(() => tf.reset_default_graph());

describe.each(Object.entries(cases))('%s', (_, expected) => {
  test('has the variables, values and gradients of TensorFlow', () => {
    const x = tf.placeholder(tf.float32, [BATCH, STEPS, DEPTH], { name: 'x' });
    const results = leaves(network(expected, x));
    if (expected.nodes) {
      const rows = tf
        .get_default_graph()
        .as_graph_def()
        .node.map(({ name, op, input }) => [name, op, input]);
      expect(new Map(rows.map((row) => [row[0], row]))).toEqual(
        new Map(expected.nodes.map((row) => [row[0], row])),
      );
    }
    const terms = results.map((result, i) =>
      tf.reduce_sum(result.multiply(formula(result.shape.as_list() as number[], 90 + i))),
    );
    const variables = tf.trainable_variables();
    expect(variables.map((v) => [v.name, v.shape.as_list()])).toEqual(expected.variables);
    const gradients = tf.gradients(tf.add_n(terms), [x, ...variables]);
    tf.with(new tf.Session(), (sess) => {
      sess.run(tf.global_variables_initializer());
      variables.forEach((v, i) => {
        v.load(formula(v.shape.as_list() as number[], 10 + i), sess);
      });
      const feed_dict = [[x, formula([BATCH, STEPS, DEPTH], 1)]] as const;
      const [values, slopes] = sess.run([results, gradients as tf.Tensor[]], { feed_dict });
      values.forEach((value, i) => {
        expectNear(value, expected.results[i]!);
      });
      slopes.forEach((value, i) => {
        expectNear(value, expected.gradients[i]!);
      });
    });
  });
});
