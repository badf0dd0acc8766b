/** What the types accept, refuse and infer: tsc checks this file, jest runs what can be run. */

import { describe, expect, test } from '@jest/globals';
import { expectTypeOf } from 'expect-type';
import * as tf from 'tf1';
import type { Fetched } from '../src/core/fetched.ts';

/** Code that only tsc looks at. */
const typesOnly = (_body: () => void): void => undefined;

describe('keyword calls', () => {
  test('may name any parameters after the positional ones', () => {
    tf.with(new tf.Graph().as_default(), () => {
      const x = tf.placeholder(tf.float32, [null, 2]);
      tf.placeholder(tf.float32, { shape: [2], name: 'p' });
      tf.placeholder({ dtype: tf.int32 });
      expectTypeOf(tf.reduce_sum(x)).toEqualTypeOf<tf.Tensor>();
      expectTypeOf(tf.reduce_sum(x, 1)).toEqualTypeOf<tf.Tensor>();
      expectTypeOf(tf.reduce_sum(x, { axis: 1, keepdims: true })).toEqualTypeOf<tf.Tensor>();
      expectTypeOf(tf.reduce_sum({ input_tensor: x })).toEqualTypeOf<tf.Tensor>();
      expectTypeOf(tf.reduce_sum(x, { keep_dims: true })).toEqualTypeOf<tf.Tensor>();
      expectTypeOf(tf.matmul(x, x, { transpose_b: true })).toEqualTypeOf<tf.Tensor>();
      expectTypeOf(tf.one_hot(tf.int32([1]), 3, { on_value: 2 })).toEqualTypeOf<tf.Tensor>();
      expectTypeOf(
        tf.constant([[1]], { shape: [2, 1], dtype: tf.int64 }),
      ).toEqualTypeOf<tf.Tensor>();
      expectTypeOf(tf.split(x, 2, { axis: 1 })).toExtend<readonly tf.Tensor[]>();
      expectTypeOf(tf.executing_eagerly()).toEqualTypeOf<boolean>();
      expectTypeOf(tf.name_scope('a').enter).returns.toEqualTypeOf<string>();
    });
  });

  test('are refused by unknown names, wrong types and missing arguments', () => {
    typesOnly(() => {
      const x = tf.constant([1]);
      // @ts-expect-error: no such keyword
      tf.reduce_sum(x, { axes: 1 });
      // @ts-expect-error: a name is text
      tf.reduce_sum(x, { name: 3 });
      // @ts-expect-error: nothing to sum
      tf.reduce_sum();
      // @ts-expect-error: too many arguments
      tf.square(x, 'name', 3);
      // @ts-expect-error: a flag is a boolean
      tf.matmul(x, x, { transpose_a: 'yes' });
      // @ts-expect-error: keywords come last
      tf.reduce_sum({ axis: 1 }, x);
      // @ts-expect-error: a shape is a list of sizes
      tf.placeholder(tf.float32, ['a']);
      // @ts-expect-error: no such name
      tf.reduce_some(x);
      // @ts-expect-error: constants have no gradient
      new tf.GradientTape({ persistant: true });
    });
  });
});

describe('what a session gives', () => {
  test('has the structure of what was fetched', () => {
    tf.with(new tf.Graph().as_default(), () =>
      tf.with(new tf.Session(), (sess) => {
        const x = tf.placeholder(tf.float32, [2]);
        const loss = tf.reduce_sum(x);
        const step = tf.no_op();
        const v = new tf.Variable(1);
        sess.run(tf.global_variables_initializer());
        const feed_dict = [[x, [1, 2]]] as const;
        expectTypeOf(sess.run(loss, { feed_dict })).toEqualTypeOf<Fetched>();
        expectTypeOf(sess.run(loss, feed_dict)).toEqualTypeOf<Fetched>();
        expectTypeOf(sess.run({ fetches: loss, feed_dict })).toEqualTypeOf<Fetched>();
        expectTypeOf(sess.run(step)).toEqualTypeOf<null>();
        expectTypeOf(sess.run(v)).toEqualTypeOf<Fetched>();
        expectTypeOf(sess.run('NoOp')).toEqualTypeOf<Fetched>();
        const tuple = sess.run([loss, step, v], { feed_dict });
        expectTypeOf(tuple).toEqualTypeOf<[Fetched, null, Fetched]>();
        const nested = sess.run({ a: [loss, [step]], b: { c: v } }, { feed_dict });
        expectTypeOf(nested.a[0]).toEqualTypeOf<Fetched>();
        expectTypeOf(nested.a[1][0]).toEqualTypeOf<null>();
        expectTypeOf(nested.b.c).toEqualTypeOf<Fetched>();
        const many: tf.Tensor[] = [loss, x];
        expectTypeOf(sess.run(many, { feed_dict })).toEqualTypeOf<Fetched[]>();
        const map = sess.run(new Map([['k', loss]]), { feed_dict });
        expectTypeOf(map).toEqualTypeOf<Map<string, Fetched>>();
        const call = sess.make_callable([loss, step], [x]);
        expectTypeOf(call([1, 2])).toEqualTypeOf<[Fetched, null]>();
        expectTypeOf(sess.run_async(loss, { feed_dict })).toEqualTypeOf<Promise<Fetched>>();
        const [value] = tuple;
        expectTypeOf(value.toFixed(2)).toEqualTypeOf<string>();
        expectTypeOf(value.shape).toExtend<readonly number[]>();
        expect(value + 1).toBe(4);
      }),
    );
  });

  test('is refused for what cannot be fetched', () => {
    typesOnly(() => {
      const sess = new tf.Session();
      const x = tf.constant(1);
      // @ts-expect-error: an operation gives null, which has no digits
      sess.run(tf.no_op()).toFixed(2);
      // @ts-expect-error: there is no third value
      sess.run([x, x])[2];
      // @ts-expect-error: no such option
      new tf.Session({ cfg: null });
      // @ts-expect-error: fetches are missing
      sess.run();
    });
  });
});

describe('tensors', () => {
  test('have the operators, and take plain values and each other', () => {
    typesOnly(() => {
      const x = tf.constant([1, 2]);
      expectTypeOf(x.add(1)).toEqualTypeOf<tf.Tensor>();
      expectTypeOf(x.multiply([1, 2]).pow(2).negative()).toEqualTypeOf<tf.Tensor>();
      expectTypeOf(x.at(0, '1:', null, '...', { start: x, stop: 3 })).toEqualTypeOf<tf.Tensor>();
      expectTypeOf(new tf.Variable(1).add(x)).toEqualTypeOf<tf.Tensor>();
      expectTypeOf(x.numpy()).toEqualTypeOf<Fetched>();
      expectTypeOf(x.dtype).toEqualTypeOf<tf.DType>();
      expectTypeOf(x.shape).toEqualTypeOf<tf.TensorShape>();
      expectTypeOf([...x]).toEqualTypeOf<tf.Tensor[]>();
      tf.add(x, Float32Array.of(1, 2));
      tf.add(x, tf.float32([1, 2]));
      // @ts-expect-error: JavaScript's operators are not for tensors
      x + 1;
      // @ts-expect-error: an object is no tensor
      x.add({ a: 1 });
      // @ts-expect-error: nothing to add
      x.add();
      // @ts-expect-error: an index is an integer, text, a slice or a tensor
      x.at(true);
      // @ts-expect-error: a tensor is made by ops
      new tf.Tensor();
    });
  });

  test('are told apart from operations', () => {
    typesOnly(() => {
      const step = tf.group(tf.constant(1));
      // @ts-expect-error: an operation is no tensor
      tf.add(step, 1);
      tf.with(tf.control_dependencies([step]), () => tf.identity(1));
    });
  });
});

describe('scopes and gradients', () => {
  test('give their values', () => {
    typesOnly(() => {
      expectTypeOf(tf.with(tf.name_scope('a'), (scope) => scope)).toEqualTypeOf<string>();
      expectTypeOf(tf.with(new tf.Session(), (sess) => sess)).toEqualTypeOf<tf.Session>();
      expectTypeOf(tf.with(new tf.Graph().as_default(), (g) => g)).toEqualTypeOf<tf.Graph>();
      expectTypeOf(tf.with(tf.device('/cpu:0'), () => 3)).toEqualTypeOf<number>();
      const x = tf.constant(1);
      const tape = new tf.GradientTape();
      expectTypeOf(tape.gradient(x, x)).toEqualTypeOf<tf.Tensor | null>();
      expectTypeOf(tape.gradient(x, [x, x])).toEqualTypeOf<[tf.Tensor | null, tf.Tensor | null]>();
      expectTypeOf(tape.gradient(x, { x }).x).toEqualTypeOf<tf.Tensor | null>();
      expectTypeOf(tf.gradients(x, [x])).toEqualTypeOf<(tf.Tensor | tf.IndexedSlices | null)[]>();
      expectTypeOf(tf.hessians(x, x)).toEqualTypeOf<tf.Tensor[]>();
      // @ts-expect-error: a context manager is needed
      tf.with(3, () => 1);
      // @ts-expect-error: graphs are entered by as_default()
      tf.with(new tf.Graph(), () => 1);
      // @ts-expect-error: no such keyword
      tf.gradients(x, x, { grads: x });
    });
  });

  test('of custom_gradient keep the arguments', () => {
    typesOnly(() => {
      const f = tf.custom_gradient((x: tf.Tensor, y: tf.Tensor) => [
        x.add(y),
        (dy: tf.Tensor) => [dy, dy],
      ]);
      expectTypeOf(f(1, [2])).toEqualTypeOf<tf.Tensor>();
      // @ts-expect-error: two arguments
      f(1);
    });
  });
});
