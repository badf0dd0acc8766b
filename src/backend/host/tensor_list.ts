/** The kernels of lists of tensors. */

import { compatible, dimsText, isFullyDefined, mergeDims } from '../../core/dims.ts';
import { type DType, elementWidth, int32, int64 } from '../../core/dtype.ts';
import { InternalError } from '../../core/errors.ts';
import type { Kernel, KernelContext, Value } from '../../core/kernels.ts';
import type { Dims } from '../../core/tensor.ts';
import { kernel } from '../registry.ts';
import { listValue, TensorList } from '../tensor_list.ts';
import type { BackendValue } from '../value.ts';
import { copyRun, ints, invalid, scalar, shapeText, sizeOf } from './box.ts';

function listOf(value: Value | undefined): TensorList {
  if (value?.handle instanceof TensorList) return value.handle;
  return invalid(`Input handle is not a list. Saw: '${value?.dtype.name ?? 'nothing'}'`);
}

/** The shape that a tensor tells: a scalar -1 is unknown, -1 in a vector an unknown size. */
function shapeFrom(value: Value | undefined): Dims {
  if (!value || value.shape.length === 0) return null;
  return ints(value).map((size) => (size < 0 ? null : size));
}

function checkType(list: TensorList, dtype: DType): void {
  if (list.dtype === dtype) return;
  invalid(
    `Invalid data types; op elements ${dtype.row.text} but list elements ${list.dtype.row.text}`,
  );
}

kernel('EmptyTensorList', ([shape], { element_dtype }) =>
  listValue(TensorList.of(element_dtype as DType, shapeFrom(shape), [])),
);

kernel('TensorListReserve', ([shape, count], { element_dtype }) => {
  const items = new Array<null>(scalar(count!)).fill(null);
  return listValue(TensorList.of(element_dtype as DType, shapeFrom(shape), items));
});

kernel('TensorListLength', ([list], _attrs, context) =>
  context.wrap(int32, [], Int32Array.of(listOf(list).length)),
);

kernel('TensorListElementShape', ([list], { shape_type }, context) => {
  const dims = listOf(list).elementShape;
  const sizes = dims === null ? [-1] : dims.map((dim) => dim ?? -1);
  const shape = dims === null ? [] : [sizes.length];
  const data = shape_type === int64 ? Float64Array.from(sizes) : Int32Array.from(sizes);
  return context.wrap(shape_type as DType, shape, data);
});

kernel('TensorListPushBack', ([handle, value], { element_dtype }) => {
  const list = listOf(handle);
  checkType(list, element_dtype as DType);
  if (!compatible(list.elementShape, value!.shape)) {
    invalid(
      `Tried to append a tensor with incompatible shape to a list. Op element shape: ${shapeText(value!.shape)} list shape: ${dimsText(list.elementShape)}`,
    );
  }
  return listValue(list.pushed(value!));
});

/** An element; zeros where none was set. */
function element(
  context: KernelContext,
  list: TensorList,
  item: BackendValue | null,
  asked: Dims,
): BackendValue {
  if (item !== null) return item.view(item.shape);
  const dims = mergeDims(list.elementShape, asked);
  if (!isFullyDefined(dims)) {
    invalid(
      'Trying to read an uninitialized tensor but element_shape is not fully defined and no list element is set.',
    );
  }
  return context.zeros(list.dtype, dims) as BackendValue;
}

kernel('TensorListPopBack', ([handle, shape], { element_dtype }, context) => {
  const list = listOf(handle);
  checkType(list, element_dtype as DType);
  if (list.length === 0) invalid('Trying to pop from an empty list.');
  const last = element(context, list, list.at(list.length - 1), shapeFrom(shape));
  return [listValue(list.popped()), last];
});

kernel('TensorListGetItem', ([handle, index, shape], { element_dtype }, context) => {
  const list = listOf(handle);
  checkType(list, element_dtype as DType);
  const at = scalar(index!);
  if (at < 0 || at >= list.length) {
    invalid(`Trying to access element ${at} in a list with ${list.length} elements.`);
  }
  return element(context, list, list.at(at), shapeFrom(shape));
});

kernel('TensorListSetItem', ([handle, index, item], { element_dtype }) => {
  const list = listOf(handle);
  checkType(list, element_dtype as DType);
  const at = scalar(index!);
  if (at < 0 || at >= list.length) {
    invalid(`Trying to modify element ${at} in a list with ${list.length} elements.`);
  }
  return listValue(list.with(list.items.map((old, i) => (i === at ? item! : old))));
});

kernel('TensorListResize', ([handle, size]) => {
  const list = listOf(handle);
  const items = Array.from({ length: scalar(size!) }, (_, i) =>
    i < list.length ? list.at(i) : null,
  );
  return listValue(list.with(items));
});

kernel('TensorListConcatLists', ([a, b], { element_dtype }) => {
  const [first, second] = [listOf(a), listOf(b)];
  checkType(first, element_dtype as DType);
  checkType(second, element_dtype as DType);
  return listValue(first.with([...first.items, ...second.items]));
});

// ---- elements as rows --------------------------------------------------------------------------

/** The shape that all elements have. */
function commonShape(list: TensorList, items: readonly (BackendValue | null)[], asked: Dims): Dims {
  let dims = mergeDims(list.elementShape, asked);
  for (const item of items) if (item !== null) dims = mergeDims(dims, item.shape);
  return dims;
}

function stacked(
  context: KernelContext,
  list: TensorList,
  items: readonly (BackendValue | null)[],
  asked: Dims,
): Value {
  const dims = commonShape(list, items, asked);
  if (!isFullyDefined(dims)) {
    invalid(
      `Tried to stack elements of ${items.length === 0 ? 'an empty' : 'a'} list with non-fully-defined element_shape: ${dimsText(dims)}`,
    );
  }
  return joined(context, list.dtype, [items.length, ...dims], items, sizeOf(dims));
}

/** Elements one behind the other; those that were never set are zeros of `size` elements. */
function joined(
  context: KernelContext,
  dtype: DType,
  shape: readonly number[],
  items: readonly (BackendValue | null)[],
  size: number,
): Value {
  const result = context.zeros(dtype, shape);
  const width = elementWidth(dtype);
  let at = 0;
  for (const item of items) {
    const count = (item?.size ?? size) * width;
    if (item !== null) copyRun(result.data, at, item.data, 0, count);
    at += count;
  }
  return result;
}

kernel('TensorListStack', ([handle, shape], { element_dtype, num_elements }, context) => {
  const list = listOf(handle);
  checkType(list, element_dtype as DType);
  const wanted = num_elements as number;
  if (wanted !== -1 && list.length !== wanted) {
    invalid(
      `Operation expected a list with ${wanted} elements but got a list with ${list.length} elements.`,
    );
  }
  return stacked(context, list, list.items, shapeFrom(shape));
});

kernel('TensorListGather', ([handle, indices, shape], { element_dtype }, context) => {
  const list = listOf(handle);
  checkType(list, element_dtype as DType);
  const items = ints(indices!).map((index) => {
    if (index >= 0 && index < list.length) return list.at(index);
    return invalid(`Trying to gather element ${index} in a list with ${list.length} elements.`);
  });
  return stacked(context, list, items, shapeFrom(shape));
});

/** Copies of the parts of `value` along its first dimension, `counts` long, of rank one less where `single`. */
function partsOf(
  context: KernelContext,
  value: Value,
  counts: readonly number[],
  single: boolean,
): BackendValue[] {
  const inner = value.shape.slice(1);
  const run = sizeOf(inner) * elementWidth(value.dtype);
  let at = 0;
  return counts.map((count) => {
    const part = context.alloc(value.dtype, single ? inner : [count, ...inner]) as BackendValue;
    copyRun(part.data, 0, value.data, at, count * run);
    at += count * run;
    return part;
  });
}

/** The list of `items`, which it alone holds from now on. */
function owning(dtype: DType, shape: Dims, items: readonly (BackendValue | null)[]): Value {
  const list = TensorList.of(dtype, shape, items);
  for (const item of items) item?.release();
  return listValue(list);
}

const ones = (count: number): number[] => new Array<number>(count).fill(1);

function checkRows({ shape }: Value): void {
  if (shape.length === 0) {
    invalid(`Tensor must be at least a vector, but saw shape: ${shapeText(shape)}`);
  }
}

kernel('TensorListFromTensor', ([value, shape], _attrs, context) => {
  checkRows(value!);
  const asked = shapeFrom(shape);
  const inner = value!.shape.slice(1);
  if (!compatible(asked, inner)) {
    invalid(
      `Specified a list with shape ${dimsText(asked)} from a tensor with shape ${shapeText(inner)}`,
    );
  }
  return owning(value!.dtype, asked, partsOf(context, value!, ones(value!.shape[0]!), true));
});

/** Puts the rows of `value` to `indices` in a list of at least `least` elements. */
function scattered(
  context: KernelContext,
  value: Value,
  indices: readonly number[],
  items: (BackendValue | null)[],
): (BackendValue | null)[] {
  checkRows(value);
  if (indices.length !== value.shape[0]) {
    invalid(
      `Invalid number of rows in input tensor. Expected: ${indices.length} Actual: ${value.shape[0]}`,
    );
  }
  if (indices.some((index) => index < 0)) {
    invalid('Indices in TensorListScatter must all be non-negative.');
  }
  const rows = partsOf(context, value, ones(indices.length), true);
  for (const [row, index] of indices.entries()) {
    while (items.length <= index) items.push(null);
    items[index]?.release();
    items[index] = rows[row]!;
  }
  return items;
}

const scatter: Kernel = ([value, indices, shape, count], { element_dtype }, context) => {
  const least = count ? Math.max(0, scalar(count)) : 0;
  const items = scattered(context, value!, ints(indices!), new Array<null>(least).fill(null));
  return owning(element_dtype as DType, shapeFrom(shape), items);
};
kernel('TensorListScatter', scatter);
kernel('TensorListScatterV2', scatter);

kernel('TensorListScatterIntoExistingList', ([handle, value, indices], _attrs, context) => {
  const list = listOf(handle);
  const rows = scattered(context, value!, ints(indices!), new Array<null>(list.length).fill(null));
  const items = rows.map((row, i) => {
    const kept = list.at(i);
    return row ?? kept?.view(kept.shape) ?? null;
  });
  return owning(list.dtype, list.elementShape, items);
});

kernel('TensorListSplit', ([value, shape, lengths], { element_dtype }, context) => {
  checkRows(value!);
  const counts = ints(lengths!);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total !== value!.shape[0]) {
    invalid(`Attempting to slice [${0}, ${total}] from tensor with length ${value!.shape[0]}`);
  }
  const parts = partsOf(context, value!, counts, false);
  return owning(element_dtype as DType, shapeFrom(shape), parts);
});

const concat: Kernel = ([handle], { element_dtype }, context) => {
  const list = listOf(handle);
  checkType(list, element_dtype as DType);
  const items = list.items.map((item) => {
    if (item === null || item.shape.length === 0) {
      throw new InternalError(
        null,
        null,
        'Concat requires elements to be at least vectors, found scalars instead.',
      );
    }
    return item;
  });
  const lengths = items.map(({ shape }) => shape[0]!);
  const rows = lengths.reduce((sum, length) => sum + length, 0);
  const inner = items[0]?.shape.slice(1) ?? [];
  return [
    joined(context, list.dtype, [rows, ...inner], items, 0),
    context.wrap(int64, [lengths.length], Float64Array.from(lengths)),
  ];
};
kernel('TensorListConcat', concat);
kernel('TensorListConcatV2', concat);
