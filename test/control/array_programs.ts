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
