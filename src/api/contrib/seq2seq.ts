/** `tf.contrib.seq2seq`: decoders of sequences. */

export { BasicDecoder, BasicDecoderOutput } from '../../rnn/seq2seq/basic_decoder.ts';
export { Decoder, dynamic_decode } from '../../rnn/seq2seq/decoder.ts';
export { sequence_loss } from '../../rnn/seq2seq/loss.ts';
export {
  CustomHelper,
  GreedyEmbeddingHelper,
  Helper,
  InferenceHelper,
  SampleEmbeddingHelper,
  TrainingHelper,
} from '../../rnn/seq2seq/sampling.ts';
