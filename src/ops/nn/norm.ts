/** Batch normalization and local response normalization. */

import { toTensor } from '../../core/convert.ts';
import { type Dim, mergeDim, withRank } from '../../core/dims.ts';
import { float16 } from '../../core/dtype.ts';
import { ValueError } from '../../core/errors.ts';
import { nameScope } from '../../core/mode.ts';
import { op } from '../../core/op.ts';
import { Operand } from '../../core/operand.ts';
import { fn } from '../../core/signature.ts';
import type { Dims, Name, Static, Tensor, TensorLike } from '../../core/tensor.ts';
import { reshape } from '../array.ts';
import { cast, to_float } from '../cast.ts';
import { constant } from '../constant.ts';
import { rsqrt, square } from '../math.ts';
import { reduce_mean, reduce_sum } from '../reduce.ts';
import type { ImageFormat } from './bias.ts';

// ---- fused batch normalization -----------------------------------------------------------------

const EPSILON = 'epsilon: float = 0.0001';
const FORMAT = "data_format: string = 'NHWC'";
const FORMAT_V3 = "data_format: {'NHWC', 'NCHW', 'NDHWC', 'NCDHW'} = 'NHWC'";
const TRAINING = 'is_training: bool = true';

const isFirst = (format: string): boolean => format.startsWith('NC');
const channelAxis = (format: string): number => (isFirst(format) ? 1 : format.length - 1);

/** The shapes of `y` and of one number per channel, from an image and vectors of one per channel. */
function normalizedDims(x: Static, vectors: readonly Static[], format: string): [Dims, [Dim]] {
  const image = withRank(x.dims, format.length);
  const axis = channelAxis(format);
  let channels: Dim = image[axis]!;
  for (const vector of vectors) channels = mergeDim(channels, withRank(vector.dims, 1)[0]!);
  return [image.map((n, i) => (i === axis ? channels : n)), [channels]];
}

interface ForwardInputs {
  readonly x: Static;
  readonly scale: Static;
  readonly offset: Static;
  readonly mean: Static;
  readonly variance: Static;
}
interface Attrs {
  readonly epsilon: number;
  readonly data_format: string;
  readonly is_training: boolean;
}

function forwardDims({ x, scale, offset, mean, variance }: ForwardInputs, attrs: Attrs): Dims[] {
  const given = attrs.is_training ? [scale, offset] : [scale, offset, mean, variance];
  const [y, channels] = normalizedDims(x, given, attrs.data_format);
  return [y, channels, channels, channels, channels];
}

interface BackwardInputs {
  readonly y_backprop: Static;
  readonly x: Static;
  readonly scale: Static;
  readonly reserve_space_1: Static;
  readonly reserve_space_2: Static;
}

function backwardDims(inputs: BackwardInputs, { data_format }: Attrs): Dims[] {
  const { y_backprop, x, scale, reserve_space_1, reserve_space_2 } = inputs;
  const axis = channelAxis(data_format);
  const rank = data_format.length;
  mergeDim(withRank(y_backprop.dims, rank)[axis]!, withRank(x.dims, rank)[axis]!);
  const vectors = [scale, reserve_space_1, reserve_space_2];
  const [dx, channels] = normalizedDims(x, vectors, data_format);
  return [dx, channels, channels, [0], [0]];
}

/** The statistics that the gradient needs: those of the batch, or the given ones. */
function reserves(attrs: Attrs, given: readonly [Tensor, Tensor], kept: readonly [Tensor, Tensor]) {
  const [reserve_space_1, reserve_space_2] = attrs.is_training ? kept : given;
  return { reserve_space_1, reserve_space_2 };
}

export const FusedBatchNorm = op('FusedBatchNorm', {
  inputs: ['x: T', 'scale: T', 'offset: T', 'mean: T', 'variance: T'],
  outputs: [
    'y: T',
    'batch_mean: T',
    'batch_variance: T',
    'reserve_space_1: T',
    'reserve_space_2: T',
  ],
  attrs: ['T: {float}', EPSILON, FORMAT, TRAINING],
  shape: forwardDims,
}).gradient(({ x, scale, mean, variance }, [y_backprop], attrs, outputs) => {
  const kept = [outputs.reserve_space_1, outputs.reserve_space_2] as const;
  const statistics = reserves(attrs, [mean, variance], kept);
  const [dx, dScale, dOffset] = FusedBatchNormGrad({ y_backprop, x, scale, ...statistics }, attrs);
  return { x: dx, scale: dScale, offset: dOffset, mean: null, variance: null };
});

/** The gradients of FusedBatchNorm with respect to image, scale and offset. */
export const FusedBatchNormGrad = op('FusedBatchNormGrad', {
  inputs: ['y_backprop: T', 'x: T', 'scale: T', 'reserve_space_1: T', 'reserve_space_2: T'],
  outputs: [
    'x_backprop: T',
    'scale_backprop: T',
    'offset_backprop: T',
    'reserve_space_3: T',
    'reserve_space_4: T',
  ],
  attrs: ['T: {float}', EPSILON, FORMAT, TRAINING],
  shape: backwardDims,
}).gradient((inputs, dys, attrs) => secondOrder(inputs, dys, attrs));

/** FusedBatchNorm of 16-bit images, with float32 statistics. */
export const FusedBatchNormV2 = op('FusedBatchNormV2', {
  inputs: ['x: T', 'scale: U', 'offset: U', 'mean: U', 'variance: U'],
  outputs: [
    'y: T',
    'batch_mean: U',
    'batch_variance: U',
    'reserve_space_1: U',
    'reserve_space_2: U',
  ],
  attrs: ['T: {half, bfloat16, float}', 'U: {float}', EPSILON, FORMAT, TRAINING],
  shape: forwardDims,
}).gradient(({ x, scale, mean, variance }, [y_backprop], attrs, outputs) => {
  const kept = [outputs.reserve_space_1, outputs.reserve_space_2] as const;
  const statistics = reserves(attrs, [mean, variance], kept);
  const [dx, dScale, dOffset] = FusedBatchNormGradV2(
    { y_backprop, x, scale, ...statistics },
    attrs,
  );
  return { x: dx, scale: dScale, offset: dOffset, mean: null, variance: null };
});

/** The gradients of FusedBatchNormV2 with respect to image, scale and offset. */
export const FusedBatchNormGradV2 = op('FusedBatchNormGradV2', {
  inputs: ['y_backprop: T', 'x: T', 'scale: float', 'reserve_space_1: U', 'reserve_space_2: U'],
  outputs: [
    'x_backprop: T',
    'scale_backprop: U',
    'offset_backprop: U',
    'reserve_space_3: U',
    'reserve_space_4: U',
  ],
  attrs: ['T: {half, bfloat16, float}', 'U: {float}', EPSILON, FORMAT, TRAINING],
  shape: backwardDims,
}).gradient((inputs, dys, attrs) => secondOrder(inputs, dys, attrs));

/** What later versions build: also volumes, and a sixth output that only GPUs fill. */
export const FusedBatchNormV3 = op('FusedBatchNormV3', {
  inputs: ['x: T', 'scale: U', 'offset: U', 'mean: U', 'variance: U'],
  outputs: [
    'y: T',
    'batch_mean: U',
    'batch_variance: U',
    'reserve_space_1: U',
    'reserve_space_2: U',
    'reserve_space_3: U',
  ],
  attrs: [
    'T: {half, bfloat16, float}',
    'U: {bfloat16, float}',
    EPSILON,
    'exponential_avg_factor: float = 1',
    FORMAT_V3,
    TRAINING,
  ],
  shape: (inputs, attrs) => [...forwardDims(inputs, attrs), null],
}).gradient(({ x, scale, mean, variance }, [y_backprop], attrs, outputs) => {
  const kept = [outputs.reserve_space_1, outputs.reserve_space_2] as const;
  const statistics = reserves(attrs, [mean, variance], kept);
  const { epsilon, data_format, is_training } = attrs;
  const [dx, dScale, dOffset] = FusedBatchNormGradV3(
    { y_backprop, x, scale, ...statistics, reserve_space_3: outputs.reserve_space_3 },
    { epsilon, data_format, is_training },
  );
  return { x: dx, scale: dScale, offset: dOffset, mean: null, variance: null };
});

/** The gradients of FusedBatchNormV3 with respect to image, scale and offset. */
export const FusedBatchNormGradV3 = op('FusedBatchNormGradV3', {
  inputs: [
    'y_backprop: T',
    'x: T',
    'scale: float',
    'reserve_space_1: U',
    'reserve_space_2: U',
    'reserve_space_3: U',
  ],
  outputs: [
    'x_backprop: T',
    'scale_backprop: U',
    'offset_backprop: U',
    'reserve_space_4: U',
    'reserve_space_5: U',
  ],
  attrs: ['T: {half, bfloat16, float}', 'U: {float}', EPSILON, FORMAT_V3, TRAINING],
  shape: backwardDims,
}).gradient((inputs, dys, attrs) => ({
  ...secondOrder(inputs, dys, attrs),
  reserve_space_3: null,
}));

interface Backward {
  readonly y_backprop: Tensor;
  readonly x: Tensor;
  readonly scale: Tensor;
  readonly reserve_space_1: Tensor;
  readonly reserve_space_2: Tensor;
}

/**
 * The gradients of the gradient `dx = s r (dy - <dy> - n <dy n>)`, `dscale = N <dy n>`,
 * `doffset = N <dy>`, where `<>` is the mean over a channel's N pixels, `r` the inverse deviation
 * and `n` the normalized image; in training `r` and `n` depend on every pixel.
 */
function secondOrder(inputs: Backward, dys: readonly Tensor[], attrs: Attrs) {
  const { y_backprop, reserve_space_1, reserve_space_2 } = inputs;
  const axis = channelAxis(attrs.data_format);
  const letters = [...attrs.data_format];
  const axes = letters.map((_, i) => i).filter((i) => i !== axis);
  const wideShape = letters.map((_, i) => (i === axis ? -1 : 1));
  const wide = (v: Tensor): Tensor => reshape(to_float(v), wideShape);
  const mean = (v: Tensor): Tensor => reduce_mean(v, axes, true);
  const [x, dy, g] = [inputs.x, y_backprop, dys[0]!].map((t) => to_float(t)) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const [s, gs, go] = [wide(inputs.scale), wide(dys[1]!), wide(dys[2]!)];
  const center = attrs.is_training ? mean(x) : wide(reserve_space_1);
  const variance = attrs.is_training ? mean(square(x.subtract(center))) : wide(reserve_space_2);
  const r = rsqrt(variance.add(attrs.epsilon));
  const n = x.subtract(center).multiply(r);
  const result = attrs.is_training
    ? trainedSecondOrder({ dy, g, s, gs, go, r, n, mean })
    : {
        dy: g.multiply(s).multiply(r).add(gs.multiply(n)).add(go),
        x: gs.multiply(r).multiply(dy),
        perScale: g.multiply(dy).multiply(r),
      };
  return {
    y_backprop: cast(result.dy, y_backprop.dtype.base_dtype),
    x: cast(result.x, inputs.x.dtype.base_dtype),
    scale: reduce_sum(result.perScale, axes),
    reserve_space_1: null,
    reserve_space_2: null,
  };
}

interface Terms {
  readonly dy: Tensor;
  readonly g: Tensor;
  readonly s: Tensor;
  readonly gs: Tensor;
  readonly go: Tensor;
  readonly r: Tensor;
  readonly n: Tensor;
  readonly mean: (v: Tensor) => Tensor;
}

function trainedSecondOrder({ dy, g, s, gs, go, r, n, mean }: Terms) {
  const along = (v: Tensor): Tensor => mean(v.multiply(n));
  /** What is left of `v` after its mean and its part along `n` are taken out. */
  const rest = (v: Tensor): Tensor => v.subtract(mean(v)).subtract(n.multiply(along(v)));
  const [dyAlong, gAlong] = [along(dy), along(g)];
  const sr = s.multiply(r);
  const inner = gs.multiply(dy).subtract(sr.multiply(g.multiply(dyAlong).add(dy.multiply(gAlong))));
  const perScale = g.multiply(rest(dy)).multiply(r);
  const coupling = mean(perScale).multiply(sr);
  return {
    dy: sr.multiply(rest(g)).add(gs.multiply(n)).add(go),
    x: r.multiply(rest(inner)).subtract(coupling.multiply(n)),
    perScale,
  };
}

/** cuDNN's least epsilon; smaller ones are raised to it. */
const LEAST_EPSILON = 1.001e-5;

/**
 * Batch normalization (Ioffe and Szegedy 2015) of 4-D images, in one op.
 *
 * @param mean The mean to use where `is_training` is false; the batch's own otherwise.
 * @returns `[y, batch_mean, batch_var]`
 */
export const fused_batch_norm = fn(
  ['x', 'scale', 'offset', 'mean', 'variance', 'epsilon', 'data_format', 'is_training', 'name'],
  (
    x: TensorLike,
    scale: TensorLike,
    offset: TensorLike,
    mean: TensorLike | null = null,
    variance: TensorLike | null = null,
    epsilon: number = 0.001,
    data_format: ImageFormat = 'NHWC',
    is_training: boolean = true,
    name: Name = null,
  ): readonly [Tensor, Tensor, Tensor] => {
    const image = toTensor(x, null, 'input');
    const inputs = {
      x: image,
      scale: toTensor(scale, null, 'scale'),
      offset: toTensor(offset, null, 'offset'),
    };
    if (is_training && (mean !== null || variance !== null)) {
      throw new ValueError("Both 'mean' and 'variance' must be None if is_training is True.");
    }
    const statistics = {
      mean: mean ?? constant([]),
      variance: variance ?? constant([]),
    };
    const attrs = { epsilon: Math.max(epsilon, LEAST_EPSILON), data_format, is_training };
    const normalize = image.dtype.base_dtype === float16 ? FusedBatchNormV2 : FusedBatchNorm;
    const [y, batchMean, batchVariance] = normalize({ ...inputs, ...statistics }, attrs, name);
    return [y, batchMean, batchVariance];
  },
);

// ---- batch normalization -----------------------------------------------------------------------

/** `x` as something that has operators. */
function operand(x: TensorLike): Operand {
  return x instanceof Operand ? x : toTensor(x);
}

/**
 * Batch normalization: `scale * (x - mean) / sqrt(variance + variance_epsilon) + offset`, where
 * `scale` and `offset` may be `null`.
 */
export const batch_normalization = fn(
  ['x', 'mean', 'variance', 'offset', 'scale', 'variance_epsilon', 'name'],
  (
    x: TensorLike,
    mean: TensorLike,
    variance: TensorLike,
    offset: TensorLike | null,
    scale: TensorLike | null,
    variance_epsilon: TensorLike,
    name: Name = null,
  ): Tensor =>
    nameScope(name, 'batchnorm', () => {
      let inverse = rsqrt(operand(variance).add(variance_epsilon));
      if (scale !== null) inverse = inverse.multiply(scale);
      const scaled = operand(x).multiply(inverse);
      const shift =
        offset === null
          ? operand(mean).negative().multiply(inverse)
          : operand(offset).subtract(operand(mean).multiply(inverse));
      return scaled.add(shift);
    }),
);

/** Batch normalization as it was written before `batch_normalization`; `t` is 4-D, the rest are vectors. */
export const batch_norm_with_global_normalization = fn(
  ['t', 'm', 'v', 'beta', 'gamma', 'variance_epsilon', 'scale_after_normalization', 'name'],
  (
    t: TensorLike,
    m: TensorLike,
    v: TensorLike,
    beta: TensorLike,
    gamma: TensorLike,
    variance_epsilon: TensorLike,
    scale_after_normalization: boolean,
    name: Name = null,
  ): Tensor =>
    batch_normalization(
      t,
      m,
      v,
      beta,
      scale_after_normalization ? gamma : null,
      variance_epsilon,
      name,
    ),
);

/** Batch normalization as one op, as graphs of 2015 have it; its gradient is not stated. */
export const BatchNormWithGlobalNormalization = op('BatchNormWithGlobalNormalization', {
  inputs: ['t: T', 'm: T', 'v: T', 'beta: T', 'gamma: T'],
  outputs: ['result: T'],
  attrs: ['T: numbertype', 'variance_epsilon: float', 'scale_after_normalization: bool'],
  shape: ({ t, m, v, beta, gamma }) => {
    const image = withRank(t.dims, 4);
    let channels: Dim = image[3]!;
    for (const vector of [m, v, beta, gamma]) {
      channels = mergeDim(channels, withRank(vector.dims, 1)[0]!);
    }
    return [...image.slice(0, 3), channels];
  },
});

// ---- local response normalization --------------------------------------------------------------

const LRN_ATTRS = [
  'depth_radius: int = 5',
  'bias: float = 1.0',
  'alpha: float = 1.0',
  'beta: float = 0.5',
  'T: {half, bfloat16, float} = DT_FLOAT',
] as const;

export const LRN = op('LRN', {
  inputs: ['input: T'],
  outputs: ['output: T'],
  attrs: LRN_ATTRS,
  shape: ({ input }) => withRank(input.dims, 4),
}).gradient(({ input }, [dy], attrs, { output }) => ({
  input: LRNGrad({ input_grads: dy, input_image: input, output_image: output }, attrs),
}));

/** The gradient of LRN. */
export const LRNGrad = op('LRNGrad', {
  inputs: ['input_grads: T', 'input_image: T', 'output_image: T'],
  outputs: ['output: T'],
  attrs: LRN_ATTRS,
  shape: ({ input_grads }) => withRank(input_grads.dims, 4),
});

/**
 * Local response normalization (Krizhevsky et al. 2012): each element is divided by
 * `(bias + alpha * (sum of squares of the channels within depth_radius)) ^ beta`.
 */
export const local_response_normalization = fn(
  ['input', 'depth_radius', 'bias', 'alpha', 'beta', 'name'],
  (
    input: TensorLike,
    depth_radius: number = 5,
    bias: number = 1,
    alpha: number = 1,
    beta: number = 0.5,
    name: Name = null,
  ): Tensor => LRN({ input }, { depth_radius, bias, alpha, beta }, name),
);

/** Local response normalization under its short name. */
export const lrn = local_response_normalization;
