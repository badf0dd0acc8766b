"""Writes the graphs that TensorFlow builds for small programs to test/golden/graphs/*.json.

    pip install tensorflow-cpu numpy && python test/golden/record_graphs.py [NAME ...]

test/graph/golden_graphs.test.ts builds the same graphs and compares row by row. Nodes under `gradients/` are left
out, and an input that comes from there is written `gradients/`. Known differences of TensorFlow 2.x are undone:
AddV2 becomes Add, BatchMatMulV2 BatchMatMul and SelectV2 Select, and attributes younger than 1.8 (NEW_ATTRS) are dropped.
"""
import json
import os
import re
import sys

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '0')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
import numpy as np
import tensorflow.compat.v1 as tf
from tensorflow.core.framework.types_pb2 import DataType
from tensorflow.python.framework import tensor_util

tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)

HERE = os.path.dirname(os.path.abspath(__file__))
ONLY = sys.argv[1:]
PROGRAMS = {}
RENAMED = {'AddV2': 'Add', 'BatchMatMulV2': 'BatchMatMul', 'SelectV2': 'Select'}
NEW_ATTRS = {'grad_a', 'grad_b', 'explicit_paddings', 'allowed_devices', 'debug_name', 'batch_dims', '_has_manual_control_dependencies',
             'multiply_linear_by_lr', 'Truncate', 'incompatible_shape_error', 'Tk', 'index_type@TopKV2',
             'validate_shape@AssignVariableOp'}


def program(body):
    PROGRAMS[body.__name__] = body
    return body


def attribute(value):
    kind = value.WhichOneof('value')
    if kind == 'type': return {'type': DataType.Name(value.type)}
    if kind == 'shape': return {'shape': None if value.shape.unknown_rank else [d.size for d in value.shape.dim]}
    if kind == 'tensor':
        array = tensor_util.MakeNdarray(value.tensor)
        data = [x.decode() if isinstance(x, bytes) else x.item() for x in array.reshape(-1)]
        return {'tensor': {'dtype': tf.as_dtype(value.tensor.dtype).name, 'shape': list(array.shape), 'data': data}}
    if kind == 's': return {'s': value.s.decode()}
    if kind == 'list':
        l = value.list
        return {'list': [x.decode() for x in l.s] or list(l.i) or list(l.f) or [DataType.Name(t) for t in l.type]}
    return {kind: getattr(value, kind)}


def rows(graph):
    inside = re.compile(r'\^?gradients(_\d+)?(/|$)')

    def source(name): return 'gradients/' if inside.match(name) else name
    out = []
    for node in graph.as_graph_def().node:
        if inside.match(node.name): continue
        attrs = {k: attribute(v) for k, v in sorted(node.attr.items())
                 if k not in NEW_ATTRS and f'{k}@{node.op}' not in NEW_ATTRS}
        row = {'name': node.name, 'op': RENAMED.get(node.op, node.op), 'input': [source(i) for i in node.input], 'attr': attrs}
        if node.device: row['device'] = node.device
        out.append(row)
    return out


@program
def operators():
    a = tf.constant([[1., 2.], [3., 4.]], name='a')
    b = tf.constant([[5., 6.], [7., 8.]], name='b')
    c = a + b
    d = a - 1.5
    e = 2.0 * b
    f = c / d
    g = -e ** 2.0
    h = tf.matmul(f, g)
    i = abs(h) // 3.0
    j = i % 2.0
    k = tf.logical_and(a < b, tf.logical_not(a >= j))
    tf.equal(a, b, name='same')
    n = tf.constant(7, tf.int32)
    n / tf.constant(2, tf.int32)
    n // 2
    tf.cast(k, tf.float32)
    1.0 - a
    3.0 / a


@program
def linear_regression():
    x = tf.placeholder(tf.float32, [None, 3], name='x')
    y_ = tf.placeholder(tf.float32, [None, 1], name='y_')
    w = tf.Variable(tf.zeros([3, 1]), name='w')
    b = tf.Variable(tf.zeros([1]))
    loss = tf.reduce_mean(tf.square(tf.matmul(x, w) + b - y_), name='loss')
    tf.train.GradientDescentOptimizer(0.3).minimize(loss)
    tf.global_variables_initializer()


@program
def variables():
    v = tf.Variable([1., 2.], name='v')
    tf.Variable(3.0, trainable=False)
    tf.Variable(tf.random_normal([2, 2], seed=1), name='r')
    tf.Variable(lambda: tf.ones([2]), name='lazy', dtype=tf.float32)
    tf.Variable(v.initialized_value() * 2.0, name='twice')
    tf.assign(v, [3., 4.])
    tf.assign_add(v, [1., 1.], name='more')
    v.assign_sub([1., 1.])
    tf.scatter_add(v, [0], [5.])
    tf.scatter_update(v, tf.constant([1]), tf.constant([7.]), name='set')
    tf.identity(v)
    tf.local_variables_initializer()
    tf.variables_initializer([v], name='only_v')
    tf.is_variable_initialized(v)


@program
def scopes_and_initializers():
    with tf.variable_scope('net', initializer=tf.constant_initializer(0.5)):
        tf.get_variable('w', [3, 2])
        tf.get_variable('b', [2], initializer=tf.zeros_initializer())
        with tf.variable_scope('inner'):
            tf.get_variable('u', [2, 2], initializer=tf.random_uniform_initializer(-1., 1., seed=2))
            tf.get_variable('t', [2, 2], initializer=tf.truncated_normal_initializer(stddev=0.1, seed=3))
            tf.get_variable('n', [2], initializer=tf.random_normal_initializer(seed=4))
            tf.constant(1.0)
    with tf.variable_scope('net', reuse=True):
        w = tf.get_variable('w', [3, 2])
        tf.add(w, 1.0)
    with tf.variable_scope('net', reuse=tf.AUTO_REUSE):
        tf.get_variable('b')
        tf.get_variable('late', [2], initializer=tf.ones_initializer())
    with tf.variable_scope(None, default_name='block'):
        tf.get_variable('w', [1], initializer=tf.ones_initializer())
    with tf.variable_scope(None, default_name='block'):
        tf.get_variable('w', [1], initializer=tf.ones_initializer())
    tf.get_variable('g', [4, 3], initializer=tf.glorot_uniform_initializer(seed=5))
    tf.get_variable('v', [4, 3], initializer=tf.variance_scaling_initializer(scale=2.0, mode='fan_in', distribution='uniform', seed=6))
    tf.get_variable('big', [40, 30], initializer=tf.zeros_initializer())
    tf.get_variable('value', initializer=tf.constant([1., 2.]))


@program
def two_layers_adam():
    x = tf.placeholder(tf.float32, [None, 784], name='x')
    y_ = tf.placeholder(tf.float32, [None, 10], name='y_')
    w1 = tf.Variable(tf.truncated_normal([784, 128], stddev=0.1, seed=1), name='w1')
    b1 = tf.Variable(tf.constant(0.1, shape=[128]), name='b1')
    h = tf.nn.relu(tf.matmul(x, w1) + b1)
    w2 = tf.Variable(tf.truncated_normal([128, 10], stddev=0.1, seed=2), name='w2')
    b2 = tf.Variable(tf.zeros([10]), name='b2')
    logits = tf.nn.xw_plus_b(h, w2, b2)
    loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=y_, logits=logits))
    global_step = tf.train.get_or_create_global_step()
    tf.train.AdamOptimizer(1e-3).minimize(loss, global_step=global_step)
    correct = tf.equal(tf.argmax(logits, 1), tf.argmax(y_, 1))
    tf.reduce_mean(tf.cast(correct, tf.float32), name='accuracy')
    tf.global_variables_initializer()


@program
def convnet_momentum():
    x = tf.placeholder(tf.float32, [None, 784], name='x')
    y_ = tf.placeholder(tf.int64, [None], name='y_')
    image = tf.reshape(x, [-1, 28, 28, 1])
    with tf.name_scope('conv1'):
        w1 = tf.Variable(tf.truncated_normal([5, 5, 1, 8], stddev=0.1, seed=1), name='w')
        b1 = tf.Variable(tf.constant(0.1, shape=[8]), name='b')
        h1 = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(image, w1, [1, 1, 1, 1], 'SAME'), b1))
        p1 = tf.nn.max_pool(h1, [1, 2, 2, 1], [1, 2, 2, 1], 'SAME', name='pool')
    p2 = tf.nn.avg_pool(p1, [1, 2, 2, 1], [1, 2, 2, 1], 'VALID')
    flat = tf.reshape(p2, [-1, 7 * 7 * 8])
    w2 = tf.Variable(tf.truncated_normal([392, 10], stddev=0.1, seed=2), name='w2')
    logits = tf.matmul(flat, w2)
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y_, logits=logits))
    tf.train.MomentumOptimizer(0.02, 0.9, use_nesterov=True).minimize(loss)
    tf.nn.softmax(logits, name='probabilities')
    tf.global_variables_initializer()


def optimizers(*makes):
    x = tf.placeholder(tf.float32, [2, 3], name='x')
    w = tf.Variable(tf.ones([3, 2]), name='w')
    b = tf.Variable(tf.zeros([2]), name='b')
    loss = tf.reduce_sum(tf.square(tf.matmul(x, w) + b))
    global_step = tf.train.get_or_create_global_step()
    for make in makes: make(global_step).minimize(loss, global_step=global_step)
    tf.global_variables_initializer()


@program
def slots_adagrad_adadelta():
    optimizers(lambda s: tf.train.AdagradOptimizer(0.1), lambda s: tf.train.AdadeltaOptimizer(0.1))


@program
def slots_rmsprop():
    optimizers(lambda s: tf.train.RMSPropOptimizer(0.1), lambda s: tf.train.RMSPropOptimizer(0.1, momentum=0.5, centered=True, name='Centered'))


@program
def slots_ftrl_proximal():
    optimizers(lambda s: tf.train.FtrlOptimizer(0.1, l1_regularization_strength=0.01),
               lambda s: tf.train.ProximalGradientDescentOptimizer(0.1, l2_regularization_strength=0.01),
               lambda s: tf.train.ProximalAdagradOptimizer(0.1))


@program
def slots_adagrad_da():
    optimizers(lambda s: tf.train.AdagradDAOptimizer(0.1, s))


@program
def sparse_updates():
    ids = tf.placeholder(tf.int32, [4], name='ids')
    table = tf.Variable(tf.ones([6, 3]), name='table')
    loss = tf.reduce_sum(tf.square(tf.gather(table, ids)))
    tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)
    tf.train.AdagradOptimizer(0.1).minimize(loss)
    tf.train.AdamOptimizer(0.1).minimize(loss)


@program
def resource_variables():
    x = tf.placeholder(tf.float32, [None, 2], name='x')
    w = tf.get_variable('w', [2, 1], initializer=tf.zeros_initializer(), use_resource=True)
    b = tf.Variable(tf.zeros([1]), name='b', use_resource=True)
    loss = tf.reduce_sum(tf.matmul(x, w) + b)
    tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)
    w.assign([[1.], [2.]])
    w.assign_add([[1.], [2.]])
    tf.global_variables_initializer()


@program
def name_scopes_and_edges():
    a = tf.constant(1.0)
    with tf.name_scope('outer') as scope:
        b = tf.constant(2.0)
        with tf.name_scope('inner'):
            c = tf.add(a, b)
            tf.add(c, b)
        with tf.name_scope('inner'):
            d = tf.multiply(c, 3.0, name='product')
        with tf.name_scope(None):
            tf.constant(4.0, name='top')
        tf.identity(d, name='d')
    with tf.name_scope(scope):
        tf.identity(a, name='back')
    with tf.control_dependencies([c.op, d]):
        e = tf.constant(5.0, name='e')
        f = tf.identity(a, name='f')
        with tf.control_dependencies([e]):
            tf.no_op(name='last')
            tf.add(e, f, name='sum')
        with tf.control_dependencies(None):
            tf.constant(6.0, name='free')
    with tf.device('/cpu:0'):
        tf.constant(7.0, name='placed')
        with tf.device('/job:worker'):
            tf.negative(a, name='remote')
    with tf.get_default_graph().colocate_with(c.op):
        tf.identity(a, name='near')
    tf.group(c, d.op, name='all')
    tf.tuple([a, b], name='pair')
    tf.group(e, f)


@program
def arrays():
    x = tf.placeholder(tf.float32, [None, 4, 6], name='x')
    x[0]
    x[:, 1:3, ::2]
    x[..., tf.newaxis]
    x[-1, ..., 0]
    s = tf.shape(x)
    n = s[0]
    tf.reshape(x, [-1, 24])
    tf.reshape(x, tf.stack([n, 24]))
    tf.reshape(x, [n, 2, 12])
    tf.transpose(x)
    tf.transpose(x, [0, 2, 1], name='swapped')
    tf.concat([x, x], 2)
    tf.concat([x, x], axis=-1, name='wide')
    tf.stack([x, x], axis=1)
    a, b = tf.split(x, 2, axis=1)
    tf.split(a, [1, 2, 3], 2)
    tf.unstack(b, axis=1)
    tf.expand_dims(x, -1)
    tf.squeeze(x[:, :1], [1])
    tf.tile(x, [1, 2, 1])
    tf.pad(x, [[0, 0], [1, 1], [2, 0]])
    tf.gather(x, [0, 1], axis=1)
    tf.one_hot(tf.constant([1, 2]), 4)
    tf.slice(x, [0, 1, 2], [-1, 2, 3])
    tf.zeros_like(x)
    tf.ones_like(a)
    tf.fill([2, 3], 9.0)
    tf.range(5)
    tf.reverse(x, axis=[1])
    tf.size(x)
    tf.rank(x)
    tf.zeros([3, 2], tf.int32)
    tf.ones([2], tf.bool)
    tf.stop_gradient(x)
    tf.boolean_mask(x, tf.constant([True, False, True, True]), axis=1)


@program
def reductions_and_math():
    x = tf.placeholder(tf.float32, [None, 3], name='x')
    y = tf.placeholder(tf.float32, name='y')
    tf.reduce_mean(x)
    tf.reduce_sum(x, 1, keepdims=True)
    tf.reduce_max(x, axis=[0, 1])
    tf.reduce_min(y)
    tf.reduce_prod(x, axis=-1, name='product')
    tf.reduce_any(x > 0.0, 0)
    tf.argmax(x, 1)
    tf.argmin(x, axis=0, output_type=tf.int32)
    tf.where(x > 0.0, x, tf.zeros_like(x))
    tf.where(x > 0.0)
    tf.clip_by_value(x, -1.0, 1.0)
    tf.clip_by_norm(x, 1.0)
    tf.clip_by_global_norm([x, x], 2.0)
    tf.add_n([x, x, x])
    mean, variance = tf.nn.moments(x, [0])
    tf.nn.l2_normalize(x, 1)
    tf.nn.log_softmax(x)
    tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=x)
    tf.nn.softmax_cross_entropy_with_logits_v2(labels=x, logits=x)
    tf.nn.top_k(x, 2)
    tf.nn.in_top_k(x, tf.constant([0]), 1)
    tf.nn.batch_normalization(x, mean, variance, None, None, 1e-3)
    tf.squared_difference(x, 1.0)
    tf.maximum(x, 0.0)
    tf.pow(x, 2.0)
    tf.cumsum(x, 1)
    tf.cast(x, tf.int32)
    tf.to_float(tf.constant([1, 2]))
    tf.norm(x)
    tf.sqrt(tf.exp(tf.log(x)))
    tf.is_nan(x)


@program
def random_ops():
    tf.set_random_seed(7)
    tf.random_normal([2, 3], seed=1)
    tf.random_uniform([2, 3], -1., 1., seed=2)
    tf.random_uniform([4], maxval=10, dtype=tf.int32, seed=3)
    tf.truncated_normal([2], mean=1.0, stddev=0.5, seed=4)
    tf.random_shuffle(tf.constant([1., 2., 3.]), seed=5)
    tf.multinomial([[0.1, 0.9]], 3, seed=6)


@program
def moving_averages():
    v = tf.Variable([1., 2.], name='v')
    step = tf.Variable(0.0, name='step', trainable=False)
    tf.train.ExponentialMovingAverage(0.9).apply([v])
    tf.train.ExponentialMovingAverage(0.9, num_updates=step, name='early').apply([v])
    tf.global_variables_initializer()


@program
def checks():
    x = tf.placeholder(tf.float32, [None, 2], name='x')
    tf.check_numerics(x, 'bad x')
    tf.Print(x, [x], 'x is ')
    tf.verify_tensor_all_finite(x, 'finite')


@program
def asserts():
    x = tf.placeholder(tf.float32, [None, 2], name='x')
    tf.Assert(tf.reduce_all(x > 0.0), [x], summarize=3)
    with tf.control_dependencies([tf.assert_positive(x, message='positive')]):
        tf.identity(x)
    tf.assert_equal(x, 1.0)


def main():
    for name, body in PROGRAMS.items():
        if ONLY and name not in ONLY: continue
        tf.reset_default_graph()
        body()
        record = {'program': name, 'recorded_with': f'TensorFlow {tf.__version__}', 'node': rows(tf.get_default_graph())}
        lines = ',\n'.join(json.dumps(row) for row in record.pop('node'))
        with open(f'{HERE}/graphs/{name}.json', 'w') as file:
            file.write(json.dumps(record)[:-1] + ', "node": [\n' + lines + '\n]}\n')
        print(name, len(lines.split('\n')))


if __name__ == '__main__':
    main()
