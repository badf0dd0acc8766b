/**
 * Shapes as values, and values under other shapes: the kernels that look at no element, and those
 * that make an array of one number. Reshaping is a view, never a copy.
 */

import type { DType, TypedArray } from '../../core/dtype.ts';
import { elementWidth, int32, kernelName } from '../../core/dtype.ts';
import type { Kernel, Value } from '../../core/kernels.ts';
import type { Dims, Literal } from '../../core/tensor.ts';
import { kernel } from '../registry.ts';
import {
  copyBox,
  fillRun,
  ints,
  invalid,
  numbers,
  same,
  scalar,
  shapeText,
  sizeOf,
  stridesOf,
  wholeOf,
} from './box.ts';

// ---- asking ------------------------------------------------------------------------------------

kernel('Shape', ([input], { out_type }, context) =>
  numbers(context, out_type as DType, input!.shape),
);

kernel('ShapeN', (inputs, { out_type }, context) =>
  inputs.map((input) => numbers(context, out_type as DType, input.shape)),
);

kernel('Size', ([input], { out_type }, context) =>
  numbers(context, out_type as DType, [input!.size], []),
);

kernel('Rank', ([input], _attrs, context) => numbers(context, int32, [input!.shape.length], []));

// ---- passing on --------------------------------------------------------------------------------

const identity: Kernel = ([input], _attrs, context) => same(context, input!);

for (const type of ['Identity', 'Snapshot', 'StopGradient', 'PreventGradient', 'GuaranteeConst']) {
  kernel(type, identity);
}

kernel('IdentityN', (inputs, _attrs, context) => inputs.map((input) => same(context, input)));

kernel('DeepCopy', ([input], _attrs, context) => {
  const result = context.alloc(input!.dtype, input!.shape);
  const whole = wholeOf(input!.shape);
  copyBox(input!.dtype, input!.shape, result.data, whole, input!.data, whole);
  return result;
});

kernel('EnsureShape', ([input], { shape }, context) => {
  const expected = shape as Dims;
  const fits =
    expected === null ||
    (expected.length === input!.shape.length &&
      expected.every((dim, i) => dim === null || dim === input!.shape[i]));
  if (!fits) {
    const text = `[${expected!.map((dim) => dim ?? '?').join(',')}]`;
    invalid(
      `Shape of tensor ${shapeText(input!.shape)} is not compatible with expected shape ${text}.`,
    );
  }
  return same(context, input!);
});

// ---- reshaping ---------------------------------------------------------------------------------

kernel('Reshape', ([tensor, shape], _attrs, context) =>
  context.view(tensor!, reshaped(tensor!.size, shape!)),
);

/** The shape that `shape` asks for, with its one `-1` worked out from the number of elements. */
function reshaped(size: number, shape: Value): number[] {
  if (shape.shape.length > 1) {
    invalid(`sizes input must be 1-D, not ${shapeText(shape.shape)}`);
  }
  const dims = ints(shape);
  let unknown = -1;
  let known = 1;
  for (const [i, dim] of dims.entries()) {
    if (dim === -1) {
      if (unknown >= 0) invalid(`only one input size may be -1, not both ${unknown} and ${i}`);
      unknown = i;
    } else if (dim < 0) {
      invalid(`size ${i} must be non-negative, not ${dim}`);
    } else {
      known *= dim;
    }
  }
  if (unknown >= 0) dims[unknown] = missingSize(size, known);
  if (sizeOf(dims) !== size) {
    invalid(
      `Input to reshape is a tensor with ${size} values, but the requested shape has ${sizeOf(dims)}`,
    );
  }
  return dims;
}

function missingSize(size: number, known: number): number {
  if (known === 0) {
    invalid(
      'reshape cannot infer the missing input size for an empty tensor unless all specified input sizes are non-zero',
    );
  }
  if (size % known !== 0) {
    invalid(
      `Input to reshape is a tensor with ${size} values, but the requested shape requires a multiple of ${known}`,
    );
  }
  return size / known;
}

kernel('ExpandDims', ([input, dim], _attrs, context) => {
  if (dim!.size !== 1) invalid("'dim' must be a tensor with a single value");
  const axis = scalar(dim!);
  const shape = [...input!.shape];
  const rank = shape.length;
  if (axis < -1 - rank || axis > rank) {
    invalid(`Tried to expand dim index ${axis} for tensor with ${rank} dimensions.`);
  }
  shape.splice(axis < 0 ? axis + rank + 1 : axis, 0, 1);
  return context.view(input!, shape);
});

kernel('Squeeze', ([input], { squeeze_dims }, context) => {
  const { shape } = input!;
  const rank = shape.length;
  const axes = new Set<number>();
  for (const axis of squeeze_dims as readonly number[]) {
    if (axis < -rank || axis >= rank) {
      invalid(`Tried to squeeze dim index ${axis} for tensor with ${rank} dimensions.`);
    }
    axes.add(axis < 0 ? axis + rank : axis);
  }
  const kept = shape.filter((dim, i) => {
    if (axes.size === 0) return dim !== 1;
    if (axes.has(i) && dim !== 1) {
      invalid(`Can not squeeze dim[${i}], expected a dimension of 1, got ${dim}`);
    }
    return !axes.has(i);
  });
  return context.view(input!, kept);
});

// ---- making ------------------------------------------------------------------------------------

kernel('Const', (_inputs, attrs, context) => {
  const { dtype, shape, data } = attrs.value as Literal;
  if (attrs.dtype !== dtype) {
    const declared = kernelName(attrs.dtype as DType);
    invalid(`Type mismatch between value (${kernelName(dtype)}) and dtype (${declared})`);
  }
  const result = context.alloc(dtype, shape);
  const whole = wholeOf(shape);
  copyBox(dtype, shape, result.data, whole, data, whole);
  return result;
});

kernel('Fill', ([dims, value], _attrs, context) => {
  if (dims!.shape.length > 1) {
    invalid(`dims must be a vector, got shape ${shapeText(dims!.shape)}`);
  }
  if (value!.size !== 1) invalid(`value must be a scalar, got shape ${shapeText(value!.shape)}`);
  const shape = ints(dims!);
  for (const dim of shape) if (dim < 0) invalid(`Dimension ${dim} must be >= 0`);
  const result = context.alloc(value!.dtype, shape);
  fillRun(result.data, 0, result.size, value!.data, elementWidth(value!.dtype));
  return result;
});

kernel('ZerosLike', ([x], _attrs, context) => context.zeros(x!.dtype, x!.shape));

kernel('OnesLike', ([x], _attrs, context) => {
  const width = elementWidth(x!.dtype);
  if (width === 1) {
    const result = context.alloc(x!.dtype, x!.shape);
    (result.data as TypedArray).fill(1);
    return result;
  }
  const result = context.zeros(x!.dtype, x!.shape);
  const data = result.data as TypedArray;
  for (let i = 0; i < data.length; i += 2) data[i] = 1;
  return result;
});

kernel('BroadcastTo', ([input, shape], _attrs, context) => {
  const dims = ints(shape!);
  const result = context.alloc(input!.dtype, dims);
  broadcastInto(result, input!);
  return result;
});

/** Repeats `input` over `result`, as NumPy's broadcasting does. */
function broadcastInto(result: Value, input: Value): void {
  const added = result.shape.length - input.shape.length;
  const strides = stridesOf(input.shape);
  const steps = result.shape.map((dim, i) => {
    const own = input.shape[i - added];
    if (i < added || (own === 1 && dim !== 1)) return 0;
    if (own !== dim) refuseBroadcast(result, input);
    return strides[i - added]!;
  });
  if (added < 0) refuseBroadcast(result, input);
  const from = { offset: 0, strides: steps };
  copyBox(input.dtype, result.shape, result.data, wholeOf(result.shape), input.data, from);
}

function refuseBroadcast(result: Value, input: Value): never {
  return invalid(`Incompatible shapes: ${shapeText(input.shape)} vs. ${shapeText(result.shape)}`);
}
