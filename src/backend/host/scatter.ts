/** Changing parts of a variable: rows named by indices, or what index vectors point at. */

import type { Data, DType, TypedArray } from '../../core/dtype.ts';
import { elementWidth } from '../../core/dtype.ts';
import type { Cell, Kernel, Value } from '../../core/kernels.ts';
import { kernel } from '../registry.ts';
import { copyRun, invalid, product, shapeText, stridesOf } from './box.ts';
import * as complex from './complex.ts';
import { type Lane, laneOf, settle } from './lanes.ts';
import { sameShape } from './numeric.ts';
import { refValueOf, resourceValueOf } from './state.ts';

type Combine = (a: number, b: number) => number;

/** How a row of updates enters the row that is there. */
interface Rule {
  readonly real: Combine;
  readonly complex?: complex.ComplexFunction2;
}

const RULES: Readonly<Record<string, Rule | null>> = {
  Update: null,
  Add: { real: (a, b) => a + b, complex: complex.add },
  Sub: { real: (a, b) => a - b, complex: complex.subtract },
  Mul: { real: (a, b) => a * b, complex: complex.multiply },
  Div: { real: (a, b) => a / b, complex: complex.divide },
  Min: { real: (a, b) => (b < a ? b : a) },
  Max: { real: (a, b) => (b > a ? b : a) },
};

/** Where updates go: the first storage element of each run, and the length of a run. */
interface Runs {
  readonly starts: readonly number[];
  readonly length: number;
}

/** Writes `updates`, a run after the other, or one element for all, into `target`. */
function write(target: Data, dtype: DType, runs: Runs, updates: Value, rule: Rule | null): void {
  const single = updates.shape.length === 0;
  const width = elementWidth(dtype);
  const source = updates.data === target ? (target.slice() as Data) : updates.data;
  runs.starts.forEach((start, i) => {
    const from = single ? 0 : i * runs.length;
    if (rule === null && !single) copyRun(target, start, source, from, runs.length);
    else if (rule === null) repeat(target, start, source, runs.length, width);
    else if (width > 1) complexRun(target, start, source, from, runs.length, single, rule);
    else realRun(target, start, source, from, runs.length, single ? 0 : 1, dtype, rule.real);
  });
}

function repeat(to: Data, at: number, from: Data, count: number, width: number): void {
  const target = to as TypedArray;
  for (let i = 0; i < count; i++) target[at + i] = (from as TypedArray)[i % width]!;
}

function realRun(
  to: Data,
  at: number,
  from: Data,
  start: number,
  count: number,
  step: number,
  dtype: DType,
  combine: Combine,
): void {
  const target = to as TypedArray;
  const source = from as TypedArray;
  const lane: Lane = laneOf(dtype);
  const truncates = dtype.is_integer;
  for (let i = 0, j = start; i < count; i++, j += step) {
    const result = combine(target[at + i]!, source[j]!);
    target[at + i] = truncates ? Math.trunc(result) : result;
  }
  if (lane === 'half' || lane === 'bfloat16' || lane === 'wide') {
    const run = target.subarray(at, at + count) as Float64Array;
    settle(lane, run, run);
  }
}

function complexRun(
  to: Data,
  at: number,
  from: Data,
  start: number,
  count: number,
  single: boolean,
  rule: Rule,
): void {
  const target = to as TypedArray;
  const source = from as TypedArray;
  for (let i = 0; i < count; i += 2) {
    const j = single ? 0 : start + i;
    rule.complex!(target[at + i]!, target[at + i + 1]!, source[j]!, source[j + 1]!);
    target[at + i] = complex.answer.re;
    target[at + i + 1] = complex.answer.im;
  }
}

/** An index of `shape` as TensorFlow's messages show it. */
function position(shape: readonly number[], at: number): string {
  if (shape.length === 0) return '';
  return shapeText(stridesOf(shape).map((stride, i) => Math.floor(at / stride) % shape[i]!));
}

function rowRuns(variable: Value, indices: Value, updates: Value): Runs {
  const { shape, dtype } = variable;
  if (shape.length < 1) invalid(`params must be at least 1-D, got shape ${shapeText(shape)}`);
  const wanted = [...indices.shape, ...shape.slice(1)];
  if (updates.shape.length > 0 && !sameShape(updates.shape, wanted)) {
    invalid(
      `Must have updates.shape = indices.shape + params.shape[1:], got updates.shape ${shapeText(updates.shape)}, indices.shape ${shapeText(indices.shape)}, params.shape ${shapeText(shape)}`,
    );
  }
  const rows = shape[0]!;
  const length = product(shape, 1, shape.length) * elementWidth(dtype);
  const at = Array.from(indices.data as TypedArray);
  at.forEach((row, i) => {
    if (row >= 0 && row < rows) return;
    invalid(`indices${position(indices.shape, i)} = ${row} is not in [0, ${rows})`);
  });
  return { starts: at.map((row) => row * length), length };
}

function pointRuns(variable: Value, indices: Value, updates: Value): Runs {
  const { shape, dtype } = variable;
  const batch = indices.shape.slice(0, -1);
  const depth = indices.shape.at(-1) ?? 1;
  const wanted = [...batch, ...shape.slice(depth)];
  if (depth > shape.length || !sameShape(wanted, updates.shape)) {
    invalid(
      `Must have updates.shape = indices.shape[:batch_dim] + params_shape[slice_dim:], got updates.shape: ${shapeText(updates.shape)}, indices.shape: ${shapeText(indices.shape)}, params_shape: ${shapeText(shape)}, slice_dim: ${depth}, and batch_dim: ${batch.length}`,
    );
  }
  const width = elementWidth(dtype);
  const strides = stridesOf(shape);
  const data = indices.data as TypedArray;
  const starts = Array.from({ length: product(batch, 0, batch.length) }, (_, row) => {
    const index = Array.from(data.slice(row * depth, (row + 1) * depth));
    if (index.some((n, axis) => n < 0 || n >= shape[axis]!)) {
      invalid(
        `Invalid indices: ${position(batch, row)} = [${index.join(', ')}] does not index into ${shapeText(shape)}`,
      );
    }
    return index.reduce((sum, n, axis) => sum + n * strides[axis]!, 0) * width;
  });
  return { starts, length: product(shape, depth, shape.length) * width };
}

/** The kernel that changes a variable by `rule` where `runsOf` says, all or nothing. */
function scatter(
  read: (cell: Cell) => Value,
  runsOf: typeof rowRuns,
  rule: Rule | null,
  givesReference: boolean,
): Kernel {
  return ([handle, indices, updates], _attrs, context) => {
    const cell = context.cell(handle!);
    const runs = runsOf(read(cell), indices!, updates!);
    const { data, dtype } = cell.writable();
    write(data, dtype, runs, updates!, rule);
    return givesReference ? context.handle(handle!.dtype, cell) : null;
  };
}

for (const [name, rule] of Object.entries(RULES)) {
  kernel(`Scatter${name}`, scatter(refValueOf, rowRuns, rule, true));
  kernel(`ResourceScatter${name}`, scatter(resourceValueOf, rowRuns, rule, false));
}
for (const name of ['Update', 'Add', 'Sub']) {
  kernel(`ScatterNd${name}`, scatter(refValueOf, pointRuns, RULES[name] ?? null, true));
}
kernel('ResourceScatterNdUpdate', scatter(resourceValueOf, pointRuns, null, false));
