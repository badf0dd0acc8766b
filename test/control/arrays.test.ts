/** Tensor arrays against TensorFlow: values, gradients, shapes, forward nodes, errors (test/golden/record_arrays.py). */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { heap } from '../../src/backend/backend.ts';
import { ERRORS, PROGRAMS } from './array_programs.ts';

interface Value {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: readonly unknown[];
}
interface Golden {
  readonly programs: Record<
    string,
    {
      readonly values: readonly (Value | string)[];
      readonly shapes: readonly ((number | null)[] | null)[];
      readonly nodes: readonly (readonly [string, string])[];
    }
  >;
  readonly errors: Record<string, readonly [string, string]>;
}

const file = new URL('../golden/arrays.json', import.meta.url);
const golden = JSON.parse(readFileSync(file, 'utf8')) as Golden;

/** A fetched value as flat data. */
function flat(value: unknown): unknown[] {
  const whole = value as { tolist?: () => unknown };
  return [typeof whole?.tolist === 'function' ? whole.tolist() : value].flat(9);
}

/** Whether two values are the same, numbers but for the last bits of hyperbolic tangents. */
function close(value: unknown, wanted: unknown): boolean {
  if (typeof value !== 'number' || typeof wanted !== 'number') return value === wanted;
  return Math.abs(value - wanted) <= 1e-6 * (1 + Math.abs(wanted));
}

/**
 * The nodes without the size of an array, which newer versions know while they build; they also
 * call the conversion of lengths and the addition by other names.
 */
function comparable(rows: readonly (readonly [string, string])[]): unknown[] {
  return rows
    .filter(([name, type]) => type !== 'TensorArraySizeV3' && !/(^|\/)Const(_\d+)?$/.test(name))
    .map(([name, type]) => [name.replace('ToInt64', 'Cast'), type.replace('AddV2', 'Add')]);
}

describe('programs', () => {
  test.each(Object.keys(golden.programs))('%s', (name) => {
    const expected = golden.programs[name]!;
    const before = heap?.blocks ?? 0;
    const graph = new tf.Graph();
    tf.with(graph.as_default(), () => {
      const fetches = PROGRAMS[name]!() as tf.Tensor[];
      const nodes = graph
        .get_operations()
        .filter((operation) => !operation.name.startsWith('gradients'))
        .map((operation) => [operation.name, operation.type] as const);
      expect(comparable(nodes)).toEqual(comparable(expected.nodes));
      tf.with(new tf.Session(), (sess) => {
        const values = sess.run(fetches) as unknown[];
        values.forEach((value, i) => {
          const wanted = expected.values[i]!;
          const data = typeof wanted === 'string' ? [wanted] : wanted.data;
          const found = flat(value);
          const same = found.length === data.length && found.every((v, k) => close(v, data[k]));
          if (!same) expect(found).toEqual(data);
        });
      });
    });
    expect(heap?.blocks ?? 0).toBe(before);
  });
});

describe('errors', () => {
  test.each(Object.keys(golden.errors))('%s', (name) => {
    const [type, text] = golden.errors[name]!;
    let caught: Error | null = null;
    try {
      tf.with(new tf.Graph().as_default(), () =>
        tf.with(new tf.Session(), (sess) => sess.run(ERRORS[name]!())),
      );
    } catch (error) {
      caught = error as Error;
    }
    expect(caught?.name).toBe(type);
    expect(caught?.message.replace(/t_\d+/, 't_N')).toContain(text.trim());
  });
});

describe('memory', () => {
  const large = () => tf.placeholder_with_default(tf.ones([6, 80, 80]), [6, 80, 80]);

  test('elements on the heap are freed when the run ends', () => {
    const before = heap?.blocks ?? 0;
    tf.with(new tf.Graph().as_default(), () => {
      const x = large();
      const y = tf.map_fn((v) => tf.tanh(v).multiply(v), x);
      const z = tf.scan((a, v) => a.multiply(v), x);
      const kept = new tf.TensorArray(tf.float32, { size: 6 }).unstack(x).read(2);
      const dx = tf.gradients([y, z], x)[0] as tf.Tensor;
      tf.with(new tf.Session(), (sess) => {
        for (let i = 0; i < 2; i++) sess.run([tf.reduce_sum(dx), kept, y.op]);
      });
    });
    expect(heap?.blocks ?? 0).toBe(before);
  });

  test('also when it fails on the way', () => {
    const before = heap?.blocks ?? 0;
    tf.with(new tf.Graph().as_default(), () => {
      const x = large();
      const ta = new tf.TensorArray(tf.float32, { size: 6, infer_shape: false }).unstack(x);
      const bad = ta.write(2, tf.tanh(x)).stack();
      const loop = tf.map_fn((v) => tf.check_numerics(tf.log(v.subtract(1)), 'bad'), x);
      tf.with(new tf.Session(), (sess) => {
        expect(() => sess.run(bad)).toThrow('has already been written to');
        expect(() => sess.run(loop)).toThrow('bad : Tensor had Inf');
      });
    });
    expect(heap?.blocks ?? 0).toBe(before);
  });
});
