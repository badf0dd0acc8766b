/** `tf.layers`: pooling over images. */

import { toTensor } from '../core/convert.ts';
import { type ArgsOf, fn, signature } from '../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../core/tensor.ts';
import { avg_pool, max_pool } from '../ops/nn/pool.ts';
import { type Inputs, Layer } from './base.ts';
import { asInput, dataFormat } from './core.ts';
import { InputSpec } from './input_spec.ts';
import { type Pair, paddingOf, pairOf } from './windows.ts';

const OPTIONS = ['pool_size', 'strides', 'padding', 'data_format', 'name'] as const;

const poolArguments = signature(
  OPTIONS,
  (
    pool_size: Pair,
    strides: Pair,
    padding: string = 'valid',
    data_format: string = 'channels_last',
    name: string | null = null,
  ) => ({
    pool_size: pairOf(pool_size, 'pool_size'),
    strides: pairOf(strides, 'strides'),
    padding: paddingOf(padding),
    data_format: dataFormat(data_format),
    name,
  }),
);
type Pool = typeof max_pool | typeof avg_pool;

/** Pools the windows of images, by a function that its subclasses name. */
abstract class Pooling2D extends Layer {
  private readonly given: ReturnType<typeof poolArguments>;

  constructor(...args: ArgsOf<typeof poolArguments>) {
    const given = poolArguments(...args);
    super({ name: given.name });
    this.given = given;
    this.input_spec = new InputSpec({ ndim: 4 });
  }

  protected abstract pool(): Pool;

  override call(inputs: Inputs): Tensor {
    const { pool_size, strides, padding, data_format } = this.given;
    const first = data_format === 'channels_first';
    const whole = (sizes: readonly number[]) => (first ? [1, 1, ...sizes] : [1, ...sizes, 1]);
    return this.pool()(toTensor(inputs as TensorLike), whole(pool_size), whole(strides), padding, {
      data_format: first ? 'NCHW' : 'NHWC',
    });
  }
}

/** The largest value of each window. */
export class MaxPooling2D extends Pooling2D {
  protected override pool(): Pool {
    return max_pool;
  }
}

/** The mean of each window. */
export class AveragePooling2D extends Pooling2D {
  protected override pool(): Pool {
    return avg_pool;
  }
}

const pooling = (Pooled: typeof MaxPooling2D | typeof AveragePooling2D) =>
  fn(
    ['inputs', ...OPTIONS],
    (
      inputs: TensorLike,
      pool_size: Pair,
      strides: Pair,
      padding: string = 'valid',
      data_format: string = 'channels_last',
      name: Name = null,
    ): Tensor => new Pooled(pool_size, strides, padding, data_format, name).apply(asInput(inputs)),
  );

/** A new `MaxPooling2D` layer applied to `inputs`. */
export const max_pooling2d = pooling(MaxPooling2D);
/** A new `AveragePooling2D` layer applied to `inputs`. */
export const average_pooling2d = pooling(AveragePooling2D);
