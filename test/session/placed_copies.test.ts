/** Ops that move numbers give in a specialised plan what they give in the general one. */

import { expect, test } from '@jest/globals';
import * as tf from 'tf1';

type Build = (x: tf.Tensor) => tf.Tensor | readonly tf.Tensor[];
const CASES: Record<string, [number[], Build]> = {
  'concat of columns': [[6, 7], (x) => tf.concat([x, tf.multiply(x, 2), x], 1)],
  'concat of rows': [[6, 7], (x) => tf.concat([x, tf.multiply(x, 2)], 0)],
  stack: [[6, 7], (x) => tf.stack([x, tf.negative(x)], 1)],
  unstack: [[5, 4, 3], (x) => [...tf.unstack(x, 4, 1)]],
  split: [[6, 8], (x) => tf.split(x, 4, 1)],
  'split by sizes': [[9, 4], (x) => tf.split(x, [2, 3, 4], 0)],
  slice: [[6, 7, 8], (x) => tf.slice(x, [1, 2, 3], [4, -1, 2])],
  'strided slice': [[9, 10], (x) => tf.strided_slice(x, [8, 1], [0, 9], [-2, 3])],
  'last step': [
    [4, 6, 5],
    (x) =>
      tf.strided_slice(x, [0, -1], [0, 0], [1, 1], {
        begin_mask: 1,
        end_mask: 1,
        shrink_axis_mask: 2,
      }),
  ],
  pad: [
    [4, 5],
    (x) =>
      tf.pad(x, [
        [1, 2],
        [0, 3],
      ]),
  ],
  tile: [[3, 4], (x) => tf.tile(x, [2, 3])],
  'tile of rows': [[5, 1, 3], (x) => tf.tile(x, [1, 4, 1])],
  'tile of three dimensions': [[2, 3, 4], (x) => tf.tile(x, [1, 2, 3])],
  'tile of too many dimensions': [[2, 3, 4], (x) => tf.tile(x, [2, 2, 2])],
  reverse: [[6, 5, 4], (x) => tf.reverse(x, [0, 2])],
  'transpose of lines': [[3, 4, 5, 6], (x) => tf.transpose(x, [2, 0, 1, 3])],
  'transpose of elements': [[13, 14], (x) => tf.transpose(x)],
  'transpose of wide matrices': [[3, 50, 8], (x) => tf.transpose(x, [0, 2, 1])],
  'transpose of all dimensions': [[2, 5, 3, 9], (x) => tf.transpose(x)],
  'transpose in two levels': [[2, 3, 5, 6], (x) => tf.transpose(x, [1, 3, 0, 2])],
  'transpose of rank 5': [[2, 3, 4, 5, 6], (x) => tf.transpose(x, [1, 0, 4, 3, 2])],
  'transpose of rank 6': [[2, 3, 2, 3, 2, 5], (x) => tf.transpose(x, [5, 1, 3, 0, 4, 2])],
  'gradient of a slice': [
    [6, 7],
    (x) => tf.gradients(tf.square(tf.strided_slice(x, [1, 0], [6, 7], [2, 3])), x) as tf.Tensor[],
  ],
  'gradient of a concat': [
    [6, 7],
    (x) => tf.gradients(tf.square(tf.concat([x, tf.multiply(x, 3)], 1)), x) as tf.Tensor[],
  ],
};

test.each(Object.entries(CASES))('%s', (_, [shape, build]) => {
  tf.with(new tf.Graph().as_default(), () => {
    const fed = tf.placeholder(tf.float32, shape);
    const outputs = [build(tf.add(fed, 0.5))].flat();
    // What follows reads the moved numbers at their places.
    const fetches = outputs.map((y) => tf.add(y, 1));
    tf.with(new tf.Session(), (session) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const run = (phase: number) => {
        const numbers = Float32Array.from({ length: size }, (_, i) => Math.fround(i + phase));
        return session.run(fetches, { feed_dict: [[fed, numbers]] }).map((y) => y.tolist());
      };
      const general = run(0);
      for (const phase of [1, 2, 3, 4]) run(phase);
      expect(run(0)).toEqual(general);
    });
  });
});
