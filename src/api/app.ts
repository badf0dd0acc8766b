/** `tf.app`. */

export { run } from '../platform/app.ts';
export * as flags from './flags.ts';
