"""Records what TensorFlow's queues give and say: python record_queues.py (writes queues.json beside it)."""
import json, os, re
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
import numpy as np
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()

def plain(v):
    if isinstance(v, (list, tuple)): return [plain(x) for x in v]
    if isinstance(v, dict): return {k: plain(x) for k, x in v.items()}
    if isinstance(v, bytes): return v.decode()
    return plain(np.asarray(v).tolist()) if isinstance(v, (np.ndarray, np.generic)) else v

def attempt(body):
    try: return plain(body())
    except Exception as e:
        text = str(e)
        # TensorFlow 2 wraps the kernel's text; the line before the node's is what 1.x says first.
        lines = text.split('\n')
        at = next((i for i, line in enumerate(lines) if line.strip().startswith('[[')), None)
        message = lines[at - 1] if at else lines[0]
        return {'error': type(e).__name__, 'text': re.sub(r"'_\d+_", "'_0_", message)}

out = {}
with tf.Graph().as_default():
    q = tf.FIFOQueue(3, [tf.float32], shapes=[[]])
    n = tf.placeholder(tf.int32, [])
    ops = {'enqueue': q.enqueue([1.5]), 'dequeue': q.dequeue(), 'many': q.dequeue_many(2), 'upto': q.dequeue_up_to(2),
           'fill': q.enqueue_many([[1., 2.]]), 'none': q.enqueue_many([np.zeros([0], np.float32)]), 'close': q.close(),
           'size': q.size(), 'closed': q.is_closed(), 'any': q.dequeue_many(n)}
    out['nodes'] = [[x.name, x.op, list(x.input)] for x in tf.get_default_graph().as_graph_def().node]
    out['shapes'] = [str(ops[k].shape) for k in ['dequeue', 'many', 'upto', 'any']]
    steps = ['size', 'closed', 'enqueue', 'fill', 'size', 'dequeue', 'many', 'any:-1', 'any:0', 'enqueue', 'close', 'closed',
             'enqueue', 'fill', 'many', 'upto', 'dequeue', 'upto', 'close', 'none', 'any:0']
    with tf.Session() as sess:
        rows = []
        for s in steps:
            name, _, arg = s.partition(':')
            rows.append([s, attempt(lambda: sess.run(ops[name], {n: int(arg)} if arg else None))])
        out['fifo'] = rows
with tf.Graph().as_default(), tf.Session() as sess:
    v = tf.placeholder(tf.float32)
    bare = tf.FIFOQueue(3, [tf.float32, tf.string])
    named = tf.FIFOQueue(3, [tf.float32, tf.int32], shapes=[[2], []], names=['a', 'b'], shared_name='shared')
    put, puts, take = named.enqueue({'a': v, 'b': 1}), named.enqueue_many({'a': v, 'b': [1, 2]}), named.dequeue()
    out['checks'] = [
        attempt(lambda: sess.run(bare.dequeue_many(2))),
        attempt(lambda: sess.run(put, {v: [1.]})),
        attempt(lambda: sess.run(puts, {v: [[1., 2.]]})),
        attempt(lambda: sess.run(puts, {v: [[1., 2., 3.], [1., 2., 3.]]})),
        attempt(lambda: (sess.run(bare.enqueue([v, 'a']), {v: 3.}), sess.run(bare.dequeue()))[1]),
        attempt(lambda: (sess.run(puts, {v: [[1., 2.], [3., 4.]]}), sess.run([take, named.dequeue_many(1)]))[1] and None),
    ]
    out['build'] = [
        attempt(lambda: named.enqueue([1., 2.])), attempt(lambda: named.enqueue({'a': 1.})), attempt(lambda: bare.enqueue({'a': 1.})),
        attempt(lambda: named.enqueue({'a': [1., 2., 3.], 'b': 1})), attempt(lambda: tf.FIFOQueue(3, [tf.float32], shapes=[[None]])),
        attempt(lambda: tf.FIFOQueue(3, [tf.float32], shapes=[[], []])), attempt(lambda: tf.FIFOQueue(3, [tf.float32], names=['a', 'b'])),
        attempt(lambda: tf.PaddingFIFOQueue(3, [tf.float32, tf.int32], shapes=[[None]])),
        attempt(lambda: tf.PaddingFIFOQueue(3, [tf.float32], shapes=None)),
        attempt(lambda: named.enqueue_many({'a': [[1., 2.]], 'b': [1, 2]})),
    ]
with tf.Graph().as_default(), tf.Session() as sess:
    r = tf.RandomShuffleQueue(100, 4, [tf.int32], shapes=[[]], seed=7)
    one, some, close = r.dequeue(), r.dequeue_many(5), r.close()
    sess.run(r.enqueue_many([list(range(40))]))
    rows = [sess.run(one) for _ in range(3)] + [sess.run(some) for _ in range(5)]
    sess.run(close)
    out['shuffle'] = plain(rows) + [attempt(lambda: sess.run(r.dequeue_many(20))), plain(sess.run(r.dequeue_up_to(20)))]
with tf.Graph().as_default(), tf.Session() as sess:
    p = tf.PriorityQueue(100, [tf.string], shapes=[[]])
    sess.run(p.enqueue_many([np.array([3, 1, 2, 1, 3, 0, 1, 2, 2, 0, 1, 3, 1], np.int64), list('abcdefghijklm')]))
    out['priority'] = plain(sess.run(p.dequeue_many(13)))
with tf.Graph().as_default(), tf.Session() as sess:
    f = tf.PaddingFIFOQueue(10, [tf.int32, tf.string], shapes=[[None], [None, 2]])
    a, b = tf.placeholder(tf.int32), tf.placeholder(tf.string)
    put, many, upto = f.enqueue([a, b]), f.dequeue_many(2), f.dequeue_up_to(3)
    sess.run(put, {a: [1], b: [['a', 'b']]}); sess.run(put, {a: [1, 2, 3], b: np.zeros([0, 2], object)})
    out['padding'] = [[str(t.shape) for t in many + upto], plain(sess.run(many)), attempt(lambda: sess.run(put, {a: 1, b: [['a', 'b']]}))]
with tf.Graph().as_default(), tf.Session() as sess:
    source = tf.train.string_input_producer(['a', 'b', 'c'], num_epochs=2, shuffle=False)
    batch = tf.train.batch([source.dequeue()], 4, allow_smaller_final_batch=True)
    sess.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
    coord = tf.train.Coordinator()
    threads = tf.train.start_queue_runners(sess, coord)
    rows = [attempt(lambda: sess.run(batch)) for _ in range(3)]
    coord.request_stop(); coord.join(threads)
    out['pipeline'] = rows
    out['pipeline_nodes'] = [[x.name, x.op, list(x.input)] for x in tf.get_default_graph().as_graph_def().node]
    out['runners'] = [str(r.to_proto()) for r in tf.get_collection('queue_runners')]

import tempfile
folder = tempfile.mkdtemp()
open(folder + '/a.txt', 'wb').write(b'head\none\r\ntwo\n')
open(folder + '/b.txt', 'wb').write(b'head\n\nlast')
open(folder + '/c.bin', 'wb').write(bytes(range(20)))
with tf.python_io.TFRecordWriter(folder + '/d.rec', tf.python_io.TFRecordOptions(tf.python_io.TFRecordCompressionType.GZIP)) as w:
    for r in (b'x', b'longer', b''): w.write(r)
out['readers'] = {}
for name, make, files in [('text', lambda: tf.TextLineReader(skip_header_lines=1), 'ab'), ('fixed', lambda: tf.FixedLengthRecordReader(4, 3, 2), 'c'), ('hop', lambda: tf.FixedLengthRecordReader(4, hop_bytes=7), 'c'),
                          ('record', lambda: tf.TFRecordReader(options=tf.python_io.TFRecordOptions(tf.python_io.TFRecordCompressionType.GZIP)), 'd'), ('whole', tf.WholeFileReader, 'ab'), ('identity', tf.IdentityReader, 'ac')]:
    with tf.Graph().as_default(), tf.Session() as sess:
        ends = {'a': 'a.txt', 'b': 'b.txt', 'c': 'c.bin', 'd': 'd.rec'}
        q = tf.FIFOQueue(10, [tf.string], shapes=[[]])
        reader = make()
        key, value = reader.read(q)
        many = reader.read_up_to(q, 2)
        counts = [reader.num_records_produced(), reader.num_work_units_completed()]
        fill = [q.enqueue_many([[folder + '/' + ends[f] for f in files]]), q.close()]
        for f in fill: sess.run(f)
        rows = []
        while True:
            try: k, v = sess.run([key, value])
            except tf.errors.OutOfRangeError: break
            rows.append([k.decode().replace(folder, ''), v.decode('latin1').replace(folder, '')])
        rows.append(plain(sess.run(counts)))
        out['readers'][name] = rows
with tf.Graph().as_default(), tf.Session() as sess:
    rows = tf.train.slice_input_producer([np.arange(5, dtype=np.float32), tf.constant(list('abcde'))], num_epochs=1, shuffle=False)
    numbers, letters = tf.train.batch(rows, 2, allow_smaller_final_batch=True, capacity=7)
    mixed = tf.train.shuffle_batch({'n': tf.train.range_input_producer(6, shuffle=False).dequeue()}, 3, 10, 4)
    out['slices_nodes'] = [[x.name, x.op] for x in tf.get_default_graph().as_graph_def().node]
    sess.run(tf.local_variables_initializer())
    coord = tf.train.Coordinator(); threads = tf.train.start_queue_runners(sess, coord)
    out['slices'] = [plain(sess.run([numbers, letters])) for _ in range(3)]
    coord.request_stop(); coord.join(threads)
json.dump(out, open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'queues.json'), 'w'), indent=1)
