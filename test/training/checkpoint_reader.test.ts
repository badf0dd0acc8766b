/** What a directory of checkpoints says of itself, readers of checkpoints, and first values from them. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { inSession, twoVariables } from './two_variables.ts';

tf.logging.set_verbosity(tf.logging.FATAL);
const scratch = mkdtempSync(join(tmpdir(), 'tf1-checkpoints-'));
afterAll(() => rmSync(scratch, { recursive: true }));

let directory = '';
let count = 0;
beforeEach(() => {
  tf.reset_default_graph();
  directory = join(scratch, String(count++));
  mkdirSync(directory);
});

const at = (name: string) => join(directory, name);
const listOf = (value: unknown) => (value instanceof tf.NdArray ? value.tolist() : value);

describe('the file that names the checkpoints', () => {
  test('paths are whole, unless they are asked to be relative', () => {
    twoVariables();
    inSession((sess) => {
      new tf.train.Saver().save(sess, at('m'), 1);
      expect(readFileSync(at('checkpoint'), 'utf8')).toBe(
        `model_checkpoint_path: "${at('m-1')}"\nall_model_checkpoint_paths: "${at('m-1')}"\n`,
      );
      new tf.train.Saver({ save_relative_paths: true }).save(sess, at('m'), 2, 'other');
    });
    expect(readFileSync(at('other'), 'utf8')).toBe(
      'model_checkpoint_path: "m-2"\nall_model_checkpoint_paths: "m-2"\n',
    );
    expect(tf.train.latest_checkpoint(directory, 'other')).toBe(at('m-2'));
  });

  test('may be written by hand, and read whatever is in it', () => {
    tf.train.update_checkpoint_state(directory, 'a"b\\c', ['x', 'a"b\\c']);
    const state = tf.train.get_checkpoint_state(directory)!;
    expect(state.model_checkpoint_path).toBe(at('a"b\\c'));
    expect([...state.all_model_checkpoint_paths]).toEqual([at('x'), at('a"b\\c')]);
    expect(tf.train.latest_checkpoint(directory)).toBe(null);
    expect(tf.train.get_checkpoint_state(at('none'))).toBe(null);
    writeFileSync(at('checkpoint'), 'what is this');
    expect(tf.train.get_checkpoint_state(directory)).toBe(null);
    writeFileSync(at('checkpoint'), '');
    expect(() => tf.train.get_checkpoint_state(directory)).toThrow(
      `Invalid checkpoint state loaded from ${directory}`,
    );
    expect(() => tf.train.update_checkpoint_state(directory, at('checkpoint'))).toThrow(
      'conflicts with path used for checkpoint state.  Please use a different save path.',
    );
  });

  test('relative to a relative directory', () => {
    const state = tf.train.generate_checkpoint_state_proto('logs', 'logs/m-2', ['logs/m-1']);
    expect(state.model_checkpoint_path).toBe('m-2');
    expect([...state.all_model_checkpoint_paths]).toEqual(['m-1', 'm-2']);
  });
});

describe('readers', () => {
  test.each([1, 2])('version %i', (write_version) => {
    const [w, b] = twoVariables();
    const saver = new tf.train.Saver([w, b], { write_version });
    const path = inSession((sess) => saver.save(sess, at('m')))!;
    const reader = tf.train.NewCheckpointReader(path);
    expect(reader.has_tensor('w')).toBe(true);
    expect(reader.has_tensor('x')).toBe(false);
    expect(reader.get_variable_to_shape_map()).toEqual({ w: [2, 2], b: [2] });
    expect(reader.get_variable_to_dtype_map()).toEqual({ w: tf.float32, b: tf.int64 });
    expect(listOf(reader.get_tensor('b'))).toEqual([7, 8]);
    expect(reader.debug_string()).toBe('b (DT_INT64) [2]\nw (DT_FLOAT) [2,2]\n');
    expect(() => reader.get_tensor('x')).toThrow(
      write_version === 2
        ? 'Key x not found in checkpoint'
        : `x not found in checkpoint file ${path}`,
    );
    reader.close();
  });

  test('nothing there', () => {
    expect(() => tf.train.NewCheckpointReader(at('m'))).toThrow(
      'Unsuccessful TensorSliceReader constructor: Failed to find any matching files for',
    );
    expect(() => tf.train.load_checkpoint(directory)).toThrow(
      `Couldn't find 'checkpoint' file or checkpoints in given directory ${directory}`,
    );
  });
});

describe('first values from a checkpoint', () => {
  function saved(): string {
    const w = new tf.Variable(
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      { name: 'old/w' },
    );
    const b = new tf.Variable([7, 8], { name: 'old/b' });
    const path = inSession((sess) => new tf.train.Saver([w, b]).save(sess, at('m')))!;
    tf.reset_default_graph();
    return path;
  }

  test('by name, by variable, by scope, in pieces', () => {
    saved();
    const make = (name: string, shape: number[], kw = {}) => tf.get_variable(name, shape, kw);
    const w = make('new/w', [3, 2]);
    const b = make('new/b', [2], { use_resource: true });
    const pieces = make('pieces', [3, 2], { partitioner: tf.fixed_size_partitioner(2) });
    const single = make('single', [2]);
    const other = make('other', [2]);
    tf.train.init_from_checkpoint(directory, { 'old/': 'new/' });
    tf.train.init_from_checkpoint(directory, { 'old/w': 'pieces', 'old/b': single });
    tf.train.init_from_checkpoint(at('m'), [['old/b', other]]);
    inSession((sess) => {
      const values = sess.run([w, b, tf.convert_to_tensor(pieces), single, other]).map(listOf);
      expect(values).toEqual([
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
        [7, 8],
        [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
        [7, 8],
        [7, 8],
      ]);
    });
  });

  test('refuses what does not fit', () => {
    const path = saved();
    tf.get_variable('w', [2, 2]);
    const start = (map: Record<string, string>) => () => tf.train.init_from_checkpoint(path, map);
    expect(start({ 'old/w': 'w' })).toThrow(
      "Shape of variable w:0 ((2, 2)) doesn't match with shape of tensor old/w ([3, 2]) from checkpoint reader.",
    );
    expect(start({ x: 'w' })).toThrow(`Tensor x is not found in ${path} checkpoint {`);
    expect(start({ x: 'y' })).toThrow(
      "Assignment map with scope only name  should map to scope only x. Should be 'scope/': 'other_scope/'.",
    );
    expect(start({ 'older/': '/' })).toThrow('is not found in');
  });
});
