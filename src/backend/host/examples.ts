/**
 * Kernels that read Examples: a sparse key gives its values one after another with their places, a
 * dense key gives an array of known shape, where the first dimension may vary and is then padded.
 */

import type { Data, DType, Text, TypedArray } from '../../core/dtype.ts';
import { int64, newData, string } from '../../core/dtype.ts';
import { InvalidArgumentError, withHint } from '../../core/errors.ts';
import type { Attrs, KernelContext, Value } from '../../core/kernels.ts';
import type { Dims } from '../../core/tensor.ts';
import { bytesOfText } from '../../core/text.ts';
import {
  BYTES_LIST,
  bytesOf,
  FLOAT_LIST,
  floatsOf,
  INT64_LIST,
  integersOf,
  keyOf,
  NO_LIST,
  type RawFeature,
  type RawFeatures,
  readExample,
} from '../../formats/example_reader.ts';
import { kernel } from '../registry.ts';
import { copyRun, invalid, numbers, shapeText, sizeOf } from './box.ts';

/** A key whose values come as a sparse tensor, or flat with row splits. */
export interface SparseKey {
  readonly key: string;
  readonly dtype: DType;
}
/** A key whose values come as an array. */
export interface DenseKey {
  readonly key: string;
  readonly dtype: DType;
  /** Per example; the first dimension is `null` where it varies. */
  readonly shape: readonly (number | null)[];
  readonly varies: boolean;
  /** The number of elements, or of those that belong to one step of the first dimension. */
  readonly stride: number;
  /** What stands for a missing feature, or pads; empty where the feature is required. */
  readonly fallback: Value;
}

const LISTS = ['', 'string', 'float', 'int64'];
const COUNTED = ['', 'bytes', 'float', 'int64'];

/** The kind of list that holds values of a type. */
export function kindOf(dtype: DType): number {
  if (dtype === string) return BYTES_LIST;
  return dtype === int64 ? INT64_LIST : FLOAT_LIST;
}

/** The name of a kind in errors: `string`, `float` or `int64`. */
export function kindName(kind: number): string {
  return LISTS[kind] ?? '';
}

/** The values of a feature; `null` where they are damaged. */
export function valuesOf({ kind, list }: RawFeature): Data | null {
  if (kind === BYTES_LIST) return bytesOf(list);
  if (kind === FLOAT_LIST) return floatsOf(list);
  return kind === INT64_LIST ? integersOf(list) : new Float32Array(0);
}

/** The InvalidArgumentError for bytes that are no message. */
export function refuseBytes(text: Text): never {
  const bytes = bytesOfText(text);
  const start = typeof text === 'string' ? text.slice(0, 100) : keyOf(bytes.subarray(0, 100));
  throw new InvalidArgumentError(
    null,
    null,
    withHint(
      `Could not parse example input, value: '${start}'`,
      `This is no serialized Example; it has ${bytes.length} bytes.`,
    ),
  );
}

/** A shape as errors print it, `?` where it varies. */
export function shapeWords(shape: readonly (number | null)[]): string {
  return `[${shape.map((dim) => dim ?? '?').join(',')}]`;
}

/** What errors say ahead of the fault; the first three take the key. */
interface Words {
  /** Ahead of a fault of the feature `key`. */
  feature(key: string): string;
  /** Ahead of a missing feature. */
  readonly missing: string;
  count(key: DenseKey, kind: string, count: number): string;
  stride(key: DenseKey, kind: string, count: number): string;
}

// ---- one feature -------------------------------------------------------------------------------

/** The values of a sparse key in one example: none where it is missing. */
function sparseValues(key: SparseKey, features: RawFeatures, words: Words): Data {
  const feature = features.get(key.key);
  if (!feature || feature.kind === NO_LIST) return newData(key.dtype, 0);
  const wanted = kindOf(key.dtype);
  if (feature.kind !== wanted) {
    const [expected, actual] = [kindName(wanted), kindName(feature.kind)];
    invalid(
      `${words.feature(key.key)}Data types don't match. Expected type: ${expected}, Actual type: ${actual}`,
    );
  }
  return valuesOf(feature) ?? damagedList(key.key, words);
}

function damagedList(key: string, words: Words): never {
  return invalid(`${words.feature(key)}Can't parse serialized Example.`);
}

/** The values of a dense key in one example; `null` for the fallback. */
function denseValues(key: DenseKey, features: RawFeatures, words: Words): Data | null {
  const feature = features.get(key.key);
  if (!feature || feature.kind === NO_LIST) {
    if (key.varies) return newData(key.dtype, 0);
    if (key.fallback.size > 0) return null;
    const type = kindName(kindOf(key.dtype));
    invalid(
      `${words.missing}Feature: ${key.key} (data type: ${type}) is required but could not be found.`,
    );
  }
  const wanted = kindOf(key.dtype);
  if (feature.kind !== wanted) {
    const [expected, actual] = [kindName(wanted), kindName(feature.kind)];
    invalid(
      `${words.feature(key.key)}Data types don't match. Data type: ${actual} but expected type: ${expected}`,
    );
  }
  const values = valuesOf(feature) ?? damagedList(key.key, words);
  const count = values.length;
  if (key.varies) {
    const fits = key.stride > 0 ? count % key.stride === 0 : count === 0;
    if (!fits) invalid(words.stride(key, COUNTED[wanted]!, count));
  } else if (count !== key.stride) invalid(words.count(key, COUNTED[wanted]!, count));
  return values;
}

// ---- what is asked for -------------------------------------------------------------------------

/** A string element as a key of the maps. */
export function keyText(text: Text): string {
  return keyOf(bytesOfText(text));
}

/** The dense keys with their types, shapes and fallbacks. InvalidArgumentError where these do not fit. */
export function denseKeys(
  names: readonly Text[],
  types: readonly DType[],
  shapes: readonly Dims[],
  fallbacks: readonly Value[],
): DenseKey[] {
  return names.map((name, i) => {
    const shape = shapes[i];
    if (!shape || shape.slice(1).includes(null)) {
      invalid(
        `dense_shapes[${i}] has unknown rank or unknown inner dimensions: ${shape ? shapeWords(shape) : '<unknown>'}`,
      );
    }
    const varies = shape[0] === null;
    const stride = sizeOf((varies ? shape.slice(1) : shape) as number[]);
    const key = {
      key: keyText(name),
      dtype: types[i]!,
      shape,
      varies,
      stride,
      fallback: fallbacks[i]!,
    };
    checkFallback(key, i);
    return key;
  });
}

function checkFallback({ shape, varies, fallback }: DenseKey, i: number): void {
  const [given, wanted] = [shapeText(fallback.shape), shapeWords(shape)];
  if (varies && fallback.size !== 1) {
    invalid(
      `dense_shape[${i}] is a variable length shape: ${wanted}, therefore def_value[${i}] must contain a single element (the padding element).  But its shape is: ${given}`,
    );
  }
  if (!varies && fallback.size > 0 && given !== wanted) {
    invalid(
      `def_value[${i}].shape() == ${given} is not compatible with dense_shapes_[${i}] == ${wanted}`,
    );
  }
}

/** The string elements of a value. */
export function textsOf(value: Value): readonly Text[] {
  return value.data as Text[];
}

// ---- many examples -----------------------------------------------------------------------------

interface Request {
  readonly sparse: readonly SparseKey[];
  readonly ragged: readonly SparseKey[];
  readonly dense: readonly DenseKey[];
}
interface Batch {
  /** Per key: per example. */
  readonly sparse: readonly Data[][];
  readonly ragged: readonly Data[][];
  readonly dense: readonly (Data | null)[][];
}

function readBatch(request: Request, serialized: Value, names: Value): Batch {
  const examples = textsOf(serialized);
  const labels = textsOf(names);
  if (labels.length > 0 && labels.length !== examples.length) {
    invalid(
      `Expected len(names) == len(serialized), but got: ${labels.length} vs. ${examples.length}`,
    );
  }
  const rows = examples.map((text, i) => {
    const features = readExample(bytesOfText(text)) ?? refuseBytes(text);
    const words = batchWords(labels[i] === undefined ? '<unknown>' : String(labels[i]), i);
    return {
      sparse: request.sparse.map((key) => sparseValues(key, features, words)),
      ragged: request.ragged.map((key) => sparseValues(key, features, words)),
      dense: request.dense.map((key) => denseValues(key, features, words)),
    };
  });
  return {
    sparse: request.sparse.map((_, k) => rows.map((row) => row.sparse[k]!)),
    ragged: request.ragged.map((_, k) => rows.map((row) => row.ragged[k]!)),
    dense: request.dense.map((_, k) => rows.map((row) => row.dense[k]!)),
  };
}

function batchWords(name: string, index: number): Words {
  const feature = (key: string) => `Name: ${name}, Key: ${key}, Index: ${index}.  `;
  return {
    feature,
    missing: `Name: ${name}, `,
    count: ({ key, shape }, kind, count) =>
      `${feature(key)}Number of ${kind} values != expected.  Values size: ${count} but output shape: ${shapeWords(shape)}`,
    stride: ({ key, shape }, kind, count) =>
      `${feature(key)}Number of ${kind} values is not a multiple of stride length. Saw ${count} values but output shape is: ${shapeWords(shape)}`,
  };
}

/** The values of all rows one after another. */
export function joinedRows(dtype: DType, rows: readonly Data[], context: KernelContext): Value {
  const result = context.alloc(dtype, [rows.reduce((sum, row) => sum + row.length, 0)]);
  let at = 0;
  for (const row of rows) {
    copyRun(result.data, at, row, 0, row.length);
    at += row.length;
  }
  return result;
}

/** The place of each value of rows of these lengths: row and column. */
export function places(lengths: readonly number[], context: KernelContext): Value {
  const count = lengths.reduce((sum, length) => sum + length, 0);
  const result = context.alloc(int64, [count, 2]);
  const data = result.data as TypedArray;
  let at = 0;
  lengths.forEach((length, row) => {
    for (let column = 0; column < length; column++) {
      data[at++] = row;
      data[at++] = column;
    }
  });
  return result;
}

/** Indices, values and shape of a sparse matrix of rows. */
export function sparseRows(
  dtype: DType,
  rows: readonly Data[],
  context: KernelContext,
): [indices: Value, values: Value, shape: Value] {
  const lengths = rows.map((row) => row.length);
  const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
  return [
    places(lengths, context),
    joinedRows(dtype, rows, context),
    numbers(context, int64, [rows.length, longest]),
  ];
}

/** The array of a dense key: one row per example, padded where their lengths vary. */
function denseRows(key: DenseKey, rows: readonly (Data | null)[], context: KernelContext): Value {
  const steps =
    key.varies && key.stride > 0
      ? rows.reduce((most, row) => Math.max(most, row!.length / key.stride), 0)
      : 0;
  const inner = (key.varies ? [steps, ...key.shape.slice(1)] : key.shape) as number[];
  const result = context.alloc(key.dtype, [rows.length, ...inner]);
  const size = sizeOf(inner);
  rows.forEach((row, i) => {
    const values = row ?? key.fallback.data;
    copyRun(result.data, i * size, values, 0, values.length);
    if (values.length < size) pad(result.data, i * size + values.length, (i + 1) * size, key);
  });
  return result;
}

function pad(data: Data, from: number, to: number, { fallback }: DenseKey): void {
  if (Array.isArray(data)) data.fill(textsOf(fallback)[0]!, from, to);
  else data.fill((fallback.data as TypedArray)[0]!, from, to);
}

function batchOutputs(request: Request, batch: Batch, context: KernelContext): Value[] {
  const sparse = request.sparse.map(({ dtype }, k) => sparseRows(dtype, batch.sparse[k]!, context));
  return [
    ...sparse.map(([indices]) => indices),
    ...sparse.map(([, values]) => values),
    ...sparse.map(([, , shape]) => shape),
    ...request.dense.map((key, k) => denseRows(key, batch.dense[k]!, context)),
  ];
}

kernel('ParseExample', (inputs, attrs, context) => {
  const [sparseCount, denseCount] = [attrs.Nsparse as number, attrs.Ndense as number];
  const [serialized, names, ...rest] = inputs as [Value, Value, ...Value[]];
  const key = (value: Value) => textsOf(value)[0]!;
  const dense = rest.slice(sparseCount, sparseCount + denseCount).map(key);
  const request = {
    sparse: sparseKeys(rest.slice(0, sparseCount).map(key), attrs.sparse_types),
    ragged: [],
    dense: denseOf(dense, attrs, rest.slice(sparseCount + denseCount)),
  };
  return batchOutputs(request, readBatch(request, serialized, names), context);
});

/** Sparse keys of these types. */
export function sparseKeys(names: readonly Text[], types: unknown): SparseKey[] {
  return names.map((name, i) => ({ key: keyText(name), dtype: (types as readonly DType[])[i]! }));
}

function denseOf(names: readonly Text[], attrs: Attrs, fallbacks: readonly Value[]): DenseKey[] {
  const { Tdense, dense_shapes } = attrs;
  return denseKeys(names, Tdense as readonly DType[], dense_shapes as readonly Dims[], fallbacks);
}

kernel('ParseExampleV2', (inputs, attrs, context) => {
  const [serialized, names, sparse, dense, ragged, ...fallbacks] = inputs as [
    Value,
    Value,
    Value,
    Value,
    Value,
    ...Value[],
  ];
  const request = {
    sparse: sparseKeys(textsOf(sparse), attrs.sparse_types),
    ragged: sparseKeys(textsOf(ragged), attrs.ragged_value_types),
    dense: denseOf(textsOf(dense), attrs, fallbacks),
  };
  if (serialized.shape.length === 0) return oneOutputs(request, textsOf(serialized)[0]!, context);
  const batch = readBatch(request, serialized, names);
  const splits = attrs.ragged_split_types as readonly DType[];
  return [
    ...batchOutputs(request, batch, context),
    ...request.ragged.map(({ dtype }, k) => joinedRows(dtype, batch.ragged[k]!, context)),
    ...request.ragged.map((_, k) => rowSplits(batch.ragged[k]!, splits[k]!, context)),
  ];
});

/** Where each row begins, and where the last one ends. */
function rowSplits(rows: readonly Data[], dtype: DType, context: KernelContext): Value {
  const result = context.zeros(dtype, [rows.length + 1]);
  const data = result.data as TypedArray;
  rows.forEach((row, i) => {
    data[i + 1] = data[i]! + row.length;
  });
  return result;
}

// ---- one example -------------------------------------------------------------------------------

const ONE: Words = {
  feature: (key) => `Key: ${key}.  `,
  missing: '',
  count: ({ key, shape }, kind, count) =>
    withHint(
      `Key: ${key}.  Can't parse serialized Example.`,
      `It has ${count} ${kind} values, and the shape is ${shapeWords(shape)}.`,
    ),
  stride: ({ key, stride }, _kind, count) =>
    `Error while parsing feature with key ${key}: number of elements should be divisible by ${stride}, found ${count} instead`,
};

function oneOutputs(request: Request, serialized: Text, context: KernelContext): Value[] {
  const features = readExample(bytesOfText(serialized)) ?? refuseBytes(serialized);
  const sparse = request.sparse.map((key) => sparseValues(key, features, ONE));
  const ragged = request.ragged.map((key) => sparseValues(key, features, ONE));
  const dense = request.dense.map((key) => oneDense(key, features, context));
  return [
    ...sparse.map(({ length }) =>
      numbers(
        context,
        int64,
        Float64Array.from({ length }, (_, i) => i),
        [length, 1],
      ),
    ),
    ...sparse.map((values, k) => joinedRows(request.sparse[k]!.dtype, [values], context)),
    ...sparse.map(({ length }) => numbers(context, int64, [length])),
    ...dense,
    ...ragged.map((values, k) => joinedRows(request.ragged[k]!.dtype, [values], context)),
    ...ragged.map(() => numbers(context, int64, [])),
  ];
}

function oneDense(key: DenseKey, features: RawFeatures, context: KernelContext): Value {
  const values = denseValues(key, features, ONE) ?? key.fallback.data;
  const steps = key.stride > 0 ? values.length / key.stride : 0;
  const shape = (key.varies ? [steps, ...key.shape.slice(1)] : key.shape) as number[];
  return context.view(joinedRows(key.dtype, [values], context), shape);
}

kernel('ParseSingleExample', ([serialized, ...fallbacks], attrs, context) => {
  if (serialized!.shape.length > 0) {
    invalid(`Expected serialized to be a scalar, got shape: ${shapeText(serialized!.shape)}`);
  }
  const request = {
    sparse: sparseKeys(attrs.sparse_keys as readonly string[], attrs.sparse_types),
    ragged: [],
    dense: denseOf(attrs.dense_keys as readonly string[], attrs, fallbacks),
  };
  return oneOutputs(request, textsOf(serialized!)[0]!, context);
});
