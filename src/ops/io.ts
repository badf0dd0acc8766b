/** Whole files, read and written by a graph. What they hold is only known in a run. */

import { withRank, withRankAtMost } from '../core/dims.ts';
import { op } from '../core/op.ts';
import { fn } from '../core/signature.ts';
import type { Name, Node, Tensor, TensorLike } from '../core/tensor.ts';

export const ReadFile = op('ReadFile', {
  inputs: ['filename: string'],
  outputs: ['contents: string'],
  attrs: [],
  opaque: true,
  shape: ({ filename }) => {
    withRank(filename.dims, 0);
    return [];
  },
}).gradient(null);

/** The whole content of a file, a scalar string. */
export const read_file = fn(
  ['filename', 'name'],
  (filename: TensorLike, name: Name = null): Tensor => ReadFile({ filename }, {}, name),
);

export const WriteFile = op('WriteFile', {
  inputs: ['filename: string', 'contents: string'],
  outputs: [],
  attrs: [],
  opaque: true,
  shape: ({ filename, contents }) => {
    withRank(filename.dims, 0);
    withRank(contents.dims, 0);
    return [];
  },
}).gradient(null);

/** Writes a scalar string as a file, whole or not at all; directories are made as needed. */
export const write_file = fn(
  ['filename', 'contents', 'name'],
  (filename: TensorLike, contents: TensorLike, name: Name = null): Node =>
    WriteFile({ filename, contents }, {}, name),
);

export const MatchingFiles = op('MatchingFiles', {
  inputs: ['pattern: string'],
  outputs: ['filenames: string'],
  attrs: [],
  opaque: true,
  shape: ({ pattern }) => {
    withRankAtMost(pattern.dims, 1);
    return [null];
  },
}).gradient(null);

/** The names of the files that one or several patterns match, sorted. */
export const matching_files = fn(
  ['pattern', 'name'],
  (pattern: TensorLike, name: Name = null): Tensor => MatchingFiles({ pattern }, {}, name),
);
