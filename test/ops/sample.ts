/**
 * A sample is one call of a public function with its arguments. The table of samples of a family
 * drives every generic property: TensorFlow's values and gradients for it stand in test/golden/ops.
 */

import * as dtypes from '../../src/core/dtype.ts';
import { DType } from '../../src/core/dtype.ts';
import { NdArray, toLiteral } from '../../src/numpy/index.ts';

/** What a sample says beyond its call. */
export interface SampleOptions {
  /** Arguments that are not numbers to differentiate by, or have no gradient in TF: none is checked. */
  readonly gradient?: boolean;
  /** Relative tolerance of values and gradients; 1e-5 for float32, 1e-9 for float64 unless said. */
  readonly rtol?: number;
  readonly atol?: number;
  /** Keeps these array arguments constants: shapes, axes, indices that TF wants to know statically. */
  readonly constants?: readonly number[];
}

/** One call of `tf.<fn>(...args, kwargs)`. */
export interface Sample {
  readonly fn: string;
  readonly args: readonly unknown[];
  readonly kwargs: Readonly<Record<string, unknown>>;
  readonly options: SampleOptions;
}

/** Every op that module `M` exports has at least one sample. */
export type Samples<M> = {
  readonly [K in keyof M as M[K] extends { readonly type: string; readonly spec: unknown }
    ? K
    : never]: readonly Sample[];
};

/** A sample of `tf.<fn>`. */
export function sample(
  fn: string,
  args: readonly unknown[],
  kwargs: Readonly<Record<string, unknown>> = {},
  options: SampleOptions = {},
): Sample {
  return { fn, args, kwargs, options };
}

const array = (dtype: DType) => (value: unknown) => {
  const literal = toLiteral(value, dtype);
  return new NdArray(literal.dtype, literal.shape, literal.data);
};
export const f16 = array(dtypes.float16);
export const f32 = array(dtypes.float32);
export const f64 = array(dtypes.float64);
export const i8 = array(dtypes.int8);
export const i16 = array(dtypes.int16);
export const i32 = array(dtypes.int32);
export const i64 = array(dtypes.int64);
export const u8 = array(dtypes.uint8);
export const u16 = array(dtypes.uint16);
export const bool = array(dtypes.bool);
export const text = array(dtypes.string);

/** A complex array from its real and imaginary parts, flat. */
export function c64(shape: readonly number[], interleaved: readonly number[]): NdArray {
  return new NdArray(dtypes.complex64, shape, Float32Array.from(interleaved));
}
/** A complex128 array from its interleaved real and imaginary parts. */
export function c128(shape: readonly number[], interleaved: readonly number[]): NdArray {
  return new NdArray(dtypes.complex128, shape, Float64Array.from(interleaved));
}

/** Numbers that are no special case: `size` of them, spread over [low, high], in no order. */
export function spread(
  shape: readonly number[],
  low = -2,
  high = 2,
  dtype: DType = dtypes.float32,
): NdArray {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Array.from(
    { length: size },
    (_, i) => low + (high - low) * (((i + 1) * 0.6180339887) % 1),
  );
  return f64(values)
    .astype(dtype)
    .reshape([...shape]);
}

/** A sample as plain data for the recorder; also the key of its golden. */
export function encode(value: unknown): unknown {
  if (value instanceof DType) return { $dtype: value.name };
  if (value instanceof NdArray) {
    const data = Array.from(value.data as ArrayLike<unknown>, (x) =>
      typeof x === 'number' && !Number.isFinite(x)
        ? String(x)
        : x instanceof Uint8Array
          ? { $bytes: [...x] }
          : x,
    );
    return { $array: value.dtype.name, shape: value.shape, data };
  }
  if (Array.isArray(value)) return value.map(encode);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, encode(member)]));
  }
  return value;
}

/** What names a sample in the golden file. */
export function keyOf({ fn, args, kwargs, options }: Sample): string {
  return JSON.stringify([fn, encode(args), encode(kwargs), options.constants ?? []]);
}
