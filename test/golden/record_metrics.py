"""Records what TensorFlow's metrics give over three batches: writes test/golden/metrics.json.

    python test/golden/record_metrics.py        (needs `pip install tensorflow`)
"""
import json, os
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
import numpy as np
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()

random = np.random.RandomState(3)
BATCHES, SHAPE = 3, (5,)


def column(low, high, kind, shape=SHAPE):
    data = [random.uniform(low, high, shape) for _ in range(BATCHES)]
    return [np.round(x, 3).astype(kind) if kind == 'float32' else np.floor(x).astype(kind) for x in data]


flags, guesses = column(0, 2, 'int64'), column(0, 2, 'int64')
classes, found = column(0, 4, 'int64'), column(0, 4, 'int64')
reals, others = column(-2, 3, 'float32'), column(-2, 3, 'float32')
chances, weights = column(0, 1, 'float32'), column(0, 2, 'float32')
rows, more = column(0, 1, 'float32', (4, 3)), column(0, 1, 'float32', (4, 3))
row_weights = column(0, 2, 'float32', (4, 1))
T = [0.0, 0.25, 0.5, 0.9]

CASES = []
def case(name, args, extra=(), **kwargs):
    CASES.append((name, args, list(extra), kwargs))
    CASES.append((name, args + [('weights', weights if args[0][1][0].ndim == 1 else row_weights)], list(extra), kwargs))

pair = lambda a, b: [('labels', a), ('predictions', b)]
case('mean', [('values', reals)])
case('mean', [('values', rows)])
case('mean_tensor', [('values', rows)])
case('percentage_below', [('values', reals)], [('threshold', 0.5)])
case('accuracy', pair(classes, found))
for name in ('mean_absolute_error', 'mean_squared_error', 'root_mean_squared_error'):
    case(name, pair(reals, others))
case('mean_absolute_error', pair(rows, more))
case('mean_relative_error', pair(reals, others), [('normalizer', [1.0, 2.0, 0.0, 4.0, 0.5])])
case('mean_cosine_distance', pair(rows, more), [('dim', 1)])
for name in ('true_positives', 'true_negatives', 'false_positives', 'false_negatives', 'precision', 'recall'):
    case(name, pair(flags, guesses))
    if name[-1] == 's': case(name + '_at_thresholds', pair(flags, chances), [('thresholds', T)])
    else: case(name + '_at_thresholds', pair(flags, chances), [('thresholds', T)])
case('auc', pair(flags, chances))
for curve in ('ROC', 'PR'):
    for method in ('trapezoidal', 'minoring', 'majoring', 'careful_interpolation'):
        case('auc', pair(flags, chances), num_thresholds=7, curve=curve, summation_method=method)
case('sensitivity_at_specificity', pair(flags, chances), [('specificity', 0.6)])
case('specificity_at_sensitivity', pair(flags, chances), [('sensitivity', 0.6)])
case('specificity_at_sensitivity', pair(flags, chances), [('sensitivity', 0.6)], num_thresholds=9)
case('mean_iou', pair(classes, found), [('num_classes', 5)])
case('mean_per_class_accuracy', pair(classes, found), [('num_classes', 4)])
scores = column(0, 1, 'float32', (4, 6))
many, lone = column(0, 6, 'int64', (4, 3)), column(0, 6, 'int64', (4, 1))
each = column(0, 2, 'float32', (4,))
for name in ('precision', 'recall'):
    for kwargs in ({'k': 2}, {'k': 3}, {'k': 2, 'class_id': 1}):
        for labels in (many, lone):
            CASES.append((name + '_at_k', pair(labels, scores), [], kwargs))
        CASES.append((name + '_at_k', pair(many, scores) + [('weights', each)], [], kwargs))
    CASES.append((name + '_at_top_k', [('labels', many), ('predictions_idx', column(0, 6, 'int64', (4, 2)))], [], {'k': 2}))

for k in (1, 3):
    for labels in (many, lone):
        CASES.append(('average_precision_at_k', pair(labels, scores), [], {'k': k}))
    CASES.append(('average_precision_at_k', pair(many, scores) + [('weights', each)], [], {'k': k}))


def plain(x):
    return [None if np.isnan(v) else v for v in np.asarray(x, dtype=np.float64).reshape(-1).tolist()]


goldens = []
for name, args, extra, kwargs in CASES:
    with tf.Graph().as_default() as graph, tf.Session() as session:
        feeds = {key: tf.placeholder(data[0].dtype, data[0].shape) for key, data in args}
        value, update = getattr(tf.metrics, name)(**feeds, **dict(extra), **kwargs)
        session.run(tf.local_variables_initializer())
        steps = []
        for i in range(BATCHES):
            new = session.run(update, {feeds[key]: data[i] for key, data in args})
            steps.append([plain(new), plain(session.run(value))])
        goldens.append({
            'name': name, 'kwargs': {**dict(extra), **kwargs}, 'steps': steps,
            'feeds': {key: {'dtype': str(data[0].dtype), 'shape': list(data[0].shape), 'data': [x.reshape(-1).tolist() for x in data]} for key, data in args},
            # An op of later versions, which looks for labels out of range, takes the name 'Max'.
            'variables': [v.op.name.replace('/max_1', '/max') for v in tf.get_collection(tf.GraphKeys.METRIC_VARIABLES)],
        })
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'metrics.json')
with open(path, 'w') as f:
    f.write('[\n' + ',\n'.join(json.dumps(g) for g in goldens) + '\n]\n')
print(len(goldens), 'metrics recorded')
