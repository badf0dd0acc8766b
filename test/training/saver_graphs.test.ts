/** Savers build TensorFlow's nodes. Recorded by test/golden/record_savers.py. */

import { readFileSync } from 'node:fs';
import { beforeEach, expect, test } from '@jest/globals';
import * as tf from 'tf1';

type Row = readonly [
  name: string,
  op: string,
  inputs: readonly string[],
  device: string,
  values: readonly string[],
];
interface Recorded {
  readonly def: readonly unknown[];
  readonly nodes: readonly Row[];
}
const golden = JSON.parse(
  readFileSync(new URL('../golden/savers.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, Recorded>>;

const { Saver } = tf.train;
const { BaseSaverBuilder } = tf.python.training.saver;
interface Options {
  readonly write_version?: number;
  readonly sharded?: boolean;
  readonly reshape?: boolean;
  readonly name?: string;
  readonly filename?: string;
  readonly restore_sequentially?: boolean;
  readonly builder?: InstanceType<typeof BaseSaverBuilder>;
}
const SAVERS: Readonly<Record<string, () => Options>> = {
  v2: () => ({ write_version: 2 }),
  v1: () => ({ write_version: 1 }),
  v2_sharded: () => ({ write_version: 2, sharded: true }),
  v1_sharded: () => ({ write_version: 1, sharded: true }),
  reshape: () => ({ reshape: true }),
  named: () => ({ name: 'mine', filename: 'file', restore_sequentially: true }),
  one_by_one: () => ({ builder: new BaseSaverBuilder() }),
};

function build(kind: string, options: Options): tf.train.Saver {
  const initializer = tf.zeros_initializer();
  const a = tf.with(tf.device('/job:a'), () => tf.get_variable('a', [4, 3], { initializer }));
  const b = tf.get_variable('scope/b', [], { dtype: tf.int64, initializer });
  const partitioner = tf.fixed_size_partitioner(3);
  const parts = tf.get_variable('parts', [10, 2], { initializer, partitioner });
  const r = tf.get_variable('r', [2], { initializer, use_resource: true });
  const s = tf.with(tf.device('/gpu:1'), () => new tf.Variable(tf.zeros([2, 2]), { name: 's' }));
  if (kind === 'list') return new Saver([a, b, parts, r, s], options);
  if (kind === 'dict')
    return new Saver({ 'x/a': a, b, z: [...(parts as never)], resource: r }, options);
  return kind === 'default' ? new Saver(options) : new Saver([s, b], options);
}

/** Random parts of names are left out. */
function rows(scope: string): Row[] {
  const operations = tf.get_default_graph().get_operations();
  const names = (tensors: readonly tf.Tensor[]) =>
    tensors.map(({ name }) => name.replace(/:0$/, ''));
  return operations
    .filter(({ name }) => name.startsWith(`${scope}/`))
    .map((op): Row => {
      const value = op.type === 'Const' ? (op.outputs[0]!.constant?.data as unknown) : [];
      const texts = Array.isArray(value) ? (value as string[]) : [];
      return [
        op.name,
        op.type,
        [...names(op.inputs), ...op.control_inputs.map(({ name }) => `^${name}`).sort()],
        op.device,
        texts.map((text) => text.replace(/_temp_[0-9a-f]{32}/, '_temp')),
      ];
    });
}

beforeEach(() => tf.reset_default_graph());

test.each(Object.keys(golden))('%s', (program) => {
  const [kind, options] = program.split(' ') as [string, string];
  const given = SAVERS[options]!();
  const def = build(kind, given).as_saver_def()!;
  const { def: wanted, nodes } = golden[program]!;
  const { filename_tensor_name, save_tensor_name, restore_op_name, version } = def;
  expect([filename_tensor_name, save_tensor_name, restore_op_name, version]).toEqual(wanted);
  expect(rows(given.name ?? 'save')).toEqual(nodes);
});
