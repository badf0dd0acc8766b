/** Identity matrices. */

import { toTensor } from '../core/convert.ts';
import { type DType, float32, int32 } from '../core/dtype.ts';
import { nameScope } from '../core/mode.ts';
import { fn } from '../core/signature.ts';
import { type Name, Tensor } from '../core/tensor.ts';
import { minimum } from './arithmetic.ts';
import { matrix_diag, matrix_set_diag } from './diag.ts';
import { ones, zeros } from './fill.ts';
import { concat, stack } from './join.ts';

type Size = number | Tensor;

/**
 * A matrix, or a batch of them, with ones on the diagonal and zeros elsewhere. It is square unless
 * `num_columns` is given. TypeError for sizes that are no integers.
 */
export const eye = fn(
  ['num_rows', 'num_columns', 'batch_shape', 'dtype', 'name'],
  (
    num_rows: Size,
    num_columns: Size | null = null,
    batch_shape: readonly number[] | Tensor | null = null,
    dtype: DType = float32,
    name: Name = null,
  ): Tensor =>
    nameScope(name, 'eye', () => {
      const columns = num_columns ?? num_rows;
      const batch = batch_shape ?? [];
      const square = columns === num_rows;
      if (num_rows instanceof Tensor || columns instanceof Tensor || batch instanceof Tensor) {
        const size = square ? num_rows : minimum(num_rows, columns);
        const prefix = toTensor(batch, int32, 'shape');
        const diagonal = ones(concat([prefix, stack([size])], 0), dtype);
        if (square) return matrix_diag(diagonal);
        return matrix_set_diag(
          zeros(concat([prefix, stack([num_rows, columns])], 0), dtype),
          diagonal,
        );
      }
      if (!Number.isInteger(num_rows) || !Number.isInteger(columns)) {
        throw new TypeError('num_rows and num_columns must be positive integer values.');
      }
      const diagonal = ones([...batch, Math.min(num_rows, columns)], dtype);
      if (square) return matrix_diag(diagonal);
      return matrix_set_diag(zeros([...batch, num_rows, columns], dtype), diagonal);
    }),
);
