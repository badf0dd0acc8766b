/** `tf.python.training.coordinator`. */

export { Coordinator } from '../../train.ts';
