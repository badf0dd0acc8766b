/** Ops that move numbers: each is one call per piece of the generated copy of boxes. */

import { float32, int32 } from '../../core/dtype.ts';
import { denseSlice, type SliceMasks } from '../../core/strided_slice.ts';
import type { Heap } from '../heap.ts';
import { sizeOf } from '../value.ts';
import { generatedKernels } from '../wasm/generated.ts';
import type { Command, Described, Place, PlacedNode, Translation } from './registry.ts';

type Shape = readonly number[];

/** A box of elements: from which input to which output, its sizes, and where it lies on both sides. */
interface Piece {
  readonly input: number;
  readonly output: number;
  readonly dims: Shape;
  readonly source: Side;
  readonly target: Side;
}

interface Side {
  readonly offset: number;
  readonly strides: Shape;
}

const LEVELS = 4;
const FLOAT = 4;

function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let d = shape.length - 2; d >= 0; d--) strides[d] = strides[d + 1]! * shape[d + 1]!;
  return strides;
}

const wholeOf = (shape: Shape): Side => ({ offset: 0, strides: stridesOf(shape) });
const numbersOf = (x: Described | undefined): number[] | null =>
  x?.constant ? Array.from(x.constant.data as ArrayLike<number>, Number) : null;
const front = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** One dimension of a walk: its size, and the steps in bytes of the target and of the source. */
type Level = readonly [count: number, to: number, from: number];

/** The dimensions of a piece, those that go on as one joined. */
function levelsOf({ dims, source, target }: Piece): Level[] {
  const levels: Level[] = [];
  dims.forEach((count, d) => {
    if (count === 1) return;
    const [to, from] = [FLOAT * target.strides[d]!, FLOAT * source.strides[d]!];
    const last = levels.at(-1);
    if (last && last[1] === to * count && last[2] === from * count) {
      levels[levels.length - 1] = [last[0] * count, to, from];
    } else levels.push([count, to, from]);
  });
  return levels;
}

/** The sizes and steps of four dimensions, or `null` if it takes more. */
function steps(piece: Piece): number[] | null {
  const levels = levelsOf(piece);
  // The innermost line is the fast one.
  if (levels.length === 0) levels.push([1, FLOAT, FLOAT]);
  while (levels.length < LEVELS) levels.unshift([1, 0, 0]);
  return levels.length > LEVELS ? null : levels.flat();
}

/** The call that copies `pieces`, whose rest is 0 if they do not fill the output. */
function copying(
  node: PlacedNode,
  pieces: readonly Piece[],
  isPartial = false,
): Translation | null {
  const kernels = generatedKernels();
  const plans = pieces
    .filter(({ dims }) => sizeOf(dims) > 0)
    .map((piece) => ({ piece, numbers: steps(piece) }));
  if (kernels === null || plans.some(({ numbers }) => numbers === null)) return null;
  const isWide = (x: Described) => x.dtype === float32 || x.dtype === int32;
  const inputs = [...new Set(pieces.map(({ input }) => input))];
  if (!inputs.every((i) => isWide(node.inputs[i]!)) || !node.outputs.every(isWide)) return null;
  const emit = (from: readonly Place[], to: readonly Place[], heap: Heap): Command => {
    const calls = plans.map(({ piece, numbers }) => {
      const [a, b] = [to[piece.output]!.home, from[piece.input]!.home];
      const [atA, atB] = [FLOAT * piece.target.offset, FLOAT * piece.source.offset];
      const n = numbers as Parameters<typeof kernels.box>;
      return () => kernels.box(a.at + atA, b.at + atB, ...n);
    });
    if (isPartial) {
      const { home, size } = to[0]!;
      calls.unshift(() => {
        heap.numbers.fill(0, home.at / FLOAT, home.at / FLOAT + size);
      });
    }
    if (calls.length === 1) return calls[0]!;
    return () => {
      for (let i = 0; i < calls.length; i++) calls[i]!();
    };
  };
  return { role: 'call', reads: inputs, writes: [], emit };
}

/** One piece, from the first input (or another) to the first output. */
function one(
  node: PlacedNode,
  dims: Shape,
  source: Side,
  target: Side,
  input = 0,
): Translation | null {
  const isPartial = sizeOf(dims) < sizeOf(node.outputs[0]!.shape);
  return copying(node, [{ input, output: 0, dims, source, target }], isPartial);
}

// ---- joining and taking apart ------------------------------------------------------------------

/** Inputs one after the other along an axis, from input number `first` on. */
function joined(node: PlacedNode, axis: number, inputs: readonly number[]): Translation | null {
  const strides = stridesOf(node.outputs[0]!.shape);
  let offset = 0;
  const pieces = inputs.map((input): Piece => {
    const { shape } = node.inputs[input]!;
    const target = { offset, strides };
    offset += shape[axis]! * strides[axis]!;
    return { input, output: 0, dims: shape, source: wholeOf(shape), target };
  });
  return copying(node, pieces);
}

/** Concat (axis first) or ConcatV2 (axis last). */
export function concatenated(node: PlacedNode): Translation | null {
  const last = node.inputs.length - 1;
  const at = node.type === 'ConcatV2' ? last : 0;
  const axis = numbersOf(node.inputs[at])?.[0];
  if (axis === undefined) return null;
  const inputs = node.inputs.map((_, i) => i).filter((i) => i !== at);
  return joined(node, front(axis, node.outputs[0]!.shape.length), inputs);
}

/** The strides of an array without dimension `axis`. */
const without = (strides: Shape, axis: number): number[] => strides.filter((_, d) => d !== axis);

/** Pack: inputs side by side along a new axis. */
export function packed(node: PlacedNode): Translation | null {
  const { shape } = node.outputs[0]!;
  const axis = front(node.attrs.axis as number, shape.length);
  const strides = stridesOf(shape);
  const pieces = node.inputs.map(({ shape: dims }, input): Piece => {
    const target = { offset: input * strides[axis]!, strides: without(strides, axis) };
    return { input, output: 0, dims, source: wholeOf(dims), target };
  });
  return copying(node, pieces);
}

/** Unpack: the opposite of Pack. */
export function unpacked(node: PlacedNode): Translation | null {
  const { shape } = node.inputs[0]!;
  const axis = front(node.attrs.axis as number, shape.length);
  const strides = stridesOf(shape);
  const pieces = node.outputs.map(({ shape: dims }, output): Piece => {
    const source = { offset: output * strides[axis]!, strides: without(strides, axis) };
    return { input: 0, output, dims, source, target: wholeOf(dims) };
  });
  return copying(node, pieces);
}

/** Split and SplitV: the outputs' shapes say where. */
export function split(node: PlacedNode): Translation | null {
  const [input, axisAt] = node.type === 'Split' ? [1, 0] : [0, 2];
  const axis = numbersOf(node.inputs[axisAt])?.[0];
  // Sizes that are not known could be wrong.
  if (axis === undefined || (axisAt === 2 && !node.inputs[1]!.constant)) return null;
  const { shape } = node.inputs[input]!;
  const strides = stridesOf(shape);
  const along = front(axis, shape.length);
  let offset = 0;
  const pieces = node.outputs.map(({ shape: dims }, output): Piece => {
    const source = { offset, strides };
    offset += dims[along]! * strides[along]!;
    return { input, output, dims, source, target: wholeOf(dims) };
  });
  return copying(node, pieces);
}

// ---- slices ------------------------------------------------------------------------------------

const dot = (a: Shape, b: Shape): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

/** Slice at a known place. */
export function sliced(node: PlacedNode): Translation | null {
  const begin = numbersOf(node.inputs[1]);
  if (begin === null || !node.inputs[2]!.constant) return null;
  const dims = node.outputs[0]!.shape;
  const strides = stridesOf(node.inputs[0]!.shape);
  return one(node, dims, { offset: dot(begin, strides), strides }, wholeOf(dims));
}

/** Where a strided slice of an array of `shape` lies in it; `null` where its bounds are not known. */
function cut(shape: Shape, node: PlacedNode): { dims: Shape; side: Side } | null {
  const [begin, end, strides] = node.inputs.slice(1, 4).map(numbersOf);
  if (!begin || !end || !strides) return null;
  const masks = node.attrs as object as SliceMasks;
  const dense = denseSlice(shape, begin, end, strides, masks);
  const steps = stridesOf(shape);
  return {
    dims: dense.sizes as number[],
    side: {
      offset: dot(dense.begin, steps),
      strides: steps.map((step, d) => step * dense.strides[d]!),
    },
  };
}

/** StridedSlice within known bounds. */
export function stridedSlice(node: PlacedNode): Translation | null {
  const found = cut(node.inputs[0]!.shape, node);
  return found && one(node, found.dims, found.side, wholeOf(found.dims));
}

/** StridedSliceGrad: zeros, with the gradient where the slice was. */
export function stridedSliceGradient(node: PlacedNode): Translation | null {
  if (!node.inputs[0]!.constant) return null;
  const found = cut(node.outputs[0]!.shape, node);
  return found && one(node, found.dims, wholeOf(found.dims), found.side, 4);
}

/** Pad with known paddings. */
export function padded(node: PlacedNode): Translation | null {
  const paddings = numbersOf(node.inputs[1]);
  if (paddings === null) return null;
  const { shape } = node.inputs[0]!;
  const strides = stridesOf(node.outputs[0]!.shape);
  const before = shape.map((_, d) => paddings[2 * d]!);
  return one(node, shape, wholeOf(shape), { offset: dot(before, strides), strides });
}

// ---- repetitions -------------------------------------------------------------------------------

/** Tile by known multiples: each dimension is walked once for every time that it is repeated. */
export function tiled(node: PlacedNode): Translation | null {
  const multiples = numbersOf(node.inputs[1]);
  if (multiples === null) return null;
  const { shape } = node.inputs[0]!;
  const [from, to] = [stridesOf(shape), stridesOf(node.outputs[0]!.shape)];
  const dims = shape.flatMap((size, d) => [multiples[d]!, size]);
  const source = { offset: 0, strides: from.flatMap((step) => [0, step]) };
  const target = { offset: 0, strides: to.flatMap((step, d) => [step * shape[d]!, step]) };
  return one(node, dims, source, target);
}

/** BroadcastTo: along dimensions of one element the same number is read again. */
export function broadcast(node: PlacedNode): Translation | null {
  if (!node.inputs[1]!.constant) return null;
  const { shape } = node.inputs[0]!;
  const dims = node.outputs[0]!.shape;
  const steps = stridesOf(shape);
  const missing = dims.length - shape.length;
  const strides = dims.map((_, d) =>
    d < missing || shape[d - missing] === 1 ? 0 : steps[d - missing]!,
  );
  return one(node, dims, { offset: 0, strides }, wholeOf(dims));
}

// ---- orders ------------------------------------------------------------------------------------

/** ReverseV2 along known axes. */
export function reversed(node: PlacedNode): Translation | null {
  const axes = numbersOf(node.inputs[1]);
  if (axes === null) return null;
  const { shape } = node.inputs[0]!;
  const turned = new Set(axes.map((axis) => front(axis, shape.length)));
  const whole = wholeOf(shape);
  const strides = whole.strides.map((step, d) => (turned.has(d) ? -step : step));
  const offset = dot(
    shape.map((size, d) => (turned.has(d) ? size - 1 : 0)),
    whole.strides,
  );
  return one(node, shape, { offset, strides }, whole);
}

/** Transpose: copies of lines where the last dimension stays, turned matrices where it moves. */
export function reordered(node: PlacedNode): Translation | null {
  const order = numbersOf(node.inputs[1]);
  const { shape } = node.inputs[0]!;
  if (order === null || order.some((axis) => axis < 0)) return null;
  const dims = node.outputs[0]!.shape;
  const steps = stridesOf(shape);
  const source = { offset: 0, strides: order.map((axis) => steps[axis]!) };
  const target = wholeOf(dims);
  return (
    turned(node, levelsOf({ input: 0, output: 0, dims, source, target })) ??
    one(node, dims, source, target)
  );
}

/** The transpose as turned matrices; `null` if it is none, or of too many dimensions. */
function turned({ inputs: [x] }: PlacedNode, levels: readonly Level[]): Translation | null {
  const kernels = generatedKernels();
  const down = levels.at(-1);
  const across = levels.find(([, , from]) => from === FLOAT);
  const others = levels.filter((level) => level !== down && level !== across);
  if (!kernels || !down || !across || across === down || others.length > 2) return null;
  if (x!.dtype !== float32 && x!.dtype !== int32) return null;
  while (others.length < 2) others.unshift([1, 0, 0]);
  const numbers = [...others.flat(), down[0], across[0], across[1], down[2]] as const;
  const n = numbers as readonly number[] as Parameters<typeof kernels.transpose>;
  const emit = ([from]: readonly Place[], [to]: readonly Place[]): Command => {
    const [a, b] = [to!.home, from!.home];
    return () => kernels.transpose(a.at, b.at, ...n);
  };
  return { role: 'call', reads: [0], writes: [], emit };
}
