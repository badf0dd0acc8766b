/** Borders: constant and mirrored padding, and the blocks that move between batch and space. */

import type { DType, TypedArray } from '../../core/dtype.ts';
import { elementWidth } from '../../core/dtype.ts';
import type { Attrs, KernelContext, Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import {
  copyBox,
  fillRun,
  ints,
  invalid,
  type Place,
  product,
  same,
  shapeText,
  stridesOf,
  wholeOf,
} from './box.ts';

// ---- constant ----------------------------------------------------------------------------------

kernel('Pad', ([input, paddings], _attrs, context) => pad(context, input!, paddings!, null));

kernel('PadV2', ([input, paddings, constant], _attrs, context) => {
  if (constant!.shape.length > 0) {
    invalid(`constant_values must be a scalar. Found: ${shapeText(constant!.shape)}`);
  }
  return pad(context, input!, paddings!, constant!);
});

function pad(context: KernelContext, input: Value, paddings: Value, constant: Value | null): Value {
  const { shape, dtype } = input;
  const widths = paddingsOf(paddings, shape);
  for (const [before, after] of widths) {
    if (before < 0 || after < 0) invalid(`Paddings must be non-negative: ${before} ${after}`);
  }
  if (widths.every(([before, after]) => before === 0 && after === 0)) return same(context, input);
  const dims = shape.map((dim, i) => widths[i]![0] + dim + widths[i]![1]);
  const result = constant ? context.alloc(dtype, dims) : context.zeros(dtype, dims);
  if (constant) fillRun(result.data, 0, result.size, constant.data, elementWidth(dtype));
  const strides = stridesOf(dims);
  const offset = strides.reduce((sum, stride, i) => sum + stride * widths[i]![0], 0);
  copyBox(dtype, shape, result.data, { offset, strides }, input.data, wholeOf(shape));
  return result;
}

/** How much is before and after each dimension. */
function paddingsOf(paddings: Value, shape: readonly number[], join = ' '): [number, number][] {
  if (paddings.shape.length !== 2 || paddings.shape[1] !== 2) {
    invalid(`paddings must be a matrix with 2 columns: ${shapeText(paddings.shape)}`);
  }
  if (paddings.shape[0] !== shape.length) {
    invalid(
      `The first dimension of paddings must be the rank of inputs${shapeText(paddings.shape)}${join}${shapeText(shape)}`,
    );
  }
  const flat = ints(paddings);
  return shape.map((_, i) => [flat[2 * i]!, flat[2 * i + 1]!]);
}

// ---- mirrored ----------------------------------------------------------------------------------

/** Checks the widths against the inner size `dim` of an axis. */
function checkMirror(attrs: Attrs, before: number, after: number, dim: number, what: string): void {
  const symmetric = attrs.mode === 'SYMMETRIC';
  const most = symmetric ? dim : dim - 1;
  if (before <= most && after <= most) return;
  const [rule, relation] = symmetric
    ? ['no greater than', 'greater than']
    : ['less than', 'not less than'];
  invalid(
    `paddings must be ${rule} the ${what}dimension size: ${before}, ${after} ${relation} ${dim}`,
  );
}

/** For every index of a mirrored axis, the index of the inner array that it shows. */
function mirrored(dim: number, before: number, after: number, offset: number): Int32Array {
  const map = new Int32Array(before + dim + after);
  for (let i = 0; i < map.length; i++) {
    const inner = i - before;
    if (inner < 0) map[i] = -1 - inner + offset;
    else map[i] = inner < dim ? inner : 2 * dim - 1 - inner - offset;
  }
  return map;
}

kernel('MirrorPad', ([input, paddings], attrs, context) => {
  const { shape, dtype } = input!;
  const widths = paddingsOf(paddings!, shape, ', ');
  for (const [i, [before, after]] of widths.entries()) {
    if (before < 0 || after < 0) invalid(`paddings must be non-negative: ${before} ${after}`);
    checkMirror(attrs, before, after, shape[i]!, '');
  }
  const offset = attrs.mode === 'REFLECT' ? 1 : 0;
  const dims = shape.map((dim, i) => widths[i]![0] + dim + widths[i]![1]);
  const result = context.alloc(dtype, dims);
  const from = stridesOf(shape);
  const to = stridesOf(dims);
  const visit = (axis: number, box: number[], target: Place, source: Place): void => {
    if (axis === shape.length) {
      copyBox(dtype, box, result.data, target, input!.data, source);
      return;
    }
    const dim = shape[axis]!;
    const [before, after] = widths[axis]!;
    const part = (count: number, at: number, start: number, sign: number) => {
      if (count === 0) return;
      const strides = [...target.strides, to[axis]!];
      const back = [...source.strides, sign * from[axis]!];
      visit(
        axis + 1,
        [...box, count],
        { offset: target.offset + at * to[axis]!, strides },
        { offset: source.offset + start * from[axis]!, strides: back },
      );
    };
    part(before, 0, before - 1 + offset, -1);
    part(dim, before, 0, 1);
    part(after, before + dim, dim - 1 - offset, -1);
  };
  const start = { offset: 0, strides: [] };
  visit(0, [], start, start);
  return result;
});

kernel('MirrorPadGrad', ([dy, paddings], attrs, context) => {
  const { shape, dtype } = dy!;
  const offset = attrs.mode === 'REFLECT' ? 1 : 0;
  const widths = paddingsOf(paddings!, shape);
  const dims = shape.map((dim, i) => {
    const [before, after] = widths[i]!;
    if (before < 0 || after < 0) invalid(`Paddings must be non-negative: ${before}, ${after}`);
    const inner = dim - before - after;
    checkMirror(attrs, before, after, inner, 'output ');
    return inner;
  });
  const result = context.zeros(dtype, dims);
  const maps = dims.map((dim, i) => mirrored(dim, widths[i]![0], widths[i]![1], offset));
  foldInto(dtype, result, dy!, maps);
  return result;
});

/** Adds every element of `dy` to the element of `result` that the maps name. */
function foldInto(dtype: DType, result: Value, dy: Value, maps: readonly Int32Array[]): void {
  const width = elementWidth(dtype);
  const strides = stridesOf(result.shape);
  const sums = result.data as TypedArray;
  const data = dy.data as TypedArray;
  let at = 0;
  const visit = (axis: number, base: number): void => {
    if (axis === maps.length) {
      for (let part = 0; part < width; part++) sums[base * width + part]! += data[at++]!;
      return;
    }
    for (const index of maps[axis]!) visit(axis + 1, base + index * strides[axis]!);
  };
  visit(0, 0);
}

// ---- batch and space ---------------------------------------------------------------------------

kernel('SpaceToBatchND', ([input, block, paddings], _attrs, context) =>
  spaceToBatch(context, input!, blockOf(block!), paddings!),
);

kernel('SpaceToBatch', ([input, paddings], attrs, context) => {
  const block = attrs.block_size as number;
  return spaceToBatch(context, imageOf(input!), [block, block], paddings!);
});

kernel('BatchToSpaceND', ([input, block, crops], _attrs, context) =>
  batchToSpace(context, input!, blockOf(block!), crops!),
);

kernel('BatchToSpace', ([input, crops], attrs, context) => {
  const block = attrs.block_size as number;
  return batchToSpace(context, imageOf(input!), [block, block], crops!);
});

function imageOf(input: Value): Value {
  const rank = input.shape.length;
  return rank === 4 ? input : invalid(`Input rank should be: 4instead of: ${rank}`);
}

function blockOf(block: Value): number[] {
  if (block.shape.length !== 1) {
    invalid(`block_shape rank should be 1 instead of ${block.shape.length}`);
  }
  return ints(block);
}

/** The checked numbers of `paddings` or `crops`, and the number of positions in a block. */
function checkBlocks(input: Value, block: readonly number[], edges: Value, what: string): number {
  const rank = block.length;
  if (input.shape.length < 1 + rank) {
    invalid(`input rank should be >= ${1 + rank} instead of ${input.shape.length}`);
  }
  if (edges.shape.length !== 2 || edges.shape[0] !== rank || edges.shape[1] !== 2) {
    invalid(`${what} should have shape [${rank}, 2] instead of ${shapeText(edges.shape)}`);
  }
  const count = product(block, 0, rank);
  if (count <= 0) invalid(`Product of block sizes must be positive, got ${count}`);
  return count;
}

function spaceToBatch(
  context: KernelContext,
  input: Value,
  block: readonly number[],
  paddings: Value,
): Value {
  const { shape, dtype } = input;
  const count = checkBlocks(input, block, paddings, 'paddings');
  const edges = ints(paddings);
  const dims = shape.slice();
  dims[0]! *= count;
  for (const [i, size] of block.entries()) {
    const [before, after] = [edges[2 * i]!, edges[2 * i + 1]!];
    if (before < 0 || after < 0) invalid('Paddings must be non-negative');
    const padded = shape[i + 1]! + before + after;
    if (padded % size !== 0) {
      invalid(`padded_shape[${i}]=${padded} is not divisible by block_shape[${i}]=${size}`);
    }
    dims[i + 1] = padded / size;
  }
  const result = context.zeros(dtype, dims);
  visitBlocks(shape, dims, block, edges, (box, space, batch) =>
    copyBox(dtype, box, result.data, batch, input.data, space),
  );
  return result;
}

function batchToSpace(
  context: KernelContext,
  input: Value,
  block: readonly number[],
  crops: Value,
): Value {
  const { shape, dtype } = input;
  const count = checkBlocks(input, block, crops, 'crops');
  if (shape[0]! % count !== 0) {
    invalid(
      `Input batch dimension (${shape[0]}) is not divisible by product of block sizes (${count})`,
    );
  }
  const edges = ints(crops);
  const dims = shape.slice();
  dims[0]! /= count;
  for (const [i, size] of block.entries()) {
    const [before, after] = [edges[2 * i]!, edges[2 * i + 1]!];
    if (before < 0 || after < 0) invalid('Crops must be non-negative');
    const cropped = shape[i + 1]! * size - before - after;
    if (cropped < 0) invalid(`cropped_shape[${i}]=${cropped} must be non-negative`);
    dims[i + 1] = cropped;
  }
  const result = context.alloc(dtype, dims);
  visitBlocks(dims, shape, block, edges, (box, space, batch) =>
    copyBox(dtype, box, result.data, space, input.data, batch),
  );
  return result;
}

/**
 * Visits, for every position inside a block, the elements of the spatial array at that position and
 * where they stand in the batch array. `edges` is what the blocks reach over before each dimension.
 */
function visitBlocks(
  spaceShape: readonly number[],
  batchShape: readonly number[],
  block: readonly number[],
  edges: readonly number[],
  move: (box: readonly number[], space: Place, batch: Place) => void,
): void {
  const spaceStrides = stridesOf(spaceShape);
  const batchStrides = stridesOf(batchShape);
  const steps = spaceStrides.map((stride, i) => stride * (block[i - 1] ?? 1));
  const visit = (axis: number, position: number, box: number[], space: number, batch: number) => {
    if (axis > block.length) {
      const offset = batch + position * spaceShape[0]! * batchStrides[0]!;
      const dims = [spaceShape[0]!, ...box, ...spaceShape.slice(axis)];
      move(dims, { offset: space, strides: steps }, { offset, strides: batchStrides });
      return;
    }
    const size = block[axis - 1]!;
    const edge = edges[2 * (axis - 1)]!;
    for (let inside = 0; inside < size; inside++) {
      const first = Math.max(0, Math.ceil((edge - inside) / size));
      const fit = Math.ceil((spaceShape[axis]! + edge - inside) / size);
      const count = Math.min(batchShape[axis]!, fit) - first;
      if (count <= 0) continue;
      const at = first * size + inside - edge;
      visit(
        axis + 1,
        position * size + inside,
        [...box, count],
        space + at * spaceStrides[axis]!,
        batch + first * batchStrides[axis]!,
      );
    }
  };
  visit(1, 0, [], 0, 0);
}
