/** The programs of test/golden/record_arrays.py. */

import * as tf from 'tf1';

type Fetches = readonly (tf.Tensor | tf.IndexedSlices | null)[];
type Program = () => Fetches;

const X = [
  [1, 2],
  [3, 4],
  [5, 6],
];

/** Programs whose values, shapes and forward nodes were recorded. */
export const PROGRAMS: Readonly<Record<string, Program>> = {
  write_read() {
    const ta = new tf.TensorArray(tf.float32, { size: 3 });
    const w = ta.write(0, [1, 2]).write(1, [3, 4]).write(2, [5, 6]);
    return [w.read(1), w.read(0), w.size()];
  },
  unstack_stack() {
    const x = tf.constant(X, { name: 'x' });
    const y = new tf.TensorArray(tf.float32, { size: 3, name: 'ta' }).unstack(x).stack();
    return [y.multiply(y), tf.gradients(y.multiply(y), x)[0]!];
  },
  write_gradients() {
    const a = tf.constant([1, 2], { name: 'a' });
    const b = tf.constant([3, 4], { name: 'b' });
    const ta = new tf.TensorArray(tf.float32, { size: 2, clear_after_read: false })
      .write(0, a)
      .write(1, b);
    const y = ta.read(0).multiply(ta.read(1)).add(ta.read(0));
    return [y, ...tf.gradients(y, [a, b])];
  },
  gather_scatter() {
    const x = tf.constant(X, { name: 'x' });
    const ta = new tf.TensorArray(tf.float32, { size: 4, dynamic_size: true }).scatter(
      [3, 0, 1],
      x,
    );
    const y = ta.gather([0, 3], 'g');
    return [y, tf.gradients(y.multiply(y), x)[0]!];
  },
  concat_split() {
    const x = tf.constant([1, 2, 3, 4, 5], { name: 'x' });
    const ta = new tf.TensorArray(tf.float32, { size: 2, infer_shape: false }).split(x, [2, 3]);
    const y = ta.concat();
    return [y, tf.gradients(y.multiply(y).multiply(y), x)[0]!];
  },
  split_equal() {
    const x = tf.constant([...X, [7, 8]], { name: 'x' });
    const ta = new tf.TensorArray(tf.float32, { size: 2, clear_after_read: false }).split(
      x,
      [2, 2],
    );
    return [ta.read(1), ta.concat({ name: 'all' })];
  },
  concat_gradients() {
    const a = tf.constant([[1, 2]], { name: 'a' });
    const b = tf.constant(
      [
        [3, 4],
        [5, 6],
      ],
      { name: 'b' },
    );
    const ta = new tf.TensorArray(tf.float32, { size: 2, infer_shape: false })
      .write(0, a)
      .write(1, b);
    const y = ta.concat();
    return [y, ...tf.gradients(y.multiply(y), [a, b])];
  },
  dynamic() {
    const ta = new tf.TensorArray(tf.int32, { size: 0, dynamic_size: true })
      .write(0, 7)
      .write(2, 9)
      .write(1, 8);
    return [ta.stack(), ta.size()];
  },
  same_element_twice() {
    const x = tf.constant(2, { name: 'x' });
    const ta = new tf.TensorArray(tf.float32, { size: 1, clear_after_read: false }).write(0, x);
    const y = ta
      .read(0)
      .multiply(3)
      .add(ta.read(0).multiply(ta.read(0)));
    return [y, tf.gradients(y, x)[0]!];
  },
  two_gradients() {
    const x = tf.constant(X, { name: 'x' });
    const y = new tf.TensorArray(tf.float32, { size: 3 }).unstack(x).stack();
    return [tf.gradients(y.multiply(y), x)[0]!, tf.gradients(y.multiply(3), x)[0]!];
  },
  partly_read() {
    const x = tf.constant(X, { name: 'x' });
    const y = new tf.TensorArray(tf.float32, { size: 3 }).unstack(x).read(1);
    return [y, tf.gradients(y.multiply(y), x)[0]!];
  },
  strings() {
    const ta = new tf.TensorArray(tf.string, { size: 2 }).unstack(['a', 'bc']);
    return [ta.read(0), ta.read(1)];
  },
  element_shape() {
    const ta = new tf.TensorArray(tf.float64, {
      size: 2,
      element_shape: [2],
      tensor_array_name: 'named',
    });
    return [ta.write(1, tf.constant([1, 2], tf.float64)).stack()];
  },
  identities() {
    const x = tf.constant([1, 2], { name: 'x' });
    const y = new tf.TensorArray(tf.float32, { size: 2 }).unstack(x).identity().stack('s');
    return [y, tf.gradients(y.multiply(y), x)[0]!];
  },
  empty() {
    const ta = new tf.TensorArray(tf.float32, { size: 0, element_shape: [3] });
    return [ta.stack(), ta.size()];
  },
  second_order() {
    const x = tf.constant([1, 2, 3], { name: 'x' });
    const y = new tf.TensorArray(tf.float32, { size: 3 }).unstack(x).stack();
    return [tf.gradients(y.multiply(y).multiply(y), x)[0]!];
  },
  unwritten() {
    const ta = new tf.TensorArray(tf.float32, { size: 2, tensor_array_name: 't' }).write(0, 1);
    return [ta.read(1), ta.read(0)];
  },
  loop_write() {
    const x = tf.constant([1, 2, 3, 4], { name: 'x' });
    const ta = new tf.TensorArray(tf.float32, { size: 4 });
    const [, written] = tf.while_loop(
      (i) => i.less(4),
      (i, t) => [i.add(1), t.write(i, x.at(i).multiply(x.at(i)))],
      [tf.int32(0), ta] as const,
    );
    const y = written.stack();
    return [y, tf.gradients(y.multiply(y), x)[0]!];
  },
  loop_read_write() {
    const x = tf.constant(X, { name: 'x' });
    const source = new tf.TensorArray(tf.float32, { size: 3 }).unstack(x);
    const target = new tf.TensorArray(tf.float32, { size: 3 });
    const [, last, written] = tf.while_loop(
      (i) => i.less(3),
      (i, state, t) => {
        const next = tf.tanh(state.add(source.read(i)));
        return [i.add(1), next, t.write(i, next)];
      },
      [tf.int32(0), tf.zeros([2]), target] as const,
    );
    const y = written.stack();
    return [y, last, tf.gradients(y, x)[0]!, tf.gradients(last, x)[0]!];
  },
  loop_dynamic() {
    const n = tf.placeholder_with_default(tf.int32(5), [], 'n');
    const w = tf.constant(2, { name: 'w' });
    const ta = new tf.TensorArray(tf.float32, { size: 0, dynamic_size: true });
    const [, v, written] = tf.while_loop(
      (i) => i.less(n),
      (i, value, t) => [i.add(1), value.multiply(w), t.write(i, value)],
      [tf.int32(0), w, ta] as const,
    );
    const y = written.stack();
    return [y, v, written.size(), tf.gradients(y, w)[0]!];
  },
  cond_write() {
    const x = tf.constant([1, 2], { name: 'x' });
    const pred = tf.placeholder_with_default(true, [], 'pred');
    const ta = new tf.TensorArray(tf.float32, { size: 1 });
    const flow = tf.cond(
      pred,
      () => ta.write(0, x.multiply(2)).flow,
      () => ta.write(0, x.multiply(3)).flow,
    );
    return [new tf.TensorArray(tf.float32, { handle: ta.handle, flow }).read(0)];
  },
  map_simple() {
    const x = tf.constant(X, { name: 'x' });
    const y = tf.map_fn((v) => v.multiply(v), x);
    return [y, tf.gradients(y, x)[0]!];
  },
  map_types() {
    const x = tf.constant([1, 2, 3], tf.int32, { name: 'x' });
    return tf.map_fn((v) => [tf.cast(v, tf.float32).truediv(2), v.add(1)] as const, x, {
      dtype: [tf.float32, tf.int32],
      name: 'm',
    });
  },
  map_nested() {
    const a = tf.constant([1, 2, 3], { name: 'a' });
    const b = tf.constant(X, { name: 'b' });
    const y = tf.map_fn((v) => v[0].multiply(tf.reduce_sum(v[1].b)), [a, { b }] as const, {
      dtype: tf.float32,
    });
    return [y, ...tf.gradients(y, [a, b])];
  },
  map_captured() {
    const x = tf.constant(X, { name: 'x' });
    const w = tf.constant(
      [
        [1, 2],
        [3, 4],
      ],
      { name: 'w' },
    );
    const y = tf.map_fn((v) => tf.reshape(tf.matmul(tf.reshape(v, [1, 2]), w), [2]), x);
    return [y, ...tf.gradients(y, [x, w])];
  },
  map_dynamic() {
    const x = tf.placeholder_with_default([1, 2, 3], [null], 'x');
    return [tf.map_fn((v) => v.multiply(2), x, { infer_shape: false })];
  },
  map_in_map() {
    const x = tf.constant(X, { name: 'x' });
    const y = tf.map_fn((row) => tf.map_fn((v) => v.multiply(v).multiply(v), row), x);
    return [y, tf.gradients(y, x)[0]!];
  },
  scan_sum() {
    const x = tf.constant([1, 2, 3, 4], { name: 'x' });
    const y = tf.scan((a, v) => a.add(v), x);
    return [y, tf.gradients(y, x)[0]!];
  },
  scan_start() {
    const x = tf.constant([1, 2, 3, 4], { name: 'x' });
    const w = tf.constant(0.5, { name: 'w' });
    const y = tf.scan((a, v) => a.multiply(w).add(v), x, { initializer: w });
    return [y, ...tf.gradients(y, [x, w])];
  },
  scan_pair() {
    const x = tf.constant([1, 2, 3], { name: 'x' });
    return tf.scan((a, v) => [a[1], a[0].add(v)], x, {
      initializer: [tf.constant(0), tf.constant(1)] as const,
    });
  },
  scan_reverse() {
    const x = tf.constant([1, 2, 3, 4], { name: 'x' });
    const y = tf.scan((a, v) => a.multiply(v), x, { reverse: true });
    const z = tf.scan((a, v) => a.multiply(v), x, { initializer: tf.constant(2), reverse: true });
    return [y, z, tf.gradients(z, x)[0]!];
  },
  fold_left() {
    const x = tf.constant(X, { name: 'x' });
    const y = tf.foldl((a, v) => a.multiply(0.5).add(v), x);
    return [y, tf.gradients(y, x)[0]!];
  },
  fold_right() {
    const x = tf.constant([1, 2, 3, 4], { name: 'x' });
    const y = tf.foldr((a, v) => v.subtract(a), x, { initializer: tf.constant(10) });
    const z = tf.foldr((a, v) => v.subtract(a), x);
    return [y, z, tf.gradients(y.multiply(z), x)[0]!];
  },
};

const named = (keywords: object = {}) =>
  new tf.TensorArray(tf.float32, { size: 1, tensor_array_name: 't', ...keywords });

/** Programs that fail, while they are built or while they run. */
export const ERRORS: Readonly<Record<string, () => tf.Tensor>> = {
  read_twice() {
    const ta = named().write(0, 1);
    return tf.with(tf.control_dependencies([ta.read(0)]), () => ta.read(0));
  },
  write_twice: () => named().write(0, 1).write(0, 2).flow,
  write_outside: () => named().write(1, 1).flow,
  read_outside: () => named().write(0, 1).read(4),
  read_unwritten_unknown: () => named({ size: 2, infer_shape: false }).write(0, 1).read(1),
  wrong_shape: () => named({ size: 2 }).write(0, [1]).write(1, [1, 2]).flow,
  wrong_shape_at_run() {
    const p = tf.placeholder_with_default([1, 2], null);
    return named({ size: 2, element_shape: [1] }).write(0, p).flow;
  },
  inconsistent() {
    const p = tf.placeholder_with_default([1, 2], [null]);
    return named({ size: 2, infer_shape: false }).write(0, [1]).write(1, p).stack();
  },
  scatter_outside: () => named({ size: 2 }).scatter([0, 2], [1, 2]).flow,
  split_sum: () => named({ size: 2, infer_shape: false }).split([1, 2], [1, 2]).flow,
  split_size: () => named({ size: 2, infer_shape: false }).split([1, 2], [2]).flow,
  zero_size: () => named({ size: 0 }).stack(),
  closed() {
    const ta = named();
    return tf.with(tf.control_dependencies([ta.close()]), () => ta.write(0, 1).flow);
  },
};
