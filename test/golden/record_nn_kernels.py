"""Writes what TensorFlow's kernels of neural network ops compute to test/golden/nn_kernels.json.

    pip install tensorflow-cpu numpy && python test/golden/record_nn_kernels.py

Each row is an op type, its attributes, its inputs and its outputs, or the message of its error. TensorFlow's CPU
kernels take channels last only: the rows with channels first are the same numbers, transposed.
"""
import json
import os

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')
os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '0')
import numpy as np
import tensorflow.compat.v1 as tf

tf.disable_v2_behavior()
tf.logging.set_verbosity(tf.logging.ERROR)
random = np.random.RandomState(7)
ROWS = []
F, D, H, I, L = 'float32', 'float64', 'float16', 'int32', 'int64'
IMAGES = {'input', 'value', 'out_backprop', 'orig_input', 'orig_output', 'grad', 'x', 'y_backprop'}
OUTPUT_IMAGES = {'Conv2D', 'Conv3D', 'MaxPool', 'AvgPool', 'MaxPoolGrad', 'AvgPoolGrad', 'MaxPoolGradGrad', 'MaxPool3D', 'AvgPool3D',
                 'Conv2DBackpropInput', 'DepthwiseConv2dNative', 'DepthwiseConv2dNativeBackpropInput', 'FusedBatchNorm',
                 'FusedBatchNormGrad', 'BiasAdd'}


def numbers(dtype, *shape, low=-3.0, high=3.0):
    if dtype in (I, L, 'uint8', 'int8'): return random.randint(max(low, 0) if dtype == 'uint8' else int(low), int(high), shape).astype(dtype)
    return (random.randint(low * 16, high * 16, shape) / 16).astype(dtype)


def array(value):
    value = np.asarray(value)
    if value.dtype.kind == 'f':
        digits = 17 if value.dtype == np.float64 else 8
        data = [float(f'%.{digits}g' % v) if np.isfinite(v) else repr(float(v)) for v in value.reshape(-1)]
    else:
        data = value.reshape(-1).tolist()
    return {'dtype': str(value.dtype), 'shape': list(value.shape), 'data': data}


def stretch(fed, rate):
    """The same convolution without dilation: its filter has zeros between the cells."""
    fed = dict(fed)
    spread = lambda sizes: [(n - 1) * rate + 1 if i < 2 else n for i, n in enumerate(sizes)]
    if 'filter_sizes' in fed: fed['filter_sizes'] = np.array(spread(fed['filter_sizes']), I)
    else:
        full = np.zeros(spread(fed['filter'].shape), fed['filter'].dtype)
        full[::rate, ::rate] = fed['filter']
        fed['filter'] = full
    return fed


def row(op, inputs, transpose=False, **attrs):
    fed = {k: np.asarray(v) for k, v in inputs.items()}
    rate = attrs.get('dilations', [1, 1])[1] if op != 'Conv2D' else 1
    with tf.Graph().as_default(), tf.Session() as session:
        run = stretch(fed, rate) if rate > 1 else fed
        tensors = {k: tf.placeholder_with_default(v, None) for k, v in run.items()}
        given = {k: tf.as_dtype(v) if k == 'Targmax' else v for k, v in attrs.items()}
        if op == 'MaxPoolWithArgmax': given['include_batch_in_index'] = True
        if rate > 1: given['dilations'] = [1, 1, 1, 1]
        if op == 'MaxPoolGradWithArgmax': given['include_batch_in_index'] = True
        try:
            outputs = session.run(getattr(tf.raw_ops, op)(**tensors, **given))
            outputs = list(outputs) if isinstance(outputs, tuple) else [outputs]
            if op == 'FusedBatchNorm' and not attrs['is_training']: outputs = outputs[:3]  # the rest is left unset
            if rate > 1 and 'filter_sizes' in fed: outputs = [outputs[0][::rate, ::rate]]
        except tf.errors.OpError as error:
            message = error.message.split('Node: ')[-1].split('\n', 1)[-1].split('\n\t [[')[0]
            ROWS.append({'op': op, 'attrs': attrs, 'inputs': [array(v) for v in fed.values()], 'error': message})
            return
    ROWS.append({'op': op, 'attrs': attrs, 'inputs': [array(v) for v in fed.values()], 'outputs': [array(v) for v in outputs]})
    if not transpose: return
    first = lambda v: np.moveaxis(v, -1, 1)
    rank = max(v.ndim for v in [*fed.values(), *outputs])
    moved = dict(attrs, data_format='NCHW' if rank == 4 else 'NCDHW')
    for k in ('ksize', 'strides', 'dilations'):
        if k in moved: moved[k] = [moved[k][0], moved[k][-1], *moved[k][1:-1]]
    inputs = []
    for k, v in fed.items():
        if k in IMAGES: v = first(v)
        if k in ('input_sizes', 'orig_input_shape'): v = np.array([v[0], v[-1], *v[1:-1]], v.dtype)
        inputs.append(array(v))
    results = [first(v) if op in OUTPUT_IMAGES and i == 0 else v for i, v in enumerate(outputs)]
    ROWS.append({'op': op, 'attrs': moved, 'inputs': inputs, 'outputs': [array(v) for v in results]})


special = np.array([-200, -20, -1.5, -0.0, 0, 0.25, 3, 5.999, 6, 7.5, 30, 200, np.nan, np.inf, -np.inf])
for dtype in (F, D, H):
    x = np.concatenate([special, numbers(D, 9)]).astype(dtype)
    dy = numbers(dtype, 24)
    for op in ('Relu', 'Relu6', 'Elu', 'Selu', 'Softplus', 'Softsign'):
        row(op, {'features': x})
    row('LeakyRelu', {'features': x}, alpha=0.125)
    for op in ('ReluGrad', 'Relu6Grad', 'SoftplusGrad', 'SoftsignGrad'):
        row(op, {'gradients': dy, 'features': x})
    row('LeakyReluGrad', {'gradients': dy, 'features': x}, alpha=0.125)
    for op in ('EluGrad', 'SeluGrad'):
        row(op, {'gradients': dy, 'outputs': np.where(np.isfinite(x), x, 1).astype(dtype)})
    for shape in ((3, 4), (2, 2, 3), (5,), (0, 3)):
        row('Softmax', {'logits': numbers(dtype, *shape)})
        row('LogSoftmax', {'logits': numbers(dtype, *shape)})
    labels = np.eye(4)[[1, 3, 0]].astype(dtype)
    row('SoftmaxCrossEntropyWithLogits', {'features': numbers(dtype, 3, 4), 'labels': labels})
    row('SoftmaxCrossEntropyWithLogits', {'features': numbers(dtype, 3, 4), 'labels': labels[:1]})
    row('SoftmaxCrossEntropyWithLogits', {'features': numbers(dtype, 1, 4), 'labels': np.abs(numbers(dtype, 3, 4))})
    for index in (I, L):
        row('SparseSoftmaxCrossEntropyWithLogits', {'features': numbers(dtype, 3, 4), 'labels': np.array([1, 3, 0], index)})
row('Softmax', {'logits': np.array([[1000, 1000, -1000], [0, -np.inf, 0], [-800, -800, -800]], F)})
row('LogSoftmax', {'logits': np.array([[1000, 1000, -1000], [-800, -800, -800]], F)})
row('SoftmaxCrossEntropyWithLogits', {'features': np.array([[1000, 0, 3], [0, -np.inf, 0]], F), 'labels': np.array([[0, 1, 0]], F)})
row('Relu', {'features': numbers(I, 6)})
row('ReluGrad', {'gradients': numbers(L, 6), 'features': numbers(L, 6)})
row('ReluGrad', {'gradients': numbers(F, 2, 2, 3), 'features': numbers(F, 2, 2)})
row('Softmax', {'logits': np.float32(1)})
row('SparseSoftmaxCrossEntropyWithLogits', {'features': numbers(F, 2, 3), 'labels': np.array([0, 3], I)})
row('SparseSoftmaxCrossEntropyWithLogits', {'features': numbers(F, 3, 3), 'labels': np.array([0, -1, 2], L)})
row('SparseSoftmaxCrossEntropyWithLogits', {'features': numbers(F, 1, 3), 'labels': np.array([0, 1], L)})
row('SparseSoftmaxCrossEntropyWithLogits', {'features': numbers(F, 3), 'labels': np.array([0, 1], L)})
row('SparseSoftmaxCrossEntropyWithLogits', {'features': numbers(F, 1, 3), 'labels': np.array([[0, 1]], L)})
row('SparseSoftmaxCrossEntropyWithLogits', {'features': numbers(F, 2, 0), 'labels': np.array([0, 1], L)})
row('SoftmaxCrossEntropyWithLogits', {'features': numbers(F, 1, 3), 'labels': numbers(F, 1, 2)})
row('SoftmaxCrossEntropyWithLogits', {'features': numbers(F, 3), 'labels': numbers(F, 3)})

for dtype in (F, D, H, I, 'int8'):
    row('BiasAdd', {'value': numbers(dtype, 3, 4), 'bias': numbers(dtype, 4)})
    row('BiasAdd', {'value': numbers(dtype, 2, 3, 2, 4), 'bias': numbers(dtype, 4)}, transpose=True)
    row('BiasAddGrad', {'out_backprop': numbers(dtype, 3, 4)})
    row('BiasAddGrad', {'out_backprop': numbers(dtype, 2, 3, 2, 4)}, transpose=True)
row('BiasAddV1', {'value': numbers(F, 3, 4), 'bias': numbers(F, 4)})
row('BiasAdd', {'value': numbers(F, 1, 3), 'bias': numbers(F, 2)})
row('BiasAdd', {'value': numbers(F, 3), 'bias': numbers(F, 3)})
row('BiasAdd', {'value': numbers(F, 1, 3), 'bias': numbers(F, 1, 3)})

for dtype, shape, filt, stride, rate, padding in [
        (F, (2, 5, 6, 3), (3, 2, 3, 4), 1, 1, 'SAME'), (F, (2, 5, 6, 3), (3, 2, 3, 4), 1, 1, 'VALID'), (F, (1, 7, 6, 2), (3, 3, 2, 5), 2, 1, 'SAME'),
        (F, (1, 7, 6, 2), (3, 3, 2, 1), 2, 1, 'VALID'), (D, (2, 4, 4, 3), (1, 1, 3, 2), 1, 1, 'SAME'), (D, (1, 4, 4, 2), (1, 1, 2, 2), 2, 1, 'SAME'),
        (H, (1, 4, 5, 2), (2, 2, 2, 3), 1, 1, 'SAME'), (F, (1, 7, 8, 2), (3, 2, 2, 3), 1, 2, 'SAME'), (F, (1, 7, 8, 2), (3, 2, 2, 3), 1, 2, 'VALID'),
        (F, (1, 3, 3, 1), (5, 5, 1, 2), 1, 1, 'SAME'), (D, (2, 6, 5, 1), (2, 3, 1, 2), 3, 1, 'SAME')]:
    steps = dict(strides=[1, stride, stride, 1], padding=padding, dilations=[1, rate, rate, 1])
    x, f = numbers(dtype, *shape), numbers(dtype, *filt)
    row('Conv2D', {'input': x, 'filter': f}, transpose=True, **steps)
    out = ROWS[-2]['outputs'][0]['shape']
    dy = numbers(dtype, *out)
    row('Conv2DBackpropInput', {'input_sizes': np.array(shape, I), 'filter': f, 'out_backprop': dy}, transpose=True, **steps)
    row('Conv2DBackpropFilter', {'input': x, 'filter_sizes': np.array(filt, I), 'out_backprop': dy}, transpose=True, **steps)
    if min(filt[:2]) < stride: continue
    depth = numbers(dtype, filt[0], filt[1], shape[3], 2)
    row('DepthwiseConv2dNative', {'input': x, 'filter': depth}, transpose=True, **steps)
    dy = numbers(dtype, *ROWS[-2]['outputs'][0]['shape'])
    row('DepthwiseConv2dNativeBackpropInput', {'input_sizes': np.array(shape, I), 'filter': depth, 'out_backprop': dy}, transpose=True, **steps)
    row('DepthwiseConv2dNativeBackpropFilter', {'input': x, 'filter_sizes': np.array(depth.shape, I), 'out_backprop': dy}, transpose=True, **steps)
for dtype, shape, filt, stride, padding in [(F, (1, 4, 5, 3, 2), (2, 3, 2, 2, 3), 1, 'SAME'), (D, (2, 4, 5, 3, 1), (2, 2, 2, 1, 2), 2, 'VALID')]:
    steps = dict(strides=[1, stride, stride, stride, 1], padding=padding)
    x, f = numbers(dtype, *shape), numbers(dtype, *filt)
    row('Conv3D', {'input': x, 'filter': f}, transpose=True, **steps)
    dy = numbers(dtype, *ROWS[-2]['outputs'][0]['shape'])
    row('Conv3DBackpropInputV2', {'input_sizes': np.array(shape, I), 'filter': f, 'out_backprop': dy}, **steps)
    row('Conv3DBackpropFilterV2', {'input': x, 'filter_sizes': np.array(filt, I), 'out_backprop': dy}, **steps)
one = dict(strides=[1, 1, 1, 1], padding='SAME')
row('Conv2DBackpropInput', {'input_sizes': np.array([1, 4, 4, 3], I), 'filter': numbers(F, 2, 2, 3, 5), 'out_backprop': numbers(F, 1, 4, 4, 4)}, **one)
row('Conv2DBackpropInput', {'input_sizes': np.array([2, 4, 4, 3], I), 'filter': numbers(F, 2, 2, 3, 5), 'out_backprop': numbers(F, 1, 4, 4, 5)}, **one)
row('DepthwiseConv2dNative', {'input': numbers(F, 1, 4, 4, 3), 'filter': numbers(F, 2, 2, 2, 1)}, **one)
row('Conv2D', {'input': numbers(F, 1, 4, 4, 3), 'filter': numbers(F, 2, 2, 3, 1)}, strides=[2, 1, 1, 1], padding='SAME')

for dtype, shape, size, stride, padding in [(F, (2, 5, 6, 3), 2, 2, 'SAME'), (F, (2, 5, 6, 3), 3, 2, 'VALID'), (D, (1, 4, 4, 2), 3, 1, 'SAME'), (H, (1, 4, 4, 2), 2, 2, 'VALID')]:
    steps = dict(ksize=[1, size, size, 1], strides=[1, stride, stride, 1], padding=padding)
    x = numbers(dtype, *shape, low=-2, high=1)
    row('MaxPool', {'input': x}, transpose=True, **steps)
    y = np.array(ROWS[-2]['outputs'][0]['data']).reshape(ROWS[-2]['outputs'][0]['shape']).astype(dtype)
    dy = numbers(dtype, *y.shape)
    row('MaxPoolGrad', {'orig_input': x, 'orig_output': y, 'grad': dy}, transpose=True, **steps)
    row('MaxPoolGradGrad', {'orig_input': x, 'orig_output': y, 'grad': numbers(dtype, *shape)}, transpose=True, **steps)
    if dtype == F:
        row('MaxPoolWithArgmax', {'input': x}, Targmax=L, **steps)
        argmax = np.array(ROWS[-1]['outputs'][1]['data'], L).reshape(y.shape)
        row('MaxPoolGradWithArgmax', {'input': x, 'grad': dy, 'argmax': argmax}, **steps)
    row('AvgPool', {'value': x}, transpose=True, **steps)
    row('AvgPoolGrad', {'orig_input_shape': np.array(shape, I), 'grad': dy}, transpose=True, **steps)
row('MaxPool', {'input': numbers(I, 1, 4, 4, 1)}, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding='SAME')
row('MaxPool', {'input': np.array([np.nan, 1, 2, np.nan], F).reshape(1, 1, 4, 1)}, ksize=[1, 1, 2, 1], strides=[1, 1, 2, 1], padding='SAME')
row('MaxPool', {'input': numbers(F, 1, 2, 2, 6)}, ksize=[1, 1, 1, 3], strides=[1, 1, 1, 3], padding='VALID')
row('MaxPool', {'input': numbers(F, 1, 2, 2, 6)}, ksize=[1, 1, 1, 3], strides=[1, 1, 1, 2], padding='VALID')
row('MaxPool', {'input': numbers(F, 1, 2, 2, 6)}, ksize=[1, 2, 2, 2], strides=[1, 1, 1, 2], padding='VALID')
row('MaxPool', {'input': numbers(F, 1, 2, 2, 6)}, ksize=[2, 2, 2, 1], strides=[1, 1, 1, 1], padding='VALID')
row('MaxPoolGrad', {'orig_input': numbers(F, 1, 4, 4, 3), 'orig_output': numbers(F, 1, 2, 2, 3), 'grad': numbers(F, 1, 2, 2, 2)}, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding='SAME')
row('AvgPoolGrad', {'orig_input_shape': np.array([1, 4, 4], I), 'grad': numbers(F, 1, 2, 2, 2)}, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding='SAME')
for padding, size in (('SAME', 2), ('VALID', 3)):
    steps = dict(ksize=[1, size, size, size, 1], strides=[1, 2, 1, 2, 1], padding=padding)
    x = numbers(F, 2, 4, 3, 5, 2)
    row('MaxPool3D', {'input': x}, transpose=True, **steps)
    y = np.array(ROWS[-2]['outputs'][0]['data'], F).reshape(ROWS[-2]['outputs'][0]['shape'])
    dy = numbers(F, *y.shape)
    row('MaxPool3DGrad', {'orig_input': x, 'orig_output': y, 'grad': dy}, **steps)
    row('AvgPool3D', {'input': x}, transpose=True, **steps)
    row('AvgPool3DGrad', {'orig_input_shape': np.array(x.shape, I), 'grad': dy}, **steps)

for shape in ((2, 3, 2, 3), (1, 1, 1, 2)):
    c = shape[-1]
    per = lambda: np.abs(numbers(F, c)) + np.float32(0.5)
    x = numbers(F, *shape)
    row('FusedBatchNorm', {'x': x, 'scale': per(), 'offset': per(), 'mean': numbers(F, 0), 'variance': numbers(F, 0)}, transpose=True, epsilon=0.001, is_training=True)
    row('FusedBatchNorm', {'x': x, 'scale': per(), 'offset': per(), 'mean': per(), 'variance': per()}, transpose=True, epsilon=0.001, is_training=False)
    mean, variance = x.reshape(-1, c).mean(0), x.reshape(-1, c).var(0)
    row('FusedBatchNormGrad', {'y_backprop': numbers(F, *shape), 'x': x, 'scale': per(), 'reserve_space_1': mean, 'reserve_space_2': variance}, transpose=True, epsilon=0.001, is_training=True)
    row('FusedBatchNormGrad', {'y_backprop': numbers(F, *shape), 'x': x, 'scale': per(), 'reserve_space_1': per(), 'reserve_space_2': per()}, transpose=True, epsilon=0.001, is_training=False)
row('FusedBatchNorm', {'x': numbers(F, 1, 2, 2, 3), 'scale': numbers(F, 2), 'offset': numbers(F, 3), 'mean': numbers(F, 0), 'variance': numbers(F, 0)}, epsilon=0.001, is_training=True)
row('FusedBatchNorm', {'x': numbers(F, 1, 2, 2, 3), 'scale': numbers(F, 3), 'offset': numbers(F, 3), 'mean': numbers(F, 0), 'variance': numbers(F, 0)}, epsilon=0.001, is_training=False)
for attrs in (dict(depth_radius=5, bias=1.0, alpha=1.0, beta=0.5), dict(depth_radius=1, bias=2.0, alpha=0.25, beta=0.75)):
    x = numbers(F, 1, 2, 2, 6)
    row('LRN', {'input': x}, **attrs)
    y = np.array(ROWS[-1]['outputs'][0]['data'], F).reshape(x.shape)
    row('LRNGrad', {'input_grads': numbers(F, *x.shape), 'input_image': x, 'output_image': y}, **attrs)
row('LRN', {'input': numbers(F, 2, 2, 3)}, depth_radius=1, bias=1.0, alpha=1.0, beta=0.5)

for padding in ('SAME', 'VALID'):
    for stride, rate in ((1, 1), (2, 1), (1, 2)):
        row('ExtractImagePatches', {'images': numbers(F, 2, 5, 6, 2)}, ksizes=[1, 2, 3, 1], strides=[1, stride, stride, 1], rates=[1, rate, rate, 1], padding=padding)
        steps = dict(strides=[1, stride, stride, 1], rates=[1, rate, rate, 1], padding=padding)
        x, f = numbers(F, 2, 5, 6, 2), numbers(F, 2, 3, 2)
        row('Dilation2D', {'input': x, 'filter': f}, **steps)
        dy = numbers(F, *ROWS[-1]['outputs'][0]['shape'])
        row('Dilation2DBackpropInput', {'input': x, 'filter': f, 'out_backprop': dy}, **steps)
        row('Dilation2DBackpropFilter', {'input': x, 'filter': f, 'out_backprop': dy}, **steps)
for align in (False, True):
    for size in ((7, 4), (2, 3), (1, 1), (3, 9)):
        x = numbers(F, 2, 3, 5, 2)
        row('ResizeBilinear', {'images': x, 'size': np.array(size, I)}, align_corners=align)
        row('ResizeNearestNeighbor', {'images': x, 'size': np.array(size, I)}, align_corners=align)
        dy = numbers(F, 2, *size, 2)
        row('ResizeBilinearGrad', {'grads': dy, 'original_image': x}, align_corners=align)
        row('ResizeNearestNeighborGrad', {'grads': dy, 'size': np.array([3, 5], I)}, align_corners=align)
row('ResizeNearestNeighbor', {'images': numbers('uint8', 1, 3, 5, 2), 'size': np.array([4, 4], I)}, align_corners=False)
row('ResizeBilinear', {'images': numbers(F, 1, 2, 2, 3), 'size': np.array([0, 2], I)}, align_corners=False)

here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, 'nn_kernels.json'), 'w') as file:
    file.write('[\n' + ',\n'.join(json.dumps(r) for r in ROWS) + '\n]\n')
print(len(ROWS), 'rows', sum('error' in r for r in ROWS), 'errors')
