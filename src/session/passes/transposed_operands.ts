/**
 * Transposed operands: a matrix product reads any strides, so a transpose before it is only another way
 * to read; and a transpose of a transpose is one transpose, or none.
 */

import type { Described, PlacedNode } from '../../backend/placed/index.ts';
import { int32 } from '../../core/dtype.ts';
import type { Placed, Source } from '../specialised/source.ts';
import type { Operands, Rewritten } from './rewriting.ts';

/** A value, and in which order its axes are to be read. */
interface Transposed {
  readonly x: Placed;
  readonly axes: readonly number[];
}

/** The attributes of products that say how an operand is read. */
const FLAGS: Readonly<Record<string, readonly [string, string]>> = {
  MatMul: ['transpose_a', 'transpose_b'],
  BatchMatMul: ['adj_x', 'adj_y'],
  BatchMatMulV2: ['adj_x', 'adj_y'],
};

/** The transposes of one straight line so far. */
export class Transposes {
  private readonly made = new Map<Source, Transposed & { readonly shape: readonly number[] }>();

  /** Says that `output` is `x`, transposed by `node`. */
  note(node: PlacedNode, x: Placed, { source, shape }: Placed): void {
    const axes = axesOf(node);
    if (axes) this.made.set(source, { x, axes, shape });
  }

  /** `node` without the transposes before it; `null` where there are none that can go. */
  rewrite(node: PlacedNode, operands: Operands): Rewritten | null {
    if (node.type === 'Transpose') return this.chain(node, operands);
    const flags = FLAGS[node.type];
    if (!flags) return null;
    const attrs: Record<string, unknown> = { ...node.attrs };
    const inputs = [...node.inputs];
    const replaced = new Map<number, Placed>();
    flags.forEach((flag, i) => {
      const transposed = this.behind(operands(i));
      if (!transposed || !swapsLastTwo(transposed.axes)) return;
      attrs[flag] = !attrs[flag];
      inputs[i] = transposed.x;
      replaced.set(i, transposed.x);
    });
    return replaced.size === 0 ? null : { node: { ...node, attrs, inputs }, operands: replaced };
  }

  private chain(node: PlacedNode, operands: Operands): Rewritten | null {
    const before = this.behind(operands(0));
    const axes = axesOf(node);
    if (!before || !axes) return null;
    const together = axes.map((axis) => before.axes[axis]!);
    const data = Int32Array.from(together);
    const constant = { dtype: int32, shape: [data.length], data };
    const perm: Described = { dtype: int32, shape: constant.shape, constant };
    return {
      node: { ...node, inputs: [before.x, perm] },
      operands: new Map([[0, before.x]]),
    };
  }

  /** The transpose that made `value`, if it is read in the shape that it was given. */
  private behind(value: Placed | null): Transposed | undefined {
    const found = value ? this.made.get(value.source) : undefined;
    return found?.shape.join() === value?.shape.join() ? found : undefined;
  }
}

function axesOf({ inputs: [x, perm] }: PlacedNode): number[] | null {
  const data = perm!.constant?.data as ArrayLike<number> | undefined;
  if (!data) return null;
  return Array.from(data, (axis) => (axis < 0 ? axis + x!.shape.length : axis));
}

function swapsLastTwo(axes: readonly number[]): boolean {
  const rank = axes.length;
  return axes.every((axis, i) => axis === (i < rank - 2 ? i : 2 * rank - 3 - i));
}
