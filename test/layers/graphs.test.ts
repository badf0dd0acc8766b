/** Layers build TensorFlow's graphs. Recorded by test/golden/record_layers.py. */

import { readFileSync } from 'node:fs';
import { beforeEach, expect, test } from '@jest/globals';
import * as tf from 'tf1';

type Row = readonly [name: string, op: string, inputs: readonly string[]];
interface Golden {
  readonly nodes: readonly Row[];
  readonly variables: readonly string[];
  readonly trainable: readonly string[];
  readonly losses: readonly string[];
}
const golden = JSON.parse(
  readFileSync(new URL('../golden/layers.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, Golden>>;

const { layers } = tf;
const vectors = (dtype = tf.float32) => tf.placeholder(dtype, [null, 4], { name: 'x' });

class Scale extends layers.Layer {
  factor!: tf.Variable;
  shift!: tf.Variable;
  override build(input_shape: tf.TensorShape): void {
    this.factor = this.add_weight({
      name: 'factor',
      shape: [input_shape.as_list().at(-1)!],
      initializer: tf.ones_initializer(),
    });
    this.shift = this.add_weight('shift', [], {
      initializer: tf.zeros_initializer(),
      trainable: false,
    });
    this.built = true;
  }
  override call(inputs: tf.Tensor): tf.Tensor {
    return inputs.multiply(this.factor).add(this.shift);
  }
}

const PROGRAMS: Readonly<Record<string, () => void>> = {
  dense: () => {
    const a = layers.dense(vectors(), 3, { activation: tf.nn.relu });
    const b = layers.dense(a, 2, { name: 'named', use_bias: false });
    layers.dense(b, 2);
  },
  dense_shared: () => {
    const x = vectors();
    layers.dense(x, 4, { name: 'shared' });
    layers.dense(x, 4, { name: 'shared', reuse: true });
    const layer = new layers.Dense(4, { name: 'object' });
    layer(layer(x));
  },
  dense_regularized: () => {
    const x = vectors();
    const penalty = (value: tf.Tensor) => tf.nn.l2_loss(value);
    tf.with(tf.variable_scope('net'), () => {
      layers.dense(x, 3, {
        kernel_regularizer: penalty,
        bias_regularizer: penalty,
      });
      layers.dense(x, 3, { trainable: false });
    });
  },
  dense_initialized: () => {
    const x = vectors(tf.float64);
    tf.with(tf.variable_scope('net', { initializer: tf.constant_initializer(0.5) }), () => {
      layers.dense(x, 3, { bias_initializer: tf.ones_initializer(), activation: tf.tanh });
    });
  },
  convolutions: () => {
    const x = tf.placeholder(tf.float32, [null, 8, 8, 2], { name: 'x' });
    const a = layers.conv2d(x, 3, 3, { padding: 'same', activation: tf.nn.relu });
    const b = layers.conv2d(a, 4, [2, 3], [2, 1], { name: 'second', use_bias: false });
    const c = layers.max_pooling2d(b, 2, 2);
    layers.average_pooling2d(c, [2, 1], 1, { padding: 'same', name: 'mean' });
    layers.max_pooling2d(c, 2, 1);
  },
  a_layer_of_ones_own: () => {
    const layer = new Scale();
    layer(layer(vectors()));
  },
};

beforeEach(() => tf.reset_default_graph());

test.each(Object.keys(PROGRAMS))('%s', (program) => {
  PROGRAMS[program]!();
  const { node } = tf.get_default_graph().as_graph_def();
  const namesIn = (key: string) => tf.get_collection(key).map((v) => (v as { name: string }).name);
  const built = {
    nodes: node.map(({ name, op, input }) => [name, op, input]),
    variables: namesIn(tf.GraphKeys.GLOBAL_VARIABLES),
    trainable: namesIn(tf.GraphKeys.TRAINABLE_VARIABLES),
    losses: namesIn(tf.GraphKeys.REGULARIZATION_LOSSES),
  };
  expect(built).toEqual(golden[program]);
});
