/** Loop variables that gradients add: counters of iterations, and sums over them. */

import { int32 } from '../core/dtype.ts';
import { IndexedSlices } from '../core/indexed_slices.ts';
import type { Tensor } from '../core/tensor.ts';
import type { Operation } from '../graph/operation.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { add, maximum, subtract } from '../ops/arithmetic.ts';
import { cast } from '../ops/cast.ts';
import { greater_equal } from '../ops/compare.ts';
import { constant } from '../ops/constant.ts';
import { LoopCond } from '../ops/control_nodes.ts';
import { zeros, zeros_like } from '../ops/fill.ts';
import { concat } from '../ops/join.ts';
import { withinContext } from './context.ts';
import type { GradientLoop } from './gradient_loop.ts';
import { entered, exited, merged, nextIteration, sizesOf, switchOf } from './nodes.ts';
import type { WhileContext } from './while_context.ts';

/** A loop variable that is added to a loop: from its value in an iteration, that in the next. */
interface Circulation {
  readonly initial: SymbolicTensor;
  readonly name: string;
  readonly mergeName?: string;
  readonly keepsShape?: boolean;
  /** Hears of the merge before the loop's condition is needed. */
  readonly onMerge?: (merge: SymbolicTensor) => void;
  readonly next: (value: SymbolicTensor) => Tensor;
}

/** Adds a loop variable; answers what it is at the end, and the NextIteration that carries it on. */
function circulate(
  loop: WhileContext,
  { initial, name, mergeName = 'Merge', keepsShape = true, onMerge, next }: Circulation,
): { exit: SymbolicTensor; carried: SymbolicTensor } {
  loop.values.add(initial);
  const enter = entered(initial, { ...loop.entry(false, name), keepsShape });
  if (!keepsShape && initial.dims !== null) enter.set_shape([null, ...initial.dims.slice(1)]);
  loop.loopEnters.push(enter);
  const merge = merged([enter, enter], mergeName);
  onMerge?.(merge);
  const [ended, going] = switchOf(merge, loop.pivot!);
  const carried = nextIteration(next(going));
  merge.op._updateInput(1, carried);
  const exit = exited(ended, name);
  loop.loopExits.push(exit);
  return { exit, carried };
}

/** Counts the iterations of a forward loop. Called in the context around the loop. */
export function addForwardCounter(
  loop: WhileContext,
  outerGradient: GradientLoop | null,
): { count: SymbolicTensor; index: SymbolicTensor } {
  const zero = constant(0, int32, { name: 'f_count' }) as SymbolicTensor;
  // What an inner loop keeps in one execution comes before what it keeps in the next.
  if (outerGradient) zero.op._addControlInputs([outerGradient.forwardIndex.op.inputs[0]!.op]);
  return loop.within(() => {
    const { exit, carried } = circulate(loop, {
      initial: zero,
      name: 'f_count',
      next: (value) => add(value, 1),
    });
    loop.exitResult([exit]);
    return { count: exit, index: carried };
  });
}

/** Makes the loop of a gradient go on for `count` iterations. Called in the context around it. */
export function addBackpropCounter(
  loop: WhileContext,
  count: SymbolicTensor,
  outerGradient: GradientLoop | null,
): SymbolicTensor {
  const one = constant(1, int32, { name: 'b_count' });
  return loop.within(() => {
    const { exit, carried } = circulate(loop, {
      initial: count,
      name: 'b_count',
      onMerge: (merge) => {
        loop.pivotForPred = merge;
        const goesOn = greater_equal(merge, one);
        loop.pivot = LoopCond({ input: goesOn }, {}, 'b_count') as SymbolicTensor;
      },
      next: (value) => {
        const left = subtract(value, one) as SymbolicTensor;
        loop.pivotForBody = left;
        return left;
      },
    });
    outerGradient?.gradientSync._addControlInputs([exit.op]);
    loop.exitResult([exit]);
    return carried;
  });
}

/**
 * The sum over all iterations of `gradient`, which is that of the loop invariant `enter`. Called in
 * the loop of the gradient, and leaves it for the first value.
 */
export function accumulate(loop: WhileContext, enter: Operation, gradient: Tensor): SymbolicTensor {
  loop.exit();
  const initial = zerosOutside(loop, enter, gradient);
  loop.enter();
  const { exit } = circulate(loop, {
    initial,
    name: 'b_acc',
    mergeName: 'b_acc',
    next: (value) => add(value, gradient),
  });
  loop.exitResult([exit]);
  return exit;
}

/** Zeros of the shape of a loop invariant, around the loop of the gradient. */
function zerosOutside(loop: WhileContext, enter: Operation, gradient: Tensor): SymbolicTensor {
  const { outer } = loop;
  const { dtype } = gradient;
  if (gradient.shape.is_fully_defined()) {
    return withinContext(outer, () =>
      constant(0, dtype, gradient.shape, 'b_acc'),
    ) as SymbolicTensor;
  }
  const value = enter.inputs[0]!;
  const outerGradient = loop.gradientLoop?.outer ?? null;
  if (outerGradient === null || !outer?.isWhile) {
    return withinContext(outer, () => zeros(sizesOf(value), dtype)) as SymbolicTensor;
  }
  const forwardOuter = loop.gradientLoop!.forwardContext.outer;
  const sizes = withinContext(forwardOuter, () => sizesOf(value)) as SymbolicTensor;
  const history = outerGradient.keep(sizes);
  return withinContext(outer, () =>
    zeros(outerGradient.recall(history, sizes), dtype),
  ) as SymbolicTensor;
}

/** The same for gradients of some rows: those of all iterations, one behind the other. */
export function accumulateSlices(
  loop: WhileContext,
  enter: Operation,
  gradient: IndexedSlices,
): IndexedSlices {
  const { values, indices, dense_shape } = gradient;
  loop.exit();
  const firsts = withinContext(loop.outer, () => firstSlices(enter, gradient));
  loop.enter();
  const sum = (initial: Tensor, part: Tensor): SymbolicTensor =>
    circulate(loop, {
      initial: initial as SymbolicTensor,
      name: 'b_acc',
      mergeName: 'b_acc',
      keepsShape: false,
      next: (value) => concat([value, part], 0),
    }).exit;
  const indicesSum = sum(firsts.indices, indices);
  const valuesSum = sum(firsts.values, values);
  const shapeSum =
    dense_shape === null
      ? null
      : circulate(loop, {
          initial: firsts.dense_shape as SymbolicTensor,
          name: 'b_acc',
          mergeName: 'b_acc',
          next: (value) => maximum(dense_shape, value),
        }).exit;
  const exits = [indicesSum, valuesSum, ...(shapeSum ? [shapeSum] : [])];
  loop.exitResult(exits);
  return new IndexedSlices(valuesSum, indicesSum, shapeSum);
}

/** One row of zeros, of the shape and types of `gradient`. */
function firstSlices(
  enter: Operation,
  { values, indices, dense_shape }: IndexedSlices,
): IndexedSlices {
  const value = enter.inputs[0]!;
  const isKnown = values.shape.is_fully_defined();
  const row = isKnown
    ? constant(0, values.dtype, [1, ...(values.dims as number[]).slice(1)], 'b_acc')
    : zeros(concat([constant([1], int32), sizesOf(value).at('1:')], 0), values.dtype);
  const index = constant([0], indices.dtype);
  const size = dense_shape === null ? null : cast(zeros_like(sizesOf(value)), dense_shape.dtype);
  return new IndexedSlices(row, index, size);
}
