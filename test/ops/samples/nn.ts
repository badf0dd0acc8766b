/** Samples of the ops of neural networks. Ops that only gradients build are sampled through the op whose gradient they are. */

import { float16, float64 } from '../../../src/core/dtype.ts';
import { f16, f32, f64, i32, i64, type Samples, sample, spread, u8 } from '../sample.ts';

const around = f32([
  [-2.5, -1, -0.25],
  [0.125, 0.5, 6.5],
]);
const narrow = f16([-2.5, -1, 0.5, 1.25]);
const wide = f64([-2.5, -1, 0.5, 1.25, 30]);
const unary = (fn: string) => [
  sample(fn, [around]),
  sample(fn, [wide]),
  sample(fn, [narrow], {}, { rtol: 2e-3, atol: 2e-3 }),
];
const whole = i32([-3, 0, 4, 9]);

const logits = spread([3, 4]);
const labels = f32([
  [0, 1, 0, 0],
  [0.25, 0.25, 0.5, 0],
  [0, 0, 0, 1],
]);
const image = spread([2, 5, 6, 2]);
const filter = spread([3, 2, 2, 3], -1, 1);
const one = [1, 1, 1, 1];
const two = [1, 2, 2, 1];

const activations = {
  Relu: [...unary('nn.relu'), sample('nn.relu', [whole])],
  ReluGrad: [
    sample('nn.relu', [spread([2, 3, 4])]),
    sample('nn.crelu', [spread([2, 3])]),
    sample('nn.swish', [spread([2, 3])]),
  ],
  Relu6: [...unary('nn.relu6'), sample('nn.relu6', [whole])],
  Relu6Grad: [sample('nn.relu6', [spread([2, 3, 4], -1, 8)])],
  LeakyRelu: [sample('nn.leaky_relu', [around]), sample('nn.leaky_relu', [wide, 0.5])],
  LeakyReluGrad: [sample('nn.leaky_relu', [spread([2, 3, 4])], { alpha: 0.01 })],
  Elu: unary('nn.elu'),
  EluGrad: [sample('nn.elu', [spread([2, 3, 4])])],
  Selu: unary('nn.selu'),
  SeluGrad: [sample('nn.selu', [spread([2, 3, 4])])],
  Softplus: unary('nn.softplus'),
  SoftplusGrad: [sample('nn.softplus', [spread([2, 3], -40, 40)])],
  Softsign: unary('nn.softsign'),
  SoftsignGrad: [sample('nn.softsign', [spread([2, 3, 4])])],
} satisfies Samples<typeof import('../../../src/ops/nn/activations.ts')>;

const others = {
  Softmax: [
    sample('nn.softmax', [logits]),
    sample('nn.softmax', [spread([2, 3, 4])]),
    sample('nn.softmax', [spread([2, 3, 4]), 1]),
    sample('nn.softmax', [spread([5])]),
    sample('nn.softmax', [spread([3, 4], -3, 3, float64)], { axis: 0 }),
    sample(
      'nn.softmax',
      [
        f16([
          [1, 2, 3],
          [-1, 0, 1],
        ]),
      ],
      {},
      { rtol: 3e-3, atol: 3e-3 },
    ),
  ],
  LogSoftmax: [
    sample('nn.log_softmax', [logits]),
    sample('nn.log_softmax', [spread([2, 3, 4])], { axis: 1 }),
    sample('nn.log_softmax', [spread([3, 4], -300, 300, float64)]),
  ],
  SoftmaxCrossEntropyWithLogits: [
    sample('nn.softmax_cross_entropy_with_logits', [], { labels, logits }),
    sample('nn.softmax_cross_entropy_with_logits_v2', [], { labels, logits }),
    sample('nn.softmax_cross_entropy_with_logits_v2', [], {
      labels: spread([2, 3, 4], 0, 1),
      logits: spread([2, 3, 4]),
    }),
    sample('nn.softmax_cross_entropy_with_logits_v2', [], {
      labels: spread([3, 4], 0, 1, float64),
      logits: spread([3, 4], -2, 2, float64),
      dim: 0,
    }),
    sample('nn.sigmoid_cross_entropy_with_logits', [], { labels, logits }),
    sample('nn.sigmoid_cross_entropy_with_logits', [], {
      labels: f32([0, 1, 1]),
      logits: f32([0, 0, -90]),
    }),
    sample('nn.weighted_cross_entropy_with_logits', [labels, logits, 2.5]),
    sample('nn.log_poisson_loss', [f32([0, 1, 4]), f32([-1, 0.5, 2])]),
    sample('nn.log_poisson_loss', [f32([2, 3, 4]), f32([-1, 0.5, 2])], { compute_full_loss: true }),
  ],
  SparseSoftmaxCrossEntropyWithLogits: [
    sample('nn.sparse_softmax_cross_entropy_with_logits', [], { labels: i32([1, 0, 3]), logits }),
    sample('nn.sparse_softmax_cross_entropy_with_logits', [], {
      labels: i64([1, 0, 3]),
      logits: spread([3, 4], -9, 9, float64),
    }),
    sample('nn.sparse_softmax_cross_entropy_with_logits', [], {
      labels: i64([
        [1, 0, 3],
        [2, 2, 0],
      ]),
      logits: spread([2, 3, 4]),
    }),
  ],
  BiasAdd: [
    sample('nn.bias_add', [spread([3, 4]), spread([4])]),
    sample('nn.bias_add', [spread([2, 3, 2, 4], -2, 2, float64), spread([4], -2, 2, float64)]),
    sample('nn.bias_add', [
      i32([
        [1, 2],
        [3, 4],
      ]),
      i32([5, 6]),
    ]),
    sample('nn.xw_plus_b', [spread([2, 3]), spread([3, 4]), spread([4])]),
    sample('nn.relu_layer', [spread([2, 3]), spread([3, 4]), spread([4])]),
  ],
  BiasAddGrad: [sample('nn.bias_add', [spread([2, 2, 3]), spread([3])])],
  BiasAddV1: [sample('nn.bias_add', [spread([5, 2]), spread([2])], { data_format: 'NHWC' })],
};

const pooled = (fn: string) => [
  sample(fn, [image, [1, 2, 2, 1], two, 'SAME']),
  sample(fn, [image, [1, 3, 2, 1], one, 'VALID']),
  sample(fn, [spread([1, 4, 4, 2], -2, 2, float64), [1, 3, 3, 1], two, 'SAME']),
];
const volume = spread([1, 4, 5, 3, 2]);
const pooled3d = (fn: string) => [
  sample(fn, [volume, [1, 2, 2, 2, 1], [1, 2, 2, 2, 1], 'SAME']),
  sample(fn, [volume, [1, 2, 3, 1, 1], [1, 1, 1, 1, 1], 'VALID']),
];

const windows = {
  Conv2D: [
    sample('nn.conv2d', [image, filter, one, 'SAME']),
    sample('nn.conv2d', [image, filter, two, 'VALID']),
    sample(
      'nn.conv2d',
      [image, filter, one, 'SAME'],
      { dilations: [1, 2, 2, 1] },
      { gradient: false },
    ),
    sample('nn.conv2d', [
      spread([1, 4, 4, 2], -1, 1, float64),
      spread([1, 1, 2, 2], -1, 1, float64),
      one,
      'SAME',
    ]),
    sample(
      'nn.conv2d',
      [spread([1, 4, 4, 2], -1, 1, float16), spread([2, 2, 2, 2], -1, 1, float16), one, 'SAME'],
      {},
      { rtol: 3e-3, atol: 3e-3 },
    ),
    sample('nn.conv1d', [spread([2, 7, 3]), spread([3, 3, 2]), 2, 'SAME']),
    sample('nn.convolution', [image, filter, 'SAME']),
    sample('nn.convolution', [spread([2, 8, 3]), spread([3, 3, 2]), 'VALID'], { strides: [2] }),
    sample('nn.convolution', [image, filter, 'SAME'], { dilation_rate: [2, 2] }),
    sample('nn.convolution', [spread([1, 7, 8, 2]), filter, 'VALID'], { dilation_rate: [2, 3] }),
    sample('nn.atrous_conv2d', [image, filter, 2, 'SAME']),
    sample('nn.separable_conv2d', [image, spread([2, 2, 2, 2]), spread([1, 1, 4, 3]), one, 'SAME']),
  ],
  Conv2DBackpropInput: [
    sample(
      'nn.conv2d_backprop_input',
      [i32([2, 5, 6, 2]), filter, spread([2, 5, 6, 3]), one, 'SAME'],
      {},
      { constants: [0] },
    ),
    sample('nn.atrous_conv2d_transpose', [
      spread([2, 5, 6, 3]),
      spread([2, 3, 2, 3]),
      [2, 5, 6, 2],
      2,
      'SAME',
    ]),
    sample('nn.atrous_conv2d_transpose', [
      spread([1, 3, 4, 3]),
      spread([2, 2, 2, 3]),
      [1, 6, 7, 2],
      3,
      'VALID',
    ]),
    sample('nn.conv2d_transpose', [
      spread([2, 3, 3, 3]),
      spread([2, 3, 2, 3]),
      [2, 6, 5, 2],
      two,
      'SAME',
    ]),
  ],
  Conv2DBackpropFilter: [
    sample(
      'nn.conv2d_backprop_filter',
      [image, i32([3, 2, 2, 3]), spread([2, 2, 3, 3]), two, 'VALID'],
      {},
      { constants: [1] },
    ),
  ],
  DepthwiseConv2dNative: [
    sample('nn.depthwise_conv2d_native', [image, spread([2, 3, 2, 2]), one, 'SAME']),
    sample('nn.depthwise_conv2d', [image, spread([2, 2, 2, 2]), two, 'VALID']),
    sample('nn.depthwise_conv2d', [image, spread([2, 2, 2, 2]), one, 'SAME'], { rate: [2, 2] }),
  ],
  DepthwiseConv2dNativeBackpropInput: [
    sample(
      'nn.depthwise_conv2d_native_backprop_input',
      [i32([2, 5, 6, 2]), spread([2, 3, 2, 2]), spread([2, 5, 6, 4]), one, 'SAME'],
      {},
      { constants: [0] },
    ),
  ],
  DepthwiseConv2dNativeBackpropFilter: [
    sample(
      'nn.depthwise_conv2d_native_backprop_filter',
      [image, i32([2, 3, 2, 2]), spread([2, 5, 6, 4]), one, 'SAME'],
      {},
      { constants: [1] },
    ),
  ],
  Conv3D: [
    sample('nn.conv3d', [volume, spread([2, 2, 1, 2, 3]), [1, 1, 1, 1, 1], 'SAME']),
    sample('nn.conv3d', [volume, spread([2, 2, 2, 2, 3]), [1, 2, 1, 1, 1], 'VALID']),
  ],
  Conv3DBackpropInputV2: [
    sample('nn.conv3d_transpose', [
      spread([1, 2, 3, 2, 3]),
      spread([2, 2, 2, 2, 3]),
      [1, 4, 5, 3, 2],
      [1, 2, 2, 2, 1],
      'SAME',
    ]),
  ],
  Conv3DBackpropFilterV2: [
    sample(
      'nn.conv3d_backprop_filter_v2',
      [volume, i32([2, 2, 1, 2, 3]), spread([1, 4, 5, 3, 3]), [1, 1, 1, 1, 1], 'SAME'],
      {},
      { constants: [1] },
    ),
  ],
  MaxPool: [
    ...pooled('nn.max_pool'),
    sample('nn.pool', [image, [2, 2], 'MAX', 'SAME']),
    sample('nn.pool', [spread([2, 7, 3]), [3], 'MAX', 'VALID'], { strides: [2] }),
  ],
  MaxPoolGrad: pooled('nn.max_pool'),
  MaxPoolGradGrad: [sample('nn.max_pool', [spread([1, 4, 4, 1]), [1, 2, 2, 1], one, 'VALID'])],
  MaxPoolV2: [
    sample('nn.max_pool', [
      i32([
        [
          [[1], [5]],
          [[3], [2]],
        ],
      ]),
      [1, 2, 2, 1],
      one,
      'SAME',
    ]),
  ],
  MaxPoolGradV2: [sample('nn.max_pool', [spread([1, 3, 4, 1]), [1, 2, 2, 1], one, 'SAME'])],
  MaxPoolGradGradV2: [sample('nn.max_pool', [spread([2, 3, 3, 1]), [1, 1, 2, 1], one, 'SAME'])],
  MaxPoolWithArgmax: [
    sample(
      'nn.max_pool_with_argmax',
      [spread([1, 4, 5, 2]), [1, 2, 2, 1], two, 'SAME'],
      {},
      { gradient: false },
    ),
  ],
  MaxPoolGradWithArgmax: [
    sample('nn.max_pool_with_argmax', [spread([1, 4, 4, 2]), [1, 3, 3, 1], two, 'VALID']),
  ],
  MaxPoolGradGradWithArgmax: [
    sample('nn.max_pool_with_argmax', [spread([1, 4, 4, 1]), [1, 2, 2, 1], one, 'SAME']),
  ],
  AvgPool: [
    ...pooled('nn.avg_pool'),
    sample('nn.pool', [image, [2, 2], 'AVG', 'VALID'], { dilation_rate: [2, 2] }),
  ],
  AvgPoolGrad: pooled('nn.avg_pool'),
  MaxPool3D: pooled3d('nn.max_pool3d'),
  MaxPool3DGrad: pooled3d('nn.max_pool3d'),
  MaxPool3DGradGrad: [
    sample('nn.max_pool3d', [spread([1, 3, 3, 3, 1]), [1, 2, 2, 2, 1], [1, 1, 1, 1, 1], 'SAME']),
  ],
  AvgPool3D: pooled3d('nn.avg_pool3d'),
  AvgPool3DGrad: pooled3d('nn.avg_pool3d'),
  Dilation2D: [
    sample('nn.dilation2d', [image, spread([2, 3, 2]), one, one, 'SAME']),
    sample('nn.erosion2d', [image, spread([2, 2, 2]), two, one, 'VALID']),
  ],
  Dilation2DBackpropInput: [sample('nn.dilation2d', [image, spread([2, 3, 2]), two, one, 'VALID'])],
  Dilation2DBackpropFilter: [
    sample('nn.dilation2d', [image, spread([2, 2, 2]), one, [1, 2, 2, 1], 'SAME']),
  ],
  ExtractImagePatches: [
    sample('extract_image_patches', [image, [1, 2, 3, 1], one, one, 'SAME']),
    sample('extract_image_patches', [image, [1, 2, 2, 1], two, one, 'VALID']),
    sample('extract_image_patches', [image, [1, 2, 2, 1], one, [1, 2, 2, 1], 'SAME']),
  ],
  ResizeBilinear: [
    sample('image.resize_bilinear', [image, [7, 4]]),
    sample('image.resize_bilinear', [image, [3, 9]], { align_corners: true }),
    sample('image.resize_bilinear', [
      u8([
        [
          [[1], [200]],
          [[30], [4]],
        ],
      ]),
      [3, 3],
    ]),
  ],
  ResizeBilinearGrad: [sample('image.resize_bilinear', [image, [10, 3]])],
  ResizeNearestNeighbor: [
    sample('image.resize_nearest_neighbor', [image, [7, 4]]),
    sample('image.resize_nearest_neighbor', [image, [3, 9]], { align_corners: true }),
  ],
  ResizeArea: [
    sample('image.resize_area', [image, [3, 4]], {}, { gradient: false }),
    sample('image.resize_area', [image, [7, 9]], {}, { gradient: false }),
    sample('image.resize_area', [image, [3, 4]], { align_corners: true }, { gradient: false }),
    sample('image.resize_area', [u8([[[[1], [200], [7]]]]), [1, 2]]),
  ],
  ResizeBicubic: [
    sample('image.resize_bicubic', [image, [7, 4]]),
    sample('image.resize_bicubic', [image, [3, 9]], { align_corners: true }),
    sample('image.resize_bicubic', [spread([1, 4, 4, 1], -1, 1, float64), [6, 6]]),
    sample('image.resize_bicubic', [u8([[[[1], [200], [7]]]]), [2, 5]]),
  ],
  ResizeBicubicGrad: [sample('image.resize_bicubic', [image, [10, 3]])],
  ResizeNearestNeighborGrad: [sample('image.resize_nearest_neighbor', [image, [10, 3]])],
};

const perChannel = f32([0.5, 1.5]);
const norms = {
  FusedBatchNorm: [
    sample('nn.fused_batch_norm', [image, perChannel, f32([1, -1])], {
      is_training: false,
      mean: f32([0.25, 0.5]),
      variance: f32([1, 2]),
    }),
    sample('nn.batch_normalization', [
      spread([3, 2]),
      f32([0, 1]),
      perChannel,
      f32([1, -1]),
      f32([2, 3]),
      0.001,
    ]),
    sample('nn.batch_normalization', [spread([3, 2]), f32([0, 1]), perChannel, null, null, 0.001]),
    sample('nn.moments', [image, [0, 1, 2]]),
    sample('nn.moments', [spread([3, 4], -2, 2, float64), [1]], { keep_dims: true }),
    sample('nn.weighted_moments', [spread([3, 4]), [0], spread([3, 4], 1, 2)]),
    sample('nn.normalize_moments', [f32(6), spread([4], -3, 3), spread([4], 6, 9), null]),
    sample('nn.normalize_moments', [
      f32(6),
      spread([4], -3, 3),
      spread([4], 6, 9),
      f32([1, 2, 3, 4]),
    ]),
    sample('nn.l2_normalize', [spread([3, 4]), 1]),
    sample('nn.l2_normalize', [spread([2, 3, 4]), [0, 2]], { epsilon: 0.01 }),
    sample(
      'nn.zero_fraction',
      [
        f32([
          [0, 1, 0],
          [2, 3, 4],
        ]),
      ],
      {},
      { gradient: false },
    ),
  ],
  FusedBatchNormGrad: [sample('nn.fused_batch_norm', [image, perChannel, f32([1, -1])])],
  FusedBatchNormV2: [
    sample('nn.fused_batch_norm', [spread([2, 3, 3, 2]), perChannel, f32([1, -1])], {
      epsilon: 0.1,
    }),
  ],
  FusedBatchNormGradV2: [
    sample('nn.fused_batch_norm', [spread([4, 1, 3, 2]), perChannel, f32([0, 2])], {
      is_training: true,
    }),
  ],
  // What a graph that does not train leaves in the reserved outputs is not said: these train.
  FusedBatchNormV3: [
    sample('raw_ops.FusedBatchNormV3', [], {
      x: image,
      scale: perChannel,
      offset: f32([1, -1]),
      mean: f32([0.25, 0.5]),
      variance: f32([1, 2]),
      exponential_avg_factor: 0.25,
    }),
  ],
  FusedBatchNormGradV3: [
    sample('raw_ops.FusedBatchNormV3', [], {
      x: image,
      scale: perChannel,
      offset: f32([1, -1]),
      mean: spread([0]),
      variance: spread([0]),
    }),
  ],
  LRN: [
    sample('nn.lrn', [spread([1, 2, 2, 8])]),
    sample('nn.local_response_normalization', [spread([1, 2, 2, 8])], {
      depth_radius: 1,
      bias: 2,
      alpha: 0.25,
      beta: 0.75,
    }),
  ],
  LRNGrad: [sample('nn.lrn', [spread([2, 1, 2, 4])], { depth_radius: 2 })],
};

const embeddings = {
  embedding_lookup: [
    sample('nn.embedding_lookup', [
      spread([5, 3]),
      i32([
        [4, 0],
        [1, 4],
      ]),
    ]),
    sample('nn.embedding_lookup', [[spread([3, 2]), spread([2, 2], 3, 5)], i32([0, 1, 2, 3, 4])]),
    sample('nn.embedding_lookup', [[spread([3, 2]), spread([2, 2], 3, 5)], i64([0, 4, 2])], {
      partition_strategy: 'div',
    }),
    sample('nn.embedding_lookup', [spread([5, 3]), i32([4, 0])], { max_norm: 1.5 }),
  ],
};

export const nn = { ...activations, ...others, ...windows, ...norms, ...embeddings };
