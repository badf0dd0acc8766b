/** What leaves a run: values of the backend as plain numbers and arrays of their own. */

import { type BackendValue, byteSize } from '../backend/value.ts';
import { type ConversionSite, recordConversion } from '../core/conversions.ts';
import type { Data } from '../core/dtype.ts';
import { asFetched, type Fetched } from '../core/fetched.ts';
import { itemAt, NdArray } from '../numpy/index.ts';

/**
 * The plain form of `value`: a number, boolean or string where it has no axes, else an array.
 * `own` says that nobody else holds the value, so that its data need not be copied.
 */
export function toPlain(value: BackendValue, own: boolean, site: ConversionSite | null): Fetched {
  recordConversion(byteSize(value), site);
  const { dtype, shape, buffer } = value;
  const keep = own && buffer.heap === null && buffer.refs === 1 && !buffer.foreign;
  if (keep) buffer.pool = null;
  const data: Data = keep ? value.data : (value.data.slice() as Data);
  return plainOf(new NdArray(dtype, [...shape], data));
}

/** An array as a run gives it: a number, boolean or string where it has no axes. */
export function plainOf(array: NdArray): Fetched {
  return asFetched(array.shape.length === 0 ? itemAt(array, 0) : array);
}
