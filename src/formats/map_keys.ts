/** Keys of map fields: objects have them as text, messages by their own type and in order. */

import { safeInteger } from './message_values.ts';
import type { FieldSpec } from './proto_schema.ts';

/** The key of a map's entry as its type has it; objects have only text. */
export function keyValue(field: FieldSpec, name: string): unknown {
  if (field.key === 'string') return name;
  return field.key === 'bool' ? name === 'true' : safeInteger(BigInt(name));
}

/** The keys of a map in order: numbers by size, text by its bytes. */
export function sortedKeys(field: FieldSpec, map: Record<string, unknown>): string[] {
  const keys = Object.keys(map);
  if (field.key === 'string') return keys.sort(byCodePoints);
  if (field.key === 'bool') return keys.sort();
  return keys.sort((a, b) => Number(BigInt(a) - BigInt(b)));
}

/** UTF-8 sorts as code points do; JavaScript compares code units, which differ from U+E000 on. */
function byCodePoints(a: string, b: string): number {
  if (a === b) return 0;
  let i = 0;
  while (a[i] === b[i]) i++;
  const [x, y] = [a.codePointAt(i) ?? -1, b.codePointAt(i) ?? -1];
  return x - y;
}
