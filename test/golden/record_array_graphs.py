"""Writes the nodes that TensorFlow builds for calls of array functions to test/golden/array_graphs.json.

    pip install tensorflow-cpu && python test/golden/record_array_graphs.py

`x` is a float placeholder of shape [None, 4, 6], `u` one of unknown shape, `n` an int32 scalar placeholder. A row is
the nodes after those, the static shapes of the results, or the error.
"""
import json
import os

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)

CALLS = '''
tf.shape(x)
tf.shape(x[0], out_type=tf.int64)
tf.size(x[0])
tf.rank(u)
tf.rank(x)
tf.zeros([200, 300])
tf.zeros([n, 3])
tf.zeros(tf.shape(x))
tf.ones(tf.shape(x), tf.bool)
tf.zeros([], tf.string)
tf.zeros_like(x)
tf.zeros_like(x, tf.int32)
tf.zeros_like(x[0])
tf.ones_like(x)
tf.ones_like(x[0])
tf.ones_like(x, optimize=False)
tf.fill([2, n], 9.0)
tf.one_hot(n, 3, axis=0)
tf.one_hot([0, 1], 3, dtype=tf.int64)
tf.one_hot([0, 1], 3, on_value=5.0)
tf.expand_dims(x, -1)
tf.squeeze(x[:, :1], [1])
tf.stack([n, 2])
tf.stack([x, x], axis=-1)
tf.stack([[n, 1], [2, n]])
tf.concat([x, x], 1)
tf.concat([x], 1)
tf.concat([[n], [4]], 0)
tf.unstack(x, axis=1)
tf.split(x, 2, axis=1)
tf.split(x, [1, 3], 1)
tf.split(x, [1, -1], 1)
tf.transpose(x)
tf.transpose(u)
tf.transpose(x, [2, 0, 1])
tf.matrix_transpose(x)
tf.matrix_transpose(u)
tf.reverse(x, [0])
tf.tile(x, [1, n, 2])
tf.pad(x, [[0, 0], [1, 1], [0, 2]])
tf.pad(x, [[0, 0], [1, 1], [0, 2]], constant_values=3.0)
tf.pad(x, [[0, 0], [1, 1], [0, 2]], 'REFLECT')
tf.gather(x, [0, 1])
tf.gather(x, [[0, 1]], axis=2)
tf.gather_nd(x, [[0, 1]])
tf.scatter_nd([[1]], [2.0], [4])
tf.where(x[0] > 0)
tf.boolean_mask(x, [True, False, True, False], axis=1)
tf.boolean_mask(x, x > 0)
tf.sequence_mask(tf.shape(x))
tf.sequence_mask(tf.shape(x), 5, tf.float32)
tf.meshgrid(tf.shape(x), n)
tf.meshgrid(tf.shape(x), tf.shape(u), indexing='ij')
tf.slice(x, [0, 1, 2], [-1, 2, -1])
tf.slice(x, [0, 1, 2], [2, 2, n])
tf.strided_slice(x, [0, 1], [2, 2])
tf.strided_slice(x, [0, 1], [2, 2], [1, 1], begin_mask=1)
x[0]
x[0:2, 1]
x[..., tf.newaxis, ::-1]
x[n]
x[n:, 0]
x[1:n, ::2]
x[:, tf.constant(1, tf.int64):]
x[-1, ..., 2:-1:3]
tf.reshape(x, [-1, 24])
tf.reshape(x, [n, 2, -1])
tf.reshape(x, tf.stack([tf.shape(x)[0], 24]))
tf.reshape(x, tf.concat([tf.shape(x)[:1], [24]], 0))
tf.reshape(x, [tf.shape(x)[0], -1])
tf.reverse_sequence(x, tf.zeros([4], tf.int32), seq_axis=2, batch_axis=1)
tf.space_to_batch(x[..., tf.newaxis], [[0, 0], [0, 0]], 2)
tf.space_to_batch_nd(x, [2, 3], [[0, 0], [0, 0]])
tf.batch_to_space_nd(x, [2, 2], [[0, 1], [0, 0]])
tf.space_to_depth(x[..., tf.newaxis], 2)
tf.required_space_to_batch_paddings([4, 5], [2, 3])
tf.required_space_to_batch_paddings(tf.shape(x)[1:], [2, 3])
tf.unique(tf.shape(x))
tf.setdiff1d(tf.shape(x), [2])
tf.nn.top_k(x, 2)
tf.nn.in_top_k(x[0], [1, 2, 3, 0], 2)
tf.dynamic_partition(x, n, 2)
tf.dynamic_stitch([[0], [1]], [x[0, :1], x[0, 1:2]])
tf.sparse_to_dense([0, 2], [3], 1.0)
tf.identity_n([x, n])
tf.shape_n([x, u])
tf.broadcast_dynamic_shape(tf.shape(x), [1, 3])
tf.matrix_band_part(x, 1, 0)
tf.diag(x[0, 0])
tf.check_numerics(x, 'm')
tf.verify_tensor_all_finite(x, 'm')
tf.string_join(['a', tf.as_string(x)], '-')
tf.string_split(['a b'])
tf.reduce_join(tf.as_string(x))
tf.reduce_join(tf.as_string(x), [0, 1])
tf.reshape(x[0], [5])
tf.concat([x, x[:, 1:]], 0)
tf.stack([x[0], x[0, 1:]])
tf.split(x, 3, axis=1)
tf.transpose(x, [0, 1])
tf.transpose(x, [0, 1, 3])
tf.expand_dims(x, 5)
tf.squeeze(x, [1])
tf.unstack(x)
tf.gather_nd(x, [[0, 0, 0, 0]])
x[0, 4]
x[0, 0, 0, 0]
tf.matrix_transpose(x[0, 0])
'''.strip().split('\n')


def tensors(result):
    if isinstance(result, tf.SparseTensor): return [result.indices, result.values, result.dense_shape]
    if isinstance(result, (list, tuple)): return [t for r in result for t in tensors(r)]
    return [result]


def record(call):
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 4, 6], 'x')
        u = tf.placeholder(tf.float32, None, 'u')
        n = tf.placeholder(tf.int32, [], 'n')
        row = {'call': call}
        try:
            found = tensors(eval(call, {'tf': tf, 'x': x, 'u': u, 'n': n}))
            row['shapes'] = [None if t.shape.rank is None else t.shape.as_list() for t in found]
            row['nodes'] = [[node.name, node.op.replace('AddV2', 'Add'), list(node.input)] for node in graph.as_graph_def().node[3:]]
        except Exception as error:
            text = str(error).split(" for '{{")[0].split('\n')[0]
            row['error'] = text.replace('argument `num`', 'num').replace('`a`', "'a'").replace('matrix with rank', 'matrix, with rank').split('  Received')[0]
        return row


path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'array_graphs.json')
with open(path, 'w') as file:
    file.write('[\n' + ',\n'.join(json.dumps(record(call)) for call in CALLS) + '\n]\n')
