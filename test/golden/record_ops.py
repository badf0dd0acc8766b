"""Records what TensorFlow computes for op samples: values, static shapes and gradients.

    npx tsx --conditions=tf1-src test/ops/export_samples.ts math | python test/golden/record_ops.py math

Needs `pip install tensorflow`. Reads the samples on standard input, writes test/golden/ops/FAMILY.json.
The gradient is that of sum(output * weights), the weights being cos(1), cos(2), ... over all outputs.
"""
import json, os, sys
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '0')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
import numpy as np
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)


def number(x):
    return float(x) if isinstance(x, str) and x in ('NaN', 'Infinity', '-Infinity') else x


def array(spec):
    dtype = tf.as_dtype(spec['$array'])
    if dtype == tf.string:
        data = np.array([bytes(x['$bytes']) if isinstance(x, dict) else x.encode() for x in spec['data']], dtype=object)
    elif dtype.is_complex:
        flat = np.array([number(x) for x in spec['data']], dtype=np.float64)
        data = (flat[0::2] + 1j * flat[1::2]).astype(dtype.as_numpy_dtype)
    elif dtype.is_quantized:
        data = np.array(spec['data'], dtype=dtype.name[1:]).view(dtype.as_numpy_dtype)
    else:
        data = np.array([number(x) for x in spec['data']], dtype=np.float64).astype(dtype.as_numpy_dtype)
    return data.reshape(spec['shape'])


def plain(value):
    value = np.asarray(value)
    flat = value.reshape(-1)
    if value.dtype.names:  # Quantized types are records of one number.
        name = value.dtype.names[0]
        return {'dtype': name, 'shape': list(value.shape), 'data': [int(x) for x in flat[name]]}
    if value.dtype == object or value.dtype.kind == 'S':
        data = [x.decode() if isinstance(x, bytes) and _utf8(x) else {'$bytes': list(x)} if isinstance(x, bytes) else x for x in flat]
        return {'dtype': 'string', 'shape': list(value.shape), 'data': data}
    if value.dtype.kind == 'c':
        flat = flat.view(np.float32 if value.dtype == np.complex64 else np.float64)
    if str(value.dtype) == 'bfloat16' or value.dtype.kind == 'f' or value.dtype.kind == 'c':
        data = [float(x) if np.isfinite(x) else ('NaN' if np.isnan(x) else 'Infinity' if x > 0 else '-Infinity') for x in flat.astype(np.float64)]
    elif value.dtype.kind == 'b':
        data = [int(x) for x in flat]
    else:
        data = [int(x) for x in flat]
    return {'dtype': str(value.dtype), 'shape': list(value.shape), 'data': data}


def _utf8(x):
    try:
        x.decode()
        return True
    except UnicodeDecodeError:
        return False


def tensors(result):
    if result is None: return []
    if isinstance(result, (tf.Tensor, tf.Variable)): return [result]
    if isinstance(result, tf.SparseTensor): return [result.indices, result.values, result.dense_shape]
    if isinstance(result, dict): return [t for k in sorted(result) for t in tensors(result[k])]
    if isinstance(result, (list, tuple)): return [t for r in result for t in tensors(r)]
    return [tf.convert_to_tensor(result)]


def record(sample):
    graph = tf.Graph()
    with graph.as_default(), tf.Session(graph=graph) as session:
        feeds, inputs = {}, []
        def build(spec, path):
            if isinstance(spec, dict):
                if '$dtype' in spec: return tf.as_dtype(spec['$dtype'])
                if '$array' in spec:
                    value = array(spec)
                    if path in sample['constants']: return tf.constant(value, dtype=tf.as_dtype(spec['$array']))
                    p = tf.placeholder(tf.as_dtype(spec['$array']), value.shape)
                    feeds[p] = value
                    inputs.append(p)
                    return p
                return {k: build(v, None) for k, v in spec.items()}
            if isinstance(spec, list): return [build(v, path) for v in spec]
            return spec
        args = [build(a, i) for i, a in enumerate(sample['args'])]
        kwargs = {k: build(v, k) for k, v in sample['kwargs'].items()}
        fn = tf
        for part in sample['fn'].split('.'): fn = getattr(fn, part)
        try:
            outputs = tensors(fn(*args, **kwargs))
            values = session.run(outputs, feeds)
        except Exception as e:
            return {'error': type(e).__name__ + ': ' + str(e).split('\n')[0]}
        golden = {
            'outputs': [plain(v) for v in values],
            'dtypes': [t.dtype.base_dtype.name for t in outputs],
            'shapes': [None if t.shape.rank is None else t.shape.as_list() for t in outputs],
        }
        floats = [t for t in outputs if t.dtype.base_dtype.is_floating]
        wrt = [p for p in inputs if p.dtype.is_floating]
        if sample['gradient'] and floats and wrt:
            loss, at = [], 1
            for t, v in zip(outputs, values):
                if not t.dtype.base_dtype.is_floating: continue
                n = int(np.size(v))
                weights = np.cos(np.arange(at, at + n, dtype=np.float64)).reshape(np.shape(v)).astype(np.float32)
                at += n
                loss.append(tf.reduce_sum(tf.cast(t, tf.float64) * weights.astype(np.float64)))
            try:
                grads = tf.gradients(tf.add_n(loss), wrt)
                got = session.run([g if g is not None else tf.zeros([0]) for g in [None if g is None else tf.convert_to_tensor(g) for g in grads]], feeds)
                golden['gradients'] = [None if g is None else plain(v) for g, v in zip(grads, got)]
            except Exception as e:
                golden['gradient_error'] = type(e).__name__ + ': ' + str(e).split('\n')[0]
        return golden


def main():
    family = sys.argv[1]
    goldens = {}
    for sample in json.load(sys.stdin):
        goldens[sample['key']] = golden = record(sample)
        if 'error' in golden: print(sample['key'][:150], golden['error'][:200], file=sys.stderr)
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'ops', family + '.json')
    with open(path, 'w') as f:
        f.write('{\n' + ',\n'.join(json.dumps(k) + ': ' + json.dumps(v) for k, v in goldens.items()) + '\n}\n')
    print(len(goldens), 'samples of', family, 'recorded', file=sys.stderr)


main()
