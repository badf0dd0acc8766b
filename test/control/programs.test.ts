/** Programs with conditions and loops are TensorFlow's in nodes, values and gradients. Recorded by test/golden/record_control.py. */

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { PROGRAMS } from './programs.ts';

type Row = readonly [
  name: string,
  op: string,
  inputs: readonly string[],
  placed: readonly string[],
  attrs: Readonly<Record<string, unknown>>,
];

interface Recorded {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: readonly (number | string | boolean)[];
}

interface Golden {
  readonly nodes: readonly Row[];
  readonly shapes: readonly (readonly (number | null)[] | null)[];
  readonly values: readonly (readonly Recorded[])[];
}

const file = new URL('../golden/control.json', import.meta.url);
const golden = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Golden>;

const isInGradients = (name: string): boolean => /^\^?(.*\/)?gradients(_\d+)?(\/|$)/.test(name);
const ATTRS = ['is_constant', 'parallel_iterations', 'frame_name'];

/** The default graph as the recording script writes it. */
function rows(): Row[] {
  const operations = tf.get_default_graph().get_operations();
  return operations
    .filter(({ name }) => !isInGradients(name))
    .map((operation) => {
      const { name, type, inputs, control_inputs } = operation;
      const sources = [
        ...inputs.map((input) => input.name.replace(/:0$/, '')),
        ...control_inputs.map((input) => `^${input.name}`),
      ].map((source) => (isInGradients(source) ? 'gradients/' : source));
      const groups = operation.colocation_groups();
      const placed = groups.join() === `loc:@${name}` ? [] : groups;
      const keys = type.endsWith('Enter') ? ATTRS : [];
      const attrs = Object.fromEntries(keys.map((key) => [key, operation.get_attr(key)]));
      return [name, type, sources, placed, attrs] as const;
    });
}

/** Control inputs have no order. */
const sorted = (all: readonly Row[]): unknown[] =>
  all
    .map(([name, op, inputs, ...rest]) => {
      const data = inputs.filter((input) => !input.startsWith('^'));
      const control = inputs.filter((input) => input.startsWith('^')).sort();
      return [name, op, [...data, ...control], ...rest];
    })
    .sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1));

test('every recorded program is replayed', () => {
  expect(Object.keys(PROGRAMS).sort()).toEqual(Object.keys(golden).sort());
});

test.each(Object.keys(PROGRAMS))('%s', (name) => {
  tf.reset_default_graph();
  const { fetches, runs } = PROGRAMS[name]!();
  const wanted = golden[name]!;
  const built = rows();
  const names = (all: readonly Row[]): string[] => all.map(([node, op]) => `${node}: ${op}`);
  expect(names(built)).toEqual(names(wanted.nodes));
  expect(sorted(built)).toEqual(sorted(wanted.nodes));
  expect(fetches.map(({ shape }) => (shape.ndims === null ? null : shape.as_list()))).toEqual(
    wanted.shapes,
  );
  using session = tf.enter(new tf.Session());
  session.run(tf.global_variables_initializer());
  runs.forEach((run, i) => {
    const feed_dict = new Map(run) as ReadonlyMap<tf.Tensor, number>;
    const values = session.run(fetches, { feed_dict }) as readonly unknown[];
    values.forEach((value, k) => {
      compare(value, wanted.values[i]![k]!);
    });
  });
});

function compare(value: unknown, { dtype, shape, data }: Recorded): void {
  const array = value instanceof tf.NdArray ? value : null;
  expect(array?.shape ?? []).toEqual(shape);
  const flat = array ? [...array.data] : [value];
  if (dtype !== 'float32') {
    expect(flat).toEqual(data);
    return;
  }
  flat.forEach((number, i) => {
    const wanted = data[i] as number;
    const error = Math.abs((number as number) - wanted);
    expect(error).toBeLessThanOrEqual(2e-5 * Math.max(1, Math.abs(wanted)));
  });
}
