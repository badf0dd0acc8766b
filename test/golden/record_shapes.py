"""Records how TensorFlow merges, broadcasts, slices and prints static shapes: shapes.json.

    pip install tensorflow-cpu && python test/golden/record_shapes.py

test/core/shape.test.ts and test/core/dims.test.ts ask ours the same. Without v2 behaviour, TensorFlow 2 still prints
shapes and makes Dimensions as 1.8 did; each outcome is a value, or the class and first line of an error.
"""
import itertools
import json
import operator
import os

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
import tensorflow.compat.v1 as tf  # noqa: E402

tf.disable_v2_behavior()


def outcome(call):
    """The plain result of a call, or the class and the first line of its error."""
    try:
        value = call()
    except Exception as error:  # noqa: BLE001
        text = str(error).split('\n')[0].split(" for '{{node")[0]
        return {'error': type(error).__name__, 'text': text}
    if isinstance(value, tf.TensorShape):
        value = dims(value)
    elif isinstance(value, tf.Dimension):
        value = value.value
    return {'value': value}


def dims(shape):
    return None if shape.rank is None else shape.as_list()


def dimensions():
    sizes = [None, 0, 1, 2, 3, 7]
    ops = {
        'add': operator.add, 'sub': operator.sub, 'mul': operator.mul, 'floordiv': operator.floordiv,
        'mod': operator.mod, 'eq': operator.eq, 'ne': operator.ne, 'lt': operator.lt, 'le': operator.le,
        'gt': operator.gt, 'ge': operator.ge,
        'merge_with': lambda a, b: a.merge_with(b),
        'is_compatible_with': lambda a, b: a.is_compatible_with(b),
        'assert_is_compatible_with': lambda a, b: a.assert_is_compatible_with(b),
    }
    pairs = [
        {'op': name, 'a': a, 'b': b, **outcome(lambda: op(tf.Dimension(a), tf.Dimension(b)))}
        for name, op in ops.items() for a, b in itertools.product(sizes, sizes)
    ]
    made = [{'of': v, **outcome(lambda: tf.Dimension(v))} for v in [None, 0, 5, -1]]
    prints = [{'of': v, 'str': str(tf.Dimension(v)), 'repr': repr(tf.Dimension(v))} for v in sizes]
    return {'pairs': pairs, 'made': made, 'prints': prints}


SHAPES = [None, [], [None], [3], [0], [1], [None, 3], [2, 3], [2, None], [2, 4], [None, None], [1, 3],
          [2, 3, 4], [None, 3, None], [1, 1, 4], [2, 0, 4]]


def tensor_shapes():
    binary = ['merge_with', 'concatenate', 'most_specific_compatible_shape', 'assert_same_rank',
              'is_compatible_with', 'assert_is_compatible_with']
    pairs = [
        {'op': name, 'a': a, 'b': b,
         **outcome(lambda: getattr(tf.TensorShape(a), name)(tf.TensorShape(b)))}
        for name in binary for a, b in itertools.product(SHAPES, SHAPES)
    ]
    ranked = ['with_rank', 'with_rank_at_least', 'with_rank_at_most', 'assert_has_rank']
    ranks = [
        {'op': name, 'a': a, 'rank': rank, **outcome(lambda: getattr(tf.TensorShape(a), name)(rank))}
        for name in ranked for a in SHAPES for rank in range(4)
    ]
    unary = ['num_elements', 'is_fully_defined', 'assert_is_fully_defined', 'as_list']
    single = [
        {'op': name, 'a': a, **outcome(lambda: getattr(tf.TensorShape(a), name)())}
        for name in unary for a in SHAPES
    ]
    for a in SHAPES:
        single.append({'op': 'len', 'a': a, **outcome(lambda: len(tf.TensorShape(a)))})
        single.append({'op': 'iter', 'a': a, **outcome(lambda: [tf.compat.dimension_value(d) for d in tf.TensorShape(a)])})
    slices = [
        {'a': a, 'key': key, **outcome(lambda: eval(f'shape[{key}]', {'shape': tf.TensorShape(a)}))}
        for a in SHAPES for key in ['1:', ':-1', ':2', '1:3', '-2:', '::-1', '::2', '3:1', '0', '-1', '5', '-4']
    ]
    prints = [{'a': a, 'str': str(tf.TensorShape(a)), 'repr': repr(tf.TensorShape(a))} for a in SHAPES]
    return {'pairs': pairs, 'ranks': ranks, 'single': single, 'slices': slices, 'prints': prints}


def placeholder(shape, dtype=tf.float32):
    return tf.placeholder(dtype, shape)


def inferred(call):
    with tf.Graph().as_default():
        return outcome(lambda: call().shape)


def inference():
    both = [
        {'a': a, 'b': b,
         'broadcast': inferred(lambda: tf.raw_ops.Add(x=placeholder(a), y=placeholder(b))),
         'merge': inferred(lambda: tf.raw_ops.AddN(inputs=[placeholder(a), placeholder(b)]))}
        for a, b in itertools.product(SHAPES, SHAPES)
    ]
    axes = ['unknown', [], [0], [1], [-1], [0, -1], [0, 0], [3], [-3]]
    reduced = []
    for a, axis, keep in itertools.product(SHAPES, axes, [False, True]):
        def reduce():
            index = placeholder([None], tf.int32) if axis == 'unknown' else tf.constant(axis, tf.int32, [len(axis)])
            return tf.raw_ops.Sum(input=placeholder(a), axis=index, keep_dims=keep)
        reduced.append({'a': a, 'axes': axis, 'keep': keep, **inferred(reduce)})
    windows = []
    for size, window, stride, padding, dilation in itertools.product(
            [None, 1, 2, 5, 8], [1, 2, 3], [1, 2, 3], ['SAME', 'VALID'], [1, 2]):
        row = inferred(lambda: tf.raw_ops.Conv2D(
            input=placeholder([1, size, 9, 1]), filter=placeholder([window, 1, 1, 1]), padding=padding,
            strides=[1, stride, 1, 1], dilations=[1, dilation, 1, 1]))
        if 'value' in row:
            row['value'] = row['value'][1]
        windows.append({'size': size, 'window': window, 'stride': stride, 'padding': padding,
                        'dilation': dilation, **row})
    rank2 = [{'a': a, **inferred(lambda: tf.raw_ops.MatMul(a=placeholder(a), b=placeholder([None, 7])))}
             for a in SHAPES]
    at_least2 = [{'a': a, **inferred(lambda: tf.raw_ops.BiasAdd(value=placeholder(a), bias=placeholder([None])))}
                 for a in SHAPES]
    texts = []
    for a in SHAPES:
        with tf.Graph().as_default():
            try:
                tf.raw_ops.MatMul(a=placeholder([5]), b=placeholder(a))
            except ValueError as error:
                texts.append({'a': a, 'text': str(error).split('input shapes: [5], ')[1][:-1]})
    return {'both': both, 'reduced': reduced, 'windows': windows, 'rank2': rank2, 'at_least2': at_least2,
            'texts': texts}


if __name__ == '__main__':
    record = {
        'tensorflow': tf.__version__,
        'dimensions': dimensions(),
        'shapes': tensor_shapes(),
        'inference': inference(),
    }
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'shapes.json')
    with open(path, 'w') as file:
        json.dump(record, file, separators=(',', ':'))
        file.write('\n')
