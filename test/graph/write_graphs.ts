/**
 * Prints the graphs of one sample of each op, with feeds, and those of whole programs, for TensorFlow
 * to run: `tsx --conditions=tf1-src test/graph/write_graphs.ts | python test/golden/record_written_graphs.py`
 */

import { createHash } from 'node:crypto';
import * as tf from 'tf1';
import { keyOf } from '../ops/sample.ts';
import { FAMILIES, graphOf, samplesOf } from './sample_graphs.ts';
import { WRITTEN, written } from './written_programs.ts';

const base64 = (data: Uint8Array) => Buffer.from(data).toString('base64');
const shaOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex').slice(0, 16);
const tensor = (value: tf.NdArray) => base64(tf.make_tensor_proto(value).SerializeToString());
const print = (row: object) => console.log(JSON.stringify(row));

for (const family of Object.keys(FAMILIES)) {
  for (const [op, sample] of samplesOf(family)) {
    const { graph, feeds, fetches } = graphOf(sample);
    const bytes = graph.as_graph_def().SerializeToString();
    print({
      family,
      op,
      key: keyOf(sample),
      rtol: sample.options.rtol ?? null,
      sha: shaOf(bytes),
      graph: base64(bytes),
      feeds: feeds.map(([name, value]) => [name, tensor(value)]),
      fetches,
    });
  }
}

for (const program of Object.keys(WRITTEN)) {
  const { graph, steps, values } = written(program);
  const bytes = graph.as_graph_def().SerializeToString();
  print({
    family: 'programs',
    op: program,
    sha: shaOf(bytes),
    graph: base64(bytes),
    steps,
    values: values.map((step) => step.map(tensor)),
  });
}
