/**
 * Lanes: how element types map onto the few typed arrays that the loops are compiled for. V8 makes
 * a loop fast for at most four classes of array, so every loop sees only Float32Array,
 * Float64Array and Int32Array; the other types are widened on the way in and narrowed on the way out.
 */

import {
  bfloat16,
  bool,
  complex64,
  complex128,
  type Data,
  type DType,
  float16,
  float32,
  float64,
  int8,
  int16,
  int32,
  int64,
  qint8,
  qint16,
  qint32,
  quint8,
  quint16,
  string,
  type TypedArray,
  uint8,
  uint16,
  uint32,
  uint64,
} from '../../core/dtype.ts';
import { OutOfRangeError } from '../../core/errors.ts';
import { roundToBfloat16, roundToHalf } from '../../core/half.ts';
import { invalid } from './box.ts';

/**
 * `float`: float32 and float64 as they are; `half`, `bfloat16`: floats rounded after each op;
 * `int`: int32; `narrow`: integers of up to 16 bits and bool, computed as int32; `word`: uint32,
 * computed as float64; `wide`: int64 and uint64, computed as float64 and checked.
 */
export type Lane =
  | 'float'
  | 'half'
  | 'bfloat16'
  | 'int'
  | 'narrow'
  | 'word'
  | 'wide'
  | 'complex'
  | 'string';

/** What a loop over real numbers sees. */
export type Numbers = Float32Array | Float64Array | Int32Array;

const LANES = new Map<DType, Lane>([
  [float32, 'float'],
  [float64, 'float'],
  [float16, 'half'],
  [bfloat16, 'bfloat16'],
  [int32, 'int'],
  [qint32, 'int'],
  [uint32, 'word'],
  [int64, 'wide'],
  [uint64, 'wide'],
  [complex64, 'complex'],
  [complex128, 'complex'],
  [string, 'string'],
]);
for (const type of [int8, int16, uint8, uint16, bool, qint8, quint8, qint16, quint16]) {
  LANES.set(type, 'narrow');
}

/** The lane that `dtype` is computed in. InvalidArgumentError for handles. */
export function laneOf(dtype: DType): Lane {
  if (dtype === float32) return 'float';
  return LANES.get(dtype) ?? invalid(`No kernel computes with ${dtype.name}.`);
}

/** The numbers of an input, widened if its lane asks for it. */
export function source(lane: Lane, data: Data): Numbers {
  if (lane === 'narrow') return new Int32Array(data as TypedArray);
  if (lane === 'word') return new Float64Array(data as TypedArray);
  return data as Numbers;
}

/** Where a loop writes what `settle` then puts into `data`. */
export function target(lane: Lane, data: Data): Numbers {
  if (lane === 'narrow') return new Int32Array(data.length);
  if (lane === 'word') return new Float64Array(data.length);
  return data as Numbers;
}

/**
 * Finishes an output: narrows, rounds, or checks that its 64-bit integers are exact
 * (OutOfRangeError).
 */
export function settle(lane: Lane, work: Numbers, data: Data): void {
  if (lane === 'float' || lane === 'int') return;
  if (lane === 'half') roundAll(data as Float32Array, roundToHalf);
  else if (lane === 'bfloat16') roundAll(data as Float32Array, roundToBfloat16);
  else if (lane === 'narrow') (data as TypedArray).set(work);
  else {
    checkExact(work as Float64Array);
    if (lane === 'word') (data as TypedArray).set(work);
  }
}

function roundAll(data: Float32Array, round: (x: number) => number): void {
  for (let i = 0; i < data.length; i++) data[i] = round(data[i]!);
}

/** Refuses integers that a JS number cannot hold exactly; turns -0 into 0. */
export function checkExact(data: Float64Array): void {
  for (let i = 0; i < data.length; i++) {
    const v = data[i]! + 0;
    if (!(Math.abs(v) <= Number.MAX_SAFE_INTEGER)) {
      throw new OutOfRangeError(
        null,
        null,
        `A 64-bit integer result of about ${v} is not representable.\n\n` +
          '64-bit integers are held in JavaScript numbers, which are exact up to 2^53 - 1.',
      );
    }
    data[i] = v;
  }
}
