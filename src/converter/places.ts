/**
 * Where operations are in control flow. What belongs to a branch or to a loop's body but reads nothing
 * of it waits for a pivot: TensorFlow needs that to know its place, tfjs to compute it once more in each
 * iteration. Other waiting is left out: a model has no effects.
 */

import type { Operation } from '../graph/operation.ts';

/** Whether `pivot` says of what waits for it that it belongs to a conditional's branch. */
export function isBranch(pivot: Operation): boolean {
  const source = switchOf(pivot);
  return source !== null && source.inputs[1]!.op.type !== 'LoopCond';
}

/** The pivots that an operation waits for: what a Switch lets through, or a loop's Merge. */
export function pivotsOf({ control_inputs }: Operation): Operation[] {
  return control_inputs.filter((one) => switchOf(one) !== null || one.type === 'Merge');
}

function switchOf({ type, inputs }: Operation): Operation | null {
  const source = inputs[0]?.op;
  return type === 'Identity' && source?.type === 'Switch' ? source : null;
}

/** The loops of a graph's operations. */
export class Places {
  private readonly frames = new Map<Operation, string>();
  private readonly parents = new Map<string, string>();
  private readonly merges = new Map<string, Operation>();
  private readonly bodies = new Map<string, Operation>();
  /** What is computed from what the body's pivot lets through. */
  private readonly inside = new Set<Operation>();

  /** Looks at `operations`, in order of creation. */
  constructor(operations: readonly Operation[]) {
    for (const operation of operations) this.look(operation);
  }

  private look(operation: Operation): void {
    const frame = this.find(operation);
    if (frame === '') return;
    this.frames.set(operation, frame);
    if (operation.type === 'Merge' && !this.merges.has(frame)) this.merges.set(frame, operation);
    const isPivot = switchOf(operation) !== null && !isBranch(operation);
    if (isPivot && !this.bodies.has(frame)) this.bodies.set(frame, operation);
    const before = [...operation.inputs.map(({ op }) => op), ...operation.control_inputs];
    if (isPivot || before.some((one) => this.inside.has(one) && this.frames.get(one) === frame))
      this.inside.add(operation);
  }

  private find({ type, attrs, inputs, control_inputs }: Operation): string {
    const before = [...inputs.map(({ op }) => op), ...control_inputs];
    const frame = before.map((one) => this.frames.get(one)).find((one) => one !== undefined) ?? '';
    if (type === 'Exit' || type === 'RefExit') return this.parents.get(frame) ?? '';
    if (type !== 'Enter' && type !== 'RefEnter') return frame;
    const own = String(attrs.frame_name);
    this.parents.set(own, frame);
    return own;
  }

  /** What a new node beside `operation` waits for, so that it is where `operation` is. */
  pivotBeside(operation: Operation): Operation | undefined {
    const frame = this.frames.get(operation);
    const [given] = pivotsOf(operation);
    if (given || frame === undefined) return given;
    return (this.inside.has(operation) ? this.bodies : this.merges).get(frame);
  }
}
