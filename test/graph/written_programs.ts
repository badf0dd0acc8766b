/** Whole programs as graphs in files: loops, conditions, functions, networks and training steps. */

import * as tf from 'tf1';

/** What to run, one after the other: names of operations and tensors. */
type Steps = readonly (readonly string[])[];

const { Defun } = tf.python.framework.function;
const name = (value: unknown): string => (value as { readonly name: string }).name;
const INIT = ['init'];

function trained(loss: tf.Tensor, optimizer: { minimize(loss: tf.Tensor): unknown }): Steps {
  const train = name(optimizer.minimize(loss));
  tf.global_variables_initializer();
  return [INIT, [name(loss)], [train], [train], [train], [name(loss)]];
}

/** A small problem for optimizers: a layer and what it should give. */
function problem(use_resource: boolean): tf.Tensor {
  const scope = tf.variable_scope('v', { use_resource });
  return tf.with(scope, () => {
    const x = tf.constant([
      [1, 2],
      [3, -1],
    ]);
    const w = tf.get_variable('w', { initializer: tf.constant([[0.5], [-0.25]]) });
    const b = tf.get_variable('b', { initializer: tf.constant([0.1]) });
    const y = tf.tanh(tf.matmul(x, w).add(b));
    return tf.reduce_sum(tf.square(tf.subtract(y, [[1], [0]])), { name: 'loss' });
  });
}

/** Builds each program in the default graph and says what to run. */
export const WRITTEN: Readonly<Record<string, () => Steps>> = {
  while_loop() {
    const x = tf.constant(1.5);
    const body = (i: tf.Tensor, y: tf.Tensor) => [i.add(1), y.multiply(x)];
    const start = [tf.constant(0, tf.int32), tf.constant(1)];
    const [, y] = tf.while_loop((i: tf.Tensor) => i.less(5), body, start) as tf.Tensor[];
    return [[name(y), name(tf.gradients(y!, x)[0])]];
  },
  nested_while_loop() {
    const x = tf.constant(0.5);
    const zero = () => tf.constant(0, tf.int32);
    const inner = (y: tf.Tensor) =>
      (
        tf.while_loop(
          (j: tf.Tensor) => j.less(3),
          (j: tf.Tensor, z: tf.Tensor) => [j.add(1), tf.sin(z.multiply(x))],
          [zero(), y],
        ) as tf.Tensor[]
      )[1]!;
    const [, y] = tf.while_loop(
      (i: tf.Tensor) => i.less(2),
      (i: tf.Tensor, z: tf.Tensor) => [i.add(1), inner(z).add(x)],
      [zero(), tf.constant(1)],
    ) as tf.Tensor[];
    return [[name(y), name(tf.gradients(y!, x)[0])]];
  },
  cond() {
    const x = tf.constant(3);
    const y = tf.cond(
      x.greater(2),
      () => tf.square(x),
      () => tf.negative(x),
    ) as tf.Tensor;
    return [[name(y), name(tf.gradients(y, x)[0])]];
  },
  scan() {
    const x = tf.constant([1, 2, 3, 4]);
    const y = tf.scan((a: tf.Tensor, b: tf.Tensor) => a.multiply(b), x) as tf.Tensor;
    const z = tf.map_fn((a: tf.Tensor) => tf.exp(a), y) as tf.Tensor;
    return [[name(z), name(tf.gradients(tf.log(z), x)[0])]];
  },
  functions() {
    const f = Defun(tf.float32, tf.float32, { func_name: 'Affine' })((x, y) =>
      x.multiply(y).add(tf.sin(x)),
    );
    const g = Defun(tf.float32, { func_name: 'Twice' })((x) => f(f(x, tf.constant(2)), x));
    const x = tf.constant([1, 2]);
    const y = g(x, { name: 'y' });
    return [[name(y), name(f(x, x))]];
  },
  gradient_descent: () => trained(problem(false), new tf.train.GradientDescentOptimizer(0.1)),
  adam: () => trained(problem(false), new tf.train.AdamOptimizer(0.1)),
  adam_resource: () => trained(problem(true), new tf.train.AdamOptimizer(0.1)),
  momentum: () => trained(problem(false), new tf.train.MomentumOptimizer(0.1, 0.9)),
  rmsprop: () => trained(problem(true), new tf.train.RMSPropOptimizer(0.01)),
  ftrl: () => trained(problem(false), new tf.train.FtrlOptimizer(0.1)),
  lstm() {
    const x = tf.constant(
      Array.from({ length: 2 }, (_, i) =>
        Array.from({ length: 4 }, (_, j) => [i + j / 4, Math.sin(i * j)]),
      ),
    );
    const initializer = tf.constant_initializer(0.2);
    const [outputs] = tf.with(tf.variable_scope('net', { initializer }), () =>
      tf.nn.dynamic_rnn(new tf.nn.rnn_cell.BasicLSTMCell(3), x, { dtype: tf.float32 }),
    );
    const slopes = tf.gradients(tf.reduce_sum(outputs), [x, ...tf.trainable_variables()]);
    tf.global_variables_initializer();
    return [INIT, [name(outputs), ...slopes.map(name)]];
  },
  convnet() {
    const initializer = tf.constant_initializer(0.1);
    const image = tf.reshape(tf.sin(tf.range(0, 64, 1, tf.float32)), [1, 8, 8, 1]);
    const loss = tf.with(tf.variable_scope('net', { initializer }), () => {
      const h = tf.layers.conv2d(image, 3, 3, { activation: tf.nn.elu });
      const pooled = tf.layers.max_pooling2d(tf.layers.batch_normalization(h), 2, 2);
      return tf.reduce_sum(tf.layers.dense(tf.layers.flatten(pooled), 2));
    });
    return trained(loss, new tf.train.GradientDescentOptimizer(0.01));
  },
};

/** One program's graph, what to run, and what it gives here: an array for each tensor. */
export interface Written {
  readonly graph: tf.Graph;
  readonly steps: Steps;
  readonly values: readonly (readonly tf.NdArray[])[];
}

/** Builds program `key` in a graph of its own and runs it. */
export function written(key: string): Written {
  const graph = new tf.Graph();
  const steps = tf.with(graph.as_default(), () => WRITTEN[key]!());
  return { graph, steps, values: runSteps(graph, steps) };
}

/** Runs `steps`; operations give no array. */
export function runSteps(graph: tf.Graph, steps: Steps): tf.NdArray[][] {
  return tf.with(new tf.Session('', graph), (sess) =>
    steps.map((fetches) =>
      (sess.run([...fetches]) as unknown[])
        .filter((value) => value !== null)
        .map(
          (value) =>
            (value instanceof tf.NdArray ? value : tf.float32(value as number)) as tf.NdArray,
        ),
    ),
  );
}
