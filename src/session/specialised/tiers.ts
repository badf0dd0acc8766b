/**
 * The two tiers of execution. A plan runs in general form first; when it has run twice in a row with
 * feeds of the same shapes, the second time observed, it is specialised for them.
 */

import type { BackendValue } from '../../backend/value.ts';
import type { Value } from '../../core/kernels.ts';
import type { NdArray } from '../../numpy/index.ts';
import type { Plan, Step } from '../plan.ts';
import type { Observer } from '../walk.ts';
import { type Specialiser, specialise } from './specialise.ts';
import type { SpecialisedPlan } from './specialised_plan.ts';

/** General runs before a plan is specialised. */
const GENERAL_RUNS = 2;
/** More specialised plans than this drop the one that was used longest ago. */
const MAX_SPECIALISED = 64;

/** Sees which shapes a run's values have. */
class Shapes implements Observer {
  readonly bySlot = new Map<number, readonly number[]>();

  begin(): void {}

  end({ outputs }: Step, values: readonly (Value | null)[]): void {
    outputs.forEach((slot, i) => {
      const value = values[i] as BackendValue | null;
      if (slot >= 0 && value && value.handle === null) this.bySlot.set(slot, value.shape);
    });
  }
}

/** What is remembered of a plan. */
interface History {
  shapes: string;
  runs: number;
  observed: Shapes | null;
}

/** The specialised plans of a session. */
export class Tiers {
  private readonly specialiser: Specialiser;
  private readonly histories = new WeakMap<Plan, History>();
  /** The last used comes last. */
  private readonly specialised = new Map<Plan, SpecialisedPlan[]>();
  private count = 0;

  constructor(specialiser: Specialiser) {
    this.specialiser = specialiser;
  }

  /** The specialised form of `plan` for such feeds, if it has one by now. */
  find(plan: Plan, feeds: readonly NdArray[]): SpecialisedPlan | null {
    const known = this.specialised.get(plan);
    if (known) for (const form of known) if (form.takes(feeds)) return form;
    const history = this.histories.get(plan);
    if (!history?.observed || history.runs < GENERAL_RUNS || history.shapes !== keyOf(feeds)) {
      return null;
    }
    const form = specialise(plan, feeds, history.observed.bySlot, this.specialiser);
    this.histories.delete(plan);
    this.keep(plan, form);
    return form;
  }

  /** Says that `plan` is about to run in general form; answers who is to watch it. */
  observe(plan: Plan, feeds: readonly NdArray[]): Observer | null {
    const shapes = keyOf(feeds);
    const history = this.histories.get(plan);
    if (history?.shapes !== shapes) {
      this.histories.set(plan, { shapes, runs: 1, observed: null });
      return null;
    }
    history.runs++;
    if (history.runs !== GENERAL_RUNS) return null;
    history.observed = new Shapes();
    return history.observed;
  }

  /** Gives all memory back. */
  clear(): void {
    for (const forms of this.specialised.values()) for (const form of forms) form.release();
    this.specialised.clear();
    this.count = 0;
  }

  private keep(plan: Plan, form: SpecialisedPlan): void {
    const forms = this.specialised.get(plan) ?? [];
    forms.unshift(form);
    this.specialised.delete(plan);
    this.specialised.set(plan, forms);
    if (++this.count <= MAX_SPECIALISED) return;
    const [oldest, old] = this.specialised.entries().next().value!;
    old.pop()!.release();
    if (old.length === 0) this.specialised.delete(oldest);
    this.count--;
  }
}

function keyOf(feeds: readonly NdArray[]): string {
  let key = '';
  for (const { dtype, shape } of feeds) key += `${dtype.name}[${shape}]`;
  return key;
}
