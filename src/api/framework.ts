/** Graphs, modes, scopes and conversions. */

export { enter, with_ as with } from '../core/context.ts';
export { type ConversionReport, conversions } from '../core/conversions.ts';
export { executing_eagerly } from '../core/mode.ts';
export { SparseTensor, SparseTensorValue } from '../core/sparse_tensor.ts';
export type { Name, TensorLike } from '../core/tensor.ts';
export { Tensor } from '../core/tensor.ts';
export { enable_eager_execution } from '../eager/context.ts';
export { GraphKeys } from '../graph/collections.ts';
export { get_default_graph, reset_default_graph } from '../graph/default_graph.ts';
export { DeviceSpec } from '../graph/device.ts';
export { Graph } from '../graph/graph.ts';
export { Operation } from '../graph/operation.ts';
export {
  add_to_collection,
  add_to_collections,
  colocate_with,
  control_dependencies,
  device,
  get_collection,
  get_collection_ref,
  init_scope,
  name_scope,
  set_random_seed,
} from '../graph/scopes.ts';
export { NdArray } from '../numpy/index.ts';
