/** Tensor arrays and functions over slices where everything is computed at once. */

import { expect, test } from '@jest/globals';
import * as tf from 'tf1';

tf.enable_eager_execution();

const X = [
  [1, 2],
  [3, 4],
  [5, 6],
];
const listed = (tensor: tf.Tensor) => (tensor.numpy() as { tolist(): unknown }).tolist();

test('arrays are written, read, stacked, joined and split', () => {
  const ta = new tf.TensorArray(tf.float32, { size: 2, clear_after_read: false });
  expect(ta.write(0, [1, 2]).write(tf.constant(1, tf.int32), [3, 4])).toBe(ta);
  expect(listed(ta.stack())).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(listed(ta.read(1))).toEqual([3, 4]);
  expect(listed(ta.gather([1]))).toEqual([[3, 4]]);
  expect(listed(ta.concat())).toEqual([1, 2, 3, 4]);
  expect(ta.size().numpy()).toBe(2);
  const parts = new tf.TensorArray(tf.float32, { size: 2, infer_shape: false });
  expect(listed(parts.split([1, 2, 3], [1, 2]).read(1))).toEqual([2, 3]);
  const rows = new tf.TensorArray(tf.float32, { size: 0, dynamic_size: true });
  expect(listed(rows.scatter([2, 0, 1], X).read(2))).toEqual([1, 2]);
});

test('misuse is refused as in TF1', () => {
  const ta = new tf.TensorArray(tf.float32, { size: 1 }).write(0, [1, 2]);
  expect(() => ta.read(3)).toThrow('Tried to read from index 3 but array size is: 1');
  expect(() => ta.read(-1)).toThrow('Reading from negative indices (index -1) is not allowed.');
  expect(() => ta.write(1, [1, 2])).toThrow(
    'Tried to write to index 1 but array is not resizeable and size is: 1',
  );
  ta.read(0);
  expect(() => ta.read(0)).toThrow('Could not read index 0 twice because it was cleared');
  expect(() => ta.grad('gradients')).toThrow(
    'TensorArray.grad is not supported when executing eagerly',
  );
  expect(() => new tf.TensorArray(tf.float32)).toThrow(
    'Size must be provided if handle is not provided',
  );
});

test('map, scan and fold', () => {
  const x = tf.constant(X);
  expect(listed(tf.map_fn((v) => v.multiply(v), x))).toEqual([
    [1, 4],
    [9, 16],
    [25, 36],
  ]);
  expect(listed(tf.scan((a, v) => a.add(v), x))).toEqual([
    [1, 2],
    [4, 6],
    [9, 12],
  ]);
  expect(listed(tf.foldl((a, v) => a.add(v), x))).toEqual([9, 12]);
  expect(tf.foldr((a, v) => v.subtract(a), [1, 2, 3]).numpy()).toBe(2);
  const [sums, differences] = tf.map_fn(([a, b]) => [a.add(b), a.subtract(b)] as const, [
    tf.constant([5, 7]),
    tf.constant([1, 2]),
  ] as const);
  expect([listed(sums), listed(differences)]).toEqual([
    [6, 9],
    [4, 5],
  ]);
});

test('tapes see through arrays and loops', () => {
  const x = tf.constant(X);
  tf.with(new tf.GradientTape(), (tape) => {
    tape.watch(x);
    const y = tf.map_fn((v) => v.multiply(v), x);
    expect(listed(tape.gradient(y, x)!)).toEqual([
      [2, 4],
      [6, 8],
      [10, 12],
    ]);
  });
});

test('a function is called as it is', () => {
  const f = tf.python.framework.function.Defun(tf.float32)((a) => a.multiply(2));
  expect(f(3).numpy()).toBe(6);
});
