/** `tf.contrib.rnn.python.ops`: modules of `tf.contrib.rnn`, as programs import them. */

export * as core_rnn_cell from '../rnn_cell.ts';
export * as core_rnn from './rnn.ts';
export * as rnn_cell from './rnn.ts';
