/** `tf.contrib.legacy_seq2seq`: sequences to sequences, unrolled in the graph. */

export {
  attention_decoder,
  embedding_attention_decoder,
  embedding_rnn_decoder,
  rnn_decoder,
} from '../../rnn/legacy/decoders.ts';
export {
  model_with_buckets,
  sequence_loss,
  sequence_loss_by_example,
} from '../../rnn/legacy/losses.ts';
export {
  basic_rnn_seq2seq,
  embedding_attention_seq2seq,
  embedding_rnn_seq2seq,
  embedding_tied_rnn_seq2seq,
  one2many_rnn_seq2seq,
  tied_rnn_seq2seq,
} from '../../rnn/legacy/models.ts';
export * as python from './legacy_seq2seq_python.ts';
