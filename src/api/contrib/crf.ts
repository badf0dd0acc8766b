/** `tf.contrib.crf`: linear-chain conditional random fields. */

export {
  crf_binary_score,
  crf_decode,
  crf_log_likelihood,
  crf_log_norm,
  crf_multitag_sequence_score,
  crf_sequence_score,
  crf_unary_score,
  viterbi_decode,
} from '../../rnn/crf.ts';
export {
  CrfDecodeBackwardRnnCell,
  CrfDecodeForwardRnnCell,
  CrfForwardRnnCell,
} from '../../rnn/crf_cells.ts';
