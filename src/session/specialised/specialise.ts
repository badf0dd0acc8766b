/** Makes a specialised plan from a general one, for feeds of given types and shapes. */

import type { RunContext } from '../../backend/context.ts';
import type { Heap } from '../../backend/heap.ts';
import { type Command, placeAt } from '../../backend/placed/index.ts';
import type { Home } from '../../backend/placed/place.ts';
import type { VariableCell } from '../../backend/state.ts';
import { type BackendValue, hostValue, sizeOf } from '../../backend/value.ts';
import { compileElementwise } from '../../backend/wasm/elementwise.ts';
import type { Kernel } from '../../core/kernels.ts';
import type { NdArray } from '../../numpy/index.ts';
import type { Plan, Step } from '../plan.ts';
import type { Slots } from '../walk.ts';
import { arenaSources, layOut } from './arena.ts';
import { Facts } from './facts.ts';
import { kernelCommand } from './kernel_step.ts';
import { settle } from './lifetimes.ts';
import { regionCommand } from './region_command.ts';
import { type Runtime, writeNumbers } from './runtime.ts';
import type { CallItem, CopyItem, Item, KernelItem, Placed, Source } from './source.ts';
import { bindVariable, SpecialisedPlan, type VariableUse } from './specialised_plan.ts';
import { Translator } from './translate.ts';

/** What a session lends to specialisation. */
export interface Specialiser {
  readonly heap: Heap;
  readonly context: RunContext;
  readonly readKernel: Kernel;
}

/** The specialised form of `plan`, which has run with feeds like `feeds` and found values of the shapes `observed`. */
export function specialise(
  plan: Plan,
  feeds: readonly NdArray[],
  observed: ReadonlyMap<number, readonly number[]>,
  { heap, context, readKernel }: Specialiser,
): SpecialisedPlan {
  const facts = new Facts(plan, feeds, observed);
  const handles = new Map<VariableCell, BackendValue>();
  const translator = new Translator(facts, readKernel, (step) => {
    context.nodeName = step.name;
    const handle = step.kernel([], step.attrs, context) as BackendValue;
    const cell = handle.handle as VariableCell;
    handles.set(cell, handle);
    return cell;
  });
  translator.translate(plan);

  const fetches = plan.fetches.map((slot) => (slot < 0 ? null : translator.numbersIn(slot)));
  const fetched = plan.fetches.flatMap((slot, i) => {
    const source = fetches[i]?.source ?? translator.sources.get(slot);
    return source ? [source] : [];
  });
  const items = settle(translator.items, fetched, plan);
  const others = [...translator.placed.values()].map(({ source }) => source);
  const sources = arenaSources(items, new Set([...others, ...translator.sources.values()]));
  const { bytes, live } = layOut(sources);
  const floats = Math.max(4, Math.ceil(bytes / 4));
  const arena = heap.alloc([floats], floats);
  const base = arena.buffer.heap!.address;
  for (const source of sources) {
    source.home.at += base;
    if (source.literal) writeNumbers(heap, source.home.at, source.literal);
  }

  const start = startOf(plan, facts, handles, context);
  const runtime: Runtime = { heap, context, slots: start.slice(), parts: [] };
  const variables = variablesOf(translator.homes, items);
  const program = new Program(runtime, variables);
  for (const item of items) program.add(item);
  return new SpecialisedPlan(plan, {
    runtime,
    start,
    filled: [...plan.feeds, ...items.flatMap(filledBy)],
    arena,
    feeds: feeds.map(({ dtype, shape }, i) => ({
      dtype,
      shape: [...shape],
      source: translator.sources.get(plan.feeds[i]!) ?? null,
    })),
    fetches,
    commands: program.commands,
    owners: program.owners,
    variables,
    report: { items, fates: translator.fates, bytes, live },
  });
}

/** The slots that an item's kernel fills, with that which says that it did run. */
function filledBy(item: Item): number[] {
  if (item.kind !== 'kernel') return [];
  return [...item.step.outputs, item.step.signal].filter((slot) => slot >= 0);
}

/** The variables that generated code reads or rewrites. */
function variablesOf(
  homes: ReadonlyMap<VariableCell, Home>,
  items: readonly Item[],
): VariableUse[] {
  const written = new Set<VariableCell>();
  for (const item of items) {
    if (item.kind === 'call') for (const cell of item.written) written.add(cell);
  }
  return [...homes].map(([cell, home]) => ({
    cell,
    home,
    shape: cell.value!.shape,
    isWritten: written.has(cell),
  }));
}

/** The slots before a run: constants, what was computed ahead, and handles of variables. */
function startOf(
  plan: Plan,
  facts: Facts,
  handles: ReadonlyMap<VariableCell, BackendValue>,
  context: RunContext,
): Slots {
  return plan.start.map((value, slot) => {
    if (value) return value;
    const fact = facts.of(slot);
    if (fact?.cell) {
      return handles.get(fact.cell) ?? (context.handle(fact.dtype, fact.cell) as BackendValue);
    }
    if (!fact?.constant || plan.feeds.includes(slot)) return null;
    const { dtype, shape, data } = fact.constant;
    return hostValue(dtype, shape, data);
  });
}

/** The commands of items, one behind the other, each with the step it belongs to. */
class Program {
  readonly commands: Command[] = [];
  readonly owners: Step[] = [];
  private readonly runtime: Runtime;
  private readonly variables: readonly VariableUse[];

  constructor(runtime: Runtime, variables: readonly VariableUse[]) {
    this.runtime = runtime;
    this.variables = variables;
  }

  add(item: Item): void {
    if (item.kind === 'region') this.push(item.members.at(-1)!.step, regionCommand(item));
    else if (item.kind === 'call') this.push(item.step, callCommand(item, this.runtime));
    else if (item.kind === 'copy') this.push(item.step, copyCommand(item, this.variables));
    else this.addKernel(item);
  }

  private addKernel(item: KernelItem): void {
    const { step, written, order } = item;
    const { slots, heap } = this.runtime;
    this.push(step, kernelCommand(item, this.runtime));
    const moved = this.variables.filter(({ cell }) => written === 'all' || written.includes(cell));
    if (moved.length > 0) {
      this.push(step, () => {
        for (const variable of moved) bindVariable(variable, heap);
      });
    }
    const unread = item.outputs.filter((source) => source && source.until <= order);
    if (unread.length > 0) this.push(step, () => release(unread as Source[], slots));
  }

  private push(step: Step, command: Command): void {
    this.commands.push(command);
    this.owners.push(step);
  }
}

function release(sources: readonly Source[], slots: Slots): void {
  for (const { slot } of sources) {
    slots[slot]?.release();
    slots[slot] = null;
  }
}

function callCommand({ call, inputs, outputs }: CallItem, { heap }: Runtime): Command {
  const place = (placed: Placed) => placeAt(placed.source.home, placed);
  return call.emit(inputs.map(place), outputs.map(place), heap);
}

/** Copies the numbers of a variable to where they stay as they are. */
function copyCommand({ cell, source }: CopyItem, variables: readonly VariableUse[]): Command {
  const { home, shape } = variables.find((variable) => variable.cell === cell)!;
  const { run } = compileElementwise({
    rank: 1,
    inputs: [{ type: 'float32', walks: '1' }],
    nodes: [{ op: 'Identity', inputs: [0] }],
    outputs: [1],
  })!;
  const size = sizeOf(shape);
  const to = source.home;
  return () => run(home.at, to.at, size);
}
