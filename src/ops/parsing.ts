/**
 * The ops that parse: Examples (their functions are in examples.ts), JSON, CSV, tensors, compressed
 * bytes.
 */

import { withRank, withRankAtMost } from '../core/dims.ts';
import type { DType } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import type { Dims, Name, Static, Tensor, TensorLike } from '../core/tensor.ts';

const EXAMPLE_TYPES = '{float, int64, string}';

/** The static shapes of `count` sparse tensors of this rank: indices, then values, then shapes. */
function sparseShapes(count: number, rank: number): Dims[] {
  const repeated = (dims: Dims) => new Array<Dims>(count).fill(dims);
  return [...repeated([null, rank]), ...repeated([null]), ...repeated([rank])];
}

/** The shapes of arrays with the dimensions of `batch` in front. */
function batched(batch: Dims, shapes: readonly Dims[]): Dims[] {
  return shapes.map((shape) => batch && shape && [...batch, ...shape]);
}

function scalars(values: readonly Static[]): void {
  for (const { dims } of values) withRank(dims, 0);
}

export const ParseExample = op('ParseExample', {
  inputs: [
    'serialized: string',
    'names: string',
    'sparse_keys: Nsparse * string',
    'dense_keys: Ndense * string',
    'dense_defaults: Tdense',
  ],
  outputs: [
    'sparse_indices: Nsparse * int64',
    'sparse_values: sparse_types',
    'sparse_shapes: Nsparse * int64',
    'dense_values: Tdense',
  ],
  attrs: [
    'Nsparse: int >= 0',
    'Ndense: int >= 0',
    `sparse_types: list(${EXAMPLE_TYPES}) >= 0`,
    `Tdense: list(${EXAMPLE_TYPES}) >= 0`,
    'dense_shapes: list(shape) >= 0',
  ],
  shape: ({ serialized }, { Nsparse, dense_shapes }) => [
    ...sparseShapes(Nsparse, 2),
    ...batched(withRank(serialized.dims, 1), dense_shapes),
  ],
}).gradient(null);

export const ParseExampleV2 = op('ParseExampleV2', {
  inputs: [
    'serialized: string',
    'names: string',
    'sparse_keys: string',
    'dense_keys: string',
    'ragged_keys: string',
    'dense_defaults: Tdense',
  ],
  outputs: [
    'sparse_indices: num_sparse * int64',
    'sparse_values: sparse_types',
    'sparse_shapes: num_sparse * int64',
    'dense_values: Tdense',
    'ragged_values: ragged_value_types',
    'ragged_row_splits: ragged_split_types',
  ],
  attrs: [
    `Tdense: list(${EXAMPLE_TYPES}) >= 0`,
    'num_sparse: int >= 0',
    `sparse_types: list(${EXAMPLE_TYPES}) >= 0`,
    `ragged_value_types: list(${EXAMPLE_TYPES}) >= 0`,
    'ragged_split_types: list({int32, int64}) >= 0',
    'dense_shapes: list(shape) >= 0',
  ],
  shape: ({ serialized: { dims } }, { num_sparse, dense_shapes, ragged_value_types }) => {
    const ragged = ragged_value_types.map((): Dims => [null]);
    const rank = dims === null ? null : dims.length + 1;
    const sparse: Dims[] = sparseShapes(num_sparse, rank ?? 0);
    const unknown: Dims[] = sparseShapes(num_sparse, 0).map(() => null);
    const splits = ragged.map((): Dims => (dims?.length === 1 ? [plusOne(dims[0]!)] : [null]));
    return [
      ...(rank === null ? unknown : sparse),
      ...batched(dims, dense_shapes),
      ...ragged,
      ...splits,
    ];
  },
}).gradient(null);

function plusOne(dim: number | null): number | null {
  return dim === null ? null : dim + 1;
}

export const ParseSingleExample = op('ParseSingleExample', {
  inputs: ['serialized: string', 'dense_defaults: Tdense'],
  outputs: [
    'sparse_indices: num_sparse * int64',
    'sparse_values: sparse_types',
    'sparse_shapes: num_sparse * int64',
    'dense_values: Tdense',
  ],
  attrs: [
    'num_sparse: int >= 0',
    'sparse_keys: list(string) >= 0',
    'dense_keys: list(string) >= 0',
    `sparse_types: list(${EXAMPLE_TYPES}) >= 0`,
    `Tdense: list(${EXAMPLE_TYPES}) >= 0`,
    'dense_shapes: list(shape) >= 0',
  ],
  shape: ({ serialized }, { num_sparse, dense_shapes }) => {
    withRank(serialized.dims, 0);
    return [...sparseShapes(num_sparse, 1), ...dense_shapes];
  },
}).gradient(null);

export const ParseSingleSequenceExample = op('ParseSingleSequenceExample', {
  inputs: [
    'serialized: string',
    'feature_list_dense_missing_assumed_empty: string',
    'context_sparse_keys: Ncontext_sparse * string',
    'context_dense_keys: Ncontext_dense * string',
    'feature_list_sparse_keys: Nfeature_list_sparse * string',
    'feature_list_dense_keys: Nfeature_list_dense * string',
    'context_dense_defaults: Tcontext_dense',
    'debug_name: string',
  ],
  outputs: [
    'context_sparse_indices: Ncontext_sparse * int64',
    'context_sparse_values: context_sparse_types',
    'context_sparse_shapes: Ncontext_sparse * int64',
    'context_dense_values: Tcontext_dense',
    'feature_list_sparse_indices: Nfeature_list_sparse * int64',
    'feature_list_sparse_values: feature_list_sparse_types',
    'feature_list_sparse_shapes: Nfeature_list_sparse * int64',
    'feature_list_dense_values: feature_list_dense_types',
  ],
  attrs: [
    'Ncontext_sparse: int >= 0 = 0',
    'Ncontext_dense: int >= 0 = 0',
    'Nfeature_list_sparse: int >= 0 = 0',
    'Nfeature_list_dense: int >= 0 = 0',
    `context_sparse_types: list(${EXAMPLE_TYPES}) >= 0 = []`,
    `Tcontext_dense: list(${EXAMPLE_TYPES}) >= 0 = []`,
    `feature_list_dense_types: list(${EXAMPLE_TYPES}) >= 0 = []`,
    'context_dense_shapes: list(shape) >= 0 = []',
    `feature_list_sparse_types: list(${EXAMPLE_TYPES}) >= 0 = []`,
    'feature_list_dense_shapes: list(shape) >= 0 = []',
  ],
  shape: ({ serialized, debug_name }, attrs) => {
    scalars([serialized, debug_name]);
    return [
      ...sparseShapes(attrs.Ncontext_sparse, 1),
      ...attrs.context_dense_shapes,
      ...sparseShapes(attrs.Nfeature_list_sparse, 2),
      ...batched([null], attrs.feature_list_dense_shapes),
    ];
  },
}).gradient(null);

// ---- text and bytes ----------------------------------------------------------------------------

export const DecodeJSONExample = op('DecodeJSONExample', {
  inputs: ['json_examples: string'],
  outputs: ['binary_examples: string'],
  attrs: [],
  shape: ({ json_examples }) => json_examples.dims,
}).gradient(null);

/** Examples in JSON as serialized ones. */
export const decode_json_example = fn(
  ['json_examples', 'name'],
  (json_examples: TensorLike, name: Name = null): Tensor =>
    DecodeJSONExample({ json_examples }, {}, name),
);

export const DecodeCSV = op('DecodeCSV', {
  inputs: ['records: string', 'record_defaults: OUT_TYPE'],
  outputs: ['output: OUT_TYPE'],
  attrs: [
    'OUT_TYPE: list({float, double, int32, int64, string}) >= 1',
    "field_delim: string = ','",
    'use_quote_delim: bool = true',
    "na_value: string = ''",
    'select_cols: list(int) = []',
  ],
  shape: ({ records, record_defaults }) => {
    for (const { dims } of record_defaults) {
      const [length] = withRankAtMost(dims, 1) ?? [];
      if (length === null || length === undefined || length < 2) continue;
      throw new ValueError('Shape of a default must be a length-0 or length-1 vector');
    }
    return record_defaults.map(() => records.dims);
  },
}).gradient(null);

/**
 * The columns of lines of comma-separated values, a tensor for each of `record_defaults`, which give the
 * types: a vector with the value of missing fields, or an empty one where the field is required.
 */
export const decode_csv = fn(
  [
    'records',
    'record_defaults',
    'field_delim',
    'use_quote_delim',
    'name',
    'na_value',
    'select_cols',
  ],
  (
    records: TensorLike,
    record_defaults: readonly TensorLike[],
    field_delim: string = ',',
    use_quote_delim: boolean = true,
    name: Name = null,
    na_value: string = '',
    select_cols: readonly number[] | null = null,
  ): readonly Tensor[] => {
    checkColumns(select_cols, record_defaults.length);
    const columns = select_cols ?? [];
    const attrs = { field_delim, use_quote_delim, na_value, select_cols: columns };
    return DecodeCSV({ records, record_defaults }, attrs, name);
  },
);

function checkColumns(columns: readonly number[] | null, defaults: number): void {
  if (columns === null) return;
  if (columns.some((column, i) => i > 0 && column <= columns[i - 1]!)) {
    throw new ValueError('select_cols is not strictly increasing.');
  }
  if ((columns[0] ?? 0) < 0) throw new ValueError('select_cols contains negative values.');
  if (columns.length !== defaults) {
    throw new ValueError('Length of select_cols and record_defaults do not match.');
  }
}

export const ParseTensor = op('ParseTensor', {
  inputs: ['serialized: string'],
  outputs: ['output: out_type'],
  attrs: ['out_type: type'],
  shape: ({ serialized }) => {
    withRank(serialized.dims, 0);
    return null;
  },
}).gradient(null);

/** The tensor that a serialized TensorProto holds. */
export const parse_tensor = fn(
  ['serialized', 'out_type', 'name'],
  (serialized: TensorLike, out_type: DType, name: Name = null): Tensor =>
    ParseTensor({ serialized }, { out_type }, name),
);

export const SerializeTensor = op('SerializeTensor', {
  inputs: ['tensor: T'],
  outputs: ['serialized: string'],
  attrs: ['T: type'],
  shape: () => [],
}).gradient(null);

/** A tensor as a serialized TensorProto. */
export const serialize_tensor = fn(
  ['tensor', 'name'],
  (tensor: TensorLike, name: Name = null): Tensor => SerializeTensor({ tensor }, {}, name),
);

export const DecodeCompressed = op('DecodeCompressed', {
  inputs: ['bytes: string'],
  outputs: ['output: string'],
  attrs: ["compression_type: string = ''"],
  shape: ({ bytes }) => bytes.dims,
}).gradient(null);

/** Strings without their compression: `''`, `'ZLIB'` or `'GZIP'`. */
export const decode_compressed = fn(
  ['bytes', 'compression_type', 'name'],
  (bytes: TensorLike, compression_type: string = '', name: Name = null): Tensor =>
    DecodeCompressed({ bytes }, { compression_type }, name),
);
