/**
 * A specialised plan: memory, addresses and generated code for feeds of given shapes, run as one walk
 * over a flat list of commands. It gives what the general plan gives; where something has changed that
 * it relied on, it does not begin.
 */

import { recordConversion } from '../../core/conversions.ts';
import type { Data, DType } from '../../core/dtype.ts';
import { InvalidArgumentError } from '../../core/errors.ts';
import type { Releasable } from '../../core/kernels.ts';
import { NdArray } from '../../numpy/index.ts';
import { feedValue } from '../feeds.ts';
import type { Plan } from '../plan.ts';
import { plainOf, toPlain } from '../results.ts';
import { empty, type Program } from './program.ts';
import { bind, readNumbers, writeNumbers } from './runtime.ts';
import type { Placed, Source } from './source.ts';
import { sameShape } from './variables.ts';

/** One feed, as it has to be. */
interface FeedUse {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly source: Source | null;
}

/** A plan for feeds of given types and shapes. */
export class SpecialisedPlan implements Releasable {
  readonly program: Program;
  private readonly plan: Plan;
  private readonly feeds: readonly FeedUse[];
  private readonly fetches: readonly (Placed | null)[];
  private isRunning = false;

  constructor(
    plan: Plan,
    program: Program,
    feeds: readonly FeedUse[],
    fetches: readonly (Placed | null)[],
  ) {
    this.plan = plan;
    this.program = program;
    this.feeds = feeds;
    this.fetches = fetches;
  }

  /** Whether it is for such feeds. */
  takes(feeds: readonly NdArray[]): boolean {
    for (let i = 0; i < feeds.length; i++) {
      const { dtype, shape } = feeds[i]!;
      const expected = this.feeds[i]!;
      if (dtype !== expected.dtype || !sameShape(shape, expected.shape)) return false;
    }
    return true;
  }

  /** The fetched values; `null` where it cannot run now, as when a variable has no value yet, or within a run of itself. */
  run(feeds: readonly NdArray[]): unknown[] | null {
    const { program, plan } = this;
    if (this.isRunning || !program.bind()) return null;
    this.isRunning = true;
    try {
      this.feed(feeds);
      program.run(0, program.length, plan.steps);
      const results = new Array<unknown>(plan.fetches.length);
      for (let i = 0; i < results.length; i++) results[i] = this.fetch(plan.fetches[i]!, i);
      return results;
    } finally {
      this.isRunning = false;
      const { runtime, start } = program;
      for (let i = 0; i < plan.feeds.length; i++) empty(plan.feeds[i]!, runtime.slots, start);
      program.reset();
    }
  }

  /** Gives the plan's memory back. */
  release(): void {
    this.program.release();
  }

  private feed(arrays: readonly NdArray[]): void {
    const { runtime } = this.program;
    for (let i = 0; i < arrays.length; i++) {
      const { source } = this.feeds[i]!;
      if (source === null || source.isInSlot || !source.isPlaced) {
        runtime.slots[this.plan.feeds[i]!] = feedValue(arrays[i]!);
        if (source?.isPlaced) bind(source, runtime);
      } else writeNumbers(runtime.heap, source.home.at, arrays[i]!);
    }
  }

  private fetch(slot: number, index: number): unknown {
    if (slot < 0) return null;
    const { runtime, start } = this.program;
    const { site } = this.plan;
    const placed = this.fetches[index]!;
    if (placed !== null && placed.source.slot < 0) return this.numbersOf(placed);
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
    const { heap } = this.program.runtime;
    const data = source.literal
      ? (source.literal.data.slice() as Data)
      : readNumbers(heap, source.home.at, dtype, shape);
    return plainOf(new NdArray(dtype, [...shape], data));
  }
}
