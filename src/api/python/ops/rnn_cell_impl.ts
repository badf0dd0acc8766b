/** `tf.python.ops.rnn_cell_impl`. */

export * from '../../rnn_cell.ts';
