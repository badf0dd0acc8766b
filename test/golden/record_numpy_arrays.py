"""Records what NumPy's arrays do: indexing, casting and 16-bit rounding. numpy_arrays.json.

    pip install numpy ml_dtypes
    python test/golden/record_numpy_arrays.py
"""

import json
import os

import ml_dtypes
import numpy as np

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'numpy_arrays.json')
rng = np.random.default_rng(8)
np.seterr(all='ignore')


def member(size):
    return None if rng.uniform() < 0.35 else int(rng.integers(-size - 2, size + 3))


def spec(size):
    """A random index, as Python has it and as it is written in JavaScript."""
    kind = rng.integers(0, 6)
    if kind == 0:
        index = int(rng.integers(-size, size)) if size else 0
        return index, index
    start, stop, step = member(size), member(size), [None, 1, 2, -1, -2, 3][rng.integers(0, 6)]
    if kind < 4:
        text = [('' if part is None else str(part)) for part in (start, stop, step)]
        if step is None:
            return slice(start, stop), ':'.join(text[:2])
        return slice(start, stop, step), ':'.join(text)
    members = {'start': start, 'stop': stop, 'step': step}
    return slice(start, stop, step), {k: v for k, v in members.items() if v is not None or rng.uniform() < 0.5} or ':'


def indexing():
    rows = []
    for _ in range(250):
        shape = [int(d) for d in rng.integers(0, 5, size=rng.integers(0, 4))]
        array = np.arange(int(np.prod(shape, dtype=int))).reshape(shape)
        count = int(rng.integers(0, len(shape) + 1))
        python, ours = [], []
        for axis in range(count):
            a, b = spec(shape[axis])
            python.append(a)
            ours.append(b)
        if rng.uniform() < 0.4:
            at = int(rng.integers(0, count + 1))
            python.insert(at, None)
            ours.insert(at, None)
        if rng.uniform() < 0.3:
            python.append(Ellipsis)
            ours.append('...')
        try:
            result = array[tuple(python)]
            rows.append({'shape': shape, 'specs': ours, 'values': result.tolist(), 'result': list(result.shape)})
        except IndexError as error:
            rows.append({'shape': shape, 'specs': ours, 'error': str(error)})
    return rows


def text_of(value):
    return repr(float(value)) if isinstance(value, float) else value


def casting():
    floats = [0.0, -0.0, 0.5, -0.9, 1.5, 2.5, 255.7, 300.0, -1.5, 70000.9, -40000.0, 65519.9, 65520.0, 1e-8, 3e9, -3e9, 1e20]
    floats += [float('nan'), float('inf'), -float('inf'), 2.0**31, 2.0**31 - 0.5, 16777217.0, 1 / 3]
    whole = [0, 1, -1, 127, 128, 255, 256, 300, -129, 32768, 65535, 65536, 2**31, -(2**31) - 1, 2**40 + 5, 2049, 2**24 + 1]
    rows = []
    types = ['bool', 'int8', 'int16', 'int32', 'uint8', 'uint16', 'float16', 'float32', 'float64', 'complex64']
    for source, values in [('float64', floats), ('float32', floats), ('int64', whole), ('bool', [True, False])]:
        array = np.array(values, dtype=source)
        for target in types + (['uint32', 'int64'] if source in ('int64', 'bool') else []):
            if target == 'complex64':
                result = [text_of(float(x)) for x in array.astype(target).real]
            else:
                result = [text_of(x) for x in array.astype(target).tolist()]
            rows.append({'from': source, 'to': target, 'values': [text_of(x) for x in array.tolist()], 'result': result})
    texts = ['1.5', ' 2 ', '-inf', 'nan', '1e3', '+7', '1_000', 'Infinity']
    rows.append({'from': 'string', 'to': 'float32', 'values': texts, 'result': [text_of(x) for x in np.array(texts).astype('f4').tolist()]})
    numbers = [1.5, 1e20, 0.1, 100.0, 1e-5, float('nan'), -0.0]
    rows.append({'from': 'float64', 'to': 'string', 'values': [text_of(x) for x in numbers], 'result': np.array(numbers).astype(str).tolist()})
    return rows


def sixteen():
    values = np.concatenate([
        rng.normal(size=300) * 10.0 ** rng.integers(-9, 6, size=300),
        np.arange(40) * 2.0**-25,
        2048 + np.arange(60) / 4,
        [65504, 65519.999, 65520, 2.0**-24, 2.0**-25, 2.0**-25 * 1.0001, 2.0**-14, 2.0**-14 * 0.99999, 0.0, -0.0],
        np.array([1.0]) + 2.0**-11 + 2.0**-40,
        [3.3895313892515355e38, 3.4e38, 1.00390625, 1.01171875, 1e-40],
    ])
    return {
        'values': [repr(float(x)) for x in values],
        'float16': [int(x) for x in values.astype(np.float16).view(np.uint16)],
        'bfloat16': [int(x) for x in values.astype(np.float32).astype(ml_dtypes.bfloat16).view(np.uint16)],
    }


if __name__ == '__main__':
    with open(OUT, 'w') as file:
        json.dump({'indexing': indexing(), 'casting': casting(), 'sixteen': sixteen()}, file)
    print(os.path.getsize(OUT))
