/** `tf.python.pywrap_tensorflow`: the reader of checkpoints. */

export { NewCheckpointReader } from '../../training/checkpoint_reader.ts';
