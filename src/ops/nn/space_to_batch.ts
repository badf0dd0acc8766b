/**
 * Windows with gaps: an image is cut into `rate ** n` coarser ones along its batch, the plain op runs
 * on those, and the results are put together again.
 */

import { toTensor } from '../../core/convert.ts';
import { int32 } from '../../core/dtype.ts';
import { ValueError } from '../../core/errors.ts';
import { fn } from '../../core/signature.ts';
import type { Tensor, TensorLike } from '../../core/tensor.ts';
import { shape, stack } from '../array.ts';
import { integers, intsOf } from '../literals.ts';
import { BatchToSpaceND, required_space_to_batch_paddings, SpaceToBatchND } from '../pad.ts';
import type { Padding } from './window_shapes.ts';

/** An op on windows without gaps: `(input, number of spatial dimensions, padding)`. */
export type WindowOp = (input: Tensor, num_spatial_dims: number, padding: Padding) => Tensor;

/** Padding on both sides that makes a convolution with gaps give SAME sizes. */
function basePaddings(filter: Tensor, rate: Tensor, count: number): Tensor {
  const [sizes, rates] = [intsOf(filter), intsOf(rate)];
  if (sizes && rates) {
    const rows = rates.map((r, i) => {
      const extra = (sizes[i]! - 1) * r;
      return [extra >> 1, extra - (extra >> 1)];
    });
    return toTensor(rows, int32, 'stack');
  }
  const window = filter.at(`:${count}`);
  const dilated = window.add(window.subtract(1).multiply(rate.subtract(1)));
  const extra = dilated.subtract(1);
  const start = extra.floordiv(2);
  const end = extra.subtract(start);
  return stack(Array.from({ length: count }, (_, i) => stack([start.at(i), end.at(i)])));
}

/** `list`, which has a row per spatial dimension, with rows of `fill` for the dimensions between. */
function spread(list: Tensor, fill: number, spatial: readonly number[]): TensorLike {
  const values = intsOf(list);
  const width = (list.dims?.[1] ?? 1) as number;
  const isVector = list.dims?.length === 1;
  const blank = isVector ? fill : new Array<number>(width).fill(fill);
  const rows: TensorLike[] = [];
  spatial.forEach((dim, i) => {
    while (rows.length < dim - 1) rows.push(blank);
    if (!values) rows.push(list.at(i));
    else rows.push(isVector ? values[i]! : values.slice(i * width, (i + 1) * width));
  });
  return values ? integers(rows) : stack(rows);
}

function checkedSpatial(given: readonly number[] | null, count: number, first: boolean): number[] {
  const start = first ? 2 : 1;
  const dims = given ? [...given] : Array.from({ length: count }, (_, i) => start + i);
  if (dims.some((dim, i) => dim < 1 || (i > 0 && dim <= dims[i - 1]!))) {
    throw new ValueError(
      'spatial_dims must be a montonically increasing sequence of positive integers',
    );
  }
  return dims;
}

/** The rate as a tensor, and its number of spatial dimensions. */
function checkedRate(dilation_rate: TensorLike): readonly [Tensor, number] {
  const rate = toTensor(dilation_rate, int32, 'dilation_rate');
  if (rate.dims && rate.dims.length !== 1) throw new ValueError('rate must be rank 1');
  const count = rate.dims?.[0] ?? null;
  if (count === null) throw new ValueError('rate must have known shape');
  if (intsOf(rate)?.some((r) => r < 1)) throw new ValueError('dilation_rate must be positive');
  return [rate, count];
}

function paddingsFor(
  padding: Padding,
  filter_shape: TensorLike | null,
  rate: Tensor,
  count: number,
): TensorLike {
  if (padding === 'VALID') return integers(Array.from({ length: count }, () => [0, 0]));
  if (padding !== 'SAME') throw new ValueError(`Invalid padding method '${padding}'`);
  if (filter_shape === null) {
    throw new ValueError('filter_shape must be specified for SAME padding');
  }
  return basePaddings(toTensor(filter_shape, int32, 'filter_shape'), rate, count);
}

/** The sizes of `input` along `dims`: numbers where all are known, a tensor otherwise. */
function sizesAlong(input: Tensor, dims: readonly number[]): TensorLike {
  const sizes = dims.map((dim) => input.dims?.[dim] ?? null);
  if (sizes.every((size) => size !== null)) return integers(sizes);
  const all = shape(input);
  return stack(dims.map((dim) => all.at(dim)));
}

/**
 * Performs `op` on the space-to-batch representation of `input`, so that a sliding window becomes
 * one with gaps: `dilation_rate` says how far apart its cells are, per spatial dimension.
 *
 * @param filter_shape The window's spatial sizes; needed for SAME padding.
 * @param spatial_dims Which dimensions of `input` those are; those after batch (and channels).
 */
export const with_space_to_batch = fn(
  ['input', 'dilation_rate', 'padding', 'op', 'filter_shape', 'spatial_dims', 'data_format'],
  (
    input: TensorLike,
    dilation_rate: TensorLike,
    padding: Padding,
    op: WindowOp,
    filter_shape: TensorLike | null = null,
    spatial_dims: readonly number[] | null = null,
    data_format: string | null = null,
  ): Tensor => {
    const x = toTensor(input, null, 'input');
    const [rate, count] = checkedRate(dilation_rate);
    const dims = checkedSpatial(spatial_dims, count, data_format?.startsWith('NC') ?? false);
    if (intsOf(rate)?.every((r) => r === 1)) return op(x, count, padding);
    const base = paddingsFor(padding, filter_shape, rate, count);
    const [paddings, crops] = required_space_to_batch_paddings(
      sizesAlong(x, dims),
      rate,
      base,
      null,
    );
    const block_shape = spread(rate, 1, dims);
    const cut = SpaceToBatchND({ input: x, block_shape, paddings: spread(paddings, 0, dims) });
    const result = op(cut, count, 'VALID');
    return BatchToSpaceND({ input: result, block_shape, crops: spread(crops, 0, dims) });
  },
);
