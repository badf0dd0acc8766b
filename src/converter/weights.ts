/**
 * The weights of a tfjs model: all arrays one after the other, in the order of their specs, with no
 * gaps. Floats may be stored as small integers with a scale, or in half precision.
 */

import { as_dtype, type Data, type DTypeName, newData } from '../core/dtype.ts';
import { DataLossError, InvalidArgumentError } from '../core/errors.ts';
import type { Literal } from '../core/tensor.ts';
import { bytesOfText, textOfBytes } from '../core/text.ts';
import { NdArray } from '../numpy/index.ts';

/** How a weight is stored in fewer bytes: `stored * scale + min`, or as float16. */
export interface Quantization {
  readonly dtype: string;
  readonly scale?: number;
  readonly min?: number;
  readonly original_dtype?: string;
}

/** What a model says of one weight. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly quantization?: Quantization;
}

const LENGTH_BYTES = 4;
/** The types that weights have, and those that they are stored in. */
const PLAIN: readonly string[] = ['float32', 'int32', 'bool', 'complex64'];
const SMALL: readonly string[] = ['uint8', 'uint16', 'float16'];

/** The weights by name. DataLossError where the bytes end too soon, InvalidArgumentError for a spec that says nothing sensible. */
export function readWeights(
  specs: readonly WeightSpec[],
  bytes: Uint8Array,
): ReadonlyMap<string, Literal> {
  const weights = new Map<string, Literal>();
  let offset = 0;
  for (const spec of specs) {
    if (typeof spec !== 'object' || spec === null) {
      throw new InvalidArgumentError(null, null, `${String(spec)} describes no weight.`);
    }
    const { array, end } = readWeight(spec, bytes, offset);
    weights.set(spec.name, array);
    offset = end;
  }
  return weights;
}

interface Read {
  readonly array: Literal;
  readonly end: number;
}

function readWeight(spec: WeightSpec, bytes: Uint8Array, offset: number): Read {
  const size = sizeOf(spec);
  if (spec.dtype === 'string') return readStrings(spec, size, bytes, offset);
  const stored = spec.quantization?.dtype ?? spec.dtype;
  const wanted = spec.quantization ? SMALL : PLAIN;
  if (!wanted.includes(stored)) throw unknownType(spec, stored);
  const type = as_dtype(stored as DTypeName);
  const end = offset + size * type.size;
  if (!(end <= bytes.length)) throw cutOff(spec, end - offset, bytes.length - offset);
  const array = NdArray.frombuffer(type, spec.shape, bytes.subarray(offset, end));
  return { array: spec.quantization ? restored(spec, spec.quantization, array) : array, end };
}

function sizeOf({ name, shape }: WeightSpec): number {
  const fits = Array.isArray(shape) && shape.every((n) => Number.isSafeInteger(n) && n >= 0);
  if (!fits) {
    throw new InvalidArgumentError(null, null, `The weight '${name}' has no shape: ${shape}`);
  }
  return shape.reduce((size, n) => size * n, 1);
}

/** The floats (or integers) that small integers stand for. */
function restored(spec: WeightSpec, { dtype, scale, min }: Quantization, stored: NdArray): Literal {
  const type = as_dtype(spec.dtype === 'int32' ? 'int32' : 'float32');
  if (spec.dtype !== type.name) throw unknownType(spec, spec.dtype);
  const { data, shape } = stored;
  if (dtype === 'float16') return { dtype: type, shape, data };
  if (typeof scale !== 'number' || typeof min !== 'number') {
    throw new InvalidArgumentError(
      null,
      null,
      `The weight '${spec.name}' is stored as ${dtype} without a scale and a minimum.`,
    );
  }
  const whole = type.is_integer;
  const values = newData(type, stored.size) as Float32Array | Int32Array;
  for (let i = 0; i < values.length; i++) {
    const value = (data[i] as number) * scale + min;
    values[i] = whole ? Math.round(value) : value;
  }
  return { dtype: type, shape, data: values };
}

/** Strings: each is the number of its bytes, then the bytes. */
function readStrings(spec: WeightSpec, size: number, bytes: Uint8Array, offset: number): Read {
  if (size * LENGTH_BYTES > bytes.length - offset)
    throw cutOff(spec, size * LENGTH_BYTES, bytes.length - offset);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const data: Data = [];
  let at = offset;
  for (let i = 0; i < size; i++) {
    const start = at + LENGTH_BYTES;
    const end = start > bytes.length ? start : start + view.getUint32(at, true);
    if (end > bytes.length) throw cutOff(spec, end - offset, bytes.length - offset);
    data.push(textOfBytes(bytes.slice(start, end)));
    at = end;
  }
  return { array: { dtype: as_dtype('string'), shape: spec.shape, data }, end: at };
}

function cutOff({ name }: WeightSpec, wanted: number, there: number): DataLossError {
  return new DataLossError(
    null,
    null,
    `The weights end within '${name}': ${wanted} bytes are wanted, ${there} are there.`,
  );
}

function unknownType({ name }: WeightSpec, dtype: string): InvalidArgumentError {
  return new InvalidArgumentError(null, null, `The weight '${name}' is of unknown type ${dtype}.`);
}

// ---- writing -----------------------------------------------------------------------------------

/** The type that tfjs keeps elements of a type in; `null` where it has none. */
export function tfjsType(name: string): string | null {
  switch (name) {
    case 'float32':
    case 'float64':
    case 'float16':
    case 'bfloat16':
      return 'float32';
    case 'int64':
    case 'uint32':
    case 'uint64':
    case 'int32':
    case 'int16':
    case 'uint16':
    case 'int8':
    case 'uint8':
      return 'int32';
    case 'complex64':
    case 'complex128':
      return 'complex64';
    case 'bool':
    case 'string':
      return name;
    default:
      return null;
  }
}

/** One weight as tfjs keeps it. */
export interface Weight {
  readonly spec: WeightSpec;
  readonly bytes: Uint8Array;
}

/** The bytes of `array` in the type that tfjs has for it. InvalidArgumentError where an integer does not fit. */
export function writeWeight(name: string, array: Literal): Weight {
  const { dtype, shape, data } = array;
  const type = tfjsType(dtype.name);
  if (type === null) {
    throw new InvalidArgumentError(null, null, `'${name}': tfjs has no type for ${dtype.name}.`);
  }
  const spec = { name, shape: [...shape], dtype: type };
  if (type === 'string') return { spec, bytes: stringBytes(data as (string | Uint8Array)[]) };
  if (type === 'int32') checkIntegers(name, array);
  return { spec, bytes: new NdArray(dtype, shape, data).astype(type as DTypeName).tobytes() };
}

function checkIntegers(name: string, { dtype, data }: Literal): void {
  const lost = (data as Float64Array).find((value) => value !== (value | 0));
  if (lost === undefined) return;
  throw new InvalidArgumentError(
    null,
    null,
    `'${name}' of type ${dtype.name} holds ${lost}, and tfjs has no integers beyond 32 bits.`,
  );
}

function stringBytes(data: readonly (string | Uint8Array)[]): Uint8Array {
  const parts = data.map(bytesOfText);
  const total = parts.reduce((sum, part) => sum + LENGTH_BYTES + part.length, 0);
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const part of parts) {
    view.setUint32(at, part.length, true);
    bytes.set(part, at + LENGTH_BYTES);
    at += LENGTH_BYTES + part.length;
  }
  return bytes;
}
