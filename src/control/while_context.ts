/** A loop: what it reads from outside enters its frame once, and operations that read nothing of the loop wait for its pivot. */

import { ValueError } from '../core/errors.ts';
import { controlDependencies } from '../core/mode.ts';
import {
  type ControlFlowContext,
  isEnter,
  isExit,
  outputContext,
  whileContextOf,
} from '../graph/control_context.ts';
import type { Graph } from '../graph/graph.ts';
import type { Operation } from '../graph/operation.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { identity } from '../ops/shape.ts';
import { Context } from './context.ts';
import type { GradientLoop } from './gradient_loop.ts';
import { type Entry, entered } from './nodes.ts';

/** What a loop is made with. */
export interface LoopSettings {
  readonly maximumIterations?: SymbolicTensor | null;
  readonly parallelIterations: number;
  readonly backProp: boolean;
  readonly swapMemory: boolean;
}

/** Ops that say little of much: for a gradient they run in the forward loop, so that less is kept. */
const REDUCING = new Set(['Shape', 'Size', 'Rank']);

/** Whether `operation` enters a value that is the same in all iterations. */
export function isInvariant(operation: Operation): boolean {
  return isEnter(operation) && operation.attrs.is_constant === true;
}

/** One loop. */
export class WhileContext extends Context {
  readonly isCond = false;
  readonly isWhile = true;
  readonly settings: LoopSettings;
  /** For the loop of a gradient: how it gets at values of the loop it goes back through. */
  gradientLoop: GradientLoop | null = null;
  /** Whether the loop goes on. */
  pivot: SymbolicTensor | null = null;
  pivotForPred: SymbolicTensor | null = null;
  pivotForBody: SymbolicTensor | null = null;
  loopEnters: SymbolicTensor[] = [];
  loopExits: SymbolicTensor[] = [];

  /** `name` is that of a loop from a meta graph. */
  constructor(graph: Graph, settings: LoopSettings, name: string | null = null) {
    const { parallelIterations } = settings;
    if (!Number.isInteger(parallelIterations) || parallelIterations <= 0) {
      throw new ValueError(
        `\`parallel_iterations\` must be a positive integer: ${parallelIterations}`,
      );
    }
    super(graph, name ?? 'while_context', name !== null);
    this.settings = settings;
  }

  override get forward(): ControlFlowContext | null {
    return this.gradientLoop?.forwardContext ?? null;
  }

  get controlPivot(): SymbolicTensor | null {
    return this.pivotForBody ?? this.pivotForPred;
  }

  /** How a value enters this loop. */
  entry(constant: boolean, name?: string): Entry {
    const { parallelIterations } = this.settings;
    const entry = { frame: this.name, constant, parallel: parallelIterations };
    return name === undefined ? entry : { ...entry, name };
  }

  addValue(tensor: SymbolicTensor): SymbolicTensor {
    if (this.values.has(tensor) || tensor.op._controlFlow === this) {
      return this.externals.get(tensor) ?? tensor;
    }
    this.values.add(tensor);
    const kept = this.fromForward(tensor);
    if (kept !== null) {
      this.externals.set(tensor, kept);
      return kept;
    }
    const outside = this.outer?.addValue(tensor) ?? tensor;
    const enter = controlDependencies(null, () => {
      const inside = entered(outside, this.entry(true));
      this.graph.prevent_feeding(inside);
      this.outer?.addInnerOp(inside.op);
      return inside;
    });
    this.adoptEnters([enter]);
    this.values.add(enter);
    this.externals.set(tensor, enter);
    return enter;
  }

  /** In a gradient: the value that `tensor` had in the iteration of the forward loop that is being gone back through. */
  private fromForward(tensor: SymbolicTensor): SymbolicTensor | null {
    const building = currentLoop(this.graph);
    if (building === null || building.gradientLoop === null) return null;
    let loop = whileContextOf(tensor.op._controlFlow);
    if (isExit(tensor.op)) loop = whileContextOf(loop?.outer ?? null);
    if (loop !== building.gradientLoop.forwardContext) return null;
    return building.gradientLoop.realValue(tensor);
  }

  addOp(operation: Operation): void {
    const home = this.forwardHome(operation);
    if (home === null) return this.takeIn(operation);
    operation._controlFlow = home;
    home.takeIn(operation);
  }

  /** Where in the forward loop an operation of the gradient belongs that says little of a large value. */
  private forwardHome(operation: Operation): Context | null {
    if (!REDUCING.has(operation.type)) return null;
    const input = operation.inputs[0]!.op;
    const forward = currentLoop(this.graph)?.gradientLoop?.forwardContext;
    if (!forward || whileContextOf(input._controlFlow) !== forward) return null;
    return input._controlFlow as Context;
  }

  takeIn(operation: Operation): void {
    if (operation.type.endsWith('PartitionedCall')) {
      operation._addControlInputs([this.controlPivot!.op]);
    }
    if (operation.inputs.length > 0) this.redirectInputs(operation);
    const { kept, dropped } = this.dropExternalControl(operation);
    const isFree =
      operation.inputs.length === 0
        ? kept.length === 0
        : operation.control_inputs.length === 0 &&
          operation.inputs.every((input) => isInvariant(input.op));
    if (isFree) operation._addControlInputs([this.controlPivot!.op]);
    for (const output of operation.outputs) this.values.add(output);
    this.waitForOutside(operation, dropped);
    if (this.outer !== null || !isExit(operation)) {
      this.graph.prevent_fetching(operation);
      for (const output of operation.outputs) this.graph.prevent_feeding(output);
    }
    this.outer?.addInnerOp(operation);
  }

  /** A control dependency from outside comes in as a value, for frames do not wait for each other. */
  private waitForOutside(operation: Operation, outside: readonly Operation[]): void {
    if (outside.length === 0) return;
    const inside = controlDependencies(null, () =>
      this.within(() =>
        outside
          .filter((input) => input.outputs.length > 0)
          .map((input) => (identity(input.outputs[0]!) as SymbolicTensor).op),
      ),
    );
    operation._addControlInputs(inside);
  }

  /** Takes in the operations that enter the loop, with the control inputs that hold around it. */
  adoptEnters(enters: readonly SymbolicTensor[]): void {
    for (const { op } of enters) {
      const controls = this.graph._controlInputsFor(op.inputs[0]!.op);
      op._controlFlow = this;
      op._addControlInputs(controls.filter((control) => this.keepsOutside(control)));
      this.graph._recordDependent(op);
    }
  }

  /** Whether a control input is in a context around this loop, and in the same frame as its entrance. */
  private keepsOutside(control: Operation): boolean {
    const wanted = outputContext(control);
    const limit = whileContextOf(this.outer);
    for (let at: Context | null = this.outer; at !== wanted; at = at.outer) {
      if (at === null || at === limit) return false;
    }
    return true;
  }
}

/** The innermost loop that is being built. */
export function currentLoop(graph: Graph): WhileContext | null {
  return whileContextOf(graph._controlFlow) as WhileContext | null;
}
