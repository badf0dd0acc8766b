"""Writes the graphs that TensorFlow's layers build to test/golden/layers.json.

    pip install tensorflow-cpu numpy && python test/golden/record_layers.py

test/layers/graphs.test.ts builds the same graphs and compares the rows [name, op, inputs] in order. TensorFlow 2.x keeps tf.layers
in a private folder; AddV2 is written Add. Dropout, flatten and batch normalisation are not here, as 2.x builds other nodes than 1.8;
batch_normalization.json has the numbers of batch normalisation, which test/layers/layers.test.ts compares.
"""
import json
import os

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
import warnings
warnings.filterwarnings('ignore')
import numpy as np
import tensorflow.compat.v1 as tf
from tensorflow.python.keras.legacy_tf_layers import base, core, convolutional, pooling

tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)
HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = {}


def program(body):
    PROGRAMS[body.__name__] = body
    return body


@program
def dense():
    x = tf.placeholder(tf.float32, [None, 4], name='x')
    h = core.dense(x, 3, activation=tf.nn.relu)
    h = core.dense(h, 2, name='named', use_bias=False)
    core.dense(h, 2)


@program
def dense_shared():
    x = tf.placeholder(tf.float32, [None, 4], name='x')
    core.dense(x, 4, name='shared')
    core.dense(x, 4, name='shared', reuse=True)
    layer = core.Dense(4, name='object')
    layer(layer(x))


@program
def dense_regularized():
    x = tf.placeholder(tf.float32, [None, 4], name='x')
    with tf.variable_scope('net'):
        core.dense(x, 3, kernel_regularizer=tf.nn.l2_loss, bias_regularizer=tf.nn.l2_loss)
        core.dense(x, 3, trainable=False)


@program
def dense_initialized():
    x = tf.placeholder(tf.float64, [None, 4], name='x')
    ones = tf.ones_initializer()
    with tf.variable_scope('net', initializer=tf.constant_initializer(0.5)):
        core.dense(x, 3, bias_initializer=ones, activation=tf.tanh)


@program
def convolutions():
    x = tf.placeholder(tf.float32, [None, 8, 8, 2], name='x')
    h = convolutional.conv2d(x, 3, 3, padding='same', activation=tf.nn.relu)
    h = convolutional.conv2d(h, 4, [2, 3], (2, 1), name='second', use_bias=False)
    h = pooling.max_pooling2d(h, 2, 2)
    pooling.average_pooling2d(h, [2, 1], 1, padding='same', name='mean')
    pooling.max_pooling2d(h, 2, 1)


@program
def a_layer_of_ones_own():
    class Scale(base.Layer):
        def build(self, input_shape):
            self.factor = self.add_weight(name='factor', shape=[int(input_shape[-1])], initializer=tf.ones_initializer())
            self.shift = self.add_weight(name='shift', shape=[], initializer=tf.zeros_initializer(), trainable=False)
            self.built = True

        def call(self, inputs):
            return inputs * self.factor + self.shift

    x = tf.placeholder(tf.float32, [None, 4], name='x')
    layer = Scale()
    layer(layer(x))


out = {}
for name, body in PROGRAMS.items():
    tf.reset_default_graph()
    body()
    names = lambda key: [v.name for v in tf.get_collection(key)]
    out[name] = {
        'nodes': [[n.name, n.op.replace('AddV2', 'Add'), list(n.input)] for n in tf.get_default_graph().as_graph_def().node],
        'variables': names('variables'), 'trainable': names('trainable_variables'), 'losses': names('regularization_losses')}


def normalized(x, fused):
    """Two training steps of batch normalisation, composed of TensorFlow's functions, and then inference."""
    tf.reset_default_graph()
    n = x.shape[-1]
    gamma, beta = tf.constant([1.0 + 0.5 * i for i in range(n)]), tf.constant([0.1 * i for i in range(n)])
    mean, variance = tf.Variable(tf.zeros([n])), tf.Variable(tf.ones([n]))
    if fused:
        y, m, v = tf.nn.fused_batch_norm(x, gamma, beta, epsilon=0.01)
        z = tf.nn.fused_batch_norm(x, gamma, beta, mean=mean, variance=variance, epsilon=0.01, is_training=False)[0]
    else:
        m, v = tf.nn.moments(tf.constant(x), list(range(x.ndim - 1)))
        y = tf.nn.batch_normalization(x, m, v, beta, gamma, 0.01)
        z = tf.nn.batch_normalization(x, mean, variance, beta, gamma, 0.01)
    updates = [tf.assign_sub(mean, (mean - m) * (1 - 0.9)), tf.assign_sub(variance, (variance - v) * (1 - 0.9))]
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        for _ in range(2): sess.run(updates)
        return {'inputs': x.tolist(), **{k: np.asarray(sess.run(t)).tolist() for k, t in
                [('training', y), ('mean', mean), ('variance', variance), ('inference', z)]}}


def numbers(*shape): return ((np.arange(np.prod(shape)) * 7919 % 1009) / 1009 - 0.5).astype(np.float32).reshape(shape)


values = {'composed': normalized(numbers(5, 3), False), 'fused': normalized(numbers(2, 3, 3, 2), True)}
with open(f'{HERE}/batch_normalization.json', 'w') as file: json.dump(values, file)
lines = ',\n'.join(json.dumps(k) + ': {' + ',\n'.join(
    f'{json.dumps(a)}: ' + ('[\n' + ',\n'.join(json.dumps(r) for r in b) + '\n]' if a == 'nodes' else json.dumps(b)) for a, b in v.items()) + '}'
    for k, v in out.items())
with open(f'{HERE}/layers.json', 'w') as file: file.write('{\n' + lines + '\n}\n')
print({k: (len(v['nodes']), v['variables'], v['losses']) for k, v in out.items()})
