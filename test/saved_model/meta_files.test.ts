/** Meta graphs that TF1 programs left: each is imported whole, and its checkpoint is restored into it. */

import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { readMetaGraphFile } from '../../src/graph/meta_graph_import.ts';
import { asArray } from '../../src/numpy/index.ts';
import { skipWithout } from '../conformance/shared.ts';
import { ARTIFACTS, present } from './artifacts.ts';

/** Larger files are imported in the benchmarks. */
const MOST_NODES = 5000;

beforeEach(() => tf.reset_default_graph());

if (!present) skipWithout('artifacts');
else {
  const files = ['metagraph', 'checkpoint'].flatMap((folder) =>
    (readdirSync(new URL(folder, ARTIFACTS), { recursive: true }) as string[])
      .filter((name) => name.endsWith('.meta'))
      .sort()
      .map((name) => [fileURLToPath(new URL(`${folder}/${name}`, ARTIFACTS))] as const),
  );

  test.each(files)('%s', (file) => {
    const meta = readMetaGraphFile(file);
    if (meta.graph_def.node.length > MOST_NODES) return;
    const saver = tf.train.import_meta_graph(meta);
    const graph = tf.get_default_graph();
    for (const [key, def] of Object.entries(meta.collection_def)) {
      const kind = def.WhichOneof('kind') as 'node_list';
      expect([key, graph.get_collection(key).length]).toEqual([key, def[kind].value.length]);
    }
    const checkpoint = file.replace(/\.meta$/, '');
    if (!saver || !existsSync(`${checkpoint}.index`)) return;
    tf.with(new tf.Session(), (sess) => {
      saver.restore(sess, checkpoint);
      const reader = tf.train.NewCheckpointReader(checkpoint);
      const variables = tf.global_variables();
      const values = sess.run(variables) as unknown[];
      const wrong = variables.filter((v, i) => {
        const [got, stored] = [values[i], reader.get_tensor(v.op.name)].map((value) => [
          ...asArray(value).data,
        ]);
        return !(got!.length === stored!.length && got!.every((n, at) => n === stored![at]));
      });
      expect(wrong.map((v) => v.name)).toEqual([]);
    });
  });
}
