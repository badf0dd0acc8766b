/** The passes that specialise a run, one by one: what each does, its switch, and that values stay. */

import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import * as tf from 'tf1';
import type { Explanation } from '../../src/session/explain.ts';
import { build, numbers, recipes } from '../properties/recipes.ts';

const { OFF } = tf.RewriterConfig;
type Switches = Partial<tf.RewriterConfig>;

const configured = (switches: Switches, options: Partial<tf.OptimizerOptions> = {}) =>
  new tf.ConfigProto({
    graph_options: new tf.GraphOptions({
      rewrite_options: new tf.RewriterConfig(switches),
      optimizer_options: new tf.OptimizerOptions(options),
    }),
  });

/** The fourth run of `fetches` with `feed` for the placeholder `x`, and what it did. */
function specialised(
  fetches: tf.Tensor,
  feed: readonly (readonly [tf.Tensor, unknown])[],
  config: tf.ConfigProto,
): { readonly value: unknown; readonly how: Explanation } {
  return tf.with(new tf.Session('', tf.get_default_graph(), config), (sess) => {
    const feed_dict = feed as readonly (readonly [tf.Tensor, number[]])[];
    for (let run = 0; run < 3; run++) sess.run(fetches, { feed_dict });
    const value = sess.run(fetches, { feed_dict }) as unknown;
    return { value: (value as tf.NdArray).tolist(), how: sess.explain(fetches, { feed_dict }) };
  });
}

const stepOf = (how: Explanation, name: string) => how.steps.find((step) => step.name === name)!;
const loopsOf = (how: Explanation) =>
  new Set(how.steps.flatMap(({ loop }) => (loop === null ? [] : [loop]))).size;

/** Compares runs with the pass and without it. */
function withAndWithout(
  make: (x: tf.Tensor) => tf.Tensor,
  x: readonly unknown[],
  expected: unknown,
  off: tf.ConfigProto,
  check: (on: Explanation, off: Explanation) => void,
): void {
  tf.with(new tf.Graph().as_default(), () => {
    const placeholder = tf.placeholder(tf.float32, null, 'x');
    const y = make(placeholder);
    const [a, b] = [new tf.ConfigProto(), off].map((config) =>
      specialised(y, [[placeholder, x]], config),
    );
    expect(a!.value).toEqual(expected);
    expect(b!.value).toEqual(expected);
    check(a!.how, b!.how);
  });
}

test('constant folding computes pure operations of constants ahead', () => {
  const make = (x: tf.Tensor) => {
    const c = tf.tile(tf.constant([1, 2]), [2], 'repeated');
    return tf.add(x, c, 'y');
  };
  const check = (on: Explanation, off: Explanation) => {
    expect(stepOf(on, 'repeated').how).toBe('folded');
    expect(stepOf(off, 'repeated').how).not.toBe('folded');
  };
  const x = [1, 1, 1, 1];
  const off = configured({ constant_folding: OFF });
  withAndWithout(make, x, [2, 3, 2, 3], off, check);
  const plain = configured({}, { opt_level: tf.OptimizerOptions.L0 });
  withAndWithout(make, x, [2, 3, 2, 3], plain, check);
});

test('known shapes are numbers', () => {
  withAndWithout(
    (x) => tf.multiply(x, tf.cast(tf.shape(x, { name: 'sizes' }), tf.float32)),
    [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
    [
      [3, 4],
      [9, 8],
      [15, 12],
    ],
    configured({ shape_optimization: OFF }),
    (on, off) => {
      expect(stepOf(on, 'sizes').how).toBe('folded');
      expect(stepOf(off, 'sizes').how).toBe('kernel');
    },
  );
});

test('common subexpressions are computed once', () => {
  const make = (x: tf.Tensor) =>
    tf.add(tf.matmul(x, x, { name: 'first' }), tf.matmul(x, x, { name: 'second' }));
  const x = [
    [1, 1],
    [0, 1],
  ];
  const sum = [
    [2, 4],
    [0, 2],
  ];
  const check = (on: Explanation, off: Explanation) => {
    expect([stepOf(on, 'first').how, stepOf(on, 'second').how]).toEqual(['call', 'alias']);
    expect([stepOf(off, 'first').how, stepOf(off, 'second').how]).toEqual(['call', 'call']);
  };
  withAndWithout(make, x, sum, configured({ common_subgraph_elimination: OFF }), check);
  const plain = configured({}, { opt_level: tf.OptimizerOptions.L0 });
  withAndWithout(make, x, sum, plain, check);
  const asked = { opt_level: tf.OptimizerOptions.L0, do_common_subexpression_elimination: true };
  tf.with(new tf.Graph().as_default(), () => {
    const placeholder = tf.placeholder(tf.float32, null, 'x');
    const { how } = specialised(make(placeholder), [[placeholder, x]], configured({}, asked));
    expect(stepOf(how, 'second').how).toBe('alias');
  });
});

test.each([
  ['x * 1', (x: tf.Tensor) => tf.multiply(x, 1, 'r'), (x: number) => x, 'alias'],
  ['1 * x', (x: tf.Tensor) => tf.multiply(1, x, 'r'), (x: number) => x, 'alias'],
  ['x / 1', (x: tf.Tensor) => tf.div(x, 1, 'r'), (x: number) => x, 'alias'],
  ['x - 0', (x: tf.Tensor) => tf.subtract(x, 0, 'r'), (x: number) => x, 'alias'],
  ['x ^ 1', (x: tf.Tensor) => tf.pow(x, 1, 'r'), (x: number) => x, 'alias'],
  ['- - x', (x: tf.Tensor) => tf.negative(tf.negative(x), 'r'), (x: number) => x, 'alias'],
  ['||x||', (x: tf.Tensor) => tf.abs(tf.abs(x), 'r'), Math.abs, 'alias'],
  ['|-x|', (x: tf.Tensor) => tf.abs(tf.negative(x), 'r'), Math.abs, 'fused'],
  ['x ^ 2', (x: tf.Tensor) => tf.pow(x, 2, 'r'), (x: number) => x * x, 'fused'],
  ['x * -1', (x: tf.Tensor) => tf.multiply(x, -1, 'r'), (x: number) => -x, 'fused'],
  ['x + -x', (x: tf.Tensor) => tf.add(x, tf.negative(x), 'r'), (x: number) => x - x, 'fused'],
  ['x - -x', (x: tf.Tensor) => tf.subtract(x, tf.negative(x), 'r'), (x: number) => x + x, 'fused'],
] as const)('%s is simplified, and keeps every bit', (_text, make, formula, how) => {
  const x = [0.5, -0, 0, -3, Number.POSITIVE_INFINITY, Number.NaN];
  withAndWithout(
    (input) => tf.identity(make(input), 'y'),
    x,
    x.map(formula),
    configured({ arithmetic_optimization: OFF }),
    (on, off) => {
      expect(stepOf(on, 'r').how).toBe(how);
      expect(stepOf(off, 'r').how).toBe('fused');
      const before = on.steps.filter(({ type }) => type === 'Neg');
      if (how === 'fused') for (const step of before) expect(step.how).toBe('unused');
    },
  );
});

test('x + 0 and x * 0 stay, for they change -0 and NaN', () => {
  withAndWithout(
    (x) => tf.add(tf.multiply(x, 0, 'times'), 0, 'plus'),
    [-1, Number.NaN, Number.POSITIVE_INFINITY],
    [0, Number.NaN, Number.NaN],
    configured({ arithmetic_optimization: OFF }),
    (on) => {
      expect([stepOf(on, 'times').how, stepOf(on, 'plus').how]).toEqual(['fused', 'fused']);
    },
  );
});

test('products read transposed operands, and transposes of transposes are one', () => {
  const x = [
    [1, 2, 3],
    [4, 5, 6],
  ];
  withAndWithout(
    (input) =>
      tf.matmul(tf.transpose(input, { name: 't' }), tf.ones([3, 2]), { transpose_b: true }),
    x,
    [
      [5, 5, 5],
      [7, 7, 7],
      [9, 9, 9],
    ],
    configured({ layout_optimizer: OFF }),
    (on, off) => {
      expect([stepOf(on, 't').how, stepOf(off, 't').how]).toEqual(['unused', 'call']);
    },
  );
  withAndWithout(
    (input) => {
      const cube = tf.reshape(input, [1, 2, 3]);
      const once = tf.transpose(cube, [2, 0, 1], 'first');
      const twice = tf.transpose(once, [0, 2, 1], 'second');
      return tf.concat([tf.reshape(tf.transpose(twice, [1, 0, 2], 'third'), [6]), [0]], 0);
    },
    x,
    [1, 2, 3, 4, 5, 6, 0],
    configured({ layout_optimizer: OFF }),
    (on) => {
      const hows = ['first', 'second', 'third'].map((name) => stepOf(on, name).how);
      expect(hows).toEqual(['unused', 'unused', 'alias']);
    },
  );
});

test('what only passes numbers on copies nothing', () => {
  withAndWithout(
    (x) => tf.reshape(tf.exp(x), [2, 2], 'shaped'),
    [0, 0, 0, 0],
    [
      [1, 1],
      [1, 1],
    ],
    configured({ dependency_optimization: OFF }),
    (on, off) => {
      expect([stepOf(on, 'shaped').how, stepOf(off, 'shaped').how]).toEqual(['alias', 'fused']);
    },
  );
});

test('element-wise operations are one loop', () => {
  withAndWithout(
    (x) => tf.multiply(tf.add(tf.square(x), 1), 0.5),
    [1, 2, 3],
    [1, 2.5, 5],
    configured({ remapping: OFF }),
    (on, off) => {
      expect([loopsOf(on), loopsOf(off)]).toEqual([1, 3]);
    },
  );
});

test.each([
  ['relu', (x: tf.Tensor) => tf.nn.relu(x, 'end'), (x: number) => Math.max(0, x)],
  ['relu6', (x: tf.Tensor) => tf.nn.relu6(x, 'end'), (x: number) => Math.min(6, Math.max(0, x))],
  ['none', (x: tf.Tensor) => tf.reshape(x, [4], 'end'), (x: number) => x],
] as const)('a product ends with its bias and activation (%s)', (name, activation, formula) => {
  const bias = [0.5, -3];
  withAndWithout(
    (x) => {
      const product = tf.matmul(x, tf.ones([2, 2]), { name: 'product' });
      const biased = tf.nn.bias_add(product, tf.constant(bias), { name: 'biased' });
      return tf.multiply(tf.reshape(activation(biased), [4]), 1, 'y');
    },
    [
      [1, 1],
      [3, 4],
    ],
    [2, 2, 7, 7].map((x, i) => formula(x + bias[i % 2]!)),
    configured({ remapping: OFF }),
    (on, off) => {
      const why = 'at the end of product';
      expect(stepOf(on, 'biased')).toMatchObject({ how: 'fused', loop: null, why });
      if (name !== 'none') {
        expect(stepOf(on, 'end')).toMatchObject({ how: 'fused', loop: null, why });
      }
      expect(loopsOf(on)).toBe(0);
      expect(stepOf(off, 'biased').loop).not.toBeNull();
    },
  );
});

test('a product whose sum with the bias is wanted twice keeps the activation apart', () => {
  withAndWithout(
    (x) => {
      const biased = tf.add(tf.matmul(x, x, { name: 'product' }), [1, -9], 'biased');
      return tf.stack([tf.nn.relu(biased, 'end'), biased]);
    },
    [
      [1, 2],
      [0, 1],
    ],
    [
      [
        [2, 0],
        [1, 0],
      ],
      [
        [2, -5],
        [1, -8],
      ],
    ],
    configured({ remapping: OFF }),
    (on) => {
      expect(stepOf(on, 'biased').loop).toBeNull();
      expect(stepOf(on, 'end').loop).not.toBeNull();
    },
  );
});

test('a product is not put off behind an assignment of what it reads', () => {
  tf.with(new tf.Graph().as_default(), () => {
    const v = tf.get_variable('v', {
      initializer: tf.constant([
        [1, 2],
        [3, 4],
      ]),
    });
    const product = tf.matmul(v, tf.ones([2, 2]));
    const change = tf.with(tf.control_dependencies([product]), () =>
      tf.assign_add(v, tf.ones([2, 2])),
    );
    const y = tf.with(tf.control_dependencies([change]), () =>
      tf.nn.relu(tf.add(product, tf.constant([1, 2]))),
    );
    tf.with(new tf.Session(), (sess) => {
      sess.run(tf.global_variables_initializer());
      for (let run = 0; run < 5; run++) {
        const expected = [3, 7].map((sum) => [sum + 2 * run + 1, sum + 2 * run + 2]);
        const value: unknown = sess.run(y);
        expect((value as tf.NdArray).tolist()).toEqual(expected);
      }
    });
  });
});

test.each([
  [{ disable_meta_optimizer: true }],
  [{ constant_folding: OFF }],
  [{ shape_optimization: OFF }],
  [{ common_subgraph_elimination: OFF }],
  [{ arithmetic_optimization: OFF }],
  [{ layout_optimizer: OFF }],
  [{ dependency_optimization: OFF }],
  [{ remapping: OFF }],
] as const)('random graphs give the same with %j', (switches) => {
  const compare = fc.property(recipes(20, [1, 2, 3]), (recipe) => {
    tf.with(new tf.Graph().as_default(), () => {
      const inputs = recipe.shapes.map((shape) => tf.placeholder(tf.float32, shape));
      const last = build(recipe, inputs).at(-1)!;
      const all = tf.reshape(tf.concat([tf.reshape(last, [-1]), [0]], 0), [-1]);
      const feed = inputs.map((x, i) => [x, numbers(recipe.shapes[i]!, i)] as const);
      const [on, off] = [new tf.ConfigProto(), configured(switches)].map(
        (config) => specialised(all, feed, config).value as number[],
      );
      off!.forEach((value, i) => {
        const limit = 1e-4 * Math.max(1, Math.abs(value));
        if (Number.isFinite(value)) expect(Math.abs(on![i]! - value)).toBeLessThanOrEqual(limit);
        else expect(on![i]).toBe(value);
      });
    });
  });
  fc.assert(compare, { seed: 20261123, numRuns: 25, endOnFailure: true });
});
