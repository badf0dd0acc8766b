/**
 * A program: the commands of a straight line of steps, whose numbers have places in one block of memory.
 * A plan is one program, an iteration of a loop is one.
 */

import type { RunContext } from '../../backend/context.ts';
import type { Heap } from '../../backend/heap.ts';
import { type Command, placeAt } from '../../backend/placed/index.ts';
import type { VariableCell } from '../../backend/state.ts';
import { type BackendValue, hostValue, sizeOf } from '../../backend/value.ts';
import { compileElementwise } from '../../backend/wasm/elementwise.ts';
import type { Kernel, Releasable } from '../../core/kernels.ts';
import { fuseEpilogues } from '../passes/epilogues.ts';
import type { Passes } from '../passes/switches.ts';
import type { Plan, Step } from '../plan.ts';
import { failedStep } from '../run_errors.ts';
import type { Slots } from '../walk.ts';
import { arenaSources } from './arena.ts';
import { Facts } from './facts.ts';
import { kernelCommand } from './kernel_step.ts';
import { layOut } from './layout.ts';
import { settle } from './lifetimes.ts';
import { regionCommand } from './region_command.ts';
import { type Runtime, writeNumbers } from './runtime.ts';
import type { CallItem, CopyItem, Item, KernelItem, Placed, Source } from './source.ts';
import { type Fate, Translator } from './translate.ts';
import { bindVariable, type VariableUse, variablesOf } from './variables.ts';

/** What a session lends to specialisation. */
export interface Specialiser {
  readonly heap: Heap;
  readonly context: RunContext;
  readonly readKernel: Kernel;
  readonly passes: Passes;
  /** Gives `form` back when the session forgets its plans. */
  keep(form: Releasable): void;
}

/** Steps that run one after the other, and what is in their slots before. */
export type StraightLine = Pick<Plan, 'steps' | 'constants' | 'feeds'> & { readonly slots: number };

/** What explanations are made of. */
export interface Report {
  readonly items: readonly Item[];
  /** What became of each step. */
  readonly fates: readonly Fate[];
  /** The bytes of the program's memory, and the most of them that is alive at once. */
  readonly bytes: number;
  readonly live: number;
}

/** A program in the making: first steps are translated, then what is wanted is said, then it is built. */
export class ProgramBuilder {
  readonly facts: Facts;
  readonly translator: Translator;
  private readonly line: StraightLine;
  private readonly specialiser: Specialiser;
  private readonly handles = new Map<VariableCell, BackendValue>();

  constructor(
    line: StraightLine,
    observed: ReadonlyMap<number, readonly number[]>,
    specialiser: Specialiser,
  ) {
    const { context, passes } = specialiser;
    this.line = line;
    this.specialiser = specialiser;
    this.facts = new Facts(line, observed, passes);
    this.translator = new Translator(this.facts, line, specialiser, (step) => {
      context.nodeName = step.name;
      const handle = step.kernel([], step.attrs, context) as BackendValue;
      const cell = handle.handle as VariableCell;
      this.handles.set(cell, handle);
      return cell;
    });
  }

  /** The items that run when the numbers of `fetched` are wanted at the end. */
  settle(fetched: readonly Source[]): Item[] {
    const items = this.translator.finish();
    const { fusion } = this.specialiser.passes;
    return settle(fusion ? fuseEpilogues(items, fetched) : items, fetched, this.line);
  }

  /** The program of `items`. */
  build(items: readonly Item[]): Program {
    const { heap, context } = this.specialiser;
    const { translator } = this;
    const others = [...translator.placed.values()].map(({ source }) => source);
    const sources = arenaSources(items, new Set([...others, ...translator.sources.values()]));
    const { bytes, live } = layOut(sources);
    const floats = Math.max(4, Math.ceil(bytes / 4));
    const arena = heap.alloc([floats], floats);
    for (const source of sources) {
      source.home.at += arena.buffer.heap!.address;
      source.room = source.home.at;
      if (source.literal) writeNumbers(heap, source.home.at, source.literal);
    }
    const start = this.start();
    const runtime: Runtime = { heap, context, slots: start.slice(), parts: [] };
    const variables = variablesOf(translator.homes, items);
    const program = new Program(runtime, start, arena, variables, {
      items,
      fates: translator.fates,
      bytes,
      live,
    });
    for (const item of items) program.add(item);
    return program;
  }

  /** The slots before a run: constants, what was computed ahead, and handles of variables. */
  private start(): Slots {
    const start = new Array<BackendValue | null>(this.line.slots).fill(null);
    for (const [slot, value] of this.line.constants) start[slot] = value;
    const { context } = this.specialiser;
    for (let slot = 0; slot < start.length; slot++) {
      const fact = this.facts.of(slot);
      if (start[slot] || !fact || this.line.feeds.includes(slot)) continue;
      const { cell, constant, dtype } = fact;
      if (cell) start[slot] = this.handles.get(cell) ?? context.handle(dtype, cell);
      else if (constant) start[slot] = hostValue(constant.dtype, constant.shape, constant.data);
    }
    return start;
  }
}

/** Commands, one behind the other, each with the step it belongs to. */
export class Program implements Releasable {
  readonly runtime: Runtime;
  readonly start: Slots;
  readonly variables: readonly VariableUse[];
  readonly report: Report;
  private readonly arena: BackendValue;
  private readonly commands: Command[] = [];
  private readonly owners: Step[] = [];
  private readonly orders: number[] = [];
  /** The slots that kernels fill. */
  private readonly filled: number[] = [];

  constructor(
    runtime: Runtime,
    start: Slots,
    arena: BackendValue,
    variables: readonly VariableUse[],
    report: Report,
  ) {
    this.runtime = runtime;
    this.start = start;
    this.arena = arena;
    this.variables = variables;
    this.report = report;
  }

  /** The number of commands so far. */
  get length(): number {
    return this.commands.length;
  }

  /** The number of commands of the first `steps` steps. */
  commandsOf(steps: number): number {
    const end = this.orders.findIndex((order) => order >= steps);
    return end < 0 ? this.length : end;
  }

  add(item: Item): void {
    if (item.kind === 'region') this.push(item.members.at(-1)!.step, regionCommand(item));
    else if (item.kind === 'call') this.push(item.step, callCommand(item, this.runtime));
    else if (item.kind === 'copy') this.push(item.step, copyCommand(item, this.variables));
    else this.addKernel(item);
    while (this.orders.length < this.length) this.orders.push(item.order);
  }

  /** Finds the variables' numbers; `false` if one is other than expected. */
  bind(): boolean {
    const { variables, runtime } = this;
    for (let i = 0; i < variables.length; i++) {
      if (!bindVariable(variables[i]!, runtime.heap)) return false;
    }
    return true;
  }

  /** Runs the commands from `from` to `to`. What a kernel throws learns which operation it was. */
  run(from: number, to: number, steps: readonly Step[]): void {
    const { commands } = this;
    let at = from;
    try {
      for (; at < to; at++) commands[at]!();
    } catch (error) {
      throw failedStep(error, this.owners[at]!, steps);
    }
  }

  /** Empties the slots that kernels fill. */
  reset(): void {
    const { runtime, start, filled } = this;
    for (let i = 0; i < filled.length; i++) empty(filled[i]!, runtime.slots, start);
  }

  /** Gives the memory back. */
  release(): void {
    for (const value of this.runtime.parts) value.release();
    this.arena.release();
  }

  private addKernel(item: KernelItem): void {
    const { step, written, order } = item;
    const { slots, heap } = this.runtime;
    this.filled.push(...[...step.outputs, step.signal].filter((slot) => slot >= 0));
    this.push(step, kernelCommand(item, this.runtime));
    const moved = this.variables.filter(({ cell }) => written === 'all' || written.includes(cell));
    if (moved.length > 0) {
      this.push(step, () => {
        for (const variable of moved) bindVariable(variable, heap);
      });
    }
    const unread = item.outputs.filter((source) => source && source.until <= order);
    if (unread.length > 0) this.push(step, () => releaseAll(unread as Source[], slots));
  }

  private push(step: Step, command: Command): void {
    this.commands.push(command);
    this.owners.push(step);
  }
}

/** Puts back what `slot` held at the start. */
export function empty(slot: number, slots: Slots, start: Slots): void {
  if (slots[slot] === start[slot]) return;
  slots[slot]?.release();
  slots[slot] = start[slot]!;
}

function releaseAll(sources: readonly Source[], slots: Slots): void {
  for (const { slot } of sources) {
    slots[slot]?.release();
    slots[slot] = null;
  }
}

const NO_SCRATCH = { at: 0 };

function callCommand({ call, inputs, outputs, scratch }: CallItem, { heap }: Runtime): Command {
  const place = (placed: Placed) => placeAt(placed.source.home, placed);
  return call.emit(inputs.map(place), outputs.map(place), heap, scratch?.home ?? NO_SCRATCH);
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
