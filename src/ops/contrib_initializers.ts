/** The initializers of `tf.contrib.layers`: functions that make functions of a shape. */

import { as_dtype, type DType, float32 } from '../core/dtype.ts';
import { fn } from '../core/signature.ts';
import type { Tensor } from '../core/tensor.ts';
import { type CallArgs, callArgs, type InitializerShape, sizesOf } from './initializers.ts';
import { random_uniform, truncated_normal } from './random.ts';

type Mode = 'FAN_IN' | 'FAN_OUT' | 'FAN_AVG';
type MakeTensor = (...args: CallArgs) => Tensor;

/** Cutting off at two deviations narrows a normal distribution by about the root of this. */
const TRUNCATED = 1.3;

function checkFloating(dtype: DType): DType {
  if (!dtype.is_floating) {
    throw new TypeError('Cannot create initializer for non-floating point type.');
  }
  return dtype;
}

/** How many inputs and outputs a unit has; the last two sizes count channels. */
function fansOf(shape: InitializerShape): [fanIn: number, fanOut: number] {
  const sizes = sizesOf(shape);
  const field = sizes.slice(0, -2).reduce((product, size) => product * size, 1);
  const outputs = sizes.at(-1) ?? 1;
  return [(sizes.at(-2) ?? outputs) * field, outputs * field];
}

/**
 * Makes an initializer of numbers whose variance is `factor / n`, where n is the number of inputs,
 * of outputs, or their mean: truncated normal ones, or `uniform` ones.
 */
export const variance_scaling_initializer = fn(
  ['factor', 'mode', 'uniform', 'seed', 'dtype'],
  (
    factor: number = 2,
    mode: Mode = 'FAN_IN',
    uniform: boolean = false,
    seed: number | null = null,
    dtype: DType = float32,
  ): MakeTensor => {
    const own = checkFloating(as_dtype(dtype));
    if (!['FAN_IN', 'FAN_OUT', 'FAN_AVG'].includes(mode)) {
      throw new TypeError(`('Unknown mode %s [FAN_IN, FAN_OUT, FAN_AVG]', '${mode}')`);
    }
    return (...args) => {
      const given = callArgs(...args);
      const type = checkFloating(given.dtype ?? own);
      const sizes = sizesOf(given.shape);
      const [fanIn, fanOut] = fansOf(given.shape);
      const n = { FAN_IN: fanIn, FAN_OUT: fanOut, FAN_AVG: (fanIn + fanOut) / 2 }[mode];
      if (uniform) {
        const limit = Math.sqrt((3 * factor) / n);
        return random_uniform(sizes, -limit, limit, type, seed);
      }
      return truncated_normal(sizes, 0, Math.sqrt((TRUNCATED * factor) / n), type, seed);
    };
  },
);

/** Makes an initializer that keeps the scale of gradients alike in all layers: Glorot and Bengio, 2010. */
export const xavier_initializer = fn(
  ['uniform', 'seed', 'dtype'],
  (uniform: boolean = true, seed: number | null = null, dtype: DType = float32): MakeTensor =>
    variance_scaling_initializer(1, 'FAN_AVG', uniform, seed, dtype),
);

/** As `xavier_initializer`: it fits weights of convolutions too. */
export const xavier_initializer_conv2d = xavier_initializer;
