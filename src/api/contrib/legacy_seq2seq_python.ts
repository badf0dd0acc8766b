/** `tf.contrib.legacy_seq2seq.python`. */

export * as ops from './legacy_seq2seq_ops.ts';
