/**
 * The loop that goes back through a forward loop. What the gradient needs of a forward iteration is
 * pushed on a stack there and popped here, in the opposite order; what is the same in all iterations
 * needs no stack.
 */

import { int32 } from '../core/dtype.ts';
import { colocateWith, controlDependencies } from '../core/mode.ts';
import type { Tensor } from '../core/tensor.ts';
import { outputContext } from '../graph/control_context.ts';
import type { Operation } from '../graph/operation.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { constant } from '../ops/constant.ts';
import { ControlTrigger } from '../ops/control_nodes.ts';
import { StackPopV2, StackPushV2, StackV2 } from '../ops/stack.ts';
import { addBackpropCounter, addForwardCounter } from './accumulators.ts';
import { CondContext } from './cond_context.ts';
import { type Context, withinContext } from './context.ts';
import { switched } from './nodes.ts';
import { isInvariant, WhileContext } from './while_context.ts';

/** Ops that pass a loop invariant on. */
const PASSING = new Set(['Switch', 'RefSwitch', 'Identity', 'RefIdentity']);

/** What the gradient of one loop knows of it. */
export class GradientLoop {
  /** The gradient of the loop around, if that is differentiated, too. */
  readonly outer: GradientLoop | null;
  readonly forwardContext: WhileContext;
  readonly gradientContext: WhileContext;
  /** Carries the counter of iterations on, in the forward loop and in this one. */
  readonly forwardIndex: SymbolicTensor;
  readonly gradientIndex: SymbolicTensor;
  /** What stands here for tensors of the forward loop. */
  readonly history = new Map<SymbolicTensor, SymbolicTensor>();
  /** For each switch of the forward loop, the merge that goes back through it. */
  readonly merges = new Map<Operation, SymbolicTensor>();
  /** The exits of the forward loop, those whose results nobody uses, and those that wait for the others. */
  readonly forwardExits: readonly SymbolicTensor[];
  readonly unusedExits: SymbolicTensor[] = [];
  readonly deferredExits: SymbolicTensor[] = [];
  pendingExits: number;
  private forwardTrigger: Operation | null = null;
  private gradientTrigger: Operation | null = null;

  constructor(forward: WhileContext, outer: GradientLoop | null) {
    this.outer = outer;
    this.forwardContext = forward;
    this.forwardExits = [...forward.loopExits];
    this.pendingExits = this.forwardExits.length;
    const around = outer ? outer.forwardContext : forward.outer;
    const { count, index } = withinContext(around, () => addForwardCounter(forward, outer));
    this.forwardIndex = index;
    const make = (): WhileContext => {
      const context = new WhileContext(forward.graph, forward.settings);
      context.gradientLoop = this;
      return context;
    };
    if (outer === null) {
      this.gradientContext = withinContext(around, make);
      this.gradientIndex = withinContext(around, () =>
        addBackpropCounter(this.gradientContext, count, null),
      );
      return;
    }
    outer.forwardContext.values.add(count);
    const history = outer.keep(count);
    this.gradientContext = outer.gradientContext.within(make);
    this.gradientIndex = outer.gradientContext.within(() =>
      addBackpropCounter(this.gradientContext, outer.recall(history, count), outer),
    );
  }

  /** Runs in each forward iteration when all pushes are done, also those of branches that were not taken. */
  get forwardSync(): Operation {
    this.forwardTrigger ??= trigger('f_sync', this.forwardContext, this.forwardIndex);
    return this.forwardTrigger;
  }

  /** The same for the pops of an iteration of the gradient. */
  get gradientSync(): Operation {
    if (this.gradientTrigger === null) {
      this.gradientTrigger = trigger('b_sync', this.gradientContext, this.gradientIndex);
      this.gradientContext.outer?.addInnerOp(this.gradientTrigger);
    }
    return this.gradientTrigger;
  }

  /**
   * Makes the forward loop push `value` in each iteration, and answers the stack. Called outside of
   * the loop of the gradient. `deadBranch` says that the value is that of the branch not taken.
   */
  keep(value: SymbolicTensor, deadBranch = false): SymbolicTensor {
    const { graph } = this.forwardContext;
    const current = graph._controlFlow as Context | null;
    return controlDependencies(null, () => {
      const stack = withinContext(current, () =>
        colocateWith(value, () => {
          const max_size = constant(-1, int32);
          return StackV2({ max_size }, { elem_type: value.dtype.base_dtype }, 'f_acc');
        }),
      ) as SymbolicTensor;
      this.push(this.forwardContext.addValue(stack), value, deadBranch);
      return stack;
    });
  }

  private push(stack: SymbolicTensor, value: SymbolicTensor, deadBranch: boolean): void {
    const { swapMemory } = this.forwardContext.settings;
    const push = (): Operation =>
      (StackPushV2({ handle: stack, elem: value }, { swap_memory: swapMemory }) as SymbolicTensor)
        .op;
    const home = outputContext(value.op) as Context;
    let pushed: Operation;
    if (home === this.forwardContext) {
      pushed = home.within(push);
      this.forwardIndex.op._addControlInputs([pushed]);
    } else {
      if (!(home instanceof CondContext)) {
        throw new TypeError(`value_ctxt is not a CondContext: ${home}`);
      }
      pushed = deadBranch ? withinContext(home.outer, push) : home.within(push);
      if (deadBranch) pushed._controlFlow = home;
      this.forwardSync._addControlInputs([pushed]);
    }
    pushed._addControlInputs([this.forwardIndex.op.inputs[0]!.op]);
  }

  /** What `keep` kept of `value`, for the iteration that is being gone back through. */
  recall(history: SymbolicTensor, value: SymbolicTensor, deadBranch = false): SymbolicTensor {
    const condition = conditionAround(value, history);
    const popped = controlDependencies(null, () =>
      this.gradientContext.within(() => {
        const stack = condition ? this.guarded(history, condition, deadBranch) : history;
        const elem_type = value.dtype.base_dtype;
        const elem = StackPopV2({ handle: stack }, { elem_type }) as SymbolicTensor;
        elem.set_shape(value.shape);
        return elem;
      }),
    );
    if (this.gradientContext.settings.parallelIterations > 1) {
      this.gradientSync._addControlInputs([popped.op]);
    }
    return popped;
  }

  /** A stack that is there only where the branch was taken in which values were pushed. */
  private guarded(stack: SymbolicTensor, condition: CondContext, dead: boolean): SymbolicTensor {
    let pred: SymbolicTensor | undefined;
    for (let at: GradientLoop | null = this; at !== null && !pred; at = at.outer) {
      pred = at.history.get(condition.pred);
    }
    const side = dead ? 1 - condition.branch : condition.branch;
    return switched(stack, pred ?? condition.pred)[side as 0 | 1];
  }

  /** What stands for `value`, a tensor of the forward loop. Called in the loop of the gradient. */
  realValue(value: SymbolicTensor): SymbolicTensor {
    const known = this.history.get(value);
    if (known) return known;
    const real = this.find(value);
    this.history.set(value, real);
    return real;
  }

  private find(value: SymbolicTensor): SymbolicTensor {
    let current = value;
    let at: GradientLoop = this;
    for (let enter = invariantOf(current); enter; enter = invariantOf(current)) {
      current = enter.inputs[0]!;
      // Outside of all loops of this gradient, it only has to enter this one.
      if (at.outer === null) return this.gradientContext.addValue(current);
      at = at.outer;
    }
    if (current.op.type === 'Const') {
      return constant(current.constant!, current.dtype) as SymbolicTensor;
    }
    this.gradientContext.exit();
    const history = at.keep(current);
    this.gradientContext.enter();
    const recalled = at.recall(history, current);
    return at === this ? recalled : this.gradientContext.addValue(recalled);
  }

  /** The value of a condition's predicate in the iteration that is being gone back through. */
  realPred(pred: SymbolicTensor): SymbolicTensor {
    const known = this.history.get(pred);
    if (known) return known;
    this.gradientContext.exit();
    const history = this.keep(pred);
    this.gradientContext.enter();
    const real = this.recall(history, pred);
    this.history.set(pred, real);
    return real;
  }
}

function trigger(name: string, context: WhileContext, index: Tensor): Operation {
  const made = controlDependencies(null, () => ControlTrigger({}, {}, name)) as Operation;
  made._controlFlow = context;
  (index.op as Operation)._addControlInputs([made]);
  return made;
}

/** The innermost condition around `value` that is not around its stack. */
function conditionAround(value: SymbolicTensor, stack: SymbolicTensor): CondContext | null {
  const limit = stack.op._controlFlow;
  for (let at = value.op._controlFlow; at !== null && at !== limit; at = at.outer) {
    if (at instanceof CondContext) return at;
  }
  return null;
}

/** The operation that a loop invariant enters by, if `value` is one. */
function invariantOf(value: SymbolicTensor): Operation | null {
  let { op } = value;
  while (PASSING.has(op.type)) op = op.inputs[0]!.op;
  return isInvariant(op) ? op : null;
}
