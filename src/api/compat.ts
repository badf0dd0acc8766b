/** `tf.compat`: text and bytes. */

export { as_bytes, as_str_any, as_text, as_text as as_str, path_to_str } from '../core/compat.ts';
