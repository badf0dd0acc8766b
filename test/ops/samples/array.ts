/** Samples of the array functions: shapes, slices, joins, moves and borders; lookups have a file of their own. */

import * as dtypes from '../../../src/core/dtype.ts';
import { bool, f32, f64, i32, i64, type Samples, sample, spread, text, u8 } from '../sample.ts';
import { quantized } from './fake_quant.ts';
import { found } from './lookups.ts';
import { COMPLEX, CUBE, everyType, WORDS } from './values.ts';

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

export const array = {
  ...quantized,
  ...shapes,
  ...fills,
  ...slices,
  ...joins,
  ...moves,
  ...pads,
  ...found,
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
