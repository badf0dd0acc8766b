/** Pooling of any number of dimensions, with strides or with gaps. */

import { toTensor } from '../../core/convert.ts';
import { int32 } from '../../core/dtype.ts';
import { ValueError } from '../../core/errors.ts';
import { nameScope } from '../../core/mode.ts';
import { fn } from '../../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../../core/tensor.ts';
import { expand_dims, squeeze } from '../array.ts';
import type { ImageFormat } from './bias.ts';
import type { VolumeFormat } from './conv3d.ts';
import { stridesAndRates } from './convolution.ts';
import { avg_pool, avg_pool3d, max_pool, max_pool3d } from './pool.ts';
import { with_space_to_batch } from './space_to_batch.ts';
import type { Padding } from './window_shapes.ts';

/** What becomes of a window. */
export type PoolingType = 'MAX' | 'AVG';

interface Pooling {
  readonly type: PoolingType;
  readonly window: readonly number[];
  readonly strides: readonly number[];
  readonly format: string | null;
  readonly name: string;
}

/** Pools along as many dimensions as the window has; one dimension is an image one pixel wide. */
function poolOnce(
  input: Tensor,
  padding: Padding,
  { type, window, strides, format, name }: Pooling,
): Tensor {
  const first = format?.startsWith('NC') ?? false;
  const full = (list: readonly number[]) => (first ? [1, 1, ...list] : [1, ...list, 1]);
  if (window.length === 3) {
    const pool = type === 'MAX' ? max_pool3d : avg_pool3d;
    const volume = (format ?? 'NDHWC') as VolumeFormat;
    return pool(input, full(window), full(strides), padding, volume, name);
  }
  const pool = type === 'MAX' ? max_pool : avg_pool;
  if (window.length === 2) {
    return pool(
      input,
      full(window),
      full(strides),
      padding,
      (format ?? 'NHWC') as ImageFormat,
      name,
    );
  }
  if (format !== null && format !== 'NWC' && format !== 'NCW') {
    throw new ValueError('data_format must be either "NWC" or "NCW".');
  }
  const axis = first ? 2 : 1;
  const [size, stride] = [full([1, ...window]), full([1, ...strides])];
  const image = expand_dims(input, axis);
  return squeeze(pool(image, size, stride, padding, first ? 'NCHW' : 'NHWC', name), [axis]);
}

function checkWindow(window: readonly number[], strides: readonly number[], type: string): void {
  if (window.length < 1 || window.length > 3) {
    throw new ValueError('It is required that 1 <= num_spatial_dims <= 3.');
  }
  if (strides.some((stride, i) => stride > window[i]!)) {
    throw new ValueError(
      'strides > window_shape not supported due to inconsistency between CPU and GPU implementations',
    );
  }
  if (type !== 'MAX' && type !== 'AVG') {
    throw new ValueError(`${window.length}-D ${type} pooling is not supported.`);
  }
}

/**
 * Performs an N-D pooling operation, N from 1 to 3.
 *
 * @param window_shape One size per spatial dimension.
 * @param pooling_type `MAX` or `AVG`.
 * @param dilation_rate The distance of a window's cells; with VALID padding only.
 */
export const pool = fn(
  [
    'input',
    'window_shape',
    'pooling_type',
    'padding',
    'dilation_rate',
    'strides',
    'name',
    'data_format',
  ],
  (
    input: TensorLike,
    window_shape: readonly number[],
    pooling_type: PoolingType,
    padding: Padding,
    dilation_rate: readonly number[] | null = null,
    strides: readonly number[] | null = null,
    name: Name = null,
    data_format: string | null = null,
  ): Tensor =>
    nameScope(name, `${pooling_type.toLowerCase()}_pool`, (scope) => {
      const x = toTensor(input, null, 'input');
      x.shape.with_rank(window_shape.length + 2);
      const [steps, rates] = stridesAndRates(window_shape.length, strides, dilation_rate);
      if (padding === 'SAME' && rates.some((rate) => rate > 1)) {
        throw new ValueError('pooling with SAME padding is not implemented for dilation_rate > 1');
      }
      checkWindow(window_shape, steps, pooling_type);
      const how = {
        type: pooling_type,
        window: window_shape,
        strides: steps,
        format: data_format,
        name: scope,
      };
      return with_space_to_batch(
        x,
        toTensor(rates, int32, 'dilation_rate'),
        padding,
        (part, _, used) => poolOnce(part, used, how),
        { filter_shape: window_shape, data_format },
      );
    }),
);
