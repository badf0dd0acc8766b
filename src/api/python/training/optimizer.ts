/** `tf.python.training.optimizer`. */

export { Optimizer } from '../../train.ts';
