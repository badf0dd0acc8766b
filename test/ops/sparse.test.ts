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
