/** Nested structures under the names of TensorFlow's own module, `nest`: sparse tensors are leaves there. */

import { ValueError } from './errors.ts';
import { assertSameStructure, isNested, leavesOf, mapLeaves } from './nest.ts';

/** The leaves of `structure`, dictionaries in the order of their keys. */
export function flatten(structure: unknown): unknown[] {
  return leavesOf(structure);
}

/** Whether `seq` is a list, a namedtuple or a dictionary. */
export function is_sequence(seq: unknown): boolean {
  return isNested(seq);
}

/** ValueError or TypeError where two structures are not nested alike. */
export function assert_same_structure(nest1: unknown, nest2: unknown): void {
  assertSameStructure(nest1, nest2);
}

/** A structure like those that are given, with `func` of their leaves. */
export function map_structure<R>(
  func: (...leaves: never[]) => R,
  ...structure: readonly unknown[]
): unknown {
  const [first, ...others] = structure;
  if (structure.length === 0) throw new ValueError('Must provide at least one structure');
  for (const other of others) assertSameStructure(first, other);
  const lists = structure.map(leavesOf);
  let at = 0;
  return mapLeaves(() => {
    const leaves = lists.map((list) => list[at]) as never[];
    at++;
    return func(...leaves);
  }, first);
}

/** A structure like `structure` with the leaves `flat_sequence`. ValueError where their number differs. */
export function pack_sequence_as(structure: unknown, flat_sequence: readonly unknown[]): unknown {
  if (!isNested(structure)) {
    if (flat_sequence.length === 1) return flat_sequence[0];
    throw new ValueError(
      `Structure is a scalar but len(flat_sequence) == ${flat_sequence.length} > 1`,
    );
  }
  const count = leavesOf(structure).length;
  if (count !== flat_sequence.length) {
    throw new ValueError(
      `Could not pack sequence. Structure had ${count} elements, but flat_sequence had ${flat_sequence.length} elements.`,
    );
  }
  let at = 0;
  return mapLeaves(() => flat_sequence[at++], structure);
}
