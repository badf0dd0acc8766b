"""Writes the nodes that TensorFlow's savers add to a graph to test/golden/savers.json.

    pip install tensorflow-cpu numpy && python test/golden/record_savers.py

test/training/saver_graphs.test.ts builds the same savers and compares the rows [name, op, inputs, device, values] in
order; `values` are the texts of string constants. Where TensorFlow 2.x differs from TF 1.8 the rows are rewritten
here: `save/Const` was a constant, not two placeholders with defaults, and a sharded saver joined the prefix with one
constant (whose random part is left out).
"""
import json
import os

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)
HERE = os.path.dirname(os.path.abspath(__file__))


def variables():
    with tf.device('/job:a'):
        a = tf.get_variable('a', [4, 3], initializer=tf.zeros_initializer())
    b = tf.get_variable('scope/b', [], tf.int64, tf.zeros_initializer())
    parts = tf.get_variable('parts', [10, 2], initializer=tf.zeros_initializer(), partitioner=tf.fixed_size_partitioner(3))
    r = tf.get_variable('r', [2], initializer=tf.zeros_initializer(), use_resource=True)
    with tf.device('/gpu:1'):
        s = tf.Variable(tf.zeros([2, 2]), name='s')
    return a, b, parts, r, s


def build(kind, saver):
    a, b, parts, r, s = variables()
    if kind == 'list':
        return saver([a, b, parts, r, s])
    if kind == 'dict':
        return saver({'x/a': a, 'b': b, 'z': list(parts), 'resource': r})
    if kind == 'default':
        return saver()
    return saver([s, b])


SAVERS = {
    'v2': dict(write_version=2),
    'v1': dict(write_version=1),
    'v2_sharded': dict(write_version=2, sharded=True),
    'v1_sharded': dict(write_version=1, sharded=True),
    'reshape': dict(reshape=True),
    'named': dict(name='mine', filename='file', restore_sequentially=True),
    'one_by_one': dict(builder=True),
}


def rewritten(nodes):
    out = []
    prefix = None
    for n in nodes:
        if n.name.endswith('/filename/input'):
            prefix = n.name[:-len('/filename/input')]
            default = [v.decode() for v in n.attr['value'].tensor.string_val]
        elif n.name == prefix + '/filename':
            pass
        elif n.name == prefix + '/Const':
            out.append([n.name, 'Const', [], n.device, default])
        elif n.name in [prefix + '/' + x for x in ('StaticRegexFullMatch', 'Const_1', 'Const_2')]:
            pass
        elif n.name == prefix + '/Select':
            out.append([prefix + '/StringJoin/inputs_1', 'Const', [], '', ['_temp/part']])
        else:
            inputs = [i.replace(prefix + '/Select', prefix + '/StringJoin/inputs_1') for i in n.input]
            values = [v.decode() for v in n.attr['value'].tensor.string_val]
            device = '' if n.name == prefix + '/StringJoin' else n.device
            out.append([n.name, n.op, inputs, device, values])
    return out


out = {}
for kind in 'list', 'dict', 'default', 'two':
    for name, options in SAVERS.items():
        tf.reset_default_graph()
        start = None

        def saver(*args, **kw):
            global start
            start = len(tf.get_default_graph().get_operations())
            options_ = dict(options)
            if options_.pop('builder', False):
                from tensorflow.python.training.saver import BaseSaverBuilder
                options_['builder'] = BaseSaverBuilder()
            return tf.train.Saver(*args, **options_, **kw)

        built = build(kind, saver)
        nodes = tf.get_default_graph().as_graph_def().node[start:]
        scope = options.get('name', 'save')
        rows = rewritten([n for n in nodes if n.name.startswith(scope)])
        d = built.as_saver_def()
        out[f'{kind} {name}'] = {'nodes': rows, 'def': [d.filename_tensor_name, d.save_tensor_name, d.restore_op_name, d.version]}

with open(os.path.join(HERE, 'savers.json'), 'w') as f:
    f.write('{\n' + ',\n'.join(f'{json.dumps(k)}: {{"def": {json.dumps(v["def"])}, "nodes": [\n' +
            ',\n'.join(json.dumps(row) for row in v['nodes']) + '\n]}' for k, v in out.items()) + '\n}\n')
