/** `tf.python.training.adam`. */

export { AdamOptimizer } from '../../train.ts';
