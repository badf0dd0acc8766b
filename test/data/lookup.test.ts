/** Lookup tables against TensorFlow: vocabularies from lists and files, sessions, errors, the older ops. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import {
  InitializeTable,
  LookupTableFind,
  HashTable as OldHashTable,
} from '../../src/ops/lookup.ts';

const { lookup } = tf.contrib;
const path = new URL('../golden/lookup.json', import.meta.url);
const goldens = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown[][]>;

const folder = mkdtempSync(join(tmpdir(), 'tf1-lookup-'));
const file = join(folder, 'words.txt');
writeFileSync(file, 'a\t10\nb\t20\r\nc\t30\n');
afterAll(() => rmSync(folder, { recursive: true }));

const WORDS = ['emerson', 'lake', 'palmer'];
const ASKED = ['emerson', 'king', 'palmer', 'crimson', ''];

function inGraph<T>(body: (session: tf.Session) => T): T {
  const graph = new tf.Graph();
  return tf.with(graph.as_default(), () => tf.with(new tf.Session(), body));
}

function plain(value: unknown): unknown[] {
  return value instanceof tf.NdArray ? Array.from<unknown>(value.data) : [value];
}

type Table = { lookup(keys: tf.Tensor): tf.Tensor; size(): tf.Tensor };
const ids = (table: Table) => [table.lookup(tf.constant(ASKED)), table.size()];
const long = (...values: number[]) => tf.constant(values, tf.int64);

const cases: Record<string, () => tf.Tensor[]> = {
  index_table_from_tensor: () => ids(lookup.index_table_from_tensor(WORDS)),
  default_value: () => ids(lookup.index_table_from_tensor(WORDS, { default_value: 7 })),
  num_oov_buckets: () => ids(lookup.index_table_from_tensor(WORDS, { num_oov_buckets: 3 })),
  strong: () => {
    const hasher_spec = new lookup.StrongHashSpec([3, 9]);
    return ids(lookup.index_table_from_tensor(WORDS, { num_oov_buckets: 5, hasher_spec }));
  },
  integers: () => {
    const options = { num_oov_buckets: 4, dtype: tf.int32 };
    const table = lookup.index_table_from_tensor([10, 20, 30], options);
    return [table.lookup(tf.constant([20, 5, 30, 6], tf.int32))];
  },
  index_to_string: () => [
    lookup.index_to_string_table_from_tensor(WORDS, 'none').lookup(long(2, 0, 9)),
  ],
  file: () => [lookup.index_table_from_file(file).lookup(tf.constant(['b\t20', 'a']))],
  columns: () => {
    const columns = { key_column_index: 0, value_column_index: 1 };
    return [lookup.index_table_from_file(file, columns).lookup(tf.constant(['c', 'a', 'x']))];
  },
  vocab_size: () => ids(lookup.index_table_from_file(file, { vocab_size: 2, key_column_index: 0 })),
  strings: () => {
    const table = lookup.index_to_string_table_from_file(file, { value_column_index: 0 });
    return [table.lookup(long(1, 5))];
  },
};

describe('vocabularies', () => {
  test.each(Object.keys(goldens))('%s', (name) => {
    inGraph((session) => {
      const outputs = cases[name]!();
      session.run(tf.tables_initializer());
      expect(session.run(outputs).map(plain)).toEqual(goldens[name]);
    });
  });

  test('the deprecated functions make their table themselves', () => {
    inGraph((session) => {
      const found = lookup.string_to_index(['lake', 'x'], WORDS);
      const words = lookup.index_to_string(long(1, 8), WORDS);
      session.run(tf.initialize_all_tables());
      expect(plain(session.run(found))).toEqual([1, -1]);
      expect(plain(session.run(words))).toEqual(['lake', 'UNK']);
    });
  });
});

describe('tables', () => {
  const pairs = () => new lookup.KeyValueTensorInitializer(['a', 'b'], tf.constant([1.5, 2.5]));

  test('have the nodes and collections of TF1', () => {
    inGraph(() => {
      const table = new lookup.HashTable(pairs(), -1);
      expect(table.table_ref.op.type).toBe('HashTableV2');
      expect(table.name).toBe('hash_table');
      expect(table.init.name).toBe('key_value_init');
      expect(table.lookup(['a']).op.name).toBe('hash_table_Lookup');
      expect(table.size().op.name).toBe('hash_table_Size');
      expect(tf.get_collection(tf.GraphKeys.TABLE_INITIALIZERS)).toEqual([table.init]);
      expect(tf.tables_initializer().name).toBe('init_all_tables');
      new lookup.HashTable(new lookup.TextFileInitializer(file, tf.string, 0, tf.int64, 1), -1);
      expect(tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS)).toHaveLength(1);
    });
  });

  test('belong to a session, and must be filled first', () => {
    inGraph((session) => {
      const table = new lookup.HashTable(pairs(), -1);
      const found = table.lookup(tf.constant(['b', 'z']));
      expect(() => session.run(found)).toThrow(tf.errors.FailedPreconditionError);
      expect(() => session.run(found)).toThrow('Table not initialized.');
      session.run(table.init);
      session.run(table.init);
      expect(plain(session.run(found))).toEqual([2.5, -1]);
      tf.with(new tf.Session(), (other) => {
        expect(() => other.run(found)).toThrow('Table not initialized.');
      });
    });
  });

  test('take sparse keys', () => {
    inGraph((session) => {
      const table = lookup.index_table_from_tensor(WORDS, { num_oov_buckets: 1 });
      const keys = new tf.SparseTensor(
        [
          [0, 1],
          [2, 0],
        ],
        tf.constant(['lake', 'x']),
        [3, 2],
      );
      const found = table.lookup(keys);
      session.run(tf.tables_initializer());
      expect(plain(session.run(found.values))).toEqual([1, 3]);
      expect(plain(session.run(found.dense_shape))).toEqual([3, 2]);
    });
  });

  test('that may change are filled by runs', () => {
    inGraph((session) => {
      const table = new lookup.MutableHashTable(tf.string, tf.int64, -1);
      const found = table.lookup(tf.constant(['a', 'b']));
      expect(plain(session.run(found))).toEqual([-1, -1]);
      session.run(table.insert(['b', 'c'], [5, 6]));
      expect(plain(session.run(found))).toEqual([-1, 5]);
      session.run(table.insert(['b'], [7]));
      expect(session.run(table.size())).toBe(2);
      const [keys, values] = session.run(table.export());
      expect([plain(keys), plain(values)]).toEqual([
        ['b', 'c'],
        [7, 6],
      ]);
    });
  });

  test('of older graphs have handles that are references', () => {
    inGraph((session) => {
      const table_handle = OldHashTable({}, { key_dtype: tf.int64, value_dtype: tf.string });
      const init = InitializeTable({
        table_handle,
        keys: long(4, 5),
        values: tf.constant(['x', 'y']),
      });
      const found = LookupTableFind({
        table_handle,
        keys: long(5),
        default_value: tf.constant('-'),
      });
      session.run(init);
      expect(plain(session.run(found))).toEqual(['y']);
    });
  });
});

describe('errors', () => {
  test('when a graph is built', () => {
    inGraph(() => {
      const table = lookup.index_table_from_tensor(WORDS);
      expect(() => table.lookup(long(1))).toThrow(
        "Signature mismatch. Keys must be dtype <dtype: 'string'>, got <dtype: 'int64'>.",
      );
      expect(() => lookup.index_table_from_tensor(WORDS, { num_oov_buckets: -1 })).toThrow(
        'num_oov_buckets must be greater or equal than 0, got -1.',
      );
      expect(() => new lookup.TextFileInitializer(file, tf.string, -1, tf.int64, 0)).toThrow(
        "Signature mismatch. Keys must be dtype <dtype: 'int64'>, got <dtype: 'string'>.",
      );
      expect(() => new lookup.IdTableWithHashBuckets(null, 0)).toThrow('oov_buckets must be > 0');
    });
  });

  test('when a table is filled', () => {
    const fill = (make: () => InstanceType<typeof lookup.HashTable>) => () =>
      inGraph((session) => session.run(make().init));
    const from = (keys: string[], values: number[]) =>
      new lookup.HashTable(new lookup.KeyValueTensorInitializer(keys, tf.constant(values)), 0);
    expect(fill(() => from(['a', 'a'], [1, 2]))).toThrow(
      'HashTable has different value for same key. Key a has 1 and trying to add value 2',
    );
    const lines = (name: string, column: number, vocab_size: number | null = null) =>
      new lookup.HashTable(
        new lookup.TextFileInitializer(name, tf.string, 0, tf.int64, column, { vocab_size }),
        0,
      );
    expect(fill(() => lines(file, 0))).toThrow('Field a in line 0 is not a valid int64.');
    expect(fill(() => lines(file, 4))).toThrow('expected at least 5 got 2');
    expect(fill(() => lines(file, 1, 9))).toThrow('expected 9 but got 3');
    expect(fill(() => lines(join(folder, 'none'), 1))).toThrow(tf.errors.NotFoundError);
  });
});
