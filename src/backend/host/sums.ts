/** Element-wise ops of more than two tensors, and products of vectors. */

import type { Data, TypedArray } from '../../core/dtype.ts';
import { FailedPreconditionError } from '../../core/errors.ts';
import type { Kernel, KernelContext, Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { listValue, TensorList } from '../tensor_list.ts';
import type { BackendValue } from '../value.ts';
import { invalid, same, shapeText } from './box.ts';
import { sameShape } from './broadcast.ts';
import { laneOf, type Numbers, settle, source, target } from './lanes.ts';

// ---- sums of many ----------------------------------------------------------------------------

const addN: Kernel = (inputs, _attrs, context) => {
  const first = inputs[0]!;
  if (first.handle instanceof TensorList) return sumOfLists(inputs, context);
  for (let i = 1; i < inputs.length; i++) checkSameShape(first, inputs[i]!, i);
  if (inputs.length === 1) return same(context, first);
  const y = context.alloc(first.dtype, first.shape);
  const lane = laneOf(first.dtype);
  const work = lane === 'complex' ? (y.data as Numbers) : target(lane, y.data);
  addPair(source(lane, first.data), source(lane, inputs[1]!.data), work);
  for (let i = 2; i < inputs.length; i++) addPair(work, source(lane, inputs[i]!.data), work);
  if (lane !== 'complex') settle(lane, work, y.data);
  return y;
};
kernel('AddN', addN);
kernel('AccumulateNV2', addN);

/** Gradients of lists are lists: sums of elements, where one that was never set is zero. */
function sumOfLists(inputs: readonly Value[], context: KernelContext): Value {
  const lists = inputs.map(({ handle }) => handle as TensorList);
  const [first] = lists;
  const items = first!.items.map((_, i) => {
    const parts = lists.flatMap((list) => list.at(i) ?? []);
    return parts.length === 0 ? null : (addN(parts, {}, context) as BackendValue);
  });
  const sum = first!.with(items);
  for (const item of items) item?.release();
  return listValue(sum);
}

function checkSameShape(first: Value, other: Value, index: number): void {
  if (sameShape(first.shape, other.shape)) return;
  const [p, q] = [shapeText(first.shape), shapeText(other.shape)];
  invalid(
    `Inputs to operation AddN of type AddN must have the same size and shape.  Input 0: ${p} != input ${index}: ${q}`,
  );
}

function addPair(a: Numbers, b: Numbers, y: Numbers): void {
  for (let i = 0; i < y.length; i++) y[i] = a[i]! + b[i]!;
}

// ---- clipping --------------------------------------------------------------------------------

kernel('ClipByValue', ([t, low, high], _attrs, context) => {
  const fits = (bound: Value) => bound.shape.length === 0 || sameShape(bound.shape, t!.shape);
  if (!fits(low!) || !fits(high!)) {
    const [p, q, r] = [shapeText(t!.shape), shapeText(low!.shape), shapeText(high!.shape)];
    invalid(
      `clip_value_min and clip_value_max must be either of the same shape as input, or a scalar. Input shape: ${p}clip_value_min shape: ${q}clip_value_max shape: ${r}`,
    );
  }
  const y = context.alloc(t!.dtype, t!.shape);
  clip(t!.data, low!.data, high!.data, y.data);
  return y;
});

function clip(t: Data, low: Data, high: Data, y: Data): void {
  const [from, to] = [t as TypedArray, y as TypedArray];
  const [lows, highs] = [low as TypedArray, high as TypedArray];
  const lowStep = lows.length === 1 ? 0 : 1;
  const highStep = highs.length === 1 ? 0 : 1;
  for (let i = 0; i < to.length; i++) {
    const bounded = Math.min(from[i]!, highs[i * highStep]!);
    to[i] = Math.max(bounded, lows[i * lowStep]!);
  }
}

// ---- cross products --------------------------------------------------------------------------

kernel('Cross', ([a, b], _attrs, context) => {
  if (!sameShape(a!.shape, b!.shape)) {
    invalid(`Both inputs must be of same shape: ${shapeText(a!.shape)} vs. ${shapeText(b!.shape)}`);
  }
  if (a!.shape.length === 0) invalid('Input must be at least 1D');
  if (a!.shape.at(-1) !== 3) {
    const text = 'Cross-products are only defined for 3-element vectors.';
    throw new FailedPreconditionError(null, null, text);
  }
  const y = context.alloc(a!.dtype, a!.shape);
  const lane = laneOf(a!.dtype);
  const work = target(lane, y.data);
  const [p, q] = [source(lane, a!.data), source(lane, b!.data)];
  for (let i = 0; i < work.length; i += 3) {
    work[i] = p[i + 1]! * q[i + 2]! - p[i + 2]! * q[i + 1]!;
    work[i + 1] = p[i + 2]! * q[i]! - p[i]! * q[i + 2]!;
    work[i + 2] = p[i]! * q[i + 1]! - p[i + 1]! * q[i]!;
  }
  settle(lane, work, y.data);
  return y;
});
