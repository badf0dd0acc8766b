/** `tf.python.platform`. */

export * as app from '../../app.ts';
export * as flags from '../../flags.ts';
export * as gfile from '../../gfile.ts';
export * as tf_logging from '../../logging.ts';
