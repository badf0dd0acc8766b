/**
 * Host kernels of softmax and of the cross entropies that start from logits. Every row is shifted by
 * its maximum before exp, so that nothing overflows.
 */

import type { TypedArray } from '../../core/dtype.ts';
import type { KernelContext, Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { invalid, shapeText } from './box.ts';
import { numbersOf, roundTo16 } from './numeric.ts';

/** The largest of `count` numbers from `start`. */
function rowMax(x: TypedArray, start: number, count: number): number {
  let max = -Infinity;
  for (let i = start; i < start + count; i++) {
    const v = x[i]!;
    if (!(v <= max)) max = v;
  }
  return max;
}

function lastAxis(logits: Value): number {
  const { shape } = logits;
  if (shape.length < 1) invalid(`logits must have >= 1 dimension, got ${shapeText(shape)}`);
  return shape[shape.length - 1]!;
}

kernel('Softmax', ([logits], _, context) => {
  const depth = lastAxis(logits!);
  const out = context.alloc(logits!.dtype, logits!.shape);
  const x = numbersOf(logits!);
  const y = numbersOf(out);
  for (let start = 0; start < x.length; start += depth) {
    const max = rowMax(x, start, depth);
    const end = start + depth;
    let sum = 0;
    for (let i = start; i < end; i++) {
      const e = Math.exp(x[i]! - max);
      y[i] = e;
      sum += e;
    }
    const scale = 1 / sum;
    for (let i = start; i < end; i++) y[i] = y[i]! * scale;
  }
  roundTo16(y, out.dtype);
  return out;
});

kernel('LogSoftmax', ([logits], _, context) => {
  const depth = lastAxis(logits!);
  const out = context.alloc(logits!.dtype, logits!.shape);
  const x = numbersOf(logits!);
  const y = numbersOf(out);
  for (let start = 0; start < x.length; start += depth) {
    const max = rowMax(x, start, depth);
    const end = start + depth;
    let sum = 0;
    for (let i = start; i < end; i++) sum += Math.exp(x[i]! - max);
    const logSum = Math.log(sum);
    for (let i = start; i < end; i++) y[i] = x[i]! - max - logSum;
  }
  roundTo16(y, out.dtype);
  return out;
});

/** `[loss, backprop]` for `rows` examples of `depth` classes. */
function lossAndBackprop(
  context: KernelContext,
  logits: Value,
  rows: number,
  depth: number,
): [Value, Value] {
  return [context.alloc(logits.dtype, [rows]), context.alloc(logits.dtype, [rows, depth])];
}

/** The common size of two broadcast dimensions, or NaN if there is none. */
function broadcast(a: number, b: number): number {
  return a === b || b === 1 ? a : a === 1 ? b : Number.NaN;
}

kernel('SoftmaxCrossEntropyWithLogits', ([logits, labels], _, context) => {
  const [a, b] = [logits!.shape, labels!.shape];
  if (a.length !== 2 || b.length !== 2) {
    invalid('logits and labels must be either 2-dimensional, or broadcasted to be 2-dimensional');
  }
  const rows = broadcast(a[0]!, b[0]!);
  const depth = broadcast(a[1]!, b[1]!);
  if (Number.isNaN(rows + depth)) {
    const sizes = `logits_size=${shapeText(a)} labels_size=${shapeText(b)}`;
    invalid(`logits and labels must be broadcastable: ${sizes}`);
  }
  const outputs = lossAndBackprop(context, logits!, rows, depth);
  const [loss, backprop] = [numbersOf(outputs[0]), numbersOf(outputs[1])];
  const [x, t] = [numbersOf(logits!), numbersOf(labels!)];
  const [xRow, xStep] = [a[0] === 1 ? 0 : a[1]!, a[1] === 1 ? 0 : 1];
  const [tRow, tStep] = [b[0] === 1 ? 0 : b[1]!, b[1] === 1 ? 0 : 1];
  for (let row = 0; row < rows; row++) {
    const max = rowMax(x, row * xRow, a[1]!);
    const base = row * depth;
    let sum = 0;
    for (let j = 0; j < depth; j++) {
      const e = Math.exp(x[row * xRow + j * xStep]! - max);
      backprop[base + j] = e;
      sum += e;
    }
    const logSum = Math.log(sum);
    let total = 0;
    for (let j = 0; j < depth; j++) {
      const label = t[row * tRow + j * tStep]!;
      if (label !== 0) total += label * (logSum - (x[row * xRow + j * xStep]! - max));
      backprop[base + j] = backprop[base + j]! / sum - label;
    }
    loss[row] = total;
  }
  roundTo16(loss, logits!.dtype);
  roundTo16(backprop, logits!.dtype);
  return outputs;
});

function checkSparseShapes(logits: Value, labels: Value): void {
  const [a, b] = [logits.shape, labels.shape];
  if (a.length !== 2) invalid(`logits must be 2-D, but got shape ${shapeText(a)}`);
  if (b.length !== 1) invalid(`labels must be 1-D, but got shape ${shapeText(b)}`);
  if (a[0] !== b[0]) {
    invalid(
      `logits and labels must have the same first dimension, got logits shape ${shapeText(a)} ` +
        `and labels shape ${shapeText(b)}`,
    );
  }
  if (a[1]! <= 0) invalid(`Must have at least one class, but got logits shape ${shapeText(a)}`);
}

function checkLabels(labels: TypedArray, depth: number): void {
  for (const label of labels) {
    if (label >= 0 && label < depth) continue;
    const text = `Received a label value of ${label} which is outside the valid range of`;
    invalid(`${text} [0, ${depth}).  Label values: ${labels.join(' ')}`);
  }
}

kernel('SparseSoftmaxCrossEntropyWithLogits', ([logits, labels], _, context) => {
  checkSparseShapes(logits!, labels!);
  const [rows, depth] = logits!.shape as [number, number];
  checkLabels(numbersOf(labels!), depth);
  const outputs = lossAndBackprop(context, logits!, rows, depth);
  const [loss, backprop] = [numbersOf(outputs[0]), numbersOf(outputs[1])];
  const [x, t] = [numbersOf(logits!), numbersOf(labels!)];
  for (let row = 0; row < rows; row++) {
    const start = row * depth;
    const max = rowMax(x, start, depth);
    let sum = 0;
    for (let i = start; i < start + depth; i++) {
      const e = Math.exp(x[i]! - max);
      backprop[i] = e;
      sum += e;
    }
    const scale = 1 / sum;
    for (let i = start; i < start + depth; i++) backprop[i] = backprop[i]! * scale;
    const hit = start + t[row]!;
    backprop[hit] = backprop[hit]! - 1;
    loss[row] = Math.log(sum) - (x[hit]! - max);
  }
  roundTo16(loss, logits!.dtype);
  roundTo16(backprop, logits!.dtype);
  return outputs;
});
