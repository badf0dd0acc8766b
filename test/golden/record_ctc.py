"""Writes TensorFlow's connectionist temporal classification to test/golden/ctc.json.

    pip install tensorflow-cpu && python test/golden/record_ctc.py
"""
import json
import os

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
nn = tf.nn


def spread(shape):
    size = int(np.prod(shape))
    return (-2 + 4 * ((np.arange(1, size + 1) * 0.6180339887) % 1)).astype(np.float32).reshape(shape)


def sparse(rows):
    indices = [[b, i] for b, row in enumerate(rows) for i in range(len(row))]
    return tf.SparseTensor(np.array(indices, np.int64).reshape(-1, 2), np.array(sum(rows, []), np.int32), [len(rows), max(map(len, rows))])


def plain(value):
    return [str(x) if not np.isfinite(x) else float(x) for x in np.asarray(value).reshape(-1)]


LABELS = {'simple': [[0, 1, 2], [3], [2, 2]], 'repeated': [[1, 1, 2, 2], [0, 0, 0], [3, 1, 1]], 'null': [[1, 4], [2, 3, 4], [0]],
          'long': [[0, 1, 2, 3, 0, 1, 2], [1], [1, 1, 1, 1, 1]]}
LENGTHS = [7, 4, 6]
FLAGS = ('preprocess_collapse_repeated', 'ctc_merge_repeated', 'ignore_longer_outputs_than_inputs')
losses, decoded = [], []
for labels, rows in LABELS.items():
    for flags in ([False, True, False], [True, True, False], [False, False, False], [True, False, True]):
        for time_major in (True, False):
            with tf.Graph().as_default(), tf.Session() as session:
                x = tf.constant(spread([7, 3, 5] if time_major else [3, 7, 5]))
                try:
                    loss = nn.ctc_loss(sparse(rows), x, LENGTHS, time_major=time_major, **dict(zip(FLAGS, flags)))
                    values = session.run([loss, tf.gradients(loss * tf.constant([1., 2., -.5]), x)[0]])
                except tf.errors.OpError:
                    continue
                losses.append({'labels': rows, 'flags': flags, 'time_major': time_major, 'values': [plain(v) for v in values]})
for scale in (1, 3):
    for merge in (True, False):
        for width in (0, 2, 5, 100):
            with tf.Graph().as_default(), tf.Session() as session:
                x = tf.constant(spread([7, 3, 5]) * scale)
                if width == 0:
                    paths, log = nn.ctc_greedy_decoder(x, LENGTHS, merge_repeated=merge)
                else:
                    paths, log = nn.ctc_beam_search_decoder(x, LENGTHS, width, min(3, width), merge_repeated=merge)
                paths, log = session.run([paths, log])
                decoded.append({'scale': scale, 'merge': merge, 'width': width, 'log': log.tolist(),
                                'paths': [[v.tolist() for v in path] for path in paths]})
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, 'ctc.json'), 'w') as file:
    json.dump({'losses': losses, 'decoded': decoded}, file)
    file.write('\n')
print(len(losses), len(decoded))
