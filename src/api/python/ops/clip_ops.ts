/** `tf.python.ops.clip_ops`. */

export {
  clip_by_average_norm,
  clip_by_global_norm,
  clip_by_norm,
  clip_by_value,
  global_norm,
} from '../../ops.ts';
