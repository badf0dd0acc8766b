"""Writes what TensorFlow's warm_start makes of variables to test/golden/warm_start.json.

    pip install tensorflow-cpu numpy && python test/golden/record_warm_start.py

test/training/warm_start.test.ts does the same. The old matrix is 4 x 3 with w[i][j] = 10 * i + j.
"""
import json
import os
import tempfile

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)
HERE = os.path.dirname(os.path.abspath(__file__))
OUT = tempfile.mkdtemp()


def words(name, list_):
    path = os.path.join(OUT, name)
    with open(path, 'w') as f:
        f.write('\n'.join(list_) + '\n')
    return path


with tf.Session() as sess:
    old = tf.Variable(np.array([[10. * i + j for j in range(3)] for i in range(4)], np.float32), name='old')
    bias = tf.Variable([1., 2., 3.], name='bias')
    sess.run(tf.global_variables_initializer())
    CKPT = tf.train.Saver().save(sess, os.path.join(OUT, 'm'))
OLD_ROWS = words('old_rows', ['a', 'b', 'c', 'd'])
NEW_ROWS = words('new_rows', ['d', 'x', 'a', 'y', 'b'])
OLD_COLS = words('old_cols', ['p', 'q', 'r'])
NEW_COLS = words('new_cols', ['r', 'n', 'p', 'q'])


def run(shape, info, partitioner=None, **kw):
    tf.reset_default_graph()
    v = tf.get_variable('v', shape, partitioner=partitioner, initializer=tf.zeros_initializer())
    tf.train.warm_start(CKPT, var_name_to_vocab_info={'v': info}, var_name_to_prev_var_name={'v': 'old'}, **kw)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        return sess.run(tf.convert_to_tensor(v)).tolist()


nine = tf.random_uniform_initializer(9., 9.)
out = {
    'rows': run([7, 3], tf.train.VocabInfo(NEW_ROWS, 5, 2, OLD_ROWS, backup_initializer=nine)),
    'rows, old ones cut': run([5, 3], tf.train.VocabInfo(NEW_ROWS, 5, 0, OLD_ROWS, 2)),
    'rows, in pieces': run([7, 3], tf.train.VocabInfo(NEW_ROWS, 5, 2, OLD_ROWS, backup_initializer=nine),
                           tf.fixed_size_partitioner(3)),
    'columns': run([4, 5], tf.train.VocabInfo(NEW_COLS, 4, 1, OLD_COLS, backup_initializer=nine, axis=1)),
    'columns, in pieces': run([4, 4], tf.train.VocabInfo(NEW_COLS, 4, 0, OLD_COLS, axis=1), tf.fixed_size_partitioner(2)),
}
with open(os.path.join(HERE, 'warm_start.json'), 'w') as f:
    f.write('{\n' + ',\n'.join(f'{json.dumps(k)}: {json.dumps(v)}' for k, v in out.items()) + '\n}\n')
