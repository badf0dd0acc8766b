/** Recurrent cells that are one op, against TensorFlow. */

import { expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { testSamples } from './properties.ts';
import { spread } from './sample.ts';
import { call, tensorsOf } from './sample_calls.ts';
import { blockCells } from './samples/block_cells.ts';

testSamples('block_cells', blockCells);

test.each([
  ['LSTMBlockCell', 'x', [3, 4], 'cs_prev.dims(0) != batch_size: 2 vs. 3'],
  ['LSTMBlockCell', 'cs_prev', [2, 2], 'h_prev.dims(1) != cell_size: 3 vs. 2'],
  ['LSTMBlockCell', 'w', [6, 12], 'w.dim_size(0) != input_size + cell_size: 6 vs. 7'],
  ['LSTMBlockCellGrad', 'o', [1, 3], 'o.dim_size(0) != batch_size: 1 vs. 2'],
  ['GRUBlockCell', 'h_prev', [1, 3], 'h_prev.dims(0) != batch_size: 1 vs. 2'],
  ['GRUBlockCell', 'w_ru', [7, 5], 'w_ru.dim_size(1) != cell_size * 2: 5 vs. 6'],
  ['GRUBlockCell', 'b_c', [2], 'b_c.dim_size(0) != cell_size: 2 vs. 3'],
  ['GRUBlockCellGrad', 'd_h', [2, 2], 'd_h.dims(1) != cell_size: 2 vs. 3'],
] as const)('%s refuses %s of shape %p', (type, name, shape, message) => {
  tf.with(new tf.Graph().as_default(), () => {
    const [sample] = blockCells[type];
    const feeds: (readonly [tf.Tensor, tf.NdArray])[] = [];
    const wrong = spread(shape);
    const given = { ...sample!, kwargs: { ...sample!.kwargs, [name]: wrong } };
    const [output] = tensorsOf(
      call(given, (array) => {
        const x = tf.placeholder(array.dtype, array === wrong ? null : [...array.shape]);
        feeds.push([x, array]);
        return x;
      }),
    );
    tf.with(new tf.Session(), (session) => {
      expect(() => session.run(output!, feeds)).toThrow(message);
    });
  });
});
