"""Loads SavedModels and meta graphs of this library with TensorFlow, runs them, and writes what came out to test/golden/written_models.json.

    npx tsx --conditions=tf1-src test/saved_model/written_models.ts /tmp/written
    pip install tensorflow-cpu numpy && python test/golden/check_models.py /tmp/written

test/saved_model/written_models.test.ts writes the same models again, and expects these numbers of them.
"""
import json
import os
import sys

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)
ROOT = sys.argv[1]
X, Y = [[1], [2], [3], [4]], [[3], [5], [7], [9]]


def plain(value):
    if isinstance(value, bytes): return value.decode()
    if isinstance(value, (list, tuple)): return [plain(v) for v in value]
    if isinstance(value, dict): return {k: plain(v) for k, v in value.items()}
    return plain(np.asarray(value).tolist()) if isinstance(value, (np.ndarray, np.generic)) else value


def simple_save(folder):
    with tf.Graph().as_default(), tf.Session() as sess:
        meta = tf.saved_model.loader.load(sess, ['serve'], folder + '/model')
        signature = meta.signature_def['serving_default']
        out = {'method': signature.method_name, 'inputs': {k: v.name for k, v in signature.inputs.items()},
               'y': sess.run(signature.outputs['y'].name, {signature.inputs['x'].name: X})}
        # The training program is in there, too.
        for _ in range(2):
            sess.run(tf.get_collection('train_op')[0], {'x:0': X, 'target:0': Y})
        out['loss'] = sess.run('loss:0', {'x:0': X, 'target:0': Y})
        out['step'] = sess.run(tf.train.get_global_step())
        return out


def two_graphs(folder):
    out = {}
    for tags in (['serve'], ['serve', 'gpu']):
        with tf.Graph().as_default(), tf.Session() as sess:
            meta = tf.saved_model.loader.load(sess, tags, folder + '/model')
            rows = {}
            for key, s in sorted(meta.signature_def.items()):
                if key == 'total':
                    sparse = s.inputs['sparse'].coo_sparse
                    feed = {sparse.indices_tensor_name: [[0, 1], [2, 0]], sparse.values_tensor_name: [1.5, 2.], sparse.dense_shape_tensor_name: [3, 2]}
                else:
                    feed = {s.inputs['inputs'].name: ['1', '2.5']} if len(s.inputs) else {}
                rows[key] = {k: sess.run(v.name, feed) for k, v in sorted(s.outputs.items())}
                rows[key]['method'] = s.method_name
            path = rows['path']['path'].decode()
            rows['path']['path'] = os.path.relpath(path, folder)
            rows['content'] = open(path).read()
            rows['stripped'] = meta.meta_info_def.stripped_default_attrs
            out[','.join(tags)] = rows
    return out


def training(folder):
    with tf.Graph().as_default(), tf.Session() as sess:
        saver = tf.train.import_meta_graph(folder + '/graph.meta')
        saver.restore(sess, folder + '/values')
        feed = {'x:0': X, 'target:0': Y}
        losses = []
        for _ in range(3):
            losses.append(sess.run('loss:0', feed))
            sess.run('train', feed)
        return {'losses': losses, 'step': sess.run(tf.train.get_global_step()), 'trainable': [v.name for v in tf.trainable_variables()],
                'flags': [v.trainable for v in tf.global_variables()], 'numbers': tf.get_collection('numbers'), 'rates': tf.get_collection('rates'),
                'words': [w.decode() for w in tf.get_collection('words')], 'savers': len(tf.get_collection('savers')),
                'resource': [v.to_proto().is_resource for v in tf.global_variables()]}


def control_flow(folder):
    out = {}
    for scope in (None, 'inner'):
        with tf.Graph().as_default(), tf.Session() as sess:
            tf.train.import_meta_graph(folder + '/graph.meta', import_scope=scope)
            prefix = '' if scope is None else scope + '/'
            graph = tf.get_default_graph()
            x = graph.get_tensor_by_name(prefix + 'x:0')
            rows = []
            for name in ('power', 'nested', 'chosen'):
                y = graph.get_tensor_by_name(prefix + name + ':0')
                gradient = tf.gradients(y, x)[0]
                rows.append([name, [sess.run([y, gradient], {x: v}) for v in (1.5, 2.5, 4.)]])
            out[str(scope)] = rows
    return out


def queue(folder):
    with tf.Graph().as_default(), tf.Session() as sess:
        saver = tf.train.import_meta_graph(folder + '/values.meta')
        saver.restore(sess, folder + '/values')
        coord = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(sess, coord)
        values = [sess.run('next:0') for _ in range(3)]
        coord.request_stop()
        coord.join(threads)
        parts = [v for v in tf.global_variables() if v.name.startswith('parts')]
        infos = [[p._get_save_slice_info().full_name, p._get_save_slice_info().spec] for p in parts]
        # The thread and the run share the variable, so that only the order is certain.
        return {'increasing': bool(np.all(np.diff(values) > 0)), 'parts': [sess.run(p) for p in parts], 'infos': infos, 'runners': len(tf.get_collection('queue_runners'))}


CHECKS = {'simple_save': simple_save, 'simple_save_resource': simple_save, 'two_graphs': two_graphs, 'two_graphs_text': two_graphs,
          'training': training, 'training_text': training, 'control_flow': control_flow, 'queue': queue}
found = {name: plain(check(os.path.join(ROOT, name))) for name, check in CHECKS.items()}
found['tensorflow'] = tf.__version__
here = os.path.dirname(os.path.abspath(__file__))
json.dump(found, open(os.path.join(here, 'written_models.json'), 'w'), indent=1)
