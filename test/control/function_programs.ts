/** The programs of test/golden/record_functions.py. */

import * as tf from 'tf1';
import * as lists from '../../src/ops/tensor_list.ts';

type Fetches = readonly (tf.Tensor | tf.IndexedSlices | null)[];

const { Defun } = tf.python.framework.function;
const { For, If, While } = tf.python.ops.functional_ops;
const { list_ops } = tf.python.ops;
const X = [
  [1, 2],
  [3, 4],
  [5, 6],
];
const vector = (name: string, values: number[] = [1, 2, 3]) => tf.constant(values, { name });
const element_dtype = tf.float32;
const { int32, int64 } = tf;

/** Programs whose values and functions were recorded. */
export const PROGRAMS: Readonly<Record<string, () => Fetches>> = {
  call() {
    const f = Defun(tf.float32, tf.float32, { func_name: 'MulAdd' })((a, b) =>
      a.multiply(b).add(a),
    );
    const x = vector('x');
    const z = vector('z', [4, 5, 6]);
    const y = f(x, z);
    return [y, f(x, x), ...tf.gradients(y.multiply(y), [x, z])];
  },
  captured() {
    const w = tf.constant(10, { name: 'w' });
    const x = vector('x');
    const f = Defun(tf.float32, { func_name: 'Scale' })((a) => [a.multiply(w), tf.reduce_sum(a)]);
    const [y, s] = f(x) as readonly tf.Tensor[];
    return [y!, s!, ...tf.gradients(y!.multiply(s!), [x])];
  },
  nested() {
    const square = Defun(tf.float32, { func_name: 'Square2' })((a) => a.multiply(a));
    const fourth = Defun(tf.float32, { func_name: 'Fourth' })((a) => square(square(a)));
    const x = vector('x');
    const y = fourth(x);
    return [y, tf.gradients(y, x)[0]!];
  },
  own_gradient() {
    const grad_func = Defun(tf.float32, tf.float32, { func_name: 'XGrad' })((x, dy) =>
      dy.multiply(100).multiply(x),
    );
    const f = Defun(tf.float32, { func_name: 'XFunc', grad_func })((x) => x.multiply(x));
    const x = vector('x', [1, 2]);
    const y = f(x);
    return [y, tf.gradients(y, x)[0]!];
  },
  conditional() {
    const twice = Defun(tf.float32, { func_name: 'Twice' })((a) => a.multiply(2));
    const squared = Defun(tf.float32, { func_name: 'Squared' })((a) => a.multiply(a));
    const x = vector('x');
    const yes = tf.placeholder_with_default(true, []);
    const no = tf.placeholder_with_default(false, []);
    return [If(yes, [x], twice, squared)[0]!, If(no, [x], twice, squared)[0]!];
  },
  loop() {
    const below = Defun(int32, tf.float32, { func_name: 'Below' })((i, _v) => i.less(3));
    const body = Defun(int32, tf.float32, { func_name: 'Body' })((i, v) => [
      i.add(1),
      v.multiply(v),
    ]);
    return While([int32(0), vector('x')], below, body);
  },
  counted() {
    const step = Defun(int32, tf.float32, { func_name: 'Step' })((i, v) =>
      v.multiply(tf.cast(i, tf.float32)),
    );
    const x = vector('x');
    return [For(1, 5, 1, [x], step)[0]!, For(5, 0, -2, [x], step)[0]!];
  },
  list_push_pop() {
    const x = vector('x', [1, 2]);
    const z = vector('z', [3, 4]);
    const empty = list_ops.empty_tensor_list([2], tf.float32);
    const two = list_ops.tensor_list_push_back(list_ops.tensor_list_push_back(empty, x), z);
    const stacked = list_ops.tensor_list_stack(two, { element_dtype });
    const [rest, last] = list_ops.tensor_list_pop_back(two, { element_dtype });
    const other = list_ops.tensor_list_push_back(rest, x.multiply(5));
    const again = list_ops.tensor_list_stack(other, tf.float32);
    return [
      stacked,
      last,
      again,
      list_ops.tensor_list_length(rest),
      list_ops.tensor_list_element_shape(two, int32),
      ...tf.gradients([stacked.multiply(stacked), last.multiply(3), again], [x, z]),
    ];
  },
  list_items() {
    const x = tf.constant(X, { name: 'x' });
    const list = list_ops.tensor_list_from_tensor(x, [2]);
    const changed = list_ops.tensor_list_set_item(list, 1, x.at(0).multiply(10));
    const a = list_ops.tensor_list_get_item(list, 1, { element_dtype });
    const b = list_ops.tensor_list_stack(changed, { element_dtype });
    return [a, b, tf.gradients([a.multiply(a), b.multiply(b)], x)[0]!];
  },
  list_reserve() {
    const empty = list_ops.tensor_list_reserve([2], 3, { element_dtype });
    const filled = list_ops.tensor_list_set_item(empty, 2, [7, 8]);
    return [list_ops.tensor_list_stack(filled, { element_dtype, num_elements: 3 })];
  },
  list_rows() {
    const x = tf.constant(X, { name: 'x' });
    const input_handle = lists.TensorListScatterV2({
      tensor: x,
      indices: [2, 0, 1],
      element_shape: int32([2]),
      num_elements: -1,
    });
    const g = lists.TensorListGather(
      { input_handle, indices: [0, 2], element_shape: [2] },
      { element_dtype },
    );
    const parts = lists.TensorListSplit({
      tensor: x,
      element_shape: int32([-1, 2]),
      lengths: [1, 2],
    });
    const [c, n] = lists.TensorListConcatV2(
      { input_handle: parts, element_shape: int32([-1, 2]), leading_dims: int64([]) },
      { element_dtype },
    );
    return [g, c, n, tf.gradients([g.multiply(g)], x)[0]!, tf.gradients([c.multiply(c)], x)[0]!];
  },
};

/** Functions that are called in loops, or have loops in them, and gradients that TF 1.8 has none of. */
export const MORE: Readonly<Record<string, () => readonly [fetch: Fetches[0], value: number[]]>> = {
  'the gradient of If'() {
    const twice = Defun(tf.float32, { func_name: 'Twice' })((a) => a.multiply(2));
    const squared = Defun(tf.float32, { func_name: 'Squared' })((a) => a.multiply(a));
    const x = vector('x');
    const [y] = If(tf.placeholder_with_default(false, []), [x], twice, squared);
    return [tf.gradients(y!, x)[0]!, [2, 4, 6]];
  },
  'the gradient of While'() {
    const below = Defun(int32, tf.float32, { func_name: 'Below' })((i, _v) => i.less(3));
    const body = Defun(int32, tf.float32, { func_name: 'Body' })((i, v) => [
      i.add(1),
      v.multiply(v),
    ]);
    const x = vector('x');
    const [, y] = While([int32(0), x], below, body);
    return [tf.gradients(y!, x)[0]!, [8, 8 * 2 ** 7, 8 * 3 ** 7]];
  },
  'the gradient of For'() {
    const step = Defun(int32, tf.float32, { func_name: 'Step' })((i, v) =>
      v.multiply(tf.cast(i, tf.float32)),
    );
    const x = vector('x');
    return [tf.gradients(For(1, 5, 1, [x], step)[0]!, x)[0]!, [24, 24, 24]];
  },
  'a call in a loop'() {
    const f = Defun(tf.float32, tf.float32, { func_name: 'MulAdd' })((a, b) =>
      a.multiply(b).add(a),
    );
    const x = vector('x');
    const [, y] = tf.while_loop(
      (i) => i.less(3),
      (i, v) => {
        const next = f(v, v) as tf.Tensor;
        next.set_shape([3]);
        return [i.add(1), next];
      },
      [int32(0), x] as const,
    );
    return [tf.gradients(y, x)[0]!, [195, 5525, 54775]];
  },
  'a loop in a function'() {
    const f = Defun(tf.float32)((v) => tf.map_fn((e) => e.multiply(e), v));
    const x = vector('x');
    return [tf.gradients(f(x), x)[0]!, [2, 4, 6]];
  },
  'a second derivative'() {
    const cube = Defun(tf.float32, { func_name: 'Cube' })((a) => a.multiply(a).multiply(a));
    const x = vector('x');
    return [tf.gradients(tf.gradients(cube(x), x)[0]!, x)[0]!, [6, 12, 18]];
  },
};
