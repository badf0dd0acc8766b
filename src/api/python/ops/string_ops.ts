/** `tf.python.ops.string_ops`. */

export {
  as_string,
  decode_base64,
  encode_base64,
  reduce_join,
  regex_replace,
  string_join,
  string_split,
  string_strip,
  string_to_hash_bucket,
  string_to_hash_bucket_fast,
  string_to_hash_bucket_strong,
  string_to_number,
  substr,
} from '../../ops.ts';
