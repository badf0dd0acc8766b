/** A frozen graph of 20 MB from its file into a graph: reading, parsing and adding 1,500 nodes. */

import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from 'tf1';
import type { Workload } from '../workload.ts';

const LAYERS = 300;
const WIDTH = 128;

const folder = mkdtempSync(join(tmpdir(), 'tf1-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const path = tf.train.write_graph(frozen(), folder, 'frozen.pb', false);

/** A network of dense layers whose weights are constants. */
function frozen(): tf.Graph {
  const graph = new tf.Graph();
  const weights = Float32Array.from({ length: WIDTH * WIDTH }, (_, i) => Math.sin(i));
  tf.with(graph.as_default(), () => {
    let x = tf.placeholder(tf.float32, [null, WIDTH], { name: 'x' });
    for (let i = 0; i < LAYERS; i++) {
      const w = tf.constant(weights, { shape: [WIDTH, WIDTH], name: `w${i}` });
      const b = tf.constant(weights.slice(0, WIDTH), { name: `b${i}` });
      x = tf.nn.relu(tf.add(tf.matmul(x, w), b));
    }
  });
  return graph;
}

export const workload: Workload = {
  about: 'import of a frozen graph of 20 MB, from its file',
  bytes: readFileSync(path).length,
  contenders: {
    'tf1 import': () => ({
      step: () => {
        const graphDef = tf.GraphDef.FromString(readFileSync(path));
        tf.with(new tf.Graph().as_default(), () => tf.import_graph_def(graphDef, { name: '' }));
      },
    }),
    'tf1 parse': () => ({ step: () => tf.GraphDef.FromString(readFileSync(path)) }),
    'file copy': () => ({ step: () => copyFileSync(path, `${path}.copy`) }),
  },
};
