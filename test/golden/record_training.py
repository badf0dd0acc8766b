"""Writes the graphs that TensorFlow's optimizers build to test/golden/training.json.

    pip install tensorflow-cpu numpy && python test/golden/record_training.py

test/training/graphs.test.ts builds the same graphs and compares the rows [name, op, inputs] in order. Only what follows
the loss is kept. Nodes under `gradients/` are left out, and an input that comes from there is written `gradients/`. TensorFlow 2.x's AddV2 is written Add.
Each optimizer updates a dense `w` and the gathered rows of `table`, both as variables of the first kind with a global step,
and as resource variables without one.
"""
import json
import os

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)
HERE = os.path.dirname(os.path.abspath(__file__))

OPTIMIZERS = {
    'gradient_descent': lambda s: tf.train.GradientDescentOptimizer(0.5),
    'momentum': lambda s: tf.train.MomentumOptimizer(0.2, 0.9),
    'nesterov': lambda s: tf.train.MomentumOptimizer(0.2, 0.9, use_nesterov=True),
    'adam': lambda s: tf.train.AdamOptimizer(),
    'adagrad': lambda s: tf.train.AdagradOptimizer(0.3),
    'adagrad_da': lambda s: tf.train.AdagradDAOptimizer(0.3, s),
    'adadelta': lambda s: tf.train.AdadeltaOptimizer(2.0),
    'rmsprop': lambda s: tf.train.RMSPropOptimizer(0.02),
    'rmsprop_centered': lambda s: tf.train.RMSPropOptimizer(0.02, centered=True),
    'ftrl': lambda s: tf.train.FtrlOptimizer(0.4),
    'ftrl_shrinkage': lambda s: tf.train.FtrlOptimizer(0.4, l2_shrinkage_regularization_strength=0.02),
    'proximal_gradient_descent': lambda s: tf.train.ProximalGradientDescentOptimizer(0.5, l1_regularization_strength=0.01),
    'proximal_adagrad': lambda s: tf.train.ProximalAdagradOptimizer(0.3),
}


def rows():
    def source(name): return 'gradients/' if name.startswith('gradients/') else name
    found = [[n.name, n.op.replace('AddV2', 'Add'), [source(i) for i in n.input]]
             for n in tf.get_default_graph().as_graph_def().node if not n.name.startswith('gradients')]
    return found[[row[0] for row in found].index('loss') + 1:]


def build(make, use_resource, dtype=tf.float32):
    ids = tf.placeholder(tf.int32, [4], name='ids')
    x = tf.placeholder(dtype, [4, 3], name='x')
    initializer = tf.ones_initializer(dtype)
    table = tf.get_variable('table', [6, 3], dtype, initializer, use_resource=use_resource)
    w = tf.get_variable('w', [3, 2], dtype, initializer, use_resource=use_resource)
    step = tf.get_variable('global_step', [], tf.int64, tf.zeros_initializer(), trainable=False)
    loss = tf.reduce_sum(tf.matmul(x + tf.gather(table, ids), w), name='loss')
    make(step).minimize(loss, global_step=None if use_resource else step)
    return rows()


out = {}
for name, make in OPTIMIZERS.items():
    for kind, use_resource in ('ref', False), ('resource', True):
        tf.reset_default_graph()
        out[f'{name} {kind}'] = build(make, use_resource)
for name in 'adam', 'momentum', 'rmsprop':
    tf.reset_default_graph()
    out[f'{name} double'] = build(OPTIMIZERS[name], False, tf.float64)

lines = [json.dumps(k) + ': [\n' + ',\n'.join(json.dumps(r) for r in v) + '\n]' for k, v in out.items()]
with open(f'{HERE}/training.json', 'w') as file: file.write('{\n' + ',\n'.join(lines) + '\n}\n')
print({k: len(v) for k, v in out.items()})
