/** Makes a specialised loop from a general one that has gone around a few times. */

import { isPlaceable } from '../../backend/placed/index.ts';
import { VariableCell } from '../../backend/state.ts';
import { type BackendValue, sizeOf } from '../../backend/value.ts';
import type { LoopPlan } from '../loops.ts';
import type { Slots } from '../walk.ts';
import { ProgramBuilder, type Specialiser } from './program.ts';
import { END, type Item, type Placed, type Source } from './source.ts';
import { type Carried, type Given, SpecialisedLoop } from './specialised_loop.ts';
import type { Translator } from './translate.ts';

type CarriedPlace = Carried & { readonly kind: 'placed' };

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
  if (!isPlain(plan)) return null;
  const { head, body, constants } = plan;
  const merges = plan.variables.map(({ merge }) => merge);
  const entered = new Set(plan.variables.map(({ enter }) => enter));
  const given = plan.enters.filter((slot) => !entered.has(slot) && slots[slot]);
  const line = {
    steps: [...head, ...body],
    constants,
    feeds: [...merges, ...given],
    slots: plan.slots,
  };
  const builder = new ProgramBuilder(line, observed, specialiser);
  const { translator } = builder;
  const places = merges.map((slot) => reserve(builder, slot, slots[slot]!));
  const uses = given.map((slot) => give(builder, slot, slots[slot]!));
  translator.translate(head);
  translator.regions.closeAll();
  translator.translate(body);

  const predicate = translator.numbersIn(plan.predicate);
  const carried = plan.variables.map(({ merge, next }, i): Carried | null =>
    places[i] ? around(merge, next, translator, places) : { kind: 'slot', slot: merge, next },
  );
  if (!predicate || !areAll(carried)) return null;
  predicate.source.isPlaced = true;
  const wanted = carried.flatMap((variable) => nextSources(variable, translator));
  const items = builder.settle([predicate.source, ...wanted]);
  for (const variable of carried) if (variable.kind === 'placed') settlePlaces(variable, items);
  // What a loop is given it reads in every iteration.
  for (const { source } of uses) if (source) source.until = END;
  const program = builder.build(items);
  const before = program.commandsOf(head.length);
  return new SpecialisedLoop(plan, { program, head: before, predicate, carried, given: uses });
}

/** Whether a loop has a predicate, and nothing but what goes around and comes out. */
function isPlain({ predicate, variables, exits }: LoopPlan): boolean {
  return (
    predicate >= 0 &&
    variables.every(({ next, index }) => next >= 0 && index < 0) &&
    exits.every((slot) => variables.some(({ merge }) => merge === slot))
  );
}

/** The place of the variable in `slot`; `null` if its values stay in the slot. */
function reserve(
  { translator, facts }: ProgramBuilder,
  slot: number,
  value: BackendValue,
): Source | null {
  const isNumbers = value.handle === null && isPlaceable(value.dtype) && sizeOf(value.shape) > 0;
  if (isNumbers) return translator.reserve(slot, value);
  facts.set(slot, value.dtype, value.handle === null ? null : []);
  return null;
}

/** What the loop is given in `slot`. */
function give({ translator, facts }: ProgramBuilder, slot: number, value: BackendValue): Given {
  const { dtype, shape, handle } = value;
  if (handle instanceof VariableCell) facts.setCell(slot, dtype, handle);
  else if (handle === null) translator.give(slot, { dtype, shape });
  return { slot, dtype, shape, handle, source: translator.sources.get(slot) ?? null };
}

const areAll = (carried: (Carried | null)[]): carried is Carried[] => !carried.includes(null);

/** A variable in places; `null` if the next value has another type or shape. */
function around(
  merge: number,
  nextSlot: number,
  translator: Translator,
  places: readonly (Source | null)[],
): CarriedPlace | null {
  const value = translator.placed.get(merge)!;
  const next = translator.numbersIn(nextSlot);
  if (!next || next.dtype !== value.dtype || next.shape.join() !== value.shape.join()) return null;
  const { source } = value;
  const isExchanged = next.source !== source && places.includes(next.source);
  if (isExchanged && source.bytes % 4 !== 0) return null;
  return { kind: 'placed', slot: merge, value, next, isExchanged };
}

/** The sources that an iteration has to leave for the next. */
function nextSources(variable: Carried, { sources, placed }: Translator): Source[] {
  if (variable.kind === 'placed') return [variable.next.source];
  const source = sources.get(variable.next) ?? placed.get(variable.next)?.source;
  return source ? [source] : [];
}

/** Decides where a variable's next value is made: over its value, if nothing reads that any more. */
function settlePlaces({ value, next }: CarriedPlace, items: readonly Item[]): void {
  next.source.isPlaced = true;
  if (canRewrite(value.source, next, items)) {
    next.source.home = value.source.home;
    next.source.isGuest = true;
  }
  value.source.until = END;
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
