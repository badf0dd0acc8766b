"""Records what TensorFlow's variables do, in test/golden/variables: values of the ops that change them
(values.json), and the nodes and names of small programs (programs.json).

    pip install tensorflow-cpu numpy && python test/golden/record_variables.py

test/variables replays both. AddV2 of TensorFlow 2.x is written Add.
"""
import json
import os

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '0')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'variables')
os.makedirs(OUT, exist_ok=True)

# ---- values ---------------------------------------------------------------------------------------

FLOATS = ['float16', 'float32', 'float64']
INTS = ['int8', 'uint8', 'int32', 'int64']
COMPLEX = ['complex64', 'complex128']


def numbers(dtype, *values):
    flat = np.array(values)
    if dtype in COMPLEX: flat = flat + 1j * flat[::-1]
    return flat.astype(dtype)


def cases():
    for dtype in FLOATS + INTS + COMPLEX:
        initial = numbers(dtype, 1, 2, 3, 4, 5, 6).reshape(3, 2)
        other = numbers(dtype, 6, 5, 4, 3, 2, 1).reshape(3, 2)
        rows = numbers(dtype, 7, 3, 2, 5).reshape(2, 2)
        for fn in ['assign', 'assign_add', 'assign_sub']:
            yield fn, dtype, initial, [other]
        for fn in ['update', 'add', 'sub', 'mul', 'div', 'min', 'max']:
            if fn in ('min', 'max') and dtype not in ('float16', 'float32', 'float64', 'int32', 'int64'): continue
            for index in ['int32', 'int64']:
                yield 'scatter_' + fn, dtype, initial, [np.array([2, 0], index), rows]
            if fn in ('add', 'sub', 'mul'):
                yield 'scatter_' + fn, dtype, initial, [np.array([1, 1], 'int32'), rows]
        for fn in ['update', 'add', 'sub']:
            yield 'scatter_nd_' + fn, dtype, initial, [np.array([[2], [0]], 'int32'), rows]
            yield 'scatter_nd_' + fn, dtype, initial, [np.array([[2, 1], [0, 0]], 'int64'), numbers(dtype, 9, 8)]
    flat = np.array([5, 6, 7], 'float32')
    yield 'scatter_update', 'float32', flat, [np.array(1, 'int32'), np.array(9, 'float32')]
    yield 'scatter_update', 'float32', flat, [np.array([[0, 1], [2, 0]], 'int32'), np.array([[1, 2], [3, 4]], 'float32')]
    yield 'scatter_add', 'float32', flat, [np.array([], 'int32'), np.array([], 'float32')]
    yield 'assign', 'string', np.array([b'a', b'b'], object), [np.array([b'c', b'd'], object)]
    yield 'scatter_update', 'string', np.array([b'a', b'b'], object), [np.array([1], 'int32'), np.array([b'z'], object)]
    yield 'assign', 'bool', np.array([True, False]), [np.array([False, False])]


HAS_RESOURCE = {'assign', 'assign_add', 'assign_sub', 'scatter_update', 'scatter_add', 'scatter_sub',
                'scatter_mul', 'scatter_div', 'scatter_min', 'scatter_max', 'scatter_nd_update'}


def value(array):
    """Numbers as JSON; complex ones as pairs."""
    array = np.asarray(array)
    flat = array.reshape(-1)
    if array.dtype.kind == 'c': data = [[float(x.real), float(x.imag)] for x in flat]
    elif array.dtype.kind in 'OS': data = [x.decode() for x in flat]
    else: data = flat.tolist()
    dtype = 'string' if array.dtype.kind in 'OS' else str(array.dtype)
    return {'dtype': dtype, 'shape': list(array.shape), 'data': data}


def record_values():
    rows = []
    for fn, dtype, initial, args in cases():
        for resource in [False, True]:
            if resource and fn not in HAS_RESOURCE: continue
            with tf.Graph().as_default(), tf.Session() as sess:
                v = tf.Variable(initial, name='v', use_resource=resource)
                try:
                    update = getattr(tf, fn)(v, *args)
                    sess.run(v.initializer)
                    gives = sess.run(update)
                except Exception as error:
                    print('skipped', fn, dtype, resource, type(error).__name__, str(error)[:80])
                    continue
                rows.append({'fn': fn, 'resource': resource, 'initial': value(initial), 'args': [value(a) for a in args],
                             'gives': value(gives), 'then': value(sess.run(v))})
    return rows


# ---- programs -------------------------------------------------------------------------------------

PROGRAMS = {}


def program(body):
    PROGRAMS[body.__name__] = body
    return body


@program
def variables(log):
    tf.Variable([1., 2.])
    tf.Variable([1., 2.])
    with tf.name_scope('scope'):
        v = tf.Variable(tf.zeros([2, 1]), name='v')
        tf.Variable(np.float64(2.5), name='d', trainable=False)
        tf.Variable([1, 2], dtype=tf.int64, name='i')
        tf.Variable(True, name='b')
        tf.Variable('text', name='t')
    tf.Variable(lambda: tf.ones([2]), name='lazy')
    with tf.device('/cpu:1'):
        w = tf.Variable(lambda: tf.ones([2]), name='w')
        tf.Variable(1., name='cached', caching_device='/cpu:0')
    with tf.device('/gpu:0'):
        w.assign([1., 2.])
        tf.group(w, w.initializer)
    with tf.control_dependencies([v]):
        tf.Variable(3., name='free')
    with tf.colocate_with(w):
        tf.Variable(4., name='beside')
        tf.Variable(lambda: tf.constant(4.), name='beside_lazy')
    p = tf.placeholder(tf.float32)
    u = tf.Variable(p, validate_shape=False, name='u')
    tf.assign(u, [1.], validate_shape=False)
    log += [repr(x) for x in tf.global_variables()]
    log += [x.name for x in tf.trainable_variables('scope')]
    v.read_value()
    tf.scatter_nd_update(v, [[0, 0]], [1.])
    tf.scatter_sub(v, [0], [[1.]])
    i = tf.Variable(0, dtype=tf.int32, name='n')
    i.count_up_to(3)
    tf.count_up_to(i, 4)
    tf.global_variables_initializer()
    tf.local_variables_initializer()
    log += [str(u.shape), str(v.get_shape()), u.op.name, w.device, v.initial_value.name, v.initializer.name]


@program
def reports(log):
    tf.report_uninitialized_variables([])
    v = tf.Variable([1., 2.], name='v')
    tf.Variable([1., 2.], name='w')
    tf.is_variable_initialized(v)
    tf.report_uninitialized_variables(name='report')
    tf.assert_variables_initialized([v])
    tf.assert_variables_initialized()
    tf.get_local_variable('l', [3], initializer=tf.ones_initializer())
    tf.initialize_all_variables()
    tf.initialize_local_variables()
    tf.initialize_variables([v], name='mine')
    tf.variables_initializer([])
    log += [x.name for x in tf.local_variables()]


@program
def resources(log):
    r = tf.get_variable('r', [2, 2], use_resource=True, initializer=tf.zeros_initializer())
    with tf.variable_scope('s', use_resource=True):
        q = tf.get_variable('q', [], initializer=tf.ones_initializer())
    tf.add(r, q)
    r.assign(tf.ones([2, 2]))
    q.assign_sub(1., name='less')
    r.read_value()
    r.value()
    tf.scatter_update(r, tf.constant([0]), tf.ones([1, 2]))
    r.sparse_read(tf.constant([0]))
    n = tf.get_variable('n', [], tf.int32, use_resource=True, initializer=tf.zeros_initializer())
    n.count_up_to(5)
    with tf.device('/cpu:1'):
        p = tf.get_variable('placed', [], use_resource=True, initializer=tf.zeros_initializer())
        tf.Variable(1., use_resource=True, name='cached', caching_device='/cpu:0')
    with tf.device('/gpu:0'):
        p.assign_add(1.)
        tf.add(p, 1.)
        p.read_value()
    log += [repr(r), r.name, r.op.name, r.handle.name, r.dtype.name, r.initializer.name, q.initial_value.name]


@program
def scopes(log):
    def say(scope): log.append('%s|%s|%s' % (scope.name, scope.original_name_scope, tf.get_variable_scope().name))
    one = tf.ones_initializer()
    with tf.variable_scope('a') as a:
        say(a)
        log.append(tf.get_variable('v', [1], initializer=one).name)
        log.append(tf.Variable(1., name='plain').name)
        log.append(tf.constant(1.).name)
        with tf.variable_scope('b') as b:
            say(b)
            log.append(tf.get_variable('v', [1], initializer=one).name)
            log.append(tf.constant(1.).name)
        with tf.variable_scope(b, reuse=True) as again:
            say(again)
            log.append(tf.get_variable('v', [1]).name)
            log.append(tf.constant(1.).name)
        with tf.variable_scope(a, reuse=tf.AUTO_REUSE) as again:
            say(again)
            log.append(tf.get_variable('v', [1]).name)
            log.append(tf.constant(1.).name)
    with tf.variable_scope('a', reuse=True) as again:
        say(again)
        log.append(tf.constant(1.).name)
    with tf.variable_scope(b, auxiliary_name_scope=False) as again:
        say(again)
        log.append(tf.constant(1.).name)
    with tf.name_scope('n'):
        log.append(tf.get_variable('w', [1], initializer=one).name)
        with tf.variable_scope('c') as c:
            say(c)
            log.append(tf.get_variable('v', [1], initializer=one).name)
            log.append(tf.constant(1.).name)
    for _ in range(3):
        with tf.variable_scope(None, 'unit') as unit:
            say(unit)
            log.append(tf.get_variable('v', [1], initializer=one).name)
            with tf.variable_scope(None, 'unit') as unit: say(unit)
            with tf.variable_scope(None, 'unit') as unit: say(unit)
    with tf.variable_scope('x/y') as xy:
        say(xy)
        log.append(tf.get_variable('v', [1], initializer=one).name)
        log.append(tf.constant(1.).name)
    with tf.variable_scope(tf.get_variable_scope()) as root:
        say(root)
        log.append(tf.constant(1.).name)
    with tf.variable_scope(tf.get_variable_scope(), reuse=True):
        log.append(tf.get_variable('w', [1]).name)
        log.append(str(tf.get_variable_scope().reuse))
    with tf.variable_scope('defaults', initializer=tf.constant_initializer(2), dtype=tf.float64) as d:
        log.append(repr(tf.get_variable('v', [1])))
        log.append(repr(tf.get_variable('w', [1], tf.int32)))
        with tf.variable_scope('deeper'):
            log.append(repr(tf.get_variable('v', [1])))
        d.reuse_variables()
        log.append(repr(tf.get_variable('v')))
    with tf.variable_scope('a') as again:
        with tf.name_scope(again.original_name_scope):
            log.append(tf.constant(1.).name)
    log += [x.name for x in a.global_variables()]


@program
def requests(log):
    log.append(repr(tf.get_variable('ints', [2], tf.int32)))
    log.append(repr(tf.get_variable('bools', [2], tf.bool)))
    log.append(repr(tf.get_variable('zero', initializer=0.)))
    log.append(repr(tf.get_variable('count', initializer=0, dtype=tf.int32)))
    log.append(repr(tf.get_variable('tensor', initializer=tf.constant([[1., 2.]]))))
    log.append(repr(tf.get_variable('local', [], initializer=tf.zeros_initializer(), collections=[tf.GraphKeys.LOCAL_VARIABLES])))
    log.append(repr(tf.get_variable('fixed', [1], trainable=False)))

    def getter(getter, name, *args, **kwargs):
        log.append('%s %s' % (name, kwargs['trainable']))
        kwargs['trainable'] = False
        return getter(name + '_got', *args, **kwargs)

    def outer(getter, name, *args, **kwargs):
        log.append('outer ' + name)
        return getter(name, *args, **kwargs)

    with tf.variable_scope('custom', custom_getter=outer):
        with tf.variable_scope('inner', custom_getter=getter):
            log.append(tf.get_variable('v', [1]).name)
    log += [x.name for x in tf.trainable_variables()]


@program
def partitions(log):
    with tf.variable_scope('s', partitioner=tf.fixed_size_partitioner(3)):
        p = tf.get_variable('p', [5, 2], initializer=tf.zeros_initializer())
        log.append(p.as_tensor().name)
        log.append(tf.get_variable('scalar', [], initializer=tf.zeros_initializer()).name)
    q = tf.get_variable('q', [4, 2], partitioner=tf.fixed_size_partitioner(2, axis=1), initializer=tf.ones_initializer())
    tf.add(q, 1.)
    tf.add(q, 1.)
    o = tf.get_variable('o', [4, 2], partitioner=tf.fixed_size_partitioner(1), initializer=tf.ones_initializer())
    tf.add(o, 1.)
    tf.get_variable('i', initializer=tf.constant([[1., 2.], [3., 4.]]), partitioner=tf.fixed_size_partitioner(2))
    log += [x.name for x in tf.global_variables()]
    log += [x._save_slice_info.spec if x._save_slice_info else '' for x in tf.global_variables()]
    shape = tf.TensorShape([10, 4])
    log.append(str(list(tf.variable_axis_size_partitioner(64)(shape=shape, dtype=tf.float32))))
    log.append(str(list(tf.variable_axis_size_partitioner(64, max_shards=2)(shape=shape, dtype=tf.float32))))
    log.append(str(list(tf.min_max_variable_partitioner(8, min_slice_size=16)(shape=shape, dtype=tf.float32))))
    log.append(str(list(tf.min_max_variable_partitioner(8, min_slice_size=64)(shape=shape, dtype=tf.float64))))
    tf.global_variables_initializer()


@program
def templates(log):
    def scale(x, name='w'): return tf.multiply(x, tf.get_variable(name, [], initializer=tf.ones_initializer()), name='scaled')
    t = tf.make_template('t', scale)
    x = tf.constant(2.)
    log += [t(x).name, t(x).name]
    u = tf.make_template('t', scale)
    log += [u(x).name, u.variable_scope.name]
    with tf.variable_scope('in'):
        now = tf.make_template('now', scale, create_scope_now_=True)
    log += [now(x).name, now(x).name]
    named = tf.make_template('named', scale, name='other')
    log.append(named(x).name)
    unique = tf.make_template('unused', scale, unique_name_='unique')
    log.append(unique(x).name)
    log += [v.name for v in tf.global_variables()]
    log += [v.name for v in t.trainable_variables]


@program
def guards(log):
    v = tf.Variable(tf.zeros([2]), name='v')
    with tf.device('/cpu:1'):
        lazy = tf.Variable(lambda: tf.ones([2]), name='lazy')
    tf.Variable(v.initialized_value() * 2., name='twice')
    tf.Variable(tf.sqrt(lazy * 2. + v), name='both')
    tf.Variable(tf.ones([2]) * 3., name='alone')
    r = tf.get_variable('r', [2], use_resource=True, initializer=tf.zeros_initializer())
    tf.get_variable('s', initializer=r + 1., use_resource=True)


@program
def slices(log):
    v = tf.Variable(tf.zeros([3, 4]), name='v')
    v[0].assign([9., 8., 7., 6.])
    v[1:, ::2].assign(tf.ones([2, 2]))
    tf.assign(v[2, 3], 5.)
    v[0:1].assign([[1., 1., 1., 1.]], name='named')
    r = tf.get_variable('r', initializer=tf.zeros([4]), use_resource=True)
    r[1:3].assign([1., 2.])


@program
def orders(log):
    a = tf.constant(1.)
    b = tf.constant(2.)
    with tf.device('/cpu:0'): c = tf.constant(3.)
    tf.group(a, [b, {'x': c}], name='g')
    tf.group()
    tf.tuple([a, b.op, None], name='t')
    tf.tuple([tf.IndexedSlices(a, b)], control_inputs=[c])
    with tf.control_dependencies([a]):
        tf.group(b)
        tf.no_op()
        tf.no_op(name='named')
    v = tf.Variable(1.)
    tf.group(v, v.initializer)
    tf.tuple([v])


def rows(graph):
    out = []
    for n in graph.as_graph_def().node:
        row = [n.name, n.op.replace('AddV2', 'Add'), list(n.input)]
        colocated = [s.decode() for s in n.attr['_class'].list.s] if '_class' in n.attr else []
        if colocated or n.device: row.append(colocated)
        if n.device: row.append(n.device)
        out.append(row)
    return out


def record_programs():
    recorded = {}
    for name, body in PROGRAMS.items():
        log = []
        with tf.Graph().as_default() as graph:
            body(log)
            recorded[name] = {'log': log, 'nodes': rows(graph)}
    return recorded


def write(name, data, one_per_line):
    with open(os.path.join(OUT, name), 'w') as f:
        if one_per_line: f.write('[\n' + ',\n'.join(json.dumps(row) for row in data) + '\n]\n')
        else: f.write(json.dumps(data, indent=1) + '\n')


write('values.json', record_values(), True)
write('programs.json', record_programs(), False)
