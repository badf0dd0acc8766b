/** How each operation of ours is said in ONNX: what the forward passes of the workloads need. */

import type * as tf from 'tf1';
import type { ModelInProgress } from './onnx.ts';

type Rule = (model: ModelInProgress, operation: tf.Operation) => void;

const inputsOf = (operation: tf.Operation) => operation.inputs as readonly tf.Tensor[];
const outputsOf = (operation: tf.Operation) => operation.outputs as readonly tf.Tensor[];
const sizesOf = (tensor: tf.Tensor) => tensor.shape.as_list() as number[];

/** An operation of one input that treats all numbers alike. */
const unary =
  (type: string): Rule =>
  (model, operation) => {
    const [x] = inputsOf(operation) as [tf.Tensor];
    const order = model.isChannelsFirst(x) ? 'channels first' : 'ours';
    model.give(outputsOf(operation)[0]!, model.node(type, [model.read(x, order)]), order);
  };

/** An operation of two inputs, a bias of images among them. */
const binary =
  (type: string): Rule =>
  (model, operation) => {
    const [a, b] = inputsOf(operation) as [tf.Tensor, tf.Tensor];
    const [y] = outputsOf(operation) as [tf.Tensor];
    if (!model.isChannelsFirst(a)) {
      model.give(y, model.node(type, [model.read(a), model.read(b)]));
      return;
    }
    const isBias = b.shape.ndims === 1;
    const bias = () => model.floats(model.constant(b).data as Float32Array, [...sizesOf(b), 1, 1]);
    const other = isBias ? bias() : model.read(b, 'channels first');
    model.give(y, model.node(type, [model.read(a, 'channels first'), other]), 'channels first');
  };

/** The attributes that convolutions and pools share. */
function windowOf(operation: tf.Operation) {
  const inner = (name: string) => (operation.get_attr(name) as number[]).slice(1, 3);
  const isSame = String(operation.get_attr('padding')) === 'SAME';
  return { auto_pad: isSame ? 'SAME_UPPER' : 'VALID', strides: inner('strides'), inner };
}

const pool =
  (type: string): Rule =>
  (model, operation) => {
    const { inner, ...window } = windowOf(operation);
    const x = model.read(inputsOf(operation)[0]!, 'channels first');
    const name = model.node(type, [x], { ...window, kernel_shape: inner('ksize') });
    model.give(outputsOf(operation)[0]!, name, 'channels first');
  };

/** A convolution; `toOrder` says where the weight of an output channel, an input channel and a place is. */
const convolution =
  (isDepthwise: boolean): Rule =>
  (model, operation) => {
    const [x, filter] = inputsOf(operation) as [tf.Tensor, tf.Tensor];
    const [height, width, inputs, outputs] = sizesOf(filter) as [number, number, number, number];
    const weights = model.constant(filter).data as Float32Array;
    const places = height * width;
    const turned = new Float32Array(weights.length);
    const channels = inputs * outputs;
    for (let place = 0; place < places; place++) {
      for (let i = 0; i < inputs; i++) {
        for (let o = 0; o < outputs; o++) {
          const row = isDepthwise ? i * outputs + o : o * inputs + i;
          turned[row * places + place] = weights[place * channels + i * outputs + o]!;
        }
      }
    }
    const dims = isDepthwise ? [channels, 1] : [outputs, inputs];
    const { auto_pad, strides, inner } = windowOf(operation);
    const name = model.node(
      'Conv',
      [model.read(x, 'channels first'), model.floats(turned, [...dims, height, width])],
      { auto_pad, strides, dilations: inner('dilations'), group: isDepthwise ? inputs : 1 },
    );
    model.give(outputsOf(operation)[0]!, name, 'channels first');
  };

const matMul: Rule = (model, operation) => {
  const inputs = inputsOf(operation).map((input) => model.read(input));
  const [transA, transB] = ['transpose_a', 'transpose_b'].map((name) =>
    Number(operation.get_attr(name)),
  ) as [number, number];
  const isPlain = transA + transB === 0;
  const name = isPlain
    ? model.node('MatMul', inputs)
    : model.node('Gemm', inputs, { transA, transB });
  model.give(outputsOf(operation)[0]!, name);
};

const mean: Rule = (model, operation) => {
  const [x, axis] = inputsOf(operation) as [tf.Tensor, tf.Tensor];
  const axes = model.constantIntegers(axis);
  const keepdims = Number(operation.get_attr('keep_dims'));
  const isOfImage = model.isChannelsFirst(x) && keepdims === 0 && String(axes) === '1,2';
  const name = isOfImage
    ? model.node('ReduceMean', [model.read(x, 'channels first')], { axes: [2, 3], keepdims })
    : model.node('ReduceMean', [model.read(x)], { axes, keepdims });
  model.give(outputsOf(operation)[0]!, name);
};

/** An operation that keeps the numbers and their order. */
const reshape: Rule = (model, operation) => {
  const [y] = outputsOf(operation) as [tf.Tensor];
  const sizes = sizesOf(y).map((size) => size ?? -1);
  model.give(
    y,
    model.node('Reshape', [model.read(inputsOf(operation)[0]!), model.integers(sizes)]),
  );
};

const transpose: Rule = (model, operation) => {
  const [x, order] = inputsOf(operation) as [tf.Tensor, tf.Tensor];
  const perm = model.constantIntegers(order);
  model.give(outputsOf(operation)[0]!, model.node('Transpose', [model.read(x)], { perm }));
};

const split: Rule = (model, operation) => {
  const [axis, x] = inputsOf(operation) as [tf.Tensor, tf.Tensor];
  const outputs = outputsOf(operation);
  const names = model.nodeOf(outputs.length, 'Split', [model.read(x)], {
    axis: model.constantIntegers(axis)[0]!,
  });
  for (const [i, output] of outputs.entries()) model.give(output, names[i]!);
};

const unpack: Rule = (model, operation) => {
  const axis = operation.get_attr('axis') as number;
  const outputs = outputsOf(operation);
  const x = model.read(inputsOf(operation)[0]!);
  const names = model.nodeOf(outputs.length, 'Split', [x], { axis });
  for (const [i, output] of outputs.entries()) {
    model.give(output, model.node('Squeeze', [names[i]!, model.integers([axis])]));
  }
};

const concat: Rule = (model, operation) => {
  const values = [...inputsOf(operation)];
  const axis = model.constantIntegers(values.pop()!)[0]!;
  const names = values.map((value) => model.read(value));
  model.give(outputsOf(operation)[0]!, model.node('Concat', names, { axis }));
};

const constant: Rule = (model, operation) => {
  const [y] = outputsOf(operation) as [tf.Tensor];
  const { data, shape } = model.constant(y);
  model.give(y, y.dtype.name === 'float32' ? model.floats(data as Float32Array, shape) : '');
};

/** Fills with a constant. */
const fill: Rule = constant;

/** x * x, for ONNX has no square. */
const square: Rule = (model, operation) => {
  const x = model.read(inputsOf(operation)[0]!);
  model.give(outputsOf(operation)[0]!, model.node('Mul', [x, x]));
};

const relu6: Rule = (model, operation) => {
  const [x] = inputsOf(operation) as [tf.Tensor];
  const order = model.isChannelsFirst(x) ? 'channels first' : 'ours';
  const ends = [0, 6].map((end) => model.floats(Float32Array.of(end), []));
  const name = model.node('Clip', [model.read(x, order), ...ends]);
  model.give(outputsOf(operation)[0]!, name, order);
};

/** By the type of our operation. */
export const RULES: Readonly<Record<string, Rule | undefined>> = {
  Add: binary('Add'),
  AvgPool: pool('AveragePool'),
  BiasAdd: binary('Add'),
  ConcatV2: concat,
  Const: constant,
  Conv2D: convolution(false),
  DepthwiseConv2dNative: convolution(true),
  Exp: unary('Exp'),
  ExpandDims: reshape,
  Fill: fill,
  Identity: unary('Identity'),
  MatMul: matMul,
  MaxPool: pool('MaxPool'),
  Maximum: binary('Max'),
  Mean: mean,
  Minimum: binary('Min'),
  Mul: binary('Mul'),
  Neg: unary('Neg'),
  RealDiv: binary('Div'),
  Relu: unary('Relu'),
  Relu6: relu6,
  Reshape: reshape,
  Sigmoid: unary('Sigmoid'),
  Softmax: unary('Softmax'),
  Split: split,
  Sqrt: unary('Sqrt'),
  Square: square,
  Squeeze: reshape,
  Sub: binary('Sub'),
  Tanh: unary('Tanh'),
  Transpose: transpose,
  Unpack: unpack,
};
