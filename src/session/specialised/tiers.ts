/**
 * The two tiers of execution. A plan runs in general form first; when it has run twice in a row with
 * feeds of the same shapes, the second time observed, it is specialised for them.
 */

import type { BackendValue } from '../../backend/value.ts';
import type { Value } from '../../core/kernels.ts';
import type { NdArray } from '../../numpy/index.ts';
import type { LoopPlan } from '../loops.ts';
import type { Plan, Step } from '../plan.ts';
import type { Observer, Slots } from '../walk.ts';
import type { Specialiser } from './program.ts';
import { specialise } from './specialise.ts';
import { specialiseLoop } from './specialise_loop.ts';
import type { SpecialisedLoop } from './specialised_loop.ts';
import type { SpecialisedPlan } from './specialised_plan.ts';

/** General runs before a plan is specialised. */
const GENERAL_RUNS = 2;
/** More specialised plans than this drop the one that was used longest ago. */
const MAX_SPECIALISED = 64;

/** Sees which shapes a run's values have. */
export class Shapes implements Observer {
  readonly bySlot = new Map<number, readonly number[]>();
  private last: Step | null = null;

  begin(): void {}

  end(step: Step, values: readonly (Value | null)[]): void {
    if (step.guards === null) this.last = step;
    step.outputs.forEach((slot, i) => {
      const value = values[i] as BackendValue | null;
      if (slot >= 0 && value && value.handle === null) this.bySlot.set(slot, value.shape);
    });
  }

  /** Whether all `steps` ran that always do: what fails with such shapes has no specialised form. */
  saw(steps: readonly Step[]): boolean {
    const last = steps.findLast(({ guards }) => guards === null);
    return last === undefined || last === this.last;
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
    if (!history.observed.saw(plan.steps)) {
      this.histories.delete(plan);
      return null;
    }
    const form = specialise(plan, feeds, history.observed.bySlot, this.specialiser);
    this.histories.delete(plan);
    this.keep(plan, form);
    return form;
  }

  /** The specialised form of `plan` for such feeds, if it has one already. */
  peek(plan: Plan, feeds: readonly NdArray[]): SpecialisedPlan | null {
    return this.specialised.get(plan)?.find((form) => form.takes(feeds)) ?? null;
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

/** Iterations of a loop, over all runs, before one is observed; then it is specialised. */
const GENERAL_ITERATIONS = 16;
/** A loop is specialised for so many shapes of its values. */
const MAX_LOOP_FORMS = 4;

/** The forms of one loop. */
export class LoopTier {
  private readonly plan: LoopPlan;
  private readonly specialiser: Specialiser;
  private readonly forms: SpecialisedLoop[] = [];
  private iterations = 0;
  private observed: Shapes | null = null;
  private isHopeless = false;

  constructor(plan: LoopPlan, specialiser: Specialiser) {
    this.plan = plan;
    this.specialiser = specialiser;
  }

  /** The form that can go on from the general loop's `slots`, if there is one by now. */
  find(slots: Slots): SpecialisedLoop | null {
    for (const form of this.forms) if (form.takes(slots)) return form;
    if (!this.observed || this.isHopeless || this.iterations <= GENERAL_ITERATIONS) return null;
    if (!this.observed.saw(this.plan.body)) {
      // The loop ended there, or failed: the next iteration is watched.
      this.observed = null;
      this.iterations = GENERAL_ITERATIONS - 1;
      return null;
    }
    const made = specialiseLoop(this.plan, slots, this.observed.bySlot, this.specialiser);
    this.observed = null;
    this.iterations = 0;
    this.isHopeless = made === null || this.forms.length >= MAX_LOOP_FORMS - 1;
    if (!made) return null;
    this.specialiser.keep(made);
    this.forms.push(made);
    return made;
  }

  /** Says that a general iteration begins; answers who is to watch it. */
  observe(): Observer | null {
    if (this.isHopeless || ++this.iterations !== GENERAL_ITERATIONS) return null;
    this.observed = new Shapes();
    return this.observed;
  }
}

function keyOf(feeds: readonly NdArray[]): string {
  let key = '';
  for (const { dtype, shape } of feeds) key += `${dtype.name}[${shape}]`;
  return key;
}
