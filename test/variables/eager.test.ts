/** Variables in eager mode: they have their value at once, and tapes watch them. */

import { expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { eager_mode } from '../../src/eager/context.ts';

const tfe = tf.contrib.eager;
const eagerly = (name: string, body: () => void) => test(name, () => tf.with(eager_mode(), body));

eagerly('it has its value at once', () => {
  const v = new tfe.Variable([1, 2], { name: 'v' });
  expect(v.numpy()).toEqual(tf.float32([1, 2]));
  expect([v.name, v.dtype, String(v.shape), v.trainable]).toEqual([
    'v:0',
    tf.float32,
    '(2,)',
    true,
  ]);
  expect(String(v)).toBe(
    "<tf.Variable 'v:0' shape=(2,) dtype=float32, numpy=array([1., 2.], dtype=float32)>",
  );
  expect(v.add(1).numpy()).toEqual(tf.float32([2, 3]));
});

eagerly('assignments change it and give it back', () => {
  const v = new tfe.Variable([1, 2]);
  const before = v.value();
  expect((v.assign_add([1, 1]) as tf.Variable).numpy()).toEqual(tf.float32([2, 3]));
  v.assign_sub([0, 1]);
  expect(v.numpy()).toEqual(tf.float32([2, 2]));
  v.assign([7, 8]);
  expect(v.numpy()).toEqual(tf.float32([7, 8]));
  expect(before.numpy()).toEqual(tf.float32([1, 2]));
  expect(() => v.assign([1, 2, 3])).toThrow('Shapes (2,) and (3,) are incompatible');
});

eagerly('slices can be assigned to', () => {
  const v = new tfe.Variable([1, 2, 3]);
  v.at('1:').assign([8, 9]);
  expect(v.numpy()).toEqual(tf.float32([1, 8, 9]));
});

eagerly('functions and initializers make first values', () => {
  expect(new tfe.Variable(() => tf.ones([2])).numpy()).toEqual(tf.float32([1, 1]));
  const w = tf.get_variable('w', [2], { initializer: new tf.initializers.zeros() });
  expect(w.numpy()).toEqual(tf.float32([0, 0]));
});

eagerly('tapes watch trainable ones by themselves', () => {
  const v = new tfe.Variable([1, 2]);
  const w = new tfe.Variable([1, 2], { trainable: false });
  const [dv, dw] = tf.with(new tf.GradientTape(), (tape) => {
    const y = tf.add(v.multiply(v), w.multiply(w));
    return tape.gradient(y, [v, w]);
  });
  expect(dv!.numpy()).toEqual(tf.float32([2, 4]));
  expect(dw).toBeNull();
});

eagerly('rows that are read get their gradient as slices', () => {
  const v = new tfe.Variable([
    [1, 2],
    [3, 4],
  ]);
  const gradient = tf.with(new tf.GradientTape(), (tape) =>
    tape.gradient(tf.square(v.sparse_read(tf.int32([1, 1]))), v),
  );
  const whole = [
    [0, 0],
    [12, 16],
  ];
  expect(tf.convert_to_tensor(gradient!).numpy()).toEqual(tf.float32(whole));
});

eagerly('tf.Variable itself is for graphs', () => {
  expect(() => new tf.Variable(1)).toThrow(
    'tf.Variable not supported when eager execution is enabled. Please use tf.contrib.eager.Variable instead',
  );
});

eagerly('without a store names are not shared; with one they are', () => {
  const get = () => tf.get_variable('x', [1], { initializer: new tf.initializers.ones() });
  expect(get()).not.toBe(get());
  const store = new tfe.EagerVariableStore();
  tf.with(store.as_default(), () => expect(get()).toBe(get()));
  expect(store.variables().map((v) => v.name)).toEqual(['x:0']);
  expect(store.trainable_variables()).toHaveLength(1);
});

eagerly('a template keeps its variables', () => {
  const one = new tf.initializers.ones();
  const scale = tf.make_template('t', (x: number) =>
    tf.multiply(x, tf.get_variable('w', [], { initializer: one })),
  );
  expect(scale(3).numpy()).toBe(3);
  (scale.variables[0] as tf.Variable).assign(2);
  expect(scale(3).numpy()).toBe(6);
});

eagerly('nothing is left to initialize', () => {
  new tfe.Variable(1);
  expect(() => tf.global_variables_initializer()).not.toThrow();
  expect(tf.global_variables()).toEqual([]);
});
