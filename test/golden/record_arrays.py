"""Records what TensorFlow computes with tensor arrays: values, gradients, forward nodes, errors.

    PYTHONPATH=../shared/oracle python test/golden/record_arrays.py

writes test/golden/arrays.json; test/control/array_programs.ts has the same programs in TypeScript.
"""
import json
import os
import re

from tf1 import tf, np, plain, error

X = [[1., 2.], [3., 4.], [5., 6.]]


def write_read():
    ta = tf.TensorArray(tf.float32, size=3)
    w = ta.write(0, [1., 2.]).write(1, [3., 4.]).write(2, [5., 6.])
    return [w.read(1), w.read(0), w.size()]


def unstack_stack():
    x = tf.constant(X, name='x')
    ta = tf.TensorArray(tf.float32, size=3, name='ta').unstack(x)
    y = ta.stack()
    return [y * y, tf.gradients(y * y, x)[0]]


def write_gradients():
    a = tf.constant([1., 2.], name='a')
    b = tf.constant([3., 4.], name='b')
    ta = tf.TensorArray(tf.float32, size=2, clear_after_read=False).write(0, a).write(1, b)
    y = ta.read(0) * ta.read(1) + ta.read(0)
    return [y] + tf.gradients(y, [a, b])


def gather_scatter():
    x = tf.constant(X, name='x')
    ta = tf.TensorArray(tf.float32, size=4, dynamic_size=True).scatter([3, 0, 1], x)
    y = ta.gather([0, 3], name='g')
    return [y, tf.gradients(y * y, x)[0]]


def concat_split():
    x = tf.constant([1., 2., 3., 4., 5.], name='x')
    ta = tf.TensorArray(tf.float32, size=2, infer_shape=False).split(x, [2, 3])
    y = ta.concat()
    return [y, tf.gradients(y * y * y, x)[0]]


def split_equal():
    x = tf.constant([[1., 2.], [3., 4.], [5., 6.], [7., 8.]], name='x')
    ta = tf.TensorArray(tf.float32, size=2, clear_after_read=False).split(x, [2, 2])
    return [ta.read(1), ta.concat(name='all')]


def concat_gradients():
    a = tf.constant([[1., 2.]], name='a')
    b = tf.constant([[3., 4.], [5., 6.]], name='b')
    ta = tf.TensorArray(tf.float32, size=2, infer_shape=False).write(0, a).write(1, b)
    y = ta.concat()
    return [y] + tf.gradients(y * y, [a, b])


def dynamic():
    ta = tf.TensorArray(tf.int32, size=0, dynamic_size=True)
    ta = ta.write(0, 7).write(2, 9).write(1, 8)
    return [ta.stack(), ta.size()]


def same_element_twice():
    x = tf.constant(2., name='x')
    ta = tf.TensorArray(tf.float32, size=1, clear_after_read=False).write(0, x)
    y = ta.read(0) * 3. + ta.read(0) * ta.read(0)
    return [y, tf.gradients(y, x)[0]]


def two_gradients():
    x = tf.constant(X, name='x')
    ta = tf.TensorArray(tf.float32, size=3).unstack(x)
    y = ta.stack()
    return [tf.gradients(y * y, x)[0], tf.gradients(y * 3., x)[0]]


def partly_read():
    x = tf.constant(X, name='x')
    ta = tf.TensorArray(tf.float32, size=3).unstack(x)
    y = ta.read(1)
    return [y, tf.gradients(y * y, x)[0]]


def strings():
    ta = tf.TensorArray(tf.string, size=2).unstack(['a', 'bc'])
    return [ta.read(0), ta.read(1)]


def element_shape():
    ta = tf.TensorArray(tf.float64, size=2, element_shape=[2], tensor_array_name='named')
    ta = ta.write(1, tf.constant([1., 2.], tf.float64))
    return [ta.stack()]


def identities():
    x = tf.constant([1., 2.], name='x')
    ta = tf.TensorArray(tf.float32, size=2).unstack(x).identity()
    y = ta.stack(name='s')
    return [y, tf.gradients(y * y, x)[0]]


def empty():
    ta = tf.TensorArray(tf.float32, size=0, element_shape=[3])
    return [ta.stack(), ta.size()]


def second_order():
    x = tf.constant([1., 2., 3.], name='x')
    ta = tf.TensorArray(tf.float32, size=3).unstack(x)
    y = ta.stack()
    g = tf.gradients(y * y * y, x)[0]
    return [g]


def unwritten():
    ta = tf.TensorArray(tf.float32, size=2, tensor_array_name='t').write(0, 1.)
    return [ta.read(1), ta.read(0)]


PROGRAMS = [write_read, unstack_stack, write_gradients, gather_scatter, concat_split, split_equal,
            concat_gradients, dynamic, same_element_twice, two_gradients, partly_read, strings,
            element_shape, identities, empty, second_order, unwritten]


def loop_write():
    x = tf.constant([1., 2., 3., 4.], name='x')
    ta = tf.TensorArray(tf.float32, size=4)
    _, ta = tf.while_loop(lambda i, t: i < 4, lambda i, t: (i + 1, t.write(i, x[i] * x[i])), [0, ta])
    y = ta.stack()
    return [y, tf.gradients(y * y, x)[0]]


def loop_read_write():
    x = tf.constant(X, name='x')
    source = tf.TensorArray(tf.float32, size=3).unstack(x)
    target = tf.TensorArray(tf.float32, size=3)

    def body(i, state, t):
        state = tf.tanh(state + source.read(i))
        return i + 1, state, t.write(i, state)
    _, last, target = tf.while_loop(lambda i, *_: i < 3, body, [0, tf.zeros([2]), target])
    y = target.stack()
    return [y, last, tf.gradients(y, x)[0], tf.gradients(last, x)[0]]


def loop_dynamic():
    n = tf.placeholder_with_default(5, [], name='n')
    w = tf.constant(2., name='w')
    ta = tf.TensorArray(tf.float32, size=0, dynamic_size=True)
    _, v, ta = tf.while_loop(lambda i, *_: i < n, lambda i, v, t: (i + 1, v * w, t.write(i, v)), [0, w, ta])
    y = ta.stack()
    return [y, v, ta.size(), tf.gradients(y, w)[0]]


def cond_write():
    x = tf.constant([1., 2.], name='x')
    pred = tf.placeholder_with_default(True, [], name='pred')
    ta = tf.TensorArray(tf.float32, size=1)
    flow = tf.cond(pred, lambda: ta.write(0, x * 2.).flow, lambda: ta.write(0, x * 3.).flow)
    done = tf.TensorArray(tf.float32, handle=ta.handle, flow=flow)
    y = done.read(0)
    return [y]


def map_simple():
    x = tf.constant(X, name='x')
    y = tf.map_fn(lambda v: v * v, x)
    return [y, tf.gradients(y, x)[0]]


def map_types():
    x = tf.constant([1, 2, 3], name='x')
    y = tf.map_fn(lambda v: (tf.cast(v, tf.float32) / 2., v + 1), x, dtype=(tf.float32, tf.int32), name='m')
    return list(y)


def map_nested():
    a = tf.constant([1., 2., 3.], name='a')
    b = tf.constant(X, name='b')
    y = tf.map_fn(lambda v: v[0] * tf.reduce_sum(v[1]['b']), [a, {'b': b}], dtype=tf.float32)
    return [y] + tf.gradients(y, [a, b])


def map_captured():
    x = tf.constant(X, name='x')
    w = tf.constant([[1., 2.], [3., 4.]], name='w')
    y = tf.map_fn(lambda v: tf.reshape(tf.matmul(tf.reshape(v, [1, 2]), w), [2]), x)
    return [y] + tf.gradients(y, [x, w])


def map_dynamic():
    x = tf.placeholder_with_default([1., 2., 3.], [None], name='x')
    y = tf.map_fn(lambda v: v * 2., x, infer_shape=False)
    return [y]


def map_in_map():
    x = tf.constant(X, name='x')
    y = tf.map_fn(lambda row: tf.map_fn(lambda v: v * v * v, row), x)
    return [y, tf.gradients(y, x)[0]]


def scan_sum():
    x = tf.constant([1., 2., 3., 4.], name='x')
    y = tf.scan(lambda a, v: a + v, x)
    return [y, tf.gradients(y, x)[0]]


def scan_start():
    x = tf.constant([1., 2., 3., 4.], name='x')
    w = tf.constant(0.5, name='w')
    y = tf.scan(lambda a, v: a * w + v, x, initializer=w)
    return [y] + tf.gradients(y, [x, w])


def scan_pair():
    x = tf.constant([1., 2., 3.], name='x')
    y = tf.scan(lambda a, v: (a[1], a[0] + v), x, initializer=(tf.constant(0.), tf.constant(1.)))
    return list(y)


def scan_reverse():
    x = tf.constant([1., 2., 3., 4.], name='x')
    y = tf.scan(lambda a, v: a * v, x, reverse=True)
    z = tf.scan(lambda a, v: a * v, x, initializer=tf.constant(2.), reverse=True)
    return [y, z, tf.gradients(z, x)[0]]


def fold_left():
    x = tf.constant(X, name='x')
    y = tf.foldl(lambda a, v: a * 0.5 + v, x)
    return [y, tf.gradients(y, x)[0]]


def fold_right():
    x = tf.constant([1., 2., 3., 4.], name='x')
    y = tf.foldr(lambda a, v: v - a, x, initializer=tf.constant(10.))
    z = tf.foldr(lambda a, v: v - a, x)
    return [y, z, tf.gradients(y * z, x)[0]]


LOOPS = [loop_write, loop_read_write, loop_dynamic, cond_write, map_simple, map_types, map_nested,
         map_captured, map_dynamic, map_in_map, scan_sum, scan_start, scan_pair, scan_reverse, fold_left,
         fold_right]


def read_twice():
    ta = tf.TensorArray(tf.float32, size=1, tensor_array_name='t').write(0, 1.)
    with tf.control_dependencies([ta.read(0)]):
        return ta.read(0)


def write_twice():
    return tf.TensorArray(tf.float32, size=1, tensor_array_name='t').write(0, 1.).write(0, 2.).flow


def write_outside():
    return tf.TensorArray(tf.float32, size=1, tensor_array_name='t').write(1, 1.).flow


def read_outside():
    return tf.TensorArray(tf.float32, size=1, tensor_array_name='t').write(0, 1.).read(4)


def read_unwritten_unknown():
    return tf.TensorArray(tf.float32, size=2, tensor_array_name='t', infer_shape=False).write(0, 1.).read(1)


def wrong_shape():
    return tf.TensorArray(tf.float32, size=2, tensor_array_name='t').write(0, [1.]).write(1, [1., 2.]).flow


def wrong_shape_at_run():
    p = tf.placeholder_with_default([1., 2.], None)
    ta = tf.TensorArray(tf.float32, size=2, tensor_array_name='t', element_shape=[1])
    return ta.write(0, p).flow


def inconsistent():
    p = tf.placeholder_with_default([1., 2.], [None])
    ta = tf.TensorArray(tf.float32, size=2, tensor_array_name='t', infer_shape=False)
    return ta.write(0, [1.]).write(1, p).stack()


def scatter_outside():
    return tf.TensorArray(tf.float32, size=2, tensor_array_name='t').scatter([0, 2], [1., 2.]).flow


def split_sum():
    return tf.TensorArray(tf.float32, size=2, tensor_array_name='t', infer_shape=False).split([1., 2.], [1, 2]).flow


def split_size():
    return tf.TensorArray(tf.float32, size=2, tensor_array_name='t', infer_shape=False).split([1., 2.], [2]).flow


def zero_size():
    return tf.TensorArray(tf.float32, size=0, tensor_array_name='t').stack()


def closed():
    ta = tf.TensorArray(tf.float32, size=1, tensor_array_name='t')
    with tf.control_dependencies([ta.close()]):
        return ta.write(0, 1.).flow


ERRORS = [read_twice, write_twice, write_outside, read_outside, read_unwritten_unknown,
          wrong_shape, wrong_shape_at_run, inconsistent, scatter_outside, split_sum,
          split_size, zero_size, closed]


def run(program):
    with tf.Graph().as_default() as graph:
        fetches = program()
        nodes = [[op.name, op.type] for op in graph.get_operations() if not op.name.startswith('gradients')]
        static = [t.shape.as_list() if t.shape.dims is not None else None for t in fetches]
        with tf.Session() as sess:
            values = [plain(value) for value in sess.run(fetches)]
    return {'values': values, 'shapes': static, 'nodes': nodes}


def fail(program):
    with tf.Graph().as_default():
        def body():
            with tf.Session() as sess:
                sess.run(program())
        name, text = error(body)
    lines = [line for line in text.split('\n') if re.match(r'TensorArray|Tried|Max|Expected|Inconsistent', line)]
    return [name, re.sub(r"t_\d+", "t_N", (lines or [text])[0])]


def main():
    golden = {
        'programs': {program.__name__: run(program) for program in PROGRAMS + LOOPS},
        'errors': {program.__name__: fail(program) for program in ERRORS},
    }
    path = os.path.join(os.path.dirname(__file__), 'arrays.json')
    with open(path, 'w') as file:
        json.dump(golden, file, indent=1)
        file.write('\n')


main()
