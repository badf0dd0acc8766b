/**
 * Random numbers that depend on a seed given as a tensor and on nothing else: `tf.contrib.stateless`
 * of TF1.
 */

import { withRank } from '../core/dims.ts';
import { as_dtype, type DType, float32, int64 } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { type Op, op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import type { Dims, Name, Static, Tensor, TensorLike } from '../core/tensor.ts';
import { integers, shapeOf } from './literals.ts';
import { drawnClasses } from './random.ts';

const STATELESS = {
  inputs: ['shape: T', 'seed: Tseed'],
  outputs: ['output: dtype'],
  attrs: [
    'dtype: {half, float, double} = DT_FLOAT',
    'T: {int32, int64} = DT_INT32',
    'Tseed: {int32, int64} = DT_INT64',
  ],
} as const;

function ofShapeAndSeed({ shape, seed }: { shape: Static; seed: Static }): Dims {
  const [size] = withRank(seed.dims, 1);
  if (size !== null && size !== 2) throw new ValueError(`Dimension must be 2 but is ${size}`);
  return shapeOf(shape);
}

type Drawing = Op<
  (typeof STATELESS)['inputs'],
  (typeof STATELESS)['outputs'],
  (typeof STATELESS)['attrs']
>;

function drawing(numbers: Drawing) {
  return fn(
    ['shape', 'seed', 'dtype', 'name'],
    (shape: TensorLike, seed: TensorLike, dtype: DType = float32, name: Name = null): Tensor =>
      numbers({ shape: integers(shape), seed }, { dtype: as_dtype(dtype) }, name),
  );
}

export const StatelessRandomUniform = op('StatelessRandomUniform', {
  ...STATELESS,
  shape: ofShapeAndSeed,
}).gradient(null);

/** Uniform numbers in [0, 1): the same for the same `seed`, a vector of two integers. */
export const stateless_random_uniform = drawing(StatelessRandomUniform);

export const StatelessRandomNormal = op('StatelessRandomNormal', {
  ...STATELESS,
  shape: ofShapeAndSeed,
}).gradient(null);

/** Standard normal numbers: the same for the same `seed`, a vector of two integers. */
export const stateless_random_normal = drawing(StatelessRandomNormal);

export const StatelessTruncatedNormal = op('StatelessTruncatedNormal', {
  ...STATELESS,
  shape: ofShapeAndSeed,
}).gradient(null);

/** Standard normal numbers, of which those beyond -2 and 2 are drawn again: the same for the same `seed`, a vector of two integers. */
export const stateless_truncated_normal = drawing(StatelessTruncatedNormal);

export const StatelessMultinomial = op('StatelessMultinomial', {
  inputs: ['logits: T', 'num_samples: int32', 'seed: Tseed'],
  outputs: ['output: output_dtype'],
  attrs: [
    'T: realnumbertype',
    'Tseed: {int32, int64} = DT_INT64',
    'output_dtype: {int32, int64} = DT_INT64',
  ],
  shape: drawnClasses,
}).gradient(null);

/** As `tf.multinomial`: the same for the same `seed`, a vector of two integers. */
export const stateless_multinomial = fn(
  ['logits', 'num_samples', 'seed', 'output_dtype', 'name'],
  (
    logits: TensorLike,
    num_samples: TensorLike,
    seed: TensorLike,
    output_dtype: DType = int64,
    name: Name = null,
  ): Tensor =>
    StatelessMultinomial(
      { logits, num_samples, seed },
      { output_dtype: as_dtype(output_dtype) },
      name,
    ),
);
