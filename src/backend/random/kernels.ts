/**
 * The kernels of the random ops. Each operation keeps its stream for as long as its session lives;
 * the stateless ops start one from their seed input. An import registers them.
 */

import { type DType, elementWidth, float16, type TypedArray } from '../../core/dtype.ts';
import { FailedPreconditionError } from '../../core/errors.ts';
import { roundToHalf } from '../../core/half.ts';
import type { Attrs, Kernel, KernelContext, Value } from '../../core/kernels.ts';
import {
  copyBox,
  copyRun,
  ints,
  invalid,
  scalar,
  shapeText,
  sizeOf,
  wholeOf,
} from '../host/box.ts';
import { kernel } from '../registry.ts';
import { BoundedNormal, MAX_ITERATIONS } from './bounded_normal.ts';
import { normal, truncatedNormal, uniform, uniformInts } from './distributions.ts';
import { type Philox, Stream, statelessStream, Words } from './philox.ts';
import { categorical, gamma, poisson } from './samplers.ts';

type Floats = Float32Array | Float64Array;
type Fill = (generator: Philox, dtype: DType, out: Floats) => void;

function streamOf(attrs: Attrs, context: KernelContext): Stream {
  return context.state(() => new Stream(attrs.seed as number, attrs.seed2 as number));
}

/** The shape that an input asks for. InvalidArgumentError unless it is a vector of sizes. */
function shapeFrom(value: Value): number[] {
  if (value.shape.length !== 1) {
    invalid(`shape must be a vector of {int32,int64}, got shape ${shapeText(value.shape)}`);
  }
  const shape = ints(value);
  for (const dim of shape) if (dim < 0) invalid(`Dimension ${dim} must be >= 0`);
  return shape;
}

// ---- uniform and normal ------------------------------------------------------------------------

function stateful(fill: Fill): Kernel {
  return ([shape], attrs, context) => {
    const out = context.alloc(attrs.dtype as DType, shapeFrom(shape!));
    const generator = streamOf(attrs, context).reserveOutputs(out.size);
    fill(generator, out.dtype, out.data as Floats);
    return out;
  };
}

function stateless(fill: Fill): Kernel {
  return ([shape, seed], attrs, context) => {
    const dims = shapeFrom(shape!);
    const generator = seeded(seed!);
    const out = context.alloc(attrs.dtype as DType, dims);
    fill(generator, out.dtype, out.data as Floats);
    return out;
  };
}

function seeded(seed: Value): Philox {
  if (seed.shape.length !== 1 || seed.size !== 2) {
    invalid(`seed must have shape [2], not ${shapeText(seed.shape)}`);
  }
  return statelessStream(ints(seed));
}

kernel('RandomUniform', stateful(uniform));
kernel('RandomStandardNormal', stateful(normal));
kernel('TruncatedNormal', stateful(truncatedNormal));
kernel('StatelessRandomUniform', stateless(uniform));
kernel('StatelessRandomNormal', stateless(normal));
kernel('StatelessTruncatedNormal', stateless(truncatedNormal));

kernel('RandomUniformInt', ([shape, minval, maxval], attrs, context) => {
  for (const [name, bound] of Object.entries({ minval: minval!, maxval: maxval! })) {
    if (bound.shape.length > 0) invalid(`${name} must be 0-D, got shape ${shapeText(bound.shape)}`);
  }
  const low = scalar(minval!);
  const high = scalar(maxval!);
  if (low >= high) invalid(`Need minval < maxval, got ${low} >= ${high}`);
  const out = context.alloc(minval!.dtype, shapeFrom(shape!));
  const generator = streamOf(attrs, context).reserveOutputs(out.size);
  uniformInts(generator, out.data as Int32Array | Float64Array, low, high);
  return out;
});

// ---- normal between bounds ---------------------------------------------------------------------

/** Batches that share their parameters are cut anew, into this many samples each. */
const BATCH = 100;

kernel('ParameterizedTruncatedNormal', ([shape, ...inputs], attrs, context) => {
  if (shape!.shape.length !== 1) {
    invalid(`Input shape should be a vector, got shape: ${shapeText(shape!.shape)}`);
  }
  if (shape!.size === 0) {
    invalid('Shape tensor must not be empty, got Tensor<type: int32 shape: [0] values: >');
  }
  const dims = shapeFrom(shape!);
  checkParameters(inputs, dims[0]!);
  const shared = inputs.every((input) => input.size === 1);
  const out = context.alloc(inputs[0]!.dtype, dims);
  const batches = shared ? Math.ceil(out.size / BATCH) : dims[0]!;
  const samples = shared ? BATCH : sizeOf(dims.slice(1));
  const reserved = Math.floor((batches * 2 * MAX_ITERATIONS * (samples + 3)) / 4);
  const generator = streamOf(attrs, context).reserve(reserved);
  const numbers = new BoundedNormal(generator, out.dtype);
  const [means, deviations, lows, highs] = inputs.map(({ data }) => data as TypedArray);
  for (let b = 0; b < batches; b++) {
    const bounds = {
      mean: at(means!, b),
      deviation: at(deviations!, b),
      low: at(lows!, b),
      high: at(highs!, b),
    };
    const end = Math.min((b + 1) * samples, out.size);
    numbers.fill(out.data as Floats, b * samples, end, bounds);
  }
  return out;
});

/** A parameter of batch `b`: the batches may share one. */
function at(parameters: TypedArray, b: number): number {
  return parameters[parameters.length === 1 ? 0 : b]!;
}

function checkParameters(inputs: readonly Value[], batches: number): void {
  for (const [i, { shape }] of inputs.entries()) {
    const name = ['means', 'stddevs', 'minvals', 'maxvals'][i]!;
    if (shape.length > 1) {
      invalid(`Input ${name} should be a scalar or vector, got shape: ${shapeText(shape)}`);
    }
  }
  for (const [i, { shape }] of inputs.entries()) {
    const name = ['means', 'stddevs', 'minvals', 'maxvals'][i]!;
    if (shape.length === 1 && shape[0] !== 1 && shape[0] !== batches) {
      invalid(`Input ${name} should have length 1 or shape[0], got shape: ${shapeText(shape)}`);
    }
  }
}

// ---- gamma and Poisson -------------------------------------------------------------------------

kernel('RandomGamma', ([shape, alpha], attrs, context) => {
  const out = context.alloc(alpha!.dtype, [...shapeFrom(shape!), ...alpha!.shape]);
  if (out.size === 0) return out;
  const generator = streamOf(attrs, context).reserveOutputs(out.size);
  gamma(generator, alpha!.data as Floats, out.data as Floats);
  roundHalves(out);
  return out;
});

const randomPoisson: Kernel = ([shape, rate], attrs, context) => {
  const dtype = attrs.dtype as DType;
  const out = context.alloc(dtype, [...shapeFrom(shape!), ...rate!.shape]);
  if (out.size === 0) return out;
  const generator = streamOf(attrs, context).reserveOutputs(out.size);
  const highest = dtype.is_integer ? Math.min(dtype.max, Number.MAX_SAFE_INTEGER) : dtype.max;
  const rates = rate!.data as TypedArray;
  for (const mean of rates) {
    const drawable = mean <= highest || (!Number.isFinite(mean) && !dtype.is_integer);
    if (!drawable) invalid(`rate ${mean} is beyond the numbers of ${dtype.name}`);
  }
  poisson(generator, rates, out.data as TypedArray, highest);
  roundHalves(out);
  return out;
};
kernel('RandomPoisson', randomPoisson);
kernel('RandomPoissonV2', randomPoisson);

/** Numbers that were computed in double are rounded where they are float16. */
function roundHalves(out: Value): void {
  if (out.dtype !== float16) return;
  const data = out.data as Float32Array;
  for (let i = 0; i < data.length; i++) data[i] = roundToHalf(data[i]!);
}

// ---- categorical -------------------------------------------------------------------------------

type Start = (words: number) => Philox;

function sampleClasses(
  [logits, count]: readonly Value[],
  attrs: Attrs,
  context: KernelContext,
  start: Start,
): Value {
  const { shape } = logits!;
  if (shape.length !== 2) invalid(`logits should be a matrix, got shape ${shapeText(shape)}`);
  if (count!.shape.length > 0) {
    invalid(`num_samples should be a scalar, got shape ${shapeText(count!.shape)}`);
  }
  const samples = scalar(count!);
  if (samples < 0) invalid(`num_samples should be non-negative, got ${samples}`);
  const [rows, classes] = shape as [number, number];
  if (classes <= 0) invalid(`num_classes should be positive, got ${classes}`);
  const out = context.alloc(attrs.output_dtype as DType, [rows, samples]);
  if (out.size === 0) return out;
  const generator = start(rows * Math.ceil(samples / 4) * 4 * 2);
  categorical(generator, logits!.data as TypedArray, classes, out.data as TypedArray, samples);
  return out;
}

kernel('Multinomial', (inputs, attrs, context) =>
  sampleClasses(inputs, attrs, context, (count) => streamOf(attrs, context).reserveOutputs(count)),
);

kernel('StatelessMultinomial', (inputs, attrs, context) => {
  const generator = seeded(inputs[2]!);
  return sampleClasses(inputs, attrs, context, () => generator);
});

// ---- rows and windows --------------------------------------------------------------------------

kernel('RandomShuffle', ([value], attrs, context) => {
  const { shape, size, dtype } = value!;
  const rows = shape[0] ?? 1;
  if (size <= 1 || rows <= 1) return context.view(value!, shape);
  const words = new Words(streamOf(attrs, context).reserve(Math.ceil((rows - 1) / 4)));
  const order = Int32Array.from({ length: rows }, (_, i) => i);
  for (let i = 0; i < rows - 1; i++) {
    const other = i + ((words.next() >>> 0) % (rows - i));
    const row = order[i]!;
    order[i] = order[other]!;
    order[other] = row;
  }
  const out = context.alloc(dtype, shape);
  const width = (size / rows) * elementWidth(dtype);
  const from = value!.data;
  for (let i = 0; i < rows; i++) copyRun(out.data, i * width, from, order[i]! * width, width);
  return out;
});

kernel('RandomCrop', ([image, size], attrs, context) => {
  const { shape, dtype } = image!;
  if (shape.length !== 3) invalid(`input must be 3-dimensional${shapeText(shape)}`);
  if (size!.shape.length !== 1) {
    invalid(`shape_t must be 1-dimensional${shapeText(size!.shape)}`);
  }
  if (size!.size !== 2) invalid(`shape_t must have two elements${shapeText(size!.shape)}`);
  const [height, width, channels] = shape as [number, number, number];
  const [rows, columns] = ints(size!) as [number, number];
  checkFits('width', width, columns);
  checkFits('height', height, rows);
  const words = new Words(streamOf(attrs, context).reserve(1));
  const offset = (spare: number) => (spare > 0 ? (words.next() >>> 0) % (spare + 1) : 0);
  const left = offset(width - columns);
  const top = offset(height - rows);
  const dims = [rows, columns, channels];
  const out = context.alloc(dtype, dims);
  const source = wholeOf(shape);
  const window = { ...source, offset: (top * width + left) * channels };
  copyBox(dtype, dims, out.data, wholeOf(dims), image!.data, window);
  return out;
});

function checkFits(name: string, size: number, target: number): void {
  if (size >= target) return;
  const text = `${name} must be >= target_${name}: ${name} = ${size}, target_${name} = ${target}`;
  throw new FailedPreconditionError(null, null, text);
}
