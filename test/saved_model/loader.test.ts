/** SavedModels that TensorFlow, TFX, tfjs, ML.NET and others wrote: every signature gives the recorded outputs. */

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { asArray } from '../../src/numpy/index.ts';
import { skipWithout } from '../conformance/shared.ts';
import { ARTIFACTS, arrayOf, goldenOf, present, type Recorded } from './artifacts.ts';

interface Case {
  readonly path: string;
  readonly tags: string[];
  readonly signature?: string;
  readonly inputs?: Record<string, Recorded>;
  readonly outputs?: Record<string, Recorded>;
  readonly sequence?: { signature: string; inputs: Record<string, number>; output: number }[];
}

beforeEach(() => tf.reset_default_graph());

const models = present ? readdirSync(new URL('saved_model', ARTIFACTS)).sort() : [];
const folderOf = (model: string, path: string): string =>
  fileURLToPath(new URL(`saved_model/${model}/${path === '.' ? '' : path}`, ARTIFACTS));

/** Compares within `rtol` of each number, and exactly where there are no fractions. */
function expectNear(got: unknown, expected: tf.NdArray, rtol: number): void {
  const array = got instanceof tf.NdArray ? got : asArray(got, expected.dtype);
  expect([...array.shape]).toEqual([...expected.shape]);
  const [actual, wanted] = [
    [...(array.data as Iterable<unknown>)],
    [...(expected.data as Iterable<unknown>)],
  ];
  actual.forEach((value, i) => {
    if (typeof value !== 'number') expect(value).toEqual(wanted[i]);
    else {
      const target = Number(wanted[i]);
      expect(Math.abs(value - target)).toBeLessThanOrEqual(rtol * Math.abs(target) + 1e-5);
    }
  });
}

function runSignature(sess: tf.Session, meta: tf.MetaGraphDef, item: Case, artifact: string): void {
  const { inputs, outputs } = meta.signature_def[item.signature!]!;
  const feeds = Object.entries(item.inputs!).map(
    ([key, recorded]) => [inputs[key]!.name, arrayOf(recorded, artifact)] as const,
  );
  const keys = Object.keys(item.outputs!);
  const names = keys.map((key) => outputs[key]!.name);
  const values = sess.run(names, Object.fromEntries(feeds)) as unknown[];
  keys.forEach((key, i) => {
    expectNear(values[i], arrayOf(item.outputs![key]!, artifact), 1e-4);
  });
}

if (!present) skipWithout('artifacts/saved_model');
else {
  const goldens = models.flatMap((model) => {
    const golden = goldenOf<{ cases: Case[] }>(`saved_model/${model}`, 'golden.json');
    return golden ? [[model, golden.cases] as const] : [];
  });

  test.each(goldens)('%s: every signature agrees', (model, cases) => {
    tf.with(new tf.Session(), (sess) => {
      const [{ tags, path }] = cases as [Case];
      const meta = tf.saved_model.loader.load(sess, tags, folderOf(model, path));
      for (const item of cases) {
        if (item.signature) runSignature(sess, meta, item, `saved_model/${model}`);
        for (const step of item.sequence ?? []) {
          const { inputs, outputs } = meta.signature_def[step.signature]!;
          const feeds = Object.entries(step.inputs).map(([key, value]) => [
            inputs[key]!.name,
            value,
          ]);
          const got = sess.run(outputs.output!.name, Object.fromEntries(feeds));
          expect([step.signature, got]).toEqual([step.signature, step.output]);
        }
      }
    });
  });

  test('tfx_penguin_keras parses its examples, and gives what TensorFlow 2.21 gives', () => {
    const folder = folderOf('tfx_penguin_keras', '.');
    const predict = tf.contrib.predictor.from_saved_model(folder);
    const feature = (value: number) => ({ float_list: { value: [value] } });
    const example = new tf.train.Example({
      features: {
        feature: {
          culmen_length_mm: feature(0.5),
          culmen_depth_mm: feature(0.2),
          flipper_length_mm: feature(0.1),
          body_mass_g: feature(0.7),
        },
      },
    });
    const { output_0 } = predict({ examples: [example.SerializeToString()] });
    expectNear(output_0, asArray([[0.02196197, 0.06427023, 0.9137678]], tf.float32), 1e-4);
    predict.session.close();
  });

  test('there are goldens for 17 models', () => {
    expect(goldens).toHaveLength(17);
  });
}
