/** Strings: joining, cutting, parsing, formatting, hashing. */

import { toTensor } from '../core/convert.ts';
import { broadcastDims, mergeDims, reducedDims, withRank } from '../core/dims.ts';
import { type DType, float32, int32, string } from '../core/dtype.ts';
import { nameScope } from '../core/mode.ts';
import { op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import { SparseTensor } from '../core/sparse_tensor.ts';
import type { Dims, Name, Static, Tensor, TensorLike } from '../core/tensor.ts';
import { constant } from './constant.ts';
import { integers, intsOf } from './literals.ts';
import { range } from './sequence.ts';
import { rank } from './shape.ts';

const ofInput = ({ input }: { readonly input: Static }): Dims => input.dims;

// ---- joining -----------------------------------------------------------------------------------

export const StringJoin = op('StringJoin', {
  inputs: ['inputs: N * string'],
  outputs: ['output: string'],
  attrs: ['N: int >= 1', "separator: string = ''"],
  shape: ({ inputs }) => {
    if (inputs.some(({ dims }) => dims === null)) return null;
    const shaped = inputs.filter(({ dims }) => dims!.length > 0);
    return shaped.reduce<Dims>((all, { dims }) => mergeDims(all, dims), shaped[0]?.dims ?? []);
  },
}).gradient(null);

/** Joins strings element by element; scalars are repeated. */
export const string_join = fn(
  ['inputs', 'separator', 'name'],
  (inputs: readonly TensorLike[], separator: string = '', name: Name = null): Tensor =>
    StringJoin({ inputs }, { separator }, name),
);

export const ReduceJoin = op('ReduceJoin', {
  inputs: ['inputs: string', 'reduction_indices: int32'],
  outputs: ['output: string'],
  attrs: ['keep_dims: bool = false', "separator: string = ''"],
  shape: ({ inputs, reduction_indices }, { keep_dims }) =>
    reducedDims(inputs.dims, intsOf(reduction_indices), keep_dims),
}).gradient(null);

/** Joins strings along dimensions, all of them without `axis`; the one named first moves fastest. */
export const reduce_join = fn(
  ['inputs', 'axis', 'keep_dims', 'separator', 'name', 'reduction_indices'],
  (
    inputs: TensorLike,
    axis: TensorLike | null = null,
    keep_dims: boolean = false,
    separator: string = '',
    name: Name = null,
    reduction_indices: TensorLike | null = null,
  ): Tensor =>
    nameScope(name, 'ReduceJoin', () => {
      const texts = toTensor(inputs, null, 'inputs');
      const axes = axis ?? reduction_indices ?? allAxes(texts);
      return ReduceJoin({ inputs: texts, reduction_indices: axes }, { keep_dims, separator });
    }),
);

function allAxes(texts: Tensor): TensorLike {
  if (texts.dims === null) return range(rank(texts).subtract(1), -1, -1);
  const order = texts.dims.map((_, i) => texts.dims!.length - 1 - i);
  return constant(order, int32, [order.length]);
}

// ---- cutting -----------------------------------------------------------------------------------

export const StringSplit = op('StringSplit', {
  inputs: ['input: string', 'delimiter: string'],
  outputs: ['indices: int64', 'values: string', 'shape: int64'],
  attrs: ['skip_empty: bool = true'],
  shape: ({ input, delimiter }): Dims[] => {
    withRank(input.dims, 1);
    withRank(delimiter.dims, 0);
    return [[null, 2], [null], [2]];
  },
}).gradient(null);

/** The pieces of each string between the characters of `delimiter`, as a sparse matrix. */
export const string_split = fn(
  ['source', 'delimiter', 'skip_empty'],
  (source: TensorLike, delimiter: TensorLike = ' ', skip_empty: boolean = true): SparseTensor =>
    nameScope(null, 'StringSplit', () => {
      const between = toTensor(delimiter, string);
      const input = toTensor(source, string);
      const [indices, values, shape] = StringSplit({ input, delimiter: between }, { skip_empty });
      indices.set_shape([null, 2]);
      values.set_shape([null]);
      shape.set_shape([2]);
      return new SparseTensor(indices, values, shape);
    }),
);

export const Substr = op('Substr', {
  inputs: ['input: string', 'pos: T', 'len: T'],
  outputs: ['output: string'],
  attrs: ['T: {int32, int64}'],
  shape: ({ input, pos, len }) => broadcastDims(input.dims, mergeDims(pos.dims, len.dims)),
}).gradient(null);

/** `len` bytes of each string from position `pos` on. */
export const substr = fn(
  ['input', 'pos', 'len', 'name'],
  (input: TensorLike, pos: TensorLike, len: TensorLike, name: Name = null): Tensor =>
    Substr({ input, pos: integers(pos), len: integers(len) }, {}, name),
);

export const StringStrip = op('StringStrip', {
  inputs: ['input: string'],
  outputs: ['output: string'],
  attrs: [],
  shape: ofInput,
}).gradient(null);

/** Strings without white space at their ends. */
export const string_strip = fn(
  ['input', 'name'],
  (input: TensorLike, name: Name = null): Tensor => StringStrip({ input }, {}, name),
);

export const RegexReplace = op('RegexReplace', {
  inputs: ['input: string', 'pattern: string', 'rewrite: string'],
  outputs: ['output: string'],
  attrs: ['replace_global: bool = true'],
  shape: ({ input, pattern, rewrite }) => {
    withRank(pattern.dims, 0);
    withRank(rewrite.dims, 0);
    return input.dims;
  },
}).gradient(null);

/** Strings with the matches of `pattern` replaced by `rewrite`, in which `\1` is the first group. */
export const regex_replace = fn(
  ['input', 'pattern', 'rewrite', 'replace_global', 'name'],
  (
    input: TensorLike,
    pattern: TensorLike,
    rewrite: TensorLike,
    replace_global: boolean = true,
    name: Name = null,
  ): Tensor => RegexReplace({ input, pattern, rewrite }, { replace_global }, name),
);

export const RegexFullMatch = op('RegexFullMatch', {
  inputs: ['input: string', 'pattern: string'],
  outputs: ['output: bool'],
  attrs: [],
  shape: ({ input, pattern }) => {
    withRank(pattern.dims, 0);
    return input.dims;
  },
}).gradient(null);

/** Whether `pattern` matches the whole of each string. */
export const regex_full_match = fn(
  ['input', 'pattern', 'name'],
  (input: TensorLike, pattern: TensorLike, name: Name = null): Tensor =>
    RegexFullMatch({ input, pattern }, {}, name),
);

/** RegexFullMatch with a pattern that is known when the graph is built. */
export const StaticRegexFullMatch = op('StaticRegexFullMatch', {
  inputs: ['input: string'],
  outputs: ['output: bool'],
  attrs: ['pattern: string'],
  shape: ofInput,
}).gradient(null);

/** RegexReplace with a pattern and a text that are known when the graph is built. */
export const StaticRegexReplace = op('StaticRegexReplace', {
  inputs: ['input: string'],
  outputs: ['output: string'],
  attrs: ['pattern: string', 'rewrite: string', 'replace_global: bool = true'],
  shape: ofInput,
}).gradient(null);

// ---- numbers -----------------------------------------------------------------------------------

export const StringToNumber = op('StringToNumber', {
  inputs: ['string_tensor: string'],
  outputs: ['output: out_type'],
  attrs: ['out_type: {float, double, int32, int64} = DT_FLOAT'],
  shape: ({ string_tensor }) => string_tensor.dims,
}).gradient(null);

/** The numbers that strings spell. */
export const string_to_number = fn(
  ['string_tensor', 'out_type', 'name'],
  (string_tensor: TensorLike, out_type: DType = float32, name: Name = null): Tensor =>
    StringToNumber({ string_tensor }, { out_type }, name),
);

export const AsString = op('AsString', {
  inputs: ['input: T'],
  outputs: ['output: string'],
  attrs: [
    'T: {int32, int64, complex64, float, double, bool, int8}',
    'precision: int = -1',
    'scientific: bool = false',
    'shortest: bool = false',
    'width: int = -1',
    "fill: string = ''",
  ],
  shape: ofInput,
}).gradient(null);

/** Numbers as text, formatted as C's printf does. */
export const as_string = fn(
  ['input', 'precision', 'scientific', 'shortest', 'width', 'fill', 'name'],
  (
    input: TensorLike,
    precision: number = -1,
    scientific: boolean = false,
    shortest: boolean = false,
    width: number = -1,
    fill: string = '',
    name: Name = null,
  ): Tensor => AsString({ input }, { precision, scientific, shortest, width, fill }, name),
);

// ---- bytes -------------------------------------------------------------------------------------

export const StringToHashBucket = op('StringToHashBucket', {
  inputs: ['string_tensor: string'],
  outputs: ['output: int64'],
  attrs: ['num_buckets: int >= 1'],
  shape: ({ string_tensor }) => string_tensor.dims,
}).gradient(null);

/** A bucket for each string, by a hash that may change between versions. */
export const string_to_hash_bucket = fn(
  ['string_tensor', 'num_buckets', 'name'],
  (string_tensor: TensorLike, num_buckets: number, name: Name = null): Tensor =>
    StringToHashBucket({ string_tensor }, { num_buckets }, name),
);

export const StringToHashBucketFast = op('StringToHashBucketFast', {
  inputs: ['input: string'],
  outputs: ['output: int64'],
  attrs: ['num_buckets: int >= 1'],
  shape: ofInput,
}).gradient(null);

/** A bucket for each string, by FarmHash's Fingerprint64. */
export const string_to_hash_bucket_fast = fn(
  ['input', 'num_buckets', 'name'],
  (input: TensorLike, num_buckets: number, name: Name = null): Tensor =>
    StringToHashBucketFast({ input }, { num_buckets }, name),
);

export const StringToHashBucketStrong = op('StringToHashBucketStrong', {
  inputs: ['input: string'],
  outputs: ['output: int64'],
  attrs: ['num_buckets: int >= 1', 'key: list(int)'],
  shape: ofInput,
}).gradient(null);

/** A bucket for each string, by SipHash under a `key` of two numbers. */
export const string_to_hash_bucket_strong = fn(
  ['input', 'num_buckets', 'key', 'name'],
  (input: TensorLike, num_buckets: number, key: readonly number[], name: Name = null): Tensor =>
    StringToHashBucketStrong({ input }, { num_buckets, key }, name),
);

export const EncodeBase64 = op('EncodeBase64', {
  inputs: ['input: string'],
  outputs: ['output: string'],
  attrs: ['pad: bool = false'],
  shape: ofInput,
}).gradient(null);

/** Strings in web-safe base64; `pad` fills them to groups of four with `=`. */
export const encode_base64 = fn(
  ['input', 'pad', 'name'],
  (input: TensorLike, pad: boolean = false, name: Name = null): Tensor =>
    EncodeBase64({ input }, { pad }, name),
);

export const DecodeBase64 = op('DecodeBase64', {
  inputs: ['input: string'],
  outputs: ['output: string'],
  attrs: [],
  shape: ofInput,
}).gradient(null);

/** The strings that web-safe base64 stands for. */
export const decode_base64 = fn(
  ['input', 'name'],
  (input: TensorLike, name: Name = null): Tensor => DecodeBase64({ input }, {}, name),
);

export const DecodeRaw = op('DecodeRaw', {
  inputs: ['bytes: string'],
  outputs: ['output: out_type'],
  attrs: [
    'out_type: {half, float, double, int32, uint16, uint8, int16, int8, int64}',
    'little_endian: bool = true',
  ],
  shape: ({ bytes }) => bytes.dims && [...bytes.dims, null],
}).gradient(null);

/** The bytes of strings, all of one length, read as numbers along a new last dimension. */
export const decode_raw = fn(
  ['bytes', 'out_type', 'little_endian', 'name'],
  (bytes: TensorLike, out_type: DType, little_endian: boolean = true, name: Name = null): Tensor =>
    DecodeRaw({ bytes }, { out_type, little_endian }, name),
);
