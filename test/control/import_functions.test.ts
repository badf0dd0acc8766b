/** Functions as files describe them run and are differentiated like those made here. */

import { expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { importFunction } from '../../src/graph/import_functions.ts';
import { PartitionedCall } from '../../src/ops/functional.ts';

test('a body with arguments, lists and several outputs', () => {
  tf.with(new tf.Graph().as_default(), (graph) => {
    importFunction(graph as tf.Graph, {
      name: 'halves',
      inputs: [
        { name: 'axis', dtype: tf.int32 },
        { name: 'x', dtype: tf.float32 },
      ],
      outputs: ['sum', 'same'],
      nodes: [
        {
          name: 's',
          op: 'Sub',
          input: ['p:output:1', 'p:output:0'],
          device: '',
          attr: { T: tf.float32 },
        },
        {
          name: 'p',
          op: 'Split',
          input: ['axis', 'x'],
          device: '',
          attr: { num_split: 2, T: tf.float32 },
        },
        { name: 'm', op: 'Mul', input: ['s:z:0', 's:z:0'], device: '', attr: { T: tf.float32 } },
      ],
      ret: { sum: 'm:z:0', same: 'x' },
      gradientName: null,
    });
    const x = tf.constant([1, 2, 4, 7]);
    const [y, same] = PartitionedCall(
      { args: [tf.int32(0), x] },
      { f: { name: 'halves' }, Tout: [tf.float32, tf.float32] },
    ) as readonly tf.Tensor[];
    const dx = tf.gradients(y!, x)[0] as tf.Tensor;
    tf.with(new tf.Session(), (sess) => {
      const values = sess.run([y!, same!, dx]);
      expect(values.map((value) => value.tolist())).toEqual([
        [9, 25],
        [1, 2, 4, 7],
        [-6, -10, 6, 10],
      ]);
    });
  });
});
