/** `tf.python.ops.random_ops`. */

export {
  multinomial,
  random_crop,
  random_gamma,
  random_normal,
  random_poisson,
  random_shuffle,
  random_uniform,
  truncated_normal,
} from '../../ops.ts';
