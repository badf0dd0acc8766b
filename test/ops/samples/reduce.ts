/** Samples of reductions, scans, segments and sequences. */

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
  u8,
} from '../sample.ts';

const CUBE = spread([2, 3, 2], -2, 2);
const TIES = [
  [1, 3, 3],
  [2, 2, 0],
];

/** Every way to say axes, for floats. */
function axes(fn: string): Sample[] {
  return [
    sample(fn, [CUBE]),
    sample(fn, [CUBE, 0]),
    sample(fn, [CUBE, -1]),
    sample(fn, [CUBE, [0, 2]]),
    sample(fn, [CUBE, [1]], { keepdims: true }),
    sample(fn, [CUBE, [0, 2], true]),
    sample(fn, [CUBE, []]),
    sample(fn, [CUBE, i32([0, -1])], {}, { constants: [1] }),
    sample(fn, [spread([2, 3], -2, 2, dtypes.float64), 1]),
    sample(
      fn,
      [
        f16([
          [1, 2],
          [3, 4.5],
        ]),
        0,
      ],
      {},
      { gradient: false },
    ),
  ];
}

const integers = (fn: string): Sample[] => [
  sample(fn, [
    i32([
      [1, -2],
      [3, 7],
    ]),
    0,
  ]),
  sample(fn, [
    i64([
      [1, -2],
      [3, 7],
    ]),
    1,
  ]),
  sample(fn, [u8([200, 100])]),
  sample(fn, [i8([100, 3])]),
  sample(fn, [i16([[3, -7]]), 1]),
];

const logic = (fn: string): Sample[] => [
  sample(fn, [
    bool([
      [true, false],
      [true, true],
    ]),
  ]),
  sample(fn, [
    bool([
      [true, false],
      [true, true],
    ]),
    0,
  ]),
  sample(fn, [
    bool([
      [true, false],
      [false, false],
    ]),
    1,
    true,
  ]),
];

const positions = (fn: string): Sample[] => [
  sample(fn, [f32(TIES), 1]),
  sample(fn, [f32(TIES), 0]),
  sample(fn, [f32(TIES)]),
  sample(fn, [i32(TIES), -1], { output_type: dtypes.int32 }),
  sample(fn, [f64(TIES)], { dimension: 1 }),
  sample(fn, [u8(TIES), 1]),
];

function scans(fn: string): Sample[] {
  const x = spread([3, 2], 0.5, 2);
  return [
    sample(fn, [x]),
    sample(fn, [x, 1]),
    sample(fn, [x, -1], { exclusive: true }),
    sample(fn, [x, 0], { reverse: true }),
    sample(fn, [x, 0, true, true]),
    sample(fn, [spread([4], 0.5, 2, dtypes.float64)]),
    sample(fn, [i32([1, 2, 2000000000, 2])]),
    sample(fn, [i64([1, 2, 3])]),
    sample(fn, [c64([3], [1, 2, -1, 0.5, 2, 1])]),
  ];
}

const ROWS = spread([4, 2], -2, 2);

function segments(fn: string, gradient = true): Sample[] {
  return [
    sample(fn, [ROWS, i32([0, 0, 2, 2])], {}, { gradient }),
    sample(fn, [spread([3], -2, 2, dtypes.float64), i64([0, 1, 1])], {}, { gradient }),
    sample(fn, [i32([3, 4, 7]), i32([0, 0, 1])]),
    sample(fn, [f32([2, 2, 1]), i32([0, 0, 1])], {}, { gradient }),
  ];
}

function unsortedSegments(fn: string, gradient = true): Sample[] {
  return [
    sample(fn, [ROWS, i32([2, 0, 2, 0]), 3], {}, { gradient }),
    sample(
      fn,
      [
        spread([2, 2], 0.5, 2, dtypes.float64),
        i64([
          [0, 1],
          [1, 0],
        ]),
        2,
      ],
      {},
      { gradient },
    ),
    sample(fn, [i32([3, 4, 7]), i32([1, 0, 1]), 2]),
  ];
}

function gathered(fn: string): Sample[] {
  return [
    sample(fn, [ROWS, i32([0, 3, 3]), i32([0, 0, 1])]),
    sample(fn, [spread([4, 2], -2, 2, dtypes.float64), i64([1, 1, 2]), i32([0, 2, 2])]),
  ];
}
const counted = (fn: string): Sample[] => [
  sample(fn, [ROWS, i32([0, 3, 3]), i32([0, 0, 1])], { num_segments: 4 }),
];

export const reduce = {
  Sum: [
    ...axes('reduce_sum'),
    ...integers('reduce_sum'),
    sample('reduce_sum', [c64([2, 2], [1, 2, 3, 4, 5, 6, 7, 8]), 0]),
    sample('reduce_logsumexp', [CUBE, 1], {}, { rtol: 3e-5 }),
    sample('reduce_logsumexp', [
      f64([
        [1, 1000],
        [2, 3],
      ]),
    ]),
    sample('count_nonzero', [
      f32([
        [1, 0],
        [2, 3],
      ]),
      1,
    ]),
    sample('count_nonzero', [i32([1, 0])], { dtype: dtypes.int32 }),
  ],
  Mean: [...axes('reduce_mean'), ...integers('reduce_mean')],
  Prod: [
    ...axes('reduce_prod'),
    ...integers('reduce_prod'),
    sample('reduce_prod', [f64([2, 0, 3])]),
  ],
  Max: [...axes('reduce_max'), ...integers('reduce_max'), sample('reduce_max', [f32(TIES), 1])],
  Min: [...axes('reduce_min'), ...integers('reduce_min'), sample('reduce_min', [f32(TIES), 1])],
  All: logic('reduce_all'),
  Any: logic('reduce_any'),
  ArgMax: [...positions('argmax'), sample('arg_max', [f32(TIES), 1])],
  ArgMin: positions('argmin'),
  Cumsum: scans('cumsum'),
  Cumprod: scans('cumprod'),
  SegmentSum: segments('segment_sum'),
  SegmentMean: segments('segment_mean'),
  SegmentProd: segments('segment_prod', false),
  SegmentMax: segments('segment_max'),
  SegmentMin: segments('segment_min'),
  UnsortedSegmentSum: [
    ...unsortedSegments('unsorted_segment_sum'),
    sample('unsorted_segment_sum', [ROWS, i32([1, -1, 0, 1]), 2]),
    ...unsortedSegments('unsorted_segment_mean').slice(0, 2),
    ...unsortedSegments('unsorted_segment_sqrt_n').slice(0, 2),
  ],
  UnsortedSegmentProd: unsortedSegments('unsorted_segment_prod'),
  UnsortedSegmentMax: unsortedSegments('unsorted_segment_max'),
  UnsortedSegmentMin: unsortedSegments('unsorted_segment_min'),
  SparseSegmentSum: gathered('sparse_segment_sum'),
  SparseSegmentSumWithNumSegments: counted('sparse_segment_sum'),
  SparseSegmentMean: gathered('sparse_segment_mean'),
  SparseSegmentMeanGrad: gathered('sparse_segment_mean').slice(0, 1),
  SparseSegmentMeanWithNumSegments: counted('sparse_segment_mean'),
  SparseSegmentSqrtN: gathered('sparse_segment_sqrt_n'),
  SparseSegmentSqrtNGrad: gathered('sparse_segment_sqrt_n').slice(0, 1),
  SparseSegmentSqrtNWithNumSegments: counted('sparse_segment_sqrt_n'),
  Range: [
    sample('range', [5]),
    sample('range', [2, 9, 3]),
    sample('range', [10, 0, -4]),
    sample('range', [0, 1, 0.25]),
    sample('range', [f32(0), f32(1), f32(0.1)], {}, { gradient: false, constants: [0, 1, 2] }),
    sample('range', [4], { dtype: dtypes.float64 }),
  ],
  LinSpace: [
    sample('lin_space', [f32(0.1), f32(1), 7], {}, { gradient: false }),
    sample('linspace', [f64(0), f64(1), 1], {}, { gradient: false }),
  ],
  Bincount: [
    sample('bincount', [i32([1, 1, 3])]),
    sample('bincount', [i32([1, 1, 3])], { minlength: 6 }),
    sample('bincount', [i32([1, 1, 3])], { weights: f32([1, 2, 3]) }),
    sample('bincount', [i32([1, 1, 3])], { maxlength: 2 }),
  ],
  HistogramFixedWidth: [
    sample('histogram_fixed_width', [f32([-1, 0, 1.5, 2, 5, 15]), f32([0, 5])], { nbins: 5 }),
    sample('histogram_fixed_width', [f64([-1, 0, 1.5]), f64([0, 5])], {
      nbins: 3,
      dtype: dtypes.int64,
    }),
    sample('histogram_fixed_width_bins', [f32([-1, 0, 1.5, 2, 5, 15]), f32([0, 5])], { nbins: 5 }),
  ],
} satisfies Samples<typeof import('../../../src/ops/reduce.ts')> &
  Samples<typeof import('../../../src/ops/scan.ts')> &
  Samples<typeof import('../../../src/ops/segment.ts')> &
  Samples<typeof import('../../../src/ops/sequence.ts')> &
  Samples<typeof import('../../../src/ops/sparse_segment.ts')>;
