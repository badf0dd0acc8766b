/** `tf.math`. */

export { polyval } from '../ops/norms.ts';
