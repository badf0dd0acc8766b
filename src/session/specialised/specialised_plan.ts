/**
 * A specialised plan: memory, addresses and generated code for feeds of given shapes, run as one walk
 * over a flat list of commands. It gives what the general plan gives; where something has changed that
 * it relied on, it does not begin.
 */

import type { Heap } from '../../backend/heap.ts';
import type { Command } from '../../backend/placed/index.ts';
import type { Home } from '../../backend/placed/place.ts';
import type { VariableCell } from '../../backend/state.ts';
import type { BackendValue } from '../../backend/value.ts';
import { recordConversion } from '../../core/conversions.ts';
import { type Data, type DType, float32 } from '../../core/dtype.ts';
import { InvalidArgumentError } from '../../core/errors.ts';
import { NdArray } from '../../numpy/index.ts';
import { feedValue } from '../feeds.ts';
import type { Plan, Step } from '../plan.ts';
import { plainOf, toPlain } from '../results.ts';
import { failedStep } from '../run_errors.ts';
import type { Slots } from '../walk.ts';
import { bind, type Runtime, readNumbers, writeNumbers } from './runtime.ts';
import type { Item, Placed, Source } from './source.ts';
import type { Fate } from './translate.ts';

/** A variable whose numbers generated code reads or rewrites. */
export interface VariableUse {
  readonly cell: VariableCell;
  readonly home: Home;
  readonly shape: readonly number[];
  readonly isWritten: boolean;
}

/** One feed, as it has to be. */
interface FeedUse {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly source: Source | null;
}

/** What explanations are made of. */
export interface Report {
  readonly items: readonly Item[];
  /** What became of each step of the general plan. */
  readonly fates: readonly Fate[];
  /** The bytes of the plan's memory, and the most of them that is alive at once. */
  readonly bytes: number;
  readonly live: number;
}

interface Parts {
  readonly runtime: Runtime;
  readonly start: Slots;
  /** The slots that a run fills. */
  readonly filled: readonly number[];
  readonly arena: BackendValue;
  readonly feeds: readonly FeedUse[];
  readonly fetches: readonly (Placed | null)[];
  readonly commands: readonly Command[];
  readonly owners: readonly Step[];
  readonly variables: readonly VariableUse[];
  readonly report: Report;
}

/** The numbers of a variable on the heap, not shared if they will be rewritten; `false` if they are other than expected. */
export function bindVariable({ cell, home, shape, isWritten }: VariableUse, heap: Heap): boolean {
  let { value } = cell;
  if (value === null || value.dtype !== float32 || !sameShape(value.shape, shape)) return false;
  if (value.buffer.heap === null) {
    cell.adopt(heap.upload(shape, value.data as Float32Array));
    value = cell.value!;
  }
  if (isWritten) value = cell.writable();
  home.at = value.buffer.heap!.address;
  return true;
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** A plan for feeds of given types and shapes. */
export class SpecialisedPlan {
  readonly report: Report;
  private readonly plan: Plan;
  private readonly parts: Parts;
  private isRunning = false;

  constructor(plan: Plan, parts: Parts) {
    this.plan = plan;
    this.parts = parts;
    this.report = parts.report;
  }

  /** Whether it is for such feeds. */
  takes(feeds: readonly NdArray[]): boolean {
    const { feeds: expected } = this.parts;
    for (let i = 0; i < feeds.length; i++) {
      const { dtype, shape } = feeds[i]!;
      if (dtype !== expected[i]!.dtype || !sameShape(shape, expected[i]!.shape)) return false;
    }
    return true;
  }

  /** The fetched values; `null` where it cannot run now, as when a variable has no value yet, or within a run of itself. */
  run(feeds: readonly NdArray[]): unknown[] | null {
    const { variables, runtime } = this.parts;
    if (this.isRunning) return null;
    for (let i = 0; i < variables.length; i++) {
      if (!bindVariable(variables[i]!, runtime.heap)) return null;
    }
    this.isRunning = true;
    try {
      this.feed(feeds);
      this.walk();
      const { fetches } = this.plan;
      const results: unknown[] = [];
      for (let i = 0; i < fetches.length; i++) results.push(this.fetch(fetches[i]!, i));
      return results;
    } finally {
      this.isRunning = false;
      this.reset();
    }
  }

  /** Gives the plan's memory back. */
  release(): void {
    for (const value of this.parts.runtime.parts) value.release();
    this.parts.arena.release();
  }

  private feed(arrays: readonly NdArray[]): void {
    const { feeds, runtime } = this.parts;
    for (let i = 0; i < feeds.length; i++) {
      const { source } = feeds[i]!;
      if (source === null || source.isInSlot || !source.isPlaced) {
        runtime.slots[this.plan.feeds[i]!] = feedValue(arrays[i]!);
        if (source?.isPlaced) bind(source, runtime);
      } else writeNumbers(runtime.heap, source.home.at, arrays[i]!);
    }
  }

  private walk(): void {
    const { commands, owners } = this.parts;
    let at = 0;
    try {
      for (; at < commands.length; at++) commands[at]!();
    } catch (error) {
      throw failedStep(error, owners[at]!, this.plan.steps);
    }
  }

  private fetch(slot: number, index: number): unknown {
    if (slot < 0) return null;
    const { site } = this.plan;
    const { fetches, runtime, start } = this.parts;
    const placed = fetches[index]!;
    if (placed !== null && !placed.source.isInSlot && placed.source.slot < 0) {
      return this.numbersOf(placed);
    }
    const value = runtime.slots[placed?.source.slot ?? slot];
    if (!value) throw new InvalidArgumentError(null, null, `Retval[${index}] does not have value`);
    if (placed === null) return toPlain(value, start[slot] !== value, site);
    const view = value.view(placed.shape, placed.dtype);
    const plain = toPlain(view, false, site);
    view.release();
    return plain;
  }

  private numbersOf({ source, dtype, shape }: Placed): unknown {
    recordConversion(source.bytes, this.plan.site);
    const { heap } = this.parts.runtime;
    if (source.literal) {
      return plainOf(new NdArray(dtype, [...shape], source.literal.data.slice() as Data));
    }
    const data = readNumbers(heap, source.home.at, dtype, shape);
    return plainOf(new NdArray(dtype, [...shape], data));
  }

  /** Empties all slots but those that are always full. */
  private reset(): void {
    const { runtime, start, filled } = this.parts;
    const { slots } = runtime;
    for (let i = 0; i < filled.length; i++) {
      const slot = filled[i]!;
      if (slots[slot] === start[slot]) continue;
      slots[slot]?.release();
      slots[slot] = start[slot]!;
    }
  }
}
