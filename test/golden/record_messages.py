"""Records protocol messages as Python's protobuf writes and prints them: test/golden/messages.json.

Maps have no empty key and at most one number: upb, unlike the other runtimes, does not sort those.
"""

import json
import os

from google.protobuf import text_format
from tensorflow.core.framework import attr_value_pb2, function_pb2, graph_pb2, node_def_pb2
from tensorflow.core.framework import tensor_pb2, tensor_shape_pb2

Attr = attr_value_pb2.AttrValue
Node = node_def_pb2.NodeDef
Shape = tensor_shape_pb2.TensorShapeProto
Tensor = tensor_pb2.TensorProto
FLOATS = [0.0, 1.0, 0.1, 1e-5, 1e10, 16777216.0, 3.4e38, 123456789.0, float('inf'), float('nan'), -0.0, 1 / 3]
DOUBLES = [0.0, 1.0, 0.1, 1e-5, 1e22, 1e16, 1e15, 123456789.0, float('-inf'), -0.0, 1 / 3, 5e-324]
INTS = [0, 1, -1, 127, 128, 2**31, -(2**31), 2**53 - 1, 2**53 + 1, 2**63 - 1, -(2**63)]

shape = Shape(dim=[Shape.Dim(size=-1), Shape.Dim(size=300, name='x'), Shape.Dim()])
many = Node(name='n', op='Op', input=['a', 'b:1', '^c'], device='/cpu:0')
for key in ['b', 'a', 'Z', '\u00e9', '\U0001f600', '\uffee']:
    many.attr[key].i = len(key)
library = function_pb2.FunctionDefLibrary()
function = library.function.add()
function.signature.name = 'f'
function.signature.input_arg.add(name='x', type=1)
function.ret['y'] = 'add:z:0'
function.resource_arg_unique_id[300] = 10
graph = graph_pb2.GraphDef(node=[many], library=library)
graph.versions.producer = 26
graph.versions.bad_consumers.extend([1, 300])

CASES = {
    'empty': Node(),
    'node': many,
    'shape': shape,
    'unknown_rank': Shape(unknown_rank=True),
    'floats': Tensor(dtype=1, float_val=FLOATS),
    'doubles': Tensor(dtype=2, double_val=DOUBLES),
    'int64': Tensor(dtype=9, int64_val=INTS),
    'uint64': Tensor(dtype=23, uint64_val=[0, 2**53, 2**64 - 1]),
    'int32': Tensor(dtype=3, int_val=[0, -1, 2**31 - 1, -(2**31)]),
    'strings': Tensor(dtype=7, string_val=[b'', b'a"\'\\\n\t\r\x01\x7f\xff', 'é'.encode()]),
    'bools': Tensor(dtype=10, bool_val=[True, False]),
    'content': Tensor(dtype=1, tensor_shape=shape, tensor_content=bytes(range(256)) * 2),
    'attr_default': Attr(i=0),
    'attr_f': Attr(f=0.1),
    'attr_negative_zero': Attr(f=-0.0),
    'attr_type': Attr(type=1),
    'attr_type_unknown': Attr(type=5000),
    'attr_placeholder': Attr(placeholder='a"\'\n\u00e9\u2028\x7f'),
    'attr_empty_list': Attr(list=Attr.ListValue()),
    'attr_list': Attr(list=Attr.ListValue(i=[1, -2], b=[True], shape=[shape], s=[b'x'], type=[1, 9999], f=[0.5])),
    'attr_func': Attr(func=attr_value_pb2.NameAttrList(name='f', attr={'T': Attr(type=3)})),
    'graph': graph,
}

records = {
    name: {
        'type': message.DESCRIPTOR.full_name,
        'hex': message.SerializeToString(deterministic=True).hex(),
        'text': text_format.MessageToString(message),
        'ascii': text_format.MessageToString(message, as_utf8=False),
        'line': text_format.MessageToString(message, as_one_line=True, use_short_repeated_primitives=True),
    }
    for name, message in CASES.items()
}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'messages.json')
with open(path, 'w') as file:
    json.dump(records, file, indent=1, sort_keys=True)
    file.write('\n')
