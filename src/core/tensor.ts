/** What every value handle has in common, whether it names a graph edge or holds numbers. */

import type { Data, DType, Text } from './dtype.ts';

/** A static shape: `null` for an unknown size, or for an unknown rank. */
export type Dims = readonly (number | null)[] | null;

/** A value spelled out in full: what `Const` carries, what arrays are. */
export interface Literal {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Data;
}

export type Scalar = number | boolean | bigint | Text;
export type Nested<T = Scalar> = T | readonly Nested<T>[];
