/** `tf.python.framework.random_seed`. */

export { set_random_seed } from '../../framework.ts';
export { get_seed } from '../../ops.ts';
