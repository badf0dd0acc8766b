/**
 * Lookup tables: the operations that make them, fill them and ask them, for both kinds of handle. Tables
 * live in the session, as variables do.
 */

import { withRank } from '../core/dims.ts';
import { op } from '../core/op.ts';
import type { Dims, Static } from '../core/tensor.ts';

const TABLE = [
  "container: string = ''",
  "shared_name: string = ''",
  'use_node_name_sharing: bool = false',
  'key_dtype: type',
  'value_dtype: type',
] as const;
const FILE = [
  'key_index: int >= -2',
  'value_index: int >= -2',
  'vocab_size: int >= -1 = -1',
  "delimiter: string = '\\t'",
] as const;

/** What is common to the tables that are referred to by two strings, and to those that are resources. */
const referred = {
  inputs: [],
  outputs: ['table_handle: Ref(string)'],
  attrs: TABLE,
  shape: () => [2],
  stateful: true,
} as const;
const resource = { ...referred, outputs: ['table_handle: resource'], shape: () => [] } as const;

/** A table that is filled once. */
export const HashTable = op('HashTable', referred).gradient(null);
/** A table that is filled once. */
export const HashTableV2 = op('HashTableV2', resource).gradient(null);
/** A table that may change at any time. */
export const MutableHashTable = op('MutableHashTable', referred).gradient(null);
/** A table that may change at any time. */
export const MutableHashTableV2 = op('MutableHashTableV2', resource).gradient(null);

interface Asked {
  readonly keys: Static;
  readonly default_value: Static;
}

function foundDims({ keys, default_value }: Asked): Dims {
  return default_value.dims?.length === 0 ? keys.dims : null;
}

export const LookupTableFind = op('LookupTableFind', {
  inputs: ['table_handle: Ref(string)', 'keys: Tin', 'default_value: Tout'],
  outputs: ['values: Tout'],
  attrs: ['Tin: type', 'Tout: type'],
  shape: foundDims,
}).gradient(null);
export const LookupTableFindV2 = op('LookupTableFindV2', {
  inputs: ['table_handle: resource', 'keys: Tin', 'default_value: Tout'],
  outputs: ['values: Tout'],
  attrs: ['Tin: type', 'Tout: type'],
  shape: foundDims,
  stateful: true,
}).gradient(null);

export const LookupTableSize = op('LookupTableSize', {
  inputs: ['table_handle: Ref(string)'],
  outputs: ['size: int64'],
  attrs: [],
  shape: () => [],
}).gradient(null);
export const LookupTableSizeV2 = op('LookupTableSizeV2', {
  inputs: ['table_handle: resource'],
  outputs: ['size: int64'],
  attrs: [],
  shape: () => [],
  stateful: true,
}).gradient(null);

export const LookupTableExport = op('LookupTableExport', {
  inputs: ['table_handle: Ref(string)'],
  outputs: ['keys: Tkeys', 'values: Tvalues'],
  attrs: ['Tkeys: type', 'Tvalues: type'],
  shape: () => [[null], null],
}).gradient(null);
export const LookupTableExportV2 = op('LookupTableExportV2', {
  inputs: ['table_handle: resource'],
  outputs: ['keys: Tkeys', 'values: Tvalues'],
  attrs: ['Tkeys: type', 'Tvalues: type'],
  shape: () => [[null], null],
  stateful: true,
}).gradient(null);

// ---- filling -----------------------------------------------------------------------------------

const REF_ENTRIES = ['table_handle: Ref(string)', 'keys: Tin', 'values: Tout'] as const;
const ENTRIES = ['table_handle: resource', 'keys: Tin', 'values: Tout'] as const;
const ENTRY_TYPES = ['Tin: type', 'Tout: type'] as const;

/** Adds entries, or replaces them. */
export const LookupTableInsert = op('LookupTableInsert', {
  inputs: REF_ENTRIES,
  outputs: [],
  attrs: ENTRY_TYPES,
}).gradient(null);
/** Adds entries, or replaces them. */
export const LookupTableInsertV2 = op('LookupTableInsertV2', {
  inputs: ENTRIES,
  outputs: [],
  attrs: ENTRY_TYPES,
  stateful: true,
}).gradient(null);
/** Replaces all entries. */
export const LookupTableImport = op('LookupTableImport', {
  inputs: REF_ENTRIES,
  outputs: [],
  attrs: ENTRY_TYPES,
}).gradient(null);
/** Replaces all entries. */
export const LookupTableImportV2 = op('LookupTableImportV2', {
  inputs: ENTRIES,
  outputs: [],
  attrs: ENTRY_TYPES,
  stateful: true,
}).gradient(null);
/** Takes entries out. */
export const LookupTableRemoveV2 = op('LookupTableRemoveV2', {
  inputs: ['table_handle: resource', 'keys: Tin'],
  outputs: [],
  attrs: ['Tin: type'],
  stateful: true,
}).gradient(null);

export const InitializeTable = op('InitializeTable', {
  inputs: ['table_handle: Ref(string)', 'keys: Tkey', 'values: Tval'],
  outputs: [],
  attrs: ['Tkey: type', 'Tval: type'],
}).gradient(null);
export const InitializeTableV2 = op('InitializeTableV2', {
  inputs: ['table_handle: resource', 'keys: Tkey', 'values: Tval'],
  outputs: [],
  attrs: ['Tkey: type', 'Tval: type'],
  stateful: true,
}).gradient(null);

/** Fills a table from the columns, lines or line numbers of a file. */
export const InitializeTableFromTextFile = op('InitializeTableFromTextFile', {
  inputs: ['table_handle: Ref(string)', 'filename: string'],
  outputs: [],
  attrs: FILE,
  shape: ({ filename }) => {
    withRank(filename.dims, 0);
    return null;
  },
}).gradient(null);
/** Fills a table from the columns, lines or line numbers of a file. */
export const InitializeTableFromTextFileV2 = op('InitializeTableFromTextFileV2', {
  inputs: ['table_handle: resource', 'filename: string'],
  outputs: [],
  attrs: FILE,
  shape: ({ filename }) => {
    withRank(filename.dims, 0);
    return null;
  },
  stateful: true,
}).gradient(null);
