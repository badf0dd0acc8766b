/** `tf.python.client.timeline`. */

export { Timeline } from '../../../summary/timeline.ts';
