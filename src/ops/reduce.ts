/** Reductions over axes: sums, means, products, extremes and where those are, logic. */

import { toTensor } from '../core/convert.ts';
import { isFullyDefined, reducedDims, sizeOf } from '../core/dims.ts';
import { as_dtype, type DType, type DTypeLike, int32, int64 } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { nameScope } from '../core/mode.ts';
import { type Op, op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import { type Dims, type Name, type Static, Tensor, type TensorLike } from '../core/tensor.ts';
import { add, divide, floordiv, maximum, mod, multiply, subtract, truediv } from './arithmetic.ts';
import { cast, to_int64 } from './cast.ts';
import { equal, not_equal, Select } from './compare.ts';
import { conj } from './complex.ts';
import { constant } from './constant.ts';
import { zeros_like } from './fill.ts';
import { gather } from './gather.ts';
import { concat } from './join.ts';
import { integers, intsOf } from './literals.ts';
import { exp, is_finite, log } from './math.ts';
import { invert_permutation, tile, transpose } from './move.ts';
import { cumprod } from './scan.ts';
import { setdiff1d } from './search.ts';
import { range } from './sequence.ts';
import { rank, reshape, shape, stop_gradient } from './shape.ts';

/** Axes to reduce: one, several, a tensor of them, or `null` for all. */
export type Axes = TensorLike | null;

// ---- declarations ----------------------------------------------------------------------------

type Reduction = Op<
  readonly ['input: T', 'reduction_indices: Tidx'],
  readonly ['output: T'],
  readonly ['keep_dims: bool = false', 'T: numbertype', 'Tidx: {int32, int64} = DT_INT32']
>;

interface Reduced {
  readonly input: Static;
  readonly reduction_indices: Static;
}

const reducedShape = (
  { input, reduction_indices }: Reduced,
  { keep_dims }: { readonly keep_dims: boolean },
): Dims => reducedDims(input.dims, intsOf(reduction_indices), keep_dims);

function reductionOp(type: string): Reduction {
  return op(type, {
    inputs: ['input: T', 'reduction_indices: Tidx'],
    outputs: ['output: T'],
    attrs: ['keep_dims: bool = false', 'T: numbertype', 'Tidx: {int32, int64} = DT_INT32'],
    shape: reducedShape,
  });
}

function logicReductionOp(type: string) {
  return op(type, {
    inputs: ['input: bool', 'reduction_indices: Tidx'],
    outputs: ['output: bool'],
    attrs: ['keep_dims: bool = false', 'Tidx: {int32, int64} = DT_INT32'],
    shape: reducedShape,
  }).gradient(null);
}

// ---- public functions ------------------------------------------------------------------------

/** The axes as a tensor or numbers: all of them, spelled out, where none are given. */
function axesOf(x: TensorLike, axis: Axes): TensorLike {
  if (axis !== null) return integers(axis);
  if (x instanceof Tensor && x.dims !== null) {
    return constant(
      x.dims.map((_, d) => d),
      int32,
      [x.dims.length],
    );
  }
  return range(0, rank(x));
}

/** Where all axes are reduced the result is a scalar, known or not. */
function scalarIfAll(y: Tensor, axis: Axes, keepdims: boolean): Tensor {
  if (axis === null && !keepdims && !isFullyDefined(y.dims)) y.set_shape([]);
  return y;
}

const NAMES = ['input_tensor', 'axis', 'keepdims', 'name'] as const;
const ALIASES = { aliases: { reduction_indices: 'axis', keep_dims: 'keepdims' } } as const;

const reducing = (call: Reduction | ReturnType<typeof logicReductionOp>) =>
  fn(
    NAMES,
    (
      input_tensor: TensorLike,
      axis: Axes = null,
      keepdims: boolean | null = null,
      name: Name = null,
    ): Tensor => {
      const keep_dims = keepdims ?? false;
      const reduction_indices = axesOf(input_tensor, axis);
      const y = (call as Reduction)(
        { input: input_tensor, reduction_indices },
        { keep_dims },
        name,
      );
      return scalarIfAll(y, axis, keep_dims);
    },
    ALIASES,
  );

// ---- what gradients of reductions need -------------------------------------------------------

/** The shape of `input` with the reduced dimensions as 1: numbers if they are known, or a tensor. */
function keptShape(input: Tensor, axes: Tensor): TensorLike {
  const kept = reducedDims(input.dims, intsOf(axes), true);
  if (isFullyDefined(kept)) return toTensor(integers([...kept]), int32);
  const size = shape(input);
  const all = range(0, rank(input));
  const front = reshape(mod(add(cast(axes, int32), rank(input)), rank(input)), [-1]);
  const isGone = not_equal(
    reduce_sum(cast(equal(reshape(all, [-1, 1]), front), int32), 1),
    toTensor(0, int32),
  );
  return Select({ condition: isGone, t: onesLike(size), e: size });
}

const onesLike = (x: Tensor): Tensor => add(zeros_like(x), toTensor(1, x.dtype));

/** `dy` repeated along the reduced axes of `input`. */
function spread(dy: Tensor, input: Tensor, axes: Tensor): Tensor {
  const kept = keptShape(input, axes);
  const dz = reshape(dy, kept);
  const reduced = reducedDims(input.dims, intsOf(axes), true);
  if (isFullyDefined(input.dims) && isFullyDefined(reduced)) {
    const times = input.dims.map((n, d) => (reduced[d] === n ? 1 : n));
    return times.every((n) => n === 1) ? dz : tile(dz, times);
  }
  return tile(dz, floordiv(shape(input), maximum(kept, toTensor(1, int32))));
}

// ---- sums and means --------------------------------------------------------------------------

export const Sum = reductionOp('Sum').gradient(({ input, reduction_indices: axes }, [dy]) => ({
  input: spread(dy, input, axes),
  reduction_indices: null,
}));
/** The sum over `axis`, or over all axes; `keepdims` keeps them with length 1. */
export const reduce_sum = reducing(Sum);

export const Mean = reductionOp('Mean').gradient(
  ({ input, reduction_indices: axes }, [dy], _, { output }) => ({
    input: truediv(spread(dy, input, axes), cast(averaged(input, output), dy.dtype)),
    reduction_indices: null,
  }),
);
/** The mean over `axis`, or over all axes; of integers it is truncated. */
export const reduce_mean = reducing(Mean);

/** How many elements go into one mean. */
function averaged(input: Tensor, output: Tensor): Tensor {
  const [all, results] = [sizeOf(input.dims), sizeOf(output.dims)];
  if (all !== null && results !== null) {
    return constant(Math.floor(all / Math.max(results, 1)), int32);
  }
  const counts = maximum(reduce_prod(shape(output)), toTensor(1, int32));
  return floordiv(reduce_prod(shape(input)), counts);
}

// ---- products and extremes -------------------------------------------------------------------

export const Prod = reductionOp('Prod').gradient(({ input, reduction_indices: axes }, [dy]) => ({
  input: productGradient(input, axes, spread(dy, input, axes)),
  reduction_indices: null,
}));
/** The product over `axis`, or over all axes. */
export const reduce_prod = reducing(Prod);

/** The product of all other elements, from both sides, so that zeros do no harm. */
function productGradient(input: Tensor, axes: Tensor, dz: Tensor): Tensor {
  const size = shape(input);
  const depth = rank(input);
  const gone = mod(add(reshape(cast(axes, int32), [-1]), depth), depth);
  const { out: other } = setdiff1d(range(depth), gone);
  const order = concat([gone, other], 0);
  const permuted = transpose(input, order);
  const folded = [reduce_prod(gather(size, gone)), reduce_prod(gather(size, other))];
  const flat = reshape(permuted, folded);
  const left = cumprod(flat, 0, true);
  const right = cumprod(flat, 0, true, true);
  const others = reshape(multiply(conj(left), conj(right)), shape(permuted));
  return reshape(multiply(dz, transpose(others, invert_permutation(order))), size);
}

/** Each of several equal extremes gets its share. */
function extremeGradient(input: Tensor, axes: Tensor, dy: Tensor, output: Tensor): Tensor {
  const kept = keptShape(input, axes);
  const chosen = cast(equal(reshape(output, kept), input), dy.dtype);
  const count = reshape(reduce_sum(chosen, axes), kept);
  return multiply(divide(chosen, count), reshape(dy, kept));
}

export const Max = reductionOp('Max').gradient(
  ({ input, reduction_indices: axes }, [dy], _, { output }) => ({
    input: extremeGradient(input, axes, dy, output),
    reduction_indices: null,
  }),
);
/** The largest element over `axis`, or over all axes. */
export const reduce_max = reducing(Max);

export const Min = reductionOp('Min').gradient(
  ({ input, reduction_indices: axes }, [dy], _, { output }) => ({
    input: extremeGradient(input, axes, dy, output),
    reduction_indices: null,
  }),
);
/** The smallest element over `axis`, or over all axes. */
export const reduce_min = reducing(Min);

// ---- logic -----------------------------------------------------------------------------------

export const All = logicReductionOp('All');
/** Whether all elements are true, over `axis` or over all axes. */
export const reduce_all = reducing(All);

export const Any = logicReductionOp('Any');
/** Whether any element is true, over `axis` or over all axes. */
export const reduce_any = reducing(Any);

// ---- composed --------------------------------------------------------------------------------

/** `log(sum(exp(x)))` over `axis`, without overflow. */
export const reduce_logsumexp = fn(
  NAMES,
  (
    input_tensor: TensorLike,
    axis: Axes = null,
    keepdims: boolean | null = null,
    name: Name = null,
  ): Tensor => {
    const keep = keepdims ?? false;
    return nameScope(name, 'ReduceLogSumExp', (scope) => {
      const raw = reduce_max(input_tensor, axis, true);
      const finite = Select({ condition: is_finite(raw), t: raw, e: zeros_like(raw) });
      let most = stop_gradient(finite);
      const x = toTensor(input_tensor);
      const result = log(reduce_sum(exp(subtract(x, most, 'sub')), axis, keep));
      if (!keep) most = reshape(most, shape(result));
      return scalarIfAll(add(result, most, scope), axis, keep);
    });
  },
  ALIASES,
);

/** How many elements are not zero, over `axis` or over all axes. */
export const count_nonzero = fn(
  ['input_tensor', 'axis', 'keepdims', 'dtype', 'name'],
  (
    input_tensor: TensorLike,
    axis: Axes = null,
    keepdims: boolean | null = null,
    dtype: DTypeLike = int64,
    name: Name = null,
  ): Tensor =>
    nameScope(name, 'count_nonzero', () => {
      const x = toTensor(input_tensor, null, 'input_tensor');
      const zero = x.dtype.is_bool ? false : 0;
      return cast(reduce_sum(to_int64(not_equal(x, zero)), axis, keepdims ?? false), dtype);
    }),
  ALIASES,
);

// ---- where the extremes are ------------------------------------------------------------------

function positionOp(type: string) {
  return op(type, {
    inputs: ['input: T', 'dimension: Tidx'],
    outputs: ['output: output_type'],
    attrs: [
      'T: numbertype',
      'Tidx: {int32, int64} = DT_INT32',
      'output_type: {int32, int64} = DT_INT64',
    ],
    shape: positionDims,
  }).gradient(null);
}

function positionDims({
  input,
  dimension,
}: {
  readonly input: Static;
  readonly dimension: Static;
}): Dims {
  const { dims } = input;
  if (dimension.dims !== null && dimension.dims.length > 0) {
    throw new ValueError(`Shape must be rank 0 but is rank ${dimension.dims.length}`);
  }
  const [axis] = intsOf(dimension) ?? [];
  if (dims === null) return null;
  if (axis === undefined) return dims.length > 0 ? dims.slice(1).map(() => null) : null;
  const front = axis < 0 ? axis + dims.length : axis;
  if (front < 0 || front >= dims.length) {
    throw new ValueError(
      `Dimension (${axis}) must be in the range [${-dims.length}, ${dims.length}), where ${dims.length} is the number of dimensions in the input.`,
    );
  }
  return dims.filter((_, d) => d !== front);
}

const positionOf = (call: ReturnType<typeof positionOp>) =>
  fn(
    ['input', 'axis', 'name', 'dimension', 'output_type'],
    (
      input: TensorLike,
      axis: Axes = null,
      name: Name = null,
      dimension: Axes = null,
      output_type: DTypeLike = int64,
    ): Tensor => {
      if (axis !== null && dimension !== null) {
        throw new ValueError("Cannot specify both 'axis' and 'dimension'");
      }
      const along = integers(axis ?? dimension ?? 0);
      const type: DType = as_dtype(output_type);
      return call({ input, dimension: along }, { output_type: type }, name);
    },
  );

export const ArgMax = positionOp('ArgMax');
/** Where along `axis` the largest element is; of equals the first. */
export const argmax = positionOf(ArgMax);

export const ArgMin = positionOp('ArgMin');
/** Where along `axis` the smallest element is; of equals the first. */
export const argmin = positionOf(ArgMin);

const positionAlong = (call: ReturnType<typeof positionOp>) =>
  fn(
    ['input', 'dimension', 'output_type', 'name'],
    (
      input: TensorLike,
      dimension: TensorLike,
      output_type: DTypeLike = int64,
      name: Name = null,
    ): Tensor =>
      call({ input, dimension: integers(dimension) }, { output_type: as_dtype(output_type) }, name),
  );
/** The older form of `argmax`. */
export const arg_max = positionAlong(ArgMax);
/** The older form of `argmin`. */
export const arg_min = positionAlong(ArgMin);
