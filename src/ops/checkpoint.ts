/**
 * Tensors to files and back: whole tensors, or slices of larger ones, by name. A slice is said as
 * `'4 3 0,2:-'`, the shape of the whole and the part of each axis; an empty text is all of it.
 */

import { mergeDims, withRank } from '../core/dims.ts';
import type { Text } from '../core/dtype.ts';
import { InvalidArgumentError, ValueError } from '../core/errors.ts';
import { op } from '../core/op.ts';
import type { Dims, Static } from '../core/tensor.ts';
import { parseShapeAndSlice } from '../core/tensor_slice.ts';

type Named = readonly [value: Static, count: number];

/** Checks that the first value is a scalar, and that the others are vectors of so many elements. */
function checkLists(scalar: Static, lists: readonly Named[]): void {
  withRank(scalar.dims, 0);
  for (const [{ dims }, count] of lists) {
    const [size] = withRank(dims, 1);
    if (size !== null && size !== count) {
      throw new ValueError(`Dimension must be ${count} but is ${size}`);
    }
  }
}

/** The shape that a specification of a slice says; unknown where it says none. */
function specified(text: string): Dims {
  if (text === '') return null;
  try {
    return parseShapeAndSlice(text).sliceShape;
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new ValueError(error.message);
  }
}

// ---- bundles -----------------------------------------------------------------------------------

/** Writes tensors to a bundle: `prefix.index` and `prefix.data-00000-of-00001`. */
export const SaveV2 = op('SaveV2', {
  inputs: ['prefix: string', 'tensor_names: string', 'shape_and_slices: string', 'tensors: dtypes'],
  outputs: [],
  attrs: ['dtypes: list(type) >= 1'],
  shape: ({ prefix, tensor_names, shape_and_slices, tensors }) => {
    const count = tensors.length;
    checkLists(prefix, [
      [tensor_names, count],
      [shape_and_slices, count],
    ]);
    return [];
  },
  stateful: true,
  lendsInputs: true,
}).gradient(null);

/** Reads tensors from a bundle, or from a checkpoint of the first version. */
export const RestoreV2 = op('RestoreV2', {
  inputs: ['prefix: string', 'tensor_names: string', 'shape_and_slices: string'],
  outputs: ['tensors: dtypes'],
  attrs: ['dtypes: list(type) >= 1'],
  shape: ({ prefix, tensor_names, shape_and_slices }, { dtypes }): Dims[] => {
    withRank(prefix.dims, 0);
    mergeDims(withRank(tensor_names.dims, 1), withRank(shape_and_slices.dims, 1));
    const texts = shape_and_slices.constant?.data as readonly Text[] | undefined;
    if (texts && texts.length !== dtypes.length) return dtypes.map(() => null);
    return dtypes.map((_, i) => specified(String(texts?.[i] ?? '')));
  },
  stateful: true,
}).gradient(null);

/** Makes one bundle of several, and moves their data files; with `delete_old_dirs` removes where they were. */
export const MergeV2Checkpoints = op('MergeV2Checkpoints', {
  inputs: ['checkpoint_prefixes: string', 'destination_prefix: string'],
  outputs: [],
  attrs: ['delete_old_dirs: bool = true'],
  shape: ({ checkpoint_prefixes, destination_prefix }) => {
    withRank(checkpoint_prefixes.dims, 1);
    withRank(destination_prefix.dims, 0);
    return [];
  },
  stateful: true,
}).gradient(null);

// ---- checkpoints of the first version --------------------------------------------------------------

/** Writes whole tensors to one file. */
export const Save = op('Save', {
  inputs: ['filename: string', 'tensor_names: string', 'data: T'],
  outputs: [],
  attrs: ['T: list(type) >= 1'],
  shape: ({ filename, tensor_names, data }) => {
    checkLists(filename, [[tensor_names, data.length]]);
    return [];
  },
  stateful: true,
  lendsInputs: true,
}).gradient(null);

/** Writes slices of tensors to one file. */
export const SaveSlices = op('SaveSlices', {
  inputs: ['filename: string', 'tensor_names: string', 'shapes_and_slices: string', 'data: T'],
  outputs: [],
  attrs: ['T: list(type) >= 1'],
  shape: ({ filename, tensor_names, shapes_and_slices, data }) => {
    checkLists(filename, [
      [tensor_names, data.length],
      [shapes_and_slices, data.length],
    ]);
    return [];
  },
  stateful: true,
  lendsInputs: true,
}).gradient(null);

/** Reads a tensor from the files that a pattern matches. */
export const Restore = op('Restore', {
  inputs: ['file_pattern: string', 'tensor_name: string'],
  outputs: ['tensor: dt'],
  attrs: ['dt: type', 'preferred_shard: int = -1'],
  shape: ({ file_pattern, tensor_name }) => {
    withRank(file_pattern.dims, 0);
    withRank(tensor_name.dims, 0);
    return null;
  },
  stateful: true,
}).gradient(null);

/** Reads a slice of a tensor from the files that a pattern matches. */
export const RestoreSlice = op('RestoreSlice', {
  inputs: ['file_pattern: string', 'tensor_name: string', 'shape_and_slice: string'],
  outputs: ['tensor: dt'],
  attrs: ['dt: type', 'preferred_shard: int = -1'],
  shape: ({ file_pattern, tensor_name, shape_and_slice }): Dims => {
    withRank(file_pattern.dims, 0);
    withRank(tensor_name.dims, 0);
    withRank(shape_and_slice.dims, 0);
    return specified((shape_and_slice.constant?.data[0] as string | undefined) ?? '');
  },
  stateful: true,
}).gradient(null);

// ---- names of files ------------------------------------------------------------------------------

const ofScalars = (inputs: Readonly<Record<string, Static>>): Dims => {
  for (const { dims } of Object.values(inputs)) withRank(dims, 0);
  return [];
};

/** `basename-00003-of-00100`. */
export const ShardedFilename = op('ShardedFilename', {
  inputs: ['basename: string', 'shard: int32', 'num_shards: int32'],
  outputs: ['filename: string'],
  attrs: [],
  shape: ofScalars,
}).gradient(null);

/** `basename-?????-of-00100`, the pattern of all such names. */
export const ShardedFilespec = op('ShardedFilespec', {
  inputs: ['basename: string', 'num_shards: int32'],
  outputs: ['filename: string'],
  attrs: [],
  shape: ofScalars,
}).gradient(null);
