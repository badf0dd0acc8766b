/** `tf.nn`: what neural networks are made of. */

export { l2_loss } from '../ops/linear.ts';
export { sigmoid, tanh } from '../ops/math.ts';
export {
  crelu,
  elu,
  leaky_relu,
  relu,
  relu6,
  selu,
  softplus,
  softsign,
  swish,
} from '../ops/nn/activations.ts';
export { bias_add, relu_layer, xw_plus_b } from '../ops/nn/bias.ts';
export {
  all_candidate_sampler,
  compute_accidental_hits,
  fixed_unigram_candidate_sampler,
  learned_unigram_candidate_sampler,
  log_uniform_candidate_sampler,
  uniform_candidate_sampler,
} from '../ops/nn/candidates.ts';
export { conv2d, conv2d_backprop_filter, conv2d_backprop_input } from '../ops/nn/conv.ts';
export { conv3d, conv3d_backprop_filter_v2 } from '../ops/nn/conv3d.ts';
export {
  atrous_conv2d,
  atrous_conv2d_transpose,
  conv1d,
  conv2d_transpose,
  conv3d_transpose,
  convolution,
  depthwise_conv2d,
  separable_conv2d,
} from '../ops/nn/convolution.ts';
export {
  log_poisson_loss,
  sigmoid_cross_entropy_with_logits,
  softmax_cross_entropy_with_logits,
  softmax_cross_entropy_with_logits_v2,
  sparse_softmax_cross_entropy_with_logits,
  weighted_cross_entropy_with_logits,
} from '../ops/nn/cross_entropy.ts';
export { ctc_beam_search_decoder, ctc_greedy_decoder, ctc_loss } from '../ops/nn/ctc.ts';
export {
  depthwise_conv2d_native,
  depthwise_conv2d_native_backprop_filter,
  depthwise_conv2d_native_backprop_input,
} from '../ops/nn/depthwise.ts';
export { dilation2d, erosion2d } from '../ops/nn/dilation.ts';
export { dropout } from '../ops/nn/dropout.ts';
export { embedding_lookup } from '../ops/nn/embedding.ts';
export { embedding_lookup_sparse } from '../ops/nn/embedding_sparse.ts';
export {
  l2_normalize,
  moments,
  normalize_moments,
  sufficient_statistics,
  weighted_moments,
  zero_fraction,
} from '../ops/nn/moments.ts';
export {
  batch_norm_with_global_normalization,
  batch_normalization,
  fused_batch_norm,
  local_response_normalization,
  lrn,
} from '../ops/nn/norm.ts';
export {
  avg_pool,
  avg_pool3d,
  max_pool,
  max_pool_with_argmax,
  max_pool3d,
} from '../ops/nn/pool.ts';
export { pool } from '../ops/nn/pooling.ts';
export { nce_loss, sampled_softmax_loss } from '../ops/nn/sampled_losses.ts';
export { log_softmax, softmax } from '../ops/nn/softmax.ts';
export { with_space_to_batch } from '../ops/nn/space_to_batch.ts';
export { quantized_conv2d, quantized_max_pool } from '../ops/quantized.ts';
export { in_top_k, top_k } from '../ops/search.ts';
export { bidirectional_dynamic_rnn, dynamic_rnn } from '../rnn/dynamic.ts';
export { raw_rnn } from '../rnn/raw.ts';
export { static_bidirectional_rnn, static_rnn, static_state_saving_rnn } from '../rnn/static.ts';
export * as rnn_cell from './rnn_cell.ts';
