/** `tf.python.framework.ops`. */

export {
  add_to_collection,
  add_to_collections,
  colocate_with,
  control_dependencies,
  device,
  Graph,
  GraphKeys,
  get_collection,
  get_collection_ref,
  get_default_graph,
  init_scope,
  name_scope,
  Operation,
  reset_default_graph,
  Tensor,
} from '../../framework.ts';
export { IndexedSlices, NoGradient, NotDifferentiable, RegisterGradient } from '../../gradients.ts';
export { convert_to_tensor } from '../../ops.ts';
export { get_default_session } from '../../session.ts';
