"""Records what TensorFlow computes with functions of a graph and with lists of tensors.

    PYTHONPATH=../shared/oracle python test/golden/record_functions.py

writes test/golden/functions.json; test/control/function_programs.ts has the same programs in TypeScript.
"""
import json
import os

from tf1 import tf, np, plain
from tensorflow.python.framework.function import Defun
from tensorflow.python.ops import functional_ops as fo

R = tf.raw_ops
X = [[1., 2.], [3., 4.], [5., 6.]]


def call():
    @Defun(tf.float32, tf.float32, func_name='MulAdd')
    def f(a, b):
        return a * b + a
    x = tf.constant([1., 2., 3.], name='x')
    z = tf.constant([4., 5., 6.], name='z')
    y = f(x, z)
    return [y, f(x, x)] + tf.gradients(y * y, [x, z])


def captured():
    w = tf.constant(10., name='w')
    x = tf.constant([1., 2., 3.], name='x')

    @Defun(tf.float32, func_name='Scale')
    def f(a):
        return a * w, tf.reduce_sum(a)
    y, s = f(x)
    return [y, s] + tf.gradients(y * s, [x])


def nested():
    @Defun(tf.float32, func_name='Square2')
    def square(a):
        return a * a

    @Defun(tf.float32, func_name='Fourth')
    def fourth(a):
        return square(square(a))
    x = tf.constant([1., 2., 3.], name='x')
    y = fourth(x)
    g = tf.gradients(y, x)[0]
    return [y, g]


def own_gradient():
    @Defun(tf.float32, tf.float32, func_name='XGrad')
    def grad(x, dy):
        return dy * 100. * x

    @Defun(tf.float32, func_name='XFunc', grad_func=grad)
    def f(x):
        return x * x
    x = tf.constant([1., 2.], name='x')
    y = f(x)
    return [y, tf.gradients(y, x)[0]]


def conditional():
    @Defun(tf.float32, func_name='Twice')
    def twice(a):
        return a * 2.

    @Defun(tf.float32, func_name='Squared')
    def squared(a):
        return a * a
    x = tf.constant([1., 2., 3.], name='x')
    yes = tf.placeholder_with_default(True, [])
    no = tf.placeholder_with_default(False, [])
    return [fo.If(yes, [x], twice, squared)[0], fo.If(no, [x], twice, squared)[0]]


def loop():
    @Defun(tf.int32, tf.float32, func_name='Below')
    def below(i, v):
        return i < 3

    @Defun(tf.int32, tf.float32, func_name='Body')
    def body(i, v):
        return i + 1, v * v
    x = tf.constant([1., 2., 3.], name='x')
    i, y = fo.While([0, x], below, body)
    return [i, y]


def counted():
    @Defun(tf.int32, tf.float32, func_name='Step')
    def step(i, v):
        return v * tf.cast(i, tf.float32)
    x = tf.constant([1., 2., 3.], name='x')
    return [fo.For(1, 5, 1, [x], step)[0], fo.For(5, 0, -2, [x], step)[0]]


def list_push_pop():
    x = tf.constant([1., 2.], name='x')
    z = tf.constant([3., 4.], name='z')
    e = R.EmptyTensorList(element_shape=[2], max_num_elements=-1, element_dtype=tf.float32)
    one = R.TensorListPushBack(input_handle=e, tensor=x)
    two = R.TensorListPushBack(input_handle=one, tensor=z)
    stacked = R.TensorListStack(input_handle=two, element_shape=[2], element_dtype=tf.float32)
    rest, last = R.TensorListPopBack(input_handle=two, element_shape=[2], element_dtype=tf.float32)
    other = R.TensorListPushBack(input_handle=rest, tensor=x * 5.)
    again = R.TensorListStack(input_handle=other, element_shape=[2], element_dtype=tf.float32)
    return [stacked, last, again, R.TensorListLength(input_handle=rest),
            R.TensorListElementShape(input_handle=two, shape_type=tf.int32)] + tf.gradients(
                [stacked * stacked, last * 3., again], [x, z])


def list_items():
    x = tf.constant(X, name='x')
    l = R.TensorListFromTensor(tensor=x, element_shape=[2])
    changed = R.TensorListSetItem(input_handle=l, index=1, item=x[0] * 10.)
    a = R.TensorListGetItem(input_handle=l, index=1, element_shape=[2], element_dtype=tf.float32)
    b = R.TensorListStack(input_handle=changed, element_shape=[2], element_dtype=tf.float32)
    return [a, b, tf.gradients([a * a, b * b], x)[0]]


def list_reserve():
    l = R.TensorListReserve(element_shape=[2], num_elements=3, element_dtype=tf.float32)
    l = R.TensorListSetItem(input_handle=l, index=2, item=[7., 8.])
    return [R.TensorListStack(input_handle=l, element_shape=[2], element_dtype=tf.float32)]


def list_rows():
    x = tf.constant(X, name='x')
    l = R.TensorListScatterV2(tensor=x, indices=[2, 0, 1], element_shape=[2], num_elements=-1)
    g = R.TensorListGather(input_handle=l, indices=[0, 2], element_shape=[2], element_dtype=tf.float32)
    s = R.TensorListSplit(tensor=x, element_shape=[-1, 2], lengths=tf.constant([1, 2], tf.int64))
    c, n = R.TensorListConcatV2(input_handle=s, element_shape=[-1, 2], leading_dims=tf.constant([], tf.int64),
                                element_dtype=tf.float32)
    return [g, c, n, tf.gradients([g * g], x)[0], tf.gradients([c * c], x)[0]]


PROGRAMS = [call, captured, nested, own_gradient, conditional, loop, counted, list_push_pop, list_items,
            list_reserve, list_rows]


def run(program):
    with tf.Graph().as_default() as graph:
        fetches = program()
        library = graph.as_graph_def().library
        functions = [[f.signature.name, len(f.signature.input_arg), len(f.signature.output_arg),
                      sorted(n.op.replace('AddV2', 'Add') for n in f.node_def)]
                     for f in library.function]
        with tf.Session() as sess:
            values = [plain(value) for value in sess.run(fetches)]
    return {'values': values, 'functions': sorted(functions)}


def main():
    golden = {program.__name__: run(program) for program in PROGRAMS}
    path = os.path.join(os.path.dirname(__file__), 'functions.json')
    with open(path, 'w') as file:
        json.dump(golden, file, indent=1)
        file.write('\n')


main()
