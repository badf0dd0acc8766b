"""Writes derivatives that TensorFlow computes to test/golden/gradients.json.

    pip install tensorflow-cpu numpy && python test/golden/record_gradients.py

test/gradients/gradients.test.ts builds the same graphs. A row is the list of results: nested numbers, null, or for
IndexedSlices {values, indices, dense_shape}.
"""
import json
import os

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '0')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
CASES = {}


def case(body):
    CASES[body.__name__] = body
    return body


@case
def grad_ys():
    x = tf.constant([1., 2., 3.])
    y = tf.square(x)
    z = tf.reduce_sum(x) * x
    return (tf.gradients(y, x) + tf.gradients(y, x, grad_ys=[[10., 20., 30.]])
            + tf.gradients([y, z], x) + tf.gradients([y, z], x, grad_ys=[None, [1., 0., -1.]])
            + tf.gradients([y, z], [x, y, z]))


@case
def stop_gradients():
    a = tf.constant(2.)
    b = 3. * a
    return (tf.gradients(a + b, [a, b]) + tf.gradients(a + b, [a, b], stop_gradients=[a, b])
            + tf.gradients(a * b, [a], stop_gradients=[b]) + tf.gradients(a * tf.stop_gradient(b), [a, b]))


@case
def unconnected():
    a = tf.constant(2.)
    b = tf.constant(3.)
    n = tf.constant(3)
    return (tf.gradients(a * a, [a, b]) + tf.gradients(tf.cast(n, tf.float32) * a, [n, a])
            + tf.gradients(tf.cast(tf.argmax([a, b]), tf.float32) * a, [a, b]))


@case
def through_itself():
    x = tf.constant(2.)
    y = x * x
    z = y * y * x
    return tf.gradients(z, [x, y]) + tf.gradients(y, y) + tf.gradients([y, z], [z, y, x])


@case
def lookups():
    table = tf.Variable([[1., 2.], [3., 4.], [5., 6.]])
    twice = tf.gather(table, [0, 2, 0]) * tf.gather(table, [1, 1, 2])
    both = tf.reduce_sum(tf.gather(table, [1])) + tf.reduce_sum(tf.square(table))
    return (tf.gradients(tf.gather(table, [2, 0, 2]), table) + tf.gradients(twice, table) + tf.gradients(both, table)
            + tf.gradients(tf.gather(tf.square(table), [2, 2]), table))


@case
def hessians():
    x = tf.constant([1., 2., 3.])
    m = tf.constant([[1., 2.], [3., 4.]])
    return (tf.hessians(tf.reduce_sum(x ** 3.) + x[0] * x[1] * x[2], x)
            + tf.hessians(tf.reduce_prod(m), m) + tf.hessians(tf.reduce_sum(tf.sin(x)) + tf.reduce_sum(m ** 2.), [x, m]))


@case
def second_order():
    x = tf.constant([0.5, 1., 2.])
    [first] = tf.gradients(tf.nn.softmax(x)[1] * tf.reduce_sum(tf.tanh(x)), x)
    return [first] + tf.gradients(first, x) + tf.gradients(first[0], x)


@case
def broadcasts():
    a = tf.constant([[1., 2., 3.], [4., 5., 6.]])
    b = tf.constant([1., -1., 2.])
    c = tf.constant([[2.], [3.]])
    return tf.gradients(a * b + c * b - a / c, [a, b, c]) + tf.gradients(tf.maximum(a, b), [a, b])


@tf.RegisterGradient('TimesTen')
def times_ten(op, grad):
    return 10. * grad


@tf.RegisterGradient('ProductOfBoth')
def product_of_both(op, grad):
    return grad * op.inputs[0] * 100., None


@case
def overrides():
    x = tf.constant(3.)
    y = tf.constant(4.)
    with tf.get_default_graph().gradient_override_map({'Square': 'TimesTen', 'Mul': 'ProductOfBoth'}):
        inside = tf.square(x)
        product = x * y
        with tf.get_default_graph().gradient_override_map({'Mul': 'Mul'}):
            inner = tf.square(x) + x * y
    return tf.gradients(inside, x) + tf.gradients(tf.square(x), x) + tf.gradients(product, [x, y]) + tf.gradients(inner, [x, y])


def plain(value):
    if isinstance(value, tf.IndexedSlices) or hasattr(value, 'indices'):
        dense = None if value.dense_shape is None else np.asarray(value.dense_shape).tolist()
        return {'values': value.values.tolist(), 'indices': value.indices.tolist(), 'dense_shape': dense}
    return None if value is None else np.asarray(value).tolist()


rows = {}
for name, body in CASES.items():
    with tf.Graph().as_default(), tf.Session() as sess:
        results = body()
        sess.run(tf.global_variables_initializer())
        rows[name] = [None if r is None else plain(sess.run(r)) for r in results]
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'gradients.json')
with open(path, 'w') as file:
    file.write('{\n' + ',\n'.join(f'{json.dumps(k)}: {json.dumps(v)}' for k, v in rows.items()) + '\n}\n')
print(len(rows), 'cases')
