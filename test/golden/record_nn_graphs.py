"""Writes the nodes that functions of tf.nn build to test/golden/nn_graphs.json.

    pip install tensorflow-cpu && python test/golden/record_nn_graphs.py

test/ops/nn_graphs.test.ts makes the same calls. Left out is what TensorFlow 2.x builds otherwise than 1.8 did: dropout,
leaky_relu, zero_fraction, fused_batch_norm, in_top_k's constants, weighted_moments, labels that need assertions.
"""
import json
import os

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)
F, I = tf.float32, tf.int32
P = tf.placeholder
nn = tf.nn
image = lambda: P(F, [None, 8, 8, 3], name='image')
kernel = lambda: P(F, [3, 3, 3, 4], name='kernel')
one = [1, 1, 1, 1]
CALLS = {
    'softmax_cross_entropy': lambda x, y: nn.softmax_cross_entropy_with_logits(labels=y, logits=x),
    'softmax_cross_entropy_v2': lambda x, y: nn.softmax_cross_entropy_with_logits_v2(labels=y, logits=x, dim=0, name='entropy'),
    'sparse_softmax_cross_entropy': lambda x, y: nn.sparse_softmax_cross_entropy_with_logits(labels=P(I, [None], name='l'), logits=x),
    'sigmoid_cross_entropy': lambda x, y: nn.sigmoid_cross_entropy_with_logits(labels=y, logits=x),
    'weighted_cross_entropy': lambda x, y: nn.weighted_cross_entropy_with_logits(y, x, 2.0),
    'log_poisson_loss': lambda x, y: nn.log_poisson_loss(y, x),
    'log_poisson_loss_full': lambda x, y: nn.log_poisson_loss(y, x, True),
    'moments': lambda x, y: nn.moments(x, [0]),
    'normalize_moments': lambda x, y: nn.normalize_moments(tf.constant(2.), x, y, None),
    'batch_normalization': lambda x, y: nn.batch_normalization(x, y, y, y, y, .001),
    'batch_normalization_plain': lambda x, y: nn.batch_normalization(x, y, y, None, None, .001),
    'l2_normalize': lambda x, y: nn.l2_normalize(x, 0),
    'xw_plus_b': lambda x, y: nn.xw_plus_b(x, P(F, [3, 2], name='w'), P(F, [2], name='b')),
    'relu_layer': lambda x, y: nn.relu_layer(x, P(F, [3, 2], name='w'), P(F, [2], name='b')),
    'crelu': lambda x, y: nn.crelu(x),
    'relu6': lambda x, y: nn.relu6(x, name='r'),
    'softmax': lambda x, y: nn.softmax(x),
    'log_softmax': lambda x, y: nn.log_softmax(x, name='s'),
    'bias_add': lambda x, y: nn.bias_add(x, [1., 2., 3.]),
    'embedding_lookup': lambda x, y: nn.embedding_lookup(x, P(I, [None], name='i')),
    'embedding_lookup_parts': lambda x, y: nn.embedding_lookup([x, y], P(I, [None], name='i')),
    'conv2d': lambda x, y: nn.conv2d(image(), kernel(), one, 'SAME'),
    'conv1d': lambda x, y: nn.conv1d(P(F, [None, 8, 3], name='image'), P(F, [3, 3, 4], name='kernel'), 1, 'SAME'),
    'depthwise_conv2d': lambda x, y: nn.depthwise_conv2d(image(), kernel(), one, 'SAME'),
    'depthwise_conv2d_rate': lambda x, y: nn.depthwise_conv2d(image(), kernel(), one, 'SAME', rate=[2, 2]),
    'separable_conv2d': lambda x, y: nn.separable_conv2d(image(), kernel(), P(F, [1, 1, 12, 5], name='p'), one, 'SAME'),
    'atrous_conv2d': lambda x, y: nn.atrous_conv2d(image(), kernel(), 2, 'SAME'),
    'with_space_to_batch': lambda x, y: nn.with_space_to_batch(image(), [2, 2], 'SAME', lambda c, n, p: tf.identity(c), filter_shape=[3, 3]),
    'with_space_to_batch_valid': lambda x, y: nn.with_space_to_batch(image(), [2, 2], 'VALID', lambda c, n, p: tf.identity(c)),
    'pool': lambda x, y: nn.pool(image(), [2, 2], 'MAX', 'SAME'),
    'pool_dilated': lambda x, y: nn.pool(image(), [2, 2], 'AVG', 'VALID', dilation_rate=[2, 2]),
    'max_pool': lambda x, y: nn.max_pool(image(), [1, 2, 2, 1], [1, 2, 2, 1], 'SAME'),
    'avg_pool': lambda x, y: nn.avg_pool(image(), [1, 2, 2, 1], [1, 2, 2, 1], 'SAME', name='mean'),
    'max_pool_with_argmax': lambda x, y: nn.max_pool_with_argmax(image(), [1, 2, 2, 1], [1, 2, 2, 1], 'SAME'),
    'lrn': lambda x, y: nn.lrn(image()),
    'top_k': lambda x, y: nn.top_k(x, 2),
    'erosion2d': lambda x, y: nn.erosion2d(image(), P(F, [2, 2, 3], name='k'), one, one, 'SAME'),
}

rows = {}
for name, call in CALLS.items():
    with tf.Graph().as_default() as graph:
        call(P(F, [None, 3], name='x'), P(F, [None, 3], name='y'))
        rows[name] = [[n.name, n.op.replace('AddV2', 'Add'), list(n.input)] for n in graph.as_graph_def().node]
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, 'nn_graphs.json'), 'w') as file:
    file.write('{\n' + ',\n'.join(f'"{k}": {json.dumps(v)}' for k, v in rows.items()) + '\n}\n')
print(len(rows), 'graphs')
