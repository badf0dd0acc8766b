"""Records how TensorFlow parses Examples: values, static shapes, errors, and the nodes of the graph.

    python test/golden/record_examples.py

Needs `pip install tensorflow`. Writes test/golden/examples.json. Today's tf.parse_example builds newer ops, so the
functions of 1.8 stand here, over the ops that they build, which are still there.
"""
import base64, json, os, re
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
import numpy as np
import tensorflow.compat.v1 as tf
from tensorflow.python.ops import gen_parsing_ops as gen
tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)
F, I, S = tf.float32, tf.int64, tf.string
# An empty list would first be converted to floats, and leave a node behind.
NO_DIMS = np.zeros([0], np.int32)
Fixed, Var, Steps, Sparse = tf.FixedLenFeature, tf.VarLenFeature, tf.FixedLenSequenceFeature, tf.SparseFeature


def safe(key): return re.sub('[^A-Za-z0-9_.\\-/]', '_', key)


def default_of(dense_default, key, dtype, shape):
    """The tensor of a default, as _process_raw_parameters makes it."""
    if shape and shape[0] is None:
        if dense_default is None: return tf.convert_to_tensor('' if dtype == S else 0, dtype=dtype)
        return tf.reshape(tf.convert_to_tensor(dense_default, dtype=dtype, name='padding_' + safe(key)), NO_DIMS)
    if dense_default is None: return tf.constant([], dtype=dtype)
    if isinstance(dense_default, tf.Tensor): return dense_default
    return tf.reshape(tf.convert_to_tensor(dense_default, dtype=dtype, name='key_' + safe(key)), shape or NO_DIMS)


def raw(features):
    """Sparse keys and types; dense keys, types, shapes, defaults, as _features_to_raw_params makes them."""
    sparse, dense = {}, []
    for key in sorted(features or {}):
        f = features[key]
        if isinstance(f, Var): sparse[key] = f.dtype
        elif isinstance(f, Sparse):
            for k in sorted([f.index_key] if isinstance(f.index_key, str) else f.index_key): sparse.setdefault(k, I)
            sparse.setdefault(f.value_key, f.dtype)
        else: dense.append((key, f))
    return sparse, dense


def shape_of(f):
    return ([None] if isinstance(f, Steps) else []) + list(f.shape)


def gathered(features, sparse, dense, outputs):
    indices, values, shapes, dense_values = outputs
    out = {k: tf.SparseTensor(*t) for k, t in zip(sparse, zip(indices, values, shapes))}
    out.update({k: v for (k, _), v in zip(dense, dense_values)})
    for key in sorted(features):
        f = features[key]
        if isinstance(f, Sparse):
            ids = out[f.index_key] if isinstance(f.index_key, str) else [out[k] for k in f.index_key]
            out[key] = tf.sparse_merge(ids, out[f.value_key], vocab_size=f.size, already_sorted=f.already_sorted)
    return {k: v for k, v in out.items() if k in features}


def parse_example(serialized, features, name=None, example_names=None):
    sparse, dense = raw(features)
    with tf.name_scope(name, 'ParseExample', [serialized, example_names]):
        defaults = [default_of(f.default_value, k, f.dtype, shape_of(f)) for k, f in dense]
        outputs = gen.parse_example(serialized=serialized, names=[] if example_names is None else example_names, dense_defaults=defaults,
            sparse_keys=list(sparse), sparse_types=list(sparse.values()), dense_keys=[k for k, _ in dense], dense_shapes=[shape_of(f) for _, f in dense], name=name)
        return_value = (sparse, dense, outputs)
    return gathered(features, *return_value)


def parse_single_example(serialized, features, name=None):
    sparse, dense = raw(features)
    with tf.name_scope(name, 'ParseSingleExample', [serialized]):
        serialized = tf.convert_to_tensor(serialized, name='serialized')
        defaults = [default_of(f.default_value, k, f.dtype, shape_of(f)) for k, f in dense]
        outputs = gen.parse_single_example(serialized=serialized, dense_defaults=defaults, num_sparse=len(sparse), sparse_keys=list(sparse),
            sparse_types=list(sparse.values()), dense_keys=[k for k, _ in dense], dense_shapes=[shape_of(f) for _, f in dense], name=name)
        return_value = (sparse, dense, outputs)
    return gathered(features, *return_value)


def parse_single_sequence_example(serialized, context_features=None, sequence_features=None, example_name=None, name=None):
    csparse, cdense = raw(context_features)
    lsparse, ldense = raw(sequence_features)
    with tf.name_scope(name, 'ParseSingleSequenceExample', [serialized]):
        defaults = [default_of(f.default_value, k, f.dtype, list(f.shape)) for k, f in cdense]
        out = gen.parse_single_sequence_example(serialized=serialized, debug_name='' if example_name is None else example_name, context_dense_defaults=defaults,
            context_sparse_keys=list(csparse), context_sparse_types=list(csparse.values()), context_dense_keys=[k for k, _ in cdense],
            context_dense_shapes=[list(f.shape) for _, f in cdense], feature_list_sparse_keys=list(lsparse), feature_list_sparse_types=list(lsparse.values()),
            feature_list_dense_keys=[k for k, _ in ldense], feature_list_dense_types=[f.dtype for _, f in ldense],
            feature_list_dense_shapes=[list(f.shape) for _, f in ldense],
            feature_list_dense_missing_assumed_empty=[k for k, f in ldense if f.allow_missing], name=name)
    context = gathered(context_features or {}, csparse, cdense, out[:4])
    return context, gathered(sequence_features or {}, lsparse, ldense, out[4:])


# ---- inputs ----

def feature(v):
    if v is None: return tf.train.Feature()
    if len(v) == 0: return tf.train.Feature(float_list=tf.train.FloatList())
    if isinstance(v[0], float): return tf.train.Feature(float_list=tf.train.FloatList(value=v))
    if isinstance(v[0], int): return tf.train.Feature(int64_list=tf.train.Int64List(value=v))
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=v))


def example(**f): return tf.train.Example(features=tf.train.Features(feature={k: feature(v) for k, v in f.items()})).SerializeToString()


def sequence(context, lists):
    return tf.train.SequenceExample(context=tf.train.Features(feature={k: feature(v) for k, v in context.items()}), feature_lists=tf.train.FeatureLists(
        feature_list={k: tf.train.FeatureList(feature=[feature(v) for v in l]) for k, l in lists.items()})).SerializeToString()


def unpacked_list():
    """A float and an int64 list as old writers have it, one tag for each number."""
    floats = b'\x0d' + np.float32(1.5).tobytes() + b'\x0d' + np.float32(-2).tobytes()
    ints = b'\x08\x05\x08' + b'\xff' * 9 + b'\x01'
    def field(n, b): return bytes([n << 3 | 2, len(b)]) + b
    def entry(k, n, b): return field(1, field(1, k) + field(2, field(n, b)))
    return field(1, entry(b'x', 2, floats) + entry(b'y', 3, ints))


def plain(v):
    if isinstance(v, tf.SparseTensorValue): return {'sparse': [plain(x) for x in v]}
    if isinstance(v, dict): return {k: plain(x) for k, x in v.items()}
    if isinstance(v, (list, tuple)): return [plain(x) for x in v]
    v = np.asarray(v, dtype=object) if isinstance(v, bytes) else np.asarray(v)
    data = [list(x) for x in v.reshape(-1)] if v.dtype == object else v.reshape(-1).tolist()
    return {'dtype': 'string' if v.dtype == object else str(v.dtype), 'shape': list(v.shape), 'data': data}


def static(v):
    if isinstance(v, dict): return {k: static(x) for k, x in v.items()}
    if isinstance(v, (list, tuple)): return [static(x) for x in v]
    if isinstance(v, tf.SparseTensor): return [static(t) for t in (v.indices, v.values, v.dense_shape)]
    return None if v.shape.rank is None else v.shape.as_list()


def spec(f):
    if f is None: return None
    if isinstance(f, dict): return {k: spec(v) for k, v in f.items()}
    default = getattr(f, 'default_value', None)
    if isinstance(default, bytes): default = default.decode()
    row = {'kind': type(f).__name__, 'dtype': f.dtype.name}
    if isinstance(f, (Fixed, Steps)): row.update(shape=list(f.shape), default_value=default)
    if isinstance(f, Steps): row['allow_missing'] = f.allow_missing
    if isinstance(f, Sparse): row.update(index_key=f.index_key, value_key=f.value_key, size=f.size, already_sorted=f.already_sorted)
    return row


def last_line(e):
    m = e.object.decode('latin1') if isinstance(e, UnicodeDecodeError) else str(getattr(e, 'message', e))
    at = m.find('\n\t [[{{')
    m = (m[:at] if at >= 0 else m).strip().split('  Feature is:')[0]
    return m.split('\n')[-1]


def encoded(s):
    return [encoded(x) for x in s] if isinstance(s, list) else base64.b64encode(s).decode()


rows = []


def case(fn, serialized, *features, fed=True, **kw):
    row = {'fn': fn.__name__, 'serialized': encoded(serialized), 'features': [spec(f) for f in features], 'kwargs': kw, 'fed': fed}
    with tf.Graph().as_default() as g, tf.Session() as s:
        try:
            given = np.array(serialized, dtype=object)
            source = tf.placeholder(tf.string, given.shape if not isinstance(serialized, list) else [None], name='in') if fed else serialized
            out = fn(source, *features, **kw)
            row['shapes'] = static(out)
            row['nodes'] = [[n.name, n.op, list(n.input)] for n in g.as_graph_def().node]
            row['value'] = plain(s.run(out, {source: given} if fed else {}))
        except Exception as e:
            row['error'] = 'InvalidArgumentError' if isinstance(e, UnicodeDecodeError) else type(e).__name__
            row['text'] = last_line(e)
    rows.append(row)


a = example(x=[1., 2.], y=[3], z=[b'q'])
b = example(x=[5., 6.])
none, empty = example(x=None), example(x=[])
BATCHES = [
    ([a, b], {'x': Fixed([2], F)}), ([a, b], {'x': Fixed([3], F)}), ([b, a], {'y': Fixed([1], I)}), ([b, a], {'y': Fixed([1], I, [7])}),
    ([a, b], {'x': Fixed([2], I)}), ([a, b], {'x': Var(I)}), ([a, b], {'x': Var(F), 'y': Var(I), 'z': Var(S)}), ([b'abcdefg\xff', b], {'x': Var(F)}),
    ([a, example(x=[1., 2., 3.])], {'x': Steps([], F, True)}), ([a, example(x=[1., 2., 3., 4.]), example()], {'x': Steps([2], F, True, -1.)}),
    ([example(x=[1., 2., 3.]), a], {'x': Steps([2], F, True)}), ([none, empty], {'x': Fixed([1], F, [9.])}), ([empty, none], {'x': Fixed([1], F, [9.])}),
    ([none, none], {'x': Fixed([1], F, [9.])}), ([empty, none], {'x': Var(F)}), ([empty, none], {'x': Var(I)}), ([a + example(x=[8., 9.]), b], {'x': Fixed([2], F)}),
    ([a + example(x=[8., 9.]), b], {'x': Var(F)}), ([b'', b''], {'x': Var(F)}), ([b'', b''], {'x': Fixed([1], F)}), ([b'', b''], {'x': Steps([], I, True)}),
    ([example(x=[b'a'], y=[2]), b], {'x': Fixed([1], S)}), ([example(x=[b'a'])], {'x': Fixed([2], S)}), ([example(x=[2])], {'x': Fixed([2], I)}),
    ([], {'x': Fixed([2], F)}), ([], {'x': Var(F)}), ([], {'x': Steps([2], F, True)}), ([unpacked_list(), unpacked_list()], {'x': Fixed([2], F), 'y': Var(I)}),
    ([example(i=[-1, 2**40, -2**53 + 1])], {'i': Var(I)}), ([example(s=[b'', b'\xff\xfe', 'h\u00e9'.encode()])], {'s': Var(S)}),
    ([example(x=[1.], s=[b'k']), example()], {'x': Fixed([], F, 2.), 's': Fixed([], S, 'none'), 'n': Fixed([2, 2], I, [[1, 2], [3, 4]])}),
    ([example(**{'a/b c': [1.], 'ü': [2]})], {'a/b c': Fixed([1], F, [0.]), 'ü': Fixed([], I)}),
    ([example(v=[.5, -1.], i=[3, 20]), example(), example(v=[7.], i=[0])], {'sp': Sparse('i', 'v', F, 100)}),
    ([example(v=[.5, -1., 2.], i=[20, 3, 7])], {'sp': Sparse('i', 'v', F, 100)}), ([example(v=[.5, -1., 2.], i=[20, 3, 7])], {'sp': Sparse('i', 'v', F, 100, True)}),
    ([example(v=[.5, -1.], i=[3, 20], j=[1, 0])], {'sp': Sparse(['i', 'j'], 'v', F, [100, 3]), 'v': Var(F)}),
]
for batch, features in BATCHES:
    case(parse_example, batch, features)
    if batch and not any(isinstance(f, Sparse) and not isinstance(f.index_key, str) for f in features.values()): case(parse_single_example, batch[0], features)
case(parse_example, [a, b], {'y': Fixed([1], I)}, example_names=['n1', 'n2'])
case(parse_example, [a, b], {'x': Fixed([1], I)}, example_names=['n1', 'n2'], name='named')
case(parse_example, [a, b], {'x': Fixed([2], F), 'y': Var(I)}, fed=False)
case(parse_single_example, a, {'x': Fixed([2], F), 'y': Var(I)}, fed=False, name='one')

q = sequence({'x': [1., 2.], 'y': [3]}, {'l': [[1], [2, 3], [4]], 'd': [[1., 2.], [3., 4.]], 'e': [], 'n': [None, [2]], 's': [[b'a', b'b'], [b'c', b'\xff']]})
SEQUENCES = [
    ({'x': Fixed([2], F), 'y': Var(I)}, {'l': Var(I), 'd': Steps([2], F)}), ({'q': Fixed([2], F)}, None), ({'x': Fixed([3], F)}, None), ({'x': Fixed([2], I)}, None),
    ({'x': Var(I)}, None), (None, {'q': Steps([2], F)}), (None, {'q': Steps([2], F, True)}), (None, {'e': Steps([2], F)}), (None, {'q': Var(F), 'e': Var(I)}),
    (None, {'d': Steps([3], F)}), (None, {'d': Steps([2], I)}), (None, {'d': Var(I)}), (None, {'n': Var(I)}), (None, {'n': Steps([1], I)}), (None, {'l': Steps([], I)}),
    ({'q': Fixed([2], F, [1., 2.])}, {'s': Var(S)}), (None, {'s': Steps([2], S)}), ({'q': Var(F), 'y': Fixed([], I)}, {'d': Var(F)}), ({'x': Fixed([2], F)}, {'l': Var(I), 's': Steps([2], S)}),
]
for context, lists in SEQUENCES:
    case(parse_single_sequence_example, q, context, lists)
    case(parse_single_sequence_example, q, context, lists, example_name='nm')
case(parse_single_sequence_example, b'abcdefg\xff', None, {'d': Steps([2], F)}, example_name='nm')
for ctx in ({'x': []}, {'x': None}, {}):
    case(parse_single_sequence_example, sequence(ctx, {'d': [[], [1.]]}), {'x': Fixed([1], F, [5.])}, None)
    case(parse_single_sequence_example, sequence(ctx, {}), {'x': Var(F)}, None)
case(parse_single_sequence_example, sequence({}, {'d': [[], [1.]]}), None, {'d': Steps([1], F)})
case(parse_single_sequence_example, q, {'y': Var(I)}, {'d': Steps([2], F)}, fed=False, name='sq')

# ---- the op of later versions, for graphs that have it ----

def parse_v2(serialized, names):
    out = tf.raw_ops.ParseExampleV2(serialized=serialized, names=names, sparse_keys=['y'], dense_keys=['s', 'x'], ragged_keys=['r', 'u'],
        dense_defaults=[tf.constant(['none']), tf.constant(0.)], num_sparse=1, sparse_types=[I], ragged_value_types=[S, I], ragged_split_types=[I, tf.int32],
        dense_shapes=[[1], [None]])
    return [list(v) for v in out]


v2 = []
mixed = [example(x=[1., 2.], y=[3, 4], r=[b'a']), example(), example(x=[5.], s=[b'k'], r=[b'b', b'c'], u=[7])]
for serialized in (mixed, mixed[0], mixed[1], []):
    with tf.Graph().as_default(), tf.Session() as s:
        given = np.array(serialized, dtype=object)
        source = tf.placeholder(tf.string, given.shape)
        out = parse_v2(source, [])
        v2.append({'serialized': encoded(serialized), 'shapes': static(out), 'value': plain(s.run(out, {source: given}))})
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'examples_v2.json')
with open(path, 'w') as f: f.write('[\n' + ',\n'.join(json.dumps(r) for r in v2) + '\n]\n')

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'examples.json')
with open(path, 'w') as f: f.write('[\n' + ',\n'.join(json.dumps(r) for r in rows) + '\n]\n')
for r in rows:
    if 'error' in r: print(r['fn'], r['error'], r['text'][:200])
print(len(rows))
