/**
 * The part of a graph that a model needs: what its outputs are computed from, down to the tensors that
 * are fed. Variables have become constants by then, so what only waits for effects is left out.
 */

import { ValueError } from '../core/errors.ts';
import type { Operation } from '../graph/operation.ts';
import type { SymbolicTensor } from '../graph/symbolic_tensor.ts';
import { pivotsOf } from './places.ts';

/** What a model needs of a graph. */
export interface Subgraph {
  /** In order of creation. */
  readonly operations: readonly Operation[];
  /** What is read of each operation. */
  readonly read: ReadonlySet<SymbolicTensor>;
}

const READS = ['VariableV2', 'Variable', 'ReadVariableOp'];

/** Whether the value of an operation is that of a variable. */
export function isRead({ type }: Operation): boolean {
  return READS.includes(type);
}

/** What `outputs` need if `fed` are given. ValueError names the placeholders that nobody gives. */
export function subgraphOf(
  outputs: readonly SymbolicTensor[],
  fed: ReadonlySet<SymbolicTensor>,
): Subgraph {
  const seen = new Set<Operation>();
  const read = new Set<SymbolicTensor>();
  const open = [...outputs];
  for (let tensor = open.pop(); tensor; tensor = open.pop()) {
    read.add(tensor);
    if (fed.has(tensor) || seen.has(tensor.op)) continue;
    const operation = tensor.op;
    seen.add(operation);
    if (isRead(operation)) continue;
    open.push(...operation.inputs);
    open.push(...pivotsOf(operation).map(({ outputs: [pivot] }) => pivot!));
  }
  const operations = [...seen].sort((a, b) => a._id - b._id);
  checkPlaceholders(operations);
  return { operations, read };
}

function checkPlaceholders(operations: readonly Operation[]): void {
  const open = operations.filter(({ type }) => type === 'Placeholder' || type === 'PlaceholderV2');
  if (open.length === 0) return;
  const names = open.map(({ name }) => `'${name}'`).join(', ');
  throw new ValueError(
    `The outputs depend on ${open.length === 1 ? 'a placeholder' : 'placeholders'} that no input names: ${names}.`,
  );
}
