/** `tf.contrib.eager`: variables and their store for eager mode. */

export { executing_eagerly } from '../../core/mode.ts';
export { EagerVariableStore, ResourceVariable as Variable } from '../../variables/index.ts';
