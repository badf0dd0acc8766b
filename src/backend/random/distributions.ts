/**
 * The distributions that need a fixed number of random words for each output, and the truncated
 * normal one, which starts every group of outputs at its own place in the stream. A group is what
 * TensorFlow makes of one block of four words; the words are written into the output and turned
 * into numbers where they stand.
 */

import { bfloat16, type DType, float16 } from '../../core/dtype.ts';
import { roundToBfloat16, roundToHalf } from '../../core/half.ts';
import { doubleOf, normalDoubles, normalFloats } from './box_muller.ts';
import { BLOCK, BLOCKS_PER_OUTPUT, type Philox } from './philox.ts';

/** Storage that random words can be turned into numbers in. */
export type Numbers = Float32Array | Float64Array | Int32Array;
type Turn<T> = (bits: Int32Array, out: T) => void;

/** Where the normal distribution is cut off. */
const TRUNCATION = 2;
/** The largest range whose 64-bit modulo stays exact in doubles, 16 bits at a time. */
const NARROW_RANGE = 2 ** 37;

function sameKind<T extends Numbers>(data: T, length: number): T {
  const Kind = data.constructor as new (length: number) => T;
  return new Kind(length);
}

function wordsIn(data: Numbers): Int32Array {
  return new Int32Array(data.buffer, data.byteOffset, data.byteLength / 4);
}

/** Numbers in one group: what one block of words makes. */
function groupOf(data: Numbers): number {
  return (BLOCK * 4) / data.BYTES_PER_ELEMENT;
}

function fillGroups<T extends Numbers>(generator: Philox, out: T, turn: Turn<T>): void {
  const group = groupOf(out);
  const groups = Math.floor(out.length / group);
  const whole = out.subarray(0, groups * group) as T;
  const words = wordsIn(whole);
  generator.fill(words, 0, groups);
  turn(words, whole);
  if (whole.length === out.length) return;
  const last = sameKind(out, group);
  generator.fill(wordsIn(last), 0, 1);
  turn(wordsIn(last), last);
  out.set(last.subarray(0, out.length - whole.length), whole.length);
}

/** Rounds float32 numbers to `dtype` where it is a 16-bit type. */
function roundTo16(dtype: DType, out: Float32Array | Float64Array): void {
  if (dtype !== float16 && dtype !== bfloat16) return;
  const round = dtype === float16 ? roundToHalf : roundToBfloat16;
  for (let i = 0; i < out.length; i++) out[i] = round(out[i]!);
}

// ---- uniform -----------------------------------------------------------------------------------

function fractions(mask: number): Turn<Float32Array> {
  const unit = 1 / (mask + 1);
  return (bits, out) => {
    for (let i = 0; i < bits.length; i++) out[i] = (bits[i]! & mask) * unit;
  };
}

const uniformFloats = fractions(0x7fffff);
const uniformTurns = new Map([
  [float16, fractions(0x3ff)],
  [bfloat16, fractions(0x7f)],
]);

function uniformDoubles(bits: Int32Array, out: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i] = doubleOf(bits[2 * i]!, bits[2 * i + 1]!);
}

/** Fills `out` with uniform numbers in [0, 1) of the float type `dtype`. */
export function uniform(generator: Philox, dtype: DType, out: Float32Array | Float64Array): void {
  if (out instanceof Float64Array) fillGroups(generator, out, uniformDoubles);
  else fillGroups(generator, out, uniformTurns.get(dtype) ?? uniformFloats);
}

/**
 * Fills `out`, int32 or (as doubles) int64, with integers in [low, high): the random word modulo
 * the range, as TensorFlow takes it, slightly uneven for ranges that are no power of two.
 */
export function uniformInts(
  generator: Philox,
  out: Int32Array | Float64Array,
  low: number,
  high: number,
): void {
  if (out instanceof Int32Array) {
    const range = (high - low) >>> 0;
    fillGroups(generator, out, (bits, ints) => {
      for (let i = 0; i < bits.length; i++) ints[i] = low + (((bits[i]! >>> 0) % range) | 0);
    });
    return;
  }
  const place = high - low < NARROW_RANGE ? narrowPlace(low, high) : widePlace(low, high);
  fillGroups(generator, out, (bits, ints) => {
    for (let i = 0; i < ints.length; i++)
      ints[i] = place(bits[2 * i + 1]! >>> 0, bits[2 * i]! >>> 0);
  });
}

/** The integer in a range that the upper and the lower word of 64 bits stand for. */
type Place = (upper: number, lower: number) => number;

function narrowPlace(low: number, high: number): Place {
  const range = high - low;
  return (upper, lower) => {
    const rest = ((upper % range) * 0x10000 + (lower >>> 16)) % range;
    return low + ((rest * 0x10000 + (lower & 0xffff)) % range);
  };
}

function widePlace(low: number, high: number): Place {
  const start = BigInt(low);
  const range = BigInt(high) - start;
  return (upper, lower) => Number(start + (((BigInt(upper) << 32n) | BigInt(lower)) % range));
}

// ---- normal ------------------------------------------------------------------------------------

/** Fills `out` with standard normal numbers of the float type `dtype`. */
export function normal(generator: Philox, dtype: DType, out: Float32Array | Float64Array): void {
  if (out instanceof Float64Array) fillGroups(generator, out, normalDoubles);
  else fillGroups(generator, out, normalFloats);
  roundTo16(dtype, out);
}

/** Fills `out` with standard normal numbers between -2 and 2: what lies beyond is drawn again. */
export function truncatedNormal(
  generator: Philox,
  dtype: DType,
  out: Float32Array | Float64Array,
): void {
  if (out instanceof Float64Array) fillTruncated(generator, out, normalDoubles);
  else fillTruncated(generator, out, normalFloats);
  roundTo16(dtype, out);
}

function fillTruncated<T extends Float32Array | Float64Array>(
  generator: Philox,
  out: T,
  turn: Turn<T>,
): void {
  const group = groupOf(out);
  const stride = (group * BLOCKS_PER_OUTPUT) / BLOCK;
  const groups = Math.ceil(out.length / group);
  const whole = groups * group === out.length ? out : sameKind(out, groups * group);
  const words = wordsIn(whole);
  const start = generator.clone();
  generator.fill(words, 0, groups, stride);
  turn(words, whole);
  const drawn = sameKind(out, group);
  const drawnWords = wordsIn(drawn);
  for (let g = 0; g < groups; g++) {
    let kept = keep(whole, g * group, 0, whole, g * group, group);
    if (kept === group) continue;
    const rest = start.clone();
    rest.skip(g * stride + 1);
    while (kept < group) {
      rest.fill(drawnWords, 0, 1);
      turn(drawnWords, drawn);
      kept = keep(whole, g * group, kept, drawn, 0, group);
    }
  }
  if (whole !== out) out.set(whole.subarray(0, out.length));
}

/** Moves what is not truncated to `to[at + kept]` on, up to `group` numbers; gives the new count. */
function keep(
  to: Float32Array | Float64Array,
  at: number,
  kept: number,
  from: Float32Array | Float64Array,
  start: number,
  group: number,
): number {
  let count = kept;
  for (let i = start; i < start + group && count < group; i++) {
    const x = from[i]!;
    if (Math.abs(x) < TRUNCATION) to[at + count++] = x;
  }
  return count;
}
