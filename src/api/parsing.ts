/** Parsing and files. */

export {
  parse_example,
  parse_single_example,
  parse_single_sequence_example,
} from '../ops/examples.ts';
export {
  FixedLenFeature,
  FixedLenSequenceFeature,
  SparseFeature,
  VarLenFeature,
} from '../ops/features.ts';
export { matching_files, read_file, write_file } from '../ops/io.ts';
export {
  decode_compressed,
  decode_csv,
  decode_json_example,
  parse_tensor,
  serialize_tensor,
} from '../ops/parsing.ts';
export { sparse_merge } from '../ops/sparse_merge.ts';
