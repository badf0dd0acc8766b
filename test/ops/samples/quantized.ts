/** Samples of quantized numbers. */

import { qint8, qint32, quint8 } from '../../../src/core/dtype.ts';
import { NdArray } from '../../../src/numpy/index.ts';
import { f32, i32, type Samples, sample, spread } from '../sample.ts';

const bytes = (shape: readonly number[], low = 0, high = 255): NdArray =>
  new NdArray(quint8, [...shape], Uint8Array.from(spread(shape, low, high).data as Float32Array));
const words = (shape: readonly number[], low: number, high: number): NdArray =>
  new NdArray(qint32, [...shape], Int32Array.from(spread(shape, low, high).data as Float32Array));
const small = (values: number[]): NdArray =>
  new NdArray(qint8, [values.length], Int8Array.from(values));

const floats = f32([-3, -1, -0.25, 0, 0.1, 0.5, 1.26, 5.9, 7, 12]);
const [low, high] = [f32(-1), f32(6)];

export const quantized = {
  QuantizeV2: [
    sample('quantize', [floats, low, high, quint8]),
    sample('quantize', [floats, low, high, qint8]),
    sample('quantize', [floats, low, high, quint8, 'MIN_FIRST']),
    sample('quantize', [floats, f32(0), f32(0), quint8, 'MIN_FIRST']),
    sample('quantize', [floats, low, high, qint8, 'SCALED']),
    sample('quantize', [floats, low, high, qint8, 'SCALED', 'HALF_TO_EVEN']),
    sample('quantize', [floats, f32(-12), f32(12), qint32, 'MIN_FIRST']),
  ],
  Dequantize: [
    sample('dequantize', [bytes([3, 4]), low, high]),
    sample('dequantize', [small([-128, -7, 0, 5, 127]), low, high]),
    sample('dequantize', [bytes([3, 4]), low, high], { mode: 'MIN_FIRST' }),
    sample('dequantize', [small([-128, -7, 0, 5, 127]), low, high], { mode: 'SCALED' }),
  ],
  QuantizedReshape: [
    sample('raw_ops.QuantizedReshape', [], {
      tensor: bytes([2, 3]),
      shape: i32([3, -1]),
      input_min: low,
      input_max: high,
    }),
  ],
  RequantizationRange: [
    sample('raw_ops.RequantizationRange', [], {
      input: words([3, 5], -40000, 90000),
      input_min: f32(-20000),
      input_max: f32(20000),
    }),
  ],
  Requantize: [
    sample('raw_ops.Requantize', [], {
      input: words([4, 5], -40000, 90000),
      input_min: f32(-20000),
      input_max: f32(20000),
      requested_output_min: f32(-0.3),
      requested_output_max: f32(0.7),
      out_type: quint8,
    }),
    sample('raw_ops.Requantize', [], {
      input: words([4, 5], -2e9, 2e9),
      input_min: f32(-2),
      input_max: f32(3),
      requested_output_min: f32(-1),
      requested_output_max: f32(2.5),
      out_type: quint8,
    }),
  ],
  QuantizeDownAndShrinkRange: [
    sample('raw_ops.QuantizeDownAndShrinkRange', [], {
      input: words([4, 5], -40000, 90000),
      input_min: f32(-20000),
      input_max: f32(20000),
      out_type: quint8,
    }),
  ],
  QuantizedRelu: [
    sample('raw_ops.QuantizedRelu', [], {
      features: bytes([12]),
      min_features: f32(-4),
      max_features: f32(8),
    }),
  ],
  QuantizedRelu6: [
    sample('raw_ops.QuantizedRelu6', [], {
      features: bytes([12]),
      min_features: f32(-4),
      max_features: f32(8),
    }),
  ],
  QuantizedConv2D: [
    sample('nn.quantized_conv2d', [
      bytes([1, 5, 4, 3]),
      bytes([2, 3, 3, 2]),
      f32(-2),
      f32(3),
      f32(-0.5),
      f32(0.25),
      [1, 1, 1, 1],
      'SAME',
    ]),
    sample('nn.quantized_conv2d', [
      bytes([2, 5, 5, 2]),
      bytes([3, 3, 2, 3]),
      f32(0),
      f32(255),
      f32(-1),
      f32(1),
      [1, 2, 2, 1],
      'VALID',
    ]),
  ],
  QuantizedMatMul: [
    sample('raw_ops.QuantizedMatMul', [], {
      a: bytes([2, 3]),
      b: bytes([3, 4]),
      min_a: f32(-1),
      max_a: f32(2),
      min_b: f32(-3),
      max_b: f32(0.5),
    }),
  ],
  QuantizedBiasAdd: [
    sample('raw_ops.QuantizedBiasAdd', [], {
      input: bytes([2, 3]),
      bias: bytes([3]),
      min_input: f32(-1),
      max_input: f32(2),
      min_bias: f32(-3),
      max_bias: f32(0.5),
      out_type: qint32,
    }),
  ],
  QuantizedMaxPool: [
    sample('nn.quantized_max_pool', [
      bytes([1, 4, 4, 2]),
      low,
      high,
      [1, 2, 2, 1],
      [1, 2, 2, 1],
      'SAME',
    ]),
  ],
} satisfies Samples<typeof import('../../../src/ops/quantized.ts')>;
