/** Saving tensors to checkpoints and restoring them, straight from and to the memory they live in. */

import { type DType, kernelName, string } from '../../core/dtype.ts';
import { InvalidArgumentError } from '../../core/errors.ts';
import type { Kernel, KernelContext, Value } from '../../core/kernels.ts';
import { fullSlice, parseShapeAndSlice, type TensorSlice } from '../../core/tensor_slice.ts';
import type { Checkpoint } from '../../formats/checkpoint/checkpoint.ts';
import { SavedSlicesWriter } from '../../formats/checkpoint/saved_slices_writer.ts';
import {
  isBundle,
  mergeBundles,
  openCheckpoint,
  openSavedSlices,
  writeBundle,
  writeSavedSlices,
} from '../checkpoint_files.ts';
import { kernel } from '../registry.ts';
import type { BackendValue } from '../value.ts';
import { invalid, shapeText } from './box.ts';

/** The texts of a string value; file names and names of tensors are text. */
function textsOf(value: Value): string[] {
  return (value.data as unknown[]).map(String);
}

function textOf(value: Value): string {
  return textsOf(value)[0]!;
}

// ---- saving --------------------------------------------------------------------------------------

interface Saved {
  readonly shape: readonly number[];
  readonly slice: TensorSlice;
}

/** Which slice of what a tensor is; InvalidArgumentError where it has another shape. */
function savedSlice(text: string, tensor: Value): Saved {
  if (text === '') return { shape: tensor.shape, slice: fullSlice(tensor.shape.length) };
  const { shape, slice, sliceShape } = parseShapeAndSlice(text);
  if (shapeText(sliceShape) !== shapeText(tensor.shape)) {
    invalid(
      `Slice in shape_and_slice specification does not match the shape of the tensor to  save: ${text}, tensor: ${shapeText(tensor.shape)}`,
    );
  }
  return { shape, slice };
}

function checkNames(names: readonly string[], tensors: readonly Value[]): void {
  if (names.length === tensors.length) return;
  invalid(
    `tensor_names and tensors have different number of elements: ${names.length} vs. ${tensors.length}`,
  );
}

kernel('SaveV2', ([prefix, nameValue, sliceValue, ...tensors]) => {
  const names = textsOf(nameValue!);
  const slices = textsOf(sliceValue!);
  checkNames(names, tensors);
  writeBundle(textOf(prefix!), (bundle) => {
    tensors.forEach((tensor, i) => {
      const { shape, slice } = savedSlice(slices[i] ?? '', tensor);
      bundle.addSlice(names[i]!, shape, slice, tensor);
    });
  });
  return null;
});

function saveSlices(path: Value, nameValue: Value, slices: string[], tensors: Value[]): null {
  const names = textsOf(nameValue);
  checkNames(names, tensors);
  const writer = new SavedSlicesWriter();
  tensors.forEach((tensor, i) => {
    const { shape, slice } = savedSlice(slices[i] ?? '', tensor);
    writer.add(names[i]!, shape, slice, tensor);
  });
  writeSavedSlices(textOf(path), writer);
  return null;
}

kernel('Save', ([path, names, ...tensors]) => saveSlices(path!, names!, [], tensors));
kernel('SaveSlices', ([path, names, slices, ...tensors]) =>
  saveSlices(path!, names!, textsOf(slices!), tensors),
);

kernel('MergeV2Checkpoints', ([prefixes, destination], attrs) => {
  mergeBundles(textsOf(prefixes!), textOf(destination!), attrs.delete_old_dirs as boolean);
  return null;
});

// ---- restoring -------------------------------------------------------------------------------------

/** What to restore. */
interface Wanted {
  readonly name: string;
  readonly slice: string;
  readonly dtype: DType;
}

/** The words in which the two kinds of checkpoints say that something does not fit. */
interface Words {
  type(name: string, wanted: string, stored: string): string;
  shape(name: string, wanted: string, stored: string): string;
}

const BUNDLE_WORDS: Words = {
  type: (name, wanted, stored) =>
    `tensor_name = ${name}; expected dtype ${wanted} does not equal original dtype ${stored}`,
  shape: (name, wanted, stored) =>
    `tensor_name = ${name}; shape in shape_and_slice spec ${wanted} does not match the shape stored in checkpoint: ${stored}`,
};
const SLICES_WORDS: Words = {
  type: (name, wanted, stored) =>
    `Expected to restore a tensor of type ${wanted}, got a tensor of type ${stored} instead: tensor_name = ${name}`,
  shape: (_, wanted, stored) =>
    `Shape in shape_and_slice spec does not match the shape in the save file: ${wanted}, save file shape: ${stored}`,
};

function restoreAll(
  checkpoint: Checkpoint,
  words: Words,
  wanted: readonly Wanted[],
  context: KernelContext,
): Value[] {
  const values: Value[] = [];
  try {
    const wrong = wanted.flatMap(({ name, dtype }) => {
      const stored = checkpoint.info(name)?.dtype ?? dtype;
      if (stored === dtype) return [];
      return [words.type(name, kernelName(dtype), kernelName(stored))];
    });
    if (wrong.length > 0) throw new InvalidArgumentError(null, null, wrong.join('\n'));
    for (const one of wanted) values.push(restore(checkpoint, words, one, context));
    return values;
  } catch (error) {
    for (const value of values) (value as BackendValue).release();
    throw error;
  } finally {
    checkpoint.close();
  }
}

function restore(
  checkpoint: Checkpoint,
  words: Words,
  { name, slice }: Wanted,
  context: KernelContext,
): Value {
  const parsed = slice === '' ? null : parseShapeAndSlice(slice);
  const stored = checkpoint.info(name)?.shape;
  if (parsed && stored && shapeText(parsed.shape) !== shapeText(stored)) {
    invalid(words.shape(name, shapeText(parsed.shape), shapeText(stored)));
  }
  const tensor = checkpoint.open(name, parsed?.slice ?? null);
  const value = context.alloc(tensor.dtype, tensor.shape);
  try {
    tensor.readInto(value.data);
  } catch (error) {
    (value as BackendValue).release();
    throw error;
  }
  return value;
}

kernel('RestoreV2', ([prefixValue, nameValue, sliceValue], { dtypes }, context) => {
  const prefix = textOf(prefixValue!);
  const slices = textsOf(sliceValue!);
  const wanted = textsOf(nameValue!).map((name, i) => {
    const dtype = (dtypes as readonly DType[])[i]!;
    return { name, slice: slices[i] ?? '', dtype };
  });
  const words = isBundle(prefix) ? BUNDLE_WORDS : SLICES_WORDS;
  return restoreAll(openCheckpoint(prefix), words, wanted, context);
});

const restoreOne: Kernel = ([pattern, nameValue, sliceValue], { dt }, context) => {
  const slice = sliceValue ? textOf(sliceValue) : '';
  const wanted = [{ name: textOf(nameValue!), slice, dtype: dt as DType }];
  return restoreAll(openSavedSlices(textOf(pattern!)), SLICES_WORDS, wanted, context);
};
kernel('Restore', restoreOne);
kernel('RestoreSlice', restoreOne);

// ---- names of files ----------------------------------------------------------------------------------

function five(value: Value): string {
  return String((value.data as ArrayLike<number>)[0]).padStart(5, '0');
}

kernel('ShardedFilename', ([basename, shard, shards], _attrs, context) =>
  context.wrap(string, [], [`${textOf(basename!)}-${five(shard!)}-of-${five(shards!)}`]),
);
kernel('ShardedFilespec', ([basename, shards], _attrs, context) =>
  context.wrap(string, [], [`${textOf(basename!)}-?????-of-${five(shards!)}`]),
);
