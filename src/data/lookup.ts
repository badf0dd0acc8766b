/** `tf.contrib.lookup`: tables of a graph that turn strings into numbers and back, and what fills them. */

import { toTensor } from '../core/convert.ts';
import { as_dtype, type DType, type DTypeLike, int64, string } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { nameScope } from '../core/mode.ts';
import { type ArgsOf, fn, signature } from '../core/signature.ts';
import { SparseTensor } from '../core/sparse_tensor.ts';
import { type Name, type Node, Tensor, type TensorLike } from '../core/tensor.ts';
import { GraphKeys } from '../graph/collections.ts';
import { add_to_collection, get_collection } from '../graph/scopes.ts';
import { group, no_op } from '../ops/control_flow.ts';
import {
  HashTableV2,
  InitializeTableFromTextFileV2,
  InitializeTableV2,
  LookupTableExportV2,
  LookupTableFindV2,
  LookupTableInsertV2,
  LookupTableSizeV2,
  MutableHashTableV2,
} from '../ops/lookup.ts';

/** The operation that fills all tables of the graph. */
export const tables_initializer = fn(['name'], (name: Name = 'init_all_tables'): Node => {
  const initializers = get_collection(GraphKeys.TABLE_INITIALIZERS) as Node[];
  return initializers.length > 0 ? group(...initializers, { name }) : no_op(name);
});
/** `tables_initializer` under its older name. */
export const initialize_all_tables = fn(
  ['name'],
  (name: Name = 'init_all_tables'): Node => tables_initializer(name),
);

/** Keys as a tensor: a sparse tensor's values. */
export type Keys = TensorLike | SparseTensor;

/** Does something to keys that may be sparse. */
export function onKeys<K extends Keys>(keys: K, type: DType, body: (keys: Tensor) => Tensor) {
  const given = keys instanceof SparseTensor ? keys.values : keys;
  const tensor = toTensor(given as TensorLike, given instanceof Tensor ? null : type);
  if (tensor.dtype.base_dtype !== type) {
    throw new TypeError(`Signature mismatch. Keys must be dtype ${type}, got ${tensor.dtype}.`);
  }
  const values = body(tensor);
  return (
    keys instanceof SparseTensor ? new SparseTensor(keys.indices, values, keys.dense_shape) : values
  ) as K extends SparseTensor ? SparseTensor : Tensor;
}

/** What all tables have: types, a name, a size, and what a key leads to. */
export abstract class LookupInterface {
  readonly key_dtype: DType;
  readonly value_dtype: DType;
  readonly name: string;

  constructor(key_dtype: DTypeLike, value_dtype: DTypeLike, name: string) {
    this.key_dtype = as_dtype(key_dtype);
    this.value_dtype = as_dtype(value_dtype);
    this.name = name;
  }

  /** The operation that fills the table. */
  abstract get init(): Node;
  /** How many entries it has. */
  abstract size(name?: Name): Tensor;
  /** The values of `keys`, sparse if they are. */
  abstract lookup<K extends Keys>(
    keys: K,
    name?: Name,
  ): K extends SparseTensor ? SparseTensor : Tensor;
}

/** What fills a table. */
export abstract class TableInitializerBase {
  readonly key_dtype: DType;
  readonly value_dtype: DType;

  constructor(key_dtype: DTypeLike, value_dtype: DTypeLike) {
    this.key_dtype = as_dtype(key_dtype).base_dtype;
    this.value_dtype = as_dtype(value_dtype).base_dtype;
  }

  /** Builds the operation that fills `table`, and adds it to the graph's initializers of tables. */
  abstract initialize(table: InitializableLookupTableBase): Node;

  /** TypeError where the table has other types. @internal */
  _check(table: InitializableLookupTableBase): void {
    const { key_dtype, value_dtype } = this;
    if (key_dtype !== table.key_dtype) {
      throw new TypeError(`Invalid key dtype, expected ${table.key_dtype} but got ${key_dtype}.`);
    }
    if (value_dtype !== table.value_dtype) {
      throw new TypeError(
        `Invalid value dtype, expected ${table.value_dtype} but got ${value_dtype}.`,
      );
    }
  }
}

/** A table that is filled once, by an initializer. */
export class InitializableLookupTableBase extends LookupInterface {
  /** The handle of the table. */
  readonly table_ref: Tensor;
  /** The value of keys that are not in the table. */
  readonly default_value: Tensor;
  readonly #init: Node;

  constructor(table_ref: Tensor, default_value: TensorLike, initializer: TableInitializerBase) {
    const name = table_ref.op.name.split('/').at(-1)!;
    super(initializer.key_dtype, initializer.value_dtype, name);
    this.table_ref = table_ref;
    this.default_value = toTensor(default_value, this.value_dtype);
    this.default_value.shape.merge_with([]);
    this.#init = initializer.initialize(this);
  }

  override get init(): Node {
    return this.#init;
  }

  override size(name: Name = null): Tensor {
    return nameScope(name, `${this.name}_Size`, (scope) =>
      LookupTableSizeV2({ table_handle: this.table_ref }, {}, scope),
    );
  }

  override lookup<K extends Keys>(keys: K, name: Name = null) {
    return onKeys(keys, this.key_dtype, (tensor) =>
      nameScope(name, `${this.name}_Lookup`, (scope) => {
        const { table_ref: table_handle, default_value } = this;
        const values = LookupTableFindV2({ table_handle, keys: tensor, default_value }, {}, scope);
        values.set_shape(tensor.shape);
        return values;
      }),
    );
  }
}

const hashTable = signature(
  ['initializer', 'default_value', 'shared_name', 'name'],
  (
    initializer: TableInitializerBase,
    default_value: TensorLike,
    shared_name: string | null = null,
    name: Name = null,
  ) => ({ initializer, default_value, shared_name, name }),
);

/** A table of numbers or strings that is filled once; then it never changes. */
export class HashTable extends InitializableLookupTableBase {
  constructor(...args: ArgsOf<typeof hashTable>) {
    const { initializer, default_value, shared_name, name } = hashTable(...args);
    const { key_dtype, value_dtype } = initializer;
    const handle = nameScope(name, 'hash_table', (scope) =>
      HashTableV2({}, { shared_name: shared_name ?? '', key_dtype, value_dtype }, scope),
    );
    super(handle, default_value, initializer);
  }
}

const mutableTable = signature(
  ['key_dtype', 'value_dtype', 'default_value', 'shared_name', 'name', 'checkpoint'],
  (
    key_dtype: DTypeLike,
    value_dtype: DTypeLike,
    default_value: TensorLike,
    shared_name: string | null = null,
    name: Name = 'MutableHashTable',
    checkpoint: boolean = true,
  ) => ({ key_dtype, value_dtype, default_value, shared_name, name, checkpoint }),
);

/** A table whose entries may be added and replaced at any time. */
export class MutableHashTable extends LookupInterface {
  /** The handle of the table. */
  readonly table_ref: Tensor;
  /** The value of keys that are not in the table. */
  readonly default_value: Tensor;

  constructor(...args: ArgsOf<typeof mutableTable>) {
    const given = mutableTable(...args);
    const [key_dtype, value_dtype] = [as_dtype(given.key_dtype), as_dtype(given.value_dtype)];
    const attrs = { shared_name: given.shared_name ?? '', key_dtype, value_dtype };
    const shared = { ...attrs, use_node_name_sharing: given.checkpoint && !given.shared_name };
    const handle = MutableHashTableV2({}, shared, given.name);
    super(key_dtype, value_dtype, handle.op.name.split('/').at(-1)!);
    this.table_ref = handle;
    this.default_value = toTensor(given.default_value, this.value_dtype);
  }

  override get init(): Node {
    return no_op();
  }

  override size(name: Name = null): Tensor {
    return nameScope(name, `${this.name}_Size`, (scope) =>
      LookupTableSizeV2({ table_handle: this.table_ref }, {}, scope),
    );
  }

  override lookup<K extends Keys>(keys: K, name: Name = null) {
    return onKeys(keys, this.key_dtype, (tensor) =>
      nameScope(name, `${this.name}_lookup_table_find`, (scope) => {
        const { table_ref: table_handle, default_value } = this;
        const values = LookupTableFindV2({ table_handle, keys: tensor, default_value }, {}, scope);
        values.set_shape(tensor.shape);
        return values;
      }),
    );
  }

  /** Adds entries, or replaces the values of keys that are there. */
  insert(keys: TensorLike, values: TensorLike, name: Name = null): Node {
    return nameScope(name, `${this.name}_lookup_table_insert`, (scope) => {
      const tensor = toTensor(keys, keys instanceof Tensor ? null : this.key_dtype, 'keys');
      const value = toTensor(values, values instanceof Tensor ? null : this.value_dtype, 'values');
      return LookupTableInsertV2(
        { table_handle: this.table_ref, keys: tensor, values: value },
        {},
        scope,
      );
    });
  }

  /** All keys and all values, in the same order. */
  export(name: Name = null): readonly [keys: Tensor, values: Tensor] {
    return nameScope(name, `${this.name}_lookup_table_export_values`, (scope) => {
      const types = { Tkeys: this.key_dtype, Tvalues: this.value_dtype };
      const [keys, values] = LookupTableExportV2({ table_handle: this.table_ref }, types, scope);
      return [keys, values];
    });
  }
}

// ---- initializers ------------------------------------------------------------------------------

const keyValues = signature(
  ['keys', 'values', 'key_dtype', 'value_dtype', 'name'],
  (
    keys: TensorLike,
    values: TensorLike,
    key_dtype: DTypeLike | null = null,
    value_dtype: DTypeLike | null = null,
    name: Name = null,
  ) => ({ keys, values, key_dtype, value_dtype, name }),
);

/** Fills a table with `keys` and `values`, two vectors of one length. */
export class KeyValueTensorInitializer extends TableInitializerBase {
  readonly #keys: Tensor;
  readonly #values: Tensor;
  readonly #scope: string;

  constructor(...args: ArgsOf<typeof keyValues>) {
    const given = keyValues(...args);
    const typed = (dtype: DTypeLike | null) => (dtype === null ? null : as_dtype(dtype));
    const [keys, values, scope] = nameScope(
      given.name,
      'key_value_init',
      (inner) =>
        [
          toTensor(given.keys, typed(given.key_dtype), 'keys'),
          toTensor(given.values, typed(given.value_dtype), 'values'),
          inner,
        ] as const,
    );
    super(keys.dtype, values.dtype);
    this.#keys = keys;
    this.#values = values;
    this.#scope = scope;
  }

  override initialize(table: InitializableLookupTableBase): Node {
    this._check(table);
    const inputs = { table_handle: table.table_ref, keys: this.#keys, values: this.#values };
    const init = nameScope(this.#scope, 'key_value_init', (scope) =>
      InitializeTableV2(inputs, {}, scope),
    );
    add_to_collection(GraphKeys.TABLE_INITIALIZERS, init);
    return init;
  }
}

/** What of a line becomes a key or a value, beside the number of a column. */
export const TextFileIndex = {
  WHOLE_LINE: -2,
  LINE_NUMBER: -1,
} as const;

const textFile = signature(
  [
    'filename',
    'key_dtype',
    'key_index',
    'value_dtype',
    'value_index',
    'vocab_size',
    'delimiter',
    'name',
  ],
  (
    filename: TensorLike,
    key_dtype: DTypeLike,
    key_index: number,
    value_dtype: DTypeLike,
    value_index: number,
    vocab_size: number | null = null,
    delimiter: string = '\t',
    name: Name = null,
  ) => ({
    filename,
    key_dtype: as_dtype(key_dtype),
    key_index,
    value_dtype: as_dtype(value_dtype),
    value_index,
    vocab_size,
    delimiter,
    name,
  }),
);

function checkColumns(given: ReturnType<typeof textFile>): void {
  const { filename, key_dtype, key_index, value_dtype, value_index, vocab_size, name } = given;
  const mismatch = (what: string, wanted: DType | string, got: DType): never => {
    throw new ValueError(`Signature mismatch. ${what} must be ${wanted}, got ${got}.`);
  };
  if (filename === '') throw new ValueError(`Filename required for ${name ?? 'None'}.`);
  if (key_index < -2) throw new ValueError(`Invalid key index ${key_index}.`);
  if (key_index === TextFileIndex.LINE_NUMBER && key_dtype !== int64) {
    mismatch('Keys', `dtype ${int64}`, key_dtype);
  }
  if (key_index === TextFileIndex.WHOLE_LINE && !key_dtype.is_integer && key_dtype !== string) {
    mismatch('Keys', 'integer or string', key_dtype);
  }
  if (value_index < -2) throw new ValueError(`Invalid value index ${value_index}.`);
  if (value_index === TextFileIndex.LINE_NUMBER && value_dtype !== int64) {
    mismatch('Values', `dtype ${int64}`, value_dtype);
  }
  if (value_index === TextFileIndex.WHOLE_LINE && value_dtype !== string) {
    mismatch('Values', `dtype ${string}`, value_dtype);
  }
  if (vocab_size !== null && vocab_size <= 0) {
    throw new ValueError(`Invalid vocab_size ${vocab_size}.`);
  }
}

/** Fills a table from a text file: one entry for each line. */
export class TextFileInitializer extends TableInitializerBase {
  readonly #given: ReturnType<typeof textFile>;

  constructor(...args: ArgsOf<typeof textFile>) {
    const given = textFile(...args);
    checkColumns(given);
    super(given.key_dtype, given.value_dtype);
    this.#given = given;
  }

  override initialize(table: InitializableLookupTableBase): Node {
    this._check(table);
    const { key_index, value_index, vocab_size, delimiter, name } = this.#given;
    const attrs = { key_index, value_index, vocab_size: vocab_size ?? -1, delimiter };
    const [init, filename] = nameScope(name, 'text_file_init', (scope) => {
      const path = toTensor(this.#given.filename, string, 'asset_filepath');
      const inputs = { table_handle: table.table_ref, filename: path };
      return [InitializeTableFromTextFileV2(inputs, attrs, scope), path] as const;
    });
    add_to_collection(GraphKeys.TABLE_INITIALIZERS, init);
    // A name that a run is fed with cannot be packed with the model.
    if (filename.constant !== undefined) add_to_collection(GraphKeys.ASSET_FILEPATHS, filename);
    return init;
  }
}

const stringTable = signature(
  ['filename', 'key_column_index', 'value_column_index', 'vocab_size', 'delimiter', 'name'],
  (
    filename: TensorLike,
    key_column_index: number = TextFileIndex.LINE_NUMBER,
    value_column_index: number = TextFileIndex.WHOLE_LINE,
    vocab_size: number | null = null,
    delimiter: string = '\t',
    name: Name = 'text_file_string_table_init',
  ) => ({
    filename,
    key_index: key_column_index,
    value_index: value_column_index,
    vocab_size,
    delimiter,
    name,
  }),
);

/** Fills a table from numbers to strings from a text file. */
export class TextFileStringTableInitializer extends TextFileInitializer {
  constructor(...args: ArgsOf<typeof stringTable>) {
    super({ ...stringTable(...args), key_dtype: int64, value_dtype: string });
  }
}

const idTable = signature(
  [
    'filename',
    'key_column_index',
    'value_column_index',
    'vocab_size',
    'delimiter',
    'name',
    'key_dtype',
  ],
  (
    filename: TensorLike,
    key_column_index: number = TextFileIndex.WHOLE_LINE,
    value_column_index: number = TextFileIndex.LINE_NUMBER,
    vocab_size: number | null = null,
    delimiter: string = '\t',
    name: Name = 'text_file_id_table_init',
    key_dtype: DTypeLike = string,
  ) => ({
    filename,
    key_index: key_column_index,
    value_index: value_column_index,
    vocab_size,
    delimiter,
    name,
    key_dtype,
  }),
);

/** Fills a table from strings or integers to numbers from a text file. */
export class TextFileIdTableInitializer extends TextFileInitializer {
  constructor(...args: ArgsOf<typeof idTable>) {
    super({ ...idTable(...args), value_dtype: int64 });
  }
}
