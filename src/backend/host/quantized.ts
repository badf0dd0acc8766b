/**
 * Host kernels of quantized numbers. Constants are rounded to float32 where TensorFlow's are, so that the
 * same level is chosen; sums are whole numbers in double precision, which holds them exactly.
 */

import { type DType, float32, float64, qint32, quint8, type TypedArray } from '../../core/dtype.ts';
import type { Attrs, Kernel, KernelContext, Value } from '../../core/kernels.ts';
import { kernel, kernelOf } from '../registry.ts';
import { invalid, numbers, same, scalar } from './box.ts';
import { gemm, rowMajor, transposed } from './gemm.ts';
import { numbersOf } from './numeric.ts';

const { fround } = Math;

/** C's round: halves away from zero. */
const round = (x: number): number => (x < 0 ? -Math.floor(-x + 0.5) : Math.floor(x + 0.5));

function roundHalfToEven(x: number): number {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}

const clamp = (x: number, low: number, high: number): number => Math.min(high, Math.max(low, x));

/**
 * The levels of whole arrays for which TensorFlow computes in float32, where single numbers go
 * through double precision (`Range`).
 */
function arrayLevels(dtype: DType, min: number, max: number): (x: number) => number {
  const steps = 2 ** (8 * dtype.size);
  const scale = min === max ? 0 : fround((steps - 1) / fround(max - min));
  const start = fround(round(fround(min * scale)) - dtype.min);
  return (x) => clamp(fround(round(fround(x * scale)) - start), dtype.min, dtype.max);
}

/** What the levels of whole arrays stand for, in float32, too. */
function arrayValues(dtype: DType, min: number, max: number): (level: number) => number {
  const step = fround(fround(max - min) / (2 ** (8 * dtype.size) - 1));
  const rounded = min === max ? min : fround(round(fround(min / step)) * step);
  const start = fround(rounded - fround(dtype.min * step));
  return (level) => fround(start + fround(level * step));
}

/** The floats that the levels of a type stand for: those from `min` to `max`, evenly. */
class Range {
  readonly dtype: DType;
  readonly min: number;
  readonly max: number;
  /** The distance of two levels, and its inverse. */
  private readonly step: number;
  private readonly scale: number;
  private readonly start: number;

  constructor(dtype: DType, min: number, max: number) {
    this.dtype = dtype;
    this.min = min;
    this.max = max;
    const steps = 2 ** (8 * dtype.size);
    const range = fround(max - min) * (steps / (steps - 1));
    this.step = range / steps;
    this.scale = range === 0 ? 0 : steps / range;
    const rounded = fround(this.step);
    this.start = min === max ? min : round(fround(min / rounded)) * rounded;
  }

  /** The level closest to `x`, also beyond those that the type has. */
  level(x: number): number {
    if (this.min === this.max) return 0;
    return round(x * this.scale) - round(this.min * this.scale) + this.dtype.min;
  }

  /** The level closest to `x`. */
  quantize(x: number): number {
    return clamp(this.level(x), this.dtype.min, this.dtype.max);
  }

  /** What `level` stands for. */
  value(level: number): number {
    if (this.min === this.max) return this.min;
    return fround(this.start + (level - this.dtype.min) * this.step);
  }
}

const float = (context: KernelContext, x: number): Value => numbers(context, float32, [x], []);

function withRange(context: KernelContext, out: Value, { min, max }: { min: number; max: number }) {
  return [out, float(context, min), float(context, max)];
}

/** A new value of `dtype` with `change` of each number of `x`. */
function mapped(context: KernelContext, x: Value, dtype: DType, change: (x: number) => number) {
  const out = context.alloc(dtype, x.shape);
  const [from, to] = [numbersOf(x), numbersOf(out)];
  for (let i = 0; i < to.length; i++) to[i] = change(from[i]!);
  return out;
}

// ---- from floats and back ----------------------------------------------------------------------

/** Twice the share of a range that its ends must at least lie apart. */
const LEAST_RANGE = 0.01;

function usableRange(low: number, high: number): [number, number] {
  if (low > high) invalid('input_max_range must be larger than input_min_range.');
  const min = Math.min(0, low);
  const epsilon = fround(Math.max(1, Math.abs(low), Math.abs(high)) * LEAST_RANGE);
  return [min, Math.max(0, Math.max(high, fround(min + epsilon)))];
}

const isSigned = (dtype: DType): boolean => dtype.min < 0;
/** Where the levels of a signed type begin, below zero. */
const halfOf = (dtype: DType): number => (isSigned(dtype) ? (dtype.max - dtype.min + 1) / 2 : 0);

kernel('QuantizeV2', ([input, low, high], attrs, context) => {
  const dtype = attrs.T as DType;
  let [min, max] = usableRange(scalar(low!), scalar(high!));
  let change: (x: number) => number;
  if (attrs.mode === 'MIN_FIRST') {
    change = arrayLevels(dtype, min, max);
  } else if (attrs.mode === 'SCALED') {
    const below = dtype.min * min > 0 ? dtype.min / min : Number.POSITIVE_INFINITY;
    const above = dtype.max * max > 0 ? dtype.max / max : Number.POSITIVE_INFINITY;
    const scale = fround(Math.min(below, above));
    [min, max] = [fround(dtype.min / scale), fround(dtype.max / scale)];
    const toWhole = attrs.round_mode === 'HALF_TO_EVEN' ? roundHalfToEven : round;
    change = (x) => toWhole(fround(clamp(x, min, max) * scale));
  } else {
    const scale = fround((dtype.max - dtype.min) / fround(max - min));
    const half = halfOf(dtype);
    change = (x) => round(fround(fround(clamp(x, min, max) - min) * scale) - half);
  }
  return withRange(context, mapped(context, input!, dtype, change), { min, max });
});

kernel('Dequantize', ([input, low, high], attrs, context) => {
  const { dtype } = input!;
  const [min, max] = [scalar(low!), scalar(high!)];
  let change: (x: number) => number;
  if (attrs.mode === 'MIN_FIRST') {
    change = arrayValues(dtype, min, max);
  } else if (attrs.mode === 'SCALED') {
    const above = max / dtype.max;
    const scale = fround(isSigned(dtype) ? Math.max(min / dtype.min, above) : above);
    change = (x) => x * scale;
  } else {
    const scale = fround(fround(max - min) / (dtype.max - dtype.min));
    const half = halfOf(dtype);
    change = (x) => fround((x + half) * scale) + min;
  }
  return mapped(context, input!, float32, change);
});

// ---- from one range to another -----------------------------------------------------------------

/** The floats of the lowest and the highest level that is there, zero being among them. */
function usedRange(input: Value, range: Range): { min: number; max: number } {
  let [lowest, highest] = [range.dtype.max, range.dtype.min];
  for (const level of numbersOf(input)) {
    if (level < lowest) lowest = level;
    if (level > highest) highest = level;
  }
  return { min: Math.min(0, range.value(lowest)), max: range.value(highest) };
}

/** Bits behind the binary point in TensorFlow's way from qint32 to quint8. */
const POINT = 2 ** 16;
/** The 64-bit product `a b` shifted right by 32, exact where `a` has 32 bits and `b` up to 42. */
function highProduct(a: number, b: number): number {
  const low = b % 2 ** 20;
  const high = (b - low) / 2 ** 20;
  return Math.floor((a * high + Math.floor((a * low) / 2 ** 20)) / 2 ** 12);
}

/** The level in `to` for each level in `from`. */
function between(from: Range, to: Range): (level: number) => number {
  if (from.dtype !== qint32 || to.dtype !== quint8) return (x) => to.quantize(from.value(x));
  const input = fround(from.max - from.min);
  const output = fround(to.max - to.min);
  const inverse = output === 0 ? 0 : fround(255 / output);
  const middle = fround(fround(from.min + from.max) / 2);
  const scale = output === 0 ? 0 : Math.trunc(fround(fround(255 * POINT * input) / output));
  const start = Math.trunc(fround(fround(middle * inverse) * POINT));
  const offset =
    output === 0 ? 0 : Math.trunc(fround(fround(POINT * fround(to.min * 255)) / output));
  const shift = start - offset + POINT / 2;
  return (x) => clamp(Math.floor((highProduct(x, scale) + shift) / POINT), 0, 255);
}

kernel('RequantizationRange', ([input, low, high], _attrs, context) => {
  const { min, max } = usedRange(input!, new Range(input!.dtype, scalar(low!), scalar(high!)));
  return [float(context, min), float(context, max)];
});

kernel('Requantize', ([input, low, high, min, max], attrs, context) => {
  const from = new Range(input!.dtype, scalar(low!), scalar(high!));
  const to = new Range(attrs.out_type as DType, scalar(min!), scalar(max!));
  if (to.min > 0) invalid(`requested_output_min must be <= 0, but got ${to.min}`);
  if (to.max < to.min) {
    invalid(
      `requested_output_max must be >= requested_output_min, but got ${to.max} and ${to.min}`,
    );
  }
  return withRange(context, mapped(context, input!, to.dtype, between(from, to)), to);
});

kernel('QuantizeDownAndShrinkRange', ([input, low, high], attrs, context) => {
  const from = new Range(input!.dtype, scalar(low!), scalar(high!));
  const used = usedRange(input!, from);
  const to = new Range(attrs.out_type as DType, used.min, used.max);
  return withRange(context, mapped(context, input!, to.dtype, between(from, to)), to);
});

kernel('QuantizedReshape', ([tensor, shape, low, high], attrs, context) => {
  const reshape = kernelOf('Reshape')!;
  const out = reshape([tensor!, shape!], attrs, context) as Value;
  return [out, same(context, low!), same(context, high!)];
});

// ---- layers ------------------------------------------------------------------------------------

const activation =
  (highest: number | null): Kernel =>
  ([features, low, high], _attrs, context) => {
    const range = new Range(features!.dtype, scalar(low!), scalar(high!));
    const zero = range.quantize(0);
    const top = highest === null ? range.dtype.max : range.quantize(highest);
    const out = mapped(context, features!, features!.dtype, (x) => clamp(x, zero, top));
    return [out, same(context, low!), same(context, high!)];
  };
kernel('QuantizedRelu', activation(null));
kernel('QuantizedRelu6', activation(6));

/** The range of a sum of products: one level is the product of one level of each. */
function productRange(a: Range, b: Range, out: DType): { min: number; max: number } {
  const level = ({ min, max, dtype }: Range) => fround(fround(max - min) / (dtype.max - dtype.min));
  const one = fround(level(a) * level(b));
  return { min: fround(one * out.min), max: fround(one * out.max) };
}

/** The levels as they count from zero, in double precision. */
function fromZero(x: Value, range: Range): Float64Array {
  const zero = range.level(0);
  return Float64Array.from(numbersOf(x), (level) => level - zero);
}

kernel('QuantizedConv2D', (inputs, attrs, context) => {
  const [input, filter, minInput, maxInput, minFilter, maxFilter] = inputs as Value[];
  const a = new Range(input!.dtype, scalar(minInput!), scalar(maxInput!));
  const b = new Range(filter!.dtype, scalar(minFilter!), scalar(maxFilter!));
  const wide = (x: Value, range: Range) => context.wrap(float64, x.shape, fromZero(x, range));
  const how: Attrs = { ...attrs, T: float64, data_format: 'NHWC' };
  const sums = kernelOf('Conv2D')!([wide(input!, a), wide(filter!, b)], how, context) as Value;
  const type = attrs.out_type as DType;
  const out = mapped(context, sums, type, (x) => x);
  return withRange(context, out, productRange(a, b, type));
});

kernel('QuantizedMatMul', (inputs, attrs, context) => {
  const [x, y, minA, maxA, minB, maxB] = inputs as Value[];
  if (x!.shape.length !== 2) invalid('In[0] is not a matrix');
  if (y!.shape.length !== 2) invalid('In[1] is not a matrix');
  const a = new Range(x!.dtype, scalar(minA!), scalar(maxA!));
  const b = new Range(y!.dtype, scalar(minB!), scalar(maxB!));
  const [ta, tb] = [attrs.transpose_a === true, attrs.transpose_b === true];
  const sides = (shape: readonly number[], flip: boolean) =>
    flip ? [shape[1]!, shape[0]!] : shape;
  const [m, k] = sides(x!.shape, ta) as [number, number];
  const [k2, n] = sides(y!.shape, tb) as [number, number];
  if (k !== k2) invalid(`Matrix size-incompatible: In[0]: [${x!.shape}], In[1]: [${y!.shape}]`);
  const left = rowMajor(fromZero(x!, a), x!.shape[1]!);
  const right = rowMajor(fromZero(y!, b), y!.shape[1]!);
  const sums = new Float64Array(m * n);
  const product = rowMajor(sums, n);
  gemm(m, n, k, ta ? transposed(left) : left, tb ? transposed(right) : right, product, false);
  const type = attrs.Toutput as DType;
  return withRange(context, numbers(context, type, sums, [m, n]), productRange(a, b, type));
});

kernel('QuantizedBiasAdd', (inputs, attrs, context) => {
  const [input, bias, minInput, maxInput, minBias, maxBias] = inputs as Value[];
  const a = new Range(input!.dtype, scalar(minInput!), scalar(maxInput!));
  const b = new Range(bias!.dtype, scalar(minBias!), scalar(maxBias!));
  if (bias!.size !== input!.shape.at(-1)) {
    invalid(
      `Must provide as many biases as the last dimension of the input tensor: [${bias!.shape}] vs. [${input!.shape}]`,
    );
  }
  // Wide enough that no sum leaves it.
  const limit = fround(Math.max(a.max, -a.min, b.max, -b.min) * 2 ** 17);
  const total = new Range(attrs.out_type as DType, -limit, limit);
  const [fromInput, fromBias] = [between(a, total), between(b, total)];
  const out = context.alloc(total.dtype, input!.shape);
  const [x, added, y] = [input!, bias!, out].map(numbersOf) as [TypedArray, TypedArray, TypedArray];
  for (let i = 0; i < y.length; i++) y[i] = fromInput(x[i]!) + fromBias(added[i % added.length]!);
  return withRange(context, out, total);
});

kernel('QuantizedMaxPool', ([input, low, high], attrs, context) => {
  const how: Attrs = { ...attrs, data_format: 'NHWC' };
  const out = kernelOf('MaxPool')!([input!], how, context) as Value;
  return [out, same(context, low!), same(context, high!)];
});
