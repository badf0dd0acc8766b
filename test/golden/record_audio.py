"""Records TensorFlow's spectrograms and coefficients of audio: audio.json.

    pip install tensorflow
    python test/golden/record_audio.py
"""
import json, os
os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
import numpy as np
import tensorflow.compat.v1 as tf
tf.disable_v2_behavior()
R = tf.raw_ops


def plain(v): return {'shape': list(v.shape), 'data': [float(x) for x in np.asarray(v).reshape(-1)]}


rng = np.random.RandomState(5)
rows = []
with tf.Session() as session:
    for shape, window, stride, rate, kw in [([100, 1], 16, 7, 16000, {}), ([60, 2], 24, 24, 8000, {'filterbank_channel_count': 5, 'dct_coefficient_count': 4}),
                                            ([10, 1], 32, 1, 16000, {}), ([64, 1], 64, 1, 16000, {'upper_frequency_limit': 7000., 'lower_frequency_limit': 100., 'filterbank_channel_count': 8, 'dct_coefficient_count': 8}), ([40, 1], 3, 5, 16000, {})]:
        audio = (np.sin(np.arange(shape[0]) / 3.)[:, None] * .5 + rng.randn(*shape) * .1).astype(np.float32)
        spectra = [session.run(R.AudioSpectrogram(input=audio, window_size=window, stride=stride, magnitude_squared=s)) for s in (False, True)]
        coefficients = session.run(R.Mfcc(spectrogram=spectra[1], sample_rate=rate, **kw)) if window > 3 else None
        rows.append({'audio': plain(audio), 'window': window, 'stride': stride, 'rate': rate, 'options': kw, 'spectra': [plain(s) for s in spectra], 'mfcc': None if coefficients is None else plain(coefficients)})
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'audio.json'), 'w') as f: json.dump(rows, f, sort_keys=True)
