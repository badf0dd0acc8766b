/** Partitioners: functions that say, for a shape and a type, how many pieces each axis is cut into. */

import type { DType } from '../core/dtype.ts';
import { string } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { as_shape, type ShapeLike } from '../core/shape.ts';
import { fn } from '../core/signature.ts';

/** How many pieces to cut each axis into. */
export type Partitioner = (options: {
  readonly shape: ShapeLike;
  readonly dtype: DType;
}) => readonly number[];

/** Cuts `axis` into as many pieces as keep each below `max_shard_bytes`, and at most `max_shards`. */
export const variable_axis_size_partitioner = fn(
  ['max_shard_bytes', 'axis', 'bytes_per_string_element', 'max_shards'],
  (
    max_shard_bytes: number,
    axis: number = 0,
    bytes_per_string_element: number = 16,
    max_shards: number | null = null,
  ): Partitioner => {
    if (max_shard_bytes < 1 || bytes_per_string_element < 1) {
      throw new ValueError('Both max_shard_bytes and bytes_per_string_element must be positive.');
    }
    if (max_shards !== null && max_shards < 1) {
      throw new ValueError('max_shards must be positive.');
    }
    return ({ shape, dtype }) => {
      const sizes = checkedSizes(shape);
      if (sizes.length <= axis) {
        throw new ValueError(`shape ${as_shape(shape)} must have rank more than axis ${axis}`);
      }
      const perElement = dtype.base_dtype === string ? bytes_per_string_element : dtype.size;
      const others = sizes.reduce((n, size, i) => (i === axis ? n : n * size), perElement);
      const perPiece = Math.max(1, Math.floor(max_shard_bytes / others));
      const wanted = Math.ceil(sizes[axis]! / perPiece);
      return cut(sizes.length, axis, Math.min(wanted, max_shards ?? wanted));
    };
  },
);

/** Cuts `axis` into pieces of at least `min_slice_size` bytes, and at most `max_partitions` of them. */
export const min_max_variable_partitioner = fn(
  ['max_partitions', 'axis', 'min_slice_size', 'bytes_per_string_element'],
  (
    max_partitions: number = 1,
    axis: number = 0,
    min_slice_size: number = 256 << 10,
    bytes_per_string_element: number = 16,
  ): Partitioner =>
    ({ shape, dtype }) => {
      const sizes = checkedSizes(shape);
      if (axis >= sizes.length) {
        throw new ValueError(
          `Cannot partition variable along axis ${axis} when shape is only ${as_shape(shape)}`,
        );
      }
      const perElement = dtype.base_dtype === string ? bytes_per_string_element : dtype.size;
      const bytes = sizes.reduce((n, size) => n * size, perElement);
      const most = Math.min(max_partitions, Math.ceil(bytes / min_slice_size), sizes[axis]!);
      return cut(sizes.length, axis, Math.max(1, most));
    },
);

/** Cuts `axis` into `num_shards` pieces. */
export const fixed_size_partitioner = fn(
  ['num_shards', 'axis'],
  (num_shards: number, axis: number = 0): Partitioner =>
    ({ shape }) => {
      const sizes = checkedSizes(shape);
      return cut(sizes.length, axis, Math.min(num_shards, sizes[axis] ?? 1));
    },
);

function checkedSizes(shape: ShapeLike): number[] {
  const given = as_shape(shape);
  if (!given.is_fully_defined()) {
    throw new ValueError(`shape is not fully defined: ${given}`);
  }
  return given.as_list() as number[];
}

function cut(rank: number, axis: number, pieces: number): number[] {
  return Array.from({ length: rank }, (_, i) => (i === axis ? pieces : 1));
}
