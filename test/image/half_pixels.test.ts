/** Graphs of later versions may resize images from the centres of pixels: an attribute that TF1's ops lack. */

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import * as tf from 'tf1';

interface Golden {
  readonly image: readonly number[];
  readonly shape: readonly number[];
  readonly cases: readonly {
    readonly name: string;
    readonly size: readonly number[];
    readonly data: readonly number[];
    readonly graph: string;
  }[];
}

const path = new URL('../golden/half_pixels.json', import.meta.url);
const golden = JSON.parse(readFileSync(path, 'utf8')) as Golden;

test.each(golden.cases.map((row) => [`${row.name} ${row.size}`, row] as const))('%s', (_, row) => {
  const graphDef = tf.GraphDef.FromString(Buffer.from(row.graph, 'base64'));
  const graph = new tf.Graph();
  tf.with(graph.as_default(), () => {
    tf.import_graph_def(graphDef, { name: '' });
    using session = new tf.Session();
    const image = tf.float32(golden.image).reshape([...golden.shape]);
    const { data } = session.run('y:0', { feed_dict: { 'x:0': image } });
    row.data.forEach((x, i) => {
      expect(Number(data[i])).toBeCloseTo(x, 5);
    });
    const slope = () =>
      tf.gradients(graph.get_tensor_by_name('y:0'), graph.get_tensor_by_name('x:0'));
    expect(slope).toThrow('The gradient of resizing with half_pixel_centers is not there.');
  });
});
