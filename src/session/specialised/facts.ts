/**
 * What is known of each value once the shapes of feeds and variables are: its shape, and often its
 * numbers, since the shapes of other values are numbers to a graph. Declarations tell, as they do while
 * a graph is built; pure operations of constants are computed here, once.
 */

import type { VariableCell } from '../../backend/state.ts';
import type { BackendValue } from '../../backend/value.ts';
import { type Data, type DType, newData } from '../../core/dtype.ts';
import { evaluateConstant } from '../../core/kernels.ts';
import { byName } from '../../core/op.ts';
import type { Dims, HandleData, Literal, Static } from '../../core/tensor.ts';
import { inferShapes } from '../../graph/operation.ts';
import type { Plan, Step } from '../plan.ts';

/** What is known of one value. */
export class Fact implements Static {
  readonly dtype: DType;
  readonly dims: Dims;
  readonly constant: Literal | undefined;
  readonly known: readonly (number | null)[] | undefined;
  readonly handleData: HandleData | undefined = undefined;
  /** The variable that a handle points to. */
  readonly cell: VariableCell | undefined;

  constructor(
    dtype: DType,
    dims: Dims,
    constant?: Literal,
    known?: readonly (number | null)[],
    cell?: VariableCell,
  ) {
    this.dtype = dtype;
    this.dims = dims;
    this.constant = constant;
    this.known = known;
    this.cell = cell;
    if (cell) this.handleData = { dtype: cell.dtype, dims: cell.dims };
  }

  /** The shape, if all of it is known. */
  get shape(): readonly number[] | null {
    return this.dims?.every((size) => size !== null) ? (this.dims as readonly number[]) : null;
  }
}

/** Values of more elements are not computed ahead. */
const MAX_ELEMENTS = 4096;

/** The facts of a plan's slots. */
export class Facts {
  private readonly bySlot: (Fact | undefined)[] = [];
  /** The shapes that a general run found: what is inferred otherwise is not believed. */
  private readonly observed: ReadonlyMap<number, readonly number[]>;

  constructor(
    { constants }: Pick<Plan, 'constants'>,
    observed: ReadonlyMap<number, readonly number[]>,
  ) {
    this.observed = observed;
    for (const [slot, value] of constants) this.bySlot[slot] = factOf(value);
  }

  /** Says of what type and shape the value in `slot` will be. */
  set(slot: number, dtype: DType, shape: Dims): void {
    this.bySlot[slot] = new Fact(dtype.base_dtype, shape);
  }

  of(slot: number): Fact | undefined {
    return this.bySlot[slot];
  }

  /** The variable that the reference or handle in `slot` points to. */
  cellOf(slot: number): VariableCell | undefined {
    return this.bySlot[slot]?.cell;
  }

  /** Says that `slot` holds a handle of the variable `cell`. */
  setCell(slot: number, dtype: DType, cell: VariableCell): void {
    this.bySlot[slot] = new Fact(dtype, [], undefined, undefined, cell);
  }

  /** What input `index` of `step` is: of a reference that is read, or `follow`ed, its variable. */
  input(step: Step, index: number, follow = false): Fact | undefined {
    const fact = this.bySlot[step.inputs[index]!];
    const { cell } = fact ?? {};
    if (!cell || !(follow || step.reads?.[index])) return fact;
    return cell.value ? new Fact(cell.dtype.base_dtype, cell.value.shape) : undefined;
  }

  /** Infers what `step` gives. Steps of branches and loops tell nothing ahead. */
  infer(step: Step): void {
    const { operation, outputs } = step;
    const { declaration, attrs } = operation;
    if (declaration.control || step.takesAny) return;
    const inputs = step.inputs.map((_, i) => this.input(step, i));
    if (inputs.some((fact) => fact === undefined)) return this.forget(step);
    const known = inputs as Fact[];
    const folded = isFoldable(step, known) ? fold(step, known) : undefined;
    const named = byName(declaration.inputs, attrs, known);
    const shapes = folded?.map(({ shape }) => shape) ?? shapesOf(step, named);
    outputs.forEach((slot, i) => {
      if (slot < 0) return;
      const dtype = operation.outputs[i]!.dtype;
      const dims = this.believed(slot, shapes[i] ?? null);
      const elements = i === 0 && dims !== null ? knownOf(step, named) : undefined;
      const constant = folded?.[i] ?? literalOf(dtype, dims, elements);
      this.bySlot[slot] = new Fact(dtype, dims, constant, elements ?? listOf(constant));
    });
  }

  /** All that is left is the type, and what a run found is no promise. */
  private forget({ operation, outputs }: Step): void {
    outputs.forEach((slot, i) => {
      if (slot >= 0) this.bySlot[slot] = new Fact(operation.outputs[i]!.dtype, null);
    });
  }

  private believed(slot: number, dims: Dims): Dims {
    const seen = this.observed.get(slot);
    if (dims === null || seen === undefined || dims.some((size) => size === null)) return dims;
    return dims.join() === seen.join() ? dims : null;
  }
}

/** The fact of a constant of the plan. */
function factOf(value: BackendValue): Fact {
  const { dtype, shape, size, buffer } = value;
  if (buffer.heap !== null || size > MAX_ELEMENTS) return new Fact(dtype, shape);
  const literal = { dtype, shape, data: value.data };
  return new Fact(dtype, shape, literal, listOf(literal));
}

function isFoldable({ operation, guards }: Step, inputs: readonly Fact[]): boolean {
  const { declaration, outputs } = operation;
  if (declaration.stateful || declaration.opaque || guards !== null || inputs.length === 0) {
    return false;
  }
  return (
    outputs.length > 0 &&
    outputs.every(({ dtype }) => dtype.is_numpy_compatible && !dtype._is_ref_dtype) &&
    inputs.every(({ constant }) => constant && constant.data.length <= MAX_ELEMENTS)
  );
}

/** The outputs of a pure operation of constants; nothing where they are large, or computing them fails. */
function fold({ operation }: Step, inputs: readonly Fact[]): readonly Literal[] | undefined {
  const literals = inputs.map(({ constant }) => constant!);
  const results = evaluateConstant(operation.type, literals, operation.attrs);
  return results?.every(({ data }) => data.length <= MAX_ELEMENTS) ? results : undefined;
}

function shapesOf({ operation }: Step, named: Record<string, unknown>): readonly Dims[] {
  const { declaration, attrs, outputs } = operation;
  try {
    return inferShapes(declaration, named, attrs, outputs.length);
  } catch {
    // The kernel will say what is wrong, when it runs.
    return [];
  }
}

function knownOf(
  { operation }: Step,
  named: Record<string, unknown>,
): readonly (number | null)[] | undefined {
  const { declaration, attrs, outputs } = operation;
  if (!outputs[0]!.dtype.is_integer) return undefined;
  try {
    return declaration.known?.(named, attrs);
  } catch {
    return undefined;
  }
}

/** An integer scalar or vector of which every element is known. */
function literalOf(
  dtype: DType,
  dims: Dims,
  elements: readonly (number | null)[] | undefined,
): Literal | undefined {
  if (!elements?.every((element) => element !== null) || dims === null) return undefined;
  const data = newData(dtype, elements.length) as Data & { [index: number]: number };
  elements.forEach((element, i) => {
    data[i] = element as number;
  });
  return { dtype, shape: dims.length === 0 ? [] : [elements.length], data };
}

function listOf(literal: Literal | undefined): readonly number[] | undefined {
  if (!literal?.dtype.is_integer || literal.shape.length > 1) return undefined;
  return Array.from(literal.data as ArrayLike<number>);
}
