/** Eager tensors: numbers at once, as plain data, printed as TensorFlow prints them. */

import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import * as tf from 'tf1';
import type { Fetched } from '../../src/core/fetched.ts';

type Row = readonly [dtype: string, value: tf.TensorLike, text: string];
const printed = JSON.parse(
  readFileSync(new URL('../golden/eager_print.json', import.meta.url), 'utf8'),
) as Row[];

beforeAll(() => tf.enable_eager_execution());

describe('numpy()', () => {
  test('of a scalar is a plain value of its type', () => {
    expect(tf.constant(1.5).numpy()).toBe(1.5);
    expect(tf.constant(3, tf.int64).numpy()).toBe(3);
    expect(tf.constant(true).numpy()).toBe(true);
    expect(tf.constant('text').numpy()).toBe('text');
    expect(tf.constant([1, 2]).at(1).numpy()).toBe(2);
    expectTypeOf(tf.constant(1).numpy()).toEqualTypeOf<Fetched>();
  });

  test('of the rest is an array with its type and shape', () => {
    const array = tf.constant([[1, 2, 3]], tf.int32).numpy();
    expect(array).toBeInstanceOf(tf.NdArray);
    expect(array.dtype).toBe(tf.int32);
    expect(array.shape).toEqual([1, 3]);
    expect(array.tolist()).toEqual([[1, 2, 3]]);
    expect(tf.zeros([0, 2]).numpy().shape).toEqual([0, 2]);
    expect(tf.constant(['a', 'bé']).numpy().tolist()).toEqual(['a', 'bé']);
    const complex = tf.complex(tf.constant([1]), tf.constant([-2])).numpy();
    expect(complex.dtype).toBe(tf.complex64);
  });

  test('is a copy each time, and takes no part in what is computed later', () => {
    const t = tf.constant([1, 2]);
    const first = t.numpy();
    const second = t.numpy();
    expect(first).not.toBe(second);
    (first.data as Float32Array)[0] = 99;
    expect(second.tolist()).toEqual([1, 2]);
    expect(t.numpy().tolist()).toEqual([1, 2]);
    expect(t.add(0).numpy().tolist()).toEqual([1, 2]);
  });

  test('of a constant from a typed array does not see the array change', () => {
    const data = Float32Array.of(1, 2);
    const t = tf.constant(data);
    data[0] = 99;
    expect(t.numpy().tolist()).toEqual([1, 2]);
  });

  test('does not see a variable change later', () => {
    const v = new tf.contrib.eager.Variable([1, 2]);
    const value = v.read_value();
    const array = v.numpy();
    v.assign_add([10, 10]);
    expect(value.numpy().tolist()).toEqual([1, 2]);
    expect((array as Fetched).tolist()).toEqual([1, 2]);
    expect((v.numpy() as Fetched).tolist()).toEqual([11, 12]);
  });
});

describe('printing', () => {
  test.each(printed)('of %s %j', (dtype, value, text) => {
    expect(String(tf.constant(value, tf.as_dtype(dtype)))).toBe(text);
  });

  test('for inspection has the id and the array', () => {
    const t = tf.constant([1, 2]);
    const { _id } = t as tf.Tensor & { _id: number };
    expect(inspect(t)).toBe(
      `<tf.Tensor: id=${_id}, shape=(2,), dtype=float32, numpy=array([1., 2.], dtype=float32)>`,
    );
    const square = tf.constant(
      [
        [1, 2],
        [3, 4],
      ],
      tf.int32,
    ) as tf.Tensor & { _id: number };
    expect(inspect(square)).toBe(
      `<tf.Tensor: id=${square._id}, shape=(2, 2), dtype=int32, numpy=\narray([[1, 2],\n       [3, 4]], dtype=int32)>`,
    );
    expect(inspect(tf.constant(1))).toMatch(/numpy=1\.0>$/);
  });

  test('of a variable', () => {
    const v = new tf.contrib.eager.Variable([1, 2], { name: 'v' });
    expect(String(v)).toBe(
      "<tf.Variable 'v:0' shape=(2,) dtype=float32, numpy=array([1., 2.], dtype=float32)>",
    );
  });
});

describe('an eager tensor', () => {
  test('has a full shape, a type and a device', () => {
    const t = tf.ones([2, 3], tf.float64);
    expect(t.shape.as_list()).toEqual([2, 3]);
    expect(t.get_shape().is_fully_defined()).toBe(true);
    expect(t.dtype).toBe(tf.float64);
    expect(t.device).toBe('/job:localhost/replica:0/task:0/device:CPU:0');
    expect(() => t.set_shape([2, 3])).not.toThrow();
    expect(() => t.set_shape([3, 3])).toThrow(
      "EagerTensor's shape (2, 3) is not compatible with supplied shape",
    );
  });

  test('is iterated by rows', () => {
    const rows = [
      ...tf.constant([
        [1, 2],
        [3, 4],
      ]),
    ];
    expect(rows.map((row) => row.numpy().tolist())).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(() => [...tf.constant(1)]).toThrow('Cannot iterate over a scalar tensor.');
  });

  test('is a number, a condition or a text where the language wants one', () => {
    const three = tf.constant(3);
    expect(Number(three) + 1).toBe(4);
    expect(Number(three.greater(2))).toBe(1);
    expect(`${three}`).toBe('tf.Tensor(3.0, shape=(), dtype=float32)');
    expect(Math.max(three as unknown as number, 2)).toBe(3);
    expect((three as unknown as number) > 2).toBe(true);
    expect(three.less(2).numpy()).toBe(false);
  });

  test('computes with the operators, and keeps integers exact', () => {
    const a = tf.constant([7, -7], tf.int32);
    expect(a.floordiv(2).numpy().tolist()).toEqual([3, -4]);
    expect(a.mod(4).numpy().tolist()).toEqual([3, 1]);
    expect(a.truediv(2).dtype).toBe(tf.float64);
    expect(
      tf
        .constant(2 ** 52, tf.int64)
        .add(1)
        .numpy(),
    ).toBe(2 ** 52 + 1);
    expect(a.at('::-1').numpy().tolist()).toEqual([-7, 7]);
  });

  test('says what failed, and in which op', () => {
    expect(() => tf.constant([1, 2]).add(tf.constant([1, 2, 3]))).toThrow(
      'Incompatible shapes: [2] vs. [3] [Op:Add] name: add/',
    );
    expect(() => tf.add(tf.constant([1, 2]), [1, 2, 3])).toThrow(tf.errors.InvalidArgumentError);
  });
});

describe('random ops', () => {
  test('follow the global seed from its setting on', () => {
    tf.set_random_seed(5);
    const first = tf.random_uniform([3]).numpy().tolist();
    const second = tf.random_uniform([3]).numpy().tolist();
    tf.set_random_seed(5);
    expect(tf.random_uniform([3]).numpy().tolist()).toEqual(first);
    expect(second).not.toEqual(first);
  });
});

describe('tf.conversions()', () => {
  test('counts tensors, bytes and lines, and starts anew after reset', () => {
    tf.conversions({ reset: true });
    const t = tf.zeros([10]);
    for (let i = 0; i < 3; i++) t.numpy();
    tf.constant(1, tf.float64).numpy();
    const { tensors, bytes, sources } = tf.conversions({ reset: true });
    expect(tensors).toBe(4);
    expect(bytes).toBe(3 * 40 + 8);
    expect(sources.map(({ tensors, bytes }) => [tensors, bytes])).toEqual([
      [3, 120],
      [1, 8],
    ]);
    for (const { line } of sources) expect(line).toMatch(/tensors\.test\.ts:\d+$/);
    expect(tf.conversions()).toEqual({ tensors: 0, bytes: 0, sources: [] });
  });

  test('counts fetches of a session, and not what stays inside', () => {
    tf.with(new tf.Graph().as_default(), () =>
      tf.with(new tf.Session(), (sess) => {
        const x = tf.ones([5]);
        const y = tf.reduce_sum(x.add(1));
        tf.conversions({ reset: true });
        sess.run([x, y]);
        const { tensors, bytes } = tf.conversions({ reset: true });
        expect([tensors, bytes]).toEqual([2, 24]);
      }),
    );
  });
});
