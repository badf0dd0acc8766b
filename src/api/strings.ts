/** `tf.strings`. */

export { regex_full_match } from '../ops/strings.ts';
