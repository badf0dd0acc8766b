"""Records what TensorFlow makes of graphs in files: test/golden/graph_files.json.

Texts that text_format reads or refuses, imports with their nodes and errors, tensors as messages, and graphs
that graph_util cuts and freezes.
"""

import json
import os

import numpy as np
import tensorflow.compat.v1 as tf
from google.protobuf import text_format
from tensorflow.core.framework import op_def_pb2

tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)


def attempt(body):
    try:
        return body()
    except Exception as error:
        return {'error': type(error).__name__, 'text': str(error)}


# ---- text_format -------------------------------------------------------------------------------

TEXTS = [
    'node { name: "a" op: "B" }', 'node: < name: \'a\' >; node { name: "b" },', '# comment\nnode { # more\n name: "a" }\n',
    'node { name: "a" "b" \'c\' }', 'node { name: "\\n\\t\\x41\\101\\u00e9\\303\\251\\"\\\'\\\\" }',
    'node { input: ["a", "b"] input: "c" input: [] }', 'node { attr { key: "T" value { type: DT_FLOAT } } attr { key: "U" } }',
    'node { attr { key: "i" value { i: -0x10 } } }', 'node { attr { key: "i" value { i: 010 } } }', 'node { attr { key: "i" value { type: 1 } } }',
    'node { attr { key: "f" value { f: 1.5e3f } } attr { key: "g" value { f: -inf } } attr { key: "h" value { f: nan } } }',
    'node { attr { key: "b" value { b: t } } attr { key: "c" value { b: 0 } } }', 'versions { producer: 1 producer: 2 }', 'versions { } versions { }',
    'node { attr { key: "x" value { i: 1 f: 2 } } }', 'node { attr { key: "x" value { list { i: 1 } list { i: 2 } } } }',
    'node { attr { key: "x" value { i: 9223372036854775807 } } }', 'versions { bad_consumers: [1, 2, 3] }', '',
    # Errors.
    'foo: 1', 'node { foo: 1 }', 'node { name: "a"', 'node { name "a" }', 'node { name: a }', 'node { name: "a }', 'node }', '{', 'node',
    'node { attr { key: "b" value { b: maybe } } }', 'node { attr { key: "b" value { i: 1.5 } } }', 'node { attr { key: "b" value { f: x } } }',
    'node { attr { key: "b" value { type: DT_FOO } } }', 'version: 99999999999', 'version: -99999999999', '\n\n  node { name: 3 }', '[a.b]: 3',
    'node [ { name: "a" } { name: "b" } ]', 'node [ { name: "a" }, { name: "b" } ]', 'versions { bad_consumers: [1 2] }', 'node { name: "\\xff" }', 'version: 089',
    'node { attr { key: "f" value { f: 012 } } }', '3: 4', '-: 4', 'node { attr { foo: "T" } }', 'versions: 3',
]


def parsed(function, text):
    graph_def = tf.GraphDef()
    function(text, graph_def)
    return graph_def.SerializeToString(deterministic=True).hex()


texts = [[text, attempt(lambda: parsed(text_format.Merge, text)), attempt(lambda: parsed(text_format.Parse, text))]
         for text in TEXTS]

# ---- import_graph_def --------------------------------------------------------------------------

F = 'attr{key:"T" value{type:DT_FLOAT}}'
A = 'node{name:"a" op:"Placeholder" attr{key:"dtype" value{type:DT_FLOAT}}}'
B = 'node{name:"b" op:"Identity" input:"a" %s}' % F
C = 'node{name:"c" op:"Identity" input:"a" input:"^b" %s}' % F
SHAPES = 'node{name:"c" op:"Identity" input:"a" %s attr{key:"_output_shapes" value{list{shape{dim{size:3}}}}}}' % F
IMPORTS = [
    ('plain', A + B, {}), ('named', A + B, {'name': 'x'}), ('unnamed', A + B, {'name': ''}),
    ('value', A + B, {'input_map': {'a:0': 1.0}, 'name': 'x'}), ('value without name', A + B, {'input_map': {'a:0': 1.0}, 'name': ''}),
    ('value, default name', A + B, {'input_map': {'a': 1.0}}), ('tensor', A + B, {'input_map': {'a:0': 'float'}}),
    ('missing', A + B, {'input_map': {'zz:0': 'float'}}), ('not read', A + B, {'input_map': {'b:0': 'float'}}),
    ('no such output', A + B, {'input_map': {'a:5': 'float'}}), ('other type', A + B, {'input_map': {'a:0': 'int'}}),
    ('bad key', A + B, {'input_map': {'a:x': 'float'}}), ('control', A + B + C, {'input_map': {'^b': 'float'}}),
    ('no control', A + B + C, {'input_map': {'b': 'float'}}), ('elements', A + B, {'return_elements': ['b:0', 'a']}),
    ('mapped element', A + B, {'return_elements': ['a:0'], 'input_map': {'a:0': 'float'}}), ('no node', A, {'return_elements': ['zz']}),
    ('no tensor', A, {'return_elements': ['zz:0']}), ('no output', A, {'return_elements': ['a:3']}), ('bad element', A, {'return_elements': ['a:b']}),
    ('unknown input', B, {}), ('unknown control input', A + C, {}), ('invalid output', A + B.replace('"a"', '"a:3"'), {}),
    ('too many inputs', A + B.replace('input:"a"', 'input:"a" input:"a"'), {}), ('too few inputs', B.replace('input:"a"', ''), {}),
    ('missing attribute', A + 'node{name:"c" op:"Identity" input:"a"}', {}), ('type mismatch', A + B.replace('FLOAT', 'INT32'), {}),
    ('attribute of another kind', A + B.replace('type:DT_FLOAT', 'i:3'), {}),
    ('type that is not taken', 'node{name:"s" op:"Placeholder" attr{key:"dtype" value{type:DT_STRING}}} node{name:"c" op:"Acos" input:"s" attr{key:"T" value{type:DT_STRING}}}', {}),
    ('unknown attribute', A + B.replace('attr{', 'attr{key:"foo" value{i:3}} attr{'), {}),
    ('note', A + B.replace('attr{', 'attr{key:"_foo" value{f:3}} attr{'), {}), ('same name twice', A + A, {}),
    ('cycle', B.replace('"a"', '"c"') + B.replace('"b"', '"c"').replace('"a"', '"b"'), {}), ('bad name', 'node{name:"a b" op:"NoOp"}', {}),
    ('no name', 'node{op:"NoOp"}', {}), ('colon', 'node{name:"a:0" op:"NoOp"}', {}), ('control first', A + B.replace('input:"a"', 'input:"^a" input:"a"'), {}),
    ('too new', A + 'versions{producer:26 min_consumer:100000}', {}), ('old', A + 'versions{producer:20 min_consumer:3}', {}),
    ('shapes', A + SHAPES, {}), ('wrong shapes', A.replace('}}}', '}} attr{key:"shape" value{shape{dim{size:2}}}}}') + SHAPES, {}),
    ('colocation', A + B.replace('attr{', 'attr{key:"_class" value{list{s:"loc:@a"}}} attr{'), {'name': 'x'}),
    ('colocation with nothing', A + B.replace('attr{', 'attr{key:"_class" value{list{s:"loc:@zz"}}} attr{'), {}),
    ('device', 'node{name:"a" op:"NoOp" device:"/device:CPU:0"}', {}),
]


def imported(text, options):
    graph_def = tf.GraphDef()
    text_format.Parse(text, graph_def)
    with tf.Graph().as_default() as graph:
        made = {'float': lambda: tf.constant(1.0, name='k'), 'int': lambda: tf.constant(1, name='k')}
        keywords = dict(options)
        if 'input_map' in options:
            keywords['input_map'] = {key: made[v]() if isinstance(v, str) else v for key, v in options['input_map'].items()}
        elements = tf.import_graph_def(graph_def, **keywords)
        nodes = [[n.name, n.op, list(n.input), n.device, sorted(n.attr)] for n in graph.as_graph_def().node]
        return {'nodes': sorted(nodes), 'elements': elements and [e.name for e in elements], 'versions': str(graph.graph_def_versions),
                'shapes': sorted([t.name, t.shape.as_list() if t.shape.ndims is not None else None] for op in graph.get_operations() for t in op.outputs)}


imports = [[name, text, options, attempt(lambda: imported(text, options))] for name, text, options in IMPORTS]

# A newer program wrote an attribute with its default value, and one with another value.
OPS = 'op { name: "Identity" attr { name: "T" type: "type" } attr { name: "fresh" type: "int" default_value { i: 7 } } }'

# ---- tensors -----------------------------------------------------------------------------------

TENSORS = [
    ([1.0, 2], None, None), (1.0, None, [2, 3]), ([1.0, 2.0], None, [5]), ([1.0, 2.0], None, [1]), ([1.0, 2.0], None, [2, 1]), ('abc', None, None),
    (['a', 'b'], None, [2]), ([True, False], None, None), (1, 'int64', None), ([], None, None), ([[]], None, None), ([1, 2], 'uint8', None),
    ([1, 2], 'uint16', None), (2.0, 'float64', None), ([2.0], None, None), ([1, -2], 'int64', None), ([1, 2], 'int32', [2, 1]), ('a', 'float32', None),
]
tensors = [[values, dtype, shape, attempt(lambda: str(text_format.MessageToString(tf.make_tensor_proto(values, dtype and tf.as_dtype(dtype), shape))))]
           for values, dtype, shape in TENSORS]

# ---- graph_util --------------------------------------------------------------------------------

def model():
    x = tf.placeholder(tf.float32, [None, 2], name='x')
    w = tf.get_variable('w', initializer=tf.constant([[1.0], [2.0]]))
    r = tf.get_variable('r', initializer=tf.constant([[3.0, 4.0], [5.0, 6.0]]), use_resource=True)
    h = tf.matmul(x, r)
    with tf.control_dependencies([tf.check_numerics(h, 'bad', name='checked')]):
        h = tf.add(h, 1.0)
    y = tf.identity(tf.matmul(tf.identity(h, name='h'), w), name='y')
    with tf.control_dependencies([tf.identity(y, name='kept')]):
        tf.stop_gradient(y, name='z')
    tf.assign(w, w * 2, name='double')
    return x, y


def rows(graph_def):
    return [[n.name, n.op, list(n.input)] for n in graph_def.node]


with tf.Graph().as_default() as graph:
    model()
    whole = graph.as_graph_def()
    util = {
        'graph': whole.SerializeToString(deterministic=True).hex(),
        'sub': rows(tf.graph_util.extract_sub_graph(whole, ['y'])),
        'training': rows(tf.graph_util.remove_training_nodes(whole)),
        'protected': rows(tf.graph_util.remove_training_nodes(whole, ['y', 'checked'])),
        'shape': str(tf.graph_util.tensor_shape_from_node_def_name(graph, 'y')),
        'cpu': [n.name for n in whole.node if tf.graph_util.must_run_on_cpu(n)],
        'pinned': [n.name for n in whole.node if tf.graph_util.must_run_on_cpu(n, True)],
        'missing': attempt(lambda: tf.graph_util.extract_sub_graph(whole, ['nope'])),
    }
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        util['value'] = sess.run('y:0', {'x:0': [[1, 2]]}).tolist()

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'graph_files.json'), 'w') as file:
    json.dump({'texts': texts, 'imports': imports, 'tensors': tensors, 'util': util, 'ops': OPS}, file, indent=0)
    file.write('\n')
