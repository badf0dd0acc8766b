"""Records .npy and .npz files as NumPy writes them, and what is in them: npy/.

    pip install numpy ml_dtypes
    python test/golden/record_npy.py
"""

import json
import os
import warnings

import ml_dtypes
import numpy as np

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'npy')
TYPES = ['bool', 'int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64']
TYPES += ['float16', 'float32', 'float64', 'complex64', 'complex128']
expected = {}


def sample(dtype):
    values = [0, 1, 2, 3.5, -4.25, 100] if np.dtype(dtype).kind in 'fc' else [0, 1, 2, 3, 4, 100]
    array = np.array(values).astype(dtype).reshape(2, 3)
    if array.dtype.kind == 'c':
        array = array + array.dtype.type(1j) * np.arange(6).reshape(2, 3).astype(dtype)
    if array.dtype.kind == 'i':
        array[0, 0] = max(np.iinfo(array.dtype).min, -(2**53) + 1)
    return array


def plain(value):
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, complex):
        return {'re': value.real, 'im': value.imag}
    return value.decode('latin1') if isinstance(value, bytes) else value


def record(name, array):
    dtype = 'string' if array.dtype.kind in 'SU' else array.dtype.name
    if array.dtype == ml_dtypes.bfloat16:
        array = array.astype('float32')
    expected[name] = {'dtype': dtype, 'shape': list(array.shape), 'values': plain(array.tolist())}


def save(name, array):
    np.save(os.path.join(OUT, name), array)
    record(name, array)


def versioned(name, array, version):
    with open(os.path.join(OUT, name), 'wb') as file:
        np.lib.format.write_array(file, array, version=version)
    record(name, array)


def main():
    os.makedirs(OUT, exist_ok=True)
    little = {dtype: sample(dtype) for dtype in TYPES}
    big = {dtype: array.astype(array.dtype.newbyteorder('>')) for dtype, array in little.items()}
    for name, arrays, write in [
        ('little.npz', little, np.savez),
        ('big.npz', big, np.savez_compressed),
        ('names.npz', {'w/kernel': np.ones(2, 'f4'), 'é': np.zeros((1, 2), 'i4')}, np.savez),
    ]:
        write(os.path.join(OUT, name), **arrays)
        for key, array in arrays.items():
            record(f'{name}:{key}', array)
    cube = np.arange(24, dtype='f4').reshape(2, 3, 4)
    save('fortran.npy', np.asfortranarray(cube))
    save('fortran_complex.npy', np.asfortranarray((cube + 1j).astype('c8')))
    save('scalar.npy', np.array(1.5))
    save('empty.npy', np.zeros((0, 3), 'f4'))
    save('high_rank.npy', np.ones((1,) * 12, 'u1'))
    save('bfloat16.npy', np.array([1.5, -2, 0.1], dtype=ml_dtypes.bfloat16))
    save('unicode.npy', np.array([['', 'a'], ['déjà', '日本 😀']]))
    save('unicode_big.npy', np.array(['ab', 'ö'], dtype='>U3'))
    save('bytes.npy', np.array([b'a', b'', b'b\x00c', b'word']))
    warnings.simplefilter('ignore')
    versioned('version2.npy', cube[0], (2, 0))
    versioned('version3.npy', cube[1], (3, 0))
    np.save(os.path.join(OUT, 'refused_object.npy'), np.array([{}, None]), allow_pickle=True)
    np.save(os.path.join(OUT, 'refused_structured.npy'), np.zeros(2, [('a', 'f4'), ('b', 'i4')]))
    np.save(os.path.join(OUT, 'refused_dates.npy'), np.array(['2018-04-28'], 'M8[D]'))
    np.save(os.path.join(OUT, 'refused_large.npy'), np.array([2**62]))
    with open(os.path.join(OUT, 'expected.json'), 'w') as file:
        json.dump(expected, file, indent=1)


if __name__ == '__main__':
    main()
