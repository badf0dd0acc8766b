/** `tf.python.lib.io`. */

export * as tf_record from '../../../python_io.ts';
export * as file_io from './file_io.ts';
