/** `tf.contrib`: what TF1 kept outside of its core. */

export * as crf from './crf.ts';
export * as eager from './eager.ts';
export * as framework from './framework.ts';
export * as layers from './layers.ts';
export * as legacy_seq2seq from './legacy_seq2seq.ts';
export * as lookup from './lookup.ts';
export * as predictor from './predictor.ts';
export * as rnn from './rnn.ts';
export * as seq2seq from './seq2seq.ts';
export * as stateless from './stateless.ts';
export * as util from './util.ts';
