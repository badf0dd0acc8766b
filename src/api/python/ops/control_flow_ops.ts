/** `tf.python.ops.control_flow_ops`. */

export { merge, switch_ as switch } from '../../../control/switches.ts';
export { group, no_op, tuple, with_dependencies } from '../../../ops/control_flow.ts';
export { case, cond, while_loop } from '../../control.ts';
export { Assert } from '../../ops.ts';
