/** `tf.python.ops.parsing_ops`. */

export { decode_raw, string_to_number } from '../../ops.ts';
export {
  decode_compressed,
  decode_csv,
  decode_json_example,
  FixedLenFeature,
  FixedLenSequenceFeature,
  parse_example,
  parse_single_example,
  parse_single_sequence_example,
  parse_tensor,
  SparseFeature,
  serialize_tensor,
  VarLenFeature,
} from '../../parsing.ts';
