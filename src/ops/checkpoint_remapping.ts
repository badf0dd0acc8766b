/** Matrices of a checkpoint whose rows or columns stand for words, for a vocabulary in another order. */

import { withRank } from '../core/dims.ts';
import { op } from '../core/op.ts';
import type { Dims } from '../core/tensor.ts';

/** For each word of a part of a new vocabulary its number in the old one, or -1; and how many have one. */
export const GenerateVocabRemapping = op('GenerateVocabRemapping', {
  inputs: ['new_vocab_file: string', 'old_vocab_file: string'],
  outputs: ['remapping: int64', 'num_present: int32'],
  attrs: [
    'new_vocab_offset: int >= 0',
    'num_new_vocab: int >= 0',
    'old_vocab_size: int >= -1 = -1',
  ],
  shape: ({ new_vocab_file, old_vocab_file }, { num_new_vocab }): Dims[] => {
    withRank(new_vocab_file.dims, 0);
    withRank(old_vocab_file.dims, 0);
    return [[num_new_vocab], []];
  },
}).gradient(null);

/** A matrix of a checkpoint with other rows and columns; what it lacks comes from `initializing_values`. */
export const LoadAndRemapMatrix = op('LoadAndRemapMatrix', {
  inputs: [
    'ckpt_path: string',
    'old_tensor_name: string',
    'row_remapping: int64',
    'col_remapping: int64',
    'initializing_values: float',
  ],
  outputs: ['output_matrix: float'],
  attrs: ['num_rows: int >= 0', 'num_cols: int >= 1', 'max_rows_in_memory: int = -1'],
  shape: ({ row_remapping, col_remapping }, { num_rows, num_cols }) => {
    withRank(row_remapping.dims, 1);
    withRank(col_remapping.dims, 1);
    return [num_rows, num_cols];
  },
  stateful: true,
}).gradient(null);
