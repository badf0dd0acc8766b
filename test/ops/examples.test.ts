/** Parsing Examples: TensorFlow's values, static shapes, errors and nodes, see record_examples.py. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import '../leaks.ts';

interface Feature {
  readonly kind: string;
  readonly dtype: string;
  readonly shape?: number[];
  readonly default_value?: unknown;
  readonly allow_missing?: boolean;
  readonly index_key?: string | string[];
  readonly value_key?: string;
  readonly size?: number | number[];
  readonly already_sorted?: boolean;
}
interface Row {
  readonly fn: 'parse_example' | 'parse_single_example' | 'parse_single_sequence_example';
  readonly serialized: string | string[];
  readonly features: (Record<string, Feature> | null)[];
  readonly kwargs: Record<string, unknown>;
  readonly fed: boolean;
  readonly shapes?: unknown;
  readonly nodes?: [string, string, string[]][];
  readonly value?: unknown;
  readonly error?: string;
  readonly text?: string;
}
interface Plain {
  readonly dtype: string;
  readonly shape: number[];
  readonly data: unknown[];
}
const rows = JSON.parse(
  readFileSync(new URL('../golden/examples.json', import.meta.url), 'utf8'),
) as Row[];

function featureOf(f: Feature): tf.FixedLenFeature | tf.VarLenFeature | tf.SparseFeature {
  const dtype = Reflect.get(tf, f.dtype) as tf.DType;
  const { shape = [], default_value = null, allow_missing } = f;
  const fallback = default_value as tf.TensorLike | null;
  if (f.kind === 'VarLenFeature') return new tf.VarLenFeature(dtype);
  if (f.kind === 'FixedLenFeature') return new tf.FixedLenFeature(shape, dtype, fallback);
  if (f.kind === 'SparseFeature') {
    const { index_key = '', value_key = '', size = 0, already_sorted } = f;
    return new tf.SparseFeature(index_key, value_key, dtype, size, { already_sorted });
  }
  return new tf.FixedLenSequenceFeature(shape, dtype, {
    allow_missing: allow_missing!,
    default_value: fallback,
  });
}

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}

/** Python gives bytes; here strings are text where they are UTF-8. */
function expected(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(expected);
  const plain = value as Plain & { sparse?: unknown[] } & Record<string, unknown>;
  if (plain.sparse) return plain.sparse.map(expected);
  if (!plain.dtype) return mapValues(plain, expected);
  if (plain.dtype !== 'string') return plain;
  const data = plain.data.map((bytes) => Buffer.from(bytes as number[]).toString('latin1'));
  return { ...plain, data };
}

function mapValues(object: object, change: (value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

function plain(value: unknown): unknown {
  if (value instanceof tf.NdArray) {
    const texts = (x: unknown) =>
      typeof x === 'string' || x instanceof Uint8Array ? Buffer.from(x).toString('latin1') : x;
    const data = Array.from(value.data as ArrayLike<unknown>, texts);
    return { dtype: value.dtype.name, shape: value.shape, data };
  }
  if (value instanceof tf.SparseTensorValue) return [...(value as Iterable<unknown>)].map(plain);
  if (Array.isArray(value)) return value.map(plain);
  return mapValues(value as object, plain);
}

/** Scalars come as plain values: the tensor that they stand for. */
function fetchable(value: unknown): unknown {
  if (value instanceof tf.Tensor || value instanceof tf.SparseTensor) return value;
  if (Array.isArray(value)) return value.map(fetchable);
  return mapValues(value as object, fetchable);
}

function staticOf(value: unknown): unknown {
  if (value instanceof tf.Tensor) return value.dims;
  if (value instanceof tf.SparseTensor) {
    return [value.indices, value.values, value.dense_shape].map(staticOf);
  }
  if (Array.isArray(value)) return value.map(staticOf);
  return mapValues(value as object, staticOf);
}

const { parse_example, parse_single_example, parse_single_sequence_example } = tf;
const PARSERS = { parse_example, parse_single_example, parse_single_sequence_example };

function build(row: Row, serialized: tf.TensorLike): unknown {
  const features = row.features.map(
    (spec) => spec && mapValues(spec, (f) => featureOf(f as Feature)),
  );
  return Reflect.apply(PARSERS[row.fn], tf, [serialized, ...features, row.kwargs]);
}

/** A fetched scalar is a plain value; the golden has it as an array without dimensions. */
function withScalars(got: unknown, wanted: unknown): unknown {
  if (typeof got === 'number' || typeof got === 'string') {
    const { dtype } = wanted as Plain;
    return { dtype, shape: [], data: [got] };
  }
  if (Array.isArray(got)) return got.map((one, i) => withScalars(one, (wanted as unknown[])[i]));
  if (got instanceof tf.NdArray || got instanceof tf.SparseTensorValue) return plain(got);
  return Object.fromEntries(
    Object.entries(got as object).map(([key, one]) => [
      key,
      withScalars(one, (wanted as Record<string, unknown>)[key]),
    ]),
  );
}

/** Newer versions say more. */
const WORDS =
  /Can't parse serialized Example|Could not parse example input, value: 'abcdefg|Actual type/;

/** The shape of a reordered sparse tensor, which newer versions know as a constant, and nothing here reads. */
const NEWER = /^SparseMerge\/(Identity|SparseTensor)/;

function replay(row: Row): void {
  const single = typeof row.serialized === 'string';
  const bytes = single ? bytesOf(row.serialized) : row.serialized.map(bytesOf);
  const graph = new tf.Graph();
  const body = () => {
    const source = row.fed
      ? tf.placeholder(tf.string, single ? [] : [null], 'in')
      : (bytes as tf.TensorLike);
    const out = build(row, source);
    expect(staticOf(out)).toEqual(row.shapes);
    const isOld = ({ 0: name }: readonly unknown[]) => !NEWER.test(name as string);
    const nodes = graph.get_operations().map((op) => [op.name, op.type, nodeInputs(op)]);
    expect(nodes.filter(isOld)).toEqual(row.nodes!.filter(isOld));
    tf.with(new tf.Session(), (sess) => {
      const feed_dict: [tf.Tensor, tf.TensorLike][] = row.fed
        ? [[source as tf.Tensor, tf.string(bytes) as tf.TensorLike]]
        : [];
      const got = sess.run(fetchable(out) as tf.Tensor, { feed_dict });
      expect(withScalars(got, row.value)).toEqual(expected(row.value));
    });
  };
  tf.with(graph.as_default(), body);
}

function nodeInputs(op: tf.Operation): string[] {
  return [...op.inputs].map((input) => input.name.replace(/:0$/, ''));
}

describe.each(['parse_example', 'parse_single_example', 'parse_single_sequence_example'])(
  '%s',
  (name) => {
    const own = rows.filter((row) => row.fn === name);
    test.each(own.map((row, i) => [i, row] as const))('case %d', (_i, row) => {
      if (!row.error) {
        replay(row);
        return;
      }
      let thrown: unknown;
      try {
        replay(row);
      } catch (error) {
        thrown = error;
      }
      expect((thrown as Error).name).toBe(row.error);
      const words = WORDS.exec(row.text!);
      const text = words ? row.text!.slice(0, words.index + words[0].length) : row.text!;
      expect((thrown as Error).message.slice(0, text.length)).toBe(text);
    });
  },
);
