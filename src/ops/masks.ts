/** Functions of several array ops: masks, grids, shapes that broadcast. */

import { toTensor } from '../core/convert.ts';
import { broadcastDims } from '../core/dims.ts';
import { bool, type DType, int32 } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { nameScope } from '../core/mode.ts';
import { op } from '../core/op.ts';
import { as_shape, type ShapeLike, TensorShape } from '../core/shape.ts';
import { fn, variadic } from '../core/signature.ts';
import type { Name, Tensor, TensorLike } from '../core/tensor.ts';
import { Maximum } from './arithmetic.ts';
import { Cast } from './cast.ts';
import { Less } from './compare.ts';
import { constant } from './constant.ts';
import { ones } from './fill.ts';
import { gather } from './gather.ts';
import { concat, stack } from './join.ts';
import { integers } from './literals.ts';
import { Max, Prod } from './reduce.ts';
import { where } from './search.ts';
import { Range, range } from './sequence.ts';
import { expand_dims, rank, reshape, shape, size, squeeze } from './shape.ts';

/**
 * The slices of `tensor` where `mask` is true. The shape of `mask`, of known rank, is that of
 * `tensor` from dimension `axis` on. ValueError for a scalar mask or one of unknown rank.
 */
export const boolean_mask = fn(
  ['tensor', 'mask', 'name', 'axis'],
  (
    tensor: TensorLike,
    mask: TensorLike,
    name: Name = 'boolean_mask',
    axis: number | null = null,
  ): Tensor =>
    nameScope(name, 'boolean_mask', () => {
      const values = toTensor(tensor, null, 'tensor');
      const flags = toTensor(mask, null, 'mask');
      const depth = flags.dims?.length ?? null;
      if (depth === 0) throw new ValueError('mask cannot be scalar.');
      if (depth === null) {
        throw new ValueError(
          'Number of mask dimensions must be specified, even if some dimensions are None.  E.g. shape=[None] is ok, but shape=None is not.',
        );
      }
      const start = axis ?? 0;
      const flat = leadingJoined(values, flags, start, depth);
      const places = squeeze(where(reshape(flags, [-1])), [1]);
      return gather(flat, places, { axis: start });
    }),
);

/** `values` with the `depth` dimensions from `start` on joined into one. */
function leadingJoined(values: Tensor, flags: Tensor, start: number, depth: number): Tensor {
  const { dims } = values;
  const masked = dims?.slice(start, start + depth) ?? null;
  TensorShape.of(masked).assert_is_compatible_with(flags.shape);
  const count = Prod({
    input: shape(values).at(`${start}:${start + depth}`),
    reduction_indices: integers([0]),
  });
  const before = shape(values).at(`:${start}`);
  const after = shape(values).at(`${start + depth}:`);
  const flat = reshape(values, concat([before, [count], after], 0));
  if (dims !== null) {
    const first = TensorShape.of(masked).num_elements();
    flat.set_shape([...dims.slice(0, start), first, ...dims.slice(start + depth)]);
  }
  return flat;
}

/** Rows of `maxlen` elements, the first `lengths[...]` of which are true (1). */
export const sequence_mask = fn(
  ['lengths', 'maxlen', 'dtype', 'name'],
  (
    lengths: TensorLike,
    maxlen: TensorLike | null = null,
    dtype: DType = bool,
    name: Name = null,
  ): Tensor =>
    nameScope(name, 'SequenceMask', () => {
      const counts = toTensor(integers(lengths));
      const limit = maxlen === null ? longest(counts) : toTensor(integers(maxlen));
      if (limit.dims !== null && limit.dims.length !== 0) {
        throw new ValueError('maxlen must be scalar for sequence_mask');
      }
      const type = limit.dtype.base_dtype;
      const row = Range({ start: constant(0, type), limit, delta: constant(1, type) });
      const column = Cast({ x: expand_dims(counts, -1) }, { DstT: type });
      const mask = Less({ x: row, y: column });
      return dtype.base_dtype === bool ? mask : Cast({ x: mask }, { DstT: dtype });
    }),
);

function longest(counts: Tensor): Tensor {
  const axes = counts.dims
    ? constant(
        counts.dims.map((_, i) => i),
        int32,
        [counts.dims.length],
      )
    : range(0, rank(counts));
  const most = Max({ input: counts, reduction_indices: axes });
  return Maximum({ x: constant(0, most.dtype), y: most });
}

/**
 * The coordinates of a grid: for each vector given, a tensor with one dimension per vector. With
 * `indexing` 'xy' the first two dimensions are exchanged.
 */
export const meshgrid = variadic(
  ['indexing', 'name'],
  (args: TensorLike[], indexing: string = 'xy', name: Name = 'meshgrid'): Tensor[] => {
    if (indexing !== 'xy' && indexing !== 'ij') {
      throw new ValueError("indexing parameter must be either 'xy' or 'ij'");
    }
    return nameScope(name, 'meshgrid', () => {
      const single = (at: number) => args.map((_, i) => (i === at ? -1 : 1));
      const output = args.map((x, i) => reshape(stack(x), single(i)));
      const sizes = args.map((x) => size(x));
      const type = toTensor(args[0]!).dtype.base_dtype;
      if (indexing === 'xy' && args.length > 1) {
        output[0] = reshape(output[0]!, single(1));
        output[1] = reshape(output[1]!, single(0));
        [sizes[0], sizes[1]] = [sizes[1]!, sizes[0]!];
      }
      const full = ones(sizes, type);
      return output.map((x) => x.multiply(full));
    });
  },
);

// ---- shapes that broadcast ---------------------------------------------------------------------

export const BroadcastArgs = op('BroadcastArgs', {
  inputs: ['s0: T', 's1: T'],
  outputs: ['r0: T'],
  attrs: ['T: {int32, int64} = DT_INT32'],
  shape: ({ s0, s1 }) => {
    const lengths = [s0, s1].map(({ dims }) => dims?.[0] ?? null);
    return [lengths.includes(null) ? null : Math.max(...(lengths as number[]))];
  },
}).gradient(null);

/** The shape, as a value, of the broadcast of two shapes given as values. */
export const broadcast_dynamic_shape = fn(
  ['shape_x', 'shape_y'],
  (shape_x: TensorLike, shape_y: TensorLike): Tensor => BroadcastArgs({ s0: shape_x, s1: shape_y }),
);

/** The static shape of the broadcast of two static shapes. ValueError if they do not fit. */
export const broadcast_static_shape = fn(
  ['shape_x', 'shape_y'],
  (shape_x: ShapeLike, shape_y: ShapeLike): TensorShape => {
    const [x, y] = [as_shape(shape_x), as_shape(shape_y)];
    try {
      return TensorShape.of(broadcastDims(x.toDims(), y.toDims()));
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      throw new ValueError(`Incompatible shapes for broadcasting: ${x} and ${y}`);
    }
  },
);
