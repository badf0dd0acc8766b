/** Specialised runs give what general runs give, whatever happens between and within them. */

import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import * as tf from 'tf1';
import { build, numbers, type Recipe, recipes } from '../properties/recipes.ts';
import { expectSame, inBoth, outcomeOf, RUNS } from '../properties/tiers.ts';

const SEED = 20261123;

function compare(recipe: Recipe, withGradients: boolean): void {
  tf.with(new tf.Graph().as_default(), () => {
    const inputs = recipe.shapes.map((shape, i) => tf.placeholder(tf.float32, shape, `x${i}`));
    const results = build(recipe, inputs);
    const last = results.at(-1)!;
    const fetches = withGradients
      ? tf
          .gradients(tf.reduce_mean(last), inputs)
          .filter((dx) => dx !== null)
          .map((dx) => tf.convert_to_tensor(dx))
      : results;
    if (fetches.length === 0) return;
    inBoth((plain, special) => {
      for (let run = 0; run < RUNS; run++) {
        const feed_dict = inputs.map((x, i) => [x, numbers(recipe.shapes[i]!, run + i)] as const);
        const expected = outcomeOf(() => plain.run(fetches, { feed_dict }));
        const actual = outcomeOf(() => special.run(fetches, { feed_dict }));
        expectSame(actual, expected, fetches, 1e-4);
        const { memory } = special.explain(fetches, { feed_dict });
        if (memory) expect(memory.bytes).toBeLessThanOrEqual(1.3 * memory.live + 1024);
      }
    });
  });
}

test.each([
  ['small', recipes(25, [1, 2, 3]), 200],
  ['on the heap', recipes(12, [1, 64, 80]), 40],
] as const)('random graphs, %s', (_name, graphs, numRuns) => {
  fc.assert(
    fc.property(graphs, (recipe) => compare(recipe, false)),
    { seed: SEED, numRuns, endOnFailure: true },
  );
});

test('gradients of random graphs', () => {
  fc.assert(
    fc.property(recipes(15, [1, 2, 3]), (recipe) => compare(recipe, true)),
    { seed: SEED, numRuns: 100, endOnFailure: true },
  );
});
