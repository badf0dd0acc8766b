/** The kernel that reads a SequenceExample: features of the whole, and lists with one feature per step. */

import type { Data, DType } from '../../core/dtype.ts';
import { int64, newData } from '../../core/dtype.ts';
import type { Attrs, KernelContext, Value } from '../../core/kernels.ts';
import type { Dims } from '../../core/tensor.ts';
import { bytesOfText } from '../../core/text.ts';
import {
  NO_LIST,
  type RawFeature,
  type RawFeatures,
  type RawSequence,
  readSequenceExample,
} from '../../formats/example_reader.ts';
import { kernel } from '../registry.ts';
import { invalid, numbers, sizeOf } from './box.ts';
import {
  type DenseKey,
  denseKeys,
  joinedRows,
  keyText,
  kindName,
  kindOf,
  refuseBytes,
  type SparseKey,
  shapeWords,
  sparseKeys,
  sparseRows,
  textsOf,
  valuesOf,
} from './examples.ts';

/** Checks the type of a feature and gives its values. `where` says in an error which one it is. */
function typedValues(feature: RawFeature, dtype: DType, where: string): Data {
  const wanted = kindOf(dtype);
  if (feature.kind !== wanted) {
    invalid(`${where}.  Data types don't match. Expected type: ${kindName(wanted)}`);
  }
  return valuesOf(feature) ?? invalid(`${where}.  Can't parse serialized Example.`);
}

function checkCount(values: Data, dtype: DType, shape: readonly (number | null)[], where: string) {
  if (values.length === sizeOf(shape as number[])) return;
  const kind = kindName(kindOf(dtype)).replace('string', 'bytes');
  invalid(
    `${where}.  Number of ${kind} values != expected.  values size: ${values.length} but output shape: ${shapeWords(shape)}`,
  );
}

function contextSparse(key: SparseKey, context: RawFeatures, name: string): Data {
  const feature = context.get(key.key);
  if (!feature || feature.kind === NO_LIST) return newData(key.dtype, 0);
  return typedValues(feature, key.dtype, `Name: ${name}, Context feature: ${key.key}`);
}

function contextDense(key: DenseKey, context: RawFeatures, name: string): Data {
  const feature = context.get(key.key);
  if (!feature) {
    if (key.fallback.size > 0) return key.fallback.data;
    invalid(`Name: ${name}, Context feature '${key.key}' is required but could not be found.`);
  }
  const where = `Name: ${name}, Context feature: ${key.key}`;
  const values = typedValues(feature, key.dtype, where);
  checkCount(values, key.dtype, key.shape, `Name: ${name}, Key: ${key.key}, Index: 0`);
  return values;
}

/** The steps of a list, each with its values; a missing list has none. */
function listRows(key: SparseKey, { lists }: RawSequence, name: string): Data[] {
  return (lists.get(key.key) ?? []).map((step, i) =>
    step.kind === NO_LIST
      ? newData(key.dtype, 0)
      : typedValues(step, key.dtype, `Name: ${name}, Feature List: ${key.key}, Index: ${i}`),
  );
}

interface DenseList {
  readonly key: string;
  readonly dtype: DType;
  /** Of one step. */
  readonly shape: readonly number[];
  readonly mayMiss: boolean;
}

function denseRows(list: DenseList, { lists }: RawSequence, name: string): Data[] {
  const steps = lists.get(list.key);
  if (!steps) {
    if (list.mayMiss) return [];
    invalid(
      `Name: ${name}, Feature list '${list.key}' is required but could not be found.  Did you mean to include it in feature_list_dense_missing_assumed_empty or feature_list_dense_defaults?`,
    );
  }
  return steps.map((step, i) => {
    const where = `Name: ${name}, Feature list: ${list.key}, Index: ${i}`;
    const values = typedValues(step, list.dtype, where);
    checkCount(values, list.dtype, list.shape, `Name: ${name}, Key: ${list.key}, Index: ${i}`);
    return values;
  });
}

/** Indices, values and shape of a sparse vector. */
function sparseVector(dtype: DType, values: Data, context: KernelContext): [Value, Value, Value] {
  const { length } = values;
  const indices = Float64Array.from({ length }, (_, i) => i);
  return [
    numbers(context, int64, indices, [length, 1]),
    joinedRows(dtype, [values], context),
    numbers(context, int64, [length]),
  ];
}

/** The outputs of sparse tensors in the order of the op: all indices, all values, all shapes. */
function inOrder(sparse: readonly (readonly Value[])[]): Value[] {
  return [0, 1, 2].flatMap((part) => sparse.map((one) => one[part]!));
}

function denseLists(names: readonly Value[], missing: Value, attrs: Attrs): DenseList[] {
  const types = attrs.feature_list_dense_types as readonly DType[];
  const shapes = attrs.feature_list_dense_shapes as readonly Dims[];
  const mayMiss = new Set(textsOf(missing).map(keyText));
  return names.map((value, i) => {
    const shape = shapes[i];
    const isKnown = shape && !shape.includes(null);
    if (!isKnown) invalid(`feature_list_dense_shapes[${i}] is not fully defined`);
    const key = keyText(textsOf(value)[0]!);
    return { key, dtype: types[i]!, shape: shape as number[], mayMiss: mayMiss.has(key) };
  });
}

kernel('ParseSingleSequenceExample', ([serialized, missing, ...rest], attrs, context) => {
  const counts = [
    'Ncontext_sparse',
    'Ncontext_dense',
    'Nfeature_list_sparse',
    'Nfeature_list_dense',
  ];
  let at = 0;
  const take = (count: number) => {
    at += count;
    return rest.slice(at - count, at);
  };
  const [cSparse, cDense, lSparse, lDense] = counts.map((name) => take(attrs[name] as number)) as [
    Value[],
    Value[],
    Value[],
    Value[],
  ];
  const fallbacks = take(cDense.length);
  const name = textsOf(rest[at]!).length > 0 ? String(textsOf(rest[at]!)[0]) : '<unknown>';
  const text = textsOf(serialized!)[0]!;
  const sequence = readSequenceExample(bytesOfText(text)) ?? refuseBytes(text);
  const keys = (values: readonly Value[]) => values.map((value) => textsOf(value)[0]!);
  const dense = denseKeys(
    keys(cDense),
    attrs.Tcontext_dense as readonly DType[],
    attrs.context_dense_shapes as readonly Dims[],
    fallbacks,
  );
  const contextRows = sparseKeys(keys(cSparse), attrs.context_sparse_types).map((key) =>
    sparseVector(key.dtype, contextSparse(key, sequence.context, name), context),
  );
  const contextArrays = dense.map((key) => {
    const values = contextDense(key, sequence.context, name);
    return context.view(joinedRows(key.dtype, [values], context), key.shape as number[]);
  });
  const listSparse = sparseKeys(keys(lSparse), attrs.feature_list_sparse_types).map((key) =>
    sparseRows(key.dtype, listRows(key, sequence, name), context),
  );
  const listArrays = denseLists(lDense, missing!, attrs).map((list) => {
    const rows = denseRows(list, sequence, name);
    const joined = joinedRows(list.dtype, rows, context);
    return context.view(joined, [rows.length, ...list.shape]);
  });
  return [...inOrder(contextRows), ...contextArrays, ...inOrder(listSparse), ...listArrays];
});
