/** `tf.contrib.framework.python.ops`: the modules that programs import from there. */

export * as audio_ops from './audio_ops.ts';
