/** `tf.contrib.eager`: variables and their store for eager mode, and what else such programs import from it. */

export { executing_eagerly } from '../../core/mode.ts';
export { enable_eager_execution } from '../../eager/context.ts';
export { GradientTape } from '../../eager/gradient_tape.ts';
export { custom_gradient } from '../../gradients/custom_gradient.ts';
export { EagerVariableStore, ResourceVariable as Variable } from '../../variables/index.ts';
