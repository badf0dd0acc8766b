"""Records how NumPy prints arrays and floats: numpy_print.json.

    pip install numpy ml_dtypes
    python test/golden/record_numpy.py

Elements are stored as base64 of their little-endian bytes, text as a list of hex strings.
"""

import base64
import json
import os

import ml_dtypes
import numpy as np

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'numpy_print.json')
rng = np.random.default_rng(20180428)
np.seterr(all='ignore')

SHAPES = [(), (1,), (3,), (8,), (2, 3), (25,), (3, 4, 5), (2, 1, 2, 2)]
EMPTY = [(0,), (2, 0), (0, 3), (2, 0, 4)]
LARGE = [(1001,), (40, 30), (11, 10, 10), (2, 600), (1100, 1), (7, 150), (600, 2)]


def floats(kind, size):
    if kind == 'normal':
        return rng.normal(size=size)
    if kind == 'whole':
        return rng.integers(-50, 50, size=size).astype(float)
    if kind == 'rounded':
        return np.round(rng.uniform(-5, 5, size=size), int(rng.integers(1, 4)))
    if kind == 'wide':
        return rng.choice([-1, 1], size) * 10.0 ** rng.uniform(-8, 8, size=size)
    if kind == 'tiny':
        return rng.normal(size=size) * 1e-7
    if kind == 'large':
        return rng.uniform(-3, 3, size=size) * 10.0 ** rng.integers(2, 11)
    if kind == 'extreme':
        return rng.choice([-1, 1], size) * 2.0 ** rng.integers(-1070, 1020, size=size)
    if kind == 'quarter':
        return rng.integers(-4000, 4000, size=size) / 8.0
    values = rng.normal(size=size)
    special = [np.nan, np.inf, -np.inf, 0.0, -0.0]
    some = special[: int(rng.integers(1, 6))]
    return np.where(rng.uniform(size=size) < 0.4, rng.choice(some, size), values)


KINDS = ['normal', 'whole', 'rounded', 'wide', 'tiny', 'large', 'extreme', 'quarter', 'special']
FLOATS = ['float16', 'float32', 'float64']
INTS = ['int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64']


def ints(dtype, size):
    info = np.iinfo(dtype)
    low, high = max(info.min, -(2**53) + 1), min(info.max, 2**53 - 1)
    if rng.uniform() < 0.5:
        low, high = max(low, -20), min(high, 120)
    return rng.integers(low, high, size=size, endpoint=True, dtype=np.int64).astype(dtype)


def texts(size):
    def one():
        parts = [b'a', b'Word', b"it's", b'"', b'\n', b'\t', b'\\', b'\xff\x00', 'é'.encode(), b' ', b'x' * 30]
        return b''.join(parts[i] for i in rng.integers(0, len(parts), size=rng.integers(0, 4)))

    out = np.empty(size, dtype=object)
    for i in range(size):
        out[i] = one()
    return out


def make(dtype, kind, shape):
    size = int(np.prod(shape, dtype=int))
    if dtype == 'object':
        flat = texts(size)
    elif dtype == 'bool':
        flat = rng.uniform(size=size) < 0.5
    elif dtype in INTS:
        flat = ints(dtype, size)
    elif dtype.startswith('complex'):
        flat = (floats(kind, size) + 1j * floats(rng.choice(KINDS), size)).astype(dtype)
    elif dtype == 'bfloat16':
        flat = floats(kind, size).astype(ml_dtypes.bfloat16)
    else:
        flat = floats(kind, size).astype(dtype)
    return flat.reshape(shape)


def case(array, options=None):
    with np.printoptions(**(options or {})):
        row = {'dtype': str(array.dtype), 'shape': list(array.shape), 'str': str(array), 'repr': repr(array)}
    if array.dtype == object:
        row['data'] = [item.hex() for item in array.ravel()]
    else:
        row['data'] = base64.b64encode(array.tobytes()).decode()
    if options:
        row['options'] = options
    return row


def arrays():
    rows = []
    plain = INTS + ['bool', 'object']
    for dtype in FLOATS + ['complex64', 'complex128', 'bfloat16'] + plain:
        kinds = KINDS if dtype not in plain else [None]
        few = dtype in ('bfloat16', 'complex128')
        for kind in kinds:
            for shape in SHAPES:
                if few and rng.uniform() < 0.6:
                    continue
                rows.append(case(make(dtype, kind, shape)))
        for shape in EMPTY:
            rows.append(case(make(dtype, 'normal', shape)))
    for shape in LARGE:
        for dtype in ['float32', 'float16', 'int16', 'bool']:
            rows.append(case(make(dtype, rng.choice(KINDS), shape)))
    rows.append(case(make('object', None, (1002,))))
    rows.append(case(make('complex64', 'normal', (1002,))))
    options = [
        {'precision': 3},
        {'precision': 0},
        {'precision': 12},
        {'suppress': True},
        {'suppress': True, 'precision': 2},
        {'threshold': 5, 'edgeitems': 1},
        {'threshold': 10, 'edgeitems': 2},
        {'linewidth': 30},
        {'linewidth': 120},
    ]
    for option in options:
        for dtype in FLOATS + ['complex64', 'int32', 'object']:
            for shape in [(6,), (4, 5), (3, 2, 7), ()]:
                rows.append(case(make(dtype, rng.choice(KINDS), shape), option))
    return rows


def scalars():
    """Hard floats: random bits, powers of two with their neighbours, exact ties."""
    out = {}
    for dtype, bits in [('float16', 'uint16'), ('float32', 'uint32'), ('float64', 'uint64')]:
        info = np.iinfo(bits)
        parts = [rng.integers(0, info.max, size=1000, endpoint=True, dtype=bits)]
        low = {'float16': -24, 'float32': -149, 'float64': -1074}[dtype]
        high = {'float16': 16, 'float32': 128, 'float64': 1024}[dtype]
        step = 1 if dtype != 'float64' else 5
        powers = (2.0 ** np.arange(low, high, step)).astype(dtype).view(bits)
        parts += [powers, powers + 1, powers - 1]
        ties = rng.integers(1, 2**10, size=300) * 2.0 ** rng.integers(-14, 1, size=300)
        ties = ties + (2.0 ** {'float16': 3, 'float32': 16, 'float64': 45}[dtype])
        parts.append(ties.astype(dtype).view(bits))
        values = np.concatenate(parts).view(dtype)
        out[dtype] = {
            'data': base64.b64encode(values.tobytes()).decode(),
            'text': [str(x) for x in values],
        }
    return out


if __name__ == '__main__':
    rows = arrays()
    with open(OUT, 'w') as file:
        file.write('{"numpy": %s,\n"scalars": %s,\n"arrays": [\n' % (json.dumps(np.__version__), json.dumps(scalars())))
        file.write(',\n'.join(json.dumps(row) for row in rows))
        file.write('\n]}\n')
    print(len(rows), 'arrays,', os.path.getsize(OUT), 'bytes')
