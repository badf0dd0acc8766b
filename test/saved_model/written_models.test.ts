/**
 * SavedModels and meta graphs that are written here: TensorFlow loaded the same ones, ran them, and went
 * on training them (golden/check_models.py); loaded here they give the same numbers.
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import type { Variable } from '../../src/variables/variable.ts';
import { writeAll, X, Y } from './written_models.ts';

const golden = JSON.parse(
  readFileSync(new URL('../golden/written_models.json', import.meta.url), 'utf8'),
);
const scratch = mkdtempSync(join(tmpdir(), 'tf1-models-'));
const folderOf = (name: string): string => join(scratch, name);
const FEED = { 'x:0': X, 'target:0': Y };

beforeAll(() => writeAll(scratch));
afterAll(() => rmSync(scratch, { recursive: true }));

/** Runs `body` with a new graph and a session of it. */
function apart(body: (sess: tf.Session) => void): void {
  tf.with(new tf.Graph().as_default(), () => tf.with(new tf.Session(), body));
}

function plain(value: unknown): unknown {
  if (value instanceof tf.NdArray) return value.tolist();
  return Array.isArray(value) ? value.map(plain) : value;
}

/** Numbers within 1e-5 of each other; all else equal. */
function expectNear(got: unknown, expected: unknown): void {
  if (typeof expected !== 'number') {
    if (!Array.isArray(expected)) expect(got).toEqual(expected);
    else {
      expect(got).toHaveLength(expected.length);
      expected.forEach((item, i) => {
        expectNear((got as unknown[])[i], item);
      });
    }
  } else
    expect(Math.abs(Number(got) - expected)).toBeLessThanOrEqual(1e-5 * (1 + Math.abs(expected)));
}

describe('SavedModels', () => {
  test.each(['simple_save', 'simple_save_resource'])('%s', (name) => {
    const { method, inputs, y, loss, step } = golden[name];
    apart((sess) => {
      const meta = tf.saved_model.loader.load(sess, ['serve'], join(folderOf(name), 'model'));
      const signature = meta.signature_def.serving_default!;
      expect(tf.saved_model.signature_def_utils.is_valid_signature(signature)).toBe(true);
      expect([signature.method_name, signature.inputs.x!.name]).toEqual([method, inputs.x]);
      const feed = { [signature.inputs.x!.name]: X };
      expectNear(plain(sess.run(signature.outputs.y!.name, feed)), y);
      const [train] = tf.get_collection('train_op') as tf.Operation[];
      for (let i = 0; i < 2; i++) sess.run(train, FEED);
      expectNear(sess.run('loss:0', FEED), loss);
      expect(sess.run(tf.train.get_global_step() as tf.Tensor)).toBe(step);
    });
  });

  test.each(['two_graphs', 'two_graphs_text'])('%s', (name) => {
    const folder = join(folderOf(name), 'model');
    for (const tags of [['serve'], ['gpu', 'serve']]) {
      apart((sess) => {
        const meta = tf.saved_model.loader.load(sess, tags, folder);
        const { content, stripped, ...signatures } =
          golden[name][[...tags].reverse().join()] ?? golden[name].serve;
        for (const [key, expected] of Object.entries<Record<string, unknown>>(signatures)) {
          const { inputs, outputs, method_name } = meta.signature_def[key]!;
          const info = inputs.sparse;
          const sparse = info ? tf.saved_model.utils.get_tensor_from_tensor_info(info) : null;
          const value = new tf.SparseTensorValue(
            [
              [0, 1],
              [2, 0],
            ],
            [1.5, 2],
            [3, 2],
          );
          const feeds: [unknown, unknown][] = sparse
            ? [[sparse, value]]
            : inputs.inputs
              ? [[inputs.inputs.name, ['1', '2.5']]]
              : [];
          expect(method_name).toBe(expected.method);
          for (const [output, { name: tensor }] of Object.entries(outputs)) {
            const got = sess.run(tensor, new Map(feeds) as never);
            if (key !== 'path') expectNear(plain(got), expected[output]);
            else {
              expect(relative(folderOf(name), String(got))).toBe(expected.path);
              expect(readFileSync(String(got), 'utf8')).toBe(content);
            }
          }
        }
        expect(meta.meta_info_def.stripped_default_attrs).toBe(stripped);
      });
    }
  });

  test('a predictor runs a signature', () => {
    const folder = join(folderOf('simple_save'), 'model');
    const predictor = tf.contrib.predictor.from_saved_model(folder);
    expectNear(plain(predictor({ x: X }).y), golden.simple_save.y);
    expect(() => predictor({ z: 1 })).toThrow(
      "Got unexpected keys in input_dict: {'z'}\nexpected: {'x'}",
    );
    predictor.session.close();
    expect(() => tf.contrib.predictor.from_saved_model(folder, 'other')).toThrow(
      'Got signature_def_key "other". Available signatures are [\'serving_default\'].',
    );
    expect(() =>
      tf.contrib.predictor.from_saved_model(folder, { input_names: { x: 'x:0' } }),
    ).toThrow('input_names and output_names must both be specified or both be unspecified.');
  });
});

describe('meta graphs', () => {
  test.each(['training', 'training_text'])('%s goes on', (name) => {
    const expected = golden[name];
    apart((sess) => {
      const saver = tf.train.import_meta_graph(join(folderOf(name), 'graph.meta'))!;
      saver.restore(sess, join(folderOf(name), 'values'));
      for (const loss of expected.losses) {
        expectNear(sess.run('loss:0', FEED), loss);
        sess.run('train', FEED);
      }
      const variables = tf.global_variables() as Variable[];
      expect(sess.run(tf.train.get_global_step() as tf.Tensor)).toBe(expected.step);
      expect(tf.trainable_variables().map((v) => v.name)).toEqual(expected.trainable);
      expect(variables.map(({ trainable }) => trainable)).toEqual(expected.flags);
      expect(variables.map((v) => v.to_proto()!.is_resource)).toEqual(expected.resource);
      for (const key of ['numbers', 'rates', 'words'])
        expect(tf.get_collection(key)).toEqual(expected[key]);
      expect(tf.get_collection('savers')).toHaveLength(expected.savers);
      expect(tf.get_collection('savers')[0]).toBeInstanceOf(tf.train.Saver);
      const [loss] = tf.get_collection('losses') as tf.Tensor[];
      expect(loss!.name).toBe('loss:0');
    });
  });

  test.each([null, 'inner'])(
    'gradients go through loops and conditions of a file: scope %s',
    (scope) => {
      apart((sess) => {
        const file = join(folderOf('control_flow'), 'graph.meta');
        expect(tf.train.import_meta_graph(file, { import_scope: scope })).toBeNull();
        const graph = tf.get_default_graph();
        const prefix = scope === null ? '' : `${scope}/`;
        const x = graph.get_tensor_by_name(`${prefix}x:0`);
        for (const [name, rows] of golden.control_flow[scope ?? 'None']) {
          const y = graph.get_tensor_by_name(`${prefix}${name}:0`);
          const [gradient] = tf.gradients(y, x) as [tf.Tensor];
          const got = [1.5, 2.5, 4].map((value) => sess.run([y, gradient], [[x, value]]));
          expectNear(plain(got), rows);
        }
      });
    },
  );

  test('twice in one graph, below scopes, the loops stay apart', () => {
    apart((sess) => {
      const file = join(folderOf('control_flow'), 'graph.meta');
      for (const import_scope of ['a', 'a']) tf.train.import_meta_graph(file, { import_scope });
      const got = sess.run(['a/power:0', 'a_1/power:0'], { 'a/x:0': 1.5, 'a_1/x:0': 4 });
      expectNear(got, [5.0625, 32]);
    });
  });

  test('queue runners fill their queue, and parts of variables know the whole', () => {
    const { parts, infos, runners } = golden.queue;
    apart((sess) => {
      const folder = folderOf('queue');
      const saver = tf.train.import_meta_graph(join(folder, 'values.meta'))!;
      saver.restore(sess, join(folder, 'values'));
      expect(tf.get_collection('queue_runners')).toHaveLength(runners);
      const coord = new tf.train.Coordinator();
      const threads = tf.train.start_queue_runners(sess, coord);
      expect([1, 2, 3].map(() => sess.run('next:0'))).toEqual([1, 2, 3]);
      coord.request_stop();
      coord.join(threads);
      const variables = tf
        .global_variables()
        .filter((v) => v.name.startsWith('parts')) as Variable[];
      expect(variables.map((v) => plain(sess.run(v)))).toEqual(parts);
      const slices = variables.map((v) => v._get_save_slice_info()!);
      expect(slices.map(({ full_name, spec }) => [full_name, spec])).toEqual(infos);
    });
  });
});
