/**
 * Prints the graphs of one sample of each op, with feeds, for TensorFlow to run:
 * `tsx --conditions=tf1-src test/graph/write_graphs.ts | python test/golden/record_written_graphs.py`
 */

import { createHash } from 'node:crypto';
import * as tf from 'tf1';
import { keyOf } from '../ops/sample.ts';
import { FAMILIES, graphOf, samplesOf } from './sample_graphs.ts';

for (const family of Object.keys(FAMILIES)) {
  for (const [op, sample] of samplesOf(family)) {
    const { graph, feeds, fetches } = graphOf(sample);
    const bytes = graph.as_graph_def().SerializeToString();
    const base64 = (data: Uint8Array) => Buffer.from(data).toString('base64');
    console.log(
      JSON.stringify({
        family,
        op,
        key: keyOf(sample),
        rtol: sample.options.rtol ?? null,
        sha: createHash('sha256').update(bytes).digest('hex').slice(0, 16),
        graph: base64(bytes),
        feeds: feeds.map(([name, value]) => [
          name,
          base64(tf.make_tensor_proto(value).SerializeToString()),
        ]),
        fetches,
      }),
    );
  }
}
