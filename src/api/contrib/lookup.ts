/** `tf.contrib.lookup`: tables that turn words into numbers and back. */

export {
  FastHashSpec,
  HasherSpec,
  IdTableWithHashBuckets,
  index_table_from_file,
  index_table_from_tensor,
  index_to_string,
  index_to_string_table_from_file,
  index_to_string_table_from_tensor,
  StrongHashSpec,
  string_to_index,
} from '../../data/index_tables.ts';
export {
  HashTable,
  InitializableLookupTableBase,
  KeyValueTensorInitializer,
  LookupInterface,
  MutableHashTable,
  TableInitializerBase,
  TextFileIdTableInitializer,
  TextFileIndex,
  TextFileInitializer,
  TextFileStringTableInitializer,
} from '../../data/lookup.ts';
