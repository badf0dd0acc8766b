"""Runs recurrent networks with TensorFlow and writes what they computed to test/golden/rnn.json.

    pip install tensorflow-cpu numpy && python test/golden/record_rnn.py

Every case is data that test/rnn/networks.test.ts builds, too: a cell, how it is run, lengths. The file has the names and shapes of
variables, the outputs and states, and the gradients of a weighted sum of all of them by the inputs and by every variable; for some
cases also the nodes of the forward graph. Variables get values by `formula`, exact in any language. TensorFlow 2.x keeps the cells
in a private folder; AddV2 is written Add, lengths are cast by to_int32, and arrays are asked for their size as TensorFlow 1.8 does. Dropout
in a loop is not here: TensorFlow draws the numbers of several iterations in any order.
"""
import json
import os

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('CUDA_VISIBLE_DEVICES', '')
os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '0')
import warnings
warnings.filterwarnings('ignore')
import numpy as np
import tensorflow.compat.v1 as tf
from tensorflow.python.keras.layers.legacy_rnn import rnn_cell_impl as cells
from tensorflow.python.ops import gen_data_flow_ops, rnn, tensor_array_ops
from tensorflow.python.util import nest

tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)
HERE = os.path.dirname(os.path.abspath(__file__))
BATCH, STEPS, DEPTH = 3, 4, 3


def size(array, name=None):
    with tf.colocate_with(array.handle):
        return gen_data_flow_ops.tensor_array_size_v3(handle=array.handle, flow_in=array.flow, name=name)


tensor_array_ops._GraphTensorArray.size = size


def formula(shape, salt=0):
    flat = [((i * 7919 + salt * 104729) % 1009) / 1009 - 0.5 for i in range(int(np.prod(shape)))]
    return np.array(flat, np.float64).reshape(shape).astype(np.float32)


def cell_of(spec):
    kind, options = spec[0], dict(spec[1])
    if 'activation' in options:
        options['activation'] = getattr(tf.nn, options['activation'])
    if kind == 'MultiRNNCell':
        return cells.MultiRNNCell([cell_of(inner) for inner in options.pop('cells')], **options)
    if 'cell' in options:
        return getattr(cells, kind)(cell_of(options.pop('cell')), **options)
    return getattr(cells, kind)(**options)


def run(case, x):
    how, lengths = case['run'], case.get('lengths')
    options = {'sequence_length': lengths} if lengths else {}
    cell = cell_of(case['cell'])
    if case.get('initial'):
        sizes = nest.flatten(cell.state_size)
        flat = [tf.constant(formula((BATCH, n), 50 + i), name='initial_%d' % i) for i, n in enumerate(sizes)]
        options['initial_state'] = nest.pack_sequence_as(cell.state_size, flat)
    else:
        options['dtype'] = tf.float32
    if how == 'dynamic':
        return rnn.dynamic_rnn(cell, x, time_major=case.get('time_major', False), **options)
    if how == 'bidirectional':
        return rnn.bidirectional_dynamic_rnn(cell, cell_of(case['cell']), x, **options)
    if how == 'raw':
        return raw(cell, x)
    steps = tf.unstack(x, STEPS, 1)
    if how == 'static':
        return rnn.static_rnn(cell, steps, **options)
    return rnn.static_bidirectional_rnn(cell, cell_of(case['cell']), steps, **options)


def raw(cell, x):
    inputs = tf.TensorArray(tf.float32, STEPS).unstack(tf.transpose(x, [1, 0, 2]))
    lengths = tf.constant([2, 4, 3])

    def loop_fn(time, output, state, loop_state):
        next_state = cell.zero_state(BATCH, tf.float32) if output is None else state
        finished = tf.greater_equal(time, lengths)
        done = tf.reduce_all(finished)
        next_input = tf.cond(done, lambda: tf.zeros([BATCH, DEPTH]), lambda: inputs.read(time))
        return finished, next_input, next_state, output, None

    array, state, _ = rnn.raw_rnn(cell, loop_fn)
    outputs = array.stack()
    outputs.set_shape([STEPS, BATCH, 2])
    return outputs, state


LSTM = ['BasicLSTMCell', {'num_units': 2}]
GRU = ['GRUCell', {'num_units': 2}]
FULL = {'num_units': 3, 'use_peepholes': True, 'num_proj': 2, 'cell_clip': 0.3, 'proj_clip': 0.1, 'forget_bias': 0.5}
LENGTHS = [2, 4, 1]
CASES = {
    'basic_rnn': {'cell': ['BasicRNNCell', {'num_units': 2}], 'run': 'dynamic', 'nodes': True},
    'basic_rnn_relu': {'cell': ['BasicRNNCell', {'num_units': 2, 'activation': 'relu'}], 'run': 'static'},
    'basic_lstm': {'cell': LSTM, 'run': 'dynamic', 'nodes': True},
    'basic_lstm_lengths': {'cell': LSTM, 'run': 'dynamic', 'lengths': LENGTHS, 'nodes': True},
    'basic_lstm_time_major': {'cell': LSTM, 'run': 'dynamic', 'time_major': True, 'lengths': [1, 3, 2, 3]},
    'basic_lstm_initial': {'cell': LSTM, 'run': 'dynamic', 'initial': True},
    'basic_lstm_one_tensor': {'cell': ['BasicLSTMCell', {'num_units': 2, 'state_is_tuple': False, 'forget_bias': 0.25}], 'run': 'dynamic', 'lengths': LENGTHS},
    'basic_lstm_static': {'cell': LSTM, 'run': 'static', 'nodes': True},
    'basic_lstm_static_lengths': {'cell': LSTM, 'run': 'static', 'lengths': LENGTHS},
    'gru': {'cell': GRU, 'run': 'dynamic', 'nodes': True},
    'gru_lengths': {'cell': GRU, 'run': 'dynamic', 'lengths': LENGTHS, 'initial': True},
    'gru_static_lengths': {'cell': GRU, 'run': 'static', 'lengths': [2, 3, 1]},
    'lstm': {'cell': ['LSTMCell', {'num_units': 2}], 'run': 'dynamic', 'nodes': True},
    'lstm_named': {'cell': ['LSTMCell', {'num_units': 2, 'name': 'mine', 'activation': 'sigmoid'}], 'run': 'static', 'nodes': True},
    'lstm_all': {'cell': ['LSTMCell', FULL], 'run': 'dynamic', 'lengths': LENGTHS},
    'lstm_all_one_tensor': {'cell': ['LSTMCell', dict(FULL, state_is_tuple=False)], 'run': 'static'},
    'two_layers': {'cell': ['MultiRNNCell', {'cells': [LSTM, GRU]}], 'run': 'dynamic', 'lengths': LENGTHS},
    'two_layers_initial': {'cell': ['MultiRNNCell', {'cells': [LSTM, LSTM]}], 'run': 'dynamic', 'initial': True},
    'two_layers_static': {'cell': ['MultiRNNCell', {'cells': [GRU, LSTM]}], 'run': 'static'},
    'two_layers_one_tensor': {'cell': ['MultiRNNCell', {'cells': [GRU, GRU], 'state_is_tuple': False}], 'run': 'static'},
    'residual': {'cell': ['ResidualWrapper', {'cell': ['GRUCell', {'num_units': DEPTH}]}], 'run': 'dynamic'},
    'device': {'cell': ['DeviceWrapper', {'cell': LSTM, 'device': '/cpu:0'}], 'run': 'dynamic'},
    'dropout': {'cell': ['DropoutWrapper', {'cell': LSTM, 'input_keep_prob': 0.5, 'output_keep_prob': 0.75, 'state_keep_prob': 0.5, 'seed': 7}], 'run': 'static'},
    'dropout_outputs': {'cell': ['DropoutWrapper', {'cell': GRU, 'output_keep_prob': 0.5, 'seed': 11}], 'run': 'static'},
    'dropout_layers': {'cell': ['MultiRNNCell', {'cells': [['DropoutWrapper', {'cell': LSTM, 'state_keep_prob': 0.5, 'seed': 3}], GRU]}], 'run': 'static'},
    'bidirectional': {'cell': LSTM, 'run': 'bidirectional'},
    'bidirectional_lengths': {'cell': GRU, 'run': 'bidirectional', 'lengths': LENGTHS, 'nodes': True},
    'static_bidirectional': {'cell': GRU, 'run': 'static_bidirectional', 'nodes': True},
    'static_bidirectional_lengths': {'cell': LSTM, 'run': 'static_bidirectional', 'lengths': LENGTHS},
    'raw': {'cell': LSTM, 'run': 'raw'},
}


def plain(value):
    return {'shape': list(value.shape), 'data': [float(x) for x in np.asarray(value).reshape(-1)]}


def record(case):
    with tf.Graph().as_default() as graph, tf.Session() as session:
        x = tf.placeholder(tf.float32, [BATCH, STEPS, DEPTH], name='x')
        results = nest.flatten(run(case, x))
        old = lambda name: name.replace('/Cast/x', '/ToInt32/x')
        nodes = [[old(n.name), n.op.replace('AddV2', 'Add'), [old(i) for i in n.input]] for n in graph.as_graph_def().node]
        loss = tf.add_n([tf.reduce_sum(r * formula(r.shape.as_list(), 90 + i)) for i, r in enumerate(results)])
        variables = tf.trainable_variables()
        gradients = tf.gradients(loss, [x] + variables)
        session.run(tf.global_variables_initializer())
        for i, variable in enumerate(variables):
            variable.load(formula(variable.shape.as_list(), 10 + i), session)
        values = session.run([results, gradients], {x: formula((BATCH, STEPS, DEPTH), 1)})
        row = dict(case, variables=[[v.name, v.shape.as_list()] for v in variables],
                   results=[plain(v) for v in values[0]], gradients=[plain(v) for v in values[1]])
        if case.get('nodes'):
            row['nodes'] = nodes
        return row


with open(f'{HERE}/rnn.json', 'w') as file:
    json.dump({name: record(case) for name, case in CASES.items()}, file, separators=(',', ':'))
    file.write('\n')
