/** `tf.python.ops.io_ops`. */

export {
  FixedLengthRecordReader,
  IdentityReader,
  ReaderBase,
  TextLineReader,
  TFRecordReader,
  WholeFileReader,
} from '../../ops.ts';
export { matching_files, read_file, serialize_tensor, write_file } from '../../parsing.ts';
