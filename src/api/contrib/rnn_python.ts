/** `tf.contrib.rnn.python`. */

export * as ops from './rnn_ops.ts';
