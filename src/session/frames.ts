/**
 * Recognises the frames of a graph with loops, as TensorFlow's executor does: an Enter opens the frame
 * it names, an Exit leaves it, everything else runs where its inputs do. Each loop becomes one node of
 * the frame around it, so that every frame is a straight line per iteration.
 */

import { InvalidArgumentError, RuntimeError } from '../core/errors.ts';
import type { ControlRole } from '../core/op.ts';
import { Operation } from '../graph/operation.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';

/** A loop's frame, or the whole run. */
export class Frame {
  readonly parent: Frame | null;
  readonly name: string;
  /** The operations that run in it, not those of inner loops. */
  readonly operations: Operation[] = [];
  readonly loops = new Map<string, Frame>();

  constructor(parent: Frame | null, name: string) {
    this.parent = parent;
    this.name = name;
  }

  /** The operations that have `role`. */
  withRole(role: ControlRole): Operation[] {
    return this.operations.filter((operation) => operation.declaration.control === role);
  }
}

/** What runs in a frame: an operation, or an inner loop as a whole. */
export type FrameNode = Operation | Frame;

/** The role of an operation in control flow. */
export function roleOf(operation: Operation): ControlRole | undefined {
  return operation.declaration.control;
}

/** Whether an edge closes a loop: from a NextIteration to a Merge. */
function closesLoop(from: Operation, to: Operation): boolean {
  return roleOf(from) === 'next' && roleOf(to) === 'merge';
}

/** What `operation` waits for in one iteration: the operations of its inputs, cut at feeds and loop edges. */
export function dependencies(operation: Operation, fed: ReadonlySet<SymbolicTensor>): Operation[] {
  const found: Operation[] = [];
  for (const input of operation.inputs) {
    if (!fed.has(input) && !closesLoop(input.op, operation)) found.push(input.op);
  }
  return [...found, ...operation.control_inputs];
}

/** `nodes` in an order in which each comes after what it depends on; the earlier created first. */
export function inOrder<T extends object>(
  nodes: readonly T[],
  dependsOn: (node: T) => Iterable<T>,
  rank: (node: T) => number,
): T[] {
  const waiting = new Map<T, number>(nodes.map((node) => [node, 0]));
  const dependents = new Map<T, T[]>();
  for (const node of nodes) {
    for (const other of new Set(dependsOn(node))) {
      if (!waiting.has(other) || other === node) continue;
      waiting.set(node, waiting.get(node)! + 1);
      const list = dependents.get(other);
      if (list) list.push(node);
      else dependents.set(other, [node]);
    }
  }
  const ready = new Ready(rank);
  for (const node of nodes) if (waiting.get(node) === 0) ready.push(node);
  const order: T[] = [];
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    order.push(node);
    for (const dependent of dependents.get(node) ?? []) {
      const left = waiting.get(dependent)! - 1;
      waiting.set(dependent, left);
      if (left === 0) ready.push(dependent);
    }
  }
  if (order.length < nodes.length) {
    throw new RuntimeError('The graph has a cycle that is not a loop of control flow.');
  }
  return order;
}

/** The nodes that can run, the one with the lowest rank first: a binary heap. */
class Ready<T> {
  private readonly heap: T[] = [];
  private readonly rank: (node: T) => number;

  constructor(rank: (node: T) => number) {
    this.rank = rank;
  }

  push(node: T): void {
    const { heap, rank } = this;
    let at = heap.push(node) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (rank(heap[parent]!) <= rank(node)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = node;
  }

  pop(): T | undefined {
    const { heap, rank } = this;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && rank(heap[child + 1]!) < rank(heap[child]!)) child++;
      if (rank(heap[child]!) >= rank(last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

/** Sorts `operations` into frames and returns the outermost one. */
export function assignFrames(
  operations: readonly Operation[],
  fed: ReadonlySet<SymbolicTensor>,
): Frame {
  const root = new Frame(null, '');
  const frames = new Map<Operation, Frame>();
  const order = inOrder(
    operations,
    (operation) => dependencies(operation, fed),
    (operation) => operation._id,
  );
  for (const operation of order) {
    const frame = frameOf(operation, frames, root, fed);
    frames.set(operation, frame);
    frame.operations.push(operation);
  }
  return root;
}

function frameOf(
  operation: Operation,
  frames: ReadonlyMap<Operation, Frame>,
  root: Frame,
  fed: ReadonlySet<SymbolicTensor>,
): Frame {
  let around = root;
  for (const input of dependencies(operation, fed)) {
    const known = frames.get(input);
    if (!known) continue;
    const outside = roleOf(input) === 'exit' ? known.parent! : known;
    if (depthOf(outside) > depthOf(around)) around = outside;
  }
  if (roleOf(operation) === 'exit' && around === root) {
    throw new InvalidArgumentError(
      null,
      operation,
      `Invalid Exit op: Cannot find a corresponding Enter op.\n\nIt is '${operation.name}'.`,
    );
  }
  if (roleOf(operation) !== 'enter') return around;
  const name = operation.attrs.frame_name as string;
  const inner = around.loops.get(name) ?? new Frame(around, name);
  around.loops.set(name, inner);
  return inner;
}

function depthOf(frame: Frame): number {
  let depth = 0;
  for (let outer = frame.parent; outer; outer = outer.parent) depth++;
  return depth;
}

/** The nodes of `frame` in running order: its operations, and its loops where their Enters can run. */
export function nodesInOrder(frame: Frame, fed: ReadonlySet<SymbolicTensor>): FrameNode[] {
  const owners = new Map<Operation, FrameNode>();
  for (const operation of frame.operations) owners.set(operation, operation);
  for (const loop of frame.loops.values())
    for (const operation of allOperations(loop)) owners.set(operation, loop);
  const dependsOn = (node: FrameNode): FrameNode[] => {
    const operations = node instanceof Operation ? [node] : allOperations(node);
    return operations
      .flatMap((operation) => dependencies(operation, fed))
      .map((operation) => owners.get(operation))
      .filter((owner): owner is FrameNode => owner !== undefined && owner !== node);
  };
  const nodes: FrameNode[] = [...frame.operations, ...frame.loops.values()];
  return inOrder(nodes, dependsOn, rankOf);
}

/** The order of creation; a loop counts as its first operation. */
function rankOf(node: FrameNode): number {
  if (node instanceof Operation) return node._id;
  return Math.min(...node.operations.map((operation) => operation._id));
}

/** The operations of `frame` and of all loops in it. */
export function allOperations(frame: Frame): Operation[] {
  return [...frame.operations, ...[...frame.loops.values()].flatMap(allOperations)];
}
