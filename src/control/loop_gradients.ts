/** What one call of `tf.gradients` does for the loops that it goes back through. */

import { isFullyDefined } from '../core/dims.ts';
import { colocateWith, controlDependencies } from '../core/mode.ts';
import type { Tensor } from '../core/tensor.ts';
import { isTrainable } from '../gradients/backprop.ts';
import {
  type LoopGradients,
  type PendingCounts,
  type ReadyExits,
  registerControlGradients,
} from '../gradients/control.ts';
import { isExit, isSwitch, outputContext, whileContextOf } from '../graph/control_context.ts';
import type { Operation } from '../graph/operation.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { constant } from '../ops/constant.ts';
import { zeros, zeros_like } from '../ops/fill.ts';
import { identity } from '../ops/shape.ts';
import { CondContext, type Side } from './cond_context.ts';
import { type Context, withinContext } from './context.ts';
import { findLoops } from './found_loops.ts';
import { GradientLoop } from './gradient_loop.ts';
import { gradientType, nextIteration, sizesOf, switched, switchOf } from './nodes.ts';
import type { WhileContext } from './while_context.ts';

/** The loop that `operation` is in. */
function loopOf(operation: Operation): WhileContext | null {
  return whileContextOf(operation._controlFlow) as WhileContext | null;
}

/** Whether `operation` is the switch of a loop, not that of a condition in it. */
function isLoopSwitch(operation: Operation): boolean {
  return (
    isSwitch(operation) && operation._controlFlow?.isWhile === true && !isCondSwitch(operation)
  );
}

/** Whether all that reads a switch is in branches. */
function isCondSwitch({ outputs }: Operation): boolean {
  return outputs.every((output) =>
    output._consumers.every((consumer) => {
      const context = consumer._controlFlow;
      const home = consumer.declaration.control === 'enter' ? context?.outer : context;
      return home?.isCond === true;
    }),
  );
}

/** The loops of one call, by the forward loop. */
class Loops implements LoopGradients {
  private readonly loops = new Map<WhileContext, GradientLoop>();

  /** Starts going back through the loop that has `exit`, unless that was done. */
  add(exit: Operation): readonly SymbolicTensor[] {
    const forward = loopOf(exit)!;
    if (this.loops.has(forward)) return [];
    const outerLoop = whileContextOf(forward.outer) as WhileContext | null;
    const outer = (outerLoop && this.loops.get(outerLoop)) ?? null;
    const made = new GradientLoop(forward, outer);
    this.loops.set(forward, made);
    return made.forwardExits;
  }

  private of(operation: Operation, before: boolean): GradientLoop | null {
    let loop = loopOf(operation);
    if (before && isExit(operation))
      loop = whileContextOf(loop?.outer ?? null) as WhileContext | null;
    return (loop && this.loops.get(loop)) ?? null;
  }

  within<R>(operation: Operation, before: boolean, body: () => R): R {
    const loop = this.of(operation, before);
    return loop ? loop.gradientContext.within(body) : body();
  }

  unused(pending: PendingCounts, targets: ReadonlySet<Operation>): SymbolicTensor[] {
    const found: SymbolicTensor[] = [];
    for (const loop of this.loops.values()) {
      for (const exit of loop.forwardExits) {
        if (pending.get(exit.op) !== 0) continue;
        loop.pendingExits--;
        if (!targets.has(exit.op)) loop.unusedExits.push(exit);
        if (loop.pendingExits === 0) found.push(...loop.unusedExits);
      }
      for (const enter of loop.forwardContext.loopEnters) {
        if (pending.get(enter.op) === 0) pending.add(enter.op, 1);
      }
    }
    return found;
  }

  exitReady(exit: SymbolicTensor, hasGradient: (exit: SymbolicTensor) => boolean): ReadyExits {
    const loop = this.of(exit.op, false)!;
    loop.deferredExits.push(exit);
    loop.pendingExits--;
    if (loop.pendingExits > 0) return { exits: [], zeros: [] };
    const used = loop.deferredExits.filter(hasGradient);
    loop.unusedExits.push(...loop.deferredExits.filter((deferred) => !hasGradient(deferred)));
    const zeros = used.length > 0 ? loop.unusedExits.filter(isTrainable) : [];
    return { exits: [...used, ...loop.unusedExits], zeros };
  }

  zerosOfExit(exit: SymbolicTensor): Tensor {
    const around = exit.op._controlFlow!.outer as Context | null;
    const outerLoop = whileContextOf(around) as WhileContext | null;
    const outer = (outerLoop && this.loops.get(outerLoop)) ?? null;
    if (outer === null) {
      return exit.shape.is_fully_defined() ? zeros(exit.shape, exit.dtype) : zeros_like(exit);
    }
    if (exit.shape.is_fully_defined()) {
      return outer.gradientContext.within(() => zeros(exit.shape, exit.dtype));
    }
    const sizes = withinContext(around, () => sizesOf(exit));
    const history = outer.keep(sizes);
    return outer.gradientContext.within(() => zeros(outer.recall(history, sizes), exit.dtype));
  }

  zeros(operation: Operation, index: number): Tensor | null {
    if (isLoopSwitch(operation)) return null;
    const forward = loopOf(operation);
    const loop = forward && this.loops.get(forward);
    if (!loop) return zerosOutside(operation, index);
    const value = operation.outputs[index]!;
    const branch = isSwitch(operation) ? (operation._controlFlow as CondContext) : null;
    const { dtype, dims } = gradientType(value);
    if (!dtype.is_numpy_compatible) return null;
    if (isFullyDefined(dims)) {
      const zero = constant(0, dtype, dims);
      if (!branch) return zero;
      return switched(zero, loop.realPred(branch.pred))[otherSide(branch)];
    }
    const sizes = branch ? sizesOfDead(operation, branch) : sizesInside(value);
    loop.gradientContext.exit();
    const history = loop.keep(sizes, branch !== null);
    loop.gradientContext.enter();
    return zeros(loop.recall(history, sizes, branch !== null), dtype);
  }

  finish(): void {
    for (const loop of this.loops.values()) {
      for (const merge of loop.merges.values()) {
        const [first, second] = merge.op.inputs;
        if (first === second) closeWithZeros(loop, merge);
      }
    }
  }
}

/** The other side than that of a branch. */
function otherSide({ branch }: CondContext): Side {
  return branch === 0 ? 1 : 0;
}

/** The sizes of `value`, computed where it is. */
function sizesInside(value: SymbolicTensor): SymbolicTensor {
  return withinContext(outputContext(value.op) as Context | null, () => sizesOf(value));
}

/** The sizes of what a switch sends to the side that its branch is not on. */
function sizesOfDead(operation: Operation, branch: CondContext): SymbolicTensor {
  const sizes = withinContext(branch.outer, () => {
    const dead = switched(operation.inputs[0]!, branch.pred)[otherSide(branch)];
    const made = sizesOf(dead);
    dead.op._controlFlow = branch;
    return made;
  });
  sizes.op._controlFlow = branch;
  return sizes;
}

/** The gradient of a loop variable whose next value does not depend on it: zeros, but for the last iteration. */
function closeWithZeros(loop: GradientLoop, merge: SymbolicTensor): void {
  const [entered] = merge.op.inputs as readonly [SymbolicTensor];
  const { dtype, shape } = entered;
  const context = loop.gradientContext;
  const next = shape.is_fully_defined()
    ? context.within(() => nextIteration(constant(0, dtype, shape)))
    : zerosAround(context, entered);
  merge.op._updateInput(1, next);
}

function zerosAround(context: WhileContext, entered: SymbolicTensor): SymbolicTensor {
  const outside = entered.op.inputs[0]!;
  const zero = withinContext(context.outer, () => zeros(sizesOf(outside), entered.dtype));
  return context.within(() => nextIteration(zero));
}

/** Zeros outside of loops: for a condition's switch, where the other branch was taken. */
function zerosOutside(operation: Operation, index: number): Tensor | null {
  const value = operation.outputs[index]!;
  const { dtype } = gradientType(value);
  if (!dtype.is_numpy_compatible) return null;
  const branch = operation._controlFlow;
  if (!isSwitch(operation) || !(branch instanceof CondContext)) return zeros_like(value);
  const dead = switchOf(operation.inputs[0]!, branch.pred)[otherSide(branch)];
  const sizes = sizesOf(dead);
  const pivot = identity(dead);
  return controlDependencies([pivot], () => zeros(sizes, dtype));
}

registerControlGradients({
  loops: (between, colocate) => {
    let loops: Loops | null = null;
    for (const operation of between) {
      if (!isExit(operation)) continue;
      if (operation._controlFlow === null) findLoops(operation.graph);
      loops ??= new Loops();
      const all = loops;
      const add = (): readonly SymbolicTensor[] => all.add(operation);
      const exits = colocate ? colocateWith(operation.outputs[0]!, add) : add();
      for (const exit of exits) between.add(exit.op);
    }
    return loops;
  },
  zeros: zerosOutside,
  isLoopSwitch,
});
