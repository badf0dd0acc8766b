/** Windows over images: their sizes, their steps and how the border is treated, as layers take them. */

import { ValueError } from '../core/errors.ts';

/** One number for both axes, or one for each. */
export type Pair = number | readonly number[];

/** A number for each of height and width. ValueError, with the argument's name, for anything else. */
export function pairOf(value: Pair, name: string): readonly [number, number] {
  if (typeof value === 'number') return [value, value];
  const [height, width] = value;
  if (value.length === 2 && Number.isInteger(height) && Number.isInteger(width)) {
    return [height!, width!];
  }
  throw new ValueError(
    `The \`${name}\` argument must be a tuple of 2 integers. Received: (${value.join(', ')})`,
  );
}

/** `VALID` or `SAME`, in whatever case it was given. */
export function paddingOf(value: string): 'VALID' | 'SAME' {
  const padding = value.toUpperCase();
  if (padding === 'VALID' || padding === 'SAME') return padding;
  throw new ValueError(
    `The \`padding\` argument must be one of "valid", "same". Received: ${value.toLowerCase()}`,
  );
}
