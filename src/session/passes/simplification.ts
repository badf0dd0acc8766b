/**
 * Arithmetic simplification: element-wise operations that change nothing, or undo each other, become an
 * alias of what they are given, and costly ones cheaper ones. Only rules that keep every bit: no
 * `x + 0`, which turns -0 into 0, and no `x * 0`, which hides NaN.
 */

import type { Described, PlacedNode } from '../../backend/placed/index.ts';
import { sizeOf } from '../../backend/value.ts';
import type { Placed, Source } from '../specialised/source.ts';
import type { Operands } from './rewriting.ts';

/** The same numbers, computed by `op` of `args`; those of its only argument where there is no `op`. */
export interface Simpler {
  readonly op: string | null;
  readonly args: readonly Placed[];
}

/** An element-wise operation that was done. */
interface Done {
  readonly op: string;
  readonly args: readonly Placed[];
  readonly shape: string;
}

/** Operations that, done twice, are not done at all. */
const INVOLUTIONS = new Set(['Neg', 'LogicalNot']);
/** Operations that, done twice, are done once. */
const IDEMPOTENT = new Set(['Abs', 'Relu', 'Relu6', 'Floor', 'Ceil', 'Rint', 'Round', 'Sign']);
/** Operations that do not see the sign of what they are given. */
const EVEN = new Set(['Abs', 'Square']);
const SUMS: Readonly<Record<string, string>> = { Add: 'Sub', AddV2: 'Sub', Sub: 'Add' };

/** The operations of one straight line so far, and what is simpler than the next. */
export class Simplification {
  private readonly done = new Map<Source, Done>();

  /** Says that `output` is `op` of `args`, element by element. */
  note(op: string, args: readonly Placed[], { source, shape }: Placed): void {
    this.done.set(source, { op, args, shape: shape.join() });
  }

  /** What gives the numbers of `node` for less; `null` if nothing is known that does. */
  simplify(node: PlacedNode, operands: Operands): Simpler | null {
    const { type, inputs } = node;
    if (inputs.length === 1) return this.unary(type, operands(0));
    if (inputs.length !== 2) return null;
    return constantOperand(node, operands) ?? this.signs(type, operands);
  }

  private unary(type: string, x: Placed | null): Simpler | null {
    const before = this.behind(x);
    if (!x || !before) return null;
    if (before.op === type && INVOLUTIONS.has(type)) return { op: null, args: before.args };
    if (before.op === type && IDEMPOTENT.has(type)) return { op: null, args: [x] };
    return before.op === 'Neg' && EVEN.has(type) ? { op: type, args: before.args } : null;
  }

  /** A sum with a negated number is a difference, and the other way round. */
  private signs(type: string, operands: Operands): Simpler | null {
    const opposite = SUMS[type];
    if (!opposite) return null;
    const [x, y] = [operands(0), operands(1)];
    const before = this.behind(y);
    if (!x || before?.op !== 'Neg') return null;
    return { op: opposite, args: [x, before.args[0]!] };
  }

  /** The operation that made `value`, if it is read in the shape that it was made in. */
  private behind(value: Placed | null): Done | undefined {
    const found = value ? this.done.get(value.source) : undefined;
    return found?.shape === value?.shape.join() ? found : undefined;
  }
}

/** What an operation with one number that is known comes to. */
function constantOperand(
  { type, inputs: [x, y], outputs: [z] }: PlacedNode,
  operands: Operands,
): Simpler | null {
  const [left, right] = [onlyNumber(x!), onlyNumber(y!)];
  const same = (index: number, op: string | null = null): Simpler | null => {
    const kept = operands(index);
    return kept && kept.shape.join() === z!.shape.join() ? { op, args: [kept] } : null;
  };
  if (type === 'Mul' && (left === 1 || right === 1)) return same(left === 1 ? 1 : 0);
  if (type === 'Mul' && (left === -1 || right === -1)) return same(left === -1 ? 1 : 0, 'Neg');
  if ((type === 'Div' || type === 'RealDiv') && right === 1) return same(0);
  if (type === 'Sub' && Object.is(right, 0)) return same(0);
  if ((type === 'Add' || type === 'AddV2') && Object.is(right, -0)) return same(0);
  if (type === 'Pow' && right === 1) return same(0);
  return type === 'Pow' && right === 2 ? same(0, 'Square') : null;
}

/** The number that all elements are; `undefined` if they are not known, or differ. */
function onlyNumber({ constant, shape }: Described): number | undefined {
  return constant && sizeOf(shape) === 1 ? Number(constant.data[0]) : undefined;
}
