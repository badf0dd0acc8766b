"""Records what TensorFlow's decode_csv, parse_tensor, serialize_tensor, decode_compressed, decode_json_example and the
ops on whole files answer: values, errors.

    python test/golden/record_parsing.py

Needs `pip install tensorflow`. Writes test/golden/parsing.json.
"""
import gzip, json, os, shutil, tempfile, zlib
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
import numpy as np
import tensorflow.compat.v1 as tf
from tensorflow.core.framework import tensor_pb2
tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)
golden = {}


def plain(v):
    if v is None: return None
    if isinstance(v, (list, tuple)): return [plain(x) for x in v]
    v = np.asarray(v, dtype=object) if isinstance(v, bytes) else np.asarray(v)
    kind = 'string' if v.dtype == object else str(v.dtype)
    if v.dtype.kind == 'c': return {'dtype': kind, 'shape': list(v.shape), 'data': [float(p) for x in v.reshape(-1) for p in (x.real, x.imag)]}
    data = [list(x) for x in v.reshape(-1)] if v.dtype == object else [str(x) if isinstance(x, float) and not np.isfinite(x) else x for x in v.reshape(-1).tolist()]
    return {'dtype': kind, 'shape': list(v.shape), 'data': data}


def say(name, body):
    with tf.Graph().as_default(), tf.Session() as s:
        try: golden[name] = {'value': plain(s.run(body()))}
        except Exception as e:
            m = str(getattr(e, 'message', e))
            at = m.find('\n\t [[{{')
            m = (m[:at] if at >= 0 else m).strip()
            at = m.find('Error while') if 'Error while' in m else m.rfind('\n') + 1
            golden[name] = {'error': type(e).__name__, 'text': m[at:].split(" for '{{")[0].split('\n')[0]}


I, F, S = [0], [0.], ['']
CSV = {
    'csv rows': (['1,2.5,a', '3,4,"b,""c"""'], ['int32', 'float32', 'string'], {}),
    'csv defaults': (['1,,', ',2,x'], [('int32', 7), ('float32', 8), ('string', 'd')], {}),
    'csv na': (['NA,,NA'], [('int32', 7), ('float32', 8), ('string', 'd')], {'na_value': 'NA'}),
    'csv count': (['1,2'], ['int32'], {}), 'csv int': (['x'], ['int32'], {}), 'csv float': (['x'], ['float32'], {}), 'csv large': (['9999999999'], ['int32'], {}),
    'csv infinite': (['1e400', '-inf'], ['float64'], {}), 'csv empty line': ([''], ['string'], {}), 'csv empty': ([','], [('string', 'a'), ('string', 'b')], {}),
    'csv newline': (['a\n'], ['string'], {}), 'csv newlines': (['\n\na'], ['string'], {}), 'csv open quote': (['"a'], ['string'], {}), 'csv after quote': (['"a"b'], ['string'], {}),
    'csv inner quote': (['a"b'], ['string'], {}), 'csv no quotes': (['a"b'], ['string'], {'use_quote_delim': False}), 'csv columns': (['1,2,3,4'], ['int32', 'int32'], {'select_cols': [1, 3]}),
    'csv columns order': (['1,2,3,4'], ['int32', 'int32'], {'select_cols': [3, 1]}), 'csv columns negative': (['1,2,3,4'], ['int32', 'int32'], {'select_cols': [-1, 1]}),
    'csv columns count': (['1,2,3,4'], ['int32'], {'select_cols': [0, 1]}), 'csv columns missing': (['1,2'], ['int32', 'int32'], {'select_cols': [0, 5]}),
    'csv required': (['1,'], [('int32',), ('int32',)], {}), 'csv delimiter': (['1;2'], ['int32', 'int64'], {'field_delim': ';'}), 'csv delimiters': (['1;2'], ['int32', 'int32'], {'field_delim': ';;'}),
    'csv spaces': ([' 1 , 2 '], ['int32', 'float64'], {}), 'csv matrix': ([['1', '2'], ['3', '4']], ['int64'], {}), 'csv scalar': ('5', ['int32'], {}), 'csv hex': (['0x10'], ['int32'], {}),
    'csv plus': (['+5'], ['int32'], {}), 'csv fraction': (['1.5'], ['int32'], {}), 'csv utf8': (['\u00e9,"\u00fc"'], ['string', 'string'], {}), 'csv crlf': (['a,b\r\n'], ['string', 'string'], {}),
    'csv quoted end': (['"a",'], ['string', 'string'], {}), 'csv only quote': (['"'], ['string'], {}), 'csv quotes': (['"a""","""",""'], ['string', 'string', 'string'], {}),
}
ZERO = {'int32': 0, 'int64': 0, 'float32': 0., 'float64': 0., 'string': ''}


def defaults(spec):
    out = []
    for d in spec:
        if isinstance(d, str): out.append(tf.constant([ZERO[d]], tf.as_dtype(d)))
        else: out.append(tf.constant(list(d[1:]), tf.as_dtype(d[0])))
    return out


for name, (records, spec, kw) in CSV.items():
    say(name, lambda: tf.decode_csv(records, defaults(spec), **kw))
    golden[name].update(records=records, defaults=spec, kwargs=kw)

TENSORS = {
    'float': ('float32', [[1., 2.], [3., 4.]]), 'string': ('string', ['a', 'bb', '']), 'empty': ('int64', []), 'bool': ('bool', True), 'bools': ('bool', [True, False]), 'half': ('float16', 1.5),
    'complex': ('complex64', [1 + 2j, -1j]), 'complex128': ('complex128', 1 + 2j), 'int64': ('int64', [2**40, -1]), 'uint8': ('uint8', [1, 255]), 'int16': ('int16', [-2, 3]), 'double': ('float64', 0.1),
    'bfloat16': ('bfloat16', [1.5, -2.]), 'uint16': ('uint16', [65535]), 'int8': ('int8', [-128, 127]), 'int32': ('int32', [[7]]), 'text': ('string', 'x'), 'uint64': ('uint64', [2**50]), 'uint32': ('uint32', [2**32 - 1]),
}
for name, (dtype, value) in TENSORS.items():
    say('serialize ' + name, lambda: tf.serialize_tensor(tf.constant(value, tf.as_dtype(dtype))))
    golden['serialize ' + name]['dtype'] = dtype
    say('parse ' + name, lambda: tf.parse_tensor(tf.serialize_tensor(tf.constant(value, tf.as_dtype(dtype))), tf.as_dtype(dtype)) if dtype != 'bfloat16' else
        tf.cast(tf.parse_tensor(tf.serialize_tensor(tf.constant(value, tf.bfloat16)), tf.bfloat16), tf.float32))
one = tensor_pb2.TensorProto.FromString(tf.make_tensor_proto([[1., 2.], [3., 4.]]).SerializeToString())


def proto(name, message, dtype):
    data = message if isinstance(message, bytes) else message.SerializeToString()
    say(name, lambda: tf.parse_tensor(data, dtype))
    golden[name].update(bytes=list(data), dtype=dtype.name)


proto('proto other type', one, tf.int32)
proto('proto damaged', b'abc\xff\xff', tf.float32)
one.tensor_shape.dim[0].size = 1000000
proto('proto large', one, tf.float32)
repeat = tensor_pb2.TensorProto(dtype=1, float_val=[2.])
repeat.tensor_shape.dim.add().size = 3
proto('proto repeated', repeat, tf.float32)

z, g = zlib.compress(b'hello' * 100), gzip.compress(b'hello' * 100, mtime=0)
for name, kind, data in [('zlib', 'ZLIB', z), ('gzip', 'GZIP', g), ('none', '', b'abc\xff'), ('gzip as zlib', 'ZLIB', g), ('zlib as gzip', 'GZIP', z), ('zlib cut', 'ZLIB', z[:10]),
                         ('gzip cut', 'GZIP', g[:-3]), ('zlib checksum', 'ZLIB', z[:-2]), ('gzip empty', 'GZIP', b''), ('zlib block', 'ZLIB', z[:2] + b'\xff' * 9)]:
    say('inflate ' + name, lambda: tf.decode_compressed([data], kind))
    golden['inflate ' + name].update(bytes=list(data), kind=kind)

JSON = ['{"features":{"feature":{"x":{"floatList":{"value":[1,"NaN",2.5]}}}}}', '{"features":{"feature":{"y":{"int64List":{"value":["3",4,"-9000000000000000000"]}}}}}',
        '{"features":{"feature":{"z":{"bytesList":{"value":["aGk=","_-8="]}}}}}', '{}', '{"features":null}', '', '[]', '{"features":3}', '{"foo":1}', '{"features":{"feature":{"x":{"floatList":{"value":["a"]}}}}}',
        '{"features":{"feature":{"x":{"float_list":{"value":[]}}}}}']
for text in JSON: say('json ' + text, lambda: tf.decode_json_example([text]))

RAW = [bytes(range(1, 25)), bytes(range(200, 224))]
for dtype in ('float16', 'float32', 'float64', 'int32', 'uint16', 'uint8', 'int16', 'int8', 'int64'):
    for little in (True, False):
        data = [b'\x01\x02\x03\x04\x05\x06\x00\x00', b'\xff' * 8] if dtype == 'int64' and little else [b'\x00\x00\x06\x05\x04\x03\x02\x01', b'\xff' * 8] if dtype == 'int64' else RAW
        name = 'raw ' + dtype + (' little' if little else ' big')
        say(name, lambda: tf.decode_raw(data, tf.as_dtype(dtype), little))
        golden[name].update(strings=[list(d) for d in data], dtype=dtype, little=little)
for name, data, dtype in [('raw lengths', [b'ab', b'abcd'], 'uint8'), ('raw size', [b'abc'], 'int16'), ('raw empty', [b''], 'int32'), ('raw none', [], 'uint8'), ('raw scalar', b'ab', 'uint8'), ('raw matrix', [[b'ab'], [b'cd']], 'int16')]:
    say(name, lambda: tf.decode_raw(tf.constant(data, tf.string), tf.as_dtype(dtype)))
    golden[name].update(strings=[list(d) for d in data] if isinstance(data, list) and (not data or isinstance(data[0], bytes)) else [[list(x) for x in d] for d in data] if isinstance(data, list) else list(data), dtype=dtype, little=True)

work = tempfile.mkdtemp()
os.chdir(work)
open('f1', 'wb').write(b'content\xff')
say('file read', lambda: tf.read_file('f1'))
say('file missing', lambda: tf.read_file('nope'))
say('file rank', lambda: tf.raw_ops.ReadFile(filename=tf.placeholder_with_default(['f1'], None)))
say('file write', lambda: tf.write_file('new/sub/f2', 'abc'))
say('file written', lambda: tf.read_file('new/sub/f2'))
say('file write rank', lambda: tf.raw_ops.WriteFile(filename='f1', contents=tf.placeholder_with_default(['f1'], None)))
say('file match', lambda: tf.matching_files('f*'))
say('file matches', lambda: tf.matching_files(['new/sub/*', 'f1']))
say('file match none', lambda: tf.matching_files('zzz*'))
HERE = os.path.dirname(os.path.abspath(__file__))
os.chdir(HERE)
shutil.rmtree(work)
with open(os.path.join(HERE, 'parsing.json'), 'w') as f:
    f.write('{\n' + ',\n'.join(json.dumps(k) + ': ' + json.dumps(v) for k, v in golden.items()) + '\n}\n')
for k, v in golden.items():
    if 'error' in v: print(k, v['error'], v['text'][:150])
