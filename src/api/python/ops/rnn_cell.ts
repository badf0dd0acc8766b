/** `tf.python.ops.rnn_cell`. */

export * from '../../rnn_cell.ts';
