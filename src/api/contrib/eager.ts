/** `tf.contrib.eager`: variables, gradients of functions and devices of eager mode. */

export { executing_eagerly, executing_eagerly as in_eager_mode } from '../../core/mode.ts';
export {
  ASYNC,
  DEVICE_PLACEMENT_EXPLICIT,
  DEVICE_PLACEMENT_SILENT,
  DEVICE_PLACEMENT_SILENT_FOR_INT32,
  DEVICE_PLACEMENT_WARN,
  enable_eager_execution,
  list_devices,
  num_gpus,
  SYNC,
} from '../../eager/context.ts';
export {
  gradients_function,
  implicit_gradients,
  implicit_value_and_gradients,
  value_and_gradients_function,
} from '../../eager/function_gradients.ts';
export { GradientTape } from '../../eager/gradient_tape.ts';
export { custom_gradient } from '../../gradients/custom_gradient.ts';
export { EagerSaver as Saver } from '../../training/eager_saver.ts';
export { EagerVariableStore, ResourceVariable as Variable } from '../../variables/index.ts';
