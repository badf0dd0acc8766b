/** Fake quantization: training with the rounding that a quantized model will have. */

import { mergeDims, withRank } from '../core/dims.ts';
import { op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import type { Dims, Name, Static, Tensor, TensorLike } from '../core/tensor.ts';

const BITS = ['num_bits: int = 8', 'narrow_range: bool = false'] as const;
const RANGE = ['min: float = -6', 'max: float = 6', ...BITS] as const;

interface Limits {
  readonly inputs: Static;
  readonly min: Static;
  readonly max: Static;
}

/** Checks that the limits are scalars (rank 0) or one per channel (rank 1). */
function limited({ inputs, min, max }: Limits, rank: number): Dims {
  withRank(min.dims, rank);
  withRank(max.dims, rank);
  return inputs.dims;
}

// ---- limits as attributes ----------------------------------------------------------------------

export const FakeQuantWithMinMaxArgs = op('FakeQuantWithMinMaxArgs', {
  inputs: ['inputs: float'],
  outputs: ['outputs: float'],
  attrs: RANGE,
  shape: ({ inputs }) => inputs.dims,
}).gradient(({ inputs }, [dy], { min, max, num_bits, narrow_range }) => ({
  inputs: FakeQuantWithMinMaxArgsGradient(
    { gradients: dy, inputs },
    { min, max, num_bits, narrow_range },
  ),
}));

/** Rounds to `2 ** num_bits` steps between `min` and `max`. */
export const fake_quant_with_min_max_args = fn(
  ['inputs', 'min', 'max', 'num_bits', 'narrow_range', 'name'],
  (
    inputs: TensorLike,
    min: number = -6,
    max: number = 6,
    num_bits: number = 8,
    narrow_range: boolean = false,
    name: Name = null,
  ): Tensor => FakeQuantWithMinMaxArgs({ inputs }, { min, max, num_bits, narrow_range }, name),
);

export const FakeQuantWithMinMaxArgsGradient = op('FakeQuantWithMinMaxArgsGradient', {
  inputs: ['gradients: float', 'inputs: float'],
  outputs: ['backprops: float'],
  attrs: RANGE,
  shape: ({ gradients, inputs }) => mergeDims(gradients.dims, inputs.dims),
}).gradient(null);

/** The gradients where the inputs are within the limits, zero elsewhere. */
export const fake_quant_with_min_max_args_gradient = fn(
  ['gradients', 'inputs', 'min', 'max', 'num_bits', 'narrow_range', 'name'],
  (
    gradients: TensorLike,
    inputs: TensorLike,
    min: number = -6,
    max: number = 6,
    num_bits: number = 8,
    narrow_range: boolean = false,
    name: Name = null,
  ): Tensor =>
    FakeQuantWithMinMaxArgsGradient(
      { gradients, inputs },
      { min, max, num_bits, narrow_range },
      name,
    ),
);

// ---- limits as tensors -------------------------------------------------------------------------

export const FakeQuantWithMinMaxVars = op('FakeQuantWithMinMaxVars', {
  inputs: ['inputs: float', 'min: float', 'max: float'],
  outputs: ['outputs: float'],
  attrs: BITS,
  shape: (limits) => limited(limits, 0),
}).gradient(({ inputs, min, max }, [dy], { num_bits, narrow_range }) => {
  const [dx, dmin, dmax] = FakeQuantWithMinMaxVarsGradient(
    { gradients: dy, inputs, min, max },
    { num_bits, narrow_range },
  );
  return { inputs: dx, min: dmin, max: dmax };
});

/** Rounds to `2 ** num_bits` steps between the scalars `min` and `max`. */
export const fake_quant_with_min_max_vars = fn(
  ['inputs', 'min', 'max', 'num_bits', 'narrow_range', 'name'],
  (
    inputs: TensorLike,
    min: TensorLike,
    max: TensorLike,
    num_bits: number = 8,
    narrow_range: boolean = false,
    name: Name = null,
  ): Tensor => FakeQuantWithMinMaxVars({ inputs, min, max }, { num_bits, narrow_range }, name),
);

const GRADIENT_INPUTS = ['gradients: float', 'inputs: float', 'min: float', 'max: float'] as const;
const GRADIENT_OUTPUTS = [
  'backprops_wrt_input: float',
  'backprop_wrt_min: float',
  'backprop_wrt_max: float',
] as const;

export const FakeQuantWithMinMaxVarsGradient = op('FakeQuantWithMinMaxVarsGradient', {
  inputs: GRADIENT_INPUTS,
  outputs: GRADIENT_OUTPUTS,
  attrs: BITS,
  shape: (inputs): Dims[] => [mergeDims(inputs.gradients.dims, limited(inputs, 0)), [], []],
}).gradient(null);

/** What flows to the inputs, and to `min` and `max` from the inputs beyond them. */
export const fake_quant_with_min_max_vars_gradient = fn(
  ['gradients', 'inputs', 'min', 'max', 'num_bits', 'narrow_range', 'name'],
  (
    gradients: TensorLike,
    inputs: TensorLike,
    min: TensorLike,
    max: TensorLike,
    num_bits: number = 8,
    narrow_range: boolean = false,
    name: Name = null,
  ): readonly [Tensor, Tensor, Tensor] =>
    FakeQuantWithMinMaxVarsGradient(
      { gradients, inputs, min, max },
      { num_bits, narrow_range },
      name,
    ),
);

// ---- limits for each channel -------------------------------------------------------------------

export const FakeQuantWithMinMaxVarsPerChannel = op('FakeQuantWithMinMaxVarsPerChannel', {
  inputs: ['inputs: float', 'min: float', 'max: float'],
  outputs: ['outputs: float'],
  attrs: BITS,
  shape: (limits) => limited(limits, 1),
}).gradient(({ inputs, min, max }, [dy], { num_bits, narrow_range }) => {
  const [dx, dmin, dmax] = FakeQuantWithMinMaxVarsPerChannelGradient(
    { gradients: dy, inputs, min, max },
    { num_bits, narrow_range },
  );
  return { inputs: dx, min: dmin, max: dmax };
});

/** Rounds each channel (last dimension) to `2 ** num_bits` steps between its `min` and `max`. */
export const fake_quant_with_min_max_vars_per_channel = fn(
  ['inputs', 'min', 'max', 'num_bits', 'narrow_range', 'name'],
  (
    inputs: TensorLike,
    min: TensorLike,
    max: TensorLike,
    num_bits: number = 8,
    narrow_range: boolean = false,
    name: Name = null,
  ): Tensor =>
    FakeQuantWithMinMaxVarsPerChannel({ inputs, min, max }, { num_bits, narrow_range }, name),
);

export const FakeQuantWithMinMaxVarsPerChannelGradient = op(
  'FakeQuantWithMinMaxVarsPerChannelGradient',
  {
    inputs: GRADIENT_INPUTS,
    outputs: GRADIENT_OUTPUTS,
    attrs: BITS,
    shape: (inputs): Dims[] => [
      mergeDims(inputs.gradients.dims, limited(inputs, 1)),
      inputs.min.dims,
      inputs.max.dims,
    ],
  },
).gradient(null);

/** What flows to the inputs, and to each channel's `min` and `max` from the inputs beyond them. */
export const fake_quant_with_min_max_vars_per_channel_gradient = fn(
  ['gradients', 'inputs', 'min', 'max', 'num_bits', 'narrow_range', 'name'],
  (
    gradients: TensorLike,
    inputs: TensorLike,
    min: TensorLike,
    max: TensorLike,
    num_bits: number = 8,
    narrow_range: boolean = false,
    name: Name = null,
  ): readonly [Tensor, Tensor, Tensor] =>
    FakeQuantWithMinMaxVarsPerChannelGradient(
      { gradients, inputs, min, max },
      { num_bits, narrow_range },
      name,
    ),
);
