"""Writes what TensorFlow's candidate samplers draw, and the losses on them, to test/golden/candidates.json.

    pip install tensorflow-cpu && python test/golden/record_candidates.py
"""
import json
import os

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)
nn = tf.nn
CLASSES = [[0, 1], [5, 3]]
SAMPLERS = {
    'log_uniform': lambda t, u: nn.log_uniform_candidate_sampler(t, 2, 4, u, 10, seed=3),
    'uniform': lambda t, u: nn.uniform_candidate_sampler(t, 2, 4, u, 10, seed=3),
    'uniform_large': lambda t, u: nn.uniform_candidate_sampler(t, 2, 4, u, 3000000000, seed=3),
    'fixed_unigram': lambda t, u: nn.fixed_unigram_candidate_sampler(t, 2, 4, u, 6, unigrams=[1., 2, 3, 4, 5, 6], distortion=.75, seed=3),
    'learned_unigram': lambda t, u: nn.learned_unigram_candidate_sampler(t, 2, 4, u, 10, seed=3),
    'all': lambda t, u: nn.all_candidate_sampler(t, 2, 7, u, seed=3),
}


def spread(shape):
    size = int(np.prod(shape))
    return (-2 + 4 * ((np.arange(1, size + 1) * 0.6180339887) % 1)).astype(np.float32).reshape(shape)


rows = []
for seed in (1, 7):
    for name, sampler in SAMPLERS.items():
        for unique in (True, False):
            with tf.Graph().as_default(), tf.Session() as session:
                tf.set_random_seed(seed)
                sample = sampler(tf.constant(CLASSES, tf.int64), unique)
                runs = [[np.asarray(v).tolist() for v in session.run(tuple(sample))] for _ in range(3)]
                rows.append({'sampler': name, 'seed': seed, 'unique': unique, 'runs': runs})
losses = {}
with tf.Graph().as_default(), tf.Session() as session:
    weights, biases, inputs = (tf.constant(spread(s)) for s in ((10, 3), (10,), (2, 3)))
    labels = tf.constant(CLASSES, tf.int64)
    sample = (tf.constant([3, 9, 1], tf.int64), tf.constant([[.5, .25], [.125, .3]]), tf.constant([.3, .1, .25]))
    for name in ('nce_loss', 'sampled_softmax_loss'):
        for hits in (True, False):
            loss = getattr(nn, name)(weights, biases, labels, inputs, 3, 10, 2, sample, hits)
            gradients = [tf.convert_to_tensor(g) for g in tf.gradients(loss, [weights, biases, inputs])]
            losses[f'{name} {hits}'] = [np.asarray(v).reshape(-1).tolist() for v in session.run([loss] + gradients)]
    hits = session.run(nn.compute_accidental_hits(labels, sample[0], 2))
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, 'candidates.json'), 'w') as file:
    json.dump({'samples': rows, 'losses': losses, 'hits': [v.tolist() for v in hits]}, file)
    file.write('\n')
