/** `tf.python.ops.functional_ops`. */

export { foldl, foldr, map_fn, scan } from '../../../control/functional.ts';
export { For, If, partitioned_call, While } from '../../../control/functional_forms.ts';
