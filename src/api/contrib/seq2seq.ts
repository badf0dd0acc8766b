/** `tf.contrib.seq2seq`: decoders of sequences, and attention. */

export { gather_tree } from '../../ops/gather_tree.ts';
export {
  AttentionMechanism,
  BahdanauAttention,
  hardmax,
  LuongAttention,
} from '../../rnn/seq2seq/attention.ts';
export { AttentionWrapper, AttentionWrapperState } from '../../rnn/seq2seq/attention_wrapper.ts';
export { BasicDecoder, BasicDecoderOutput } from '../../rnn/seq2seq/basic_decoder.ts';
export {
  BeamSearchDecoder,
  BeamSearchDecoderOutput,
  BeamSearchDecoderState,
  FinalBeamSearchDecoderOutput,
  tile_batch,
} from '../../rnn/seq2seq/beam_search.ts';
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
export {
  ScheduledEmbeddingTrainingHelper,
  ScheduledOutputTrainingHelper,
} from '../../rnn/seq2seq/scheduled.ts';
