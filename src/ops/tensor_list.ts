/** Lists of tensors as values, which loops of newer graphs keep what they make in. */

import { int32 } from '../core/dtype.ts';
import { op } from '../core/op.ts';
import type { Tensor } from '../core/tensor.ts';
import { zeros_like } from './fill.ts';
import { shape } from './shape.ts';

const ELEMENT = 'element_dtype: type';
const SHAPES = 'shape_type: {int32, int64}';

export const EmptyTensorList = op('EmptyTensorList', {
  inputs: ['element_shape: shape_type'],
  outputs: ['handle: variant'],
  attrs: [ELEMENT, SHAPES],
  shape: () => [],
}).gradient(null);

export const TensorListReserve = op('TensorListReserve', {
  inputs: ['element_shape: shape_type', 'num_elements: int32'],
  outputs: ['handle: variant'],
  attrs: [ELEMENT, SHAPES],
  shape: () => [],
}).gradient(null);

export const TensorListLength = op('TensorListLength', {
  inputs: ['input_handle: variant'],
  outputs: ['length: int32'],
  attrs: [],
  shape: () => [],
}).gradient(null);

export const TensorListElementShape = op('TensorListElementShape', {
  inputs: ['input_handle: variant'],
  outputs: ['element_shape: shape_type'],
  attrs: [SHAPES],
}).gradient(null);

/** The shape of a list's elements, as a tensor. */
const elementShape = (list: Tensor): Tensor =>
  TensorListElementShape({ input_handle: list }, { shape_type: int32 });

export const TensorListPopBack = op('TensorListPopBack', {
  inputs: ['input_handle: variant'],
  outputs: ['output_handle: variant', 'tensor: element_dtype'],
  attrs: [ELEMENT],
  shape: () => [[], null],
}).gradient((_, [list, dy], { element_dtype }, { output_handle }) => {
  const before: Tensor | null = list;
  const rest =
    before ?? EmptyTensorList({ element_shape: elementShape(output_handle) }, { element_dtype });
  return { input_handle: TensorListPushBack({ input_handle: rest, tensor: dy }) };
});

export const TensorListPushBack = op('TensorListPushBack', {
  inputs: ['input_handle: variant', 'tensor: element_dtype'],
  outputs: ['output_handle: variant'],
  attrs: [ELEMENT],
  shape: () => [],
}).gradient((_, [list], { element_dtype }) => {
  const [rest, tensor] = TensorListPopBack({ input_handle: list }, { element_dtype });
  return { input_handle: rest, tensor };
});

export const TensorListStack = op('TensorListStack', {
  inputs: ['input_handle: variant'],
  outputs: ['tensor: element_dtype'],
  attrs: [ELEMENT, 'num_elements: int = -1'],
}).gradient((_, [dy]) => ({ input_handle: listFrom(dy) }));

export const TensorListFromTensor = op('TensorListFromTensor', {
  inputs: ['tensor: element_dtype', 'element_shape: shape_type'],
  outputs: ['output_handle: variant'],
  attrs: [ELEMENT, SHAPES],
  shape: () => [],
}).gradient(({ tensor }, [list], { element_dtype }) => ({
  tensor: TensorListStack(
    { input_handle: list },
    { element_dtype, num_elements: tensor.dims?.[0] ?? -1 },
  ),
  element_shape: null,
}));

/** The list of the rows of `tensor`. */
const listFrom = (tensor: Tensor): Tensor =>
  TensorListFromTensor({ tensor, element_shape: shape(tensor).at('1:') });

export const TensorListGetItem = op('TensorListGetItem', {
  inputs: ['input_handle: variant', 'index: int32'],
  outputs: ['item: element_dtype'],
  attrs: [ELEMENT],
}).gradient(({ input_handle, index }, [dy], { element_dtype }) => {
  const empty = TensorListReserve(
    {
      element_shape: elementShape(input_handle),
      num_elements: TensorListLength({ input_handle }),
    },
    { element_dtype },
  );
  return {
    input_handle: TensorListSetItem({ input_handle: empty, index, item: dy }),
    index: null,
  };
});

export const TensorListSetItem = op('TensorListSetItem', {
  inputs: ['input_handle: variant', 'index: int32', 'item: element_dtype'],
  outputs: ['output_handle: variant'],
  attrs: [ELEMENT],
  shape: () => [],
}).gradient(({ index, item }, [list], { element_dtype }) => ({
  input_handle: TensorListSetItem({ input_handle: list, index, item: zeros_like(item) }),
  index: null,
  item: TensorListGetItem({ input_handle: list, index }, { element_dtype }),
}));

export const TensorListConcatLists = op('TensorListConcatLists', {
  inputs: ['input_a: variant', 'input_b: variant'],
  outputs: ['output: variant'],
  attrs: [ELEMENT],
  shape: () => [],
}).gradient(null);

export const TensorListResize = op('TensorListResize', {
  inputs: ['input_handle: variant', 'size: int32'],
  outputs: ['output_handle: variant'],
  attrs: [],
  shape: () => [],
}).gradient(({ input_handle }, [list]) => ({
  input_handle: TensorListResize({
    input_handle: list,
    size: TensorListLength({ input_handle }),
  }),
  size: null,
}));

export const TensorListGather = op('TensorListGather', {
  inputs: ['input_handle: variant', 'indices: int32', 'element_shape: int32'],
  outputs: ['values: element_dtype'],
  attrs: [ELEMENT],
}).gradient(({ input_handle, indices }, [dy]) => ({
  input_handle: TensorListScatterV2({
    tensor: dy,
    indices,
    element_shape: elementShape(input_handle),
    num_elements: TensorListLength({ input_handle }),
  }),
  indices: null,
  element_shape: null,
}));

export const TensorListScatter = op('TensorListScatter', {
  inputs: ['tensor: element_dtype', 'indices: int32', 'element_shape: shape_type'],
  outputs: ['output_handle: variant'],
  attrs: [ELEMENT, SHAPES],
  shape: () => [],
}).gradient(({ tensor, indices }, [list], { element_dtype }) => ({
  tensor: rowsOf(list, indices, tensor, element_dtype),
  indices: null,
  element_shape: null,
}));

export const TensorListScatterV2 = op('TensorListScatterV2', {
  inputs: [
    'tensor: element_dtype',
    'indices: int32',
    'element_shape: shape_type',
    'num_elements: int32',
  ],
  outputs: ['output_handle: variant'],
  attrs: [ELEMENT, SHAPES],
  shape: () => [],
}).gradient(({ tensor, indices }, [list], { element_dtype }) => ({
  tensor: rowsOf(list, indices, tensor, element_dtype),
  indices: null,
  element_shape: null,
  num_elements: null,
}));

/** The elements of `list` at `indices`, which are like the rows of `tensor`. */
const rowsOf = (
  list: Tensor,
  indices: Tensor,
  tensor: Tensor,
  element_dtype: Tensor['dtype'],
): Tensor =>
  TensorListGather(
    { input_handle: list, indices, element_shape: shape(tensor).at('1:') },
    { element_dtype },
  );

export const TensorListScatterIntoExistingList = op('TensorListScatterIntoExistingList', {
  inputs: ['input_handle: variant', 'tensor: element_dtype', 'indices: int32'],
  outputs: ['output_handle: variant'],
  attrs: [ELEMENT],
  shape: () => [],
}).gradient(({ tensor, indices }, [list], { element_dtype }) => ({
  input_handle: TensorListScatterIntoExistingList({
    input_handle: list,
    tensor: zeros_like(tensor),
    indices,
  }),
  tensor: rowsOf(list, indices, tensor, element_dtype),
  indices: null,
}));

export const TensorListConcat = op('TensorListConcat', {
  inputs: ['input_handle: variant'],
  outputs: ['tensor: element_dtype', 'lengths: int64'],
  attrs: [ELEMENT, 'element_shape: shape = null'],
  shape: () => [null, [null]],
}).gradient(({ input_handle }, [dy], _attrs, { lengths }) => ({
  input_handle: TensorListSplit({
    tensor: dy,
    element_shape: elementShape(input_handle),
    lengths,
  }),
}));

export const TensorListConcatV2 = op('TensorListConcatV2', {
  inputs: ['input_handle: variant', 'element_shape: shape_type', 'leading_dims: int64'],
  outputs: ['tensor: element_dtype', 'lengths: int64'],
  attrs: [ELEMENT, SHAPES],
  shape: () => [null, [null]],
}).gradient(({ input_handle }, [dy], _attrs, { lengths }) => ({
  input_handle: TensorListSplit({
    tensor: dy,
    element_shape: elementShape(input_handle),
    lengths,
  }),
  element_shape: null,
  leading_dims: null,
}));

export const TensorListSplit = op('TensorListSplit', {
  inputs: ['tensor: element_dtype', 'element_shape: shape_type', 'lengths: int64'],
  outputs: ['output_handle: variant'],
  attrs: [ELEMENT, SHAPES],
  shape: () => [],
}).gradient((_, [list], { element_dtype }) => ({
  tensor: TensorListConcat({ input_handle: list }, { element_dtype })[0],
  element_shape: null,
  lengths: null,
}));
