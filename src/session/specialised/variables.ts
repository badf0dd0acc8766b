/** Variables of a program: where their numbers are at the beginning of a run. */

import type { Heap } from '../../backend/heap.ts';
import type { Home } from '../../backend/placed/place.ts';
import type { VariableCell } from '../../backend/state.ts';
import { float32 } from '../../core/dtype.ts';
import type { Item } from './source.ts';

/** A variable whose numbers generated code reads or rewrites. */
export interface VariableUse {
  readonly cell: VariableCell;
  readonly home: Home;
  readonly shape: readonly number[];
  readonly isWritten: boolean;
}

/** The variables that have homes, and which of them `items` rewrite. */
export function variablesOf(
  homes: ReadonlyMap<VariableCell, Home>,
  items: readonly Item[],
): VariableUse[] {
  const written = new Set<VariableCell>();
  for (const item of items) {
    if (item.kind === 'call') for (const cell of item.written) written.add(cell);
  }
  return [...homes].map(([cell, home]) => ({
    cell,
    home,
    shape: cell.value!.shape,
    isWritten: written.has(cell),
  }));
}

/** The numbers of a variable on the heap, not shared if they will be rewritten; `false` if they are other than expected. */
export function bindVariable({ cell, home, shape, isWritten }: VariableUse, heap: Heap): boolean {
  let { value } = cell;
  if (value === null || value.dtype !== float32 || !sameShape(value.shape, shape)) return false;
  if (value.buffer.heap === null) {
    cell.adopt(heap.upload(shape, value.data as Float32Array));
    value = cell.value!;
  }
  if (isWritten) value = cell.writable();
  home.at = value.buffer.heap!.address;
  return true;
}

/** Whether two shapes are the same. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
