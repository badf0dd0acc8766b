/**
 * Variables whose rows or columns stand for the words of a vocabulary, when the vocabulary changed:
 * words keep what was learned for them, new ones begin anew.
 */

import { int32, int64 } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { namedtuple } from '../core/namedtuple.ts';
import { type ArgsOf, signature } from '../core/signature.ts';
import type { Tensor } from '../core/tensor.ts';
import { GenerateVocabRemapping, LoadAndRemapMatrix } from '../ops/checkpoint_remapping.ts';
import { constant } from '../ops/constant.ts';
import { zeros_initializer } from '../ops/initializers.ts';
import { concat } from '../ops/join.ts';
import { range } from '../ops/sequence.ts';
import type { Variable } from '../variables/index.ts';
import { assign } from '../variables/updates.ts';
import { checkpointPath } from './checkpoint_reader.ts';

/** What gives new words their values. */
export type BackupInitializer = (shape: readonly number[]) => Tensor;

const vocabArguments = signature(
  [
    'new_vocab',
    'new_vocab_size',
    'num_oov_buckets',
    'old_vocab',
    'old_vocab_size',
    'backup_initializer',
    'axis',
  ],
  (
    new_vocab: string,
    new_vocab_size: number,
    num_oov_buckets: number,
    old_vocab: string,
    old_vocab_size: number = -1,
    backup_initializer: BackupInitializer | null = null,
    axis: number = 0,
  ) => {
    if (axis !== 0 && axis !== 1) {
      throw new ValueError(
        `The only supported values for the axis argument are 0 and 1.  Provided axis: ${axis}`,
      );
    }
    return [
      ...[new_vocab, new_vocab_size, num_oov_buckets, old_vocab, old_vocab_size],
      ...[backup_initializer, axis],
    ];
  },
);

const Fields = namedtuple('VocabInfo', [
  'new_vocab',
  'new_vocab_size',
  'num_oov_buckets',
  'old_vocab',
  'old_vocab_size',
  'backup_initializer',
  'axis',
]);

/** The files of a new and an old vocabulary, one word per line, for `tf.train.warm_start`. */
export class VocabInfo extends Fields<unknown> {
  declare readonly new_vocab: string;
  declare readonly new_vocab_size: number;
  declare readonly num_oov_buckets: number;
  declare readonly old_vocab: string;
  declare readonly old_vocab_size: number;
  declare readonly backup_initializer: BackupInitializer | null;
  declare readonly axis: number;

  /** `axis` says whether rows (0) or columns (1) stand for words. ValueError for another one. */
  constructor(...args: ArgsOf<typeof vocabArguments>) {
    super(...vocabArguments(...args));
  }
}

/** Makes the slices of a variable begin with the matrix `stored` of a checkpoint, in the new order. */
export function initializeWithVocabulary(
  slices: readonly Variable[],
  vocabulary: VocabInfo,
  ckpt_dir_or_file: string,
  stored: string,
): void {
  const path = checkpointPath(ckpt_dir_or_file);
  const dims = (variable: Variable) => variable.get_shape().as_list() as number[];
  const allRows = slices.reduce((sum, slice) => sum + dims(slice)[0]!, 0);
  for (const slice of slices) {
    const shape = dims(slice);
    const offset = slice._get_save_slice_info()?.var_offset[0] ?? 0;
    const value = remapped({ path, stored, vocabulary, shape, offset, allRows });
    slice._setInitializer((assign(slice, value) as Tensor).op, value);
  }
}

interface Remapping {
  readonly path: string;
  readonly stored: string;
  readonly vocabulary: VocabInfo;
  readonly shape: readonly number[];
  /** The first row of this slice. */
  readonly offset: number;
  readonly allRows: number;
}

function remapped({ path, stored, vocabulary, shape, offset, allRows }: Remapping): Tensor {
  const { new_vocab_size, num_oov_buckets, axis } = vocabulary;
  const initializer = vocabulary.backup_initializer ?? new zeros_initializer();
  const fresh = (size: number[]) => (initializer as BackupInitializer)(size);
  const rowWords = axis === 0 ? new_vocab_size : allRows;
  const [rows, cols] = shape as [number, number];
  const newRows = axis === 0 ? Math.min(rows, Math.max(0, offset + rows - rowWords)) : 0;
  if (offset > rowWords) return fresh([rows, cols]);
  const loaded = rows - newRows;
  const newCols = axis === 1 ? num_oov_buckets : 0;
  const loadedCols = cols - newCols;
  const [rowMap, rowsPresent] =
    axis === 0
      ? wordMap(vocabulary, offset, loaded)
      : [range(int64(offset), int64(offset + loaded)), int32Constant(loaded)];
  const [colMap, colsPresent] =
    axis === 1
      ? wordMap(vocabulary, 0, loadedCols)
      : [constant([], int64, [0]), int32Constant(loadedCols)];
  const missing = int32Constant(loaded * loadedCols).subtract(rowsPresent.multiply(colsPresent));
  const initializing_values = fresh([missing, 1] as never);
  let matrix: Tensor = LoadAndRemapMatrix(
    {
      ckpt_path: path,
      old_tensor_name: stored,
      row_remapping: rowMap,
      col_remapping: colMap,
      initializing_values,
    },
    { num_rows: loaded, num_cols: loadedCols },
  );
  if (newRows > 0) matrix = concat([matrix, fresh([newRows, loadedCols])], 0);
  if (newCols > 0) matrix = concat([matrix, fresh([rows, newCols])], 1);
  return matrix;
}

function int32Constant(value: number): Tensor {
  return constant(value, int32);
}

function wordMap(
  { new_vocab, old_vocab, old_vocab_size, axis }: VocabInfo,
  new_vocab_offset: number,
  num_new_vocab: number,
): readonly [Tensor, Tensor] {
  const inputs = { new_vocab_file: new_vocab, old_vocab_file: old_vocab };
  const size = axis === 0 ? old_vocab_size : -1;
  return GenerateVocabRemapping(inputs, {
    ...{ new_vocab_offset, num_new_vocab },
    old_vocab_size: size,
  });
}
