/** `tf.train.queue_runner`: what fills queues while a session runs. */

export { add_queue_runner, QueueRunner, start_queue_runners } from '../training/queue_runner.ts';
