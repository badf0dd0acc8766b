/** `tf.train.Saver`: what it writes, keeps, restores and refuses. */

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { eager_mode } from '../../src/eager/context.ts';
import { inSession, twoVariables } from './two_variables.ts';

tf.logging.set_verbosity(tf.logging.FATAL);
const scratch = mkdtempSync(join(tmpdir(), 'tf1-saver-'));
afterAll(() => rmSync(scratch, { recursive: true }));

let directory = '';
let count = 0;
beforeEach(() => {
  tf.reset_default_graph();
  directory = join(scratch, String(count++));
  mkdirSync(directory);
});

const at = (name: string) => join(directory, name);
const files = () => readdirSync(directory).sort();
const listOf = (value: unknown) => (value instanceof tf.NdArray ? value.tolist() : value);

test('a variable is as it was when it was saved', () => {
  const [w, b] = twoVariables();
  const saver = new tf.train.Saver();
  const path = inSession((sess) => saver.save(sess, at('model')));
  expect(path).toBe(at('model'));
  expect(files()).toEqual(['checkpoint', 'model.data-00000-of-00001', 'model.index', 'model.meta']);
  tf.with(new tf.Session(), (sess) => {
    saver.restore(sess, path);
    expect(sess.run([w, b]).map(listOf)).toEqual([
      [
        [1, 2],
        [3, 4],
      ],
      [7, 8],
    ]);
  });
});

test.each([
  ['number', 5],
  ['variable', 'variable'],
  ['tensor name', 'step:0'],
])('the step is part of the name: %s', (_, kind) => {
  twoVariables();
  const step = new tf.Variable(tf.int32(5), { name: 'step', trainable: false });
  const saver = new tf.train.Saver();
  inSession((sess) => {
    const global_step = kind === 'variable' ? step : kind;
    const path = saver.save(sess, at('m'), { global_step, write_meta_graph: false });
    expect(path).toBe(at('m-5'));
  });
  expect(tf.train.latest_checkpoint(directory)).toBe(at('m-5'));
});

test('each of many checkpoints has the values of its time', () => {
  const v = new tf.Variable(tf.zeros([80, 100]), { name: 'v' });
  const r = tf.get_variable('r', [5000], {
    use_resource: true,
    initializer: tf.zeros_initializer(),
  });
  const train = tf.group(tf.assign_add(v, tf.ones([80, 100])), r.assign_add(tf.fill([5000], 2)));
  const sums = [tf.reduce_sum(v), tf.reduce_sum(r)];
  const saver = new tf.train.Saver({ max_to_keep: null });
  inSession((sess) => {
    for (let step = 1; step <= 6; step++) {
      sess.run(train);
      saver.save(sess, at('m'), step, { write_meta_graph: false });
    }
    for (const step of [3, 6, 1, 5, 2, 4]) {
      saver.restore(sess, at(`m-${step}`));
      expect(sess.run(sums)).toEqual([8000 * step, 10000 * step]);
      sess.run(train);
      expect(sess.run(sums)).toEqual([8000 * (step + 1), 10000 * (step + 1)]);
    }
  });
});

test('numbers can be padded', () => {
  twoVariables();
  const saver = new tf.train.Saver({ pad_step_number: true });
  inSession((sess) => expect(saver.save(sess, at('m'), 12)).toBe(at('m-00000012')));
});

test('the oldest checkpoints are deleted', () => {
  twoVariables();
  const saver = new tf.train.Saver({ max_to_keep: 2 });
  inSession((sess) => {
    for (const step of [1, 2, 3, 2]) saver.save(sess, at('m'), step);
  });
  expect(saver.last_checkpoints).toEqual([at('m-3'), at('m-2')]);
  const state = tf.train.get_checkpoint_state(directory)!;
  expect(state.model_checkpoint_path).toBe(at('m-2'));
  expect([...state.all_model_checkpoint_paths]).toEqual([at('m-3'), at('m-2')]);
  expect(files().some((name) => name.startsWith('m-1'))).toBe(false);
  expect(files()).toContain('m-2.meta');
});

test('without a limit none is deleted, and only the newest is known', () => {
  twoVariables();
  const saver = new tf.train.Saver({ max_to_keep: null });
  inSession((sess) => {
    for (const step of [1, 2]) saver.save(sess, at('m'), step, { write_meta_graph: false });
  });
  expect(saver.last_checkpoints).toEqual([]);
  expect(files()).toEqual([
    'checkpoint',
    ...['m-1', 'm-2'].flatMap((m) => [`${m}.data-00000-of-00001`, `${m}.index`]),
  ]);
  expect(tf.train.latest_checkpoint(directory)).toBe(at('m-2'));
});

test('one checkpoint in some hours stays', () => {
  twoVariables();
  const saver = new tf.train.Saver({ max_to_keep: 1, keep_checkpoint_every_n_hours: 1 });
  inSession((sess) => {
    saver.save(sess, at('m'), 1, { write_meta_graph: false });
    const inTwoHours = Date.now() / 1000 + 7200;
    saver.set_last_checkpoints_with_time([[at('m-1'), inTwoHours]]);
    for (const step of [2, 3]) saver.save(sess, at('m'), step, { write_meta_graph: false });
  });
  expect(files().filter((name) => name.endsWith('.index'))).toEqual(['m-1.index', 'm-3.index']);
});

test('a saver goes on with the checkpoints of an earlier one', () => {
  twoVariables();
  const saver = new tf.train.Saver();
  inSession((sess) => saver.save(sess, at('m'), 1));
  utimesSync(at('m-1.index'), 1000, 2000);
  const other = new tf.train.Saver();
  other.recover_last_checkpoints([at('m-1'), at('m-9')]);
  expect(other.last_checkpoints).toEqual([at('m-1')]);
  expect(tf.train.get_checkpoint_mtimes([at('m-1'), at('m-9')])).toEqual([2000]);
  other.set_last_checkpoints([at('x')]);
  expect(other.last_checkpoints).toEqual([at('x')]);
});

test.each([1, 2])('names, a subset and shards, in version %i', (write_version) => {
  const [w, b] = twoVariables();
  const whole = new tf.train.Saver({ weights: w, bias: b }, { write_version, sharded: true });
  const path = inSession((sess) => whole.save(sess, at('m'), { write_meta_graph: false }))!;
  expect(path).toBe(write_version === 1 ? at('m-?????-of-00001') : at('m'));
  expect(tf.train.checkpoint_exists(path)).toBe(true);
  expect(tf.train.list_variables(path)).toEqual([
    ['bias', [2]],
    ['weights', [2, 2]],
  ]);
  expect(listOf(tf.train.load_variable(path, 'weights'))).toEqual([
    [1, 2],
    [3, 4],
  ]);
  const part = new tf.train.Saver({ weights: w });
  tf.with(new tf.Session(), (sess) => {
    part.restore(sess, path);
    expect(listOf(sess.run(w))).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(sess.run(tf.is_variable_initialized(b))).toBe(false);
  });
  tf.train.remove_checkpoint(path, write_version);
  if (write_version === 2) expect(files()).toEqual(['checkpoint']);
});

test('variables of several devices go to several files', () => {
  const placed = (device: string, name: string, value: number) =>
    tf.with(tf.device(device), () => new tf.Variable(value, { name }));
  const a = placed('/cpu:0', 'a', 1);
  const b = placed('/job:worker/task:1', 'b', 2);
  const saver = new tf.train.Saver({ sharded: true });
  const path = inSession((sess) => saver.save(sess, at('m'), { write_meta_graph: false }))!;
  expect(files()).toEqual([
    'checkpoint',
    'm.data-00000-of-00002',
    'm.data-00001-of-00002',
    'm.index',
  ]);
  tf.with(new tf.Session(), (sess) => {
    saver.restore(sess, path);
    expect(sess.run([a, b])).toEqual([1, 2]);
  });
});

test('a variable in pieces is one tensor of the checkpoint', () => {
  const parts = tf.get_variable('p', [5, 2], {
    initializer: tf.random_uniform_initializer({ seed: 3 }),
    partitioner: tf.fixed_size_partitioner(2),
  });
  const saver = new tf.train.Saver();
  const value = inSession((sess) => {
    saver.save(sess, at('m'), { write_meta_graph: false });
    return listOf(sess.run(tf.convert_to_tensor(parts)));
  });
  expect(tf.train.list_variables(at('m'))).toEqual([['p', [5, 2]]]);
  expect(listOf(tf.train.load_variable(directory, 'p'))).toEqual(value);
  tf.reset_default_graph();
  const other = tf.get_variable('p', [5, 2], { partitioner: tf.fixed_size_partitioner(3) });
  const restorer = new tf.train.Saver();
  tf.with(new tf.Session(), (sess) => {
    restorer.restore(sess, at('m'));
    expect(listOf(sess.run(tf.convert_to_tensor(other)))).toEqual(value);
  });
});

test('reshape takes values of another shape', () => {
  const [w] = twoVariables();
  const path = inSession((sess) => new tf.train.Saver({ v: w }).save(sess, at('m')))!;
  tf.reset_default_graph();
  const v = new tf.Variable(tf.zeros([4]), { name: 'v' });
  const resource = tf.get_variable('r', [1, 4], { use_resource: true });
  const saver = new tf.train.Saver({ v }, { reshape: true });
  const other = new tf.train.Saver({ v: resource }, { reshape: true });
  const strict = new tf.train.Saver({ v });
  tf.with(new tf.Session(), (sess) => {
    saver.restore(sess, path);
    other.restore(sess, path);
    expect(sess.run([v, resource]).map(listOf)).toEqual([[1, 2, 3, 4], [[1, 2, 3, 4]]]);
    expect(() => strict.restore(sess, path)).toThrow(
      'Assign requires shapes of both tensors to match. lhs shape= [4] rhs shape= [2,2]',
    );
  });
});

test('objects of other kinds bring their own way', () => {
  const { BaseSaverBuilder } = tf.python.training.saver;
  const kept = new tf.Variable(0, { name: 'kept' });
  class Doubled extends BaseSaverBuilder.SaveableObject {
    constructor() {
      const spec = new BaseSaverBuilder.SaveSpec(tf.multiply(kept, 2), '', 'doubled');
      super(kept, [spec], 'doubled');
    }
    override restore([tensor]: readonly tf.Tensor[]) {
      return tf.assign(kept, tf.add(tensor!, 1));
    }
  }
  const saver = new tf.train.Saver([new Doubled()]);
  inSession((sess) => {
    sess.run(tf.assign(kept, 5));
    const path = saver.save(sess, at('m'), { write_meta_graph: false })!;
    expect(tf.train.load_variable(path, 'doubled')).toBe(10);
    saver.restore(sess, path);
    expect(sess.run(kept)).toBe(11);
  });
});

describe('as a message', () => {
  test('says its nodes', () => {
    twoVariables();
    const saver = tf.with(tf.name_scope('outer'), () => new tf.train.Saver({ max_to_keep: 3 }));
    const def = saver.as_saver_def()!;
    expect(def.filename_tensor_name).toBe('outer/save/Const:0');
    expect(def.save_tensor_name).toBe('outer/save/control_dependency:0');
    expect(def.restore_op_name).toBe('outer/save/restore_all');
    expect([def.max_to_keep, def.version]).toEqual([3, tf.train.SaverDef.V2]);
    expect(saver.to_proto('other')).toBe(null);
    expect(saver.to_proto('outer')!.restore_op_name).toBe('save/restore_all');
  });

  test('and is made of it again', () => {
    const [w] = twoVariables();
    const def = new tf.train.Saver().as_saver_def()!;
    const bytes = def.SerializeToString();
    const again = tf.train.Saver.from_proto(tf.train.SaverDef.FromString(bytes));
    inSession((sess) => {
      const path = again.save(sess, at('m'))!;
      sess.run(tf.assign(w, tf.zeros([2, 2])));
      again.restore(sess, path);
      expect(listOf(sess.run(w))).toEqual([
        [1, 2],
        [3, 4],
      ]);
    });
    expect(() => new tf.train.Saver({ saver_def: new tf.train.SaverDef() })).toThrow(
      'saver_def must specify the save_tensor_name: ',
    );
  });
});

describe('checkpoints of TF2 programs', () => {
  const path = fileURLToPath(new URL('../golden/tf2_checkpoint/ck-1', import.meta.url));

  test('are read by the names that the variables had', () => {
    const w = new tf.Variable(tf.zeros([2, 3]), { name: 'w' });
    const b = tf.get_variable('bias', [2], { dtype: tf.int64, use_resource: true });
    const saver = new tf.train.Saver([w, b]);
    const other = new tf.train.Saver({ other: w });
    tf.with(new tf.Session(), (sess) => {
      for (let i = 0; i < 2; i++) {
        saver.restore(sess, path);
        expect(sess.run([w, b]).map(listOf)).toEqual([
          [
            [0, 1, 2],
            [3, 4, 5],
          ],
          [7, 8],
        ]);
      }
      expect(() => other.restore(sess, path)).toThrow(
        'Attempting to load an object-based checkpoint using variable names, but could not find other in the checkpoint.',
      );
    });
  });

  test('in eager mode, too', () => {
    tf.with(eager_mode(), () => {
      const w = new tf.contrib.eager.Variable(tf.zeros([2, 3]), { name: 'w' });
      new tf.contrib.eager.Saver({ w }).restore(path);
      expect(listOf(w.numpy())).toEqual([
        [0, 1, 2],
        [3, 4, 5],
      ]);
    });
  });
});

describe('what cannot be', () => {
  test('nothing to save', () => {
    expect(() => new tf.train.Saver()).toThrow('No variables to save');
    const saver = new tf.train.Saver({ allow_empty: true });
    tf.with(new tf.Session(), (sess) => {
      expect(saver.save(sess, at('m'), { write_meta_graph: false })).toBe(null);
      saver.restore(sess, null);
    });
    expect(files()).toEqual([]);
  });

  test('no directory, no path, no session', () => {
    twoVariables();
    const saver = new tf.train.Saver();
    inSession((sess) => {
      expect(() => saver.save(sess, at('no/such/m'))).toThrow(
        `Parent directory of ${at('no/such/m')} doesn't exist, can't save.`,
      );
      expect(() => saver.restore(sess, null)).toThrow("Can't load save_path when it is None.");
      expect(() => saver.save(null, at('m'))).toThrow("'sess' must be a Session; null");
      expect(() => saver.save(sess, at('checkpoint'))).toThrow(
        `'latest_filename' collides with 'save_path': 'checkpoint' and '${at('checkpoint')}'`,
      );
      expect(() => saver.save(sess, at('m'), { latest_filename: 'a/b' })).toThrow(
        "'latest_filename' must not contain path components",
      );
      expect(() => saver.restore(sess, at('m'))).toThrow(
        `Unsuccessful TensorSliceReader constructor: Failed to find any matching files for ${at('m')}`,
      );
    });
  });

  test('a missing key names the nearest', () => {
    const [w, b] = twoVariables();
    const saver = new tf.train.Saver({ 'layer1/weights': w, 'layer1/biases': b });
    const path = inSession((sess) => saver.save(sess, at('m')))!;
    const other = new tf.train.Saver({ 'layer2/weights': w });
    inSession((sess) => {
      expect(() => other.restore(sess, path)).toThrow(
        /^Key layer2\/weights not found in checkpoint\n\t \[\[Node: [^\n]*\]\]\n\nThe nearest keys in the checkpoint are 'layer1\/weights'/,
      );
    });
  });

  test('names twice, and what is no variable', () => {
    const [w, b] = twoVariables();
    expect(() => new tf.train.Saver([w, w])).toThrow(
      'At least two variables have the same name: w',
    );
    expect(() => new tf.train.Saver({ a: w, c: w })).toThrow(
      'The same saveable will be restored with two names: c',
    );
    expect(() => new tf.train.Saver([tf.constant(1)])).toThrow(
      'Variable to save is not a Variable: Tensor("Const:0"',
    );
    expect(() => new tf.train.Saver({ a: tf.add(b, b) })).toThrow(
      'names_to_saveables must be a dict mapping string names to Tensors/Variables. Not a variable: ',
    );
    expect(() => new tf.train.Saver([w], { defer_build: true })).toThrow(
      'If `var_list` is provided then build cannot be deferred.',
    );
    const deferred = new tf.train.Saver({ defer_build: true });
    inSession((sess) => {
      expect(() => deferred.save(sess, at('m'))).toThrow('`build()` should be called before save');
      deferred.build();
      expect(deferred.save(sess, at('m'))).toBe(at('m'));
    });
  });

  test('a variable without a value', () => {
    twoVariables();
    const saver = new tf.train.Saver();
    tf.with(new tf.Session(), (sess) => {
      expect(() => saver.save(sess, at('m'))).toThrow('Attempting to use uninitialized value');
    });
    expect(files()).toEqual([]);
  });
});

describe('eager', () => {
  test('variables are saved and restored at once', () => {
    tf.with(eager_mode(), () => {
      const v = new tf.contrib.eager.Variable([1, 2], { name: 'v' });
      const saver = new tf.contrib.eager.Saver([v]);
      const path = saver.save(at('e'), { global_step: 3 });
      expect(path).toBe(at('e-3'));
      v.assign([5, 6]);
      saver.restore(path);
      expect(listOf(v.numpy())).toEqual([1, 2]);
      expect(tf.train.list_variables(path)).toEqual([['v', [2]]]);
      expect(() => new tf.train.Saver()).toThrow(
        'When eager execution is enabled, `var_list` must',
      );
    });
    expect(existsSync(at('e-3.index'))).toBe(true);
  });
});
