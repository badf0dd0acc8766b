/**
 * Floats as decimal digits: the fewest that tell a float apart from its neighbours of the same type,
 * and digits cut at a place and rounded, ties to even. What NumPy's Dragon4 gives, found by
 * trying the exact roundings that JavaScript's own formatting provides.
 */

import type { DType } from '../core/dtype.ts';
import { roundToBfloat16, roundToHalf } from '../core/half.ts';

/** A positive number as 0.d1d2d3... * 10^point; no trailing zeros. Zero has no digits. */
export interface Decimal {
  readonly digits: string;
  readonly point: number;
}

const ZERO: Decimal = { digits: '', point: 1 };

type Round = (x: number) => number;

/** How the type rounds a number, and how many digits always suffice. */
const ROUNDINGS: Readonly<Record<string, readonly [Round, number]>> = {
  float16: [roundToHalf, 5],
  bfloat16: [roundToBfloat16, 4],
  float32: [Math.fround, 9],
  complex64: [Math.fround, 9],
};

/** The shortest digits that `dtype` reads back as `x`, the nearest to `x` among them. */
export function shortest(x: number, dtype: DType): Decimal {
  const size = Math.abs(x);
  if (size === 0) return ZERO;
  const rounding = ROUNDINGS[dtype.name];
  if (!rounding) return parse(size.toExponential());
  const [round, enough] = rounding;
  // Whatever identifies a number still does with a digit more, so the count can be bisected.
  let [least, found] = [1, evenDigits(size, enough)];
  for (let most = enough; least < most; ) {
    const count = (least + most) >> 1;
    const text = candidates(size, count).find((digits) => round(Number(digits)) === size);
    if (text === undefined) least = count + 1;
    else [most, found] = [count, text];
  }
  return parse(found);
}

/** `x` to `count` digits, and the next above, which alone can fit where the neighbours are uneven. */
function candidates(size: number, count: number): string[] {
  const nearest = evenDigits(size, count);
  if (Number(nearest) >= size || !Number.isInteger(Math.log2(size))) return [nearest];
  const [mantissa, exponent] = nearest.split('e');
  const up = Number(mantissa!.replace('.', '')) + 1;
  return [nearest, `${up}e${Number(exponent) - (count - 1)}`];
}

/** `toExponential` with `count` digits, but an exact tie goes to the even digit. */
function evenDigits(size: number, count: number): string {
  const rounded = size.toExponential(count - 1);
  const [mantissa, exponent] = rounded.split('e');
  const last = mantissa!.length - 1;
  // JavaScript rounds ties up, so only an odd digit can be wrong.
  if (Number(mantissa![last]) % 2 === 0) return rounded;
  const long = size.toExponential(Math.min(100, count + 25)).split('e')[0]!;
  if (!/^50*$/.test(long.replace('.', '').slice(count))) return rounded;
  return `${mantissa!.slice(0, last)}${Number(mantissa![last]) - 1}e${exponent}`;
}

function parse(exponential: string): Decimal {
  const [mantissa, exponent] = exponential.split('e');
  const [whole, fraction = ''] = mantissa!.split('.');
  const digits = `${whole}${fraction}`.replace(/0+$/, '');
  return { digits, point: whole!.length + Number(exponent) };
}

/** `x` rounded to `count` significant digits, at least one. */
export function toSignificant(x: number, count: number): Decimal {
  const size = Math.abs(x);
  return size === 0 ? ZERO : parse(evenDigits(size, count));
}

/** `x` rounded to `places` digits after the point. */
export function toPlaces(x: number, places: number): Decimal {
  const size = Math.abs(x);
  if (size === 0) return ZERO;
  const magnitude = Number(size.toExponential(20).split('e')[1]);
  const count = magnitude + 1 + places;
  if (count > 0) return toSignificant(size, Math.min(count, 100));
  // Everything is behind the last place: only above one half of it does it round up.
  const leading = size.toExponential(40).split('e')[0]!.replace('.', '');
  const up = count === 0 && leading > '5'.padEnd(41, '0');
  return up ? { digits: '1', point: 1 - places } : ZERO;
}
