/** Turns operations into steps: slots for their values, guards for branches that may not be taken, lifetimes. */

import type { BackendValue } from '../backend/value.ts';
import { Operation } from '../graph/operation.ts';
import { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { type Frame, type FrameNode, roleOf } from './frames.ts';
import { type LoopPlan, loopKernel } from './loops.ts';
import type { PlanParts, Step } from './plan.ts';

type Draft = Omit<Step, 'frees'>;

/** Numbers the values of a run or of a loop. */
export class Slots {
  count = 0;
  private readonly numbers = new Map<unknown, number>();
  private readonly done: ReadonlySet<Operation>;

  constructor(done: ReadonlySet<Operation>) {
    this.done = done;
  }

  /** The slot of a tensor, or of another key. */
  of(element: unknown): number {
    const key = element instanceof SymbolicTensor ? referred(element, this.done) : element;
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, this.count);
    return this.count++;
  }

  /** Lets an element share a slot that is there. */
  share(element: unknown, slot: number): void {
    this.numbers.set(element, slot);
  }
}

/** Where the reference that an operation passed on comes from, if the operation is `done`. */
export function referred(tensor: SymbolicTensor, done: ReadonlySet<Operation>): SymbolicTensor {
  if (!tensor.dtype._is_ref_dtype || !done.has(tensor.op)) return tensor;
  const source = tensor.op.inputs.find((input) => input.dtype._is_ref_dtype);
  return source ? referred(source, done) : tensor;
}

/** Plans an inner loop. */
export type LoopPlanner = (
  frame: Frame,
  parts: PlanParts,
  fed: ReadonlySet<SymbolicTensor>,
  done: ReadonlySet<Operation>,
) => LoopPlan;

/** Builds the steps of one frame, node by node in running order. */
export class StepBuilder {
  readonly slots: Slots;
  readonly constants: [slot: number, value: BackendValue][] = [];
  readonly parts: PlanParts;
  readonly fed: ReadonlySet<SymbolicTensor>;
  private readonly done: ReadonlySet<Operation>;
  private readonly planLoop: LoopPlanner;
  private readonly wantedRefs: ReadonlySet<SymbolicTensor>;
  private readonly drafts: Draft[] = [];
  /** In how many conditions a value is: above zero it may be missing. */
  private readonly depths = new Map<SymbolicTensor | Operation | Frame, number>();

  constructor(
    parts: PlanParts,
    fed: ReadonlySet<SymbolicTensor>,
    done: ReadonlySet<Operation>,
    wantedRefs: ReadonlySet<SymbolicTensor>,
    planLoop: LoopPlanner,
  ) {
    this.parts = parts;
    this.planLoop = planLoop;
    this.fed = fed;
    this.done = done;
    this.wantedRefs = wantedRefs;
    this.slots = new Slots(done);
  }

  /** The number of steps so far. */
  get length(): number {
    return this.drafts.length;
  }

  /** Adds what `node` does. */
  add(node: FrameNode): void {
    if (node instanceof Operation) this.addOperation(node);
    else this.addLoop(node);
  }

  private addOperation(operation: Operation): void {
    const inputs = operation.inputs.filter((input) => !this.fed.has(input));
    const waited = roleOf(operation) === 'trigger' ? [] : operation.control_inputs;
    const depth = Math.max(
      0,
      ...[...inputs, ...waited].map((input) => this.depths.get(input) ?? 0),
    );
    this.setDepth(operation, depth);
    const constant = depth === 0 ? this.parts.constantOf(operation) : null;
    if (constant) this.constants.push([this.slots.of(operation.outputs[0]!), constant]);
    else if (depth > 0 || !isEmpty(operation)) this.drafts.push(this.draft(operation, depth));
    for (const output of operation.outputs) {
      if (this.wantedRefs.has(output)) this.drafts.push(this.readDraft(output));
    }
  }

  /** Beyond a Switch one condition deeper, beyond a Merge one less. */
  private setDepth(operation: Operation, depth: number): void {
    const role = roleOf(operation);
    if (depth > 0) this.depths.set(operation, depth);
    const beyond = role === 'switch' ? depth + 1 : role === 'merge' ? depth - 1 : depth;
    if (beyond > 0) for (const output of operation.outputs) this.depths.set(output, beyond);
  }

  private draft(operation: Operation, depth: number): Draft {
    const { inputs, outputs, attrs } = operation;
    const reads = inputs.map(
      (input, i) =>
        input.dtype._is_ref_dtype && !this.fed.has(input) && !wantsReference(operation, i),
    );
    const isMerge = roleOf(operation) === 'merge';
    return {
      operation,
      name: operation.name,
      kernel: this.parts.kernelOf(operation),
      attrs,
      inputs: inputs.map((input) => this.slots.of(input)),
      reads: reads.some(Boolean) ? reads : null,
      outputs: outputs.map((output) => (this.fed.has(output) ? -1 : this.slots.of(output))),
      guards: isMerge
        ? inputs.map((input) => this.slots.of(input))
        : this.guards(inputs, operation.control_inputs),
      takesAny: isMerge,
      signal: depth > 0 ? this.slots.of(operation) : -1,
    };
  }

  /** The slots that tell whether what is read and waited for was computed. */
  private guards(
    inputs: readonly SymbolicTensor[],
    controls: readonly (Operation | Frame)[],
  ): number[] | null {
    const tensors = inputs.filter((input) => !this.fed.has(input) && this.depths.has(input));
    const waited = controls.filter((input) => this.depths.has(input));
    const found = [
      ...tensors.map((tensor) => this.slots.of(tensor)),
      ...waited.map((input) => this.slots.of(input)),
    ];
    return found.length > 0 ? found : null;
  }

  private readDraft(tensor: SymbolicTensor): Draft {
    return {
      operation: tensor.op,
      name: tensor.op.name,
      kernel: this.parts.readKernel,
      attrs: {},
      inputs: [this.slots.of(tensor)],
      reads: [true],
      outputs: [this.slots.of(readKey(tensor))],
      guards: this.guards([tensor], []),
      takesAny: false,
      signal: -1,
    };
  }

  /** A loop is one step, whose arguments are what its Enters read and whose outputs are those of its Exits. */
  private addLoop(frame: Frame): void {
    const enters = frame.withRole('enter');
    const exits = frame.withRole('exit');
    const inputs = enters.map((enter) => enter.inputs[0]!);
    const controls = enters.flatMap((enter) => enter.control_inputs);
    const depth = Math.max(
      0,
      ...[...inputs, ...controls].map((input) => this.depths.get(input) ?? 0),
    );
    if (depth > 0)
      for (const exit of exits)
        for (const part of [exit, ...exit.outputs]) this.depths.set(part, depth);
    const operation = exits[0] ?? enters[0]!;
    this.drafts.push({
      operation,
      name: operation.name,
      kernel: loopKernel(
        this.planLoop(frame, this.parts, this.fed, this.done),
        this.parts.specialiser,
      ),
      attrs: {},
      inputs: inputs.map((input) => this.slots.of(input)),
      reads: readsOf(enters),
      outputs: exits.map((exit) => this.slots.of(exit.outputs[0]!)),
      guards: this.guards(inputs, controls),
      takesAny: false,
      signal: depth > 0 ? this.slots.of(operation) : -1,
    });
    if (depth > 0) for (const exit of exits) this.slots.share(exit, this.slots.of(operation));
  }

  /** The slot of a fetched tensor: for a reference, of what it read as. */
  fetchSlot(tensor: SymbolicTensor): number {
    const source = referred(tensor, this.done);
    return this.slots.of(this.wantedRefs.has(source) ? readKey(source) : source);
  }

  /** The steps, each with the slots that it is the last to use; those in `kept` are never freed. */
  steps(kept: Iterable<number>): Step[] {
    const seen = new Set(kept);
    const steps: Step[] = [];
    for (let i = this.drafts.length - 1; i >= 0; i--) {
      const step = this.drafts[i]!;
      const frees: number[] = [];
      for (const slot of [...step.inputs, ...step.outputs]) {
        if (slot < 0 || seen.has(slot)) continue;
        seen.add(slot);
        frees.push(slot);
      }
      steps.push({ ...step, frees });
    }
    return steps.reverse();
  }
}

/** The key of the slot that holds what a reference read as. */
function readKey(tensor: SymbolicTensor): string {
  return `read ${tensor.name}`;
}

/** Which Enters read a variable through its reference. */
function readsOf(enters: readonly Operation[]): boolean[] | null {
  const reads = enters.map(
    (enter) => enter.inputs[0]!.dtype._is_ref_dtype && !wantsReference(enter, 0),
  );
  return reads.some(Boolean) ? reads : null;
}

/** Whether input `index` of `operation` is declared as a reference. Lists of references do not mix with others. */
function wantsReference({ declaration, inputs }: Operation, index: number): boolean {
  if (declaration.inputs.length === inputs.length) return declaration.inputs[index]!.isRef;
  return declaration.inputs.some((arg) => arg.isRef);
}

/** An operation that only ties control dependencies together costs nothing at run time. */
function isEmpty({ declaration }: Operation): boolean {
  return (
    declaration.inputs.length === 0 && declaration.outputs.length === 0 && !declaration.stateful
  );
}
