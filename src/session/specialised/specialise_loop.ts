/** Makes a specialised loop from a general one that has gone around a few times. */

import { isPlaceable } from '../../backend/placed/index.ts';
import { VariableCell } from '../../backend/state.ts';
import { sizeOf } from '../../backend/value.ts';
import type { LoopPlan } from '../loops.ts';
import type { Slots } from '../walk.ts';
import { ProgramBuilder, type Specialiser } from './program.ts';
import { END, type Item, type Placed, type Source } from './source.ts';
import { type Carried, type Given, SpecialisedLoop } from './specialised_loop.ts';

/**
 * The specialised form of `plan`, for values like those in the general loop's `slots`; `null` for a loop
 * whose variables change their shapes, or of which too little is known.
 */
export function specialiseLoop(
  plan: LoopPlan,
  slots: Slots,
  observed: ReadonlyMap<number, readonly number[]>,
  specialiser: Specialiser,
): SpecialisedLoop | null {
  const { variables, head, body, constants, enters } = plan;
  if (plan.predicate < 0 || variables.some(({ next, index }) => next < 0 || index >= 0))
    return null;
  const merges = variables.map(({ merge }) => merge);
  const entered = new Set(variables.map(({ enter }) => enter));
  const given = enters.filter((slot) => !entered.has(slot) && slots[slot]);
  const line = {
    steps: [...head, ...body],
    constants,
    feeds: [...merges, ...given],
    slots: plan.slots,
  };
  const builder = new ProgramBuilder(line, observed, specialiser);
  const { translator, facts } = builder;

  const places = merges.map((slot): Source | null => {
    const value = slots[slot]!;
    const isNumbers = value.handle === null && isPlaceable(value.dtype) && sizeOf(value.shape) > 0;
    if (isNumbers) return translator.reserve(slot, value);
    facts.set(slot, value.dtype, value.handle === null ? null : []);
    return null;
  });
  const uses = given.map((slot): Given => {
    const { dtype, shape, handle } = slots[slot]!;
    if (handle instanceof VariableCell) facts.setCell(slot, dtype, handle);
    else if (handle === null) translator.give(slot, { dtype, shape });
    return { slot, dtype, shape, handle, source: translator.sources.get(slot) ?? null };
  });
  translator.translate(head);
  translator.regions.closeAll();
  translator.translate(body);

  const predicate = translator.numbersIn(plan.predicate);
  const carried = variables.map(({ merge, next }, i) => {
    const source = places[i]!;
    return source === null
      ? ({ kind: 'slot', slot: merge, next } as const)
      : around(merge, source, translator.placed.get(merge)!, translator.numbersIn(next), places);
  });
  if (!predicate || carried.includes(null) || !plan.exits.every(isCarried)) return null;
  const wanted = [predicate.source];
  for (const variable of carried as Carried[]) {
    if (variable.kind === 'placed') wanted.push(variable.next.source);
    else wanted.push(...sourcesOf(variable.next));
  }
  predicate.source.isPlaced = true;
  const items = builder.settle(wanted);
  for (const variable of carried as Carried[])
    if (variable.kind === 'placed') settlePlaces(variable);
  // What a loop is given it reads in every iteration.
  for (const { source } of uses) if (source) source.until = END;
  const program = builder.build(items);
  return new SpecialisedLoop(plan, {
    program,
    head: program.commandsOf(head.length),
    predicate,
    carried: carried as Carried[],
    given: uses,
  });

  function isCarried(slot: number): boolean {
    return merges.includes(slot);
  }
  function sourcesOf(slot: number): Source[] {
    const source = translator.sources.get(slot) ?? translator.placed.get(slot)?.source;
    return source ? [source] : [];
  }
  function settlePlaces({ value, next }: Carried & { kind: 'placed' }): void {
    next.source.isPlaced = true;
    if (canRewrite(value.source, next, items)) {
      next.source.home = value.source.home;
      next.source.isGuest = true;
    }
    value.source.until = END;
  }
}

/** A variable in places; `null` if the next value has another type or shape. */
function around(
  slot: number,
  source: Source,
  value: Placed,
  next: Placed | null,
  places: readonly (Source | null)[],
): Carried | null {
  if (!next || next.dtype !== value.dtype || next.shape.join() !== value.shape.join()) return null;
  const isExchanged = next.source !== source && places.includes(next.source);
  if (isExchanged && source.bytes % 4 !== 0) return null;
  return { kind: 'placed', slot, value, next, isExchanged };
}

/**
 * Whether a fused loop may write a variable's next value over its value: it is the last to read it, and
 * reads each number where it writes one.
 */
function canRewrite(source: Source, next: Placed, items: readonly Item[]): boolean {
  for (const item of items) {
    if (item.kind !== 'region') continue;
    if (!item.members.some(({ output }) => output.source === next.source)) continue;
    const size = sizeOf(item.shape);
    const isWhole = item.members.every(({ args }) =>
      args.every((arg) => arg.source !== source || sizeOf(arg.shape) === size),
    );
    return isWhole && source.until <= item.order;
  }
  return false;
}
