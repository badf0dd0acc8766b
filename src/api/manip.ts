/** `tf.manip`. */

export { roll } from '../ops/move.ts';
