"""Records random.json: what TensorFlow's random kernels put out, run after run in one session.

    pip install tensorflow-cpu; python record_random.py
"""
import json, os
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '0')
import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
raw = tf.raw_ops
SIZES = [[], [1], [3], [4], [5], [255], [1000], [5000], [0], [2, 3], [3, 0, 2], [7, 5, 3]]
FLOATS = ['float16', 'bfloat16', 'float32', 'float64']
OLD = {'RandomPoisson': 24, 'RandomCrop': 7}
cases = []


def numbers(array):
    array = np.asarray(array)
    if array.dtype.kind in 'OSU':
        return [x.decode() if isinstance(x, bytes) else x for x in array.reshape(-1)]
    if array.dtype.kind == 'c':
        return [[float(x.real), float(x.imag)] for x in array.reshape(-1)]
    if array.dtype == np.float64 or array.dtype.kind in 'iub':
        values = array.reshape(-1).tolist()
    else:  # the shortest decimal that is this float32
        values = [float(str(x)) for x in array.astype(np.float32).reshape(-1)]
    return [x if np.isfinite(x) else str(x) for x in values]


def old_op(op, arguments, attrs):
    """An op that today's graphs may not hold: its graph says that an older TensorFlow made it."""
    definition = tf.get_default_graph().as_graph_def()
    definition.versions.producer = OLD[op]
    node = definition.node.add(name='old', op=op, input=[x.op.name for x in arguments.values()])
    for key, value in attrs.items():
        if isinstance(value, tf.DType):
            node.attr[key].type = value.as_datatype_enum
        else:
            node.attr[key].i = value
    for key, value in arguments.items():
        for attr in {'shape': ['S'], 'rate': ['dtype'], 'image': ['T']}.get(key, []):
            node.attr[attr].type = value.dtype.as_datatype_enum
    return tf.import_graph_def(definition, return_elements=['old:0'], name='')[0]


def brief(values):
    """Long outputs are recorded as their head, their tail and every 97th number."""
    if len(values) <= 60:
        return {'all': values}
    return {'head': values[:9], 'tail': values[-5:], 'every97': values[::97]}


def record(op, inputs, attrs, runs=2):
    """`inputs`: name -> (dtype, nested list). Attributes whose names end in dtype, T... are types."""
    with tf.Graph().as_default(), tf.Session() as session:
        arguments = {k: tf.constant(v, tf.as_dtype(t)) for k, (t, v) in inputs.items()}
        types = {k: tf.as_dtype(v) if isinstance(v, str) else v for k, v in attrs.items()}
        output = old_op(op, arguments, types) if op in OLD else getattr(raw, op)(**arguments, **types)
        case = {'op': op, 'attrs': attrs, 'runs': []}
        case['inputs'] = [
            {'dtype': t, 'shape': list(np.shape(v)), 'data': numbers(v)}
            for (t, _), v in zip(inputs.values(), session.run(list(arguments.values())))]
        for _ in range(runs):
            value = session.run(output)
            case['dtype'], case['shape'] = output.dtype.base_dtype.name, list(value.shape)
            case['runs'].append(brief(numbers(value)))
        cases.append(case)


def shape(dims, dtype='int32'):
    return dtype, np.array(dims, dtype).tolist() if dims else np.zeros([0], dtype)


for op in ['RandomUniform', 'RandomStandardNormal', 'TruncatedNormal']:
    for dtype in FLOATS:
        for dims in SIZES:
            record(op, {'shape': shape(dims)}, {'dtype': dtype, 'seed': 87654321, 'seed2': 5}, 3 if dims == [5] else 2)
    for seeds in [(1, 0), (0, 1), (42, 7), (-5, -6), (2**40 + 3, 2**33 + 9), (-2**50, 2**52)]:
        record(op, {'shape': shape([9], 'int64')}, {'dtype': 'float32', 'seed': seeds[0], 'seed2': seeds[1]})
for low, high, dtype in [(0, 10, 'int32'), (-7, 9, 'int32'), (-2**31, 2**31 - 1, 'int32'), (0, 1, 'int32'), (0, 10, 'int64'), (-2**40, 2**41, 'int64'), (-2**52, 2**53, 'int64'), (5, 2**33 + 7, 'int64')]:
    for dims in SIZES:
        record('RandomUniformInt', {'shape': shape(dims), 'minval': (dtype, low), 'maxval': (dtype, high)}, {'seed': 3, 'seed2': 4})
for op in ['StatelessRandomUniform', 'StatelessRandomNormal', 'StatelessTruncatedNormal']:
    for dtype in ['float16', 'float32', 'float64']:
        for seed, kind in [([1, 2], 'int32'), ([-1, -2], 'int32'), ([2**40, -2**41], 'int64')]:
            for dims in [[5], [300], [2, 0]]:
                record(op, {'shape': shape(dims), 'seed': (kind, seed)}, {'dtype': dtype})

shuffles = [('int32', list(range(8))), ('float32', [[1.5, 2], [3, 4], [5, 6], [7, 8], [9, 10]]), ('string', ['a', 'bc', 'def', 'g', 'h']),
            ('int64', [7]), ('float64', 3.5), ('bool', [True, False, False, True, False]), ('int32', [[1, 2, 3]]), ('int32', np.zeros([4, 0], int).tolist()),
            ('int32', np.arange(24).reshape(4, 3, 2).tolist()), ('int32', list(range(1000)))]
for kind, value in shuffles:
    record('RandomShuffle', {'value': (kind, value)}, {'seed': 5, 'seed2': 6}, 3)
record('RandomShuffle', {'value': ('complex64', [1 + 2j, 3 + 4j, 5j, 6])}, {'seed': 5, 'seed2': 6})

rows = [[0.1, 0.2, 3.0], [-2.0, 1.0, 0.0]]
for dtype in ['float16', 'bfloat16', 'float32', 'float64']:
    for samples in [1, 5, 12, 0]:
        for kind in ['int32', 'int64']:
            record('Multinomial', {'logits': (dtype, rows), 'num_samples': ('int32', samples)}, {'seed': 9, 'seed2': 8, 'output_dtype': kind})
record('Multinomial', {'logits': ('float32', np.log(np.arange(1, 301)).reshape(1, 300).astype(np.float32).tolist()), 'num_samples': ('int32', 50)}, {'seed': 9, 'seed2': 8})
record('StatelessMultinomial', {'logits': ('float32', rows), 'num_samples': ('int32', 9), 'seed': ('int64', [3, 4])}, {'output_dtype': 'int32'})

for dtype in ['float16', 'float32', 'float64']:
    for alpha in [1.0, 0.3, 2.5, [0.5, 1.0, 20.0], [[3.0], [0.05]]]:
        for dims in [[], [3], [2, 40]]:
            record('RandomGamma', {'shape': shape(dims), 'alpha': (dtype, alpha)}, {'seed': 18, 'seed2': 2})
record('RandomGamma', {'shape': shape([0]), 'alpha': ('float32', 2.0)}, {'seed': 18, 'seed2': 2})
for rate in [0.0, 0.5, 9.5, 10.0, 300.0, [1.0, 20.0, 5000.0]]:
    for dims in [[], [3], [2, 40]]:
        for dtype in ['float16', 'float32', 'float64']:
            record('RandomPoisson', {'shape': shape(dims), 'rate': (dtype, rate)}, {'dtype': dtype, 'seed': 1, 'seed2': 7})
        for kind in ['float16', 'float32', 'float64', 'int32', 'int64']:
            record('RandomPoissonV2', {'shape': shape(dims, 'int64'), 'rate': ('float32', rate)}, {'dtype': kind, 'seed': 1, 'seed2': 7})
record('RandomPoissonV2', {'shape': shape([4]), 'rate': ('int32', [3, 12])}, {'dtype': 'int64', 'seed': 1, 'seed2': 7})

bounds = [(0.0, 1.0, -2.0, 2.0), (0.0, 1.0, -0.5, 0.5), (1.0, 2.0, 4.0, 5.0), (0.0, 1.0, 3.0, float('inf')), (0.0, 1.0, float('-inf'), -4.0), (5.0, 0.5, 1.0, 2.0), (0.0, 1.0, 2.0, 2.1)]
for dtype in ['float16', 'float32', 'float64']:
    for mean, deviation, low, high in bounds:
        for dims in [[3], [2, 20]]:
            record('ParameterizedTruncatedNormal', {'shape': shape(dims), 'means': (dtype, mean), 'stdevs': (dtype, deviation), 'minvals': (dtype, low), 'maxvals': (dtype, high)}, {'seed': 4, 'seed2': 2})
record('ParameterizedTruncatedNormal', {'shape': shape([2, 3]), 'means': ('float32', [0.0, 5.0]), 'stdevs': ('float32', 1.0), 'minvals': ('float32', [-1.0, 4.0]), 'maxvals': ('float32', [1.0, 7.0])}, {'seed': 4, 'seed2': 2})

image = np.arange(60).reshape(5, 4, 3).tolist()
for size in [[2, 3], [5, 4], [1, 4], [5, 1]]:
    record('RandomCrop', {'image': ('float32', image), 'size': ('int64', size)}, {'seed': 4, 'seed2': 2}, 3)

here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, 'random.json'), 'w') as file:
    file.write('{"oracle":' + json.dumps(f'TensorFlow {tf.__version__}') + ',"cases":[\n')
    file.write(',\n'.join(json.dumps(case, separators=(',', ':')) for case in cases) + '\n]}\n')
print(len(cases))
