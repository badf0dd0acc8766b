/** Specialised runs give what general runs give, whatever happens between and within them. */

import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import * as tf from 'tf1';
import { heap } from '../../src/backend/backend.ts';
import { build, numbers, type Recipe, recipes } from '../properties/recipes.ts';

const SEED = 20261123;
/** Enough for a plan to be specialised, and to run so twice. */
const RUNS = 4;

/** A configuration that keeps runs on the general plan. */
const general = () =>
  new tf.ConfigProto({
    graph_options: new tf.GraphOptions({
      optimizer_options: new tf.OptimizerOptions({ global_jit_level: tf.OptimizerOptions.OFF }),
    }),
  });

const flat = (value: unknown): number[] =>
  typeof value === 'number' ? [value] : Array.from((value as tf.NdArray).data as Float32Array);

function expectClose(actual: unknown, expected: unknown, rtol: number): void {
  const [a, b] = [flat(actual), flat(expected)];
  expect(a.length).toBe(b.length);
  const scale = b.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 1);
  const off = a.findIndex(
    (x, i) => !Object.is(x, b[i]!) && !(Math.abs(x - b[i]!) <= rtol * scale) && x !== b[i],
  );
  if (off >= 0) throw new Error(`Element ${off} is ${a[off]}, expected ${b[off]}.`);
}

/** Runs `body` with two sessions on one graph: one that stays general, and one that specialises. */
function inBoth(body: (general: tf.Session, specialised: tf.Session) => void): void {
  const before = heap?.blocks;
  tf.with(new tf.Session('', tf.get_default_graph(), general()), (plain) => {
    tf.with(new tf.Session(), (special) => body(plain, special));
  });
  expect(heap?.blocks).toBe(before);
}

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
        const expected = plain.run(fetches, { feed_dict });
        const actual = special.run(fetches, { feed_dict });
        actual.forEach((value, i) => {
          expectClose(value, expected[i], 1e-4);
        });
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
