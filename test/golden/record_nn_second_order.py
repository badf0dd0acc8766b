"""Writes second derivatives of functions of tf.nn to test/golden/nn_second_order.json.

    pip install tensorflow-cpu && python test/golden/record_nn_second_order.py

Of each function: inputs x, w, ... and the gradients of sum(cos(1..n) * d sum(f(x, w)^2) / dx) with respect to x, w, ...
"""
import json
import os

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '0')
import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)
nn = tf.nn
one, two = [1, 1, 1, 1], [1, 2, 2, 1]


def batch_norm(training):
    def body(x, scale, offset):
        given = {} if training else dict(mean=[0.25, -0.5], variance=[1.5, 0.75])
        return nn.fused_batch_norm(x, scale, offset, is_training=training, **given)[0]
    return body


def labels(x): return tf.nn.softmax(tf.constant(np.arange(x.shape.num_elements()).reshape(x.shape.as_list()) % 3, x.dtype))


CALLS = {
    'relu': (lambda x: nn.relu(x), [[3, 4]]), 'relu6': (lambda x: nn.relu6(x), [[3, 4]]), 'elu': (lambda x: nn.elu(x), [[3, 4]]),
    'selu': (lambda x: nn.selu(x), [[3, 4]]), 'softplus': (lambda x: nn.softplus(x), [[3, 4]]), 'softmax': (lambda x: nn.softmax(x), [[3, 4]]),
    'log_softmax': (lambda x: nn.log_softmax(x), [[3, 4]]),
    'entropy': (lambda x: nn.softmax_cross_entropy_with_logits_v2(labels=labels(x), logits=x), [[3, 4]]),
    'sigmoid_entropy': (lambda x: nn.sigmoid_cross_entropy_with_logits(labels=labels(x), logits=x), [[3, 4]]),
    'bias_add': (lambda x, b: nn.bias_add(x, b), [[3, 4], [4]]), 'l2_loss': (lambda x: nn.l2_loss(x), [[3, 4]]),
    'conv2d': (lambda x, w: nn.conv2d(x, w, two, 'SAME'), [[1, 5, 4, 2], [3, 2, 2, 3]]),
    'depthwise': (lambda x, w: nn.depthwise_conv2d_native(x, w, one, 'VALID'), [[1, 4, 4, 2], [2, 2, 2, 2]]),
    'conv3d': (lambda x, w: nn.conv3d(x, w, [1, 1, 1, 1, 1], 'SAME'), [[1, 3, 3, 2, 1], [2, 2, 2, 1, 2]]),
    'conv2d_transpose': (lambda x, w: nn.conv2d_transpose(x, w, [1, 4, 4, 2], two, 'SAME'), [[1, 2, 2, 3], [3, 3, 2, 3]]),
    'max_pool': (lambda x: nn.max_pool(x, two, two, 'SAME'), [[1, 5, 4, 2]]), 'avg_pool': (lambda x: nn.avg_pool(x, two, one, 'SAME'), [[1, 5, 4, 2]]),
    'max_pool3d': (lambda x: nn.max_pool3d(x, [1, 2, 2, 2, 1], [1, 2, 2, 2, 1], 'SAME'), [[1, 3, 4, 2, 2]]),
    'batch_norm': (batch_norm(True), [[2, 3, 2, 2], [2], [2]]), 'batch_norm_fixed': (batch_norm(False), [[2, 3, 2, 2], [2], [2]]),
    'moments': (lambda x: tf.concat(nn.moments(x, [0]), 0), [[3, 4]]), 'l2_normalize': (lambda x: nn.l2_normalize(x, 1), [[3, 4]]),
}


def spread(shape):
    size = int(np.prod(shape))
    return (-2 + 4 * ((np.arange(1, size + 1) * 0.6180339887) % 1)).astype(np.float32).reshape(shape)


rows = {}
for name, (call, shapes) in CALLS.items():
    with tf.Graph().as_default(), tf.Session() as session:
        inputs = [tf.constant(spread(s)) for s in shapes]
        slope = tf.gradients(tf.square(call(*inputs)), inputs[0])[0]
        weights = np.cos(np.arange(1, slope.shape.num_elements() + 1)).astype(np.float32).reshape(slope.shape.as_list())
        second = tf.gradients(slope * weights, inputs)
        rows[name] = [None if g is None else [float(f'{v:.8g}') for v in session.run(g).reshape(-1)] for g in second]
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, 'nn_second_order.json'), 'w') as file:
    file.write('{\n' + ',\n'.join(f'"{k}": {json.dumps(v)}' for k, v in rows.items()) + '\n}\n')
print(len(rows), 'functions')
