/** `tf.contrib.framework`: the global step, under its older names. */

export { smart_cond, smart_constant_value } from '../../control/smart_cond.ts';
export {
  assert_global_step,
  create_global_step,
  get_global_step,
  get_or_create_global_step,
} from '../../training/global_step.ts';
