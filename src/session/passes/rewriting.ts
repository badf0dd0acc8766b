/** What passes that put one operation in the place of another hand to the translator. */

import type { PlacedNode } from '../../backend/placed/index.ts';
import type { Placed } from '../specialised/source.ts';

/** The numbers of an operation's inputs; `null` for one that has no place. */
export type Operands = (index: number) => Placed | null;

/** An operation that gives the same numbers, and those of its operands that are others than the graph's. */
export interface Rewritten {
  readonly node: PlacedNode;
  readonly operands: ReadonlyMap<number, Placed>;
}
