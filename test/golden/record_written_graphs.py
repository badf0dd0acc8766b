"""Runs graphs that the library wrote in TensorFlow: test/golden/written_graphs.json.

    tsx --conditions=tf1-src test/graph/write_graphs.ts | python test/golden/record_written_graphs.py

For each sample: the start of the SHA-256 of the bytes, and whether TensorFlow, given the same feeds, computes
from them what it computes for the same call in Python (test/golden/ops); otherwise its error. For each
program: whether TensorFlow computes from its graph what the library computes.
"""

import base64
import json
import os
import sys

import numpy as np
import tensorflow.compat.v1 as tf
from tensorflow.core.framework import tensor_pb2

tf.disable_v2_behavior()
HERE = os.path.dirname(os.path.abspath(__file__))
goldens = {}
RTOL = {'float16': 2e-3, 'bfloat16': 2e-2, 'float64': 1e-9, 'complex128': 1e-9}


def golden(family, key):
    if family not in goldens:
        with open(os.path.join(HERE, 'ops', family + '.json')) as file:
            goldens[family] = json.load(file)
    return goldens[family].get(key)


def flat(value):
    value = np.asarray(value)
    if value.dtype.kind == 'c':
        return [part for x in value.ravel() for part in (x.real, x.imag)]
    return [x.decode('latin1') if isinstance(x, bytes) else x for x in value.ravel().tolist()]


def differs(value, expected, rtol):
    rtol = rtol or RTOL.get(expected['dtype'], 1e-5)
    if list(np.shape(value)) != expected['shape']:
        return 'shape %s, not %s' % (list(np.shape(value)), expected['shape'])
    for got, want in zip(flat(value), expected['data']):
        if isinstance(want, dict):
            want = bytes(want['$bytes']).decode('latin1')
        if isinstance(got, str):
            if got != want and got.encode('latin1').decode('utf-8', 'replace') != want:
                return '%r, not %r' % (got, want)
        elif not (float(got) == float(want) or np.isnan(float(got)) and np.isnan(float(want))
                  or abs(float(got) - float(want)) <= rtol * (0.1 + abs(float(want)))):
            return '%r, not %r' % (got, want)
    return None


def run(row):
    graph_def = tf.GraphDef()
    graph_def.ParseFromString(base64.b64decode(row['graph']))
    feeds = {}
    for name, data in row['feeds']:
        proto = tensor_pb2.TensorProto()
        proto.ParseFromString(base64.b64decode(data))
        feeds[name] = tf.make_ndarray(proto)
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(graph_def, name='')
        with tf.Session() as sess:
            values = sess.run([graph.get_tensor_by_name(name) for name in row['fetches']], feeds)
    for value, expected in zip(values, golden(row['family'], row['key'])['outputs']):
        difference = differs(value, expected, row['rtol'])
        if difference:
            return difference
    return 'same'


def decode(data):
    proto = tensor_pb2.TensorProto()
    proto.ParseFromString(base64.b64decode(data))
    return tf.make_ndarray(proto)


def run_program(row):
    graph_def = tf.GraphDef()
    graph_def.ParseFromString(base64.b64decode(row['graph']))
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(graph_def, name='')
        with tf.Session() as sess:
            for fetches, expected in zip(row['steps'], row['values']):
                values = sess.run([graph.as_graph_element(name) for name in fetches])
                values = [value for value in values if value is not None]
                for name, value, want in zip(fetches, values, [decode(data) for data in expected]):
                    if not np.allclose(value, want, rtol=1e-4, atol=1e-6):
                        return '%s: %s, not %s' % (name, np.ravel(want)[:4].tolist(), np.ravel(value)[:4].tolist())
    return 'same'


def outcome(row):
    if row['family'] == 'programs':
        try:
            return run_program(row)
        except Exception as error:
            return '%s: %s' % (type(error).__name__, str(error).split('\n')[0][:160])
    if not golden(row['family'], row['key']):
        return None
    try:
        return run(row)
    except Exception as error:  # What TensorFlow refuses is recorded as it says it.
        return '%s: %s' % (type(error).__name__, str(error).split('\n')[0][:160])


rows = [json.loads(line) for line in sys.stdin]
record = {}
for row in rows:
    result = outcome(row)
    if result is not None:
        record['%s/%s' % (row['family'], row['op'])] = [row['sha'], result]
with open(os.path.join(HERE, 'written_graphs.json'), 'w') as file:
    json.dump(record, file, indent=0, sort_keys=True)
    file.write('\n')
print({result: sum(r[1] == result for r in record.values()) for result in {r[1] for r in record.values()}})
