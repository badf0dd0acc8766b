/**
 * What a program says about the features that it wants parsed, and what the ops want to know of it:
 * keys in order, types, shapes and the tensors that stand for missing values.
 */

import { toTensor } from '../core/convert.ts';
import { type DType, int64, string } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { namedtuple } from '../core/namedtuple.ts';
import { as_shape, type ShapeLike } from '../core/shape.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import { type Dims, Tensor, type TensorLike } from '../core/tensor.ts';
import { constant } from './constant.ts';
import { reshape } from './shape.ts';

type Members = new (...members: unknown[]) => object;

const varLen = signature(['dtype'], (dtype: DType) => [dtype] as const);

/** A feature of any number of values, which comes as a SparseTensor. */
export class VarLenFeature extends (namedtuple('VarLenFeature', ['dtype']) as Members) {
  declare readonly dtype: DType;

  constructor(...args: ArgsOf<typeof varLen>) {
    super(...varLen(...args));
  }
}

const fixedLen = signature(
  ['shape', 'dtype', 'default_value'],
  (shape: ShapeLike, dtype: DType, default_value: TensorLike | null = null) =>
    [shape, dtype, default_value] as const,
);

/** A feature of a known shape, required unless it has a `default_value`. */
export class FixedLenFeature extends (namedtuple('FixedLenFeature', [
  'shape',
  'dtype',
  'default_value',
]) as Members) {
  declare readonly shape: ShapeLike;
  declare readonly dtype: DType;
  declare readonly default_value: TensorLike | null;

  constructor(...args: ArgsOf<typeof fixedLen>) {
    super(...fixedLen(...args));
  }
}

const fixedLenSequence = signature(
  ['shape', 'dtype', 'allow_missing', 'default_value'],
  (
    shape: ShapeLike,
    dtype: DType,
    allow_missing: boolean = false,
    default_value: TensorLike | null = null,
  ) => [shape, dtype, allow_missing, default_value] as const,
);

/** A feature of any number of steps, each of a known shape; `default_value`, one element, pads. */
export class FixedLenSequenceFeature extends (namedtuple('FixedLenSequenceFeature', [
  'shape',
  'dtype',
  'allow_missing',
  'default_value',
]) as Members) {
  declare readonly shape: ShapeLike;
  declare readonly dtype: DType;
  declare readonly allow_missing: boolean;
  declare readonly default_value: TensorLike | null;

  constructor(...args: ArgsOf<typeof fixedLenSequence>) {
    super(...fixedLenSequence(...args));
  }
}

const sparse = signature(
  ['index_key', 'value_key', 'dtype', 'size', 'already_sorted'],
  (
    index_key: string | readonly string[],
    value_key: string,
    dtype: DType,
    size: number | readonly number[],
    already_sorted: boolean = false,
  ) => [index_key, value_key, dtype, size, already_sorted] as const,
);

/** A sparse tensor whose values are one feature and whose indices are others. */
export class SparseFeature extends (namedtuple('SparseFeature', [
  'index_key',
  'value_key',
  'dtype',
  'size',
  'already_sorted',
]) as Members) {
  declare readonly index_key: string | readonly string[];
  declare readonly value_key: string;
  declare readonly dtype: DType;
  declare readonly size: number | readonly number[];
  declare readonly already_sorted: boolean;

  constructor(...args: ArgsOf<typeof sparse>) {
    super(...sparse(...args));
  }
}

/** One of the four. */
export type ParsedFeature =
  | VarLenFeature
  | FixedLenFeature
  | FixedLenSequenceFeature
  | SparseFeature;
/** Features by the keys that they have in Examples. */
export type FeatureSpec =
  | Readonly<Record<string, ParsedFeature>>
  | ReadonlyMap<string, ParsedFeature>;

/** A class of features. */
export type FeatureClass =
  | typeof VarLenFeature
  | typeof FixedLenFeature
  | typeof FixedLenSequenceFeature
  | typeof SparseFeature;

/** What an op wants to know of a dense feature. */
export interface DenseRequest {
  readonly key: string;
  readonly dtype: DType;
  readonly dims: Dims;
  readonly default_value: TensorLike | null;
  readonly allowMissing: boolean;
}
/** What the ops want to know of features: sparse keys with types, in order, and dense ones. */
export interface Requests {
  readonly sparse: ReadonlyMap<string, DType>;
  readonly dense: readonly DenseRequest[];
}

/** The entries of a specification in order of their keys. */
export function sortedEntries(features: FeatureSpec): [string, ParsedFeature][] {
  const entries = features instanceof Map ? [...features] : Object.entries(features);
  return (entries as [string, ParsedFeature][]).sort(([a], [b]) => compareText(a, b));
}

/** Python's order of strings: by code point. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const [x, y] = [[...a], [...b]];
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    if (x[i] !== y[i]) return x[i]!.codePointAt(0)! - y[i]!.codePointAt(0)!;
  }
  return x.length - y.length;
}

/**
 * Reads a specification in which only `allowed` kinds may stand. `varies` puts an unknown dimension
 * in front of sequences. ValueError with TF1's texts where something is missing or does not fit.
 */
export function requestsOf(
  features: FeatureSpec | null,
  allowed: readonly FeatureClass[],
  varies: boolean,
): Requests {
  const sparse = new Map<string, DType>();
  const dense: DenseRequest[] = [];
  for (const [key, feature] of features ? sortedEntries(features) : []) {
    const kind = KINDS.find((one) => feature instanceof one);
    if (!kind) throw new ValueError(`Invalid feature ${key}:${feature}.`);
    if (!allowed.includes(kind)) {
      throw new ValueError(`Unsupported ${kind.name} ${featureText(kind, feature)}.`);
    }
    if (feature instanceof SparseFeature) addSparse(key, feature, sparse);
    else {
      if (!feature.dtype) throw new ValueError(`Missing type for feature ${key}.`);
      if (feature instanceof VarLenFeature) sparse.set(key, feature.dtype);
      else dense.push(denseRequest(key, feature, varies));
    }
  }
  return { sparse, dense };
}

const KINDS = [VarLenFeature, SparseFeature, FixedLenFeature, FixedLenSequenceFeature] as const;

function featureText(kind: FeatureClass, feature: ParsedFeature): string {
  const names = Reflect.get(kind, '_fields') as readonly string[];
  const members = names.map((name) => `${name}=${valueText(Reflect.get(feature, name))}`);
  return `${kind.name}(${members.join(', ')})`;
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return `'${value}'`;
  return Array.isArray(value) ? `[${value.map(valueText).join(', ')}]` : String(value);
}

function addSparse(key: string, feature: SparseFeature, sparse: Map<string, DType>): void {
  const { index_key, value_key, dtype } = feature;
  const text = featureText(SparseFeature, feature);
  if (!index_key || index_key.length === 0) {
    throw new ValueError(`Missing index_key for SparseFeature ${text}.`);
  }
  if (!value_key) throw new ValueError(`Missing value_key for SparseFeature ${text}.`);
  if (!dtype) throw new ValueError(`Missing type for feature ${key}.`);
  const indexKeys = typeof index_key === 'string' ? [index_key] : [...index_key];
  for (const one of indexKeys.sort(compareText)) addTyped(one, int64, sparse, 'int64');
  addTyped(value_key, dtype, sparse, String(dtype));
}

function addTyped(key: string, dtype: DType, sparse: Map<string, DType>, name: string): void {
  const known = sparse.get(key);
  if (known !== undefined && known !== dtype) {
    throw new ValueError(`Conflicting type ${known} vs ${name} for feature ${key}.`);
  }
  sparse.set(key, dtype);
}

function denseRequest(
  key: string,
  feature: FixedLenFeature | FixedLenSequenceFeature,
  varies: boolean,
): DenseRequest {
  const { shape, dtype, default_value } = feature;
  if (shape === null || shape === undefined) {
    throw new ValueError(`Missing shape for feature ${key}.`);
  }
  if (feature instanceof FixedLenSequenceFeature) {
    const { allow_missing } = feature;
    if (varies && !allow_missing) {
      throw new ValueError(
        'Unsupported: FixedLenSequenceFeature requires allow_missing to be True.',
      );
    }
    const own = as_shape(shape).toDims();
    const dims = varies && own ? [null, ...own] : own;
    return { key, dtype, dims, default_value, allowMissing: allow_missing };
  }
  const known = as_shape(shape);
  const dims = known.toDims();
  if (dims && dims.length > 0 && dims[0] === null) {
    throw new ValueError(
      `First dimension of shape for feature ${key} unknown. Consider using FixedLenSequenceFeature.`,
    );
  }
  if (!known.is_fully_defined()) {
    throw new ValueError(
      `All dimensions of shape for feature ${key} need to be known but received ${valueText(shape)}.`,
    );
  }
  return { key, dtype, dims, default_value, allowMissing: false };
}

/** ValueError unless something is asked for, and no key is both dense and sparse. */
export function checkRequests({ sparse, dense }: Requests): void {
  if (sparse.size + dense.length === 0) {
    throw new ValueError('Must provide at least one sparse key or dense key');
  }
  refuseShared({ sparse, dense }, 'Dense and sparse');
}

/** ValueError where a key is both dense and sparse. */
export function refuseShared({ sparse, dense }: Requests, kinds: string): void {
  const shared = dense.map(({ key }) => key).filter((key) => sparse.has(key));
  if (shared.length === 0) return;
  const list = shared.map((key) => `'${key}'`).join(', ');
  throw new ValueError(`${kinds} keys must not intersect; intersection: {${list}}`);
}

/** The tensor that stands for missing values, or pads: empty where the feature is required. */
export function defaultTensor({ key, dtype, dims, default_value }: DenseRequest): Tensor {
  const name = key.replace(/[^A-Za-z0-9_.\-/]/g, '_');
  if (dims && dims.length > 0 && dims[0] === null) {
    if (default_value === null) return toTensor(dtype === string ? '' : 0, dtype);
    return reshape(toTensor(default_value, dtype, `padding_${name}`), []);
  }
  if (default_value === null) return constant([], dtype);
  if (default_value instanceof Tensor) return default_value;
  return reshape(toTensor(default_value, dtype, `key_${name}`), dims as readonly number[]);
}
