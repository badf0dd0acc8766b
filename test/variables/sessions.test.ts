/** Variables in sessions: whose values they are, when they change, and what fails. */

import { beforeEach, describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { ValueError } from '../../src/core/errors.ts';
import { asArray } from '../../src/numpy/index.ts';
import { ResourceVariable, Variable, variableFromProto } from '../../src/variables/index.ts';

beforeEach(() => tf.reset_default_graph());

describe.each([false, true])('with use_resource %s', (use_resource) => {
  const make = (value: tf.TensorLike, name = 'v') => new tf.Variable(value, { name, use_resource });

  test('two sessions have their own values', () => {
    const v = make([1, 2]);
    const add = v.assign_add([1, 1]);
    const [a, b] = [new tf.Session(), new tf.Session()];
    a.run(v.initializer);
    b.run(v.initializer);
    a.run(add);
    expect(a.run(v)).toEqual(tf.float32([2, 3]));
    expect(b.run(v)).toEqual(tf.float32([1, 2]));
    a.close();
    expect(b.run(v)).toEqual(tf.float32([1, 2]));
  });

  test('what was fetched is never overwritten', () => {
    const v = make([1, 2]);
    const add = v.assign_add([1, 1]);
    tf.with(new tf.Session(), (sess) => {
      sess.run(v.initializer);
      const before = sess.run(v);
      const after = sess.run(add);
      sess.run(add);
      expect(before).toEqual(tf.float32([1, 2]));
      expect(after).toEqual(tf.float32([2, 3]));
      expect(sess.run(v)).toEqual(tf.float32([3, 4]));
    });
  });

  test('a fed array belongs to the caller', () => {
    const v = make([1, 2]);
    const x = tf.placeholder(tf.float32, [2]);
    const set = v.assign(x);
    const add = v.assign_add([1, 1]);
    const given = tf.float32([5, 6]);
    tf.with(new tf.Session(), (sess) => {
      sess.run(set, { feed_dict: [[x, given]] });
      sess.run(add);
      expect(given).toEqual(tf.float32([5, 6]));
      given.data[0] = 100;
      expect(sess.run(v)).toEqual(tf.float32([6, 7]));
    });
  });

  test('control dependencies order reads and writes', () => {
    const v = make(1);
    const before = v.read_value();
    const changed = tf.with(tf.control_dependencies([before]), () => v.assign_add(10));
    const after = tf.with(tf.control_dependencies([changed as tf.Tensor]), () => v.read_value());
    tf.with(new tf.Session(), (sess) => {
      sess.run(v.initializer);
      expect(sess.run([before, after])).toEqual([1, 11]);
    });
  });

  test('load, eval and feeding', () => {
    const v = make([1, 2]);
    const twice = tf.multiply(v, 2);
    const sess = new tf.Session();
    v.load([7, 8], sess);
    expect(v.eval(sess)).toEqual(tf.float32([7, 8]));
    expect(v.eval({ session: sess })).toEqual(tf.float32([7, 8]));
    expect(() => v.load([7, 8])).toThrow(
      'Either session argument should be provided or default session should be established',
    );
    if (!use_resource) {
      expect(sess.run(twice, { feed_dict: [[v.value(), [0, 1]]] })).toEqual(tf.float32([0, 2]));
    }
    sess.close();
  });

  test('counting stops at the limit', () => {
    const v = new tf.Variable(0, { dtype: tf.int32, use_resource, name: 'count' });
    const count = v.count_up_to(2);
    tf.with(new tf.Session(), (sess) => {
      sess.run(v.initializer);
      expect([sess.run(count), sess.run(count)]).toEqual([0, 1]);
      expect(() => sess.run(count)).toThrow(tf.errors.OutOfRangeError);
      expect(() => sess.run(count)).toThrow('Reached limit of 2');
      expect(sess.run(v)).toBe(2);
    });
  });

  test('an update out of range changes nothing', () => {
    const v = make([1, 2, 3]);
    const at = tf.placeholder(tf.int32, [2]);
    const update = tf.scatter_update(v, at, [9, 9]);
    tf.with(new tf.Session(), (sess) => {
      sess.run(v.initializer);
      const run = () => sess.run(update, { feed_dict: [[at, [0, 5]]] });
      expect(run).toThrow(tf.errors.InvalidArgumentError);
      expect(run).toThrow('indices[1] = 5 is not in [0, 3)');
      expect(sess.run(v)).toEqual(tf.float32([1, 2, 3]));
    });
  });

  test('updates of itself read the old value', () => {
    const v = make([1, 2, 3]);
    const update = tf.scatter_add(v, [2, 1, 0], v);
    tf.with(new tf.Session(), (sess) => {
      sess.run(v.initializer);
      expect(sess.run(update)).toEqual(tf.float32([4, 4, 4]));
    });
  });

  test('slices can be assigned to', () => {
    const v = make([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const row = v.at(0).assign([7, 8, 9]);
    const corners = v.at(':', '::2').assign(tf.zeros([2, 2]));
    const long = v.at(1).assign([1, 2]);
    tf.with(new tf.Session(), (sess) => {
      sess.run(v.initializer);
      const first = [
        [7, 8, 9],
        [4, 5, 6],
      ];
      const second = [
        [0, 8, 0],
        [0, 5, 0],
      ];
      expect(sess.run(row)).toEqual(tf.float32(first));
      expect(sess.run(corners)).toEqual(tf.float32(second));
      expect(() => sess.run(long)).toThrow(
        'sliced l-value shape [3] does not match r-value shape [2]. Automatic broadcasting not yet implemented.',
      );
    });
  });

  test('gradients arrive', () => {
    const v = make([1, 2, 3]);
    const loss = tf.reduce_sum(tf.square(v));
    const rows = tf.reduce_sum(tf.gather(v, tf.int32([1, 1])));
    const [dense] = tf.gradients(loss, v);
    const [sparse] = tf.gradients(rows, v);
    tf.with(new tf.Session(), (sess) => {
      sess.run(v.initializer);
      expect(sess.run(dense!)).toEqual(tf.float32([2, 4, 6]));
      expect(sess.run(tf.convert_to_tensor(sparse!))).toEqual(tf.float32([0, 2, 0]));
    });
  });

  test('the parts named by a proto make the variable again', () => {
    const v = make([1, 2]);
    const def = v.to_proto()!;
    const again = variableFromProto(def);
    expect(again).toBeInstanceOf(use_resource ? ResourceVariable : Variable);
    expect(again.to_proto()).toEqual(def);
    expect([again.name, again.dtype, String(again.shape)]).toEqual([v.name, v.dtype, '(2,)']);
    expect(again.op).toBe(v.op);
    expect(v.to_proto('other')).toBeNull();
    tf.with(new tf.Session(), (sess) => {
      sess.run(again.initializer);
      expect(sess.run([again, v])).toEqual([tf.float32([1, 2]), tf.float32([1, 2])]);
    });
  });

  test('a shape that does not fit is refused', () => {
    const v = make([1, 2]);
    expect(() => v.assign([1, 2, 3])).toThrow(ValueError);
  });
});

test('first values may need other variables, in any order', () => {
  const a = new tf.Variable([2, 3], { name: 'a' });
  const b = new tf.Variable(tf.multiply(a, 10), { name: 'b' });
  const c = new tf.Variable(b.initialized_value(), { name: 'c' });
  tf.with(new tf.Session(), (sess) => {
    sess.run([c.initializer, b.initializer, a.initializer]);
    expect(sess.run([a, b, c])).toEqual([
      tf.float32([2, 3]),
      tf.float32([20, 30]),
      tf.float32([20, 30]),
    ]);
  });
});

test('validate_shape false lets the shape change', () => {
  const v = new tf.Variable([1, 2], { validate_shape: false });
  const longer = tf.assign(v, [1, 2, 3], { validate_shape: false });
  tf.with(new tf.Session(), (sess) => {
    sess.run(v.initializer);
    expect(sess.run(longer)).toEqual(tf.float32([1, 2, 3]));
    expect(sess.run(v)).toEqual(tf.float32([1, 2, 3]));
  });
});

test('only variables without a value are reported', () => {
  const a = new tf.Variable(1, { name: 'a' });
  new tf.Variable(1, { name: 'b' });
  const report = tf.report_uninitialized_variables();
  tf.with(new tf.Session(), (sess) => {
    sess.run(a.initializer);
    expect(sess.run(tf.is_variable_initialized(a))).toBe(true);
    expect(Array.from(asArray(sess.run(report)).data, String)).toEqual(['b']);
  });
});

test('a partitioned variable stands for its concatenation, and its pieces are trained', () => {
  const p = tf.get_variable('p', [5, 2], {
    partitioner: tf.fixed_size_partitioner(2),
    initializer: new tf.initializers.ones(),
  });
  const total = tf.reduce_sum(p);
  const pieces = tf.trainable_variables();
  const gradients = tf.gradients(total, pieces);
  tf.with(new tf.Session(), (sess) => {
    sess.run(tf.global_variables_initializer());
    expect(sess.run(total)).toBe(10);
    const shapes = sess.run(gradients as tf.Tensor[]).map((g) => asArray(g).shape);
    expect(shapes).toEqual([
      [3, 2],
      [2, 2],
    ]);
  });
});
