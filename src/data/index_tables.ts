/** `tf.contrib.lookup`: vocabularies, from a list or from a file, as tables from words to numbers and back. */

import { toTensor } from '../core/convert.ts';
import { as_dtype, type DType, type DTypeLike, int64, string } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { nameScope } from '../core/mode.ts';
import { type ArgsOf, fn, signature } from '../core/signature.ts';
import { type Name, type Node, Tensor, type TensorLike } from '../core/tensor.ts';
import { add } from '../ops/arithmetic.ts';
import { to_int64 } from '../ops/cast.ts';
import { not_equal } from '../ops/compare.ts';
import { no_op } from '../ops/control_flow.ts';
import { where } from '../ops/search.ts';
import { range } from '../ops/sequence.ts';
import { size } from '../ops/shape.ts';
import {
  as_string,
  string_to_hash_bucket,
  string_to_hash_bucket_fast,
  string_to_hash_bucket_strong,
} from '../ops/strings.ts';
import {
  HashTable,
  type InitializableLookupTableBase,
  type Keys,
  KeyValueTensorInitializer,
  LookupInterface,
  onKeys,
  TextFileIdTableInitializer,
  TextFileIndex,
  TextFileStringTableInitializer,
} from './lookup.ts';

/** Which hash function gives unknown words their buckets, and its key. */
export class HasherSpec {
  readonly hasher: string;
  readonly key: readonly number[] | null;

  constructor(hasher: string, key: readonly number[] | null) {
    this.hasher = hasher;
    this.key = key;
  }
}

/** FarmHash's Fingerprint64. */
export const FastHashSpec = new HasherSpec('fasthash', null);

/** SipHash under a key of two numbers. */
export class StrongHashSpec extends HasherSpec {
  constructor(key: readonly number[]) {
    if (key.length !== 2) throw new ValueError(`key must have size 2, got ${key.length}.`);
    if (!key.every(Number.isInteger)) {
      throw new TypeError(`Invalid key ${key}. Must be unsigned integer values.`);
    }
    super('stronghash', key);
  }
}

function bucketsOf(words: Tensor, count: number, { hasher, key }: HasherSpec): Tensor {
  const texts = words.dtype.base_dtype === string ? words : as_string(words);
  const name = 'hash_bucket';
  if (hasher === 'fasthash') return string_to_hash_bucket_fast(texts, count, name);
  if (hasher === 'legacy') return string_to_hash_bucket(texts, count, name);
  if (hasher === 'stronghash') return string_to_hash_bucket_strong(texts, count, key!, name);
  throw new ValueError(`Unknown hasher ${hasher}`);
}

const buckets = signature(
  ['table', 'num_oov_buckets', 'hasher_spec', 'name', 'key_dtype'],
  (
    table: InitializableLookupTableBase | null,
    num_oov_buckets: number,
    hasher_spec: HasherSpec = FastHashSpec,
    name: Name = null,
    key_dtype: DTypeLike | null = null,
  ) => ({ table, num_oov_buckets, hasher_spec, name, key_dtype }),
);

function keyTypeOf({ table, num_oov_buckets, key_dtype }: ReturnType<typeof buckets>): DType {
  if (table === null && num_oov_buckets <= 0) {
    throw new ValueError('oov_buckets must be > 0 if no table is supplied.');
  }
  const type = key_dtype === null ? (table?.key_dtype ?? string) : as_dtype(key_dtype);
  if (table !== null && table.key_dtype.is_integer !== type.is_integer) {
    const wanted = type.is_integer ? 'integer' : 'non-integer';
    throw new TypeError(`Invalid key dtype, expected ${wanted} but got ${table.key_dtype}.`);
  }
  if (table !== null && table.value_dtype !== int64) {
    throw new TypeError(`Invalid value dtype, expected ${int64} but got ${table.value_dtype}.`);
  }
  if (!type.is_integer && type !== string) {
    throw new TypeError(`Invalid key_dtype, expected integer or string, got ${type}.`);
  }
  return type;
}

/** A table whose unknown keys get numbers beyond those of the table, by their hashes. */
export class IdTableWithHashBuckets extends LookupInterface {
  readonly #table: InitializableLookupTableBase | null;
  readonly #count: number;
  readonly #hasher: HasherSpec;

  constructor(...args: ArgsOf<typeof buckets>) {
    const given = buckets(...args);
    const type = keyTypeOf(given);
    if (!(given.hasher_spec instanceof HasherSpec)) {
      throw new TypeError(`hasher_spec must be of type HasherSpec, got ${given.hasher_spec}`);
    }
    const name = given.name?.replace(/\/+$/, '') || given.table?.name || 'hash_bucket';
    super(type, int64, name.split('/').at(-1)!);
    this.#table = given.table;
    this.#count = given.num_oov_buckets;
    this.#hasher = given.hasher_spec;
  }

  override get init(): Node {
    return this.#table?.init ?? nameScope(null, 'init', () => no_op());
  }

  /** The handle of the table of known keys; `null` if there is none. */
  get table_ref(): Tensor | null {
    return this.#table?.table_ref ?? null;
  }

  override size(name: Name = null): Tensor {
    return nameScope(name, `${this.name}_Size`, (scope) => {
      const known = this.#table?.size(scope) ?? toTensor(0, int64);
      return known.add(this.#count);
    });
  }

  override lookup<K extends Keys>(keys: K, name: Name = null) {
    return onKeys(keys, this.key_dtype, (given) => {
      const table = this.#table;
      const words = table?.key_dtype === int64 ? to_int64(given) : given;
      if (table !== null && this.#count === 0) return table.lookup(words, name) as Tensor;
      return nameScope(name, `${this.name}_Lookup`, (scope) => {
        const hashed = bucketsOf(words, this.#count, this.#hasher);
        if (table === null) return hashed;
        const ids = table.lookup(words) as Tensor;
        const beyond = add(hashed, table.size());
        return where(not_equal(ids, table.default_value), ids, beyond, scope) as Tensor;
      });
    });
  }
}

// ---- vocabularies ------------------------------------------------------------------------------

function checkVocabulary(num_oov_buckets: number, dtype: DType): void {
  if (num_oov_buckets < 0) {
    throw new ValueError(
      `num_oov_buckets must be greater or equal than 0, got ${num_oov_buckets}.`,
    );
  }
  if (!dtype.is_integer && dtype !== string) {
    throw new TypeError('Only integer and string keys are supported.');
  }
}

function checkKeyType(keys: Tensor, dtype: DType): void {
  const wanted = dtype.is_integer ? 'integer' : dtype === string ? String(dtype) : 'non-integer';
  if (keys.dtype.is_integer !== dtype.is_integer || (!dtype.is_integer && keys.dtype !== dtype)) {
    throw new ValueError(`Expected ${wanted}, got ${keys.dtype}.`);
  }
}

type Found = HashTable | IdTableWithHashBuckets;

/** From the members of `mapping` to their positions; unknown ones get `default_value`, or a bucket by their hash. */
export const index_table_from_tensor = fn(
  ['mapping', 'num_oov_buckets', 'default_value', 'hasher_spec', 'dtype', 'name'],
  (
    mapping: TensorLike,
    num_oov_buckets: number = 0,
    default_value: number = -1,
    hasher_spec: HasherSpec = FastHashSpec,
    dtype: DTypeLike = string,
    name: Name = null,
  ): Found => {
    if (mapping === null) throw new ValueError('mapping must be specified.');
    const type = as_dtype(dtype);
    checkVocabulary(num_oov_buckets, type);
    return nameScope(name, 'string_to_index', (outer) => {
      const given = mapping instanceof Tensor ? null : type;
      const keys = toTensor(mapping, given);
      checkKeyType(keys, type);
      const values = to_int64(range(size(keys)));
      const table = nameScope(null, 'hash_table', (scope) => {
        const known = keys.dtype.is_integer ? to_int64(keys) : keys;
        const types = { key_dtype: known.dtype.base_dtype, value_dtype: int64 };
        const init = new KeyValueTensorInitializer(known, values, { ...types, name: 'table_init' });
        return new HashTable(init, default_value, { name: scope });
      });
      if (num_oov_buckets === 0) return table;
      const rest = { hasher_spec, name: outer, key_dtype: type };
      return new IdTableWithHashBuckets(table, num_oov_buckets, rest);
    });
  },
);

/** The name under which tables of the same file and columns are one table. */
function sharedName(file: TensorLike, vocabSize: number | null, key: number, value: number) {
  const path = file instanceof Tensor ? String(file.constant?.data[0] ?? file.name) : String(file);
  return ['hash_table', path, ...(vocabSize ? [vocabSize] : []), key, value].join('_');
}

/** From the lines of a file to their numbers, or from one of its columns to another. */
export const index_table_from_file = fn(
  [
    'vocabulary_file',
    'num_oov_buckets',
    'vocab_size',
    'default_value',
    'hasher_spec',
    'key_dtype',
    'name',
    'key_column_index',
    'value_column_index',
    'delimiter',
  ],
  (
    vocabulary_file: TensorLike | null = null,
    num_oov_buckets: number = 0,
    vocab_size: number | null = null,
    default_value: number = -1,
    hasher_spec: HasherSpec = FastHashSpec,
    key_dtype: DTypeLike = string,
    name: Name = null,
    key_column_index: number = TextFileIndex.WHOLE_LINE,
    value_column_index: number = TextFileIndex.LINE_NUMBER,
    delimiter: string = '\t',
  ): Found => {
    if (vocabulary_file === null || vocabulary_file === '') {
      throw new ValueError('vocabulary_file must be specified and must not be empty.');
    }
    if (vocab_size !== null && vocab_size < 1) {
      throw new ValueError(`vocab_size must be greater than 0, got ${vocab_size}.`);
    }
    const type = as_dtype(key_dtype);
    checkVocabulary(num_oov_buckets, type);
    return nameScope(name, 'string_to_index', (outer) => {
      const columns = { key_column_index, value_column_index, vocab_size, delimiter };
      const table = nameScope(null, 'hash_table', (scope) => {
        const init = new TextFileIdTableInitializer(vocabulary_file, {
          ...columns,
          name: 'table_init',
          key_dtype: type.is_integer ? int64 : type,
        });
        return new HashTable(init, default_value, {
          shared_name: sharedName(
            vocabulary_file,
            vocab_size,
            key_column_index,
            value_column_index,
          ),
          name: scope,
        });
      });
      if (num_oov_buckets === 0) return table;
      const rest = { hasher_spec, name: outer, key_dtype: type };
      return new IdTableWithHashBuckets(table, num_oov_buckets, rest);
    });
  },
);

/** From positions to the members of `mapping`. */
export const index_to_string_table_from_tensor = fn(
  ['mapping', 'default_value', 'name'],
  (mapping: TensorLike, default_value: string = 'UNK', name: Name = null): HashTable => {
    if (mapping === null) throw new ValueError('mapping must be specified.');
    return nameScope(name, 'index_to_string', (scope) => {
      const values = toTensor(mapping, string);
      const keys = to_int64(range(size(values)));
      const types = { key_dtype: int64, value_dtype: string };
      const init = new KeyValueTensorInitializer(keys, values, { ...types, name: 'table_init' });
      return new HashTable(init, default_value, { name: scope });
    });
  },
);

/** From the numbers of lines to the lines of a file, or from one of its columns to another. */
export const index_to_string_table_from_file = fn(
  [
    'vocabulary_file',
    'vocab_size',
    'default_value',
    'name',
    'key_column_index',
    'value_column_index',
    'delimiter',
  ],
  (
    vocabulary_file: TensorLike,
    vocab_size: number | null = null,
    default_value: string = 'UNK',
    name: Name = null,
    key_column_index: number = TextFileIndex.LINE_NUMBER,
    value_column_index: number = TextFileIndex.WHOLE_LINE,
    delimiter: string = '\t',
  ): HashTable => {
    if (!vocabulary_file) throw new ValueError('vocabulary_file must be specified.');
    if (vocab_size !== null && vocab_size < 1) {
      throw new ValueError(`vocab_size must be greater than 0, got ${vocab_size}.`);
    }
    return nameScope(name, 'index_to_string', (scope) => {
      const columns = { key_column_index, value_column_index, vocab_size, delimiter };
      const init = new TextFileStringTableInitializer(vocabulary_file, {
        ...columns,
        name: 'table_init',
      });
      return new HashTable(init, default_value, {
        shared_name: sharedName(vocabulary_file, vocab_size, key_column_index, value_column_index),
        name: scope,
      });
    });
  },
);

/** The positions of `tensor`'s strings in `mapping`; replaced by `index_table_from_tensor`. */
export const string_to_index = fn(
  ['tensor', 'mapping', 'default_value', 'name'],
  (
    tensor: TensorLike,
    mapping: TensorLike,
    default_value: number = -1,
    name: Name = null,
  ): Tensor =>
    index_table_from_tensor(mapping, { default_value, name }).lookup(toTensor(tensor, string)),
);

/** The members of `mapping` at positions `tensor`; replaced by `index_to_string_table_from_tensor`. */
export const index_to_string = fn(
  ['tensor', 'mapping', 'default_value', 'name'],
  (
    tensor: TensorLike,
    mapping: TensorLike,
    default_value: string = 'UNK',
    name: Name = null,
  ): Tensor =>
    index_to_string_table_from_tensor(mapping, default_value, name).lookup(toTensor(tensor, int64)),
);
