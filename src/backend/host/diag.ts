/** Diagonals of arrays and of stacked matrices. */

import type { KernelContext, Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { copyBox, invalid, scalar, shapeText, stridesOf, wholeOf } from './box.ts';

kernel('Diag', ([diagonal], _attrs, context) => {
  const { shape, dtype } = diagonal!;
  if (shape.length < 1) invalid('Input must be at least rank 1, got 0');
  const result = context.zeros(dtype, [...shape, ...shape]);
  const target = { offset: 0, strides: doubled([...shape, ...shape]) };
  copyBox(dtype, shape, result.data, target, diagonal!.data, wholeOf(shape));
  return result;
});

kernel('DiagPart', ([input], _attrs, context) => {
  const { shape, dtype } = input!;
  const rank = shape.length;
  if (rank === 0 || rank % 2 !== 0) {
    invalid(`The rank of the tensor should be even and positive, got shape ${shapeText(shape)}`);
  }
  const half = rank / 2;
  for (let i = 0; i < half; i++) {
    if (shape[i] !== shape[i + half]) {
      invalid(`Invalid shape ${shapeText(shape)}: dimensions ${i} and ${i + half} do not match.`);
    }
  }
  const dims = shape.slice(0, half);
  const result = context.alloc(dtype, dims);
  const source = { offset: 0, strides: doubled(shape) };
  copyBox(dtype, dims, result.data, wholeOf(dims), input!.data, source);
  return result;
});

/** Strides that move along dimension i of both halves of a shape at once. */
function doubled(shape: readonly number[]): number[] {
  const strides = stridesOf(shape);
  const half = shape.length / 2;
  return strides.slice(0, half).map((stride, i) => stride + strides[i + half]!);
}

// ---- matrices ----------------------------------------------------------------------------------

interface Diagonal {
  /** Shape of the diagonals: batch dimensions, then their length. */
  readonly dims: number[];
  readonly strides: number[];
}

/** The main diagonals of the matrices in an array of `shape`. */
function diagonalOf(shape: readonly number[]): Diagonal {
  const strides = stridesOf(shape);
  const rank = shape.length;
  const [rows, columns] = [shape[rank - 2]!, shape[rank - 1]!];
  return {
    dims: [...shape.slice(0, -2), Math.min(rows, columns)],
    strides: [...strides.slice(0, -2), strides[rank - 2]! + strides[rank - 1]!],
  };
}

function checkMatrix(input: Value): void {
  if (input.shape.length < 2) {
    invalid(`input must be at least 2-dim, received shape: ${shapeText(input.shape)}`);
  }
}

kernel('MatrixDiag', ([diagonal], _attrs, context) => {
  const { shape, dtype } = diagonal!;
  if (shape.length < 1) {
    invalid(`input must be at least 1-dim, received shape: ${shapeText(shape)}`);
  }
  const result = context.zeros(dtype, [...shape, shape.at(-1)!]);
  const { strides } = diagonalOf(result.shape);
  copyBox(dtype, shape, result.data, { offset: 0, strides }, diagonal!.data, wholeOf(shape));
  return result;
});

kernel('MatrixDiagPart', ([input], _attrs, context) => {
  checkMatrix(input!);
  const { dims, strides } = diagonalOf(input!.shape);
  const result = context.alloc(input!.dtype, dims);
  const source = { offset: 0, strides };
  copyBox(input!.dtype, dims, result.data, wholeOf(dims), input!.data, source);
  return result;
});

function copied(context: KernelContext, input: Value): Value {
  const result = context.alloc(input.dtype, input.shape);
  const whole = wholeOf(input.shape);
  copyBox(input.dtype, input.shape, result.data, whole, input.data, whole);
  return result;
}

kernel('MatrixSetDiag', ([input, diagonal], _attrs, context) => {
  checkMatrix(input!);
  const { dims, strides } = diagonalOf(input!.shape);
  if (shapeText(dims) !== shapeText(diagonal!.shape)) {
    invalid(
      `must have diagonal.shape == input.shape[:-2] + min(input.shape[-2:]), but received input shape: ${shapeText(input!.shape)} and diagonal shape: ${shapeText(diagonal!.shape)}`,
    );
  }
  const result = copied(context, input!);
  const target = { offset: 0, strides };
  copyBox(input!.dtype, dims, result.data, target, diagonal!.data, wholeOf(dims));
  return result;
});

kernel('MatrixBandPart', ([input, lowerValue, upperValue], _attrs, context) => {
  checkMatrix(input!);
  const { shape, dtype } = input!;
  const [rows, columns] = shape.slice(-2) as [number, number];
  const [lower, upper] = [scalar(lowerValue!), scalar(upperValue!)];
  if (lower > rows)
    invalid(
      `num_lower must be negative or less or equal to number of rows (${rows}) got: ${lower}`,
    );
  if (upper > columns)
    invalid(
      `num_upper must be negative or less or equal to number of columns (${columns}) got: ${upper}`,
    );
  const result = context.zeros(dtype, shape);
  const { strides } = wholeOf(shape);
  for (let row = 0; row < rows; row++) {
    const first = lower < 0 ? 0 : Math.max(0, row - lower);
    const end = upper < 0 ? columns : Math.min(columns, row + upper + 1);
    if (end <= first) continue;
    const place = { offset: row * columns + first, strides };
    const band = [...shape.slice(0, -2), 1, end - first];
    copyBox(dtype, band, result.data, place, input!.data, place);
  }
  return result;
});
