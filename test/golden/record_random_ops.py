"""Records random_ops.json: the nodes and the numbers of the public random functions and initializers.

    pip install tensorflow-cpu; python record_random_ops.py

The first call of each pair is Python, the second the same in TypeScript. Bounds are written as floats, because later
versions of TensorFlow leave out nodes for the integers 0 and 1; where 1.8 adds with `Add`, they add
with `AddV2`; where 1.8 takes the standard deviation of VarianceScaling as it is, they divide by
that of the truncated distribution, so that Python's side is spelled out here.
"""
import json, math, os
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '0')
import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)
D = '{ dtype: tf.float64 }'
CALLS = [
    ('tf.random_uniform([2, 3], 0., 1., seed=4)', 'tf.random_uniform([2, 3], 0, 1, { seed: 4 })'),
    ('tf.random_uniform([5], -2., 3., tf.float64, seed=4)', 'tf.random_uniform([5], -2, 3, tf.float64, 4)'),
    ('tf.random_uniform([2, 3], -4, 9, tf.int32, seed=1)', 'tf.random_uniform([2, 3], -4, 9, tf.int32, 1)'),
    ('tf.random_uniform([4], maxval=2**40, dtype=tf.int64, seed=1, name="u")', 'tf.random_uniform([4], { maxval: 2 ** 40, dtype: tf.int64, seed: 1, name: "u" })'),
    ('tf.random_uniform([], 1., 2., tf.float16, seed=2)', 'tf.random_uniform([], 1, 2, tf.float16, 2)'),
    ('tf.random_normal([2, 3], 1., 2., seed=4)', 'tf.random_normal([2, 3], 1, 2, { seed: 4 })'),
    ('tf.random_normal([2, 3], [1., 2., 3.], [[1.], [9.]], seed=4, name="n")', 'tf.random_normal([2, 3], [1, 2, 3], [[1], [9]], { seed: 4, name: "n" })'),
    ('tf.truncated_normal([7], stddev=.1, seed=4)', 'tf.truncated_normal([7], { stddev: 0.1, seed: 4 })'),
    ('tf.random_shuffle([[1., 2.], [3., 4.], [5., 6.], [7., 8.]], seed=3)', 'tf.random_shuffle([[1, 2], [3, 4], [5, 6], [7, 8]], 3)'),
    ('tf.multinomial([[1., 2.], [0., 0.]], 3, seed=3)', 'tf.multinomial([[1, 2], [0, 0]], 3, 3)'),
    ('tf.multinomial([[1., 2.]], 4, seed=3, output_dtype=tf.int32, name="m")', 'tf.multinomial([[1, 2]], 4, 3, "m", tf.int32)'),
    ('tf.random_poisson([2., 20.], [3], seed=3)', 'tf.random_poisson([2, 20], [3], { seed: 3 })'),
    ('tf.random_poisson(tf.constant(2.), [], tf.int64, seed=3)', 'tf.random_poisson(tf.constant(2), [], tf.int64, 3)'),
    ('tf.random_crop(np.arange(12, dtype=np.float32).reshape(4, 3), [2, 2], seed=3)', 'tf.random_crop(tf.float32([[0, 1, 2], [3, 4, 5], [6, 7, 8], [9, 10, 11]]), [2, 2], 3)'),
    ('tf.zeros_initializer()([2, 3])', 'new tf.zeros_initializer()([2, 3])'),
    ('tf.ones_initializer(tf.int32)([2, 3])', 'new tf.ones_initializer(tf.int32)([2, 3])'),
    ('tf.ones_initializer()([2], dtype=tf.float64)', f'new tf.ones_initializer()([2], {D})'),
    ('tf.constant_initializer(3)([2, 3])', 'new tf.constant_initializer(3)([2, 3])'),
    ('tf.constant_initializer([1, 2])([2, 3], tf.float64)', 'new tf.constant_initializer([1, 2])([2, 3], tf.float64)'),
    ('tf.random_uniform_initializer(-1., 1., seed=2)([2, 3])', 'new tf.random_uniform_initializer(-1, 1, 2)([2, 3])'),
    ('tf.random_uniform_initializer(0, 9, seed=2, dtype=tf.int32)([2])', 'new tf.random_uniform_initializer(0, 9, { seed: 2, dtype: tf.int32 })([2])'),
    ('tf.random_normal_initializer(stddev=.5, seed=2)([2, 3])', 'new tf.random_normal_initializer({ stddev: 0.5, seed: 2 })([2, 3])'),
    ('tf.truncated_normal_initializer(1., .5, seed=2)([2, 3])', 'new tf.truncated_normal_initializer(1, 0.5, 2)([2, 3])'),
    ('tf.uniform_unit_scaling_initializer(1.43, seed=2)([4, 3])', 'new tf.uniform_unit_scaling_initializer(1.43, 2)([4, 3])'),
    ('tf.truncated_normal([4, 3], 0., math.sqrt(1 / 4), seed=2)', 'new tf.variance_scaling_initializer({ seed: 2 })([4, 3])'),
    ('tf.variance_scaling_initializer(2., "fan_out", "uniform", seed=2)([2, 2, 4, 3])', 'new tf.variance_scaling_initializer(2, "fan_out", "uniform", 2)([2, 2, 4, 3])'),
    ('tf.truncated_normal([5], 0., math.sqrt(2 / 5), seed=2)', 'new tf.variance_scaling_initializer(2, "fan_avg", "normal", 2)([5])'),
    ('tf.glorot_uniform_initializer(seed=2)([3, 4])', 'tf.glorot_uniform_initializer(2)([3, 4])'),
    ('tf.truncated_normal([2, 3, 4], 0., math.sqrt(1 / 7), seed=2)', 'tf.glorot_normal_initializer({ seed: 2 })([2, 3, 4])'),
    ('tf.orthogonal_initializer(seed=2)([4, 3])', 'new tf.orthogonal_initializer({ seed: 2 })([4, 3])'),
    ('tf.orthogonal_initializer(2., seed=2)([2, 5])', 'new tf.orthogonal_initializer(2, 2)([2, 5])'),
    ('tf.orthogonal_initializer(seed=2)([2, 3, 4], tf.float64)', 'new tf.orthogonal_initializer({ seed: 2 })([2, 3, 4], tf.float64)'),
]
rows = []
for python, typescript in CALLS:
    for graph_seed in [None, 42]:
        with tf.Graph().as_default() as graph, tf.Session() as session:
            tf.set_random_seed(graph_seed)
            output = eval(python)
            nodes = [[n.name, 'Add' if n.op == 'AddV2' else n.op, list(n.input)] for n in graph.as_graph_def().node]
            runs = [session.run(output) for _ in range(2)]
            rows.append({'call': typescript, 'python': python, 'graph_seed': graph_seed, 'nodes': nodes, 'output': output.name,
                         'static_shape': output.shape.as_list(), 'dtype': output.dtype.name,
                         'runs': [np.asarray(run).astype(np.float64).reshape(-1).tolist() for run in runs]})
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, 'random_ops.json'), 'w') as file:
    file.write('[\n' + ',\n'.join(json.dumps(row, separators=(',', ':')) for row in rows) + '\n]\n')
print(len(rows))
