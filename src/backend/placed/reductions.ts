/** Reductions of float32 values over any dimensions. */

import { float32 } from '../../core/dtype.ts';
import { sizeOf } from '../value.ts';
import { type FoldName, generatedKernels } from '../wasm/generated.ts';
import { behind, type Home } from './place.ts';
import {
  type Call,
  type Command,
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
  const stages = stagesOf(x!.shape, axes!.constant.data as ArrayLike<number>);
  return staged(stages, fold, mean ? sizeOf(x!.shape) / sizeOf(y!.shape) : 1);
}

/** A reduction over `axes`, one after the other if other dimensions lie between them; the last comes first. */
function stagesOf(shape: readonly number[], axes: ArrayLike<number>): Blocks[] {
  const rank = shape.length;
  const reduced = new Set(Array.from(axes, (axis) => (axis < 0 ? axis + rank : axis)));
  const groups: { size: number; readonly isReduced: boolean }[] = [];
  shape.forEach((size, d) => {
    const isReduced = reduced.has(d);
    const last = groups.at(-1);
    if (last?.isReduced === isReduced) last.size *= size;
    else if (size !== 1) groups.push({ size, isReduced });
  });
  const product = (part: typeof groups) => part.reduce((total, { size }) => total * size, 1);
  const stages: Blocks[] = [];
  for (let at = groups.length - 1; at >= 0; at--) {
    if (!groups[at]!.isReduced) continue;
    const [outer, inner] = [groups.slice(0, at), groups.slice(at + 1)].map(product);
    stages.push({ outer: outer!, count: groups[at]!.size, inner: inner! });
    groups.splice(at, 1);
  }
  return stages;
}

const blockwise = (blocks: Blocks, fold: FoldName, divisor: number): Translation | null =>
  staged([blocks], fold, divisor);

const FLOAT = 4;

/** Reduces stage by stage, and divides in the last. */
function staged(stages: readonly Blocks[], fold: FoldName, divisor: number): Translation | null {
  const kernels = generatedKernels();
  if (!kernels || stages.length === 0) return null;
  const between = stages.slice(0, -1).map(({ outer, inner }) => FLOAT * outer * inner);
  const scratch = between.reduce((sum, bytes) => sum + bytes, 0);
  const [rows, columns] = [kernels[`${fold}Rows`], kernels[`${fold}Columns`]];
  const one = ({ outer, count, inner }: Blocks, from: Home, to: Home, by: number): Command =>
    inner === 1
      ? () => rows(to.at, from.at, outer, count, by)
      : () => columns(to.at, from.at, outer, count, inner, by);
  const emit: Call['emit'] = ([x], [y], _heap, work) => {
    let from = x!.home;
    const commands = stages.map((stage, i) => {
      const isLast = i === stages.length - 1;
      const offset = between.slice(0, i).reduce((sum, bytes) => sum + bytes, 0);
      const to = isLast ? y!.home : behind(work, offset);
      const command = one(stage, from, to, isLast ? divisor : 1);
      from = to;
      return command;
    });
    if (commands.length === 1) return commands[0]!;
    return () => {
      for (let i = 0; i < commands.length; i++) commands[i]!();
    };
  };
  return { role: 'call', reads: [0], writes: [], scratch, emit };
}
