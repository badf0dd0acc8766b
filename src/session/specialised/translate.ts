/**
 * From the steps of a general plan to the items of a specialised one: what is known already is left
 * out, what only changes a shape becomes an alias, element-wise operations are fused, ops with a
 * translation become calls with fixed addresses, and the rest stays with its kernel.
 */

import {
  type Call,
  type Described,
  type Elementwise,
  type Expansion,
  isPlaceable,
  mayBeEmpty,
  type PlacedNode,
  type Translation,
  translationOf,
} from '../../backend/placed/index.ts';
import type { Home } from '../../backend/placed/place.ts';
import type { VariableCell } from '../../backend/state.ts';
import { type BackendValue, sizeOf } from '../../backend/value.ts';
import { float32 } from '../../core/dtype.ts';
import type { Kernel } from '../../core/kernels.ts';
import { CommonSubexpressions } from '../passes/common_subexpressions.ts';
import { Regions } from '../passes/fusion.ts';
import type { Operands } from '../passes/rewriting.ts';
import { Simplification } from '../passes/simplification.ts';
import type { Passes } from '../passes/switches.ts';
import { Transposes } from '../passes/transposed_operands.ts';
import type { Plan, Step } from '../plan.ts';
import type { Fact, Facts } from './facts.ts';
import { type Item, type Placed, Source, START } from './source.ts';

/**
 * What became of a step: its result was known ahead, is another's under a new shape, is computed in a
 * fused loop or by a call with fixed addresses; or its kernel runs, for one of some reasons.
 */
export type Fate = 'folded' | 'alias' | 'fused' | 'call' | KernelReason;
/** Why the kernel of a step runs. */
export type KernelReason =
  | 'it may not run: it is on a branch'
  | 'it is a loop, or decides which branch runs'
  | 'a shape is known only when it runs, or is empty'
  | 'no code is generated for it with these types and shapes'
  | 'its values are of a type, or in a variable, that has no place'
  | 'it reads the variable that it changes, in another order';

/** How a step is computed: as `node`, which may be another than the graph's, of `operands`. */
interface Work {
  readonly node: PlacedNode;
  readonly translation: Translation;
  readonly operands: Operands;
}

/** The items of a plan, in no order yet, and what its slots hold. */
export class Translator {
  private readonly items: Item[] = [];
  readonly fates: Fate[] = [];
  readonly regions: Regions;
  private readonly common: CommonSubexpressions | null;
  private readonly simplification: Simplification | null;
  private readonly transposes: Transposes | null;
  /** Slots of which generated code can read the numbers. */
  readonly placed = new Map<number, Placed>();
  /** Slots that kernels fill. */
  readonly sources = new Map<number, Source>();
  /** Where the variables are. */
  readonly homes = new Map<VariableCell, Home>();
  private readonly facts: Facts;
  private readonly readKernel: Kernel;
  private readonly passes: Passes;
  private readonly cellOf: (step: Step) => VariableCell;

  constructor(
    facts: Facts,
    { constants }: Pick<Plan, 'constants'>,
    { readKernel, passes }: { readonly readKernel: Kernel; readonly passes: Passes },
    cellOf: (step: Step) => VariableCell,
  ) {
    this.facts = facts;
    for (const [slot, value] of constants) this.addConstant(slot, value);
    this.readKernel = readKernel;
    this.passes = passes;
    this.cellOf = cellOf;
    this.regions = new Regions(passes.fusion);
    this.common = passes.commonSubexpressions ? new CommonSubexpressions() : null;
    this.simplification = passes.simplification ? new Simplification() : null;
    this.transposes = passes.transposedOperands ? new Transposes() : null;
  }

  /** Says that `slot` holds a value of such a type and shape before the first step. */
  give(slot: number, { dtype, shape }: Described): void {
    this.facts.set(slot, dtype, shape);
    if (!isPlaceable(dtype)) return;
    const source = new Source('kernel', START, { dtype, shape });
    source.slot = slot;
    this.sources.set(slot, source);
    this.hold(slot, { source, dtype, shape });
  }

  /** Says that numbers of such a type and shape stand in the program's memory before the first step, for `slot`. */
  reserve(slot: number, { dtype, shape }: Described): Source {
    this.facts.set(slot, dtype, shape);
    const source = new Source('arena', START, { dtype, shape });
    this.hold(slot, { source, dtype, shape });
    return source;
  }

  /** Says that `slot` holds a constant of the plan. */
  private addConstant(slot: number, value: BackendValue): void {
    if (value.buffer.heap === null) return;
    const source = new Source('constant', START, value);
    source.slot = slot;
    source.home.at = value.buffer.heap.address;
    this.hold(slot, { source, dtype: value.dtype, shape: value.shape });
  }

  /** Translates `steps`, which come after those before. */
  translate(steps: readonly Step[]): void {
    for (const step of steps) this.fates.push(this.step(step, this.fates.length));
  }

  /** The items, in no order yet. */
  finish(): readonly Item[] {
    return [...this.items, ...this.regions.items];
  }

  /** What `slot` holds, for generated code. */
  numbersIn(slot: number): Placed | null {
    const known = this.placed.get(slot);
    if (known) return known;
    const fact = this.facts.of(slot);
    const literal = fact?.constant;
    if (!literal || !isPlaceable(literal.dtype)) return null;
    const source = new Source('constant', START, literal);
    source.literal = literal;
    const { dtype, shape } = literal;
    return this.hold(slot, { source, dtype, shape, constant: literal });
  }

  private hold(slot: number, placed: Placed): Placed {
    this.placed.set(slot, placed);
    return placed;
  }

  private step(step: Step, order: number): Fate {
    this.facts.infer(step);
    if (this.isKnown(step)) return 'folded';
    if (step.kernel === this.readKernel) return this.read(step, order);
    const node = this.nodeOf(step);
    const work = node && this.workOf(step, order, node);
    if (!work) return this.keepKernel(step, order, reasonOf(step, node));
    return this.apply(step, order, work);
  }

  /** How `node` is computed: as something simpler, if a pass finds that, else as its translation says. */
  private workOf(step: Step, order: number, node: PlacedNode): Work | null {
    const operands = (index: number) => this.argument(step, index, order);
    const other = this.transposes?.rewrite(node, operands);
    const translation = other && translationOf(other.node);
    if (translation) {
      return { ...other, translation, operands: (i) => other.operands.get(i) ?? operands(i) };
    }
    const own = translationOf(node);
    if (own?.role !== 'elementwise') return own && { node, translation: own, operands };
    const simpler = this.simplification?.simplify(node, operands);
    if (!simpler) return { node, translation: own, operands };
    const { op, args } = simpler;
    return {
      node,
      operands: (i) => args[i]!,
      translation: op
        ? { role: 'elementwise', node: { op }, args: args.map((_, i) => i) }
        : { role: 'alias', input: 0 },
    };
  }

  /** Whether all that the step gives is known, and nothing else comes of it. */
  private isKnown({ operation, outputs, guards }: Step): boolean {
    return (
      guards === null &&
      !operation.declaration.stateful &&
      outputs.length > 0 &&
      outputs.every((slot) => slot < 0 || this.facts.of(slot)?.constant !== undefined)
    );
  }

  /** The step as translations see it; `null` where they cannot: in branches, and where a shape is not known. */
  private nodeOf(step: Step): PlacedNode | null {
    const { operation, outputs, guards } = step;
    if (guards !== null || operation.declaration.control) return null;
    const takesEmpty = mayBeEmpty(operation.type);
    const inputs = step.inputs.map((_, i) => {
      const fact = this.facts.input(step, i, true);
      return describe(fact, takesEmpty && fact?.constant !== undefined);
    });
    const results = outputs.map((slot, i) => {
      const { dtype } = operation.outputs[i]!;
      if (dtype._is_ref_dtype || operation.inputs.length === 0) return { dtype, shape: [] };
      return describe(this.facts.of(slot), takesEmpty);
    });
    if (inputs.includes(null) || results.includes(null)) return null;
    return {
      type: operation.type,
      attrs: operation.attrs,
      inputs: inputs as Described[],
      outputs: results as Described[],
    };
  }

  private apply(step: Step, order: number, work: Work): Fate {
    const { translation } = work;
    const { role } = translation;
    if (role === 'variable') {
      const dtype = step.operation.outputs[0]!.dtype;
      this.facts.setCell(step.outputs[0]!, dtype, this.cellOf(step));
      return 'alias';
    }
    if (role === 'read') return this.read(step, order);
    if (role === 'call') return this.call(step, order, work, translation);
    if (role === 'expansion') return this.expand(step, order, work, translation);
    if (step.outputs[0]! < 0) return 'alias';
    if (role === 'elementwise') return this.fuse(step, order, work, translation);
    return this.alias(step, order, work, translation.input);
  }

  private fuse(step: Step, order: number, { node, operands }: Work, how: Elementwise): Fate {
    const args = how.args.map(operands);
    const result = node.outputs[0]!;
    if (!areAll(args) || !isPlaceable(result.dtype)) return this.keepKernel(step, order, NO_PLACE);
    const { op, value, type } = how.node;
    const key = this.common?.keyOf(op, { value, type, shape: result.shape }, args) ?? null;
    if (this.isDone(step, key)) return 'alias';
    const output = this.made(step, 0, order, result);
    if (key !== null) this.common?.add(key, [output]);
    this.simplification?.note(op, args, output);
    this.regions.add(step, order, how, args, output);
    return 'fused';
  }

  /** Adds the loops that compute a step together. */
  private expand(step: Step, order: number, { node, operands }: Work, how: Expansion): Fate {
    const values = node.inputs.map((_, i) => operands(i));
    if (!areAll(values)) return this.keepKernel(step, order, NO_PLACE);
    const given: Placed[] = [...values];
    how.nodes.forEach((part, i) => {
      const args = part.args.map((arg) => given[arg]!);
      const fact = { dtype: float32, shape: part.shape };
      // Within the step one comes after the other.
      const at = order + i / how.nodes.length;
      const output = { source: new Source('arena', at, fact), ...fact };
      this.regions.add(step, at, { role: 'elementwise', ...part }, args, output);
      given.push(output);
    });
    step.outputs.forEach((slot, i) => {
      if (slot >= 0) this.hold(slot, given[how.outputs[i]!]!);
    });
    return 'fused';
  }

  private keyOfCall(
    { operation }: Step,
    { type, attrs, inputs }: PlacedNode,
    call: Call,
    read: readonly Placed[],
  ): string | null {
    if (!this.common || call.writes.length > 0 || operation.declaration.stateful) return null;
    const all = read.map((placed, i) => (placed === UNREAD ? ahead(inputs[i]!) : placed));
    return areAll(all) ? this.common.keyOf(type, attrs, all) : null;
  }

  /** Whether an earlier step gave the same, and this one's slots now hold that. */
  private isDone(step: Step, key: string | null): boolean {
    const results = key === null ? undefined : this.common?.find(key);
    results?.forEach((placed, i) => {
      const slot = step.outputs[i]!;
      const shape = this.facts.of(slot)?.shape;
      if (slot >= 0 && shape) this.hold(slot, { ...placed, shape });
    });
    return results !== undefined;
  }

  /** The numbers of input `index`: of a reference that is read, those of its variable. */
  private argument(step: Step, index: number, order: number): Placed | null {
    const slot = step.inputs[index]!;
    return step.reads?.[index] ? this.variable(slot, order) : this.numbersIn(slot);
  }

  /** The numbers of a variable as they are when step `order` runs. */
  private variable(slot: number, order: number): Placed | null {
    const cell = this.facts.cellOf(slot);
    if (cell?.value?.dtype !== float32 || !isFixed(cell)) return null;
    const { dtype, shape } = cell.value;
    const source = new Source('variable', order, cell.value);
    source.cell = cell;
    source.home = this.homeOf(cell);
    return { source, dtype, shape };
  }

  /** All sources of a variable have one address, which is that of its numbers. */
  private homeOf(cell: VariableCell): Home {
    const known = this.homes.get(cell);
    if (known) return known;
    const home = { at: 0 };
    this.homes.set(cell, home);
    return home;
  }

  private read(step: Step, order: number): Fate {
    const placed = this.variable(step.inputs[0]!, order);
    if (!placed || step.guards !== null) {
      return this.keepKernel(step, order, step.guards ? ON_BRANCH : NO_PLACE);
    }
    if (step.outputs[0]! >= 0) this.hold(step.outputs[0]!, placed);
    return 'alias';
  }

  private alias(step: Step, order: number, work: Work, index: number): Fate {
    const [output] = step.outputs as [number];
    const handle = this.facts.of(step.inputs[index]!)?.cell;
    if (handle && !step.reads?.[index]) {
      this.facts.setCell(output, step.operation.outputs[0]!.dtype, handle);
      return 'alias';
    }
    const numbers = work.operands(index);
    if (!numbers) return this.keepKernel(step, order, NO_PLACE);
    if (!this.passes.copyRemoval) {
      return this.fuse(step, order, work, { role: 'elementwise', node: COPY, args: [index] });
    }
    const { dtype, shape } = work.node.outputs[0]!;
    this.hold(output, { source: numbers.source, dtype, shape });
    return 'alias';
  }

  private call(step: Step, order: number, { node, operands }: Work, call: Call): Fate {
    const cells = call.writes.map((i) => this.facts.cellOf(step.inputs[i]!));
    const inputs = step.inputs.map((slot, i): Placed | null => {
      if (call.writes.includes(i)) return this.variable(slot, order);
      return call.reads.includes(i) ? operands(i) : UNREAD;
    });
    if (inputs.includes(null) || cells.includes(undefined)) {
      return this.keepKernel(step, order, NO_PLACE);
    }
    if (call.isScattered && call.reads.some((i) => cells.includes(inputs[i]!.source.cell!))) {
      return this.keepKernel(step, order, READS_ITSELF);
    }
    const key = this.keyOfCall(step, node, call, inputs as Placed[]);
    if (this.isDone(step, key)) return 'alias';
    for (const i of call.reads) this.regions.readOutside(inputs[i]!.source);
    for (const cell of cells) this.regions.beforeWrite(cell!);
    const outputs = step.outputs.map((slot, i) => {
      const { dtype } = step.operation.outputs[i]!;
      if (dtype._is_ref_dtype) {
        if (slot >= 0) this.facts.setCell(slot, dtype, cells[0]!);
        return UNREAD;
      }
      const fact = slot < 0 ? null : describe(this.facts.of(slot), true);
      return fact ? this.made(step, i, order, fact) : UNREAD;
    });
    if (key !== null && step.outputs.every((slot) => slot >= 0)) this.common?.add(key, outputs);
    if (node.type === 'Transpose') this.transposes?.note(node, inputs[0]!, outputs[0]!);
    this.items.push({
      kind: 'call',
      order,
      step,
      call,
      inputs: inputs as Placed[],
      outputs,
      written: cells as VariableCell[],
    });
    return 'call';
  }

  /** A new source for output `index`. */
  private made(step: Step, index: number, order: number, { dtype, shape }: Described): Placed {
    const source = new Source('arena', order, { dtype, shape });
    return this.hold(step.outputs[index]!, { source, dtype, shape });
  }

  private keepKernel(step: Step, order: number, why: KernelReason): Fate {
    const { operation, outputs } = step;
    const inputs = step.inputs.map((slot, i) =>
      step.reads?.[i] ? this.variable(slot, order) : (this.placed.get(slot) ?? null),
    );
    for (const input of inputs) if (input) this.regions.readOutside(input.source);
    const { declaration } = operation;
    const keeps =
      !declaration.lendsInputs &&
      Boolean(declaration.stateful || declaration.control || step.takesAny);
    const written = this.writtenBy(step);
    if (written === 'all') this.regions.beforeWrite('all');
    else for (const cell of written) this.regions.beforeWrite(cell);
    const made = outputs.map((slot, i) => (slot < 0 ? null : this.givenByKernel(step, i, order)));
    const reads = [...step.inputs, ...(step.guards ?? [])]
      .map(
        (slot, i) => inputs[i]?.source ?? this.placed.get(slot)?.source ?? this.sources.get(slot),
      )
      .filter((source) => source !== undefined);
    this.items.push({ kind: 'kernel', order, step, inputs, reads, outputs: made, keeps, written });
    return why;
  }

  private givenByKernel(step: Step, index: number, order: number): Source {
    const slot = step.outputs[index]!;
    const fact = describe(this.facts.of(slot));
    const source = new Source('kernel', order, fact ?? NOTHING);
    source.slot = slot;
    this.sources.set(slot, source);
    const isThere = step.guards === null && !step.operation.declaration.control;
    if (fact && isThere && isPlaceable(fact.dtype)) this.hold(slot, { source, ...fact });
    return source;
  }

  /** The variables whose numbers the kernel may rewrite: those whose handles it is given. */
  private writtenBy(step: Step): readonly VariableCell[] | 'all' {
    const cells: VariableCell[] = [];
    for (let i = 0; i < step.inputs.length; i++) {
      const { dtype } = step.operation.inputs[i]! ?? {};
      const fact = this.facts.of(step.inputs[i]!);
      if (fact?.cell && !step.reads?.[i]) cells.push(fact.cell);
      else if (dtype?._is_ref_dtype && !fact?.cell) return 'all';
    }
    return callsOthers(step) ? 'all' : cells;
  }
}

/** Stands for an input whose numbers a call does not read. */
const NOTHING = { dtype: float32, shape: [0] };
const UNREAD: Placed = { source: new Source('constant', START, NOTHING), ...NOTHING };

/** An input of a call that is known, so that nothing reads it. */
function ahead({ dtype, shape, constant }: Described): Placed | null {
  if (!constant) return null;
  return { source: new Source('constant', START, constant), dtype, shape, constant };
}

const COPY: Elementwise['node'] = { op: 'Identity' };

const ON_BRANCH = 'it may not run: it is on a branch';
const NO_PLACE = 'its values are of a type, or in a variable, that has no place';

const READS_ITSELF = 'it reads the variable that it changes, in another order';

const areAll = (args: readonly (Placed | null)[]): args is readonly Placed[] =>
  !args.includes(null);

/** Why a step without a translation has none. */
function reasonOf({ guards, operation }: Step, node: PlacedNode | null): KernelReason {
  if (guards !== null) return ON_BRANCH;
  if (operation.declaration.control) return 'it is a loop, or decides which branch runs';
  if (node === null) return 'a shape is known only when it runs, or is empty';
  return 'no code is generated for it with these types and shapes';
}

/** Whether a step runs other operations, or the caller's code: they may know variables by name. */
function callsOthers({ operation }: Step): boolean {
  const { declaration, graph, type } = operation;
  return (
    declaration.control !== undefined ||
    declaration.attrs.some(({ type: kind, name }) => kind.includes('func') || name === 'token') ||
    graph._functions.has(type)
  );
}

/** Whether a variable keeps the shape that it has. */
function isFixed(cell: VariableCell): boolean {
  return cell.dims?.join() === cell.value?.shape.join();
}

/** What translations see of a fact; `null` where the shape is not known, or there is nothing in it and that matters. */
function describe(fact: Fact | undefined, takesEmpty = false): Described | null {
  const shape = fact?.shape;
  if (!fact || !shape || (sizeOf(shape) === 0 && !takesEmpty)) return null;
  return { dtype: fact.dtype.base_dtype, shape, constant: fact.constant };
}
