/**
 * Trials of random graphs: each runs one graph in both tiers, with feeds whose numbers and shapes
 * change, and throws where they come to something different, or memory is wasted.
 */

import * as tf from 'tf1';
import { buildOpen, COLUMNS } from './open_recipes.ts';
import { build, numbers, type Recipe } from './recipes.ts';
import { expectSame, inBoth, outcomeOf, RUNS } from './tiers.ts';

/** Differences of this share of the largest number are rounding, which graphs amplify. */
const RTOL = 1e-4;
/** What is left of numbers of ordinary size that cancel. */
const ATOL = 1e-6;
/** The most memory of a run, in shares of what is alive at once. */
const MEMORY = 1.3;

type Feed = readonly [x: tf.Tensor, value: tf.NdArray | number];

/** What came of a trial. */
export interface Tally {
  runs: number;
  /** Runs that failed, in both tiers alike. */
  failed: number;
  specialised: number;
  steps: number;
  /** Steps whose kernels run in the specialised form too. */
  kernels: number;
}

/** An empty tally. */
export const noTrials = (): Tally => ({ runs: 0, failed: 0, specialised: 0, steps: 0, kernels: 0 });

/** Runs `fetches` with each of `rounds` in both tiers. `init` runs first. */
function compare(
  fetches: readonly tf.Tensor[],
  rounds: readonly (readonly Feed[])[],
  tally: Tally,
  init: unknown = null,
): void {
  inBoth((plain, special) => {
    if (init) for (const session of [plain, special]) session.run(init);
    for (const feed_dict of rounds) {
      const expected = outcomeOf(() => plain.run(fetches, { feed_dict }));
      const actual = outcomeOf(() => special.run(fetches, { feed_dict }));
      expectSame(actual, expected, fetches, RTOL, ATOL);
      tally.runs++;
      if ('error' in expected) tally.failed++;
      const { specialised, steps, memory } = special.explain(fetches, { feed_dict });
      if (!specialised) continue;
      tally.specialised++;
      tally.steps += steps.length;
      tally.kernels += steps.filter(({ how }) => how === 'kernel').length;
      if (memory && memory.bytes > MEMORY * memory.live) {
        throw new Error(`A run takes ${memory.bytes} bytes, of which ${memory.live} are in use.`);
      }
    }
  });
}

const inGraph = (body: () => void) => tf.with(new tf.Graph().as_default(), body);

/** Some of `all` by `seed`, and the last: what is not fetched may be left out, or fused away. */
function someOf<T>(all: readonly T[], seed: number): T[] {
  if (seed % 3 === 0) return [...all];
  return all.filter((_, i) => i === all.length - 1 || (seed * (i + 7)) % 5 === 0);
}

/** Results of a graph with placeholders. */
function plainTrial(recipe: Recipe, seed: number, tally: Tally): void {
  inGraph(() => {
    const { fetches, rounds } = fed(recipe, seed);
    compare(someOf(fetches, seed), rounds, tally);
  });
}

function fed(recipe: Recipe, seed: number) {
  const inputs = recipe.shapes.map((shape, i) => tf.placeholder(tf.float32, shape, `x${i}`));
  const fetches = build(recipe, inputs);
  const rounds = Array.from({ length: RUNS }, (_, run) =>
    inputs.map((x, i): Feed => [x, numbers(recipe.shapes[i]!, seed + run + i)]),
  );
  return { inputs, fetches, rounds };
}

/** Its gradients. */
function gradientTrial(recipe: Recipe, seed: number, tally: Tally): void {
  inGraph(() => {
    const { inputs, fetches, rounds } = fed(recipe, seed);
    const slopes = tf.gradients(tf.reduce_mean(fetches.at(-1)!), inputs);
    const dense = slopes.flatMap((dx) => (dx === null ? [] : [tf.convert_to_tensor(dx)]));
    if (dense.length > 0) compare([fetches.at(-1)!, ...dense], rounds, tally);
  });
}

const OPTIMIZERS: readonly (() => tf.train.Optimizer)[] = [
  () => new tf.train.GradientDescentOptimizer(0.1),
  () => new tf.train.MomentumOptimizer(0.05, 0.9),
  () => new tf.train.AdamOptimizer(0.01),
  () => new tf.train.RMSPropOptimizer(0.01),
  () => new tf.train.AdagradOptimizer(0.1),
  () => new tf.train.AdadeltaOptimizer(0.5),
  () => new tf.train.FtrlOptimizer(0.1),
];

/** The training of its inputs, which are variables: losses, steps, and the variables before and after. */
function trainingTrial(recipe: Recipe, seed: number, tally: Tally): void {
  inGraph(() => {
    tf.set_random_seed(seed);
    const use_resource = seed % 2 === 0;
    const variables = recipe.shapes.map((shape, i) =>
      tf.get_variable(`v${i}`, {
        initializer: tf.constant(numbers(shape, seed + i)),
        use_resource,
      }),
    );
    const target = tf.placeholder(tf.float32, [], 'target');
    const read = variables.map((v) => tf.identity(v.read_value()));
    const result = tf.tanh(build(recipe, read).at(-1)!);
    const loss = tf.reduce_mean(tf.squared_difference(result, target));
    const optimizer = OPTIMIZERS[seed % OPTIMIZERS.length]!();
    const global_step = tf.train.get_or_create_global_step();
    const train = tf.gradients(loss, variables).some((slope) => slope !== null)
      ? optimizer.minimize(loss, { global_step })
      : tf.group(tf.assign_add(global_step, 1));
    const after = tf.with(tf.control_dependencies([train]), () =>
      [...variables, global_step as tf.Variable].map((v) => tf.identity(v.read_value())),
    );
    const rounds = Array.from({ length: RUNS + 1 }, (_, run): Feed[] => [[target, run / 4]]);
    compare([loss, ...read, ...after], rounds, tally, tf.global_variables_initializer());
  });
}

/** Matrices of changing numbers of rows, variables that change, and runs that fail in the middle. */
function openTrial(recipe: Recipe, seed: number, tally: Tally): void {
  inGraph(() => {
    const { x, row, results } = buildOpen(recipe.steps, seed % 2 === 0);
    const sizes = [2, 2, 2, 3, 3, 2, 3, 3, 1, 2, 1, 1, 1, 70, 70, 70, 2];
    const rounds = sizes.map((rows, run): Feed[] => [
      [x, numbers([rows, COLUMNS], seed + run)],
      [row, run % 5 === 4 ? 10_000 : 0],
    ]);
    const init = tf.global_variables_initializer();
    compare(someOf(results, seed), rounds, tally, init);
  });
}

/** Iterations of loops in the rounds of a trial: a loop is specialised after sixteen. */
const ITERATIONS = [3, 12, 12, 40, 40, 40, 0, 1, 25];

/** A loop whose body is the graph, with a condition in it, and its gradient. */
function loopTrial(recipe: Recipe, seed: number, tally: Tally): void {
  inGraph(() => {
    const short = { ...recipe, steps: recipe.steps.slice(0, 6) };
    const inputs = recipe.shapes.map((shape, i) => tf.placeholder(tf.float32, shape, `x${i}`));
    const times = tf.placeholder(tf.int32, [], 'times');
    const body = (i: tf.Tensor, ...variables: tf.Tensor[]): tf.Tensor[] => {
      const results = build(short, variables);
      const mean = tf.reduce_mean(results.at(-1)!);
      const moved = tf.cond(
        tf.less(mean, tf.cast(tf.mod(i, 3), tf.float32).multiply(0.1)),
        () => tf.tanh(tf.add(mean, 0.25)),
        () => tf.multiply(mean, -0.5),
      ) as tf.Tensor;
      const next = variables.map((x, k) =>
        tf.tanh(tf.add(tf.multiply(x, 0.5), tf.add(moved, tf.reduce_mean(results[k * 2] ?? mean)))),
      );
      return [tf.add(i, 1), ...rotated(next, variables, seed)];
    };
    const first = [tf.constant(0, tf.int32), ...inputs];
    const results = tf.while_loop((i: tf.Tensor) => tf.less(i, times), body, first) as tf.Tensor[];
    const fetches = [...results];
    if (seed % 2 === 0) {
      const slopes = tf.gradients(tf.reduce_sum(results.at(-1)!), inputs);
      for (const dx of slopes) if (dx) fetches.push(tf.convert_to_tensor(dx));
    }
    const rounds = ITERATIONS.map((count, run): Feed[] => [
      [times, count],
      ...inputs.map((x, i): Feed => [x, numbers(recipe.shapes[i]!, seed + run + i)]),
    ]);
    compare(fetches, rounds, tally);
  });
}

/** The next values of loop variables; those of one shape change places, by some seeds. */
function rotated(next: tf.Tensor[], now: readonly tf.Tensor[], seed: number): tf.Tensor[] {
  const [a, b] = now;
  if (seed % 3 !== 0 || a?.shape.as_list().join() !== b?.shape.as_list().join()) return next;
  return [next[1]!, next[0]!, ...next.slice(2)];
}

/** The kinds of trials. */
export const TRIALS = {
  plain: plainTrial,
  gradients: gradientTrial,
  training: trainingTrial,
  open: openTrial,
  loops: loopTrial,
};
