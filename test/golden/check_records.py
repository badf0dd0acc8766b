"""Lets TensorFlow read files of records that this library wrote, and records what it read.

    npx tsx --conditions=tf1-src test/data/written_records.ts DIR && python test/golden/check_records.py DIR

Needs `pip install tensorflow`. Writes test/golden/written_records.json: for each kind of file its hash, the hash of each
record, and what TensorFlow's Example parsers make of the Examples.
"""
import hashlib, json, os, sys
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
import numpy as np
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)


def sha(data): return hashlib.sha256(data).hexdigest()


def values(feature):
    kind = feature.WhichOneof('kind')
    if kind is None: return None
    value = getattr(feature, kind).value
    return [kind, [list(v) if isinstance(v, bytes) else str(v) if kind == 'int64_list' or not np.isfinite(v) else v for v in value]]


out = {}
for kind, number in (('NONE', 0), ('ZLIB', 1), ('GZIP', 2)):
    path = os.path.join(sys.argv[1], kind + '.tfrecord')
    records = list(tf.python_io.tf_record_iterator(path, tf.python_io.TFRecordOptions(number)))
    examples = [tf.train.Example.FromString(r) for r in records[:20]]
    seq = tf.train.SequenceExample.FromString(records[20])
    with tf.Graph().as_default(), tf.Session() as s:
        parsed = s.run(tf.parse_example(records[:20], {'x': tf.FixedLenFeature([4], tf.float32), 'y': tf.VarLenFeature(tf.int64), 'z': tf.FixedLenFeature([3], tf.string)}))
    out[kind] = {
        'file': sha(open(path, 'rb').read()),
        'records': [sha(r) for r in records],
        'examples': [{k: values(e.features.feature[k]) for k in sorted(e.features.feature)} for e in examples],
        'steps': [values(f) for f in seq.feature_lists.feature_list['steps'].feature],
        'context': values(seq.context.feature['id']),
        'parsed_x': sha(parsed['x'].astype('<f4').tobytes()),
        'parsed_y': [str(v) for v in parsed['y'].values[:10]],
    }
HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, 'written_records.json'), 'w') as f: json.dump(out, f)
print('read', {k: len(v['records']) for k, v in out.items()})
