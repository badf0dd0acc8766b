/** Shapes as tensors, and tensors under other shapes. */

import { toTensor } from '../core/convert.ts';
import { type Dim, dimsText, divideDim, isFullyDefined, sizeOf } from '../core/dims.ts';
import { type DType, int32 } from '../core/dtype.ts';
import { LookupError, ValueError } from '../core/errors.ts';
import { executing_eagerly, nameScope } from '../core/mode.ts';
import { op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import type { Dims, Name, Static, Tensor, TensorLike } from '../core/tensor.ts';
import { constant } from './constant.ts';
import { frontAxis, intOf, shapeOf } from './literals.ts';
import { reduce_sum } from './reduce.ts';

const OUT_TYPE = 'out_type: {int32, int64} = DT_INT32';

// ---- asking for shapes -------------------------------------------------------------------------

export const Shape = op('Shape', {
  inputs: ['input: T'],
  outputs: ['output: out_type'],
  attrs: ['T: type', OUT_TYPE],
  shape: ({ input }) => [input.dims?.length ?? null],
  known: ({ input }) => input.dims ?? undefined,
}).gradient(null);

/** The shape of a tensor, as a vector of `out_type`; a constant where it is known statically. */
export const shape = fn(
  ['input', 'name', 'out_type'],
  (input: TensorLike, name: Name = null, out_type: DType = int32): Tensor =>
    nameScope(name, 'Shape', (scope) => {
      const tensor = toTensor(input);
      if (!executing_eagerly() && isFullyDefined(tensor.dims)) {
        return constant([...tensor.dims], out_type, [tensor.dims.length], scope);
      }
      return Shape({ input: tensor }, { out_type }, scope);
    }),
);

export const ShapeN = op('ShapeN', {
  inputs: ['input: N * T'],
  outputs: ['output: N * out_type'],
  attrs: ['N: int >= 1', 'T: type', OUT_TYPE],
  shape: ({ input }) => input.map(({ dims }): Dims => [dims?.length ?? null]),
}).gradient(null);

/** The shapes of several tensors of one type. */
export const shape_n = fn(
  ['input', 'out_type', 'name'],
  (input: readonly TensorLike[], out_type: DType = int32, name: Name = null): readonly Tensor[] =>
    ShapeN({ input }, { out_type }, name),
);

export const Size = op('Size', {
  inputs: ['input: T'],
  outputs: ['output: out_type'],
  attrs: ['T: type', OUT_TYPE],
  shape: () => [],
  known: ({ input }) => [sizeOf(input.dims)],
}).gradient(null);

/** The number of elements of a tensor. */
export const size = fn(
  ['input', 'name', 'out_type'],
  (input: TensorLike, name: Name = null, out_type: DType = int32): Tensor =>
    nameScope(name, 'Size', (scope) => {
      const tensor = toTensor(input);
      if (!executing_eagerly() && isFullyDefined(tensor.dims)) {
        return constant(sizeOf(tensor.dims)!, out_type, null, scope);
      }
      return Size({ input: tensor }, { out_type }, scope);
    }),
);

export const Rank = op('Rank', {
  inputs: ['input: T'],
  outputs: ['output: int32'],
  attrs: ['T: type'],
  shape: () => [],
  known: ({ input }) => (input.dims ? [input.dims.length] : undefined),
}).gradient(null);

/** The number of dimensions of a tensor. */
export const rank = fn(
  ['input', 'name'],
  (input: TensorLike, name: Name = null): Tensor =>
    nameScope(name, 'Rank', (scope) => {
      const tensor = toTensor(input);
      if (!executing_eagerly() && tensor.dims !== null) {
        return constant(tensor.dims.length, int32, null, scope);
      }
      return Rank({ input: tensor }, {}, scope);
    }),
);

// ---- passing on --------------------------------------------------------------------------------

export const Identity = op('Identity', {
  inputs: ['input: T'],
  outputs: ['output: T'],
  attrs: ['T: type'],
  shape: ({ input }) => input.dims,
  known: ({ input }) => input.known,
  handle: ({ input }) => input.handleData,
  passesSlices: true,
}).gradient((_, [dy]) => ({ input: dy }));

/** A tensor with the same shape and contents as the input. */
export const identity = fn(
  ['input', 'name'],
  (input: TensorLike, name: Name = null): Tensor => Identity({ input }, {}, name),
);

export const IdentityN = op('IdentityN', {
  inputs: ['input: T'],
  outputs: ['output: T'],
  attrs: ['T: list(type) >= 1'],
  shape: ({ input }) => input.map(({ dims }) => dims),
}).gradient((_, [dys]) => ({ input: dys }));

/** A list of tensors with the same shapes and contents as the inputs. */
export const identity_n = fn(
  ['input', 'name'],
  (input: readonly TensorLike[], name: Name = null): readonly Tensor[] =>
    IdentityN({ input }, {}, name),
);

export const Snapshot = op('Snapshot', {
  inputs: ['input: T'],
  outputs: ['output: T'],
  attrs: ['T: type'],
  shape: ({ input }) => input.dims,
}).gradient((_, [dy]) => ({ input: dy }));

export const DeepCopy = op('DeepCopy', {
  inputs: ['x: T'],
  outputs: ['y: T'],
  attrs: ['T: type'],
  shape: ({ x }) => x.dims,
  stateful: true,
});

export const StopGradient = op('StopGradient', {
  inputs: ['input: T'],
  outputs: ['output: T'],
  attrs: ['T: type'],
  shape: ({ input }) => input.dims,
}).gradient(null);

/** Passes its input on, and no gradient back. */
export const stop_gradient = fn(
  ['input', 'name'],
  (input: TensorLike, name: Name = null): Tensor => StopGradient({ input }, {}, name),
);

export const GuaranteeConst = op('GuaranteeConst', {
  inputs: ['input: T'],
  outputs: ['output: T'],
  attrs: ['T: type'],
  shape: ({ input }) => input.dims,
  stateful: true,
}).gradient(null);

/** Passes on an input that is promised to have the same value in every run. */
export const guarantee_const = fn(
  ['input', 'name'],
  (input: TensorLike, name: Name = null): Tensor => GuaranteeConst({ input }, {}, name),
);

export const PreventGradient = op('PreventGradient', {
  inputs: ['input: T'],
  outputs: ['output: T'],
  attrs: ['T: type', "message: string = ''"],
  shape: ({ input }) => input.dims,
}).gradient((_, __, { message }) => {
  throw new LookupError(`Gradient explicitly disabled. Reason: ${message}`);
});

// ---- reshaping ---------------------------------------------------------------------------------

interface Elements {
  /** The product of the known sizes. */
  readonly known: number;
  readonly unknown: readonly number[];
}

function elementsOf(dims: readonly Dim[]): Elements {
  const unknown = dims.flatMap((dim, i) => (dim === null ? [i] : []));
  return { known: dims.reduce<number>((all, dim) => all * (dim ?? 1), 1), unknown };
}

/** `wanted`, with its one unknown size worked out from the size of what is reshaped. */
function reshaped(dims: Dims, wanted: Dims): Dims {
  if (dims === null || wanted === null) return wanted;
  const from = elementsOf(dims);
  const to = elementsOf(wanted);
  if (from.unknown.length > 1 || to.unknown.length > 1) return wanted;
  const [open] = to.unknown;
  const replace = (dim: Dim) => wanted.map((old, i) => (i === open ? dim : old));
  if (from.unknown.length === 1) {
    const same = open !== undefined && from.known === to.known;
    if (open === undefined && from.known !== 0) divideDim(to.known, from.known);
    return same ? replace(dims[from.unknown[0]!]!) : wanted;
  }
  if (open !== undefined) return to.known > 0 ? replace(divideDim(from.known, to.known)) : wanted;
  if (from.known !== to.known) {
    throw new ValueError(
      `Cannot reshape a tensor with ${from.known} elements to shape ${dimsText(wanted)} (${to.known} elements)`,
    );
  }
  return wanted;
}

export const Reshape = op('Reshape', {
  inputs: ['tensor: T', 'shape: Tshape'],
  outputs: ['output: T'],
  attrs: ['T: type', 'Tshape: {int32, int64} = DT_INT32'],
  shape: ({ tensor, shape }) => reshaped(tensor.dims, shapeOf(shape)),
  known: ({ tensor }) => tensor.known,
}).gradient(({ tensor }, [dy]) => ({ tensor: reshape(dy, shape(tensor)), shape: null }));

/** The same elements under another shape; one size may be -1, and is then worked out. */
export const reshape = fn(
  ['tensor', 'shape', 'name'],
  (tensor: TensorLike, shape: TensorLike, name: Name = null): Tensor =>
    Reshape({ tensor, shape }, {}, name),
);

function expanded(input: Static, dim: Static): Dims {
  const axis = intOf(dim);
  if (axis === undefined || input.dims === null) return null;
  const { length } = input.dims;
  if (axis < -1 - length || axis > length) {
    throw new ValueError(`dim ${axis} not in the interval [${-1 - length}, ${length}].`);
  }
  const at = axis < 0 ? axis + length + 1 : axis;
  return [...input.dims.slice(0, at), 1, ...input.dims.slice(at)];
}

export const ExpandDims = op('ExpandDims', {
  inputs: ['input: T', 'dim: Tdim'],
  outputs: ['output: T'],
  attrs: ['T: type', 'Tdim: {int32, int64} = DT_INT32'],
  shape: ({ input, dim }) => expanded(input, dim),
  known: ({ input }) => (input.dims?.length === 0 ? input.known : undefined),
}).gradient(({ input }, [dy]) => ({ input: reshape(dy, shape(input)), dim: null }));

/** Inserts a dimension of size 1 at `axis`, which may be negative. */
export const expand_dims = fn(
  ['input', 'axis', 'name', 'dim'],
  (
    input: TensorLike,
    axis: TensorLike | null = null,
    name: Name = null,
    dim: TensorLike | null = null,
  ): Tensor => {
    if (axis !== null && dim !== null) throw new ValueError("Cannot specify both 'axis' and 'dim'");
    const at = axis ?? dim;
    if (at === null) throw new ValueError('Must specify an axis argument to tf.expand_dims()');
    return ExpandDims({ input, dim: at }, {}, name);
  },
);

function squeezed(dims: Dims, axes: readonly number[]): Dims {
  if (dims === null) return null;
  const { length } = dims;
  const chosen = new Set(
    axes.map((axis, i) => {
      const front = frontAxis(axis, length);
      if (front === undefined) {
        throw new ValueError(`squeeze_dims[${i}] not in [${-length},${length}).`);
      }
      return front;
    }),
  );
  if (axes.length === 0) return dims.includes(null) ? null : dims.filter((dim) => dim !== 1);
  return dims.filter((dim, i) => {
    if (chosen.has(i) && dim !== null && dim !== 1) {
      throw new ValueError(`Can not squeeze dim[${i}], expected a dimension of 1, got ${dim}`);
    }
    return !chosen.has(i);
  });
}

export const Squeeze = op('Squeeze', {
  inputs: ['input: T'],
  outputs: ['output: T'],
  attrs: ['T: type', 'squeeze_dims: list(int) >= 0 = []'],
  shape: ({ input }, { squeeze_dims }) => squeezed(input.dims, squeeze_dims),
  known: ({ input }) => input.known,
}).gradient(({ input }, [dy]) => ({ input: reshape(dy, shape(input)) }));

/** Removes dimensions of size 1: all of them, or those that `axis` names. */
export const squeeze = fn(
  ['input', 'axis', 'name', 'squeeze_dims'],
  (
    input: TensorLike,
    axis: number | readonly number[] | null = null,
    name: Name = null,
    squeeze_dims: number | readonly number[] | null = null,
  ): Tensor => {
    if (axis !== null && squeeze_dims !== null) {
      throw new ValueError("Cannot specify both 'axis' and 'squeeze_dims'");
    }
    const axes = axis ?? squeeze_dims ?? [];
    return Squeeze({ input }, { squeeze_dims: typeof axes === 'number' ? [axes] : axes }, name);
  },
);

export const BroadcastTo = op('BroadcastTo', {
  inputs: ['input: T', 'shape: Tidx'],
  outputs: ['output: T'],
  attrs: ['T: type', 'Tidx: {int32, int64} = DT_INT32'],
  shape: ({ shape }) => shapeOf(shape),
}).gradient(({ input }, [dy]) => {
  const { dims } = input;
  const full = dy.dims;
  if (!isFullyDefined(dims) || full === null) {
    throw new LookupError('The gradient of BroadcastTo needs static shapes.');
  }
  const added = full.length - dims.length;
  const axes = full.flatMap((dim, i) =>
    i < added || (dims[i - added] === 1 && dim !== 1) ? [i] : [],
  );
  return { input: reshape(reduce_sum(dy, axes), shape(input)), shape: null };
});
