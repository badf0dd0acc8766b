/** Levenshtein distances of sequences that are the rows of sparse tensors. */

import { pythonType } from '../core/call.ts';
import { op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import { SparseTensor } from '../core/sparse_tensor.ts';
import type { Name, Tensor } from '../core/tensor.ts';

export const EditDistance = op('EditDistance', {
  inputs: [
    'hypothesis_indices: int64',
    'hypothesis_values: T',
    'hypothesis_shape: int64',
    'truth_indices: int64',
    'truth_values: T',
    'truth_shape: int64',
  ],
  outputs: ['output: float'],
  attrs: ['normalize: bool = true', 'T: type'],
  shape: ({ hypothesis_shape, truth_shape }) => {
    const [a, b] = [hypothesis_shape.known, truth_shape.known];
    return a && b ? a.slice(0, -1).map((size, i) => Math.max(Number(size), Number(b[i]))) : null;
  },
}).gradient(null);

/**
 * How many insertions, deletions and substitutions lead from each sequence of `hypothesis` to that of
 * `truth`; with `normalize`, divided by the length of the latter (infinite where that is empty). Sequences
 * go along the last dimension; the result is float32 in the shape of the others.
 */
export const edit_distance = fn(
  ['hypothesis', 'truth', 'normalize', 'name'],
  (
    hypothesis: SparseTensor,
    truth: SparseTensor,
    normalize: boolean = true,
    name: Name = 'edit_distance',
  ): Tensor => {
    checkSparse('Hypothesis', hypothesis);
    checkSparse('Truth', truth);
    return EditDistance(
      {
        hypothesis_indices: hypothesis.indices,
        hypothesis_values: hypothesis.values,
        hypothesis_shape: hypothesis.dense_shape,
        truth_indices: truth.indices,
        truth_values: truth.values,
        truth_shape: truth.dense_shape,
      },
      { normalize },
      name,
    );
  },
);

function checkSparse(name: string, value: unknown): void {
  if (value instanceof SparseTensor) return;
  throw new TypeError(`${name} must be a SparseTensor.\n\nIt is ${pythonType(value)}.`);
}
