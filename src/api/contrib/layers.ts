/** `tf.contrib.layers`. */

export { flatten, fully_connected } from '../../layers/contrib.ts';
export {
  apply_regularization,
  l1_l2_regularizer,
  l1_regularizer,
  l2_regularizer,
  sum_regularizer,
} from '../../layers/regularizers.ts';
export {
  variance_scaling_initializer,
  xavier_initializer,
  xavier_initializer_conv2d,
} from '../../ops/contrib_initializers.ts';
