"""Computes with NumPy what tf.contrib.rnn and tf.contrib.legacy_seq2seq, which TensorFlow 2.x no longer has, must give, and writes it
to test/golden/rnn_contrib.json.

    pip install tensorflow-cpu numpy && python test/golden/record_rnn_contrib.py

The formulas are those of the papers that the documentation of TF 1.8 names, in double precision; the block LSTM and the stacked
networks are TensorFlow's own. test/rnn/contrib.test.ts builds the same with the same numbers in the variables.
"""
import json
import os

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
import warnings
warnings.filterwarnings('ignore')
import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
HERE = os.path.dirname(os.path.abspath(__file__))
BATCH, STEPS, DEPTH, UNITS = 2, 3, 3, 2


def formula(shape, salt=0):
    flat = [((i * 7919 + salt * 104729) % 1009) / 1009 - 0.5 for i in range(int(np.prod(shape)))]
    return np.array(flat, np.float64).reshape(shape).astype(np.float32).astype(np.float64)


class Weights:
    """Numbers for variables in the order in which they are made."""

    def __init__(self):
        self.made = 0

    def __call__(self, *shape):
        self.made += 1
        return formula(shape, 9 + self.made)


sigmoid = lambda x: 1 / (1 + np.exp(-x))
softmax = lambda x: np.exp(x) / np.exp(x).sum(-1, keepdims=True)
cat = lambda *parts: np.concatenate(parts, 1)
STEP_INPUTS = [formula((BATCH, DEPTH), t) for t in range(STEPS)]
zeros = lambda n: np.zeros((BATCH, n))


def lstm(kernel, bias, x, c, h):
    i, j, f, o = np.split(cat(x, h) @ kernel + bias, 4, 1)
    c = c * sigmoid(f + 1) + sigmoid(i) * np.tanh(j)
    return c, np.tanh(c) * sigmoid(o)


def gru(gates, gates_bias, candidate, candidate_bias, x, h):
    r, u = np.split(sigmoid(cat(x, h) @ gates + gates_bias), 2, 1)
    return u * h + (1 - u) * np.tanh(cat(x, r * h) @ candidate + candidate_bias)


def layer_norm():
    w = Weights()
    kernel = w(DEPTH + UNITS, 4 * UNITS)
    norms = {name: (w(UNITS), w(UNITS)) for name in ['i', 'j', 'f', 'o', 'state']}

    def norm(x, name):
        gamma, beta = norms[name]
        return (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + 1e-12) * gamma + beta

    c, h, outputs = zeros(UNITS), zeros(UNITS), []
    for x in STEP_INPUTS:
        i, j, f, o = [norm(part, name) for part, name in zip(np.split(cat(x, h) @ kernel, 4, 1), 'ijfo')]
        c = norm(c * sigmoid(f + 1) + sigmoid(i) * np.tanh(j), 'state')
        h = np.tanh(c) * sigmoid(o)
        outputs.append(h)
    return outputs + [c, h]


def attention_wrapper():
    w, length = Weights(), 2
    inner, inner_bias = w(DEPTH + UNITS, DEPTH), w(DEPTH)
    kernel, bias = w(DEPTH + UNITS, 4 * UNITS), w(4 * UNITS)
    attn_w, attn_v = w(1, 1, UNITS, UNITS)[0, 0], w(UNITS)
    query_kernel, query_bias = w(2 * UNITS, UNITS), w(UNITS)
    out_kernel, out_bias = w(2 * UNITS, UNITS), w(UNITS)
    c, h, seen, kept, outputs = zeros(UNITS), zeros(UNITS), zeros(UNITS), np.zeros((BATCH, length, UNITS)), []
    for x in STEP_INPUTS:
        c, h = lstm(kernel, bias, cat(x, seen) @ inner + inner_bias, c, h)
        y = cat(c, h) @ query_kernel + query_bias
        scores = softmax((attn_v * np.tanh(kept @ attn_w + y[:, None])).sum(2))
        seen = (scores[:, :, None] * kept).sum(1)
        output = cat(h, seen) @ out_kernel + out_bias
        kept = np.concatenate([kept[:, 1:], output[:, None]], 1)
        outputs.append(output)
    return outputs + [c, h, seen, kept.reshape(BATCH, -1)]


def highway():
    w = Weights()
    cell = w(2 * DEPTH, 2 * DEPTH), w(2 * DEPTH), w(2 * DEPTH, DEPTH), w(DEPTH)
    carry_w, carry_b = w(DEPTH, DEPTH), w(DEPTH)
    h, outputs = zeros(DEPTH), []
    for x in STEP_INPUTS:
        h = gru(*cell, x, h)
        carry = sigmoid(x @ carry_w + carry_b)
        outputs.append(x * carry + h * (1 - carry))
    return outputs + [h]


def projections():
    w = Weights()
    first, first_bias = w(DEPTH, 2), w(2)
    cell = w(2 + UNITS, 2 * UNITS), w(2 * UNITS), w(2 + UNITS, UNITS), w(UNITS)
    last, last_bias = w(UNITS, 4), w(4)
    h, outputs = zeros(UNITS), []
    for x in STEP_INPUTS:
        h = gru(*cell, x @ first + first_bias, h)
        outputs.append(h @ last + last_bias)
    return outputs + [h]


def block():
    w = Weights()
    kernel, bias = w(DEPTH + UNITS, 4 * UNITS), w(4 * UNITS)
    peepholes = [w(UNITS) for _ in range(3)]
    f, i, o = peepholes
    with tf.Graph().as_default(), tf.Session() as session:
        as32 = lambda x: tf.constant(x, tf.float32)
        c, h, outputs = as32(zeros(UNITS)), as32(zeros(UNITS)), []
        for x in STEP_INPUTS:
            made = tf.raw_ops.LSTMBlockCell(x=as32(x), cs_prev=c, h_prev=h, w=as32(kernel), wci=as32(i), wcf=as32(f), wco=as32(o),
                                            b=as32(bias), forget_bias=1.0, cell_clip=0.2, use_peephole=True)
            c, h = made.cs, made.h
            outputs.append(h)
        return session.run(outputs + [c, h])


def block_gru():
    w = Weights()
    gates, gates_bias, candidate, candidate_bias = w(DEPTH + UNITS, 2 * UNITS), w(2 * UNITS), w(DEPTH + UNITS, UNITS), w(UNITS)
    h, outputs = zeros(UNITS), []
    for x in STEP_INPUTS:
        h = gru(gates, gates_bias, candidate, candidate_bias, x, h)
        outputs.append(h)
    return outputs + [h]


def ugrnn():
    w = Weights()
    kernel, bias = w(DEPTH + UNITS, 2 * UNITS), w(2 * UNITS)
    h, outputs = zeros(UNITS), []
    for x in STEP_INPUTS:
        gate, new = np.split(cat(x, h) @ kernel + bias, 2, 1)
        gate = sigmoid(gate + 0.5)
        h = gate * h + (1 - gate) * np.tanh(new)
        outputs.append(h)
    return outputs + [h]


def nas():
    w, proj = Weights(), 3
    recurrent, kernel, bias, projection = w(proj, 8 * UNITS), w(DEPTH, 8 * UNITS), w(8 * UNITS), w(UNITS, proj)
    c, h, outputs = zeros(UNITS), zeros(proj), []
    relu = lambda x: np.maximum(x, 0)
    for x in STEP_INPUTS:
        i, m = np.split(x @ kernel, 8, 1), np.split(h @ recurrent + bias, 8, 1)
        l = [sigmoid(i[0] + m[0]), relu(i[1] + m[1]), sigmoid(i[2] + m[2]), relu(i[3] * m[3]),
             np.tanh(i[4] + m[4]), sigmoid(i[5] + m[5]), np.tanh(i[6] + m[6]), sigmoid(i[7] + m[7])]
        c = np.tanh(np.tanh(l[0] * l[1]) + c) * np.tanh(l[2] + l[3])
        h = np.tanh(c * np.tanh(np.tanh(l[4] * l[5]) + sigmoid(l[6] + l[7]))) @ projection
        outputs.append(h)
    return outputs + [c, h]


def fused():
    w = Weights()
    kernel, bias = w(DEPTH + UNITS, 4 * UNITS), w(4 * UNITS)
    f, i, o = [w(UNITS) for _ in range(3)]
    with tf.Graph().as_default(), tf.Session() as session:
        as32 = lambda x: tf.constant(x, tf.float32)
        made = tf.raw_ops.BlockLSTM(seq_len_max=tf.constant(STEPS, tf.int64), x=as32(np.stack(STEP_INPUTS)), cs_prev=as32(zeros(UNITS)), h_prev=as32(zeros(UNITS)),
                                    w=as32(kernel), wci=as32(i), wcf=as32(f), wco=as32(o), b=as32(bias), forget_bias=1.0, cell_clip=-1, use_peephole=True)
        cs, h = session.run([made.cs, made.h])
    lengths = [2, 3]
    for b, length in enumerate(lengths): h[length:, b] = 0
    last = lambda all: np.stack([all[length - 1, b] for b, length in enumerate(lengths)])
    return [h, last(cs), last(h)]


def attention_decoder():
    w, length, size, outputs_size = Weights(), 4, 3, 5
    states = formula((BATCH, length, size), 70)
    attn_w, attn_v = w(1, 1, size, size)[0, 0], w(size)
    merge, merge_bias = w(DEPTH + size, DEPTH), w(DEPTH)
    cell = w(DEPTH + UNITS, 2 * UNITS), w(2 * UNITS), w(DEPTH + UNITS, UNITS), w(UNITS)
    query, query_bias = w(UNITS, size), w(size)
    out, out_bias = w(UNITS + size, outputs_size), w(outputs_size)
    h, seen, outputs = formula((BATCH, UNITS), 71), zeros(size), []
    for x in STEP_INPUTS:
        h = gru(*cell, cat(x, seen) @ merge + merge_bias, h)
        scores = softmax((attn_v * np.tanh(states @ attn_w + (h @ query + query_bias)[:, None])).sum(2))
        seen = (scores[:, :, None] * states).sum(1)
        outputs.append(cat(h, seen) @ out + out_bias)
    return outputs + [h]


def embedding_seq2seq():
    w, encoder, decoder, symbols = Weights(), [[0, 2], [1, 3]], [[1, 0], [2, 2], [0, 1]], 4
    embedding = w(4, 3)
    enc = w(3 + UNITS, 2 * UNITS), w(2 * UNITS), w(3 + UNITS, UNITS), w(UNITS)
    embedding_out = w(symbols, 3)
    dec = w(3 + UNITS, 2 * UNITS), w(2 * UNITS), w(3 + UNITS, UNITS), w(UNITS)
    out, out_bias = w(UNITS, symbols), w(symbols)
    h, results = zeros(UNITS), []
    for ids in encoder:
        h = gru(*enc, embedding[ids], h)
    start = h
    for feeds in [False, True]:
        h, ids = start, decoder[0]
        for t in range(len(decoder)):
            h = gru(*dec, embedding_out[ids if feeds else decoder[t]], h)
            results.append(h @ out + out_bias)
            ids = results[-1].argmax(1)
        results.append(h)
    return results


def losses():
    logits = [formula((BATCH, 4), 80 + t) for t in range(3)]
    targets, weights = [[1, 0], [3, 2], [0, 0]], [formula((BATCH,), 85 + t) + 0.6 for t in range(3)]
    weights = [w.astype(np.float32).astype(np.float64) for w in weights]
    each = [-np.log(softmax(l))[range(BATCH), t] * w for l, t, w in zip(logits, targets, weights)]
    by_example = sum(each) / (sum(weights) + 1e-12)
    return [by_example, sum(each), by_example.sum() / BATCH, by_example.sum()]


def plain(value):
    value = np.asarray(value)
    return {'shape': list(value.shape), 'data': [float(x) for x in value.reshape(-1)]}


PROGRAMS = [layer_norm, attention_wrapper, highway, projections, block, block_gru, ugrnn, nas, fused, attention_decoder, embedding_seq2seq, losses]
with open(f'{HERE}/rnn_contrib.json', 'w') as file:
    json.dump({body.__name__: [plain(v) for v in body()] for body in PROGRAMS}, file, separators=(',', ':'))
    file.write('\n')
