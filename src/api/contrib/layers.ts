/** `tf.contrib.layers`. */

export {
  variance_scaling_initializer,
  xavier_initializer,
  xavier_initializer_conv2d,
} from '../../ops/contrib_initializers.ts';
