/** `tf.python.ops.gradients`. */

export { gradients, hessians } from '../../gradients.ts';
