/** What is in NumPy's files. */

import { load } from '../../api/node.ts';
import { NdArray } from '../../numpy/index.ts';
import type { Found } from '../kinds.ts';
import { type Cell, type Report, shapeCell } from '../output.ts';
import { sizeFact } from './graphs.ts';

/** Tells of an array, or of an archive of arrays. */
export function arraysReport({ path }: Found): Report {
  const loaded = load(path);
  if (loaded instanceof NdArray) {
    const [, type, shape, ...numbers] = rowOf('', loaded);
    const names = ['min', 'max', 'mean'] as const;
    return {
      kind: 'NumPy array',
      facts: [
        sizeFact(path),
        ['type', type!],
        ['shape', shape!],
        ...names.flatMap((name, i) => (numbers[i] === null ? [] : [[name, numbers[i]!] as const])),
      ],
      tables: [],
    };
  }
  const rows = Object.entries(loaded).map(([name, array]) => rowOf(name, array));
  return {
    kind: 'NumPy archive',
    facts: [sizeFact(path)],
    tables: [{ title: 'arrays', columns: ['name', 'type', 'shape', 'min', 'max', 'mean'], rows }],
  };
}

function rowOf(name: string, array: NdArray): Cell[] {
  const { dtype, shape, data, size } = array;
  const row = [name, dtype.name, shapeCell(shape)];
  const measured = size > 0 && (dtype.is_floating || dtype.is_integer);
  if (!measured) return [...row, null, null, null];
  let [min, max, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const value of data as Float64Array) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
  }
  return [...row, ...[min, max, sum / size].map((value) => Number(value.toPrecision(6)))];
}
