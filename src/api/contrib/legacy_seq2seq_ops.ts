/** `tf.contrib.legacy_seq2seq.python.ops`. */

export * as seq2seq from './legacy_seq2seq.ts';
