/** Parts of tensors: `tf.slice`, and `t.at(...)` with all that Python's brackets know. */

import { toLiteral, toTensor } from '../core/convert.ts';
import { type Dim, mergeDims, subtractDim, unknownDims, withRank } from '../core/dims.ts';
import { type DType, int16, int32, int64 } from '../core/dtype.ts';
import { InvalidArgumentError, ValueError } from '../core/errors.ts';
import { type IndexSpec, parseIndexSpecs } from '../core/index_spec.ts';
import { nameScope } from '../core/mode.ts';
import { op } from '../core/op.ts';
import { Operand } from '../core/operand.ts';
import { fn } from '../core/signature.ts';
import { type DenseSlice, denseSlice, type SliceMasks } from '../core/strided_slice.ts';
import { type Dims, type Name, type Static, Tensor, type TensorLike } from '../core/tensor.ts';
import { cast } from './cast.ts';
import { constant } from './constant.ts';
import { ones_like } from './fill.ts';
import { concat, stack } from './join.ts';
import { integers, intsOf, shapeOf } from './literals.ts';
import { pad } from './pad.ts';
import { rank, reshape, shape } from './shape.ts';

// ---- by begin and size -------------------------------------------------------------------------

function sliced(input: Static, begin: Static, size: Static): Dims {
  const [count] = withRank(mergeDims(begin.dims, size.dims), 1);
  const known = count ?? null;
  const dims = known === null ? input.dims : withRank(input.dims, known);
  const starts = shapeOf(begin);
  const sizes = size.known;
  if (sizes === undefined) return dims && unknownDims(dims.length);
  return withRank(dims, sizes.length).map((dim, i): Dim => {
    if (sizes[i] !== -1) return sizes[i]!;
    return subtractDim(dim, starts?.[i] ?? null);
  });
}

export const Slice = op('Slice', {
  inputs: ['input: T', 'begin: Index', 'size: Index'],
  outputs: ['output: T'],
  attrs: ['T: type', 'Index: {int32, int64}'],
  shape: ({ input, begin, size }) => sliced(input, begin, size),
  known: ({ input, begin, size }) => {
    const [start] = intsOf(begin) ?? [];
    const [count] = intsOf(size) ?? [];
    if (start === undefined || count === undefined || input.dims?.length !== 1) return undefined;
    return input.known?.slice(start, count === -1 ? undefined : start + count);
  },
}).gradient(({ input, begin }, [dy], { Index }, { output }) => {
  const columns = stack([rank(input), 1]);
  const before = reshape(begin, columns);
  const whole = shape(input, { out_type: Index });
  const after = whole.subtract(shape(output, { out_type: Index })).subtract(begin);
  const paddings = concat([before, reshape(after, columns)], 1);
  return { input: pad(dy, paddings), begin: null, size: null };
});

/** The part of a tensor that starts at `begin` and has `size`; -1 takes all that remains. */
export const slice = fn(
  ['input_', 'begin', 'size', 'name'],
  (input_: TensorLike, begin: TensorLike, size: TensorLike, name: Name = null): Tensor =>
    Slice({ input: input_, begin: integers(begin), size: integers(size) }, {}, name),
);

// ---- by ranges ---------------------------------------------------------------------------------

interface Ranges {
  readonly begin: Static;
  readonly end: Static;
  readonly strides: Static;
}

/** What the specification takes, as far as it is known; `undefined` without known strides. */
function denseOf(
  dims: Dims,
  { begin, end, strides }: Ranges,
  masks: SliceMasks,
): DenseSlice | undefined {
  const [from, to, steps] = [intsOf(begin) ?? null, intsOf(end) ?? null, intsOf(strides)];
  if (dims === null || steps === undefined) return undefined;
  try {
    return denseSlice(dims, from, to, steps, masks);
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw new ValueError(error.message);
    throw error;
  }
}

/** The elements that a slice takes of a vector that is known in part. */
function knownSlice(input: Static, ranges: Ranges, masks: SliceMasks) {
  const { known, dims } = input;
  if (known === undefined || dims?.length !== 1) return undefined;
  if (!intsOf(ranges.begin) || !intsOf(ranges.end)) return undefined;
  const dense = denseOf([known.length], ranges, masks);
  if (!dense || dense.shape.length > 1) return undefined;
  const [begin, stride, count] = [dense.begin[0]!, dense.strides[0]!, dense.sizes[0]!];
  return Array.from({ length: count }, (_, i) => known[begin + i * stride]!);
}

/** The attributes that say which members of a slice's specification mean what. */
export const MASKS = [
  'begin_mask: int = 0',
  'end_mask: int = 0',
  'ellipsis_mask: int = 0',
  'new_axis_mask: int = 0',
  'shrink_axis_mask: int = 0',
] as const;

export const StridedSlice = op('StridedSlice', {
  inputs: ['input: T', 'begin: Index', 'end: Index', 'strides: Index'],
  outputs: ['output: T'],
  attrs: ['T: type', 'Index: {int32, int64}', ...MASKS],
  shape: ({ input, ...ranges }, masks) => denseOf(input.dims, ranges, masks)?.shape ?? null,
  known: ({ input, ...ranges }, masks) => knownSlice(input, ranges, masks),
}).gradient(({ input, begin, end, strides }, [dy], { T: _, ...masks }) => ({
  input: StridedSliceGrad(
    { shape: shape(input, { out_type: begin.dtype }), begin, end, strides, dy },
    masks,
  ),
  begin: null,
  end: null,
  strides: null,
}));

export const StridedSliceGrad = op('StridedSliceGrad', {
  inputs: ['shape: Index', 'begin: Index', 'end: Index', 'strides: Index', 'dy: T'],
  outputs: ['output: T'],
  attrs: ['T: type', 'Index: {int32, int64}', ...MASKS],
  shape: ({ shape }) => shapeOf(shape),
}).gradient(({ begin, end, strides }, [ddx], { T: _, ...masks }) => ({
  shape: null,
  begin: null,
  end: null,
  strides: null,
  dy: StridedSlice({ input: ddx, begin, end, strides }, masks),
}));

/**
 * A strided slice. Bit i of a mask speaks of the i-th range: its begin or end is open, it is an
 * ellipsis, a new axis, or a single index whose axis vanishes.
 */
export const strided_slice = fn(
  [
    'input_',
    'begin',
    'end',
    'strides',
    'begin_mask',
    'end_mask',
    'ellipsis_mask',
    'new_axis_mask',
    'shrink_axis_mask',
    'var',
    'name',
  ],
  (
    input_: TensorLike,
    begin: TensorLike,
    end: TensorLike,
    strides: TensorLike | null = null,
    begin_mask: number = 0,
    end_mask: number = 0,
    ellipsis_mask: number = 0,
    new_axis_mask: number = 0,
    shrink_axis_mask: number = 0,
    _var: unknown = null,
    name: Name = null,
  ): Tensor => {
    const steps = strides === null ? ones_like(integers(begin)) : integers(strides);
    return StridedSlice(
      { input: input_, begin: integers(begin), end: integers(end), strides: steps },
      { begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask },
      name,
    );
  },
);

/** What stands for a new axis among indices: `x.at(tf.newaxis, '...')`. */
export const newaxis = null;

// ---- by index specs ----------------------------------------------------------------------------

type Position = number | Operand;

/** The ranges of `t[...]`, and the masks that say what each of them is. */
class SliceRanges {
  readonly begin: Position[] = [];
  readonly end: Position[] = [];
  readonly strides: Position[] = [];
  begin_mask = 0;
  end_mask = 0;
  ellipsis_mask = 0;
  new_axis_mask = 0;
  shrink_axis_mask = 0;

  push(begin: Position, end: Position, stride: Position): number {
    const bit = 1 << this.begin.length;
    this.begin.push(begin);
    this.end.push(end);
    this.strides.push(stride);
    return bit;
  }

  /** A single index. */
  pick(index: Position): void {
    if (typeof index === 'number') {
      this.shrink_axis_mask |= this.push(index, index + 1, 1);
      return;
    }
    const { dtype } = tensorOf(index);
    const wide = dtype === int64 || dtype === int16;
    const end = index.add(dtype(1));
    this.shrink_axis_mask |= this.push(index, end, wide ? constant(1, dtype) : 1);
  }

  range(start: Position | null, stop: Position | null, step: Position | null): void {
    const dtype = indexType([start, stop, step]);
    const filler = (value: number): Position => (dtype ? constant(value, dtype) : value);
    const bit = this.push(start ?? filler(0), stop ?? filler(0), step ?? filler(1));
    if (start === null) this.begin_mask |= bit;
    if (stop === null) this.end_mask |= bit;
  }
}

function tensorOf(operand: Operand): Tensor {
  return operand instanceof Tensor ? operand : toTensor(operand);
}

/** The type of the tensors in a range, int64 before int32; `null` if there are none. */
function indexType(members: readonly (Position | null)[]): DType | null {
  const types = members.flatMap((member) =>
    member instanceof Operand ? [tensorOf(member).dtype.base_dtype] : [],
  );
  return types.includes(int64) ? int64 : (types[0] ?? null);
}

function isOperand(value: unknown): value is Operand {
  return value instanceof Operand;
}

/** What a StridedSlice takes beside its input. */
export interface SliceInputs {
  readonly begin: Tensor;
  readonly end: Tensor;
  readonly strides: Tensor;
  readonly masks: SliceMasks;
}

/** `x[specs]`: one StridedSlice node, as Python's brackets build it. */
export function at(x: Operand, specs: readonly IndexSpec<Operand>[]): Tensor {
  const ranges = rangesOf(specs);
  return nameScope(null, 'strided_slice', (scope) => {
    const { begin, end, strides, masks } = inputsOf(ranges);
    return StridedSlice({ input: x, begin, end, strides }, masks, scope);
  });
}

/** The tensors and masks that `specs` stand for. */
export function sliceInputs(specs: readonly IndexSpec<Operand>[]): SliceInputs {
  return inputsOf(rangesOf(specs));
}

/** The ranges that `specs` stand for; what has to be computed for them is outside of the slice's scope. */
function rangesOf(specs: readonly IndexSpec<Operand>[]): SliceRanges {
  const ranges = new SliceRanges();
  for (const item of parseIndexSpecs(specs, isOperand)) {
    if (item.kind === 'index') ranges.pick(item.index);
    else if (item.kind === 'slice') ranges.range(item.start, item.stop, item.step);
    else if (item.kind === 'ellipsis') ranges.ellipsis_mask |= ranges.push(0, 0, 1);
    else ranges.new_axis_mask |= ranges.push(0, 0, 1);
  }
  return ranges;
}

function inputsOf(ranges: SliceRanges): SliceInputs {
  const [begin, end, strides] = packed(ranges);
  const { begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask } = ranges;
  const masks = { begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask };
  return { begin, end, strides, masks };
}

function packed({ begin, end, strides }: SliceRanges): [Tensor, Tensor, Tensor] {
  if (begin.length === 0) {
    const empty = constant([], int32);
    return [empty, empty, empty];
  }
  const lists = [begin, end, strides].map((list) =>
    list.some(isOperand) ? stack(list) : toTensor(toLiteral(list, int32), null, 'stack'),
  );
  const wide = lists.some((list) => list.dtype === int64);
  return lists.map((list) => (wide ? cast(list, int64) : list)) as [Tensor, Tensor, Tensor];
}
