/** `tf.parse_example` and its kin: serialized Examples become tensors, by a specification of features. */

import { toTensor } from '../core/convert.ts';
import { type DType, int32, string } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { nameScope } from '../core/mode.ts';
import { fn } from '../core/signature.ts';
import { SparseTensor } from '../core/sparse_tensor.ts';
import type { Name, Tensor, TensorLike } from '../core/tensor.ts';
import { Assert } from './checks.ts';
import { equal } from './compare.ts';
import { with_dependencies } from './control_flow.ts';
import {
  checkRequests,
  defaultTensor,
  type FeatureSpec,
  FixedLenFeature,
  FixedLenSequenceFeature,
  type Requests,
  refuseShared,
  requestsOf,
  SparseFeature,
  sortedEntries,
  VarLenFeature,
} from './features.ts';
import { ParseExample, ParseSingleExample, ParseSingleSequenceExample } from './parsing.ts';
import { expand_dims, rank, squeeze } from './shape.ts';
import { slice } from './slice.ts';
import { sparse_merge } from './sparse_merge.ts';

/** What parsing gives: a tensor or a sparse tensor for each key. */
export type ParsedFeatures = Record<string, Tensor & SparseTensor>;
type Parsed = Map<string, Tensor | SparseTensor>;

const ALL = [VarLenFeature, SparseFeature, FixedLenFeature, FixedLenSequenceFeature];

/** Parses a vector of serialized Examples. A dense feature gets the batch in front, a sparse one too. */
export const parse_example = fn(
  ['serialized', 'features', 'name', 'example_names'],
  (
    serialized: TensorLike,
    features: FeatureSpec,
    name: Name = null,
    example_names: TensorLike | null = null,
  ): ParsedFeatures => {
    refuseEmpty(features, 'Missing: features was {}.');
    const requests = requestsOf(features, ALL, true);
    return result(features, parseBatch(serialized, example_names, requests, name));
  },
  { objects: ['features'] },
);

function refuseEmpty(features: FeatureSpec | null, text: string): void {
  if (features === null || sortedEntries(features).length === 0) throw new ValueError(text);
}

function parseBatch(
  serialized: TensorLike,
  names: TensorLike | null,
  requests: Requests,
  name: Name,
): Parsed {
  return nameScope(name, 'ParseExample', () => {
    checkRequests(requests);
    const { sparse, dense } = requests;
    const [indices, values, shapes, arrays] = ParseExample(
      {
        serialized,
        names: names ?? [],
        sparse_keys: [...sparse.keys()],
        dense_keys: dense.map(({ key }) => key),
        dense_defaults: dense.map(defaultTensor),
      },
      { sparse_types: [...sparse.values()], dense_shapes: dense.map(({ dims }) => dims) },
      name,
    );
    return gathered(requests, indices, values, shapes, arrays);
  });
}

function gathered(
  { sparse, dense }: Requests,
  indices: readonly Tensor[],
  values: readonly Tensor[],
  shapes: readonly Tensor[],
  arrays: readonly Tensor[],
): Parsed {
  const parsed: Parsed = new Map();
  [...sparse.keys()].forEach((key, i) => {
    parsed.set(key, new SparseTensor(indices[i]!, values[i]!, shapes[i]!));
  });
  dense.forEach(({ key }, i) => {
    parsed.set(key, arrays[i]!);
  });
  return parsed;
}

/** The tensors of the keys that were asked for; the sparse tensors of SparseFeatures are made here. */
function result(features: FeatureSpec, parsed: Parsed): ParsedFeatures {
  const entries = sortedEntries(features);
  for (const [key, feature] of entries) {
    if (!(feature instanceof SparseFeature)) continue;
    const { index_key, value_key, size, already_sorted } = feature;
    const one = (name: string) => parsed.get(name) as SparseTensor;
    const ids = typeof index_key === 'string' ? one(index_key) : index_key.map(one);
    parsed.set(key, sparse_merge(ids, one(value_key), size, null, already_sorted));
  }
  const found: Record<string, unknown> = Object.create(null);
  for (const [key] of entries) found[key] = parsed.get(key);
  return found as ParsedFeatures;
}

// ---- one example -------------------------------------------------------------------------------

/** Parses one serialized Example. With `example_names`, which errors then mention, as a batch of one. */
export const parse_single_example = fn(
  ['serialized', 'features', 'name', 'example_names'],
  (
    serialized: TensorLike,
    features: FeatureSpec,
    name: Name = null,
    example_names: TensorLike | null = null,
  ): ParsedFeatures => {
    refuseEmpty(features, 'Missing features.');
    const requests = requestsOf(features, ALL, true);
    const parsed =
      example_names === null
        ? parseOne(serialized, requests, name)
        : parseNamed(serialized, example_names, requests, name);
    return result(features, parsed);
  },
  { objects: ['features'] },
);

function parseOne(serialized: TensorLike, requests: Requests, name: Name): Parsed {
  return nameScope(name, 'ParseSingleExample', () => {
    const text = toTensor(serialized, string, 'serialized');
    checkRequests(requests);
    const { sparse, dense } = requests;
    const [indices, values, shapes, arrays] = ParseSingleExample(
      { serialized: text, dense_defaults: dense.map(defaultTensor) },
      {
        num_sparse: sparse.size,
        sparse_keys: [...sparse.keys()],
        sparse_types: [...sparse.values()],
        dense_keys: dense.map(({ key }) => key),
        dense_shapes: dense.map(({ dims }) => dims),
      },
      name,
    );
    return gathered(requests, indices, values, shapes, arrays);
  });
}

function parseNamed(
  serialized: TensorLike,
  names: TensorLike,
  requests: Requests,
  name: Name,
): Parsed {
  return nameScope(name, 'ParseSingleExample', () => {
    const text = expand_dims(scalarText(serialized, 'serialized', 'Serialized'), 0);
    const label = expand_dims(scalarText(names, 'names', 'Names'), 0);
    const parsed = parseBatch(text, label, requests, name);
    for (const { key } of requests.dense) {
      const array = parsed.get(key) as Tensor;
      parsed.set(key, squeeze(array, [0], `Squeeze_${nodeName(key)}`));
    }
    for (const key of requests.sparse.keys()) {
      const { indices, values, dense_shape } = parsed.get(key) as SparseTensor;
      parsed.set(
        key,
        new SparseTensor(
          slice(indices, int32([0, 1]), int32([-1, -1]), `Slice_Indices_${nodeName(key)}`),
          values,
          slice(dense_shape, int32([1]), int32([-1]), `Squeeze_Shape_${nodeName(key)}`),
        ),
      );
    }
    return parsed;
  });
}

function nodeName(key: string): string {
  return key.replace(/[^A-Za-z0-9_.\-/]/g, '_');
}

/** A string that must be a scalar, which is checked in the run where its rank is not known. */
function scalarText(value: TensorLike, what: string, prefix: string): Tensor {
  const text = toTensor(value, string);
  if (text.dims === null) {
    const check = Assert(equal(rank(text), int32(0)), [`Input ${what} must be a scalar`], {
      name: `${prefix}IsScalar`,
    });
    return with_dependencies([check], text, `${prefix}Dependencies`) as Tensor;
  }
  if (text.dims.length > 0) throw new ValueError(`Input ${what} must be a scalar`);
  return text;
}

// ---- sequences ---------------------------------------------------------------------------------

/**
 * Parses one serialized SequenceExample: the features of the whole, and those of its steps, whose
 * tensors have the steps in front.
 */
export const parse_single_sequence_example = fn(
  ['serialized', 'context_features', 'sequence_features', 'example_name', 'name'],
  (
    serialized: TensorLike,
    context_features: FeatureSpec | null = null,
    sequence_features: FeatureSpec | null = null,
    example_name: TensorLike | null = null,
    name: Name = null,
  ): [context: ParsedFeatures, sequence: ParsedFeatures] => {
    if (isMissing(context_features) && isMissing(sequence_features)) {
      throw new ValueError('Missing features.');
    }
    const context = requestsOf(context_features, [VarLenFeature, FixedLenFeature], false);
    const lists = requestsOf(sequence_features, [VarLenFeature, FixedLenSequenceFeature], false);
    const [whole, steps] = parseSequence(serialized, context, lists, example_name, name);
    return [result(context_features ?? {}, whole), result(sequence_features ?? {}, steps)];
  },
  { objects: ['context_features', 'sequence_features'] },
);

function isMissing(features: FeatureSpec | null): boolean {
  return features === null || sortedEntries(features).length === 0;
}

function parseSequence(
  serialized: TensorLike,
  context: Requests,
  lists: Requests,
  exampleName: TensorLike | null,
  name: Name,
): [Parsed, Parsed] {
  return nameScope(name, 'ParseSingleSequenceExample', () => {
    refuseShared(context, 'Context dense and sparse');
    refuseShared(lists, 'Feature list dense and sparse');
    const types = (sparse: ReadonlyMap<string, DType>) => [...sparse.values()];
    const missing = lists.dense.filter(({ allowMissing }) => allowMissing).map(({ key }) => key);
    const outputs = ParseSingleSequenceExample(
      {
        serialized,
        feature_list_dense_missing_assumed_empty: missing,
        context_sparse_keys: [...context.sparse.keys()],
        context_dense_keys: context.dense.map(({ key }) => key),
        feature_list_sparse_keys: [...lists.sparse.keys()],
        feature_list_dense_keys: lists.dense.map(({ key }) => key),
        context_dense_defaults: context.dense.map(defaultTensor),
        debug_name: exampleName ?? '',
      },
      {
        context_sparse_types: types(context.sparse),
        context_dense_shapes: context.dense.map(({ dims }) => dims),
        feature_list_sparse_types: types(lists.sparse),
        feature_list_dense_types: lists.dense.map(({ dtype }) => dtype),
        feature_list_dense_shapes: lists.dense.map(({ dims }) => dims),
      },
      name,
    );
    const [a, b, c, d, e, f, g, h] = outputs;
    return [gathered(context, a, b, c, d), gathered(lists, e, f, g, h)];
  });
}
