/**
 * Frozen graphs and SavedModels of public repositories as tfjs models: GraphModel gives TensorFlow's
 * numbers for each that it can execute, and the others are refused with all that it lacks.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { graph_model, type ModelArtifacts } from 'tf1/converter';
import { readNpy } from '../../src/numpy/npy.ts';
import { skipWithout } from '../conformance/shared.ts';
import { distance, judged } from './judge.ts';

interface Plain {
  readonly tensor?: string;
  readonly dtype: string;
  readonly shape: number[];
  readonly data?: readonly number[];
  readonly base64?: readonly string[];
  readonly npy?: string;
}
interface Case {
  readonly file?: string;
  readonly path?: string;
  readonly tags?: readonly string[];
  readonly signature?: string;
  readonly inputs: Readonly<Record<string, Plain>>;
  readonly outputs: Readonly<Record<string, Plain>>;
}

const ARTIFACTS = new URL('../../../shared/artifacts/', import.meta.url);
const RTOL = 1e-4;

/** What tfjs cannot execute of them: quantized ops, parsing of Examples, joined text, training. */
const REFUSED = [
  /^frozen__style_transfer_quantized/,
  /^saved_model__half_plus_two\w* (classify|regress)_x_to_/,
  /^saved_model__mlnet_model_primitive_input_test/,
  /^saved_model__rust_regression train/,
];

function arrayOf({ dtype, shape, data, npy }: Plain, folder: URL): tf.NdArray {
  if (npy) return readNpy(readFileSync(new URL(npy, folder)));
  return (tf.as_dtype(dtype)(data ?? []) as tf.NdArray).reshape(shape);
}

/** A session on the graph of a case. */
function open(artifact: string, { file, path, tags }: Case): tf.Session {
  const graph = new tf.Graph();
  const session = new tf.Session('', graph);
  const url = new URL(`${artifact}/${file ?? path}`, ARTIFACTS);
  if (path !== undefined) {
    tf.saved_model.loader.load(session, [...tags!], url.pathname);
    return session;
  }
  const bytes = readFileSync(url);
  const graphDef = new tf.GraphDef();
  if (url.pathname.endsWith('txt')) tf.text_format.Merge(bytes.toString(), graphDef);
  else graphDef.ParseFromString(bytes);
  tf.with(graph.as_default(), () => tf.import_graph_def(graphDef, { name: '' }));
  return session;
}

function written(session: tf.Session, { inputs, outputs }: Case): ModelArtifacts | null {
  const named = (values: Case['inputs'], key: string) =>
    Object.fromEntries(
      Object.entries(values).map(([name, { tensor }], i) => [`${key}${i}`, tensor ?? name]),
    );
  try {
    return graph_model(session, named(inputs, 'in'), named(outputs, 'out'));
  } catch (error) {
    if (error instanceof tf.errors.UnimplementedError) return null;
    throw error;
  }
}

/** What TensorFlow recorded after a training step, which a model cannot do. */
const TRAINED = 'saved_model__rust_regression w';

if (!existsSync(ARTIFACTS)) skipWithout('artifacts');
else {
  const folders = readdirSync(new URL('goldens/', ARTIFACTS))
    .filter((name) => /^(frozen|saved_model)__/.test(name))
    .filter((name) => existsSync(new URL(`goldens/${name}/golden.json`, ARTIFACTS)));

  test.each(folders)(
    '%s',
    async (name) => {
      const folder = new URL(`goldens/${name}/`, ARTIFACTS);
      const { artifact, cases } = JSON.parse(
        readFileSync(new URL('golden.json', folder), 'utf8'),
      ) as { artifact: string; cases: Case[] };
      for (const one of cases) {
        if (!one.inputs || `${name} ${one.signature}` === TRAINED) continue;
        using session = open(artifact, one);
        const model = written(session, one);
        if (model === null) {
          const title = `${name} ${one.signature ?? one.file}`;
          if (!REFUSED.some((known) => known.test(title))) throw new Error(`Refused: ${title}`);
          continue;
        }
        const feeds = Object.values(one.inputs).map((value, i) => [
          `in${i}`,
          arrayOf(value, folder),
        ]);
        const wanted = Object.values(one.outputs).map((value) => arrayOf(value, folder));
        const got = await judged(
          model,
          Object.fromEntries(feeds),
          wanted.map((_, i) => `out${i}`),
        );
        got.forEach((value, i) => {
          expect(distance(value, wanted[i])).toBeLessThan(RTOL);
        });
      }
    },
    60000,
  );
}
