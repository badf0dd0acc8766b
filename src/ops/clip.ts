/** Bringing tensors into bounds: of each value, of their norm, of the norm of several together. */

import { toTensor } from '../core/convert.ts';
import { compatible } from '../core/dims.ts';
import { float32 } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { IndexedSlices } from '../core/indexed_slices.ts';
import { colocateWith, nameScope } from '../core/mode.ts';
import { fn } from '../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../core/tensor.ts';
import { maximum, minimum } from './arithmetic.ts';
import { identity, ones_like, rank, size, stack } from './array.ts';
import { cast } from './cast.ts';
import { greater, Select } from './compare.ts';
import { constant } from './constant.ts';
import { minus, over, plus, times } from './infix.ts';
import { l2_loss } from './linear.ts';
import { rsqrt, sqrt } from './math.ts';
import { reduce_sum } from './reduce.ts';
import { range } from './sequence.ts';

/** IndexedSlices if `T` is, else a tensor. */
type Clipped<T> = T extends IndexedSlices ? IndexedSlices : Tensor;

/** The numbers of a tensor, of some rows only if that is all there is. */
function valuesOf(t: TensorLike, name: string): Tensor {
  return toTensor(t instanceof IndexedSlices ? t.values : t, null, name);
}

/** `values` in the place of those of `t`. */
function like<T extends TensorLike>(t: T, values: Tensor): Clipped<T> {
  const result =
    t instanceof IndexedSlices ? new IndexedSlices(values, t.indices, t.dense_shape) : values;
  return result as Clipped<T>;
}

/** Bounds must not broadcast what they bound. */
function assertSameShape(values: Tensor, clipped: Tensor): void {
  if (!compatible(values.dims, clipped.dims)) {
    throw new ValueError(`Shapes ${values.shape} and ${clipped.shape} are not compatible`);
  }
}

/**
 * `t` with values below `clip_value_min` set to it, and those above `clip_value_max` to that. Bounds
 * are scalars or of a shape that broadcasts to that of `t`; ValueError if `t` would have to broadcast.
 */
export const clip_by_value = fn(
  ['t', 'clip_value_min', 'clip_value_max', 'name'],
  <T extends TensorLike>(
    t: T,
    clip_value_min: TensorLike,
    clip_value_max: TensorLike,
    name: Name = null,
  ): Clipped<T> =>
    nameScope(name, 'clip_by_value', (scope) => {
      const values = valuesOf(t, 't');
      const below = minimum(values, clip_value_max);
      assertSameShape(values, below);
      const clipped = maximum(below, clip_value_min, scope);
      assertSameShape(values, clipped);
      return like(t, clipped);
    }),
);

/**
 * `t` scaled down to `t * clip_norm / l2norm(t)` where its L2 norm exceeds `clip_norm`. The norm is
 * taken over `axes`, or over all of `t`. Its gradient is finite where the norm is zero.
 */
export const clip_by_norm = fn(
  ['t', 'clip_norm', 'axes', 'name'],
  <T extends TensorLike>(
    t: T,
    clip_norm: TensorLike,
    axes: number | readonly number[] | Tensor | null = null,
    name: Name = null,
  ): Clipped<T> =>
    nameScope(name, 'clip_by_norm', (scope) => {
      const values = valuesOf(t, 't');
      const limit = atLeastZero(clip_norm, values);
      const squares = reduce_sum(times(values, values), axes, { keepdims: true });
      const isPositive = greater(squares, 0);
      const safe = Select({ condition: isPositive, t: squares, e: ones_like(squares) });
      const norm = Select({ condition: isPositive, t: sqrt(safe), e: squares });
      const scaled = times(values, limit);
      assertSameShape(values, scaled);
      return like(t, identity(over(scaled, maximum(norm, limit)), scope));
    }),
);

function atLeastZero(limit: TensorLike, values: Tensor): TensorLike {
  if (typeof limit === 'number') return Math.max(limit, 0);
  return cast(maximum(limit, 0), values.dtype);
}

/** A list of tensors, where some may be missing. */
type Tensors = readonly (TensorLike | null)[];

function assertSequence(t_list: unknown): void {
  if (!Array.isArray(t_list)) throw new TypeError('t_list should be a sequence');
}

/** The square root of the sum of the squares of all values of all tensors; `null` among them counts nothing. */
export const global_norm = fn(['t_list', 'name'], (t_list: Tensors, name: Name = null): Tensor => {
  assertSequence(t_list);
  return nameScope(name, 'global_norm', () => {
    const halves = t_list
      .map((t, i) => (t === null ? null : valuesOf(t, `t_${i}`)))
      .filter((values) => values !== null)
      .map((values) => colocateWith(values, () => l2_loss(values)));
    const half = reduce_sum(stack(halves));
    return sqrt(times(half, constant(2, half.dtype)), 'global_norm');
  });
});

/** What clipping a list gives: `null` stays where it was. */
type ClippedList<L extends Tensors> = {
  -readonly [K in keyof L]: L[K] extends null
    ? null
    : L[K] extends TensorLike
      ? Clipped<L[K]>
      : Clipped<Exclude<L[K], null>> | null;
};

/**
 * The tensors, each scaled by `clip_norm / max(global_norm, clip_norm)`, and their global norm. With
 * `use_norm` that is taken for the global norm. An infinite norm makes all values NaN.
 */
export const clip_by_global_norm = fn(
  ['t_list', 'clip_norm', 'use_norm', 'name'],
  <const L extends Tensors>(
    t_list: L,
    clip_norm: TensorLike,
    use_norm: Tensor | null = null,
    name: Name = null,
  ): [list_clipped: ClippedList<L>, global_norm: Tensor] => {
    assertSequence(t_list);
    const norm = use_norm ?? global_norm(t_list, name);
    return nameScope(name, 'clip_by_global_norm', (scope) => {
      const inverse = over(1, norm);
      const largest = over(constant(1, norm.dtype), clip_norm);
      const finite = times(clip_norm, minimum(inverse, largest));
      const scale = plus(finite, minus(norm, norm));
      const values = t_list.map((t, i) => (t === null ? null : valuesOf(t, `t_${i}`)));
      const clipped = values.map((value, i) => {
        if (value === null) return null;
        return colocateWith(value, () => {
          const scaled = identity(times(value, cast(scale, value.dtype)), `${scope}_${i}`);
          return like(t_list[i]!, scaled);
        });
      });
      return [clipped as ClippedList<L>, norm];
    });
  },
);

/** `t` scaled down so that its L2 norm over its number of elements is at most `clip_norm`. */
export const clip_by_average_norm = fn(
  ['t', 'clip_norm', 'name'],
  (t: TensorLike, clip_norm: TensorLike, name: Name = null): Tensor =>
    nameScope(name, 'clip_by_average_norm', (scope) => {
      const values = toTensor(t, null, 't');
      const count = cast(size(values), float32);
      const inverse = rsqrt(reduce_sum(times(values, values), range(rank(values))));
      const scaled = times(values, clip_norm);
      const factor = minimum(times(inverse, count), over(constant(1), clip_norm));
      return identity(times(scaled, factor), scope);
    }),
);
