/** `tf.train.warm_start`: what variables begin with. Recorded by test/golden/record_warm_start.py. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';

tf.logging.set_verbosity(tf.logging.FATAL);
const golden = JSON.parse(
  readFileSync(new URL('../golden/warm_start.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, unknown>>;
const scratch = mkdtempSync(join(tmpdir(), 'tf1-warm-'));
afterAll(() => rmSync(scratch, { recursive: true }));
beforeEach(() => tf.reset_default_graph());

const at = (name: string) => join(scratch, name);
const listOf = (value: unknown) => (value instanceof tf.NdArray ? value.tolist() : value);

beforeAll(() => {
  tf.reset_default_graph();
  const matrix = [0, 1, 2, 3].map((i) => [0, 1, 2].map((j) => 10 * i + j));
  new tf.Variable(matrix, { name: 'old' });
  new tf.Variable([1, 2, 3], { name: 'bias' });
  const saver = new tf.train.Saver();
  tf.with(new tf.Session(), (sess) => {
    sess.run(tf.global_variables_initializer());
    saver.save(sess, at('m'));
  });
  const words = { old_rows: 'abcd', new_rows: 'dxayb', old_cols: 'pqr', new_cols: 'rnpq' };
  for (const [name, list] of Object.entries(words)) {
    writeFileSync(at(name), `${[...list].join('\n')}\n`);
  }
});

const initialized = (v: unknown) =>
  tf.with(new tf.Session(), (sess) => {
    sess.run(tf.global_variables_initializer());
    return listOf(sess.run(tf.convert_to_tensor(v as tf.Variable)));
  });

describe('vocabularies', () => {
  const nine = tf.random_uniform_initializer(9, 9) as never;
  const info = (...args: ConstructorParameters<typeof tf.train.VocabInfo>) =>
    new tf.train.VocabInfo(...args);
  const rows = () => info(at('new_rows'), 5, 2, at('old_rows'), { backup_initializer: nine });

  test.each([
    ['rows', [7, 3], rows, null],
    ['rows, old ones cut', [5, 3], () => info(at('new_rows'), 5, 0, at('old_rows'), 2), null],
    ['rows, in pieces', [7, 3], rows, 3],
    [
      'columns',
      [4, 5],
      () => info(at('new_cols'), 4, 1, at('old_cols'), { backup_initializer: nine, axis: 1 }),
      null,
    ],
    [
      'columns, in pieces',
      [4, 4],
      () => info(at('new_cols'), 4, 0, at('old_cols'), { axis: 1 }),
      2,
    ],
  ] as const)('%s', (name, shape, vocabulary, parts) => {
    const partitioner = parts === null ? null : tf.fixed_size_partitioner(parts);
    const initializer = tf.zeros_initializer();
    const v = tf.get_variable('v', [...shape], { initializer, partitioner });
    const names = { var_name_to_prev_var_name: { v: 'old' } };
    tf.train.warm_start(scratch, { var_name_to_vocab_info: { v: vocabulary() }, ...names });
    expect(initialized(v)).toEqual(golden[name]);
  });

  test('have names, and two axes', () => {
    expect([...info('a', 1, 2, 'b')]).toEqual(['a', 1, 2, 'b', -1, null, 0]);
    expect(info('a', 1, 2, 'b').old_vocab).toBe('b');
    expect(() => info('a', 1, 2, 'b', { axis: 2 })).toThrow(
      'The only supported values for the axis argument are 0 and 1.  Provided axis: 2',
    );
  });
});

describe('which variables', () => {
  const make = () => [
    tf.get_variable('old', [4, 3], { initializer: tf.zeros_initializer() }),
    tf.get_variable('bias', [3], { initializer: tf.zeros_initializer(), trainable: false }),
  ];

  test('the trainable ones', () => {
    const [old, bias] = make();
    tf.train.warm_start(scratch);
    expect((initialized(old) as number[][])[3]).toEqual([30, 31, 32]);
    expect(initialized(bias)).toEqual([0, 0, 0]);
  });

  test('those whose names match, or that are given', () => {
    const [old, bias] = make();
    tf.train.warm_start(at('m'), ['bias']);
    expect(initialized(bias)).toEqual([1, 2, 3]);
    expect((initialized(old) as number[][])[3]).toEqual([0, 0, 0]);
    tf.train.warm_start(at('m'), [old!]);
    expect((initialized(old) as number[][])[3]).toEqual([30, 31, 32]);
  });

  test('two from one tensor', () => {
    const a = tf.get_variable('a', [3]);
    const b = tf.get_variable('b', [3]);
    tf.train.warm_start(at('m'), { var_name_to_prev_var_name: { a: 'bias', b: 'bias' } });
    expect([initialized(a), initialized(b)]).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  test('names that are not used are an error', () => {
    make();
    expect(() => tf.train.warm_start(at('m'), { var_name_to_prev_var_name: { x: 'y' } })).toThrow(
      "You provided the following variables in var_name_to_prev_var_name that were not used: {'x'}.  Perhaps you misspelled them?",
    );
    expect(() => tf.train.warm_start(at('m'), [1 as never])).toThrow(
      'If `vars_to_warm_start` is a list, it must be all `Variable` or all `str`.',
    );
    expect(() => tf.train.warm_start(at('m'), 5 as never)).toThrow('must be a `list` or `str`');
  });
});
