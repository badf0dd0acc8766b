/** The kernels of tensor arrays: what each op does with the array that its handle points to. */

import { compatible, isFullyDefined } from '../../core/dims.ts';
import {
  type DType,
  elementWidth,
  float32,
  int32,
  int64,
  resource,
  string,
} from '../../core/dtype.ts';
import { UnimplementedError } from '../../core/errors.ts';
import type { Kernel, KernelContext, Value } from '../../core/kernels.ts';
import type { Dims } from '../../core/tensor.ts';
import { kernel } from '../registry.ts';
import { elementText, TensorArrayStore } from '../tensor_array_store.ts';
import type { BackendValue } from '../value.ts';
import { copyRun, ints, invalid, scalar, shapeText, sizeOf } from './box.ts';

function storeOf(value: Value | undefined): TensorArrayStore {
  if (value?.handle instanceof TensorArrayStore) return value.handle;
  return invalid('The handle is not a TensorArray of this run.');
}

/** Registers the kernels of an op whose versions differ in the type of the handle only. */
function versions(name: string, body: Kernel): void {
  for (const version of ['', 'V2', 'V3']) kernel(`${name}${version}`, body);
}

function checkType(store: TensorArrayStore, dtype: DType, doing: string): void {
  if (store.dtype === dtype) return;
  invalid(`TensorArray dtype is ${store.dtype.row.text} but Op ${doing} dtype ${dtype.row.text}.`);
}

const flowOut = (context: KernelContext, flow: Value): Value => context.view(flow, flow.shape);

let created = 0;

function create(handleType: DType): Kernel {
  return ([size], attrs, context) => {
    if (size!.shape.length > 0) {
      invalid(`TensorArray size must be scalar, but had shape: ${shapeText(size!.shape)}`);
    }
    if (scalar(size!) < 0) invalid('Size should be >= 0.');
    const store = new TensorArrayStore({
      name: `${(attrs.tensor_array_name as string) || context.nodeName}_${created++}`,
      dtype: attrs.dtype as DType,
      elementShape: attrs.element_shape as Dims,
      size: scalar(size!),
      dynamic: attrs.dynamic_size as boolean,
      clears: attrs.clear_after_read as boolean,
      identical: (attrs.identical_element_shapes as boolean | undefined) ?? false,
      isGradient: false,
    });
    context.untilRunEnds(store);
    const handle = context.handle(handleType, store);
    return handleType === resource ? [handle, context.zeros(float32, [])] : handle;
  };
}

function gradient(handleType: DType): Kernel {
  return ([handle], { source }, context) => {
    const store = storeOf(handle).gradient(source as string, context);
    const grad = context.handle(handleType, store);
    return handleType === resource ? [grad, context.zeros(float32, [])] : grad;
  };
}

/** The type of a handle in each version of the ops. */
const handleTypes = { '': string._as_ref, V2: string, V3: resource };
for (const [version, type] of Object.entries(handleTypes)) {
  kernel(`TensorArray${version}`, create(type));
  kernel(`TensorArrayGrad${version}`, gradient(type));
}

versions('TensorArraySize', ([handle], _attrs, context) => {
  const size = storeOf(handle).size;
  return context.wrap(int32, [], Int32Array.of(size));
});

versions('TensorArrayClose', ([handle]) => {
  storeOf(handle).close();
  return null;
});

// ---- one element -------------------------------------------------------------------------------

function indexOf(index: Value): number {
  if (index.shape.length > 0) {
    invalid(`TensorArray index must be scalar, but had shape: ${shapeText(index.shape)}`);
  }
  return scalar(index);
}

versions('TensorArrayRead', ([handle, index], { dtype }, context) => {
  const store = storeOf(handle);
  checkType(store, dtype as DType, 'requested');
  return store.read(indexOf(index!), context);
});

versions('TensorArrayWrite', ([handle, index, value, flow], { T }, context) => {
  const store = storeOf(handle);
  checkType(store, T as DType, 'is trying to write');
  store.write(indexOf(index!), context.view(value!, value!.shape) as BackendValue, context);
  return flowOut(context, flow!);
});

// ---- elements as the rows of one tensor --------------------------------------------------------

function checkVector(value: Value, what: string): void {
  if (value.shape.length !== 1) {
    invalid(`Expected ${what} to be a vector, ${RECEIVED[what]} shape: ${shapeText(value.shape)}`);
  }
}
const RECEIVED: Readonly<Record<string, string>> = {
  indices: 'but received',
  lengths: 'received',
};

function gather(
  context: KernelContext,
  store: TensorArrayStore,
  indices: readonly number[],
  attrs: Readonly<Record<string, unknown>>,
): Value {
  checkType(store, attrs.dtype as DType, 'requested');
  store.merge(attrs.element_shape as Dims);
  if (indices.length === 0) {
    const { elementShape } = store;
    if (isFullyDefined(elementShape)) return context.zeros(store.dtype, [0, ...elementShape]);
    throw new UnimplementedError(
      null,
      null,
      `TensorArray has size zero, but element shape ${elementText(elementShape)} is not fully defined. Currently only static shapes are supported when packing zero-size TensorArrays.`,
    );
  }
  const values = readAll(context, store, indices);
  const { shape } = values[0]!;
  for (const [i, value] of values.entries()) {
    if (shapeText(value.shape) === shapeText(shape)) continue;
    for (const read of values) read.release();
    invalid(
      `TensorArray has inconsistent shapes.  Index 0 has shape: ${shapeText(shape)} but index ${i} has shape: ${shapeText(value.shape)}`,
    );
  }
  return joined(context, store.dtype, [values.length, ...shape], values);
}

/** The elements at `indices`, all or none of them. */
function readAll(
  context: KernelContext,
  store: TensorArrayStore,
  indices: readonly number[],
): BackendValue[] {
  const values: BackendValue[] = [];
  try {
    for (const index of indices) values.push(store.read(index, context));
  } catch (error) {
    for (const value of values) value.release();
    throw error;
  }
  return values;
}

/** The elements of `values` one behind the other, which are released. */
function joined(
  context: KernelContext,
  dtype: DType,
  shape: readonly number[],
  values: readonly BackendValue[],
): Value {
  const result = context.alloc(dtype, shape);
  const width = elementWidth(dtype);
  const { data } = result;
  let at = 0;
  for (const value of values) {
    copyRun(data, at, value.data, 0, value.size * width);
    at += value.size * width;
    value.release();
  }
  return result;
}

versions('TensorArrayGather', ([handle, indices], attrs, context) => {
  checkVector(indices!, 'indices');
  return gather(context, storeOf(handle), ints(indices!), attrs);
});

kernel('TensorArrayPack', ([handle], attrs, context) => {
  const store = storeOf(handle);
  return gather(
    context,
    store,
    Array.from({ length: store.size }, (_, i) => i),
    attrs,
  );
});

/** Writes `count[i]` elements of `value` per place, one run behind the other. */
function writeRuns(
  context: KernelContext,
  store: TensorArrayStore,
  value: Value,
  runs: readonly { readonly index: number; readonly shape: readonly number[] }[],
): void {
  const width = elementWidth(value.dtype);
  let at = 0;
  for (const { index, shape } of runs) {
    const part = context.alloc(value.dtype, shape) as BackendValue;
    const count = sizeOf(shape) * width;
    copyRun(part.data, 0, value.data, at, count);
    at += count;
    store.write(index, part, context);
  }
}

function scatter(
  context: KernelContext,
  store: TensorArrayStore,
  indices: readonly number[],
  value: Value,
): void {
  checkType(store, value.dtype, 'is trying to write');
  const [rows, ...inner] = value.shape;
  if (rows !== indices.length) {
    invalid(`Expected len(indices) == values.shape[0], but saw: ${indices.length} vs. ${rows}`);
  }
  const last = Math.max(-1, ...indices);
  if (!store.resizes && last >= store.size) {
    invalid(`Max scatter index must be < array size (${last} vs. ${store.size})`);
  }
  writeRuns(
    context,
    store,
    value,
    indices.map((index) => ({ index, shape: inner })),
  );
}

versions('TensorArrayScatter', ([handle, indices, value, flow], _attrs, context) => {
  checkVector(indices!, 'indices');
  checkRows(value!);
  scatter(context, storeOf(handle), ints(indices!), value!);
  return flowOut(context, flow!);
});

kernel('TensorArrayUnpack', ([handle, value, flow], _attrs, context) => {
  checkRows(value!);
  const rows = Array.from({ length: value!.shape[0]! }, (_, i) => i);
  scatter(context, storeOf(handle), rows, value!);
  return flowOut(context, flow!);
});

function checkRows({ shape }: Value): void {
  if (shape.length > 0) return;
  invalid(
    `Input value for unpack must be at least a vector but received shape: ${shapeText(shape)}`,
  );
}

// ---- elements of several lengths, joined along their first dimension ---------------------------

versions('TensorArrayConcat', ([handle], attrs, context) => {
  const store = storeOf(handle);
  checkType(store, attrs.dtype as DType, 'requested');
  if (store.size === 0) return emptyConcat(context, store, attrs.element_shape_except0 as Dims);
  const places = Array.from({ length: store.size }, (_, i) => i);
  const values = readAll(context, store, places);
  const problem = concatProblem(values);
  if (problem !== null) {
    for (const value of values) value.release();
    invalid(problem);
  }
  const lengths = values.map(({ shape }) => shape[0]!);
  const rows = lengths.reduce((sum, length) => sum + length, 0);
  const inner = values[0]!.shape.slice(1);
  return [
    joined(context, store.dtype, [rows, ...inner], values),
    context.wrap(int64, [lengths.length], Float64Array.from(lengths)),
  ];
});

function emptyConcat(context: KernelContext, store: TensorArrayStore, inner: Dims): Value[] {
  if (!isFullyDefined(inner)) {
    throw new UnimplementedError(
      null,
      null,
      `TensorArray has size zero, but element_shape_except0 ${elementText(inner)} is not fully defined. Currently only static shapes are supported when concatenating zero-size TensorArrays.`,
    );
  }
  return [context.zeros(store.dtype, [0, ...inner]), context.zeros(int64, [0])];
}

function concatProblem(values: readonly Value[]): string | null {
  const first = values[0]!.shape.slice(1);
  for (const [i, { shape }] of values.entries()) {
    if (shape.length === 0) {
      return `Concat saw a scalar shape at index ${i} but requires at least vectors.  Did you mean to call pack?`;
    }
    if (!compatible(first, shape.slice(1))) {
      return `TensorArray has inconsistent shapes.  Index 0 has (excluding dimension 0) shape: ${shapeText(first)} but index ${i} has (excluding dimension 0) shape: ${shapeText(shape.slice(1))}`;
    }
  }
  return null;
}

versions('TensorArraySplit', ([handle, value, lengths, flow], _attrs, context) => {
  const store = storeOf(handle);
  checkType(store, value!.dtype, 'is trying to write');
  checkVector(lengths!, 'lengths');
  const counts = ints(lengths!);
  const { shape } = value!;
  if (shape.length === 0) {
    invalid(`Expected value to be at least a vector, but received shape: ${shapeText(shape)}`);
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total !== shape[0]) {
    invalid(
      `Expected sum of lengths to be equal to values.shape[0], but sum of lengths is ${total} and value's shape is: ${shapeText(shape)} `,
    );
  }
  if (!store.resizes && store.size !== counts.length) {
    invalid(
      `TensorArray's size is not equal to the size of lengths (${store.size} vs. ${counts.length}), and the TensorArray is not marked as dynamically resizeable`,
    );
  }
  writeRuns(
    context,
    store,
    value!,
    counts.map((count, index) => ({ index, shape: [count, ...shape.slice(1)] })),
  );
  return flowOut(context, flow!);
});
