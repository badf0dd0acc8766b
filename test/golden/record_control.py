"""Writes what TensorFlow builds and computes for programs with conditions and loops to test/golden/control.json.

    pip install tensorflow-cpu numpy && python test/golden/record_control.py

test/control/programs.test.ts builds the same graphs, compares them row by row outside of `gradients/`, and runs them
with the same feeds. A program returns its fetches and a list of runs; AddV2 is written as Add, which 1.8 has.
"""
import collections
import json
import os
import re

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '0')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = {}
RENAMED = {'AddV2': 'Add', 'BatchMatMulV2': 'BatchMatMul', 'SelectV2': 'Select'}
Pair = collections.namedtuple('Pair', ['first', 'second'])
i32 = tf.int32


def program(body):
    PROGRAMS[body.__name__] = body
    return body


def scalar(name='x'):
    return tf.placeholder(tf.float32, [], name=name)


def grads(y, *xs):
    return [tf.convert_to_tensor(g) for g in tf.gradients(y, list(xs))]


# ---- conditions --------------------------------------------------------------------------------

@program
def cond_basic():
    x = scalar()
    y = tf.cond(x < 2.0, lambda: x * 3.0, lambda: tf.constant(5.0))
    return [y] + grads(y, x), [[(x, 1.5)], [(x, 2.5)]]


@program
def cond_captured():
    x, z = scalar('x'), scalar('z')
    y, w = tf.cond(x < z, lambda: [x * z, x], lambda: [x - z, z * z])
    return [y, w] + grads([y, w], x, z), [[(x, 1.0), (z, 2.0)], [(x, 5.0), (z, 2.0)]]


@program
def cond_outer_results():
    x, z = scalar('x'), scalar('z')
    y = tf.cond(x > z, lambda: x, lambda: z, name='larger')
    return [y] + grads(y * y, x, z), [[(x, 1.0), (z, 2.0)], [(x, 5.0), (z, 2.0)]]


@program
def cond_strict():
    x = scalar()
    y = tf.cond(x > 0.0, lambda: [tf.exp(x)], lambda: [tf.square(x)], strict=True)
    z = tf.cond(x > 0.0, lambda: [tf.exp(x)], lambda: [tf.square(x)])
    return [y[0], z] + grads(y[0] + z, x), [[(x, 1.0)], [(x, -3.0)]]


@program
def cond_assign():
    p = tf.placeholder(tf.bool, [], name='p')
    v = tf.Variable(10.0, name='v')
    y = tf.cond(p, lambda: tf.assign_add(v, 1.0), lambda: tf.assign_sub(v, 2.0))
    return [y], [[(p, True)], [(p, False)], [(p, True)]]


@program
def cond_operations():
    p = tf.placeholder(tf.bool, [], name='p')
    v = tf.Variable(10.0, name='v')
    done = tf.cond(p, lambda: tf.group(tf.assign_add(v, 1.0)), lambda: tf.no_op())
    with tf.control_dependencies([done]):
        now = tf.identity(v.read_value())
    return [done, now], [[(p, True)], [(p, False)], [(p, True)]]


@program
def cond_nested():
    x, z = scalar('x'), scalar('z')

    def inner():
        return tf.cond(z > 0.0, lambda: x * z, lambda: x + 1.0)
    y = tf.cond(x > 0.0, inner, lambda: tf.square(z))
    runs = [[(x, a), (z, b)] for a in (3.0, -1.0) for b in (2.0, -2.0)]
    return [y] + grads(y, x, z), runs


@program
def cond_structures():
    x = scalar()
    one = lambda k: lambda: {'b': Pair(x * k, [x + k]), 'a': tf.constant(k)}
    y = tf.cond(x > 0.0, one(2.0), one(3.0))
    out = [y['a'], y['b'].first, y['b'].second[0]]
    return out + grads(out[1], x), [[(x, 1.0)], [(x, -1.0)]]


@program
def cond_variable():
    x = scalar()
    v = tf.Variable(3.0, name='v')
    y = tf.cond(x > 0.0, lambda: v * x, lambda: v + x)
    return [y] + grads(y, v, x), [[(x, 2.0)], [(x, -2.0)]]


@program
def cond_resource():
    x = scalar()
    v = tf.get_variable('v', initializer=3.0, use_resource=True)
    y = tf.cond(x > 0.0, lambda: v * x, lambda: v + x)
    return [y] + grads(y, v), [[(x, 2.0)], [(x, -2.0)]]


@program
def cond_one_sided():
    x, z = scalar('x'), scalar('z')
    y = tf.cond(x > 0.0, lambda: z * z * x, lambda: tf.constant(1.0)) + z
    return [y] + grads(y, x, z), [[(x, 2.0), (z, 3.0)], [(x, -2.0), (z, 3.0)]]


@program
def cond_matrices():
    x = tf.placeholder(tf.float32, [None, 2], name='x')
    w = tf.constant([[1.0, 2.0], [3.0, 4.0]], name='w')
    y = tf.cond(tf.reduce_sum(x) > 0.0, lambda: tf.matmul(x, w), lambda: x + w)
    return [y] + grads(tf.square(y), x, w), [[(x, [[1.0, 2.0], [0.5, 1.0]])], [(x, [[-1.0, 2.0], [0.5, -3.0]])]]


@program
def cond_dependencies():
    x = scalar()
    v = tf.Variable(1.0, name='v')
    before = tf.assign(v, 5.0)

    def yes():
        with tf.control_dependencies([before]):
            a = tf.constant(2.0)
            b = x * 2.0
        with tf.control_dependencies([b]):
            return a + tf.identity(x)
    y = tf.cond(x > 0.0, yes, lambda: x)
    return [y], [[(x, 2.0)], [(x, -2.0)]]


@program
def cond_scopes():
    x = scalar()
    with tf.name_scope('outer'):
        y = tf.cond(x > 0.0, lambda: tf.exp(x, name='e'), lambda: tf.add(x, 1.0, name='one_more'), name='pick')
        z = tf.cond(x > 0.0, lambda: tf.reduce_mean([x, y]), lambda: tf.reduce_max(tf.stack([x, y])))
    return [y, z] + grads(z, x), [[(x, 2.0)], [(x, -2.0)]]


@program
def cond_gather():
    p = tf.placeholder(tf.bool, [], name='p')
    table = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], name='table')
    y = tf.cond(p, lambda: tf.gather(table, [0, 2, 0]), lambda: tf.gather(table, [1, 1, 1]) * 2.0)
    return [y] + grads(y * y, table), [[(p, True)], [(p, False)]]


@program
def cond_second_order():
    x = scalar()
    y = tf.cond(x > 0.0, lambda: x * x * x, lambda: x * x)
    first, = tf.gradients(y, x)
    return [y, first] + grads(first, x), [[(x, 2.0)], [(x, -2.0)]]


@program
def cond_types():
    p = tf.placeholder(tf.bool, [], name='p')
    y = tf.cond(p, lambda: (tf.constant('yes'), tf.constant([1, 2])), lambda: (tf.constant('no'), tf.constant([3, 4])))
    return list(y), [[(p, True)], [(p, False)]]


@program
def cond_assert():
    x = scalar()
    check = tf.Assert(x > 0.0, [x])
    with tf.control_dependencies([check]):
        y = tf.identity(x)
    return [y], [[(x, 2.0)]]


@program
def case_list():
    x = scalar()
    y = tf.case([(x < 1.0, lambda: x * 10.0), (x < 2.0, lambda: x * 20.0)], default=lambda: x)
    return [y] + grads(y, x), [[(x, 0.5)], [(x, 1.5)], [(x, 2.5)]]


@program
def case_exclusive():
    x = tf.placeholder(i32, [], name='x')
    pairs = [(tf.equal(x, 1), lambda: tf.constant(10)), (tf.equal(x, 2), lambda: tf.constant(20))]
    y = tf.case(pairs, default=lambda: tf.constant(-1), exclusive=True, name='choose')
    return [y], [[(x, 1)], [(x, 2)], [(x, 3)]]


@program
def case_no_default():
    x = scalar()
    y = tf.case([(x < 1.0, lambda: x * 10.0), (x > 2.0, lambda: x * 20.0)], exclusive=True)
    return [y], [[(x, 0.5)], [(x, 2.5)]]


# ---- loops -------------------------------------------------------------------------------------

@program
def while_count():
    y = tf.while_loop(lambda i: i < 10, lambda i: i + 1, [tf.constant(0)])
    return [y], [[]]


@program
def while_power():
    x = scalar()
    _, y = tf.while_loop(lambda i, y: i < 4, lambda i, y: [i + 1, y * x], [tf.constant(0), tf.constant(1.0)])
    return [y] + grads(y, x), [[(x, 2.0)], [(x, -3.0)]]


@program
def while_collatz():
    n = tf.placeholder(i32, [], name='n')

    def body(n, steps):
        odd = tf.equal(n % 2, 1)
        return tf.cond(odd, lambda: 3 * n + 1, lambda: n // 2), steps + 1
    y = tf.while_loop(lambda n, steps: n > 1, body, [n, tf.constant(0)])
    return list(y), [[(n, 27)], [(n, 1)], [(n, 6)]]


@program
def while_newton():
    x = scalar()
    y = tf.while_loop(lambda y: tf.abs(y * y - x) > 1e-3, lambda y: (y + x / y) / 2.0, [x])
    return [y] + grads(y, x), [[(x, 2.0)], [(x, 10.0)], [(x, 1.0)]]


@program
def while_recurrent():
    x = tf.placeholder(tf.float32, [None, 2], name='x')
    w = tf.Variable([[0.5, -0.2], [0.1, 0.3]], name='w')
    steps = tf.placeholder(i32, [], name='steps')
    _, h = tf.while_loop(lambda t, h: t < steps, lambda t, h: (t + 1, tf.tanh(tf.matmul(h, w) + x)), (0, tf.zeros_like(x)))
    loss = tf.reduce_mean(tf.square(h))
    feed = [[1.0, 2.0], [3.0, -1.0], [0.5, 0.5]]
    return [h, loss] + grads(loss, w, x), [[(x, feed), (steps, 3)], [(x, feed[:1]), (steps, 1)]]


@program
def while_unused():
    x = scalar()
    _, a, b = tf.while_loop(lambda i, a, b: i < 3, lambda i, a, b: [i + 1, a + b * x, b * 2.0], [0, x, tf.square(x)])
    return [a] + grads(a, x), [[(x, 2.0)]]


@program
def while_growing():
    x = tf.placeholder(tf.float32, [1], name='x')
    invariants = [tf.TensorShape([]), tf.TensorShape([None])]
    _, y = tf.while_loop(lambda i, y: i < 3, lambda i, y: [i + 1, tf.concat([y, y * 2.0], 0)], [0, x], shape_invariants=invariants)
    return [y] + grads(y * y, x), [[(x, [3.0])]]


@program
def while_limited():
    x = scalar()
    y = tf.while_loop(lambda y: y < 100.0, lambda y: y * x, [x], maximum_iterations=3)
    a, b = tf.while_loop(lambda a, b: a < 100.0, lambda a, b: (a * b, b + 1.0), (x, x), maximum_iterations=4)
    return [y, a, b] + grads(y, x) + grads(a, x), [[(x, 2.0)], [(x, 50.0)], [(x, 200.0)]]


@program
def while_nested():
    x = scalar()

    def outer(i, y):
        _, z = tf.while_loop(lambda j, z: j < 2, lambda j, z: [j + 1, z * x + y], [0, y])
        return [i + 1, z]
    _, y = tf.while_loop(lambda i, y: i < 3, outer, [0, x])
    return [y] + grads(y, x), [[(x, 1.5)], [(x, -0.5)]]


@program
def while_triangle():
    x = scalar()

    def outer(i, y):
        _, z = tf.while_loop(lambda j, z: j < i, lambda j, z: [j + 1, tf.sin(z) * x], [0, y])
        return [i + 1, z + y]
    _, y = tf.while_loop(lambda i, y: i < 4, outer, [0, x])
    return [y] + grads(y, x), [[(x, 1.5)], [(x, 0.5)]]


@program
def while_three_deep():
    x = scalar()

    def body2(j, z):
        _, u = tf.while_loop(lambda k, u: k < 2, lambda k, u: [k + 1, u * z * 0.5], [0, z])
        return [j + 1, u + x]

    def body1(i, y):
        _, z = tf.while_loop(lambda j, z: j < 2, body2, [0, y])
        return [i + 1, z]
    _, y = tf.while_loop(lambda i, y: i < 2, body1, [0, x])
    return [y] + grads(y, x), [[(x, 0.7)]]


@program
def while_cond():
    x, z = scalar('x'), scalar('z')

    def body(i, y):
        return [i + 1, tf.cond(tf.equal(i % 2, 0), lambda: y * x, lambda: y + z * y)]
    _, y = tf.while_loop(lambda i, y: i < 5, body, [0, x])
    return [y] + grads(y, x, z), [[(x, 1.5), (z, 2.0)]]


@program
def while_cond_data():
    x = tf.placeholder(tf.float32, [None], name='x')

    def body(i, y):
        return [i + 1, tf.cond(tf.reduce_sum(y) > 5.0, lambda: y - x, lambda: y * y + x)]
    _, y = tf.while_loop(lambda i, y: i < 4, body, [0, x], shape_invariants=[tf.TensorShape([]), tf.TensorShape([None])])
    return [y] + grads(tf.reduce_sum(y), x), [[(x, [1.0, 2.0])], [(x, [0.5])]]


@program
def cond_while():
    x = scalar()
    loop = lambda: tf.while_loop(lambda i, y: i < 3, lambda i, y: [i + 1, y * x], [0, x])[1]
    y = tf.cond(x > 0.0, loop, lambda: x + 1.0)
    return [y] + grads(y, x), [[(x, 2.0)], [(x, -2.0)]]


@program
def while_cond_while():
    x = scalar()

    def inner(y):
        return tf.while_loop(lambda j, z: j < 2, lambda j, z: [j + 1, z * x], [0, y])[1]

    def body(i, y):
        return [i + 1, tf.cond(tf.equal(i, 1), lambda: inner(y), lambda: y + x)]
    _, y = tf.while_loop(lambda i, y: i < 3, body, [0, x])
    return [y] + grads(y, x), [[(x, 2.0)], [(x, -0.5)]]


@program
def while_structures():
    x = scalar()

    def body(i, pair, d):
        return i + 1, Pair(pair.first * x, [pair.second[0] + d['k']]), {'k': d['k'] * 2.0}
    first = (tf.constant(0), Pair(x, [x * 2.0]), {'k': tf.constant(1.0)})
    i, pair, d = tf.while_loop(lambda i, pair, d: i < 3, body, first)
    out = [i, pair.first, pair.second[0], d['k']]
    return out + grads(out[1] + out[2], x), [[(x, 2.0)]]


@program
def while_variable():
    x = scalar()
    v = tf.Variable(3.0, name='v')
    _, y = tf.while_loop(lambda i, y: i < 3, lambda i, y: [i + 1, y * v + x], [0, x])
    return [y] + grads(y, v, x), [[(x, 2.0)]]


@program
def while_resource():
    x = scalar()
    v = tf.get_variable('v', initializer=[3.0, 2.0], use_resource=True)
    _, y = tf.while_loop(lambda i, y: i < 3, lambda i, y: [i + 1, y * v + x], [0, tf.constant([1.0, 1.0])])
    return [y] + grads(y, v, x), [[(x, 2.0)]]


@program
def while_assign():
    v = tf.Variable(0.0, name='v')

    def body(i):
        with tf.control_dependencies([tf.assign_add(v, tf.cast(i, tf.float32))]):
            return i + 1
    i = tf.while_loop(lambda i: i < 5, body, [0])
    with tf.control_dependencies([i]):
        now = tf.identity(v.read_value())
    return [i, now], [[], []]


@program
def while_gradients_inside():
    x = scalar()

    def body(i, w):
        loss = tf.square(w * x - 3.0)
        slope, = tf.gradients(loss, w)
        return [i + 1, w - 0.1 * slope]
    _, w = tf.while_loop(lambda i, w: i < 5, body, [0, 0.5])
    return [w] + grads(w, x), [[(x, 1.5)]]


@program
def while_gather():
    table = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], name='table')
    _, y = tf.while_loop(lambda i, y: i < 4, lambda i, y: [i + 1, y * tf.gather(table, i % 3)], [0, tf.constant([1.0, 1.0])])
    return [y] + grads(y, table), [[]]


@program
def while_zero_trips():
    x = scalar()
    n = tf.placeholder(i32, [], name='n')
    w = tf.constant([2.0, 3.0], name='w')
    _, y = tf.while_loop(lambda i, y: i < n, lambda i, y: [i + 1, y * x * w], [0, tf.stack([x, x])])
    return [y] + grads(y, x, w), [[(x, 2.0), (n, 0)], [(x, 2.0), (n, 2)]]


@program
def while_forgetful():
    x = scalar()
    _, y, z = tf.while_loop(lambda i, y, z: i < 3, lambda i, y, z: [i + 1, x * 2.0, z + y], [0, x * x, x])
    return [y, z] + grads(z, x) + grads(y, x), [[(x, 2.0)]]


@program
def while_means():
    x = tf.placeholder(tf.float32, [None, None], name='x')
    shapes = [tf.TensorShape([]), tf.TensorShape([None, None])]
    _, y = tf.while_loop(lambda i, y: i < 3, lambda i, y: [i + 1, y - tf.reduce_mean(y, 1, keepdims=True) * y], [0, x], shapes)
    return [y] + grads(y * y, x), [[(x, [[1.0, 0.5, 0.2], [0.3, 0.4, 0.5]])]]


@program
def while_dependencies():
    x = scalar()
    v = tf.Variable(1.0, name='v')
    before = tf.assign(v, 5.0, name='before')

    def body(i, y):
        with tf.control_dependencies([before]):
            one = tf.constant(1.0)
            z = y + one
        return i + 1, z * x
    with tf.control_dependencies([x]):
        _, y = tf.while_loop(lambda i, y: i < 3, body, (0, x), parallel_iterations=1)
    return [y] + grads(y, x), [[(x, 2.0)]]


@program
def while_no_backprop():
    x = scalar()
    _, y = tf.while_loop(lambda i, y: i < 3, lambda i, y: [i + 1, y * x], [0, x], back_prop=False, swap_memory=True, name='plain')
    return [y + x] + grads(y + x, x), [[(x, 2.0)]]


@program
def while_inner_invariant():
    x = tf.placeholder(tf.float32, [2], name='x')

    def outer(i, y):
        scaled = y * x
        _, z = tf.while_loop(lambda j, z: j < 2, lambda j, z: [j + 1, z + scaled * z], [0, y])
        return [i + 1, z]
    _, y = tf.while_loop(lambda i, y: i < 2, outer, [0, x])
    return [y] + grads(y, x), [[(x, [0.5, 1.5])]]


@program
def while_loss_of_loops():
    x = scalar()
    _, y = tf.while_loop(lambda i, y: i < 3, lambda i, y: [i + 1, y * x], [0, x])
    _, z = tf.while_loop(lambda i, z: z < 50.0, lambda i, z: [i + 1, z * y + 1.0], [0, y])
    return [z] + grads(z + y, x), [[(x, 1.5)], [(x, 3.0)]]


@program
def while_cond_one_sided():
    x = tf.placeholder(tf.float32, [None], name='x')
    w = tf.Variable([1.0, 2.0], name='w')

    def body(i, y):
        return [i + 1, y + tf.cond(i > 0, lambda: y * w * tf.reduce_sum(x), lambda: tf.ones([2]))]
    _, y = tf.while_loop(lambda i, y: i < 3, body, [0, tf.zeros([2])])
    return [y] + grads(y, x, w), [[(x, [1.0, 2.0, 3.0])]]


@program
def while_slices():
    x = tf.placeholder(tf.float32, [2, 2], name='x')
    first = tf.IndexedSlices(x, tf.constant([0, 2]), tf.constant([4, 2]))
    body = lambda i, s: (i + 1, tf.IndexedSlices(s.values * 2.0, s.indices, s.dense_shape))
    _, s = tf.while_loop(lambda i, s: i < 3, body, (0, first))
    return [s.values, s.indices, tf.convert_to_tensor(s)] + grads(s.values, x), [[(x, [[1.0, 2.0], [3.0, 4.0]])]]


@program
def while_sparse():
    x = tf.placeholder(tf.float32, [None], name='x')
    first = tf.SparseTensor(tf.constant([[0, 1], [2, 0]], tf.int64), x, tf.constant([3, 4], tf.int64))
    body = lambda i, s: (i + 1, tf.SparseTensor(s.indices, s.values + 1.0, s.dense_shape))
    _, s = tf.while_loop(lambda i, s: i < 3, body, (0, first))
    return [tf.reduce_sum(s.indices), s.values, s.dense_shape], [[(x, [1.0, 2.0])]]


@program
def cond_slices():
    p = tf.placeholder(tf.bool, [], name='p')
    x = tf.placeholder(tf.float32, [2, 2], name='x')
    indices = tf.constant([0, 2])
    one = lambda k: lambda: tf.IndexedSlices(x * k, indices)
    s = tf.cond(p, one(2.0), one(3.0))
    feed = [[1.0, 2.0], [3.0, 4.0]]
    return [s.values, s.indices] + grads(s.values, x), [[(p, True), (x, feed)], [(p, False), (x, feed)]]


@program
def cond_variable_inside():
    p = tf.placeholder(tf.bool, [], name='p')

    def branch(k):
        v = tf.get_variable(f'v{k}', [2], initializer=tf.constant_initializer(k))
        return v * 2.0
    y = tf.cond(p, lambda: branch(1.0), lambda: branch(2.0))
    return [y], [[(p, True)], [(p, False)]]


@program
def while_matrices():
    x = tf.placeholder(tf.float32, [None, 3], name='x')
    w = tf.get_variable('w', [3, 3], initializer=tf.constant_initializer(0.25))
    b = tf.get_variable('b', [3], initializer=tf.constant_initializer(0.5), use_resource=True)

    def body(i, h, total):
        h = tf.nn.relu(tf.matmul(h, w) + b) - 0.1 * h
        return i + 1, h, total + tf.reduce_sum(tf.nn.softmax(h)[:, 0])
    _, h, total = tf.while_loop(lambda i, h, total: i < 4, body, (0, x, 0.0))
    return [h, total] + grads(total, w, b, x), [[(x, [[1.0, 2.0, 3.0], [0.5, -1.0, 0.0]])]]


@program
def while_condition_needs_gradient():
    x = scalar()

    def body(y, z):
        w = tf.cond(y > z, lambda: tf.cond(z > 2.0, lambda: y - z * x, lambda: y / z), lambda: y * x)
        return w, z + 0.5
    y, _ = tf.while_loop(lambda y, z: z < 4.0, body, [x, 1.0])
    return [y] + grads(y, x), [[(x, 1.2)], [(x, 3.0)], [(x, -2.0)]]


@program
def while_two_gradients():
    x, z = scalar('x'), scalar('z')
    _, y, w = tf.while_loop(lambda i, y, w: i < 3, lambda i, y, w: [i + 1, y * x + w, w * z], [0, x, z])
    return [y, w] + grads(y, x, z) + grads(w, z) + grads(y * w, x, z), [[(x, 1.5), (z, 0.5)]]


def row(node, inside):
    attrs = {}
    for key in ('is_constant', 'parallel_iterations', 'frame_name'):
        if key in node.attr and node.op in ('Enter', 'RefEnter'):
            value = node.attr[key]
            attrs[key] = value.s.decode() if key == 'frame_name' else value.b if key == 'is_constant' else value.i
    own = f'loc:@{node.name}'
    placed = [c.decode() for c in node.attr['_class'].list.s if c.decode() != own] if '_class' in node.attr else []
    inputs = ['gradients/' if inside.match(i) else i for i in node.input]
    return [node.name, RENAMED.get(node.op, node.op), inputs, placed, attrs]


def plain(value):
    value = np.asarray(value)
    if value.dtype.kind in 'SO': return {'dtype': 'string', 'shape': list(value.shape), 'data': [v.decode() for v in value.reshape(-1)]}
    return {'dtype': value.dtype.name, 'shape': list(value.shape), 'data': value.reshape(-1).tolist()}


def main():
    out = {}
    for name, body in PROGRAMS.items():
        tf.reset_default_graph()
        fetches, runs = body()
        inside = re.compile(r'\^?(.*/)?gradients(_\d+)?(/|$)')
        nodes = [row(n, inside) for n in tf.get_default_graph().as_graph_def().node if not inside.match(n.name)]
        shapes = [None if f.shape.dims is None else f.shape.as_list() for f in fetches]
        with tf.Session() as sess:
            sess.run(tf.global_variables_initializer())
            values = [[plain(v) for v in sess.run(fetches, dict(run))] for run in runs]
        out[name] = {'nodes': nodes, 'shapes': shapes, 'values': values}
        print(name, len(nodes))
    with open(os.path.join(HERE, 'control.json'), 'w') as file:
        file.write('{\n' + ',\n'.join(f'{json.dumps(k)}: {json.dumps(v)}' for k, v in out.items()) + '\n}\n')


main()
