"""Records meta graphs that TensorFlow writes, and what it computes with them: python record_meta_graphs.py (writes meta_graphs.json beside it)."""
import base64
import json
import os

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
import numpy as np
import tensorflow.compat.v1 as tf
from tensorflow.core.protobuf import control_flow_pb2, queue_runner_pb2, saver_pb2
from tensorflow.core.framework import variable_pb2
from tensorflow.python.framework import meta_graph

tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)
TYPES = {'variables': variable_pb2.VariableDef, 'trainable_variables': variable_pb2.VariableDef, 'local_variables': variable_pb2.VariableDef,
         'cond_context': control_flow_pb2.CondContextDef, 'while_context': control_flow_pb2.WhileContextDef,
         'queue_runners': queue_runner_pb2.QueueRunnerDef, 'savers': saver_pb2.SaverDef}


def collections(meta):
    out = {}
    for key, c in meta.collection_def.items():
        kind = c.WhichOneof('kind')
        values = list(getattr(c, kind).value)
        if key in TYPES: values = [str(TYPES[key].FromString(v)) for v in values]
        out[key] = [kind, [v.decode() if isinstance(v, bytes) else v for v in values]]
    return out


def program():
    x = tf.placeholder(tf.float32, [], name='x')
    with tf.device('/cpu:0'):
        w = tf.get_variable('w', [], initializer=tf.constant_initializer(2.))
    r = tf.get_variable('r', [], initializer=tf.constant_initializer(3.), use_resource=True)
    local = tf.Variable(1., trainable=False, collections=['local_variables'], name='local')
    _, y = tf.while_loop(lambda i, y: i < 3, lambda i, y: [i + 1, tf.cond(y > 10., lambda: y * 0.5, lambda: y * x * w)], [0, x], maximum_iterations=7, name='loop')
    def nested(): return tf.while_loop(lambda z: z < 50., lambda z: z * w, [x])
    z = tf.cond(x < 3., nested, lambda: x * r, name='choose')
    q = tf.FIFOQueue(5, [tf.float32], shapes=[[]])
    tf.train.add_queue_runner(tf.train.QueueRunner(q, [q.enqueue(1.)]))
    tf.add_to_collection('count', 3); tf.add_to_collection('rate', 0.25); tf.add_to_collection('word', 'hi'); tf.add_to_collection('node', y); tf.add_to_collection('node', y.op)
    return tf.identity(y, name='y'), tf.identity(z, name='z'), x


def control():
    with tf.Graph().as_default(), tf.Session() as sess:
        y, z, x = program()
        saver = tf.train.Saver()
        tf.add_to_collection('savers', saver)
        meta = tf.train.export_meta_graph(saver_def=saver.as_saver_def())
        targets = [x] + [v for v in tf.global_variables()]
        grads = [[g for g in tf.gradients(t, targets)] for t in (y, z)]
        sess.run(tf.global_variables_initializer())
        rows = []
        for v in (0.5, 1.5, 4.):
            rows.append([v] + [[float(sess.run(t, {x: v})), [None if g is None else float(sess.run(g, {x: v})) for g in gs]] for t, gs in zip((y, z), grads)])
        return {'bytes': base64.b64encode(meta.SerializeToString()).decode(), 'collections': collections(meta), 'values': rows}


def error(body):
    try: return body() and None
    except Exception as e: return [type(e).__name__, str(e)]


def scopes():
    out = {}
    with tf.Graph().as_default():
        a = tf.placeholder(tf.float32, [], name='a')
        with tf.name_scope('inner'), tf.device('/gpu:0'):
            b = tf.multiply(a, 2., name='b')
            v = tf.get_variable('v', [], initializer=tf.zeros_initializer())
            c = tf.identity(b, name='c')
            u = tf.Variable(1., name='u')
        with tf.variable_scope('inner_vars'): tf.get_variable('k', [])
        first = tf.train.Saver(name='first')
        second = tf.train.Saver(name='second')
        scoped = tf.train.export_meta_graph(export_scope='inner')
        rows = lambda meta: [[n.name, n.op, list(n.input), n.device] for n in meta.graph_def.node]
        out['scoped'] = rows(scoped)
        out['scoped_collections'] = collections(scoped)
        bare = tf.train.export_meta_graph(clear_devices=True, clear_extraneous_savers=True, saver_def=second.as_saver_def(), strip_default_attrs=True, collection_list=['variables'])
        out['bare'] = rows(bare)
        out['bare_attrs'] = {n.name: sorted(n.attr.keys()) for n in bare.graph_def.node if not n.name.startswith('second')}
        out['bare_collections'] = collections(bare)
        out['stripped'] = bare.meta_info_def.stripped_default_attrs
        out['ops'] = [o.name for o in bare.meta_info_def.stripped_op_list.op]
    with tf.Graph().as_default():
        out['missing_inputs'] = error(lambda: meta_graph.import_scoped_meta_graph(scoped))
    with tf.Graph().as_default(), tf.Session() as sess:
        names = meta_graph.import_scoped_meta_graph(scoped, clear_devices=True, import_scope='again', input_map={'$unbound_inputs_a': tf.constant(4.)})
        out['names'] = sorted([k, v.name] for k, v in names.items())
        out['c'] = float(sess.run('again/c:0'))
    return out


here = os.path.dirname(os.path.abspath(__file__))
json.dump({'control': control(), 'scopes': scopes()}, open(os.path.join(here, 'meta_graphs.json'), 'w'), indent=1)
