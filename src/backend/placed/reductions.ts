/** Reductions over neighbouring dimensions of float32 values. */

import { float32 } from '../../core/dtype.ts';
import { sizeOf } from '../value.ts';
import { type FoldName, generatedKernels } from '../wasm/generated.ts';
import {
  type Command,
  type Place,
  type PlacedNode,
  placed,
  type Translation,
  takesEmpty,
} from './registry.ts';

/** A value as `outer` blocks of `count` rows of `inner` numbers, of which the rows are reduced. */
interface Blocks {
  readonly outer: number;
  readonly count: number;
  readonly inner: number;
}

for (const [type, fold] of [
  ['Sum', 'sum'],
  ['Mean', 'sum'],
  ['Max', 'max'],
  ['Min', 'min'],
] as const) {
  placed(type, (node) => reduction(node, fold, type === 'Mean'));
  // There may be no axes.
  takesEmpty(type);
}

// Half the sum of squares.
placed('L2Loss', ({ inputs: [x] }) => {
  if (x!.dtype !== float32) return null;
  return blockwise({ outer: 1, count: sizeOf(x!.shape), inner: 1 }, 'sumOfSquares', 2);
});

// The gradient of a bias in NHWC order is the sum over all dimensions but the last.
placed('BiasAddGrad', ({ attrs, inputs: [x] }) => {
  if (attrs.data_format === 'NCHW' || x!.dtype !== float32) return null;
  const inner = x!.shape.at(-1)!;
  return blockwise({ outer: 1, count: sizeOf(x!.shape) / inner, inner }, 'sum', 1);
});

function reduction({ inputs: [x, axes], outputs: [y] }: PlacedNode, fold: FoldName, mean: boolean) {
  if (x!.dtype !== float32 || !axes!.constant) return null;
  if (sizeOf(x!.shape) === sizeOf(y!.shape)) return { role: 'alias', input: 0 } as const;
  const blocks = blocksOf(x!.shape, axes!.constant.data as ArrayLike<number>);
  return blocks && blockwise(blocks, fold, mean ? blocks.count : 1);
}

/** The blocks of a reduction over `axes`; `null` if other dimensions lie between them. */
function blocksOf(shape: readonly number[], axes: ArrayLike<number>): Blocks | null {
  const rank = shape.length;
  const reduced = new Set(Array.from(axes, (axis) => (axis < 0 ? axis + rank : axis)));
  const matters = shape.map((size, d) => [size, reduced.has(d)] as const).filter(([n]) => n !== 1);
  const first = matters.findIndex(([, isReduced]) => isReduced);
  const last = matters.findLastIndex(([, isReduced]) => isReduced);
  if (first < 0 || matters.slice(first, last + 1).some(([, isReduced]) => !isReduced)) return null;
  const product = (part: typeof matters) => part.reduce((total, [size]) => total * size, 1);
  return {
    outer: product(matters.slice(0, first)),
    count: product(matters.slice(first, last + 1)),
    inner: product(matters.slice(last + 1)),
  };
}

function blockwise(blocks: Blocks, fold: FoldName, divisor: number): Translation | null {
  const kernels = generatedKernels();
  if (!kernels) return null;
  const { outer, count, inner } = blocks;
  const emit = ([x]: readonly Place[], [y]: readonly Place[]): Command => {
    const [from, to] = [x!.home, y!.home];
    const rows = kernels[`${fold}Rows`];
    if (inner === 1) return () => rows(to.at, from.at, outer, count, divisor);
    const columns = kernels[`${fold}Columns`];
    return () => columns(to.at, from.at, outer, count, inner, divisor);
  };
  return { role: 'call', reads: [0], writes: [], emit };
}
