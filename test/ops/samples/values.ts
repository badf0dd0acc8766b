/** Values that many samples share, and samples of every element type. */

import {
  bool,
  c64,
  f16,
  f32,
  f64,
  i8,
  i16,
  i32,
  i64,
  type Sample,
  sample,
  spread,
  text,
  u8,
} from '../sample.ts';

export const COMPLEX = c64([2, 3], [1, -1, 0.5, 2, -3, 0, 4, 1, 2, 2, -1, -2]);
export const WORDS = text([
  ['a', 'bc', ''],
  ['d', 'héllo', 'f'],
]);

/** `fn` on a 2 by 3 array of every element type, followed by `rest`. */
export function everyType(
  fn: string,
  rest: readonly unknown[],
  kwargs: Readonly<Record<string, unknown>> = {},
): Sample[] {
  const grid = [
    [1, 2, 3],
    [4, 5, 6],
  ];
  const arrays = [f32, f64, f16, i32, i64, i16, i8, u8].map((make) => make(grid));
  const flags = bool([
    [true, false, true],
    [false, false, true],
  ]);
  return [...arrays, flags, COMPLEX, WORDS].map((array) => sample(fn, [array, ...rest], kwargs));
}

export const CUBE = spread([2, 3, 4]);
