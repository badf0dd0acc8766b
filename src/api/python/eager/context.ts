/** `tf.python.eager.context`: switching modes inside one process. */

export { executing_eagerly } from '../../../core/mode.ts';
export { eager_mode, graph_mode, list_devices, num_gpus } from '../../../eager/context.ts';
