/** `tf.python.ops.list_ops`: lists of tensors, each a scalar tensor of type variant; what changes one gives a new one. */

import type { DType } from '../core/dtype.ts';
import { int32 } from '../core/dtype.ts';
import { fn } from '../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../core/tensor.ts';
import { integers } from './literals.ts';
import {
  EmptyTensorList,
  TensorListElementShape,
  TensorListFromTensor,
  TensorListGetItem,
  TensorListLength,
  TensorListPopBack,
  TensorListPushBack,
  TensorListReserve,
  TensorListSetItem,
  TensorListStack,
} from './tensor_list.ts';

/** Sizes as integers, or a tensor of them; -1 where a size is unknown. */
type Sizes = number | readonly number[] | Tensor;

/** A list of nothing, for tensors of `element_shape` and `element_dtype`. */
export const empty_tensor_list = fn(
  ['element_shape', 'element_dtype', 'name'],
  (element_shape: Sizes, element_dtype: DType, name: Name = null): Tensor =>
    EmptyTensorList({ element_shape: integers(element_shape) }, { element_dtype }, name),
);

/** A list of `num_elements` tensors, all zero until they are set. */
export const tensor_list_reserve = fn(
  ['element_shape', 'num_elements', 'element_dtype', 'name'],
  (
    element_shape: Sizes,
    num_elements: number | Tensor,
    element_dtype: DType,
    name: Name = null,
  ): Tensor =>
    TensorListReserve(
      { element_shape: integers(element_shape), num_elements: integers(num_elements) },
      { element_dtype },
      name,
    ),
);

/** The list of the slices of `tensor` along its first dimension. */
export const tensor_list_from_tensor = fn(
  ['tensor', 'element_shape', 'name'],
  (tensor: TensorLike, element_shape: Sizes, name: Name = null): Tensor =>
    TensorListFromTensor({ tensor, element_shape: integers(element_shape) }, {}, name),
);

/** How many tensors a list has. */
export const tensor_list_length = fn(
  ['input_handle', 'name'],
  (input_handle: Tensor, name: Name = null): Tensor => TensorListLength({ input_handle }, {}, name),
);

/** The shape that a list's tensors have, as a tensor. */
export const tensor_list_element_shape = fn(
  ['input_handle', 'shape_type', 'name'],
  (input_handle: Tensor, shape_type: typeof int32 = int32, name: Name = null): Tensor =>
    TensorListElementShape({ input_handle }, { shape_type }, name),
);

/** The list with `tensor` at its end. */
export const tensor_list_push_back = fn(
  ['input_handle', 'tensor', 'name'],
  (input_handle: Tensor, tensor: TensorLike, name: Name = null): Tensor =>
    TensorListPushBack({ input_handle, tensor }, {}, name),
);

/** The list without its last tensor, and that tensor. */
export const tensor_list_pop_back = fn(
  ['input_handle', 'element_dtype', 'name'],
  (input_handle: Tensor, element_dtype: DType, name: Name = null): readonly [Tensor, Tensor] =>
    TensorListPopBack({ input_handle }, { element_dtype }, name),
);

/** The tensors of a list as one, stacked. */
export const tensor_list_stack = fn(
  ['input_handle', 'element_dtype', 'num_elements', 'name'],
  (
    input_handle: Tensor,
    element_dtype: DType,
    num_elements: number = -1,
    name: Name = null,
  ): Tensor => TensorListStack({ input_handle }, { element_dtype, num_elements }, name),
);

/** The tensor at `index`. */
export const tensor_list_get_item = fn(
  ['input_handle', 'index', 'element_dtype', 'name'],
  (input_handle: Tensor, index: number | Tensor, element_dtype: DType, name: Name = null): Tensor =>
    TensorListGetItem({ input_handle, index: integers(index) }, { element_dtype }, name),
);

/** The list with `item` at `index`. */
export const tensor_list_set_item = fn(
  ['input_handle', 'index', 'item', 'name'],
  (input_handle: Tensor, index: number | Tensor, item: TensorLike, name: Name = null): Tensor =>
    TensorListSetItem({ input_handle, index: integers(index), item }, {}, name),
);
