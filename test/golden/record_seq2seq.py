"""Writes what decoders must give to test/golden/seq2seq.json, computed by the formulas of the papers in NumPy.

    pip install numpy && python test/golden/record_seq2seq.py
"""
import json
import os

import numpy as np

BATCH, TIME, DEPTH, UNITS, CLASSES, MEMORY = 3, 5, 2, 4, 6, 4
LENGTHS, MEMORY_LENGTHS, START, END = [5, 2, 3], [4, 2, 3], [0, 1, 2], 3


def spread(*shape):
    size = int(np.prod(shape))
    return (-2 + 4 * ((np.arange(1, size + 1) * 0.6180339887) % 1)).reshape(shape)


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def plain_cell(depth):
    kernel, bias = spread(depth + UNITS, UNITS), spread(UNITS)

    def step(x, state):
        h = np.tanh(np.concatenate([x, state], 1) @ kernel + bias)
        return h, h
    return step


def decode(cell, state, first, following, limit, layer=True, lengths=None):
    """Runs cell and projection; following(t, ids) gives (finished, inputs). Finished rows give zeros."""
    rows = first.shape[0]
    finished, x = np.zeros(rows, bool), first
    ends = np.zeros(rows, int)
    outputs, samples = [], []
    projection = spread(UNITS, CLASSES)
    for t in range(limit):
        if finished.all():
            break
        out, new = cell(x, state)
        logits = out @ projection if layer else out
        ids = logits.argmax(-1)
        over, x = following(t, ids)
        outputs.append(np.where(finished[:, None], 0, logits))
        samples.append(np.where(finished, 0, ids))
        ends = np.where(finished, ends, t + 1)
        state = [np.where(finished[:, None], a, b) for a, b in zip(state, new)] if isinstance(state, list) else np.where(finished[:, None], state, new)
        finished = finished | over
    return {'outputs': np.stack(outputs, 1), 'samples': np.stack(samples, 1), 'lengths': ends, 'state': state if not isinstance(state, list) else state[0]}


def training(t, ids):
    return t + 1 >= np.array(LENGTHS), INPUTS[:, min(t + 1, TIME - 1)]


def greedy(t, ids):
    return ids == END, EMBEDDING[ids]


def attention_cell(kind, scaled, layer, history):
    memory = spread(BATCH, MEMORY, 3) * (np.arange(MEMORY)[None, :, None] < np.array(MEMORY_LENGTHS)[:, None, None])
    keys = memory @ spread(3, UNITS)
    cell = plain_cell(DEPTH + (layer or 3))
    v, g, b = spread(UNITS), 1.25, spread(UNITS)

    def step(x, state):
        h, attention = state
        out, h = cell(np.concatenate([x, attention], 1), h)
        if kind == 'luong':
            score = (keys * out[:, None]).sum(-1) * (g if scaled else 1)
        else:
            query = (out @ spread(UNITS, UNITS))[:, None]
            if scaled:
                score = (g * v / np.sqrt((v ** 2).sum()) * np.tanh(keys + query + b)).sum(-1)
            else:
                score = (v * np.tanh(keys + query)).sum(-1)
        score = np.where(np.arange(MEMORY)[None] < np.array(MEMORY_LENGTHS)[:, None], score, -np.inf)
        align = softmax(score)
        history.append(align)
        context = np.einsum('bt,btd->bd', align, memory)
        attention = np.concatenate([out, context], 1) @ spread(UNITS + 3, layer) if layer else context
        return attention, [h, attention]
    return step


def beam_search(width, weight, limit):
    """Keeps the best prefixes of each example by score = log p / ((5 + length) / 6) ** weight."""
    cell, projection = plain_cell(DEPTH), spread(UNITS, CLASSES)
    every = {'predicted': [], 'lengths': [], 'log_probs': []}
    for b in range(BATCH):
        beams = [{'ids': [], 'log': 0., 'state': spread(BATCH, UNITS)[b:b + 1], 'last': START[b], 'done': False, 'length': 0}]
        steps = 0
        while steps < limit:
            candidates = []
            for beam in beams:
                if beam['done']:
                    candidates.append({**beam, 'ids': beam['ids'] + [END]})
                    continue
                out, state = cell(EMBEDDING[[beam['last']]], beam['state'])
                logs = np.log(softmax(out @ projection))[0]
                for c in range(CLASSES):
                    candidates.append({'ids': beam['ids'] + [c], 'log': beam['log'] + logs[c], 'state': state, 'last': c,
                                       'done': c == END, 'length': beam['length'] + 1})
            # The score of an end does not count the end itself; the length that is kept does.
            for candidate in candidates:
                was_done = candidate['ids'][-1] == END and len(candidate['ids']) > candidate['length']
                candidate['score'] = candidate['log'] / ((5. + (candidate['length'] if was_done or not candidate['done'] else candidate['length'] - 1)) / 6.) ** weight
            beams = sorted(candidates, key=lambda c: -c['score'])[:width]
            steps += 1
        every['predicted'].append([beam['ids'] for beam in beams])
        every['lengths'].append([beam['length'] for beam in beams])
        every['log_probs'].append([beam['log'] for beam in beams])
    return every


INPUTS, EMBEDDING = spread(BATCH, TIME, DEPTH), spread(CLASSES, DEPTH)
zero = np.zeros((BATCH, UNITS))
golden = {
    'training': decode(plain_cell(DEPTH), spread(BATCH, UNITS), INPUTS[:, 0], training, TIME),
    'greedy': decode(plain_cell(DEPTH), spread(BATCH, UNITS), EMBEDDING[START], greedy, 7),
    'attention': [], 'beam': [],
}
logits, targets = spread(BATCH, TIME, CLASSES), np.arange(BATCH * TIME).reshape(BATCH, TIME) % CLASSES
weights = (np.arange(TIME)[None] < np.array(LENGTHS)[:, None]) * 1.
losses = -np.log(np.take_along_axis(softmax(logits), targets[..., None], -1))[..., 0] * weights
golden['loss'] = {'both': losses.sum() / weights.sum(), 'time': losses.sum(1) / weights.sum(1),
                  'batch': losses.sum(0) / (weights.sum(0) + 1e-12), 'none': losses}
for kind in ('luong', 'bahdanau'):
    for scaled in (False, True):
        for layer in (None, 3):
            history = []
            run = decode(attention_cell(kind, scaled, layer, history), [zero, np.zeros((BATCH, layer or 3))], INPUTS[:, 0], training, TIME, layer=False)
            golden['attention'].append({'kind': kind, 'scaled': scaled, 'layer': layer, 'history': np.stack(history), **run})
for width, weight in ((1, 0.), (3, 0.), (4, .8)):
    golden['beam'].append({'width': width, 'weight': weight, **beam_search(width, weight, 6)})
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, 'seq2seq.json'), 'w') as file:
    json.dump(golden, file, default=lambda x: x.tolist())
    file.write('\n')
