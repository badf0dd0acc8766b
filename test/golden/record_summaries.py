"""Records TensorFlow's summaries: their nodes, their bytes, their errors, and event files: summaries.json.

    pip install tensorflow
    python test/golden/record_summaries.py

Images are recorded as pixels, for compressed bytes depend on the zlib that wrote them.
"""
import base64, glob, json, os, shutil, tempfile
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '0')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
import numpy as np
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)
R = tf.raw_ops


def text(data): return base64.b64encode(data).decode()


def nodes():
    skip = ('_output_shapes', 'dtype', 'value', 'shape')
    rows = []
    for n in tf.get_default_graph().as_graph_def().node:
        value = n.attr['value'].tensor
        strings = [text(s) for s in value.string_val]
        rows.append([n.name, n.op, list(n.input), sorted(k for k in n.attr if k not in skip), strings])
    return rows


def graph():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [], name='x')
        tf.summary.scalar('loss', x)
        tf.summary.scalar('loss', x)
        tf.summary.scalar('a b/c$', x)
        tf.summary.scalar('/lead', x, family='fam ily')
        tf.summary.scalar('other', x, collections=['mine', 'yours'])
        tf.summary.scalar('one', 1.0)
        with tf.name_scope('sc'):
            tf.summary.histogram('h', tf.ones([3]))
            tf.summary.histogram('h', tf.ones([3]), family='f')
        tf.summary.image('im', tf.ones([2, 3, 3, 1]))
        tf.summary.image('im', tf.ones([2, 3, 3, 1]), max_outputs=1, family='g')
        tf.summary.audio('au', tf.ones([2, 3, 1]), 44100.0)
        tf.summary.audio('au', tf.ones([2, 3, 1]), 44100.0, max_outputs=1, family='q')
        tf.summary.text('tx', tf.constant('hi'))
        tf.summary.text('tx', tf.constant(['hi', 'ho']), collections=[])
        tf.summary.tensor_summary('ts', tf.constant([1., 2.]), summary_description='desc', display_name='disp', family='z')
        first = tf.summary.merge_all()
        tf.summary.merge([first], name='my merge', collections=['mm'])
        tf.summary.merge_all(scope='sc')
        tf.summary.merge_all(key='mine')
        assert tf.summary.merge_all(key='nothing') is None
        return {'nodes': nodes(), 'collections': {k: [t.name for t in tf.get_collection(k)] for k in ('summaries', 'mine', 'yours', 'mm')}}


def feed(value, dtype): return np.array(value, dtype)


rng = np.random.RandomState(3)
histograms = [
    ('float32', [1, 2, 3, -1, 0, 0.5, 1e-13, -1e-13, 1e21, -1e21, 1e-12]), ('float32', []), ('float32', rng.randn(50).tolist()),
    ('float64', [0.1, 0.2, 0.3, 1.1e-12, 1.1, 1e20]), ('float64', (rng.randn(40) * 10. ** rng.randint(-14, 22, 40)).tolist()),
    ('int32', [0, 1, -5, 5, 100, 100]), ('uint8', [0, 255, 3]), ('int64', [2**40, -3, 0]), ('float16', [1.5, -2.25, 0]), ('float32', [0, 0]),
]
images = [
    ('uint8', [2, 2, 3, 1], {}), ('uint8', [5, 2, 2, 3], {'max_images': 1}), ('float32', [4, 3, 2, 1], {}), ('float32', [1, 3, 2, 3], {}),
    ('float32', [2, 2, 2, 4], {'max_images': 2}), ('float64', [1, 4, 3, 3], {}), ('float16', [1, 4, 3, 3], {}), ('float32', [0, 2, 2, 1], {}),
]
audios = [([2, 5, 2], 44100.0, {}), ([2, 5], 8000.5, {'max_outputs': 1}), ([5, 3, 1], 1.0, {'max_outputs': 2})]


def image_values(dtype, shape, i):
    if dtype == 'uint8': return rng.randint(0, 256, shape).astype(dtype)
    v = rng.randn(*shape) * 10 if i % 2 else np.abs(rng.randn(*shape))
    v = v.astype(dtype)
    if v.size > 20: v.reshape(-1)[4] = np.nan; v.reshape(-1)[11] = np.inf
    return v


def plain(v): return {'dtype': str(v.dtype), 'shape': list(v.shape), 'data': text(v.tobytes())}


def summaries():
    with tf.Graph().as_default(), tf.Session() as session:
        out = {'scalars': [], 'histograms': [], 'images': [], 'audios': [], 'tensors': [], 'merged': []}
        for dtype, v in [('float32', 0.), ('float32', float('nan')), ('float32', -1.5), ('float64', 0.1), ('int64', 7), ('uint8', 200), ('float16', 0.1)]:
            a = feed(v, dtype)
            out['scalars'].append([plain(a), text(session.run(R.ScalarSummary(tags='tag', values=a)))])
        for dtype, v in histograms:
            a = feed(v, dtype)
            out['histograms'].append([plain(a), text(session.run(R.HistogramSummary(tag='weights/w', values=a)))])
        for i, (dtype, shape, kw) in enumerate(images):
            a = image_values(dtype, shape, i)
            s = tf.Summary.FromString(session.run(R.ImageSummary(tag='im', tensor=a, **kw)))
            rows = [[v.tag, v.image.height, v.image.width, v.image.colorspace, plain(session.run(tf.image.decode_png(v.image.encoded_image_string)))] for v in s.value]
            out['images'].append([plain(a), kw, rows])
        a = np.array([[[[1., 2, 3], [4, float('nan'), 6]]]], np.float32)
        s = tf.Summary.FromString(session.run(R.ImageSummary(tag='im', tensor=a, bad_color=tf.make_tensor_proto(np.array([9, 8, 7], np.uint8)))))
        out['bad_color'] = [plain(a), [9, 8, 7], plain(session.run(tf.image.decode_png(s.value[0].image.encoded_image_string)))]
        for shape, rate, kw in audios:
            a = (rng.rand(*shape) * 2.2 - 1.1).astype(np.float32)
            out['audios'].append([plain(a), rate, kw, text(session.run(R.AudioSummaryV2(tag='au', tensor=a, sample_rate=rate, **kw)))])
        for a in [np.float32(3), np.array([1, 2], np.int64), np.array([[True, False]]), np.zeros([0, 2], np.float32), np.float16([1.5])]:
            a = np.asarray(a)
            out['tensors'].append([plain(a), text(session.run(R.TensorSummaryV2(tag='t', tensor=a, serialized_summary_metadata='\n\x06\n\x04text'))), text(session.run(R.TensorSummary(tensor=a, name='node_%d' % len(out['tensors']))))])
        out['strings'] = text(session.run(tf.summary.text('words', tf.constant(['a', 'ü']))))
        parts = [R.ScalarSummary(tags=['a', 'b'], values=[1., 2.]), R.HistogramSummary(tag='c', values=[1.]), R.MergeSummary(inputs=[R.ScalarSummary(tags='d', values=4.)])]
        out['merged'] = [text(v) for v in session.run([*parts, R.MergeSummary(inputs=parts)])]
        return out


def events():
    """An event file with every kind of event, and how TensorFlow prints what it reads from it."""
    directory = tempfile.mkdtemp()
    with tf.Graph().as_default() as g:
        v = tf.Variable(1., name='v')
        writer = tf.summary.FileWriter(directory, g)
        for i in range(3): writer.add_summary(tf.Summary(value=[tf.Summary.Value(tag='loss', simple_value=.5 ** i)]), i)
        meta = tf.SummaryMetadata(plugin_data=tf.SummaryMetadata.PluginData(plugin_name='text'))
        for i in range(2): writer.add_summary(tf.Summary(value=[tf.Summary.Value(tag='m', tensor=tf.make_tensor_proto('x'), metadata=meta)]), i)
        writer.add_session_log(tf.SessionLog(status=tf.SessionLog.START, msg='go'), 5)
        writer.add_run_metadata(tf.RunMetadata(), 'step 1', 1)
        writer.add_event(tf.Event(wall_time=12.5, step=-3, log_message=tf.LogMessage(level=tf.LogMessage.WARN, message='w')))
        writer.close()
    path, = glob.glob(directory + '/*')
    rows = []
    for e in tf.train.summary_iterator(path):
        rows.append([e.wall_time, e.step, e.WhichOneof('what'), [[v.tag, v.simple_value, v.HasField('metadata')] for v in e.summary.value]])
    data = open(path, 'rb').read()
    shutil.rmtree(directory)
    return {'file': text(data), 'events': rows}


out = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'summaries.json')
with open(out, 'w') as f:
    json.dump({'graph': graph(), 'values': summaries(), 'events': events()}, f, indent=0, sort_keys=True)
print(os.path.getsize(out), 'bytes')
