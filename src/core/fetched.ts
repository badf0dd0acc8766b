/**
 * The type of what comes out of a run. Whether a tensor has axes is known only when it runs, so the
 * type offers both: a scalar is a plain JavaScript number (`loss.toFixed(3)`), anything else an array.
 */

import type { ArrayValue } from './dtype.ts';

/** What an array offers to everyone; `numpy/` makes the class. */
export interface ArrayResult extends ArrayValue {
  readonly size: number;
  readonly ndim: number;
  /** The elements as nested lists. */
  tolist(): Listed;
  /** The only element of an array of size one. */
  item(): number;
  /** The element at an index per axis. */
  get(...indices: number[]): number;
  /** `array[specs]`. */
  at(...specs: readonly unknown[]): Fetched;
  reshape(...shape: readonly (number | readonly number[])[]): ArrayResult;
  astype(dtype: unknown): ArrayResult;
  [Symbol.iterator](): Iterator<Fetched>;
}

/** Nested lists of numbers; a list index gives the next level. */
export type Listed = number & readonly Listed[];

/** The value of a tensor: a number where it has no axes, an array where it has. */
export type Fetched = number & ArrayResult;

/** Gives what came out of a run its type. @internal */
export function asFetched(value: unknown): Fetched {
  return value as Fetched;
}
