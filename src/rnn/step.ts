/** What the functions that run cells have in common: a step that respects lengths, reversal, types. */

import { cond } from '../control/cond.ts';
import type { DType } from '../core/dtype.ts';
import { ValueError } from '../core/errors.ts';
import { colocateWith, executing_eagerly } from '../core/mode.ts';
import {
  assertSameStructure,
  flatten,
  isComposite,
  isNested,
  leavesOf,
  packAs,
} from '../core/nest.ts';
import { as_shape, TensorShape, unknown_shape } from '../core/shape.ts';
import { Tensor, type TensorLike } from '../core/tensor.ts';
import { concat, rank, shape, stack, transpose, unstack } from '../ops/array.ts';
import { greater, greater_equal, less, less_equal } from '../ops/compare.ts';
import { reverse_sequence } from '../ops/move.ts';
import { where } from '../ops/search.ts';
import { range } from '../ops/sequence.ts';

/** Which sequences of a batch have ended, and when all and none have. */
export interface Lengths {
  readonly each: Tensor;
  readonly least: Tensor;
  readonly most: Tensor;
}

/** A step of some sequences: what it computes, and what those get that have ended. */
export interface StepParts {
  /** The number of the step: plain where the steps are unrolled. */
  readonly time: number | Tensor;
  readonly zeroOutput: unknown;
  readonly state: unknown;
  readonly call: () => readonly [output: unknown, state: unknown];
}

type Outcome = readonly [output: unknown, state: unknown];

/** Python's comparison of a plain number with a tensor is the reflected one. */
const isPast = (time: number | Tensor, lengths: Tensor): Tensor =>
  typeof time === 'number' ? less_equal(lengths, time) : greater_equal(time, lengths);
const isBefore = (time: number | Tensor, lengths: Tensor): Tensor =>
  typeof time === 'number' ? greater(lengths, time) : less(time, lengths);

/** A step in which sequences that have ended keep their states and give zeros; none is computed after the last has ended. */
export function conditionalStep(parts: StepParts, lengths: Lengths): Outcome {
  const { time, zeroOutput, state, call } = parts;
  const past = isPast(time, lengths.each);
  const computed = (): unknown[] => {
    const flat = checkedStep(parts, call());
    const all = () => flat;
    const some = () => copiedThrough(past, parts, flat);
    return asList(cond(isBefore(time, lengths.least), all, some));
  };
  const skipped = () => [...flatten(zeroOutput), ...flatten(state)];
  return packedStep(parts, asList(cond(isPast(time, lengths.most), skipped, computed)));
}

/** The same without conditions: every step is computed. */
export function selectiveStep(parts: StepParts, lengths: Lengths): Outcome {
  const past = isPast(parts.time, lengths.each);
  return packedStep(parts, copiedThrough(past, parts, checkedStep(parts, parts.call())));
}

const asList = (result: unknown): unknown[] => result as unknown[];

function checkedStep({ zeroOutput, state }: StepParts, [output, next]: Outcome): unknown[] {
  assertSameStructure(zeroOutput, output);
  assertSameStructure(state, next);
  return [...leavesOf(output), ...leavesOf(next)];
}

/** Old values for sequences that have ended, new ones for the others. */
function copiedThrough(
  past: Tensor,
  { zeroOutput, state }: StepParts,
  flat: readonly unknown[],
): unknown[] {
  const old = [...leavesOf(zeroOutput), ...leavesOf(state)];
  return flat.map((value, i) => selected(past, old[i], value));
}

/** `old` where `past`, else `value`; arrays and scalars are `value`. */
export function selected(past: Tensor, old: unknown, value: unknown): unknown {
  if (isComposite(old) || (old as Tensor).shape.ndims === 0) return value;
  const [before, after] = [old as Tensor, value as Tensor];
  return colocateWith(after, () => where(past, before, after));
}

function packedStep({ zeroOutput, state }: StepParts, flat: readonly unknown[]): Outcome {
  const like = [...leavesOf(zeroOutput), ...leavesOf(state)];
  if (!executing_eagerly()) {
    flat.forEach((value, i) => {
      if (value instanceof Tensor) value.set_shape((like[i] as Tensor).shape);
    });
  }
  const count = leavesOf(zeroOutput).length;
  return [packAs(zeroOutput, flat.slice(0, count)), packAs(state, flat.slice(count))];
}

/** The type of a state: as given, or that of all its tensors. ValueError where they differ. */
export function stateType(given: DType | null, state: unknown): DType {
  if (given !== null) return given;
  const [first, ...others] = flatten(state).map((part) => (part as Tensor).dtype);
  if (first === undefined) throw new ValueError('Unable to infer dtype from empty state.');
  if (others.every((dtype) => dtype === first)) return first;
  throw new ValueError(
    'State has tensors of different inferred_dtypes. Unable to infer a single representative dtype.',
  );
}

/** A list of inputs backwards; with lengths, each sequence of the batch up to its own. */
export function reversedList(
  inputs: readonly unknown[],
  lengths: TensorLike | null,
): readonly unknown[] {
  if (lengths === null) return inputs.toReversed();
  const flat = inputs.map((input) => flatten(input) as Tensor[]);
  const columns = flat[0]!.map((_, part) =>
    reversedColumn(
      flat.map((parts) => parts[part]!),
      lengths,
    ),
  );
  return inputs.map((input, time) =>
    packAs(
      input,
      columns.map((column) => column[time]!),
    ),
  );
}

function reversedColumn(steps: readonly Tensor[], lengths: TensorLike): readonly Tensor[] {
  const common = unknown_shape(steps[0]!.shape.ndims);
  for (const step of steps) common.assert_is_compatible_with(step.shape);
  const reversed = reverse_sequence(stack(steps), lengths, 0, 1);
  const results = unstack(reversed) as Tensor[];
  if (!executing_eagerly()) for (const result of results) result.set_shape(common);
  return results;
}

/** Swaps the first two axes, batch and time. */
export function transposedBatchTime(value: unknown): unknown {
  if (isComposite(value)) return value;
  const x = value as Tensor;
  const dims = x.shape;
  if (dims.ndims !== null && dims.ndims < 2) {
    throw new ValueError(
      `Expected input tensor ${x} to have rank at least 2, but saw shape: ${dims}`,
    );
  }
  const order = concat([[1, 0], range(2, rank(x))], 0);
  const swapped = transpose(x, order);
  if (!executing_eagerly() && dims.ndims !== null) {
    const [first = null, second = null, ...rest] = dims.as_list();
    swapped.set_shape(new TensorShape([second, first, ...rest]));
  }
  return swapped;
}

/** How many sequences a batch of time-major inputs has: a number where it is known. */
export function batchSizeOf(inputs: readonly Tensor[]): number | Tensor {
  for (const input of inputs) {
    const { ndims } = input.shape;
    if (ndims === null) continue;
    if (ndims < 2) {
      throw new ValueError(`Expected input tensor ${input} to have rank at least 2`);
    }
    const size = input.shape.at(1).value;
    if (size !== null) return size;
  }
  return shape(inputs[0]!).at(1);
}

/** A size as a TensorShape, as far as it is known. */
export function shapeOfSize(size: unknown): TensorShape {
  if (!(size instanceof Tensor)) return as_shape(size as TensorShape);
  return size.known === undefined ? unknown_shape() : new TensorShape([...size.known]);
}

/** The first tensor of a nesting. */
export function firstOf(inputs: unknown): Tensor {
  return (isNested(inputs) ? leavesOf(inputs)[0] : inputs) as Tensor;
}
