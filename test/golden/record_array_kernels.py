"""Writes what TensorFlow's kernels of array and string ops compute to test/golden/array_kernels.json.

    pip install tensorflow-cpu numpy && python test/golden/record_array_kernels.py

Each row is an op type, its attributes, its inputs and its outputs, or the message of its error. Inputs are fed, so
that errors are those of the kernels and not of shape inference.
"""
import json
import os
import re

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '0')
import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)
random = np.random.RandomState(3)
ROWS = []
F, D, I, L, B, S, C, Z = 'float32', 'float64', 'int32', 'int64', 'bool', 'string', 'complex64', 'complex128'
TYPES = [F, D, 'float16', I, L, 'int16', 'int8', 'uint8', 'uint16', B, C, Z, S]


def numbers(dtype, *shape):
    flat = random.randint(0, 100, shape)
    if dtype == S: return np.array([f't{v}' for v in flat.reshape(-1)], object).reshape(shape)
    if dtype == B: return flat % 2 == 0
    if dtype in (C, Z): return (flat + 1j * random.randint(0, 9, shape)).astype(dtype)
    return flat.astype(dtype)


def element(v):
    if isinstance(v, bytes):
        try: return v.decode('utf-8')
        except UnicodeDecodeError: return {'bytes': list(v)}
    if isinstance(v, float) and not np.isfinite(v): return repr(v)
    return v


def array(value):
    value = np.asarray(value)
    kind = value.dtype.kind
    flat = value.reshape(-1)
    if kind == 'c': flat = np.stack([flat.real, flat.imag], -1).reshape(-1)
    name = S if kind in 'OSU' else str(value.dtype)
    return {'dtype': name, 'shape': list(value.shape), 'data': [element(v) for v in flat.tolist()]}


# What TensorFlow 1.8 said where the words have changed since.
V1 = [('Reshape', 'Only one', 'only one'), ('Reshape', 'Size', 'size'),
      ('Reshape', '^.*has 0$', 'reshape cannot infer the missing input size for an empty tensor unless all specified input sizes are non-zero'), ('Fill', 'must represent', 'must be'),
      ('ConcatV2', r'Dimension \d in both shapes must be equal:', 'Dimensions of inputs should match:'),
      ('ConcatOffset', '^All dimensions.*', 'input[1,1] mismatch: 2 vs. 3'),
      ('GatherV2', '^Shape must be.*', 'Expected axis in the range [-1, 1), but got 1'),
      ('GatherNd', r'^indices\[0\].*', 'flat indices[0, :] = [3] does not index into param (shape: [3]).'),
      ('ScatterNd', r'^indices\[0\].*', 'Invalid indices: [0] = [3] does not index into [3]'),
      ('ScatterNd', '^Dimensions.*', 'The outermost dimension of updates and indices must match. Got indices.shape [2,1], updates.shape [3]'),
      ('SparseToDense', '(out of order).*', r'\1'), ('NthElement', '^Input must have.*', 'Input must have at least n+1 columns')]
# What TensorFlow's CPU kernels or newer versions do not take at all.
UNSUPPORTED = ['not supported, DataType', 'No OpKernel', 'No WhereOp', 'has been removed', 'Unhandled']


def message(error):
    text = error.message if isinstance(error, tf.errors.OpError) else str(error)
    text = re.split(r"\nNode: '[^\n]*\n", text)[-1]
    return re.split(r'\n?\t \[\[|\n\n|\n\t| \[Op:', text)[0].rstrip()


def row(op, attrs=None, **inputs):
    """An input is an array, or a list of them."""
    attrs = attrs or {}
    fed, feeds = {}, {}
    with tf.Graph().as_default(), tf.Session() as session:
        def feed(v, name=''):
            v = np.asarray(v)
            p = tf.placeholder(tf.string if v.dtype.kind in 'OSU' else v.dtype, v.shape if name == 'block_shape' else None)
            feeds[p] = v
            return p
        for k, v in inputs.items():
            fed[k] = [feed(x) for x in v] if isinstance(v, list) else feed(v, k)
        given = {k: tf.as_dtype(v) if k in ('out_type', 'out_idx') else v for k, v in attrs.items()}
        entry = {'op': op, 'attrs': attrs, 'inputs': [array(v) for v in feeds.values()]}
        try:
            result = getattr(tf.raw_ops, op)(**fed, **given)
            result = list(result) if isinstance(result, (list, tuple)) else [result]
            outputs = session.run(result, feeds)
            entry['outputs'] = [array(v) for v in outputs if v is not None]
        except Exception as error:
            if any(words in str(error) for words in UNSUPPORTED): return
            entry['error'] = message(error)
            for name, old, new in V1:
                if name == op: entry['error'] = re.sub(old, new, entry['error'], flags=re.S)
    ROWS.append(entry)


i32 = lambda *v: np.array(v, I)
i64 = lambda *v: np.array(v, L)
strings = lambda *v: np.array(v, object)
mask = lambda begin=0, end=0, ellipsis=0, axes=0, shrink=0: {
    'begin_mask': begin, 'end_mask': end, 'ellipsis_mask': ellipsis, 'new_axis_mask': axes, 'shrink_axis_mask': shrink}


def shapes():
    x = numbers(F, 2, 3)
    row('Shape', {'out_type': I}, input=x)
    row('Shape', {'out_type': L}, input=x)
    row('ShapeN', {'out_type': I}, input=[x, numbers(F)])
    row('Size', {'out_type': I}, input=x)
    row('Rank', input=x)
    for shape in ([3, 2], [-1], [6, 1], [-1, 2], [2, -1, 3], [4], [-1, 4], [-1, -1], [-2, 3], [0, -1]):
        row('Reshape', tensor=x, shape=np.array(shape, I))
    row('Reshape', tensor=x, shape=np.int32(6))
    row('Reshape', tensor=numbers(F, 0, 3), shape=i32(-1, 3))
    for axis in (0, 1, 2, -1, -3, 3, -4): row('ExpandDims', input=x, axis=np.int32(axis))
    y = numbers(F, 1, 2, 1)
    for axes in ([], [0], [-1], [0, 2], [1], [3]): row('Squeeze', {'axis': axes}, input=y)
    for t in TYPES: row('Fill', dims=i32(2, 2), value=numbers(t))
    row('Fill', dims=i32(-1), value=numbers(F))
    row('Fill', dims=i32(2), value=numbers(F, 2))
    for t in TYPES:
        row('ZerosLike', x=numbers(t, 2, 2))
        if t != S: row('OnesLike', x=numbers(t, 2, 2))
        row('BroadcastTo', input=numbers(t, 3, 1), shape=i32(2, 3, 2))
    row('BroadcastTo', input=numbers(F), shape=i32(2, 2))
    row('BroadcastTo', input=numbers(F, 1, 3), shape=i32(4, 3))


def slices():
    for t in TYPES: row('Slice', input=numbers(t, 3, 4, 2), begin=i32(1, 0, 1), size=i32(2, 3, -1))
    x = numbers(F, 3, 4)
    row('Slice', input=x, begin=i32(4, 0), size=i32(0, 0))
    row('Slice', input=x, begin=i32(1, 0), size=i32(3, 0))
    row('Slice', input=x, begin=i32(1), size=i32(3))
    row('Slice', input=numbers(F, 0, 2), begin=i32(1, 0), size=i32(0, 0))
    row('Slice', input=x, begin=i32(1, 1), size=i32(0, 2))
    y = numbers(I, 4, 5, 6)
    cases = [((1, 1, 1), (3, 3, 3), (1, 1, 1), {}), ((-1, 1, 0), (0, 4, 6), (-1, 2, 5), {}), ((1,), (2,), (1,), mask(shrink=1)),
             ((0, 1), (0, 2), (1, 1), mask(ellipsis=1, shrink=2)), ((0, 0, 1), (0, 0, 2), (1, 1, 1), mask(axes=1, ellipsis=2, shrink=4)),
             ((0, 0), (0, 0), (-1, -2), mask(begin=3, end=3)), ((2, 0), (1, 0), (1, 1), {}), ((5,), (6,), (1,), mask(shrink=1)),
             ((-5,), (-4,), (1,), mask(shrink=1)), ((0, 0, 0, 0), (1, 1, 1, 1), (1, 1, 1, 1), {}), ((0,), (1,), (0,), {}),
             ((0,), (1,), (-1,), mask(shrink=1)), ((0, 0), (1, 1), (1, 1), mask(ellipsis=3)), ((-9, 9), (9, -9), (2, -3), {}),
             ((0, 0, 0, 0, 0), (0, 0, 0, 0, 0), (1,) * 5, mask(axes=0b01010, begin=0b10101, end=0b10101))]
    for begin, end, strides, masks in cases:
        row('StridedSlice', masks or mask(), input=y, begin=i32(*begin), end=i32(*end), strides=i32(*strides))
    row('StridedSlice', mask(), input=y, begin=i32(0), end=i32(0, 1), strides=i32(1))
    for t in TYPES: row('StridedSlice', mask(shrink=2), input=numbers(t, 3, 4), begin=i64(-1, 1), end=i64(-4, 2), strides=i64(-2, 1))
    row('StridedSliceGrad', mask(shrink=2), shape=i32(3, 4), begin=i32(0, 1), end=i32(3, 2), strides=i32(2, 1), dy=numbers(F, 2))
    row('StridedSliceGrad', mask(), shape=i32(3, 4), begin=i32(2, 3), end=i32(-4, 0), strides=i32(-2, -2), dy=numbers(C, 2, 2))
    row('StridedSliceGrad', mask(), shape=i32(3), begin=i32(0), end=i32(2), strides=i32(1), dy=numbers(F, 3))


def joins():
    for t in TYPES:
        row('ConcatV2', values=[numbers(t, 2, 1, 3), numbers(t, 2, 2, 3), numbers(t, 2, 0, 3)], axis=np.int32(1))
        row('Pack', {'axis': 1}, values=[numbers(t, 2, 3), numbers(t, 2, 3)])
        row('Unpack', {'axis': 1, 'num': 3}, value=numbers(t, 2, 3, 2))
    row('ConcatV2', values=[numbers(F, 2), numbers(F, 3)], axis=np.int32(-1))
    row('Concat', concat_dim=np.int32(0), values=[numbers(F, 2), numbers(F, 3)])
    row('ConcatV2', values=[numbers(F, 2, 2), numbers(F, 2, 3)], axis=np.int32(0))
    row('ConcatV2', values=[numbers(F, 2, 2), numbers(F, 2)], axis=np.int32(0))
    row('ConcatV2', values=[numbers(F, 2), numbers(F, 2)], axis=np.int32(1))
    row('ConcatOffset', concat_dim=np.int32(1), shape=[i32(2, 2, 5), i32(2, 3, 5), i32(2, 4, 5)])
    row('ConcatOffset', concat_dim=np.int32(3), shape=[i32(2, 2, 5), i32(2, 3, 5)])
    row('ConcatOffset', concat_dim=np.int32(0), shape=[i32(2, 2), i32(2, 3)])
    row('Pack', {'axis': -1}, values=[numbers(F), numbers(F)])
    row('Pack', {'axis': -3}, values=[numbers(F, 2), numbers(F, 2)])
    row('Pack', {'axis': 0}, values=[numbers(F, 2), numbers(F, 3)])
    row('Unpack', {'axis': -1, 'num': 2}, value=numbers(F, 3, 2))
    row('Unpack', {'axis': 0, 'num': 2}, value=numbers(F, 3, 2))
    row('Unpack', {'axis': 2, 'num': 2}, value=numbers(F, 3, 2))
    for t in (F, L, S): row('Split', {'num_split': 2}, axis=np.int32(-1), value=numbers(t, 3, 4))
    row('Split', {'num_split': 1}, axis=np.int32(0), value=numbers(F, 3, 4))
    row('Split', {'num_split': 2}, axis=np.int32(0), value=numbers(F, 3, 4))
    row('Split', {'num_split': 2}, axis=np.int32(2), value=numbers(F, 3, 4))
    for sizes in ((1, 3), (1, -1), (-1, -1), (1, 2), (-1, 5), (4, 0)):
        row('SplitV', {'num_split': 2}, value=numbers(F, 3, 4), size_splits=i32(*sizes), axis=np.int32(1))
    row('SplitV', {'num_split': 2}, value=numbers(F, 3, 4), size_splits=i32(1, 1, 2), axis=np.int32(1))


def moves():
    for t in TYPES:
        row('Transpose', x=numbers(t, 2, 3, 4), perm=i32(2, 0, 1))
        row('ReverseV2', tensor=numbers(t, 2, 3), axis=i32(-1))
        row('Tile', input=numbers(t, 2, 3), multiples=i32(2, 3))
        if t != S: row('Roll', input=numbers(t, 3, 4), shift=i32(1, -1), axis=i32(0, 1))
    row('ConjugateTranspose', x=numbers(C, 2, 3), perm=i32(1, 0))
    row('ConjugateTranspose', x=numbers(F, 2, 3), perm=i32(1, 0))
    row('Transpose', x=numbers(F, 2, 3, 1, 2), perm=i32(3, 1, 2, 0))
    row('Transpose', x=numbers(F), perm=i32())
    row('Transpose', x=numbers(F, 2, 3), perm=i32(0))
    row('Transpose', x=numbers(F, 2, 3), perm=i32(0, 2))
    row('Transpose', x=numbers(F, 2, 3), perm=i32(0, 0))
    row('InvertPermutation', x=i32(2, 0, 1))
    row('InvertPermutation', x=i32(2, 0, 3))
    row('InvertPermutation', x=i32(2, 0, 0))
    row('Reverse', tensor=numbers(F, 2, 3), dims=np.array([True, False]))
    row('Reverse', tensor=numbers(F, 2, 3), dims=np.array([True]))
    row('ReverseV2', tensor=numbers(F, 2, 3), axis=i32(0, 1))
    row('ReverseV2', tensor=numbers(F, 2, 3), axis=i32(2))
    row('ReverseV2', tensor=numbers(F, 2, 3), axis=i32(1, -1))
    row('ReverseV2', tensor=numbers(F, 0, 3), axis=i32(0))
    row('ReverseSequence', {'seq_dim': 1, 'batch_dim': 0}, input=numbers(F, 3, 4, 2), seq_lengths=i64(4, 0, 2))
    row('ReverseSequence', {'seq_dim': 0, 'batch_dim': 2}, input=numbers(S, 3, 2, 3), seq_lengths=i64(1, 2, 3))
    row('ReverseSequence', {'seq_dim': 1, 'batch_dim': 0}, input=numbers(F, 3, 4), seq_lengths=i64(4, 0))
    row('ReverseSequence', {'seq_dim': 1, 'batch_dim': 0}, input=numbers(F, 2, 4), seq_lengths=i64(5, 0))
    row('ReverseSequence', {'seq_dim': 1, 'batch_dim': 0}, input=numbers(F, 2, 4), seq_lengths=i64(-1, 0))
    row('Tile', input=numbers(F, 2, 3), multiples=i32(0, 3))
    row('Tile', input=numbers(F, 2, 3), multiples=i32(2))
    row('Tile', input=numbers(F, 2, 3), multiples=i32(-1, 2))
    row('Tile', input=numbers(F, 1, 2, 1), multiples=i64(3, 1, 2))
    row('Roll', input=numbers(F, 5), shift=np.int32(7), axis=np.int32(-1))
    row('Roll', input=numbers(F), shift=np.int32(7), axis=np.int32(0))
    row('Roll', input=numbers(F, 2), shift=np.int32(7), axis=np.int32(1))
    for t in (F, L, 'uint8', C):
        row('SpaceToDepth', {'block_size': 2, 'data_format': 'NHWC'}, input=numbers(t, 2, 4, 2, 3))
        row('DepthToSpace', {'block_size': 2, 'data_format': 'NHWC'}, input=numbers(t, 2, 2, 3, 8))
    row('SpaceToDepth', {'block_size': 2, 'data_format': 'NHWC'}, input=numbers(F, 2, 3, 2, 3))
    row('DepthToSpace', {'block_size': 2, 'data_format': 'NHWC'}, input=numbers(F, 2, 3, 2, 3))


def pads():
    for t in TYPES:
        if t != S: row('Pad', input=numbers(t, 2, 3), paddings=np.array([[1, 0], [2, 1]], I))
        row('PadV2', input=numbers(t, 2, 3), paddings=np.array([[1, 0], [2, 1]], I), constant_values=numbers(t))
        for mode in ('REFLECT', 'SYMMETRIC'):
            if t not in (S, 'uint16', 'int8'): row('MirrorPad', {'mode': mode}, input=numbers(t, 2, 3, 2), paddings=np.array([[1, 0], [2, 1], [1, 1]], I))
    row('Pad', input=numbers(F, 2, 3), paddings=np.array([[0, 0], [0, 0]], I))
    row('Pad', input=numbers(F, 2, 3), paddings=np.array([[1, 0]], I))
    row('Pad', input=numbers(F, 2), paddings=np.array([[-1, 0]], I))
    row('Pad', input=numbers(F, 2), paddings=np.array([[1, 0, 1]], I))
    row('MirrorPad', {'mode': 'REFLECT'}, input=numbers(F, 2), paddings=np.array([[2, 0]], I))
    row('MirrorPad', {'mode': 'SYMMETRIC'}, input=numbers(F, 2), paddings=np.array([[3, 0]], I))
    for t in (F, D, C, I):
        for mode in ('REFLECT', 'SYMMETRIC'):
            row('MirrorPadGrad', {'mode': mode}, input=numbers(t, 3, 6), paddings=np.array([[1, 0], [2, 1]], I))
    for t in (F, L, 'uint8'):
        row('SpaceToBatchND', input=numbers(t, 1, 2, 2, 2), block_shape=i32(2, 2), paddings=np.array([[0, 0], [0, 0]], I))
        row('SpaceToBatchND', input=numbers(t, 2, 3, 4), block_shape=i32(2, 3), paddings=np.array([[1, 0], [2, 0]], I))
        row('BatchToSpaceND', input=numbers(t, 12, 2, 2), block_shape=i32(2, 3), crops=np.array([[1, 0], [2, 1]], I))
    row('SpaceToBatch', {'block_size': 2}, input=numbers(F, 1, 3, 4, 1), paddings=np.array([[1, 0], [0, 0]], I))
    row('BatchToSpace', {'block_size': 2}, input=numbers(F, 4, 1, 2, 1), crops=np.array([[0, 1], [0, 0]], I))
    row('SpaceToBatchND', input=numbers(F, 1, 3, 2, 1), block_shape=i32(2, 2), paddings=np.array([[0, 0], [0, 0]], I))
    row('SpaceToBatchND', input=numbers(F, 1, 3), block_shape=i32(2, 2), paddings=np.array([[0, 0], [0, 0]], I))
    row('BatchToSpaceND', input=numbers(F, 3, 2, 2), block_shape=i32(2), crops=np.array([[0, 0]], I))
    row('BatchToSpaceND', input=numbers(F, 2, 2, 2), block_shape=i32(2), crops=np.array([[3, 2]], I))


def gathers():
    for t in TYPES:
        row('GatherV2', params=numbers(t, 4, 2, 3), indices=np.array([[0, 3], [1, 1]], I), axis=np.int32(0))
        row('GatherV2', params=numbers(t, 2, 4, 3), indices=i64(3, 0), axis=np.int32(-2))
        row('GatherNd', params=numbers(t, 2, 3, 2), indices=np.array([[[0, 2], [1, 1]]], I))
        row('DynamicPartition', {'num_partitions': 3}, data=numbers(t, 4, 2), partitions=i32(2, 0, 2, 0))
        row('DynamicStitch', indices=[np.int32(5), i32(0, 3), np.array([[1, 2], [4, 0]], I)], data=[numbers(t, 2), numbers(t, 2, 2), numbers(t, 2, 2, 2)])
        row('OneHot', {'axis': -1}, indices=i64(0, 2, -1), depth=np.int32(3), on_value=numbers(t), off_value=numbers(t))
        if t not in (C, Z): row('SparseToDense', {'validate_indices': True}, sparse_indices=np.array([[0, 1], [1, 0]], I), output_shape=i32(2, 3), sparse_values=numbers(t, 2), default_value=numbers(t))
        if t != B: row('ScatterNd', indices=np.array([[2], [0]], I), updates=numbers(t, 2, 3), shape=i32(4, 3))
    row('Gather', params=numbers(F, 3), indices=np.int32(1))
    row('Gather', params=numbers(F, 3), indices=i32(0, 5))
    row('Gather', params=numbers(F, 3), indices=np.array([[0, 1], [-1, 2]], I))
    row('Gather', params=numbers(F, 3), indices=np.int32(3))
    row('GatherV2', params=numbers(F, 3), indices=i32(0), axis=np.int32(1))
    row('Gather', params=numbers(F), indices=i32(0))
    row('GatherNd', params=numbers(F, 3), indices=np.array([[3]], I))
    row('GatherNd', params=numbers(F, 3), indices=np.zeros([2, 0], I))
    row('GatherNd', params=numbers(F, 3), indices=np.zeros([2, 2], I))
    row('ScatterNd', indices=np.array([[1], [1]], I), updates=numbers(F, 2), shape=i32(3))
    row('ScatterNd', indices=np.array([[1, 0], [1, 1]], I), updates=numbers(F, 2), shape=i32(2, 2))
    row('ScatterNd', indices=np.array([[3], [1]], I), updates=numbers(F, 2), shape=i32(3))
    row('ScatterNd', indices=np.array([[1], [1]], I), updates=numbers(F, 3), shape=i32(3))
    row('SparseToDense', {'validate_indices': True}, sparse_indices=i32(3, 1), output_shape=i32(4), sparse_values=numbers(F), default_value=numbers(F))
    row('SparseToDense', {'validate_indices': True}, sparse_indices=i32(1, 1), output_shape=i32(4), sparse_values=numbers(F), default_value=numbers(F))
    row('SparseToDense', {'validate_indices': True}, sparse_indices=i32(1, 4), output_shape=i32(4), sparse_values=numbers(F), default_value=numbers(F))
    row('SparseToDense', {'validate_indices': False}, sparse_indices=i32(3, 1), output_shape=i32(4), sparse_values=numbers(F), default_value=numbers(F))
    for axis in (0, 1, 2, 3): row('OneHot', {'axis': axis}, indices=np.array([[0, 2], [3, 1]], I), depth=np.int32(3), on_value=np.float32(5), off_value=np.float32(0))
    row('DynamicPartition', {'num_partitions': 2}, data=numbers(F, 4), partitions=i32(0, 2, 1, 0))
    row('DynamicPartition', {'num_partitions': 2}, data=numbers(F, 4), partitions=i32(0, 1))
    row('DynamicStitch', indices=[i32(0, 1)], data=[numbers(F, 3)])
    row('DynamicStitch', indices=[i32(0, 1), i32(2)], data=[numbers(F, 2, 2), numbers(F, 1, 3)])


def searches():
    for t in TYPES:
        if t != S: row('Where', condition=numbers(t, 2, 3) if t == B else (numbers(F, 2, 3) > 50).astype(t))
        if t not in (C, Z):
            x = numbers(t, 5)[np.array([0, 1, 0, 2, 1, 3])]
            row('Unique', {'out_idx': L}, x=x)
            row('UniqueWithCounts', {'out_idx': I}, x=x)
            row('ListDiff', {'out_idx': I}, x=x, y=x[2:4])
        if t not in (C, Z, S, B):
            row('TopKV2', {'sorted': True}, input=numbers(t, 2, 6) % t_mod(t), k=np.int32(4))
            row('NthElement', {'reverse': False}, input=numbers(t, 2, 5), n=np.int32(1))
            row('NthElement', {'reverse': True}, input=numbers(t, 2, 5), n=np.int32(1))
    row('Where', condition=np.array(True))
    row('Where', condition=np.zeros([2, 0], bool))
    row('Unique', {'out_idx': I}, x=numbers(F, 2, 2))
    row('UniqueV2', {'out_idx': I}, x=np.array([[1, 0, 0], [1, 0, 0], [2, 0, 0]], F), axis=i64(0))
    row('UniqueV2', {'out_idx': I}, x=np.array([[1, 0, 0], [1, 0, 0], [2, 0, 0]], F), axis=i64(1))
    row('UniqueWithCountsV2', {'out_idx': I}, x=i32(3, 1, 3), axis=i64())
    row('ListDiff', {'out_idx': I}, x=numbers(F, 2, 2), y=numbers(F, 2))
    row('TopKV2', {'sorted': True}, input=numbers(F, 2, 3), k=np.int32(-1))
    row('TopKV2', {'sorted': True}, input=numbers(F), k=np.int32(0))
    row('TopK', {'k': 2, 'sorted': True}, input=np.array([1, 3, 3, 2], F))
    p = np.array([[.1, .3, .2, .3], [.5, np.nan, .1, .2], [.5, .1, .1, .9]], F)
    row('InTopK', {'k': 1}, predictions=p, targets=i32(1, 0, 4))
    row('InTopK', {'k': 2}, predictions=p, targets=i64(2, 1, 0))
    row('InTopKV2', predictions=p, targets=i32(2, 1, 0), k=np.int32(3))
    row('InTopK', {'k': 2}, predictions=p, targets=i32(2, 1))
    row('NthElement', {'reverse': False}, input=numbers(F, 2, 2), n=np.int32(2))
    values = np.array([[0, 3, 3.5, 9, 10], [1, 2, 3, 4, 5]], F)
    for op in ('LowerBound', 'UpperBound'):
        row(op, {'out_type': I}, sorted_inputs=np.array([[0, 3, 3, 9], [1, 2, 4, 4]], F), values=values)
    row('Bucketize', {'boundaries': [0., 3., 9.]}, input=values)
    row('Bucketize', {'boundaries': [3., 0.]}, input=values)


def t_mod(t): return np.array(7, t)


def diagonals():
    for t in (F, D, I, L, C, Z):
        row('Diag', diagonal=numbers(t, 2, 3))
        row('DiagPart', input=numbers(t, 2, 3, 2, 3))
        row('MatrixDiag', diagonal=numbers(t, 2, 3))
        row('MatrixDiagPart', input=numbers(t, 2, 3, 2))
        row('MatrixSetDiag', input=numbers(t, 2, 2, 3), diagonal=numbers(t, 2, 2))
        for lower, upper in ((1, 0), (-1, 0), (0, -1), (2, 1), (0, 0), (-1, -1)):
            row('MatrixBandPart', input=numbers(t, 2, 3, 4), num_lower=np.int64(lower), num_upper=np.int64(upper))
    row('DiagPart', input=numbers(F, 2, 3))
    row('MatrixDiagPart', input=numbers(F, 2))


def checks():
    false = np.array(False)
    row('Assert', {'summarize': 3}, condition=np.array(True), data=[numbers(F)])
    for limit in (3, 10, 1, -1):
        row('Assert', {'summarize': limit}, condition=false, data=[np.array([[1, 2], [3, 4.5]], F), strings('x', 'a"b\n')])
    floats = [.1, 1 / 3, 1e10, 123456789, 1e-5, np.nan, np.inf, -np.inf, 0, -0.0, 3.1415927, 65504, 0.5]
    row('Assert', {'summarize': 99}, condition=false, data=[np.array(floats, t) for t in (F, D, 'float16')])
    row('Assert', {'summarize': 99}, condition=false, data=[numbers(t, 2) for t in TYPES])
    row('Assert', {'summarize': 5}, condition=false, data=[numbers(I, 2, 2, 2), numbers(I), numbers(I, 0), numbers(I, 2, 0)])
    row('CheckNumerics', {'message': 'm'}, tensor=np.array([1, 2], F))
    row('CheckNumerics', {'message': 'm'}, tensor=np.array([1, np.nan], F))
    row('CheckNumerics', {'message': 'm'}, tensor=np.array([1, -np.inf], D))
    row('CheckNumerics', {'message': ''}, tensor=np.array([np.inf, np.nan], 'float16'))


WORDS = strings('', 'a', 'ab', 'héllo wörld', 'x' * 7, 'y' * 8, 'abcdefghijklmnop', 'abcdefghijklmnopq', 'z' * 32, 'q1' * 20, 'w7' * 32, 'v' * 65, 'uv' * 100, b'\xff\x00\xfe')


def texts():
    row('StringJoin', {'separator': '-'}, inputs=[strings('a', 'b'), np.array('x', object), strings('c', b'\xff')])
    row('StringJoin', {'separator': ''}, inputs=[strings('a', 'b'), strings('x')])
    row('StringJoin', {'separator': ''}, inputs=[np.array(b'\xc3', object), np.array(b'\xa9', object)])
    grid = np.array([['a', 'b'], ['c', 'd']], object)
    for axes in ((0,), (1,), (-1,), (0, 1), (1, 0), ()): row('ReduceJoin', {'separator': '.', 'keep_dims': False}, inputs=grid, reduction_indices=i32(*axes))
    row('ReduceJoin', {'separator': '', 'keep_dims': True}, inputs=grid, reduction_indices=i32(1))
    row('ReduceJoin', {'separator': '', 'keep_dims': True}, inputs=grid, reduction_indices=i32(2))
    row('ReduceJoin', {'separator': '', 'keep_dims': True}, inputs=grid, reduction_indices=i32(1, -1))
    for delimiter in (' ', '', 'l', ' o', 'ö'):
        for skip in (True, False):
            row('StringSplit', {'skip_empty': skip}, input=strings('hello  world', 'wörld', ''), delimiter=np.array(delimiter, object))
    row('Substr', input=strings('hello', 'wörld'), pos=np.int32(1), len=np.int32(3))
    row('Substr', input=strings('hello', 'world'), pos=i32(1, 2), len=i32(9, 0))
    row('Substr', input=grid, pos=i64(0, 1), len=i64(1, 1))
    row('Substr', input=strings('hello'), pos=np.int32(6), len=np.int32(1))
    row('Substr', input=strings('hello'), pos=np.int32(1), len=i32(1))
    row('StringStrip', input=strings('  a b\n', '\t', 'x'))
    row('StringLength', {'unit': 'BYTE'}, input=WORDS)
    row('RegexReplace', {'replace_global': True}, input=strings('a1b22', 'none'), pattern=np.array('([a-z])([0-9]+)', object), rewrite=np.array(r'<\2:\1:\0:$1:\\>', object))
    row('RegexReplace', {'replace_global': False}, input=strings('aaa', 'AaA'), pattern=np.array('(?i)a', object), rewrite=np.array('b', object))
    numerals = strings('1', ' -2.5 ', '1e3', '.5', '+7', 'inf', '-inf', 'nan', '5.')
    for t in (F, D): row('StringToNumber', {'out_type': t}, string_tensor=numerals)
    for t in (I, L): row('StringToNumber', {'out_type': t}, string_tensor=strings('12', ' -7 '))
    for t, text in ((F, 'abc'), (I, '1.5'), (I, '2147483648'), (F, '')): row('StringToNumber', {'out_type': t}, string_tensor=strings(text))
    plain = {'precision': -1, 'scientific': False, 'shortest': False, 'width': -1, 'fill': ''}
    values = np.array([0, 1, -1.5, 1 / 3, 1e10, 1e-10, 2.5, 0.5, 1e22, np.nan, -np.inf, 123456.789], D)
    for t in (F, D):
        for change in ({}, {'precision': 0}, {'precision': 3}, {'scientific': True}, {'scientific': True, 'precision': 2}, {'shortest': True}, {'shortest': True, 'precision': 3},
                       {'width': 12, 'precision': 2}, {'width': 12, 'precision': 2, 'fill': '0'}, {'width': 12, 'precision': 2, 'fill': '-'}, {'width': 12, 'precision': 2, 'fill': '+'}):
            row('AsString', {**plain, **change}, input=values.astype(t))
    for t in (I, L, 'int8', 'int16', B, C): row('AsString', plain, input=numbers(t, 3))
    row('AsString', {**plain, 'width': 5, 'fill': '0'}, input=i32(-3, 12))
    row('AsString', {**plain, 'precision': 2}, input=i32(-3, 12))
    for op in ('StringToHashBucket', 'StringToHashBucketFast'):
        for buckets in (10, 1000003): row(op, {'num_buckets': buckets}, **{'string_tensor' if op == 'StringToHashBucket' else 'input': WORDS})
    row('StringToHashBucketStrong', {'num_buckets': 1000003, 'key': [1231, 12356]}, input=WORDS)
    for pad in (True, False): row('EncodeBase64', {'pad': pad}, input=WORDS)
    row('DecodeBase64', input=strings('', 'YQ', 'YWI=', 'aMOpbGxvIHfDtnJsZA', '_wD-'))
    row('DecodeBase64', input=strings('Y!=='))
    raw = strings(bytes(range(16)), bytes(range(100, 116)))
    for t in (F, D, 'float16', I, 'int16', 'int8', 'uint8', 'uint16', C): row('DecodeRaw', {'out_type': t, 'little_endian': True}, bytes=raw)
    row('DecodeRaw', {'out_type': I, 'little_endian': False}, bytes=raw)
    row('DecodeRaw', {'out_type': L, 'little_endian': True}, bytes=strings(np.array([1, -2], L).tobytes()))
    row('DecodeRaw', {'out_type': I, 'little_endian': True}, bytes=strings('abcde'))
    row('DecodeRaw', {'out_type': I, 'little_endian': True}, bytes=strings('abcd', 'abcdefgh'))


for group in (shapes, slices, joins, moves, pads, gathers, searches, diagonals, checks, texts): group()
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'array_kernels.json')
with open(path, 'w') as file:
    file.write('[\n' + ',\n'.join(json.dumps(r, ensure_ascii=False) for r in ROWS) + '\n]\n')
print(len(ROWS), 'rows,', sum('error' in r for r in ROWS), 'errors')
