/** Makes a specialised plan from a general one, for feeds of given types and shapes. */

import type { NdArray } from '../../numpy/index.ts';
import type { Plan } from '../plan.ts';
import { ProgramBuilder, type Specialiser } from './program.ts';
import { SpecialisedPlan } from './specialised_plan.ts';

/** The specialised form of `plan`, which has run with feeds like `feeds` and found values of the shapes `observed`. */
export function specialise(
  plan: Plan,
  feeds: readonly NdArray[],
  observed: ReadonlyMap<number, readonly number[]>,
  specialiser: Specialiser,
): SpecialisedPlan {
  const { steps, constants, start } = plan;
  const line = { steps, constants, feeds: plan.feeds, slots: start.length };
  const builder = new ProgramBuilder(line, observed, specialiser);
  const { translator } = builder;
  plan.feeds.forEach((slot, i) => {
    translator.give(slot, feeds[i]!);
  });
  translator.translate(steps);
  const fetches = plan.fetches.map((slot) => (slot < 0 ? null : translator.numbersIn(slot)));
  const fetched = plan.fetches.flatMap((slot, i) => {
    const source = fetches[i]?.source ?? translator.sources.get(slot);
    return source ? [source] : [];
  });
  const program = builder.build(builder.settle(fetched));
  const uses = feeds.map(({ dtype, shape }, i) => ({
    dtype,
    shape: [...shape],
    source: translator.sources.get(plan.feeds[i]!) ?? null,
  }));
  return new SpecialisedPlan(plan, program, uses, fetches);
}
