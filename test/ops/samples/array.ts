/** Samples of the array functions: shapes, slices, joins, moves, borders, lookups, searches, diagonals. */

import * as dtypes from '../../../src/core/dtype.ts';
import {
  bool,
  c64,
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
} from '../sample.ts';

const COMPLEX = c64([2, 3], [1, -1, 0.5, 2, -3, 0, 4, 1, 2, 2, -1, -2]);
const WORDS = text([
  ['a', 'bc', ''],
  ['d', 'héllo', 'f'],
]);

/** `fn` on a 2 by 3 array of every element type, followed by `rest`. */
function everyType(
  fn: string,
  rest: readonly unknown[],
  kwargs: Readonly<Record<string, unknown>> = {},
): Sample[] {
  const grid = [
    [1, 2, 3],
    [4, 5, 6],
  ];
  const arrays = [f32, f64, f16, i32, i64, i16, i8, u8].map((make) => make(grid));
  const flags = bool([
    [true, false, true],
    [false, false, true],
  ]);
  return [...arrays, flags, COMPLEX, WORDS].map((array) => sample(fn, [array, ...rest], kwargs));
}

const CUBE = spread([2, 3, 4]);

const shapes = {
  Shape: [
    sample('shape', [CUBE]),
    sample('shape', [CUBE], { out_type: dtypes.int64 }),
    sample('shape', [f32(1)]),
    sample('shape', [WORDS]),
  ],
  ShapeN: [sample('shape_n', [[f32([1, 2]), f32([[1], [2]])]])],
  Size: [sample('size', [CUBE]), sample('size', [CUBE], { out_type: dtypes.int64 })],
  Rank: [sample('rank', [CUBE]), sample('rank', [f32(1)])],
  Identity: everyType('identity', []),
  IdentityN: [sample('identity_n', [[f32([1, 2]), i32([3])]])],
  Snapshot: [],
  DeepCopy: [],
  StopGradient: [sample('stop_gradient', [f32([1, 2])])],
  PreventGradient: [],
  GuaranteeConst: [sample('guarantee_const', [f32([1, 2])], {}, { gradient: false })],
  Reshape: [
    ...everyType('reshape', [[3, 2]]),
    sample('reshape', [CUBE, [-1, 4]]),
    sample('reshape', [CUBE, [2, -1]]),
    sample('reshape', [CUBE, i32([4, 6])]),
    sample('reshape', [CUBE, i64([4, -1])]),
    sample('reshape', [f32([5]), []]),
  ],
  ExpandDims: [
    ...everyType('expand_dims', [1]),
    sample('expand_dims', [CUBE, -1]),
    sample('expand_dims', [CUBE], { axis: 0 }),
    sample('expand_dims', [f32(1), 0]),
  ],
  Squeeze: [
    sample('squeeze', [spread([1, 3, 1])], { axis: [0, 2] }),
    sample('squeeze', [spread([1, 3, 1]), [0]]),
    sample('squeeze', [spread([1, 3, 1])], { axis: -1 }),
    sample('squeeze', [text([['a'], ['b']])], { axis: 1 }),
  ],
  BroadcastTo: [],
};

const fills = {
  Fill: [
    sample('fill', [[2, 3], f32(1.5)]),
    sample('fill', [[2], text('a')]),
    sample('fill', [i32([2, 2]), i64(7)]),
    sample('fill', [[], f32(2)]),
    sample('zeros', [[2, 3]]),
    sample('zeros', [[2], dtypes.string]),
    sample('zeros', [i32([2, 2]), dtypes.bool]),
    sample('zeros', [[40, 30]]),
    sample('ones', [[2, 3], dtypes.int32]),
    sample('ones', [[2], dtypes.complex64]),
    sample('ones', [i32([2, 2])]),
  ],
  ZerosLike: [
    ...everyType('zeros_like', []),
    sample('zeros_like', [CUBE], { dtype: dtypes.int32 }),
    sample('zeros_like', [CUBE], { optimize: false }),
  ],
  OnesLike: [
    sample('ones_like', [CUBE]),
    sample('ones_like', [CUBE, dtypes.bool]),
    sample('ones_like', [COMPLEX]),
    sample('ones_like', [CUBE], { optimize: false }),
  ],
};

const slices = {
  Slice: [
    ...everyType('slice', [
      [0, 1],
      [2, -1],
    ]),
    sample('slice', [CUBE, i32([1, 0, 2]), i32([1, 2, 2])]),
    sample('slice', [CUBE, [1, 0, 2], [0, 2, 2]]),
  ],
  StridedSlice: [
    ...everyType('strided_slice', [
      [0, 0],
      [2, 3],
      [1, 2],
    ]),
    sample('strided_slice', [CUBE, [0, 1], [2, 3]]),
    sample('strided_slice', [CUBE, [-1, 2, 3], [-3, 0, -5], [-1, -1, -2]]),
    sample('strided_slice', [CUBE, [0, 1], [0, 2], [1, 1]], {
      ellipsis_mask: 1,
      shrink_axis_mask: 2,
    }),
    sample('strided_slice', [CUBE, [0, 0, 1], [0, 2, 2], [1, 1, 1]], {
      new_axis_mask: 1,
      begin_mask: 2,
      end_mask: 4,
    }),
  ],
  StridedSliceGrad: [],
};

const joins = {
  Concat: [],
  ConcatV2: [
    ...[f32, f64, i32, i64, u8].map((make) =>
      sample('concat', [
        [
          make([[1, 2]]),
          make([
            [3, 4],
            [5, 6],
          ]),
        ],
        0,
      ]),
    ),
    sample('concat', [
      [
        f32([[1], [2]]),
        f32([
          [3, 4],
          [5, 6],
        ]),
      ],
      -1,
    ]),
    sample('concat', [[text(['a']), text(['b', 'c'])], 0]),
    sample('concat', [[f32([1, 2])], 0]),
    sample('concat', [[bool([true]), bool([false])], 0]),
    sample('concat', [[CUBE, CUBE, CUBE], 1]),
  ],
  ConcatOffset: [],
  Pack: [
    sample('stack', [[f32([1, 2]), f32([3, 4])]]),
    sample('stack', [[f32([1, 2]), f32([3, 4]), f32([5, 6])]], { axis: 1 }),
    sample('stack', [[i64(1), i64(2)]]),
    sample('stack', [[text('a'), text('b')]], { axis: -1 }),
    sample('stack', [[CUBE, CUBE]], { axis: -2 }),
  ],
  ParallelConcat: [
    sample('parallel_stack', [[f32([1, 2]), f32([3, 4])]], {}, { gradient: false, constants: [0] }),
  ],
  Unpack: [
    sample('unstack', [CUBE, 2]),
    sample('unstack', [CUBE], { axis: 1, num: 3 }),
    sample('unstack', [CUBE], { axis: 2 }, { constants: [0] }),
    sample('unstack', [CUBE, 4, -1]),
    sample('unstack', [WORDS, 2]),
  ],
  Split: [
    sample('split', [CUBE, 2]),
    sample('split', [CUBE, 3, 1]),
    sample('split', [CUBE, 2, -1]),
    sample('split', [WORDS, 3], { axis: 1 }),
  ],
  SplitV: [
    sample('split', [CUBE, [1, 3], 2]),
    sample('split', [CUBE, [1, -1, 1]], { axis: 2 }),
    sample('split', [i64([1, 2, 3]), [1, 2]]),
  ],
};

const moves = {
  Transpose: [
    ...everyType('transpose', [[1, 0]]),
    sample('transpose', [CUBE]),
    sample('transpose', [CUBE, [2, 0, 1]]),
    sample('transpose', [CUBE, i32([1, 2, 0])]),
    sample('matrix_transpose', [CUBE]),
    sample('transpose', [f32([1, 2])]),
  ],
  ConjugateTranspose: [
    sample('transpose', [COMPLEX], { conjugate: true }),
    sample('matrix_transpose', [COMPLEX], { conjugate: true }),
  ],
  InvertPermutation: [
    sample('invert_permutation', [i32([2, 0, 1])]),
    sample('invert_permutation', [i64([1, 0])]),
  ],
  Reverse: [],
  ReverseV2: [
    ...everyType('reverse', [[1]]),
    sample('reverse', [CUBE, [0, 2]]),
    sample('reverse', [CUBE, [-2]]),
    sample('reverse_v2', [CUBE, [1]]),
  ],
  ReverseSequence: [
    sample('reverse_sequence', [CUBE, i32([2, 3])], { seq_axis: 1 }),
    sample('reverse_sequence', [CUBE, i64([1, 2, 0, 2])], { seq_axis: 0, batch_axis: 2 }),
    sample('reverse_sequence', [WORDS, [2, 3]], { seq_dim: 1, batch_dim: 0 }),
  ],
  Tile: [
    ...everyType('tile', [[2, 1]]),
    sample('tile', [CUBE, [1, 2, 3]]),
    sample('tile', [CUBE, i32([2, 1, 2])]),
    sample('tile', [f32([1, 2]), [0]]),
  ],
  Roll: [
    sample('manip.roll', [CUBE, 1, 0]),
    sample('manip.roll', [CUBE, [-1, 2], [1, 2]]),
    sample('manip.roll', [i32([1, 2, 3]), 4, 0]),
  ],
  SpaceToDepth: [
    sample('space_to_depth', [spread([1, 2, 4, 3]), 2]),
    sample('space_to_depth', [
      i32([
        [
          [[1], [2]],
          [[3], [4]],
        ],
      ]),
      2,
    ]),
  ],
  DepthToSpace: [
    sample('depth_to_space', [spread([1, 2, 1, 8]), 2]),
    sample('depth_to_space', [f64([[[[1, 2, 3, 4]]]]), 2]),
  ],
};

const pads = {
  Pad: [
    ...[f32, f64, i32, i64, u8].map((make) =>
      sample('pad', [
        make([[1, 2]]),
        [
          [1, 0],
          [0, 2],
        ],
      ]),
    ),
    sample('pad', [
      CUBE,
      i32([
        [1, 1],
        [0, 0],
        [2, 0],
      ]),
    ]),
  ],
  PadV2: [
    sample(
      'pad',
      [
        f32([[1, 2]]),
        [
          [1, 0],
          [0, 2],
        ],
      ],
      { constant_values: 5 },
    ),
    sample('pad', [f32([1, 2]), [[1, 1]]], { constant_values: f32(-1), mode: 'constant' }),
  ],
  MirrorPad: [
    sample('pad', [
      CUBE,
      [
        [1, 0],
        [2, 1],
        [0, 3],
      ],
      'REFLECT',
    ]),
    sample(
      'pad',
      [
        CUBE,
        [
          [2, 0],
          [1, 3],
          [0, 1],
        ],
      ],
      { mode: 'symmetric' },
    ),
    sample('pad', [i32([1, 2, 3]), [[2, 1]], 'REFLECT']),
  ],
  MirrorPadGrad: [],
  SpaceToBatchND: [
    sample('space_to_batch_nd', [
      spread([1, 4, 3]),
      [2, 3],
      [
        [0, 0],
        [0, 0],
      ],
    ]),
    sample('space_to_batch_nd', [
      spread([2, 3, 2, 2]),
      [2, 2],
      [
        [1, 0],
        [0, 2],
      ],
    ]),
    sample('space_to_batch', [
      spread([1, 2, 2, 1]),
      [
        [0, 0],
        [0, 0],
      ],
      2,
    ]),
  ],
  BatchToSpaceND: [
    sample('batch_to_space_nd', [
      spread([4, 2, 2, 1]),
      [2, 2],
      [
        [0, 1],
        [1, 0],
      ],
    ]),
    sample('batch_to_space', [
      spread([4, 1, 1, 2]),
      [
        [0, 0],
        [0, 0],
      ],
      2,
    ]),
  ],
  SpaceToBatch: [],
  BatchToSpace: [
    sample('required_space_to_batch_paddings', [i32([4, 5]), [2, 3]]),
    sample(
      'required_space_to_batch_paddings',
      [i32([4, 5]), i32([2, 3])],
      {},
      { constants: [0, 1] },
    ),
    sample('required_space_to_batch_paddings', [i32([4]), [3], [[1, 1]]]),
  ],
};

const lookups = {
  Gather: [],
  GatherV2: [
    ...everyType('gather', [[1, 0, 1]]),
    sample('gather', [
      CUBE,
      i32([
        [0, 1],
        [1, 1],
      ]),
    ]),
    sample('gather', [CUBE, i64([2, 0, 2])], { axis: 1 }),
    sample('gather', [CUBE, i32([[3], [0]])], { axis: -1 }),
    sample('gather', [CUBE, 1]),
  ],
  GatherNd: [
    sample('gather_nd', [
      CUBE,
      i32([
        [0, 2],
        [1, 0],
      ]),
    ]),
    sample('gather_nd', [CUBE, [[1], [1], [0]]]),
    sample('gather_nd', [CUBE, i64([[[0, 1, 2]], [[1, 2, 3]]])]),
    sample('gather_nd', [WORDS, [[1, 1]]]),
  ],
  ScatterNd: [
    sample('scatter_nd', [i32([[4], [1], [4]]), f32([1, 2, 3]), [6]]),
    sample('scatter_nd', [[[0, 1]], f32([[1, 2]]), [2, 2, 2]]),
    sample('scatter_nd', [
      i64([[1], [0]]),
      i64([
        [1, 2],
        [3, 4],
      ]),
      i64([3, 2]),
    ]),
  ],
  SparseToDense: [
    sample('sparse_to_dense', [[0, 2], [4], f32([5, 6])]),
    sample('sparse_to_dense', [
      [
        [0, 1],
        [2, 0],
      ],
      [3, 2],
      f32([5, 6]),
      f32(-1),
    ]),
    sample('sparse_to_dense', [i64([2, 0]), i64([3]), f32(1)], { validate_indices: false }),
  ],
  OneHot: [
    sample('one_hot', [i32([0, 2, -1]), 3]),
    sample('one_hot', [[0, 2], 3], { axis: 0 }),
    sample('one_hot', [i64([[0], [1]]), 2, f32(5), f32(-1)]),
    sample('one_hot', [i32([1]), 3], { dtype: dtypes.int64 }),
    sample('one_hot', [u8([1, 0]), 2, text('yes'), text('no')]),
  ],
  DynamicPartition: [
    sample('dynamic_partition', [f32([1, 2, 3, 4]), i32([0, 1, 1, 0]), 2]),
    sample('dynamic_partition', [CUBE, i32([1, 0]), 3]),
    sample('dynamic_partition', [WORDS, [1, 0], 2]),
  ],
  DynamicStitch: [
    sample('dynamic_stitch', [
      [i32(2), i32([0, 1])],
      [
        f32([1, 2]),
        f32([
          [3, 4],
          [5, 6],
        ]),
      ],
    ]),
    sample('dynamic_stitch', [
      [[0, 2], [1]],
      [i64([1, 2]), i64([3])],
    ]),
  ],
  ParallelDynamicStitch: [],
};

const searches = {
  Where: [
    sample('where', [
      bool([
        [true, false],
        [true, true],
      ]),
    ]),
    sample('where', [bool([true, false]), f32([1, 2]), f32([3, 4])]),
    sample('where', [
      bool([true, false]),
      f32([
        [1, 2],
        [5, 6],
      ]),
      f32([
        [3, 4],
        [7, 8],
      ]),
    ]),
    sample('where', [bool(false), i32(1), i32(2)]),
  ],
  Unique: [
    sample('unique', [i32([3, 1, 3, 2])]),
    sample('unique', [f32([3, 1, 3, 2])], { out_idx: dtypes.int64 }, { gradient: false }),
    sample('unique', [text(['a', 'b', 'a'])]),
  ],
  UniqueWithCounts: [sample('unique_with_counts', [i64([3, 1, 3, 2])])],
  UniqueV2: [],
  UniqueWithCountsV2: [],
  ListDiff: [
    sample('setdiff1d', [i32([1, 2, 3, 4]), i32([2, 4])]),
    sample('setdiff1d', [text(['a', 'b']), text(['a'])], { index_dtype: dtypes.int64 }),
  ],
  TopK: [],
  TopKV2: [
    sample('nn.top_k', [
      f32([
        [1, 5, 3, 5],
        [2, 0, 9, 4],
      ]),
      3,
    ]),
    sample('nn.top_k', [f32([4, 1, 3])]),
    sample('nn.top_k', [CUBE, 2]),
    sample('nn.top_k', [i32([4, 1, 3]), i32(2)]),
  ],
  InTopK: [],
  InTopKV2: [
    sample('nn.in_top_k', [
      f32([
        [0.1, 0.3, 0.2],
        [0.5, 0.1, 0.1],
      ]),
      i32([2, 0]),
      1,
    ]),
    sample('nn.in_top_k', [
      f32([
        [0.1, 0.3, 0.2],
        [0.5, 0.1, 0.1],
      ]),
      i32([2, 0]),
      2,
    ]),
  ],
  NthElement: [],
  Bucketize: [],
  UnravelIndex: [
    sample('unravel_index', [i32([3, 5]), [2, 4]]),
    sample('unravel_index', [i64(3), i64([2, 2])]),
  ],
};

const diagonals = {
  Diag: [sample('diag', [f32([1, 2, 3])]), sample('diag', [spread([2, 2])])],
  DiagPart: [sample('diag_part', [spread([3, 3])]), sample('diag_part', [spread([2, 3, 2, 3])])],
  MatrixDiag: [sample('matrix_diag', [spread([2, 3])]), sample('linalg.diag', [i64([1, 2])])],
  MatrixDiagPart: [
    sample('matrix_diag_part', [CUBE]),
    sample('matrix_diag_part', [spread([2, 3, 3])]),
  ],
  MatrixSetDiag: [
    sample('matrix_set_diag', [CUBE, spread([2, 3])]),
    sample('matrix_set_diag', [
      i32([
        [1, 2],
        [3, 4],
      ]),
      i32([9, 8]),
    ]),
  ],
  MatrixBandPart: [
    sample('matrix_band_part', [CUBE, 1, 0]),
    sample('matrix_band_part', [CUBE, -1, 1]),
    sample('matrix_band_part', [
      f64([
        [1, 2],
        [3, 4],
      ]),
      0,
      -1,
    ]),
  ],
};

const masks = {
  BroadcastArgs: [
    sample('broadcast_dynamic_shape', [i32([2, 1]), i32([1, 3])]),
    sample('boolean_mask', [f32([1, 2, 3]), bool([true, false, true])]),
    sample('boolean_mask', [CUBE, bool([false, true])]),
    sample('boolean_mask', [CUBE, bool([true, false, true])], { axis: 1 }),
    sample('boolean_mask', [
      CUBE,
      bool([
        [true, false, true],
        [false, false, true],
      ]),
    ]),
    sample('sequence_mask', [i32([1, 3, 2])]),
    sample('sequence_mask', [i32([1, 3, 2]), 5]),
    sample(
      'sequence_mask',
      [
        i64([
          [1, 0],
          [2, 4],
        ]),
        i64(3),
      ],
      { dtype: dtypes.float32 },
    ),
    sample('meshgrid', [f32([1, 2]), f32([3, 4, 5])]),
    sample('meshgrid', [i32([1, 2]), i32([3, 4, 5])], { indexing: 'ij' }),
    sample('meshgrid', [f32([1, 2]), f32([3]), f32([4, 5])]),
  ],
};

const NUMBERS = spread([3, 2], -8, 8);

const quantized = {
  FakeQuantWithMinMaxArgs: [
    sample('fake_quant_with_min_max_args', [NUMBERS]),
    sample('fake_quant_with_min_max_args', [NUMBERS, -1, 5, 4]),
    sample('fake_quant_with_min_max_args', [NUMBERS], { min: 0, max: 3, narrow_range: true }),
  ],
  FakeQuantWithMinMaxArgsGradient: [
    sample('fake_quant_with_min_max_args_gradient', [NUMBERS, NUMBERS], {}, { gradient: false }),
  ],
  FakeQuantWithMinMaxVars: [
    sample('fake_quant_with_min_max_vars', [NUMBERS, f32(-1.5), f32(3)]),
    sample('fake_quant_with_min_max_vars', [NUMBERS, f32(0), f32(0)]),
  ],
  FakeQuantWithMinMaxVarsGradient: [
    sample(
      'fake_quant_with_min_max_vars_gradient',
      [NUMBERS, NUMBERS, f32(-1), f32(2)],
      {},
      { gradient: false },
    ),
  ],
  FakeQuantWithMinMaxVarsPerChannel: [
    sample('fake_quant_with_min_max_vars_per_channel', [NUMBERS, f32([-1.5, 0]), f32([3, 2])]),
  ],
  FakeQuantWithMinMaxVarsPerChannelGradient: [
    sample(
      'fake_quant_with_min_max_vars_per_channel_gradient',
      [NUMBERS, NUMBERS, f32([-1, -2]), f32([2, 7])],
      {},
      { gradient: false },
    ),
  ],
};

export const array = {
  ...quantized,
  ...shapes,
  ...fills,
  ...slices,
  ...joins,
  ...moves,
  ...pads,
  ...lookups,
  ...searches,
  ...diagonals,
  ...masks,
} satisfies Samples<
  typeof import('../../../src/ops/shape.ts') &
    typeof import('../../../src/ops/fill.ts') &
    typeof import('../../../src/ops/slice.ts') &
    typeof import('../../../src/ops/join.ts') &
    typeof import('../../../src/ops/move.ts') &
    typeof import('../../../src/ops/pad.ts') &
    typeof import('../../../src/ops/gather.ts') &
    typeof import('../../../src/ops/search.ts') &
    typeof import('../../../src/ops/diag.ts') &
    typeof import('../../../src/ops/masks.ts') &
    typeof import('../../../src/ops/fake_quant.ts')
>;
