/** Reading matrices of checkpoints for vocabularies in another order. */

import { float32, int32, int64, newData } from '../../core/dtype.ts';
import type { Value } from '../../core/kernels.ts';
import { sizeOf } from '../../formats/checkpoint/checkpoint.ts';
import { readBytes } from '../../platform/files.ts';
import { onFile } from '../../platform/system_errors.ts';
import { openCheckpoint } from '../checkpoint_files.ts';
import { kernel } from '../registry.ts';
import { ints, invalid, numbers, shapeText } from './box.ts';

/** The words of a file, one per line. */
function wordsOf(file: Value): string[] {
  const path = String((file.data as unknown[])[0]);
  const lines = new TextDecoder().decode(onFile(path, () => readBytes(path))).split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

kernel('GenerateVocabRemapping', ([newFile, oldFile], attrs, context) => {
  const {
    new_vocab_offset: offset,
    num_new_vocab: count,
    old_vocab_size,
  } = attrs as {
    readonly [name: string]: number;
  };
  const words = wordsOf(newFile!).slice(offset, offset! + count!);
  if (words.length < count!) {
    invalid(
      `The new vocabulary has ${offset! + words.length} words, not the ${offset! + count!} that are asked for`,
    );
  }
  const old = wordsOf(oldFile!);
  const known = old_vocab_size! < 0 ? old : old.slice(0, old_vocab_size);
  const places = new Map(known.map((word, i) => [word, i]));
  const remapping = words.map((word) => places.get(word) ?? -1);
  const present = remapping.filter((place) => place >= 0).length;
  return [numbers(context, int64, remapping), numbers(context, int32, [present], [])];
});

function checkOnce(name: string, remapping: readonly number[]): void {
  const kept = remapping.filter((place) => place >= 0);
  if (new Set(kept).size < kept.length) invalid(`Found duplicate entries in ${name}`);
}

kernel('LoadAndRemapMatrix', ([path, name, rowValue, colValue, initial], attrs, context) => {
  const rows = ints(rowValue!);
  const cols = ints(colValue!);
  const { num_rows, num_cols } = attrs as { readonly [name: string]: number };
  if (rows.length !== num_rows) {
    invalid(
      `Size of row_remapping is ${rows.length} instead of being equal to num_rows=${num_rows}`,
    );
  }
  if (cols.length > 0 && cols.length !== num_cols) {
    invalid(
      `Provided col_remapping, but its size is ${cols.length} instead of being equal to num_cols=${num_cols}`,
    );
  }
  checkOnce('row_remapping', rows);
  checkOnce('col_remapping', cols);
  const { shape, data } = readMatrix(path!, name!);
  const output = context.alloc(float32, [num_rows, num_cols!]);
  const out = output.data as Float32Array;
  const fresh = initial!.data as Float32Array;
  let used = 0;
  let at = 0;
  for (const row of rows) {
    for (let j = 0; j < num_cols!; j++) {
      const col = cols.length > 0 ? cols[j]! : j;
      const known = row >= 0 && col >= 0;
      if (known && (row >= shape[0]! || col >= shape[1]!)) {
        invalid(`Entry [${row},${col}] is not in the matrix of shape ${shapeText(shape)}`);
      }
      out[at++] = known ? data[row * shape[1]! + col]! : (fresh[used++] ?? 0);
    }
  }
  if (used !== fresh.length) {
    invalid(`initializing_values contained ${fresh.length} elements, but expected ${used}`);
  }
  return output;
});

function readMatrix(path: Value, name: Value): { shape: readonly number[]; data: Float32Array } {
  const checkpoint = openCheckpoint(String((path.data as unknown[])[0]));
  try {
    const tensor = checkpoint.open(String((name.data as unknown[])[0]));
    const { dtype, shape } = tensor;
    if (dtype !== float32 || shape.length !== 2) {
      invalid(`Old tensor must be a float matrix, but it is ${dtype.name}${shapeText(shape)}`);
    }
    const data = newData(float32, sizeOf(shape)) as Float32Array;
    tensor.readInto(data);
    return { shape, data };
  } finally {
    checkpoint.close();
  }
}
