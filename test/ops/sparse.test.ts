/** Sparse tensors against TensorFlow. */

import { describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { testSamples } from './properties.ts';
import { sparse } from './samples/sparse.ts';

testSamples('sparse', sparse);

describe('functions of sparse tensors', () => {
  const sparseOf = (values: number[]) =>
    new tf.SparseTensor(
      [
        [1, 0],
        [0, 1],
      ],
      values,
      [2, 2],
    );
  const run = (build: () => tf.Tensor): unknown => {
    const graph = new tf.Graph();
    return tf.with(graph.as_default(), () =>
      tf.with(new tf.Session(), (session) => session.run(build()).tolist()),
    );
  };

  test('a sparse and a dense tensor add up to a dense one, in either order', () => {
    const dense = [
      [1, 2],
      [3, 4],
    ];
    const sum = [
      [1, 8],
      [8, 4],
    ];
    expect(run(() => tf.sparse_add(sparseOf([5, 6]), dense) as tf.Tensor)).toEqual(sum);
    expect(run(() => tf.sparse_add(dense, sparseOf([5, 6])) as tf.Tensor)).toEqual(sum);
    expect(() => tf.sparse_add(dense, dense)).toThrow(
      'At least one input should be SparseTensor; do you mean to use tf.add()?',
    );
  });

  test('two sparse tensors add up to a sparse one', () => {
    const sum = () => {
      const [a, b] = [sparseOf([5, 6]), sparseOf([-5, 1])].map((x) => tf.sparse_reorder(x));
      return tf.sparse_tensor_to_dense(tf.sparse_add(a!, b!) as tf.SparseTensor, -1);
    };
    expect(run(sum)).toEqual([
      [-1, 7],
      [0, -1],
    ]);
  });

  test('products with dense matrices', () => {
    const product = () => tf.sparse_tensor_dense_matmul(sparseOf([5, 6]), [[1], [2]]);
    expect(run(product)).toEqual([[12], [5]]);
  });
});

describe('sparse_placeholder', () => {
  test('is fed with a SparseTensorValue, or its parts', () => {
    tf.reset_default_graph();
    const x = tf.sparse_placeholder(tf.float32, { name: 'x' });
    const names = [x.values, x.indices, x.dense_shape].map((part) => part.name);
    expect(names).toEqual(['x/values:0', 'x/indices:0', 'x/shape:0']);
    const dense = tf.sparse_tensor_to_dense(x);
    tf.with(new tf.Session(), (sess) => {
      const indices = tf.int64([[0, 1]]);
      const value = new tf.SparseTensorValue(indices, tf.float32([5]), tf.int64([1, 3]));
      expect(sess.run(dense, { feed_dict: [[x, value]] }).tolist()).toEqual([[0, 5, 0]]);
      expect(sess.run(dense, [[x, [[[1, 0]], [2], [2, 1]]]]).tolist()).toEqual([[0], [2]]);
      const fetched = sess.run(x, { feed_dict: [[x, value]] });
      expect(sess.run(dense, { feed_dict: [[x, fetched]] }).tolist()).toEqual([[0, 5, 0]]);
    });
  });

  test('has the shape that is known', () => {
    const known = tf.sparse_placeholder(tf.int32, [2, 3]);
    expect(known.shape.as_list()).toEqual([2, 3]);
    expect(known.indices.shape.as_list()).toEqual([null, 2]);
    expect(tf.sparse_placeholder(tf.int32, [null, 3]).indices.shape.as_list()).toEqual([null, 2]);
  });
});

describe('edit_distance', () => {
  test('takes sparse tensors only', () => {
    const x = new tf.SparseTensor([[0, 0]], [1], [1, 1]);
    expect(() => tf.edit_distance(tf.constant([1]) as never, x)).toThrow(
      'Hypothesis must be a SparseTensor.',
    );
    expect(() => tf.edit_distance(x, tf.constant([1]) as never)).toThrow(
      'Truth must be a SparseTensor.',
    );
    expect(tf.edit_distance(x, x).shape.as_list()).toEqual([1]);
    expect(tf.edit_distance(x, x).op.name).toBe('edit_distance_1');
  });
});
