/** tf.gradients and its relatives against TensorFlow: golden/gradients.json. */

import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';

type Gradients = (tf.Tensor | tf.IndexedSlices | null)[];
const golden = JSON.parse(
  readFileSync(new URL('../golden/gradients.json', import.meta.url), 'utf8'),
) as Record<string, unknown[]>;

beforeEach(() => tf.reset_default_graph());

tf.RegisterGradient('TimesTen')((_op, grad) => tf.multiply(10, grad!));
tf.RegisterGradient('ProductOfBoth')((op, grad) => [
  tf.multiply(tf.multiply(grad!, op.inputs[0]!), 100),
  null,
]);

const CASES: Record<string, () => Gradients> = {
  grad_ys() {
    const x = tf.constant([1, 2, 3]);
    const y = tf.square(x);
    const z = tf.reduce_sum(x).multiply(x);
    return [
      ...tf.gradients(y, x),
      ...tf.gradients(y, x, { grad_ys: [[10, 20, 30]] }),
      ...tf.gradients([y, z], x),
      ...tf.gradients([y, z], x, { grad_ys: [null, [1, 0, -1]] }),
      ...tf.gradients([y, z], [x, y, z]),
    ];
  },
  stop_gradients() {
    const a = tf.constant(2);
    const b = tf.multiply(3, a);
    return [
      ...tf.gradients(a.add(b), [a, b]),
      ...tf.gradients(a.add(b), [a, b], { stop_gradients: [a, b] }),
      ...tf.gradients(a.multiply(b), [a], { stop_gradients: [b] }),
      ...tf.gradients(a.multiply(tf.stop_gradient(b)), [a, b]),
    ];
  },
  unconnected() {
    const a = tf.constant(2);
    const b = tf.constant(3);
    const n = tf.constant(3, tf.int32);
    return [
      ...tf.gradients(a.multiply(a), [a, b]),
      ...tf.gradients(tf.cast(n, tf.float32).multiply(a), [n, a]),
      ...tf.gradients(tf.cast(tf.argmax([a, b]), tf.float32).multiply(a), [a, b]),
    ];
  },
  through_itself() {
    const x = tf.constant(2);
    const y = x.multiply(x);
    const z = y.multiply(y).multiply(x);
    return [...tf.gradients(z, [x, y]), ...tf.gradients(y, y), ...tf.gradients([y, z], [z, y, x])];
  },
  lookups() {
    const table = new tf.Variable([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    const rows = (...at: number[]) => tf.gather(table, tf.constant(at, tf.int32));
    const twice = rows(0, 2, 0).multiply(rows(1, 1, 2));
    const both = tf.reduce_sum(rows(1)).add(tf.reduce_sum(tf.square(table)));
    return [
      ...tf.gradients(rows(2, 0, 2), table),
      ...tf.gradients(twice, table),
      ...tf.gradients(both, table),
      ...tf.gradients(tf.gather(tf.square(table), tf.constant([2, 2], tf.int32)), table),
    ];
  },
  hessians() {
    const x = tf.constant([1, 2, 3]);
    const m = tf.constant([
      [1, 2],
      [3, 4],
    ]);
    const product = x.at(0).multiply(x.at(1)).multiply(x.at(2));
    return [
      ...tf.hessians(tf.reduce_sum(x.pow(3)).add(product), x),
      ...tf.hessians(tf.reduce_prod(m), m),
      ...tf.hessians(tf.reduce_sum(tf.sin(x)).add(tf.reduce_sum(m.pow(2))), [x, m]),
    ];
  },
  second_order() {
    const x = tf.constant([0.5, 1, 2]);
    const y = tf.nn
      .softmax(x)
      .at(1)
      .multiply(tf.reduce_sum(tf.tanh(x)));
    const first = tf.gradients(y, x)[0] as tf.Tensor;
    return [first, ...tf.gradients(first, x), ...tf.gradients(first.at(0), x)];
  },
  broadcasts() {
    const a = tf.constant([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const b = tf.constant([1, -1, 2]);
    const c = tf.constant([[2], [3]]);
    const y = a.multiply(b).add(c.multiply(b)).subtract(a.div(c));
    return [...tf.gradients(y, [a, b, c]), ...tf.gradients(tf.maximum(a, b), [a, b])];
  },
  overrides() {
    const x = tf.constant(3);
    const y = tf.constant(4);
    const graph = tf.get_default_graph();
    const [inside, product, inner] = tf.with(
      graph.gradient_override_map({ Square: 'TimesTen', Mul: 'ProductOfBoth' }),
      () => [
        tf.square(x),
        x.multiply(y),
        tf.with(graph.gradient_override_map({ Mul: 'Mul' }), () => tf.square(x).add(x.multiply(y))),
      ],
    );
    return [
      ...tf.gradients(inside!, x),
      ...tf.gradients(tf.square(x), x),
      ...tf.gradients(product!, [x, y]),
      ...tf.gradients(inner!, [x, y]),
    ];
  },
};

function plain(value: unknown): unknown {
  if (value instanceof tf.NdArray) return value.tolist();
  return value;
}

/** Slices as lines of text in order: those of several lookups may come in another order. */
function rowsOf(indices: unknown, values: unknown): string[] {
  return (indices as number[]).map((at, i) => `${at}: ${(values as number[][])[i]}`).sort();
}

/** Compares nested numbers to 6 digits. */
function expectNear(actual: unknown, expected: unknown): void {
  if (typeof expected === 'number') expect(actual).toBeCloseTo(expected, 5);
  else if (Array.isArray(expected)) {
    expect(actual).toHaveLength(expected.length);
    expected.forEach((item, i) => {
      expectNear((actual as unknown[])[i], item);
    });
  } else expect(actual).toEqual(expected);
}

describe('derivatives are those of TensorFlow', () => {
  test.each(Object.keys(CASES))('%s', (name) => {
    tf.with(new tf.Session(), (sess) => {
      const gradients = CASES[name]!();
      sess.run(tf.global_variables_initializer());
      const expected = golden[name]!;
      expect(gradients).toHaveLength(expected.length);
      gradients.forEach((gradient, i) => {
        const row = expected[i] as Record<string, unknown> | null;
        if (gradient === null || row === null) expect(gradient).toBe(row);
        else if (gradient instanceof tf.IndexedSlices) {
          const value = sess.run(gradient) as unknown as Record<string, unknown>;
          expect(rowsOf(plain(value['indices']), plain(value['values']))).toEqual(
            rowsOf(row['indices'], row['values']),
          );
          expectNear(plain(value['dense_shape']), row['dense_shape']);
        } else expectNear(plain(sess.run(gradient)), row);
      });
    });
  });
});

describe('tf.gradients', () => {
  test('puts what it builds into a name scope', () => {
    const x = tf.constant(2, { name: 'x' });
    const before = tf.get_default_graph().get_operations().length;
    tf.gradients(tf.square(x, { name: 'y' }), x, { name: 'down' });
    const names = tf
      .get_default_graph()
      .get_operations()
      .slice(before + 1)
      .map((op) => op.name);
    expect(names.length).toBeGreaterThan(2);
    for (const name of names) expect(name).toMatch(/^down\//);
    expect(names.some((name) => name.startsWith('down/y_grad/'))).toBe(true);
  });

  test('can place gradients with their operations', () => {
    const x = tf.constant(2, { name: 'x' });
    const y = tf.with(tf.device('/cpu:0'), () => tf.square(x, { name: 'y' }));
    const [dy] = tf.gradients(y, x, { colocate_gradients_with_ops: true });
    expect((dy as tf.Tensor).op.get_attr('_class')).toEqual(['loc:@y']);
    expect((dy as tf.Tensor).device).toBe('/device:CPU:0');
  });

  test('gives known static shapes', () => {
    const x = tf.placeholder(tf.float32, [null, 3]);
    const w = tf.constant(new tf.NdArray(tf.float32, [3, 2], new Float32Array(6)));
    const [dx, dw] = tf.gradients(tf.matmul(x, w), [x, w]);
    expect([dx, dw].map((g) => String((g as tf.Tensor).shape))).toEqual(['(?, 3)', '(3, 2)']);
  });

  test('refuses what it cannot do', () => {
    const x = tf.constant([1, 2]);
    const y = tf.square(x);
    expect(() => tf.gradients([y, y], x, { grad_ys: [null] })).toThrow('Passed 1 grad_ys for 2 ys');
    const z = tf.complex(x, x);
    expect(() => tf.gradients(z, x)).toThrow(
      'Gradients of complex tensors must set grad_ys (y.dtype = ',
    );
    const image = tf.py_func((a: unknown) => a, [x], tf.float32) as tf.Tensor;
    expect(tf.gradients(image, x)).toEqual([null]);
  });

  test('of an op without a gradient is a LookupError that says how to go on', () => {
    const bits = tf.bitcast(tf.constant([1, 2]), tf.int32);
    expect(tf.gradients(tf.cast(bits, tf.float32), bits)).toEqual([null]);
    tf.NotDifferentiable('NobodyHasIt');
    expect(() => tf.RegisterGradient('TimesTen')((_op, grad) => grad!)).toThrow(
      "Registering two gradient with name 'TimesTen' !",
    );
    expect(() => tf.RegisterGradient('Square')((_op, grad) => grad!)).toThrow(tf.KeyError);
  });

  test('takes names of the gradient from the override', () => {
    const graph = tf.get_default_graph();
    const y = tf.with(graph.gradient_override_map({ Square: 'Missing' }), () =>
      tf.square(tf.constant(2, { name: 'x' }), { name: 'y' }),
    );
    expect(y.op.get_attr('_gradient_op_type')).toBe('Missing');
    expect(() => tf.gradients(y, graph.get_tensor_by_name('x:0'))).toThrow(
      "No gradient defined for operation 'y' (op type: Square)",
    );
  });
});
