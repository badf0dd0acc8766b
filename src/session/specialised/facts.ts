/**
 * What is known of each value once the shapes of feeds and variables are: its shape, and often its
 * numbers, since the shapes of other values are numbers to a graph. Declarations tell, as they do while
 * a graph is built; pure operations of constants are computed here, once.
 */

import type { VariableCell } from '../../backend/state.ts';
import type { BackendValue } from '../../backend/value.ts';
import type { DType } from '../../core/dtype.ts';
import { byName } from '../../core/op.ts';
import type { Dims, HandleData, Literal, Static } from '../../core/tensor.ts';
import { inferShapes } from '../../graph/operation.ts';
import { foldConstants, MAX_ELEMENTS } from '../passes/constant_folding.ts';
import { knownElements, literalOf } from '../passes/known_shapes.ts';
import type { Passes } from '../passes/switches.ts';
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

/** The facts of a plan's slots. */
export class Facts {
  private readonly bySlot: (Fact | undefined)[] = [];
  /** The shapes that a general run found: what is inferred otherwise is not believed. */
  private readonly observed: ReadonlyMap<number, readonly number[]>;
  private readonly passes: Passes;

  constructor(
    { constants }: Pick<Plan, 'constants'>,
    observed: ReadonlyMap<number, readonly number[]>,
    passes: Passes,
  ) {
    this.observed = observed;
    this.passes = passes;
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
    const folded = this.passes.constantFolding ? foldConstants(step, known) : undefined;
    const named = byName(declaration.inputs, attrs, known);
    const shapes = folded?.map(({ shape }) => shape) ?? shapesOf(step, named);
    outputs.forEach((slot, i) => {
      if (slot < 0) return;
      const dtype = operation.outputs[i]!.dtype;
      const dims = this.believed(slot, shapes[i] ?? null);
      const isKnown = this.passes.knownShapes && i === 0 && dims !== null;
      const elements = isKnown ? knownElements(operation, named) : undefined;
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

function shapesOf({ operation }: Step, named: Record<string, unknown>): readonly Dims[] {
  const { declaration, attrs, outputs } = operation;
  try {
    return inferShapes(declaration, named, attrs, outputs.length);
  } catch {
    // The kernel will say what is wrong, when it runs.
    return [];
  }
}

function listOf(literal: Literal | undefined): readonly number[] | undefined {
  if (!literal?.dtype.is_integer || literal.shape.length > 1) return undefined;
  return Array.from(literal.data as ArrayLike<number>);
}
