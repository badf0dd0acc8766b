/** `tf.python.ops.rnn`. */

export {
  bidirectional_dynamic_rnn,
  dynamic_rnn,
  raw_rnn,
  static_bidirectional_rnn,
  static_rnn,
  static_state_saving_rnn,
} from '../../nn.ts';
