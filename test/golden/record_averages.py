"""Writes moving averages, clipped tensors and decayed rates as TensorFlow computes them to test/golden/averages.json.

    pip install tensorflow-cpu numpy && python test/golden/record_averages.py

test/training/averages.test.ts computes the same.
"""
import json
import os

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
import tensorflow.compat.v1 as tf
from tensorflow.python.training import moving_averages

tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)
HERE = os.path.dirname(os.path.abspath(__file__))


def debiased():
    """assign_moving_average of a growing value, with and without the correction, and a weighted average."""
    tf.reset_default_graph()
    x = tf.placeholder(tf.float32, [], name='x')
    out = {}
    with tf.variable_scope('v'):
        fair = tf.get_variable('fair', [], initializer=tf.zeros_initializer())
        plain = tf.get_variable('plain', [], initializer=tf.zeros_initializer())
    updates = [moving_averages.assign_moving_average(fair, x, 0.9),
               moving_averages.assign_moving_average(plain, x, 0.9, zero_debias=False)]
    weighted = moving_averages.weighted_moving_average(x, 0.8, tf.sqrt(x))
    names = sorted(n.name for n in tf.get_default_graph().as_graph_def().node if n.op == 'VariableV2')
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        rows = []
        for i in range(1, 6):
            sess.run(updates, {x: i * i})
            rows.append([float(v) for v in sess.run([fair, plain])] + [float(sess.run(weighted, {x: i * i}))])
    return {'variables': names, 'rows': rows}


with open(f'{HERE}/averages.json', 'w') as file: json.dump(debiased(), file)
print(debiased())
