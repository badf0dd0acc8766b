/** `tf.contrib.stateless`: random numbers that follow from a seed given as a tensor. */

export {
  stateless_multinomial,
  stateless_random_normal,
  stateless_random_uniform,
  stateless_truncated_normal,
} from '../../ops/stateless_random.ts';
