"""Writes what TensorFlow's Graph API does with names, scopes, dependencies and devices to test/golden/graph_api.json.

    pip install tensorflow-cpu && python test/golden/record_graph_api.py

test/graph/graph_api.test.ts builds the same graphs. A case is {nodes: [[name, op, inputs, device, colocation]], values};
for `shapes` only the values count.
"""
import json
import os

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.FATAL)
RENAMED = {'AddV2': 'Add'}
CASES = {}


def case(body):
    CASES[body.__name__] = body
    return body


def c(name=None, value=1.0):
    return tf.constant(value, name=name) if name else tf.constant(value)


@case
def unique_names():
    g = tf.get_default_graph()
    c('a'); c('a'); c('a_1'); c('a'); c(); c(); tf.add(c('x'), c('x')); c('b/c'); c('b/c')
    return [g.unique_name('a'), g.unique_name('a', mark_as_used=False), g.unique_name('a'), g.unique_name('new'),
            g.unique_name('new'), c('new').name]


@case
def name_scopes():
    seen = []
    with tf.name_scope('s') as s:
        seen.append(s)
        c('a'); c()
        with tf.name_scope('t') as t:
            seen.append(t)
            c('a')
            with tf.name_scope(None) as root:
                seen.append(root)
                c('a')
            with tf.name_scope('') as root:
                seen.append(root)
                c('rooted')
            with tf.name_scope(s) as again:
                seen.append(again)
                c('a')
        with tf.name_scope('t') as t:
            seen.append(t)
            c('a')
    with tf.name_scope('s') as s1:
        seen.append(s1)
        c('a')
    with tf.name_scope('s/') as s2:
        seen.append(s2)
        c('b')
    with tf.name_scope(None, 'd') as d:
        seen.append(d)
    with tf.name_scope('n', 'd', [c('v')]) as d:
        seen.append(d)
    with tf.name_scope(None, 'd') as d:
        seen.append(d)
        seen.append(tf.get_default_graph().get_name_scope())
    c('s'); c('d')
    with tf.name_scope('a.b-c_1/x') as odd:
        seen.append(odd)
        c('_private'); c('.dot'); c('-dash')
    c('scoped/'); c('2')
    return seen


@case
def scoped_ops():
    x = tf.placeholder(tf.float32, [3, 4], name='x')
    with tf.name_scope('s'):
        y = x + 1.0
        y = y * x - 2.0
        y = y[0]
        z = x[1:, ::2]
        w = x[..., tf.newaxis, 0]
        tf.reduce_sum(x)
        tf.reduce_sum(x, name='total')
        tf.nn.softmax(x, name='probabilities')
    -x
    2.0 / x
    x[1, 2]
    tf.convert_to_tensor([x[0], x[1]], name='packed_rows')
    return []


@case
def control_dependencies():
    g = tf.get_default_graph()
    a, b, d = c('a'), c('b'), c('d')
    with tf.control_dependencies([a, b]):
        e = c('e')
        f = tf.identity(a, name='f')
        h = tf.identity(e, name='h')
        with tf.control_dependencies([d, a]):
            i = c('i')
            j = tf.identity(e, name='j')
            k = tf.identity(i, name='k')
            m = tf.add(e, i, name='m')
            with tf.control_dependencies(None):
                c('n')
                with tf.control_dependencies([e.op]):
                    c('o')
            c('p')
        with tf.control_dependencies([]):
            c('q')
        with tf.control_dependencies([b, b, e]):
            c('r')
    c('s')
    with g.control_dependencies([a.op, 'b:0', 'd']):
        tf.no_op('t')
    v = tf.Variable(1.0, name='v')
    with tf.control_dependencies([v]):
        c('u')
    with tf.control_dependencies([v.initializer, v.value()]):
        c('w')
    x = tf.IndexedSlices(tf.identity(a, name='values'), tf.constant([0], name='at'))
    with tf.control_dependencies([x]):
        c('y')
    return []


@case
def devices():
    c('a')
    with tf.device('/cpu:0'):
        c('b')
        with tf.device('/job:ps/task:1'):
            c('d')
            with tf.device(None):
                c('e')
            with tf.device('/device:GPU:*'):
                c('f')
        with tf.device('/gpu:1'):
            c('g')
        with tf.device(''):
            c('h')
    with tf.device(lambda op: '/cpu:1' if op.type == 'Const' else '/gpu:2'):
        x = c('i')
        tf.identity(x, name='j')
        with tf.device('/job:worker'):
            tf.identity(x, name='k')
    with tf.device(tf.DeviceSpec(job='worker', device_type='GPU', device_index=0)):
        c('l')
        with tf.device('/job:ps'):
            c('m')
    with tf.device('/job:a/replica:1/task:2/device:CPU:3'):
        c('n')
        with tf.device('/device:CPU:0'):
            c('o')
    return []


@case
def device_specs():
    specs = ['', '/cpu:0', '/device:GPU:*', '/job:worker/replica:2/task:3/gpu:1', '/job:ps', '/task:5', '/device:CPU:0', '/CPU:7',
             '/job:a/cpu']
    values = [tf.DeviceSpec.from_string(s).to_string() for s in specs]
    values.append(tf.DeviceSpec(job='w', task=1, device_type='CPU').to_string())
    values.append(tf.DeviceSpec('j', 1, 2, 'GPU', 3).to_string())
    for outer in specs:
        for inner in specs:
            merged = tf.DeviceSpec.from_string(outer)
            merged = merged.make_merged_spec(tf.DeviceSpec.from_string(inner))
            values.append(merged.to_string())
    return values


@case
def colocation():
    with tf.device('/cpu:0'):
        a = c('a')
    b = c('b')
    with tf.colocate_with(a):
        d = tf.identity(b, name='d')
        with tf.colocate_with(b):
            e = tf.identity(b, name='e')
        with tf.colocate_with(b, ignore_existing=True):
            f = tf.identity(b, name='f')
        with tf.colocate_with(None, ignore_existing=True):
            c('g')
        with tf.device('/gpu:0'):
            tf.identity(b, name='h')
    with tf.colocate_with(d):
        c('i')
    with tf.device('/gpu:1'):
        with tf.colocate_with(b.op):
            c('j')
    with tf.get_default_graph().colocate_with(e):
        c('k')
    v = tf.Variable(1.0, name='v')
    with tf.colocate_with(v):
        c('l')
    return [[g.decode() for g in t.op.colocation_groups()] for t in (a, b, d, e, f)]


@case
def collections():
    g = tf.get_default_graph()
    a, b = c('one/a'), c('two/a')
    tf.add_to_collection('k', a); tf.add_to_collection('k', b); tf.add_to_collection('k', 'text')
    g.add_to_collections(['k', 'l', 'l'], a)
    g.add_to_collections('m', b)
    names = lambda xs: [x if isinstance(x, str) else x.name for x in xs]
    values = [names(tf.get_collection('k')), names(tf.get_collection('k', 'one')), names(tf.get_collection('k', 'a')),
              names(tf.get_collection('k', '.*a')), names(tf.get_collection('k', 't')), names(tf.get_collection('none')),
              names(tf.get_collection('l')), names(tf.get_collection('m'))]
    ref = tf.get_collection_ref('k')
    ref.pop()
    copy = tf.get_collection('k')
    copy.pop()
    values.append(names(tf.get_collection('k')))
    tf.get_collection_ref('made')
    g.clear_collection('l')
    values.append(sorted(g.get_all_collection_keys()))
    return values


@case
def shapes():
    values = []

    def after(shape, *merged):
        t = tf.placeholder(tf.float32, shape)
        try:
            for m in merged: t.set_shape(m)
            s = t.shape
            values.append(None if s.dims is None else s.as_list())
        except ValueError as e:
            values.append('ValueError')
    after(None)
    after(None, [None, 3])
    after([None, 3], [2, None])
    after([None, 3], None)
    after([2, 3], [2, 4])
    after([2, 3], [2, 3, 1])
    after(None, [None], [5])
    after([None], [5], [6])
    x = tf.placeholder(tf.float32, [None, 4])
    u = tf.placeholder(tf.float32)
    for t in (tf.reshape(x, [-1, 2]), tf.reshape(x, [tf.shape(x)[0], 2, 2]), x[:, 1], x[0], tf.transpose(x), tf.concat([x, x], 0),
              tf.concat([x, u], 1), x + u, tf.matmul(x, u), tf.reduce_sum(x, 1), tf.reduce_sum(u), tf.reduce_mean(u, 0),
              tf.stack([x, x]), tf.expand_dims(u, 0), tf.tile(x, [2, 3]), tf.zeros(tf.shape(x)), tf.fill(tf.stack([tf.shape(x)[0], 7]), 1.0),
              tf.squeeze(tf.expand_dims(x, 1)), tf.gather(x, [0, 1]), tf.one_hot(tf.cast(x[:, 0], tf.int32), 5),
              tf.where(x > 0, x, x), tf.split(x, 2, 1)[1], tf.pad(x, [[1, 1], [0, 2]]), tf.slice(x, [0, 1], [-1, 2]),
              tf.broadcast_static_shape(tf.TensorShape([None, 1]), tf.TensorShape([3]))):
        s = t if isinstance(t, tf.TensorShape) else t.shape
        values.append(None if s.dims is None else s.as_list())
    return values


@case
def lookups():
    g = tf.get_default_graph()
    a = c('a')
    v = tf.Variable(1.0, name='v')
    s = tf.split(tf.constant([1.0, 2.0]), 2, name='s')
    values = [g.get_tensor_by_name('a:0').name, g.get_operation_by_name('s').type, g.get_tensor_by_name('s:1').name,
              g.as_graph_element('a').type, g.as_graph_element('a:0').name, g.as_graph_element(v).name, g.as_graph_element(a.op).name]
    tries = [lambda: g.get_tensor_by_name('a'), lambda: g.get_tensor_by_name('b:0'), lambda: g.get_tensor_by_name('a:1'),
             lambda: g.get_tensor_by_name('a:x'), lambda: g.get_tensor_by_name('nope'), lambda: g.get_operation_by_name('b'),
             lambda: g.get_operation_by_name('a:0'), lambda: g.as_graph_element('b'), lambda: g.as_graph_element('b:0'),
             lambda: g.as_graph_element(3), lambda: g.as_graph_element(a, allow_tensor=False),
             lambda: g.as_graph_element(a.op, allow_operation=False), lambda: g.as_graph_element(a, False, False),
             lambda: g.get_tensor_by_name(3), lambda: g.get_operation_by_name(3),
             lambda: tf.Graph().as_graph_element(a), lambda: tf.Graph().as_graph_element(a.op)]
    for body in tries:
        try:
            body()
            values.append('nothing')
        except Exception as e:
            values.append(f'{type(e).__name__}: {str(e)}')
    return values


def rows(graph):
    out = []
    for n in graph.as_graph_def().node:
        classes = [x.decode() for x in n.attr['_class'].list.s] if '_class' in n.attr else []
        out.append([n.name, RENAMED.get(n.op, n.op), list(n.input), n.device, classes])
    return out


results = {}
for name, body in CASES.items():
    with tf.Graph().as_default() as graph:
        values = body()
        results[name] = {'nodes': None if name == 'shapes' else rows(graph), 'values': values}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'graph_api.json')
with open(path, 'w') as file:
    file.write('{\n' + ',\n'.join(f'{json.dumps(k)}: {json.dumps(v)}' for k, v in results.items()) + '\n}\n')
print(len(results), 'cases')
