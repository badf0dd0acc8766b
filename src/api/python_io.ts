/** `tf.python_io`. */

export {
  TFRecordCompressionType,
  TFRecordOptions,
  TFRecordWriter,
  tf_record_iterator,
} from '../data/record_io.ts';
