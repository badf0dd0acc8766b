"""Writes what TensorFlow prints for eager tensors to test/golden/eager_print.json.

    pip install tensorflow-cpu numpy && python test/golden/record_eager.py

test/eager/tensors.test.ts makes the same tensors. Each row is [dtype, nested values, str(tensor)].
"""
import json
import os

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
import numpy as np
import tensorflow.compat.v1 as tf

tf.enable_eager_execution()

ROWS = [
    ('float32', 1.0), ('float32', 0.1), ('float32', 1e10), ('float32', [1.0, 2.0]), ('float32', []),
    ('float32', [[1.0, 2.0], [3.5, -4.0]]), ('float32', [[1e-8, 1.0]]), ('float64', [1 / 3, 2 / 3]),
    ('float32', [float(i) for i in range(30)]), ('int32', 7), ('int32', [[1, 2], [3, 4]]), ('int64', [10 ** 12, -1]),
    ('bool', True), ('bool', [True, False]), ('string', 'abc'), ('string', ['a', 'bc']), ('string', [['x', 'y\n']]),
    ('float32', [[[1.0], [2.0]], [[3.0], [4.0]]]), ('uint8', [255, 0]), ('float16', [0.1, 2.0]),
    ('float32', [[] , []]),
]

rows = [[dtype, value, str(tf.constant(value, getattr(tf, dtype)))] for dtype, value in ROWS]
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'eager_print.json')
with open(path, 'w') as file:
    file.write('[\n' + ',\n'.join(json.dumps(row) for row in rows) + '\n]\n')
print(len(rows), 'rows')
