/** `tf.saved_model.utils`: tensors as signatures name them. */

import { ValueError } from '../core/errors.ts';
import { fn } from '../core/signature.ts';
import { SparseTensor } from '../core/sparse_tensor.ts';
import type { Tensor } from '../core/tensor.ts';
import { TensorInfo } from '../formats/meta_graph_messages.ts';
import { shapeProto } from '../formats/tensor_proto.ts';
import { get_default_graph } from '../graph/default_graph.ts';
import type { Graph } from '../graph/graph.ts';
import { prependNameScope } from '../graph/scope_names.ts';

/** What a signature may name: a tensor, a sparse one, or a variable, which stands for its tensor. */
export type Named = Pick<Tensor, 'name' | 'dtype' | 'shape'>;

/** The name, type and static shape of `tensor`; of a sparse tensor the names of its three. */
export const build_tensor_info = fn(['tensor'], (tensor: Named | SparseTensor): TensorInfo => {
  const isSparse = tensor instanceof SparseTensor;
  const shape = isSparse ? tensor.get_shape() : tensor.shape;
  const info = new TensorInfo({
    dtype: tensor.dtype.as_datatype_enum,
    tensor_shape: shapeProto(shape.toDims()),
  });
  if (isSparse) {
    info.coo_sparse.values_tensor_name = tensor.values.name;
    info.coo_sparse.indices_tensor_name = tensor.indices.name;
    info.coo_sparse.dense_shape_tensor_name = tensor.dense_shape.name;
  } else info.name = tensor.name;
  return info;
});

/** The tensor of `graph`, the default one if none is given, that `tensor_info` names. KeyError if it has none, ValueError where nothing is named. */
export const get_tensor_from_tensor_info = fn(
  ['tensor_info', 'graph', 'import_scope'],
  (
    tensor_info: TensorInfo,
    graph: Graph | null = null,
    import_scope: string | null = null,
  ): Tensor | SparseTensor => {
    const home = graph ?? get_default_graph();
    const tensor = (name: string): Tensor =>
      home.get_tensor_by_name(prependNameScope(name, import_scope));
    const encoding = tensor_info.WhichOneof('encoding');
    if (encoding === 'name') return tensor(tensor_info.name);
    if (encoding === 'coo_sparse') {
      const names = tensor_info.coo_sparse;
      return new SparseTensor(
        tensor(names.indices_tensor_name),
        tensor(names.values_tensor_name),
        tensor(names.dense_shape_tensor_name),
      );
    }
    throw new ValueError(`Invalid TensorInfo.encoding: ${encoding}`);
  },
);
