/** `tf.python.ops.ctc_ops`. */

export { ctc_beam_search_decoder, ctc_greedy_decoder, ctc_loss } from '../../nn.ts';
