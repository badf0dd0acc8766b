/**
 * A specialised loop: an iteration is a program, and the loop's variables have places that keep their
 * numbers from one iteration to the next. It takes over from the general loop between two iterations.
 */

import { type BackendValue, hostValue } from '../../backend/value.ts';
import type { DType } from '../../core/dtype.ts';
import type { Releasable } from '../../core/kernels.ts';
import type { LoopPlan } from '../loops.ts';
import type { Slots } from '../walk.ts';
import { empty, type Program } from './program.ts';
import { bind, copyNumbers, readNumbers, truthAt, writeNumbers } from './runtime.ts';
import type { Placed, Source } from './source.ts';
import { sameShape } from './variables.ts';

/** A loop variable. In places: where it is, and where an iteration leaves its next value. In slots: the slots. */
export type Carried =
  | {
      readonly kind: 'placed';
      readonly slot: number;
      readonly value: Placed;
      readonly next: Placed;
      /** Whether the next value is another variable's value, so that all are read before any is written. */
      readonly isExchanged: boolean;
    }
  | { readonly kind: 'slot'; readonly slot: number; readonly next: number };

/** What a loop reads and never changes. */
export interface Given {
  readonly slot: number;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly handle: object | null;
  readonly source: Source | null;
}

/** The loop's program, and how values go around. */
export interface LoopParts {
  readonly program: Program;
  /** How many commands come before the predicate is known. */
  readonly head: number;
  readonly predicate: Placed;
  readonly carried: readonly Carried[];
  readonly given: readonly Given[];
}

/** A loop for arguments of given types and shapes. */
export class SpecialisedLoop implements Releasable {
  private readonly plan: LoopPlan;
  private readonly parts: LoopParts;
  private readonly exchanged: Float32Array[];
  private isRunning = false;

  constructor(plan: LoopPlan, parts: LoopParts) {
    this.plan = plan;
    this.parts = parts;
    this.exchanged = parts.carried.map((carried) =>
      carried.kind === 'placed' && carried.isExchanged
        ? new Float32Array(Math.ceil(carried.value.source.bytes / 4))
        : new Float32Array(),
    );
  }

  /** Whether it can go on from a general loop's `slots`. */
  takes(slots: Slots): boolean {
    const { carried, given } = this.parts;
    for (const variable of carried) {
      const value = slots[variable.slot];
      if (variable.kind === 'slot' || !value) continue;
      const { dtype, shape } = variable.value;
      if (value.dtype !== dtype || !sameShape(value.shape, shape)) return false;
    }
    for (const { slot, dtype, shape, handle } of given) {
      const value = slots[slot];
      if (!value || value.handle !== handle || value.dtype !== dtype) return false;
      if (!sameShape(value.shape, shape)) return false;
    }
    return true;
  }

  /** The values at the Exits, going on from `slots`; `null` where it cannot run now. */
  run(slots: Slots): BackendValue[] | null {
    const { program } = this.parts;
    if (this.isRunning || !program.bind()) return null;
    this.isRunning = true;
    try {
      this.enter(slots);
      this.iterate();
      return this.plan.exits.map((slot) => this.exit(slot));
    } finally {
      this.isRunning = false;
      this.leave();
    }
  }

  /** Gives the loop's memory back. */
  release(): void {
    this.parts.program.release();
  }

  private enter(slots: Slots): void {
    const { program, carried, given } = this.parts;
    const { runtime } = program;
    for (const variable of carried) {
      const value = slots[variable.slot]!;
      if (variable.kind === 'placed') {
        writeNumbers(runtime.heap, variable.value.source.home.at, value);
      } else runtime.slots[variable.slot] = value.view(value.shape);
    }
    for (const { slot, source } of given) {
      const value = slots[slot]!;
      runtime.slots[slot] = value.view(value.shape);
      if (source?.isPlaced) bind(source, runtime);
    }
  }

  private iterate(): void {
    const { program, head, predicate } = this.parts;
    const { head: before, body } = this.plan;
    const { heap } = program.runtime;
    const end = program.length;
    for (;;) {
      program.run(0, head, before);
      if (!truthAt(heap, predicate)) return;
      program.run(head, end, body);
      this.carry();
      program.reset();
    }
  }

  /** Moves the next values of all variables to where the next iteration finds them. */
  private carry(): void {
    const { carried, program } = this.parts;
    const { heap, slots } = program.runtime;
    for (let i = 0; i < carried.length; i++) {
      const variable = carried[i]!;
      if (variable.kind === 'slot' || !variable.isExchanged) continue;
      const { at } = variable.next.source.home;
      const copy = this.exchanged[i]!;
      copy.set(heap.numbers.subarray(at / 4, at / 4 + copy.length));
    }
    for (let i = 0; i < carried.length; i++) {
      const variable = carried[i]!;
      if (variable.kind === 'slot') {
        const value = slots[variable.next]!;
        const held = value.view(value.shape);
        slots[variable.slot]?.release();
        slots[variable.slot] = held;
      } else if (variable.isExchanged) {
        heap.numbers.set(this.exchanged[i]!, variable.value.source.home.at / 4);
      } else copyNumbers(heap, variable.next.source.home, variable.value.source);
    }
  }

  private exit(slot: number): BackendValue {
    const { carried, program } = this.parts;
    const { heap, slots, context } = program.runtime;
    const placed = carried.find((variable) => variable.slot === slot);
    if (placed?.kind !== 'placed') return slots[slot]!.view(slots[slot]!.shape);
    const { source, dtype, shape } = placed.value;
    const data = readNumbers(heap, source.home.at, dtype, shape);
    return context.heap === null
      ? hostValue(dtype, shape, data)
      : context.constant({ dtype, shape, data });
  }

  private leave(): void {
    const { carried, given, program } = this.parts;
    const { slots } = program.runtime;
    program.reset();
    for (const { slot } of [...carried, ...given]) empty(slot, slots, program.start);
  }
}
