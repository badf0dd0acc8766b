/** Specialised runs of random graphs give what general runs give, whatever happens between and within them. */

import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { recipes } from '../properties/recipes.ts';
import { noTrials, TRIALS } from '../properties/trials.ts';

const SEED = 20261123;
const SMALL = recipes(25, [1, 2, 3]);
const LARGE = recipes(12, [1, 64, 80]);

test.each([
  ['plain', 'small', SMALL, 200],
  ['plain', 'on the heap', LARGE, 40],
  ['gradients', 'small', SMALL, 150],
  ['gradients', 'on the heap', LARGE, 25],
  ['training', 'small', SMALL, 150],
  ['training', 'on the heap', LARGE, 20],
  ['open', 'small', SMALL, 150],
  ['loops', 'small', SMALL, 30],
] as const)('random graphs: %s, %s', (kind, _size, graphs, numRuns) => {
  const tally = noTrials();
  fc.assert(
    fc.property(graphs, fc.nat(1000), (recipe, seed) => TRIALS[kind](recipe, seed, tally)),
    { seed: SEED, numRuns, endOnFailure: true },
  );
  expect(tally.specialised).toBeGreaterThan(0.4 * tally.runs);
  // Loops, and what feeds their gradients, are kernels to the plan around them.
  if (kind !== 'loops') expect(tally.kernels).toBeLessThan(0.25 * tally.steps);
});
