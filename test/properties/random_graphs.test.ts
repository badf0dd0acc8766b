/**
 * Random graphs give the same numbers however they are run: in any choice and order of fetches, in
 * parts, with intermediate tensors fed, in eager mode, and by the executor of tfjs-converter. Their
 * gradients are what finite differences say.
 */

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import * as tf from 'tf1';
import { graphModel, tfjs } from '../../benchmarks/peers/graph_model.ts';
import { heap } from '../../src/backend/backend.ts';
import { build, dependencies, numbers, type Recipe, recipes } from './recipes.ts';

const { eager_mode } = tf.python.eager.context;
const SEED = 20180427;
const blocks = (): number => heap?.blocks ?? 0;

type Plain = number | tf.NdArray;
const flat = (value: unknown): number[] =>
  typeof value === 'number' ? [value] : Array.from((value as tf.NdArray).data as Float32Array);
const shapeOf = (value: unknown): number[] =>
  typeof value === 'number' ? [] : [...(value as tf.NdArray).shape];
/** A copy that nothing shares. */
const copied = (values: readonly unknown[]): number[][] => values.map(flat);

/** Equal but for rounding: fused loops have functions of their own, which are right to 2 ulp. */
function expectSame(actual: unknown, expected: unknown): void {
  expect(shapeOf(actual)).toEqual(shapeOf(expected));
  expectClose(flat(actual), flat(expected), 1e-5);
}

function expectClose(actual: readonly number[], expected: readonly number[], rtol: number): void {
  expect(actual.length).toBe(expected.length);
  const scale = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 1);
  const off = actual.findIndex((x, i) => !(Math.abs(x - expected[i]!) <= rtol * scale));
  if (off >= 0) throw new Error(`Element ${off} is ${actual[off]}, expected ${expected[off]}.`);
}

/** The recipe in a graph of its own, with a session that leaves nothing behind. */
function inSession(
  recipe: Recipe,
  body: (sess: tf.Session, results: tf.Tensor[], inputs: tf.Tensor[]) => void,
): void {
  const before = blocks();
  tf.with(new tf.Graph().as_default(), () => {
    const inputs = recipe.shapes.map((shape, i) => tf.placeholder(tf.float32, shape, `x${i}`));
    const results = build(recipe, inputs);
    tf.with(new tf.Session(), (sess) => body(sess, results, inputs));
  });
  expect(blocks()).toBe(before);
}

const feedsOf = (inputs: readonly tf.Tensor[], { shapes }: Recipe, seed: number) =>
  inputs.map((x, i): [tf.Tensor, tf.NdArray] => [x, numbers(shapes[i]!, seed + i)]);

/** What eager mode gives for the recipe. */
function eagerly(recipe: Recipe, seed: number, replaced: ReadonlyMap<number, tf.NdArray>): Plain[] {
  return tf.with(eager_mode(), () => {
    const inputs = recipe.shapes.map((shape, i) => tf.constant(numbers(shape, seed + i)));
    const tensors = [...replaced].map(([i, array]) => [i, tf.constant(array)] as const);
    return build(recipe, inputs, { replaced: new Map(tensors) }).map((t) => t.numpy());
  });
}

const SMALL = recipes(25, [1, 2, 3]);
const LARGE = recipes(12, [1, 64, 80]);
const few = { seed: SEED, numRuns: 25 };
const many = { seed: SEED, numRuns: 80 };

describe.each([
  ['small', SMALL, many],
  ['on the heap', LARGE, few],
] as const)('random graphs, %s', (_name, graphs, options) => {
  test('give the same numbers for any fetches, in any order, in one run or several', () => {
    fc.assert(
      fc.property(graphs, fc.array(fc.nat(99), { maxLength: 6 }), (recipe, picks) => {
        inSession(recipe, (sess, results, inputs) => {
          const feed_dict = feedsOf(inputs, recipe, 1);
          const all = sess.run(results, { feed_dict });
          const kept = copied(all);
          const chosen = picks.map((n) => n % results.length);
          const some = sess.run(
            chosen.map((i) => results[i]!),
            { feed_dict },
          );
          chosen.forEach((i, at) => {
            expectSame(some[at], all[i]);
            expectSame(sess.run(results[i]!, { feed_dict }), all[i]);
          });
          const callable = sess.make_callable([...results].reverse(), inputs);
          const values = feed_dict.map(([, array]) => array);
          for (let i = 0; i < 3; i++)
            callable(...values).forEach((value, at) => {
              expectSame(value, all[results.length - 1 - at]);
            });
          sess.run(results, { feed_dict: feedsOf(inputs, recipe, 50) });
          all.forEach((value, i) => {
            expectClose(flat(value), kept[i]!, 0);
          });
        });
      }),
      options,
    );
  });

  test('give the same numbers in parts', () => {
    fc.assert(
      fc.property(graphs, (recipe) => {
        inSession(recipe, (sess, results, inputs) => {
          const feeds = feedsOf(inputs, recipe, 2);
          const all = sess.run(results, { feed_dict: feeds });
          const needs = dependencies(recipe);
          const computed = results.map((_, i) => i).filter((i) => i >= inputs.length);
          const handle = sess.partial_run_setup(
            computed.map((i) => results[i]!),
            inputs,
          );
          const done = new Set<number>();
          feeds.forEach((feed, fed) => {
            const ready = computed.filter((i) => !done.has(i) && Math.max(...needs[i]!) <= fed);
            const tensors = ready.map((i) => results[i]!);
            sess.partial_run(handle, tensors, [feed]).forEach((value, at) => {
              expectSame(value, all[ready[at]!]);
            });
            for (const i of ready) done.add(i);
          });
        });
      }),
      options,
    );
  });

  test('give the numbers of eager mode, also from fed intermediate tensors on', () => {
    fc.assert(
      fc.property(graphs, fc.array(fc.nat(99), { maxLength: 3 }), (recipe, picks) => {
        inSession(recipe, (sess, results, inputs) => {
          const fed = new Set(picks.map((n) => n % results.length));
          const replaced = new Map(
            [...fed]
              .filter((i) => i >= inputs.length)
              .map((i) => [i, numbers(results[i]!.shape.as_list() as number[], 7 + i)] as const),
          );
          const values = eagerly(recipe, 3, replaced);
          const feed_dict = [
            ...feedsOf(inputs, recipe, 3),
            ...[...replaced].map(([i, array]): [tf.Tensor, tf.NdArray] => [results[i]!, array]),
          ];
          sess.run(results, { feed_dict }).forEach((value, i) => {
            expect(shapeOf(value)).toEqual(results[i]!.shape.as_list());
            expect(shapeOf(value)).toEqual(shapeOf(values[i]));
            expectClose(flat(value), flat(values[i]), 1e-5);
          });
        });
      }),
      options,
    );
  });

  test("give the numbers of tfjs-converter's GraphModel", () => {
    fc.assert(
      fc.property(graphs, (recipe) => {
        inSession(recipe, (sess, results, inputs) => {
          const feed_dict = feedsOf(inputs, recipe, 4);
          const computed = results.slice(inputs.length);
          const model = graphModel(sess.graph, computed);
          const wanted = new Set(model.inputs.map(({ name }) => name));
          const fed = Object.fromEntries(
            feed_dict
              .filter(([x]) => wanted.has(x.op.name))
              .map(([x, { shape, data }]) => [
                x.op.name,
                tfjs.tensor(data as Float32Array, [...shape], 'float32'),
              ]),
          );
          const outputs = model.execute(
            fed,
            computed.map((t) => t.name),
          ) as ReturnType<typeof tfjs.tensor>[];
          const list = Array.isArray(outputs) ? outputs : [outputs];
          const values = sess.run(computed, { feed_dict });
          list.forEach((output, i) => {
            expect([...output.shape]).toEqual(shapeOf(values[i]));
            expectClose(flat(values[i]), Array.from(output.dataSync()), 1e-4);
          });
          tfjs.dispose([...list, ...Object.values(fed)]);
          model.dispose();
        });
      }),
      { ...options, numRuns: Math.ceil(options.numRuns / 2) },
    );
  });
});

// ---- gradients -----------------------------------------------------------------------------------

const STEP = 1e-5;

/** A function of one point and its gradient there, in float64. */
interface Differentiated {
  value(at: readonly tf.NdArray[]): number;
  gradient(at: readonly tf.NdArray[]): number[][];
  /** The product of the Hessian with the direction `v`. */
  second(at: readonly tf.NdArray[], v: readonly tf.NdArray[]): number[][];
}

const scalarOf = (recipe: Recipe, inputs: readonly tf.Tensor[]): tf.Tensor => {
  const results = build(recipe, inputs, { smooth: true });
  return tf.reduce_sum(tf.multiply(tf.sin(results.at(-1)!), 0.5));
};
const listsOf = (gradients: readonly unknown[], xs: readonly tf.NdArray[]): number[][] =>
  gradients.map((g, i) =>
    g === null ? xs[i]!.tolist<number[]>() && new Array(xs[i]!.size).fill(0) : flat(g),
  );
const moved = (xs: readonly tf.NdArray[], v: readonly tf.NdArray[], h: number): tf.NdArray[] =>
  xs.map(
    (x, i) =>
      new tf.NdArray(
        tf.float64,
        x.shape,
        Float64Array.from(x.data as Float64Array, (n, j) => n + h * (v[i]!.data[j] as number)),
      ),
  );
const dot = (a: readonly number[][], b: readonly tf.NdArray[]): number =>
  a.reduce((sum, row, i) => row.reduce((s, n, j) => s + n * (b[i]!.data[j] as number), sum), 0);

function byTape(recipe: Recipe): Differentiated {
  const open = (at: readonly tf.NdArray[]) => at.map((x) => tf.constant(x));
  const first = (xs: readonly tf.Tensor[]): (tf.Tensor | null)[] => {
    const tape = new tf.GradientTape();
    const y = tf.with(tape, () => {
      tape.watch(xs);
      return scalarOf(recipe, xs);
    });
    return tape.gradient(y, xs) as (tf.Tensor | null)[];
  };
  return {
    value: (at) => scalarOf(recipe, open(at)).numpy(),
    gradient: (at) =>
      listsOf(
        first(open(at)).map((g) => g && tf.convert_to_tensor(g).numpy()),
        at,
      ),
    second: (at, v) => {
      const xs = open(at);
      const tape = new tf.GradientTape();
      const products = tf.with(tape, () => {
        tape.watch(xs);
        return first(xs).flatMap((g, i) => (g ? [tf.reduce_sum(g.multiply(v[i]!))] : []));
      });
      const rows = tape.gradient(products, xs) as (tf.Tensor | null)[];
      return listsOf(
        rows.map((g) => g && tf.convert_to_tensor(g).numpy()),
        at,
      );
    },
  };
}

function byGraph(recipe: Recipe, sess: tf.Session): Differentiated {
  const xs = recipe.shapes.map((shape) => tf.placeholder(tf.float64, shape));
  const vs = recipe.shapes.map((shape) => tf.placeholder(tf.float64, shape));
  const y = scalarOf(recipe, xs);
  const first = tf.gradients(y, xs);
  const products = first.flatMap((g, i) => (g ? [tf.reduce_sum(tf.multiply(g, vs[i]!))] : []));
  const second = products.length > 0 ? tf.gradients(products, xs) : xs.map(() => null);
  const run = (
    list: readonly (tf.Tensor | tf.IndexedSlices | null)[],
    at: readonly tf.NdArray[],
    v: readonly tf.NdArray[],
  ) => {
    const feed_dict = [
      ...xs.map((x, i) => [x, at[i]!] as const),
      ...vs.map((x, i) => [x, v[i]!] as const),
    ];
    const tensors = list.map((t) => t && tf.convert_to_tensor(t));
    return listsOf(
      tensors.map((t) => t && sess.run(t, { feed_dict })),
      at,
    );
  };
  return {
    value: (at) => run([y], at, at)[0]![0]!,
    gradient: (at) => run(first, at, at),
    second: (at, v) => run(second, at, v),
  };
}

/** Compares first and second derivatives along a direction with central differences. */
function checkDerivatives(f: Differentiated, recipe: Recipe): void {
  const at = recipe.shapes.map((shape, i) => numbers(shape, 11 + i, tf.float64));
  const v = recipe.shapes.map((shape, i) => numbers(shape, 23 + i, tf.float64));
  const u = recipe.shapes.map((shape, i) => numbers(shape, 41 + i, tf.float64));
  const slope = (f.value(moved(at, v, STEP)) - f.value(moved(at, v, -STEP))) / (2 * STEP);
  expectClose([dot(f.gradient(at), v)], [slope], 1e-6);
  const ahead = dot(f.gradient(moved(at, u, STEP)), v);
  const behind = dot(f.gradient(moved(at, u, -STEP)), v);
  expectClose([dot(f.second(at, v), u)], [(ahead - behind) / (2 * STEP)], 1e-5);
}

describe('gradients of random scalar functions are what differences say, to second order', () => {
  const functions = recipes(10, [1, 2, 3]);

  test('by tf.gradients', () => {
    fc.assert(
      fc.property(functions, (recipe) => {
        tf.with(new tf.Graph().as_default(), () =>
          tf.with(new tf.Session(), (sess) => checkDerivatives(byGraph(recipe, sess), recipe)),
        );
      }),
      { seed: SEED, numRuns: 60 },
    );
  });

  test('by a tape', () => {
    fc.assert(
      fc.property(functions, (recipe) => {
        tf.with(eager_mode(), () => checkDerivatives(byTape(recipe), recipe));
      }),
      { seed: SEED, numRuns: 60 },
    );
  });
});
