/** `tf.python.training.queue_runner`. */

export * from '../../queue_runner.ts';
