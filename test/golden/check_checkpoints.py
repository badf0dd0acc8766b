"""Reads checkpoints of this library with TensorFlow, and writes what it found to test/golden/written_checkpoints.json.

    npx tsx --conditions=tf1-src test/training/written_checkpoints.ts /tmp/written
    pip install tensorflow-cpu numpy && python test/golden/check_checkpoints.py /tmp/written

For every file its SHA-256, and for every tensor the type, the shape and the SHA-256 of its little-endian elements, or
the strings in hexadecimal. test/training/written_checkpoints.test.ts writes the files again: the same bytes are files that TensorFlow
reads, with these values. Savers' checkpoints are restored into variables, too: whole ones, and ones in other pieces.
"""
import glob
import hashlib
import json
import os
import sys

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)
HERE = os.path.dirname(os.path.abspath(__file__))


def sha(data): return hashlib.sha256(data).hexdigest()


def tensor(dtype, value):
    value = np.asarray(value)
    if dtype == tf.string:
        return ['string', list(value.shape), [bytes(v).hex() for v in value.reshape(-1)]]
    return [dtype.name, list(value.shape), sha(np.ascontiguousarray(value).tobytes())]


def value(sess, prefix, reader, key, dtype):
    """By the reader, or by the op where the reader lacks the type."""
    try:
        return reader.get_tensor(key)
    except tf.errors.UnimplementedError:
        return sess.run(tf.raw_ops.RestoreV2(prefix=prefix, tensor_names=[key], shape_and_slices=[''], dtypes=[dtype]))[0]


def prefix_of(directory):
    state = os.path.join(directory, 'checkpoint')
    if os.path.exists(state):
        return tf.train.latest_checkpoint(directory)
    return os.path.join(directory, 'm')


def restored(prefix, reader):
    """Restores all float matrices in other pieces, and compares with what the reader gives."""
    tf.reset_default_graph()
    shapes = reader.get_variable_to_shape_map()
    types = reader.get_variable_to_dtype_map()
    names = sorted(n for n in shapes if len(shapes[n]) == 2 and shapes[n][0] > 1 and types[n] == tf.float32)
    parts = [tf.get_variable(n, shapes[n], partitioner=tf.fixed_size_partitioner(2)) for n in names]
    with tf.Session() as sess:
        tf.train.Saver().restore(sess, prefix)
        for name, part in zip(names, parts):
            assert np.array_equal(sess.run(part.as_tensor()), value(sess, prefix, reader, name, tf.float32)), name
    return names


out = {}
for name in sorted(os.listdir(sys.argv[1])):
    directory = os.path.join(sys.argv[1], name)
    prefix = prefix_of(directory)
    reader = tf.train.load_checkpoint(prefix)
    types = reader.get_variable_to_dtype_map()
    with tf.Session(graph=tf.Graph()) as sess, sess.graph.as_default():
        tensors = {key: tensor(types[key], value(sess, prefix, reader, key, types[key])) for key in sorted(types)}
    files = {os.path.basename(f): sha(open(f, 'rb').read()) for f in sorted(glob.glob(directory + '/m*'))}
    if name == 'many':
        tensors = {'sum': float(sum(np.sum(reader.get_tensor(key), dtype=np.float64) for key in types)), 'count': len(types)}
    out[name] = {'prefix': os.path.basename(prefix), 'files': files, 'tensors': tensors,
                 'restored': restored(prefix, reader) if name.startswith('saver') else []}
with open(os.path.join(HERE, 'written_checkpoints.json'), 'w') as f:
    json.dump(out, f, indent=1, ensure_ascii=True)
    f.write('\n')
print({k: len(v['tensors']) for k, v in out.items()})
