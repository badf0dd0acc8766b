"""Records the graphs and values of TensorFlow's lookup tables: writes test/golden/lookup.json.

    python test/golden/record_lookup.py        (needs `pip install tensorflow`)
"""
import json, os, tempfile
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
import tensorflow.compat.v1 as tf
from tensorflow.python.ops import lookup_ops
tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)

WORDS = ['emerson', 'lake', 'palmer']
ASKED = ['emerson', 'king', 'palmer', 'crimson', '']
goldens = {}


def plain(x):
    flat = x.reshape(-1).tolist() if hasattr(x, 'reshape') else [x]
    return [v.decode() if isinstance(v, bytes) else v for v in flat]


def record(name, build):
    with tf.Graph().as_default(), tf.Session() as session:
        out = build()
        session.run(tf.tables_initializer())
        goldens[name] = [plain(session.run(t)) for t in out]


def strings(*words): return tf.constant(list(words))
def ids(table): return [table.lookup(strings(*ASKED)), table.size()]


record('index_table_from_tensor', lambda: ids(lookup_ops.index_table_from_tensor(WORDS)))
record('default_value', lambda: ids(lookup_ops.index_table_from_tensor(WORDS, default_value=7)))
record('num_oov_buckets', lambda: ids(lookup_ops.index_table_from_tensor(WORDS, num_oov_buckets=3)))
record('strong', lambda: ids(lookup_ops.index_table_from_tensor(WORDS, num_oov_buckets=5, hasher_spec=lookup_ops.StrongHashSpec((3, 9)))))
record('integers', lambda: [lookup_ops.index_table_from_tensor([10, 20, 30], num_oov_buckets=4, dtype=tf.int32).lookup(tf.constant([20, 5, 30, 6]))])
record('index_to_string', lambda: [lookup_ops.index_to_string_table_from_tensor(WORDS, 'none').lookup(tf.constant([2, 0, 9], tf.int64))])
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, 'words.txt')
    with open(path, 'w') as f: f.write('a\t10\nb\t20\r\nc\t30\n')
    record('file', lambda: [lookup_ops.index_table_from_file(path).lookup(strings('b\t20', 'a'))])
    record('columns', lambda: [lookup_ops.index_table_from_file(path, key_column_index=0, value_column_index=1).lookup(strings('c', 'a', 'x'))])
    record('vocab_size', lambda: ids(lookup_ops.index_table_from_file(path, vocab_size=2, key_column_index=0)))
    record('strings', lambda: [lookup_ops.index_to_string_table_from_file(path, value_column_index=0).lookup(tf.constant([1, 5], tf.int64))])
here = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'lookup.json')
with open(here, 'w') as f:
    f.write('{\n' + ',\n'.join(json.dumps(k) + ': ' + json.dumps(v) for k, v in goldens.items()) + '\n}\n')
