"""Writes what conditional random fields must give to test/golden/crf.json: every sequence of tags is counted out.

    pip install numpy && python test/golden/record_crf.py
"""
import itertools
import json
import os

import numpy as np


def spread(shape):
    size = int(np.prod(shape))
    return (-2 + 4 * ((np.arange(1, size + 1) * 0.6180339887) % 1)).reshape(shape)


def score(unary, transitions, tags):
    steps = sum(unary[t, tag] for t, tag in enumerate(tags))
    return steps + sum(transitions[a, b] for a, b in zip(tags, tags[1:]))


def counts(shape, tags, weight, unary, transitions):
    for t, tag in enumerate(tags):
        unary[t, tag] += weight
    for a, b in zip(tags, tags[1:]):
        transitions[a, b] += weight


def case(time, depth, lengths):
    batch = len(lengths)
    unary, transitions = spread([batch, time, depth]), spread([depth, depth])
    tags = (np.arange(batch * time).reshape(batch, time) * 2 + 1) % depth
    bitmap = np.arange(batch * time * depth).reshape(batch, time, depth) % 4 != 1
    result = {name: [] for name in ('score', 'unary', 'norm', 'multitag', 'best_score', 'best')}
    slopes = [np.zeros_like(unary), np.zeros_like(transitions)]
    for b, length in enumerate(lengths):
        x, gold = unary[b, :length], tuple(int(tag) for tag in tags[b, :length])
        paths = list(itertools.product(range(depth), repeat=length))
        scores = np.array([score(x, transitions, path) for path in paths])
        norm = np.log(np.exp(scores).sum()) if length else 0.
        allowed = [s for s, path in zip(scores, paths) if all(bitmap[b, t, tag] for t, tag in enumerate(path))]
        best = paths[int(scores.argmax())]
        result['score'].append(score(x, transitions, gold))
        result['unary'].append(sum(x[t, tag] for t, tag in enumerate(gold)))
        result['norm'].append(norm)
        result['multitag'].append(np.log(np.exp(allowed).sum()) if length else 0.)
        result['best_score'].append(scores.max())
        result['best'].append(list(best))
        counts(x.shape, gold, 1, slopes[0][b], slopes[1])
        for s, path in zip(scores, paths):
            counts(x.shape, path, -np.exp(s - norm), slopes[0][b], slopes[1])
    return {'time': time, 'depth': depth, 'lengths': lengths, 'tags': tags.tolist(), 'bitmap': bitmap.tolist(),
            'slopes': [s.reshape(-1).tolist() for s in slopes], **result}


cases = [case(4, 3, [4, 2, 1]), case(5, 2, [5, 3]), case(1, 3, [1, 1]), case(3, 4, [3]), case(3, 3, [2, 0, 3])]
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, 'crf.json'), 'w') as file:
    json.dump(cases, file, default=lambda number: number.item())
    file.write('\n')
