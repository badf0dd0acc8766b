/** Samples of arithmetic, comparisons, selection, casts and bitwise ops. */

import * as dtypes from '../../../src/core/dtype.ts';
import {
  bool,
  c64,
  c128,
  f16,
  f32,
  f64,
  i8,
  i16,
  i32,
  i64,
  type Sample,
  type Samples,
  sample,
  spread,
  text,
  u8,
  u16,
} from '../sample.ts';

const X = [1.5, -0.5, -2, 1, 0.25, 2];
const Y = [0.5, 2, -1, -3, 1, 0.75];

/** Floats of all sizes, with every kind of broadcasting. */
function floats(fn: string, low = 0.5, high = 3): Sample[] {
  return [
    sample(fn, [spread([2, 3], low, high), spread([2, 3], low, high + 1)]),
    sample(fn, [spread([2, 3], low, high), spread([3], low, high + 1)]),
    sample(fn, [spread([2, 1], low, high), spread([1, 3], low, high + 1)]),
    sample(fn, [spread([], low, high), spread([2], low, high + 1)]),
    sample(fn, [
      spread([2, 1, 3], low, high, dtypes.float64),
      spread([2, 1], low, high + 1, dtypes.float64),
    ]),
    sample(fn, [f16([2.5, 1]), f16([1.5, 3])], {}, { gradient: false }),
  ];
}

const complexes = (fn: string): Sample[] => [
  sample(fn, [c64([3], X), c64([3], Y)]),
  sample(fn, [c128([3, 1], X), c128([3], Y)]),
];

const integers = (fn: string): Sample[] => [
  sample(fn, [i32([7, -7, 7, -7, 0]), i32([2, 2, -2, -2, 3])]),
  sample(fn, [i64([7, -7, 70000]), i64([2, 3, 70000])]),
];

const smallIntegers = (fn: string): Sample[] => [
  sample(fn, [u8([200, 7, 100]), u8([100, 3, 3])]),
  sample(fn, [i8([100, -7]), i8([100, 3])]),
  sample(fn, [i16([-7, 300]), i16([2, 200])]),
];

const comparisons = (fn: string): Sample[] => [
  sample(fn, [f32([[1], [2]]), f32([1, Number.NaN, 2])]),
  sample(fn, [f64([1, 3]), f64([2])]),
  sample(fn, [i32([1, 2, 3]), i32([3, 2, 1])]),
  sample(fn, [i64([1, 2, 3]), i64([2])]),
  sample(fn, [u8([200, 3]), u8([3, 200])]),
  sample(fn, [i8([-1, 3]), i8([3, -1])]),
];

const equalities = (fn: string): Sample[] => [
  ...comparisons(fn),
  sample(fn, [text(['a', 'é', '']), text(['a', 'e', ''])]),
  sample(fn, [bool([true, false]), bool([true, true])]),
  sample(fn, [c64([2], [1, 2, 3, 4]), c64([2], [1, 2, 3, 5])]),
];

const logic = (fn: string): Sample[] => [
  sample(fn, [bool([[true], [false]]), bool([true, false])]),
];

const bits = (fn: string): Sample[] => [
  sample(fn, [i32([12, -5, 7]), i32([10, 3, 2])]),
  sample(fn, [u8([200, 7]), u8([3, 2])]),
  sample(fn, [i64([1099511627781, 5]), i64([3, 2])]),
  sample(fn, [i8([-100, 7]), i8([3, 1])]),
  sample(fn, [u16([40000, 7]), u16([3, 1])]),
];

const FLOAT_VALUES = [2.7, -2.7, 0, 100.5, -1];

export const arithmetic = {
  Neg: [
    sample('negative', [f32([1, -2])]),
    sample('negative', [f64([1, -2])]),
    sample('negative', [i32([1, -2147483648])]),
    sample('negative', [i64([1, 0])]),
    sample('negative', [c64([3], X)]),
  ],
  Add: [
    ...floats('add'),
    ...complexes('add'),
    ...integers('add'),
    ...smallIntegers('add'),
    sample('add', [text(['a', 'ü']), text('b')]),
  ],
  AddV2: [sample('add', [f32([1]), f32([2])])],
  Sub: [
    ...floats('subtract'),
    ...complexes('subtract'),
    ...integers('subtract'),
    ...smallIntegers('subtract'),
  ],
  Mul: [
    ...floats('multiply'),
    ...complexes('multiply'),
    ...integers('multiply'),
    ...smallIntegers('multiply'),
    sample('multiply', [i32([123456789]), i32([987654321])]),
    sample('scalar_mul', [2.5, f32([1, 2])]),
  ],
  DivNoNan: [
    sample('raw_ops.DivNoNan', [], { x: f32([1, -2, 0, 3]), y: f32([[2], [0]]) }),
    sample('raw_ops.DivNoNan', [], { x: f64([1, 5]), y: f64([0, 4]) }),
    sample('raw_ops.DivNoNan', [], { x: c64([3], X), y: c64([3], [0, 0, 1, 2, 0, 1]) }),
  ],
  MulNoNan: [
    sample('raw_ops.MulNoNan', [], {
      x: f32([1, Number.POSITIVE_INFINITY, Number.NaN, 3]),
      y: f32([2, 0, 0, 5]),
    }),
  ],
  RealDiv: [
    ...floats('realdiv'),
    ...complexes('realdiv'),
    ...floats('truediv').slice(0, 2),
    ...integers('truediv'),
    sample('truediv', [u8([7]), u8([2])]),
    sample('divide', [f32([7, 1]), 2]),
  ],
  Div: [...floats('div'), ...integers('div')],
  FloorDiv: [
    ...floats('floordiv', -3, 3).slice(0, 5),
    ...integers('floordiv'),
    ...smallIntegers('floordiv'),
    sample('floor_div', [f32([7, -7]), f32([2, 2])]),
  ],
  TruncateDiv: [...integers('truncatediv'), ...smallIntegers('truncatediv')],
  FloorMod: [
    ...floats('floormod', -3, 3).slice(0, 3),
    ...integers('mod'),
    sample('mod', [f64([5.5, -5.5, 5.5, -5.5]), f64([2, 2, -2, -2])]),
  ],
  TruncateMod: [
    ...integers('truncatemod'),
    sample('truncatemod', [f32([5.5, -5.5]), f32([2, -2])], {}, { gradient: false }),
  ],
  Mod: [sample('mod', [i32([-7]), i32([3])])],
  Pow: [
    ...floats('pow').slice(0, 5),
    sample('pow', [c64([3], X), c64([3], Y)], {}, { rtol: 1e-4 }),
    sample('pow', [i32([2, -3, 5]), i32([10, 3, 0])]),
    sample('pow', [i64([2, -3]), i64([40, 3])]),
    sample('pow', [f32([0, 0, 2]), f32([2, 1, 0.5])]),
  ],
  SquaredDifference: [
    ...floats('squared_difference'),
    sample('squared_difference', [i32([7, -7]), i32([2, 2])]),
  ],
  Maximum: [
    ...floats('maximum', -2, 2),
    ...integers('maximum'),
    sample('maximum', [f32([1, 2, 3]), f32([1, 2, 4])]),
  ],
  Minimum: [
    ...floats('minimum', -2, 2),
    ...integers('minimum'),
    sample('minimum', [f32([1, 2, 3]), f32([1, 2, 4])]),
  ],
  Atan2: [
    sample('atan2', [f32([1, -2, 3]), f32([-1, -2, 0.5])]),
    sample('atan2', [f64([1, -2]), f64([-1, 2])]),
  ],
  BroadcastGradientArgs: [sample('multiply', [f32([[1, 2]]), f32([[3], [4]])])],
  Equal: equalities('equal'),
  NotEqual: equalities('not_equal'),
  Less: comparisons('less'),
  LessEqual: comparisons('less_equal'),
  Greater: comparisons('greater'),
  GreaterEqual: comparisons('greater_equal'),
  ApproximateEqual: [sample('equal', [f32([1]), f32([1])])],
  LogicalAnd: logic('logical_and'),
  LogicalOr: [...logic('logical_or'), ...logic('logical_xor')],
  LogicalNot: [sample('logical_not', [bool([true, false])])],
  Select: [
    sample('where', [bool([true, false]), f32([1, 2]), f32([3, 4])]),
    sample('where', [
      bool([true, false]),
      f64([
        [1, 2],
        [3, 4],
      ]),
      f64([
        [5, 6],
        [7, 8],
      ]),
    ]),
    sample('where', [bool([[true, false]]), i32([[1, 2]]), i32([[3, 4]])]),
    sample('where', [bool([true, false]), text(['a', 'b']), text(['c', 'd'])]),
  ],
  Cast: [
    ...[f32, f64, f16].flatMap((make) => [
      sample('cast', [make(FLOAT_VALUES), dtypes.int32]),
      sample('cast', [make(FLOAT_VALUES), dtypes.bool]),
    ]),
    sample('cast', [f32(FLOAT_VALUES), dtypes.float64]),
    sample('cast', [f64(FLOAT_VALUES), dtypes.float32]),
    sample('cast', [f64(FLOAT_VALUES), dtypes.float16], {}, { rtol: 1e-3 }),
    sample('cast', [f64(FLOAT_VALUES), dtypes.int64]),
    sample('cast', [f64([300.5, -1.5, 3e9]), dtypes.uint8]),
    sample('cast', [f64([300.5, -1.5, 3e9]), dtypes.int16]),
    sample('cast', [i32([-1, 300, 70000]), dtypes.uint8]),
    sample('cast', [i32([-1, 300, 70000]), dtypes.int8]),
    sample('cast', [i32([-1, 300, 70000]), dtypes.float32]),
    sample('cast', [i64([-1, 4294967297]), dtypes.int32]),
    sample('cast', [bool([true, false]), dtypes.float32]),
    sample('cast', [f32([1, 2]), dtypes.complex64], {}, { gradient: false }),
    sample('cast', [c64([2], [1.5, 2, 0, 3]), dtypes.float32]),
    sample('saturate_cast', [f32([300, -5, 7]), dtypes.uint8], {}, { gradient: false }),
    sample('to_float', [i32([1, 2])]),
    sample('to_double', [f32([1, 2])]),
    sample('to_int32', [f32([1.5, -2.5])]),
    sample('to_int64', [f32([1.5, -2.5])]),
  ],
  Bitcast: [
    sample('bitcast', [f32([1, -2.5]), dtypes.int32]),
    sample('bitcast', [f32([1, -2.5]), dtypes.uint8]),
    sample('bitcast', [u8([[0, 0, 128, 63]]), dtypes.float32], {}, { gradient: false }),
    sample('bitcast', [f16([1.5]), dtypes.int16]),
  ],
  // No function of today's TensorFlow makes one; test/ops/math.test.ts has its numbers.
  CompareAndBitpack: [],
  BitwiseAnd: bits('bitwise.bitwise_and'),
  BitwiseOr: bits('bitwise.bitwise_or'),
  BitwiseXor: bits('bitwise.bitwise_xor'),
  LeftShift: bits('bitwise.left_shift'),
  RightShift: bits('bitwise.right_shift'),
  Invert: [sample('bitwise.invert', [i32([5, -1])]), sample('bitwise.invert', [u8([200])])],
  PopulationCount: [sample('bitwise.invert', [i64([5])])],
} satisfies Samples<typeof import('../../../src/ops/arithmetic.ts')> &
  Samples<typeof import('../../../src/ops/no_nan.ts')> &
  Samples<typeof import('../../../src/ops/bitwise.ts')> &
  Samples<typeof import('../../../src/ops/broadcast_gradient.ts')> &
  Samples<typeof import('../../../src/ops/cast.ts')> &
  Samples<typeof import('../../../src/ops/compare.ts')>;
