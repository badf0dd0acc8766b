/** Samples of recurrent cells that are one op. TensorFlow 2 has no gradients of the single steps: those are sampled as ops. */

import { f32, i64, type Samples, sample, spread } from '../sample.ts';

const [time, batch, depth, cells] = [3, 2, 4, 3];
const weights = {
  w: spread([depth + cells, 4 * cells], -1, 1),
  wci: spread([cells], -1, 1),
  wcf: spread([cells], -0.5, 1),
  wco: spread([cells], -1, 0.5),
  b: spread([4 * cells], -0.5, 0.5),
};
const state = { cs_prev: spread([batch, cells], -1, 1), h_prev: spread([batch, cells], -1, 0.5) };
const step = { x: spread([batch, depth]), ...state, ...weights };
const sequence = { x: spread([time, batch, depth]), ...state, ...weights };
const gates = {
  i: spread([batch, cells], 0, 1),
  cs: spread([batch, cells], -1, 2),
  f: spread([batch, cells], 0, 0.9),
  o: spread([batch, cells], 0.1, 1),
  ci: spread([batch, cells], -1, 1),
  co: spread([batch, cells], -0.5, 1),
  cs_grad: spread([batch, cells], -1, 1),
  h_grad: spread([batch, cells], -2, 1),
};
const sequenceGates = Object.fromEntries(
  ['i', 'cs', 'f', 'o', 'ci', 'co', 'h', 'cs_grad', 'h_grad'].map((name, n) => [
    name,
    spread([time, batch, cells], n / 20, 0.8),
  ]),
);
const gru = {
  x: spread([batch, depth]),
  h_prev: spread([batch, cells], -1, 0.5),
  w_ru: spread([depth + cells, 2 * cells], -1, 1),
  w_c: spread([depth + cells, cells], -1, 0.5),
  b_ru: spread([2 * cells], -0.5, 0.5),
  b_c: spread([cells], -0.5, 1),
};
const close = { rtol: 1e-4, atol: 1e-5 };
const plain = { ...close, gradient: false };

export const blockCells = {
  LSTMBlockCell: [
    sample('raw_ops.LSTMBlockCell', [], { ...step, cell_clip: 0 }, plain),
    sample(
      'raw_ops.LSTMBlockCell',
      [],
      { ...step, forget_bias: 0.5, cell_clip: 0.3, use_peephole: true },
      plain,
    ),
  ],
  LSTMBlockCellGrad: [
    sample('raw_ops.LSTMBlockCellGrad', [], { ...step, ...gates, use_peephole: false }, plain),
    sample('raw_ops.LSTMBlockCellGrad', [], { ...step, ...gates, use_peephole: true }, plain),
  ],
  BlockLSTM: [
    sample('raw_ops.BlockLSTM', [], { seq_len_max: i64(3), ...sequence, cell_clip: 0 }, close),
    sample(
      'raw_ops.BlockLSTM',
      [],
      { seq_len_max: i64(3), ...sequence, cell_clip: 0.5, use_peephole: true },
      plain,
    ),
  ],
  BlockLSTMGrad: [
    sample(
      'raw_ops.BlockLSTM',
      [],
      { seq_len_max: i64(3), ...sequence, cell_clip: -1, forget_bias: 0, use_peephole: true },
      close,
    ),
  ],
  // TensorFlow takes the gradient of the first version for the second, whose gates stand in another order.
  BlockLSTMV2: [sample('raw_ops.BlockLSTMV2', [], { seq_len_max: i64(3), ...sequence }, plain)],
  BlockLSTMGradV2: [
    sample(
      'raw_ops.BlockLSTMGradV2',
      [],
      { seq_len_max: i64(3), ...sequence, ...sequenceGates, use_peephole: true },
      plain,
    ),
  ],
  GRUBlockCell: [sample('raw_ops.GRUBlockCell', [], gru, plain)],
  GRUBlockCellGrad: [
    sample(
      'raw_ops.GRUBlockCellGrad',
      [],
      {
        ...gru,
        r: spread([batch, cells], 0, 1),
        u: spread([batch, cells], 0.1, 0.9),
        c: spread([batch, cells], -1, 1),
        d_h: f32([
          [1, -2, 0.5],
          [0.25, 1, -1],
        ]),
      },
      plain,
    ),
  ],
} satisfies Samples<typeof import('../../../src/ops/nn/block_cells.ts')>;
