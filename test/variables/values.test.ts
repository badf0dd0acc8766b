/** What the ops that change variables compute, as TensorFlow recorded it (test/golden/record_variables.py). */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { heap } from '../../src/backend/backend.ts';
import { as_dtype } from '../../src/core/dtype.ts';
import { eager_mode } from '../../src/eager/context.ts';
import { asArray } from '../../src/numpy/index.ts';

interface Plain {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: readonly unknown[];
}
interface Row {
  readonly fn: string;
  readonly resource: boolean;
  readonly initial: Plain;
  readonly args: readonly Plain[];
  readonly gives: Plain;
  readonly then: Plain;
}
type Update = (ref: tf.Variable, ...args: tf.NdArray[]) => tf.Tensor | tf.Variable;

const updateOf = (name: string) => Reflect.get(tf, name) as Update;

const file = new URL('../golden/variables/values.json', import.meta.url);
const rows = JSON.parse(readFileSync(file, 'utf8')) as Row[];

function arrayOf({ dtype, shape, data }: Plain): tf.NdArray {
  const type = as_dtype(dtype);
  if (type.is_complex) {
    const numbers = (data as [number, number][]).flat();
    const storage = type === tf.complex64 ? Float32Array : Float64Array;
    return new tf.NdArray(type, [...shape], new storage(numbers));
  }
  return asArray(data, type).reshape([...shape]);
}

function expectSame(found: unknown, wanted: Plain): void {
  const array = asArray(found, as_dtype(wanted.dtype));
  expect(array.dtype.name).toBe(wanted.dtype);
  expect(array.shape).toEqual(wanted.shape);
  const flat = array.dtype.is_complex ? (wanted.data as [number, number][]).flat() : wanted.data;
  const numbers = Array.from(array.data as ArrayLike<unknown>);
  if (!array.dtype.is_floating && !array.dtype.is_complex) {
    expect(numbers.map((x) => (typeof flat[0] === 'boolean' ? Boolean(x) : x))).toEqual(flat);
    return;
  }
  for (const [i, x] of numbers.entries()) expect(x).toBeCloseTo(flat[i] as number, 4);
}

const titles = rows.map((row, i) => {
  const { fn, resource, initial, args } = row;
  const shapes = args.map(({ dtype, shape }) => `${dtype}[${shape}]`).join(', ');
  return [`${i} ${fn}(${resource ? 'resource ' : ''}${initial.dtype}, ${shapes})`, row] as const;
});

describe('in a session', () => {
  test.each(titles)('%s', (_title, { fn, resource, initial, args, gives, then }) => {
    const before = heap?.blocks ?? 0;
    tf.with(new tf.Graph().as_default(), () => {
      const v = new tf.Variable(arrayOf(initial), { name: 'v', use_resource: resource });
      const update = updateOf(fn)(v, ...args.map(arrayOf));
      const sess = new tf.Session();
      sess.run(v.initializer);
      expectSame(sess.run(update), gives);
      expectSame(sess.run(v), then);
      sess.close();
    });
    expect(heap?.blocks ?? 0).toBe(before);
  });
});

describe('in eager mode', () => {
  test.each(titles.filter(([, { resource }]) => resource))(
    '%s',
    (_title, { fn, initial, args, then }) => {
      tf.with(eager_mode(), () => {
        const v = new tf.contrib.eager.Variable(arrayOf(initial));
        updateOf(fn)(v, ...args.map(arrayOf));
        expectSame(v.numpy(), then);
      });
    },
  );
});
