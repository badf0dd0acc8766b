/**
 * TensorFlow's histograms: buckets whose limits grow by a tenth, from 1e-12 to 1e20, and below zero
 * alike. Limits are those numbers that repeated multiplication gives, to the last bit.
 */

const LIMITS = bucketLimits();

function bucketLimits(): Float64Array {
  const positive: number[] = [];
  for (let limit = 1.0e-12; limit < 1.0e20; limit *= 1.1) positive.push(limit);
  positive.push(Number.MAX_VALUE);
  const negative = positive.map((limit) => -limit).reverse();
  return Float64Array.of(...negative, 0, ...positive);
}

/** The members of a HistogramProto. */
export interface HistogramValues {
  readonly min: number;
  readonly max: number;
  readonly num: number;
  readonly sum: number;
  readonly sum_squares: number;
  readonly bucket_limit: readonly number[];
  readonly bucket: readonly number[];
}

/** The histogram of finite numbers. Runs of empty buckets are one bucket. */
export function histogramOf(values: ArrayLike<number>): HistogramValues {
  const counts = new Float64Array(LIMITS.length);
  let min = Number.MAX_VALUE;
  let max = -Number.MAX_VALUE;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    counts[bucketOf(value)]!++;
    if (min > value) min = value;
    if (max < value) max = value;
    sum += value;
    squares += value * value;
  }
  const collapsed = collapse(counts);
  return { min, max, num: values.length, sum, sum_squares: squares, ...collapsed };
}

/** The first bucket whose limit is greater than `value`. */
function bucketOf(value: number): number {
  let low = 0;
  let high = LIMITS.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value < LIMITS[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}

function collapse(counts: Float64Array): { bucket_limit: number[]; bucket: number[] } {
  const bucket_limit: number[] = [];
  const bucket: number[] = [];
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] === 0) while (counts[i + 1] === 0) i++;
    bucket_limit.push(LIMITS[i]!);
    bucket.push(counts[i]!);
  }
  return { bucket_limit, bucket };
}
