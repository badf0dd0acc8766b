/** Recurrent cells as one op each, as `tf.contrib.rnn` had them: an LSTM's step, its whole sequence, a GRU's step. */

import { mergeDim, withRank } from '../../core/dims.ts';
import { op } from '../../core/op.ts';
import type { Dims, Static, Tensor } from '../../core/tensor.ts';
import { concat } from '../join.ts';
import { matmul } from '../linear.ts';
import { shape } from '../shape.ts';
import { BiasAddGrad } from './bias.ts';

const TYPES = 'T: {half, float}';
const LSTM_STATE = [
  'cs_prev: T',
  'h_prev: T',
  'w: T',
  'wci: T',
  'wcf: T',
  'wco: T',
  'b: T',
] as const;
const LSTM_OUTPUTS = ['i: T', 'cs: T', 'f: T', 'o: T', 'ci: T', 'co: T', 'h: T'] as const;

const sevenOf = (dims: Dims): Dims[] => Array.from({ length: 7 }, () => dims);

/** The bias of a gradient: its sum over the batch. */
const summed = (slope: Tensor): Tensor => BiasAddGrad({ out_backprop: slope });

// ---- LSTM --------------------------------------------------------------------------------------

/**
 * One step of an LSTM (Zaremba et al. 2014), with peepholes (Sak et al. 2014) if asked for. Gates stand
 * in the order input, cell, forget, output; `cs` is the memory, `ci` what enters it, `h` the output.
 */
export const LSTMBlockCell = op('LSTMBlockCell', {
  inputs: ['x: T', ...LSTM_STATE],
  outputs: LSTM_OUTPUTS,
  attrs: ['forget_bias: float = 1', 'cell_clip: float = 3', 'use_peephole: bool = false', TYPES],
  shape: ({ x, cs_prev }) => {
    const [batch] = withRank(x.dims, 2);
    const [same, cells] = withRank(cs_prev.dims, 2);
    return sevenOf([mergeDim(batch!, same!), cells!]);
  },
}).gradient((inputs, dys, { use_peephole }, { i, cs, f, o, ci, co }) => {
  const { x, h_prev, w } = inputs;
  const [, cs_grad, , , , , h_grad] = dys;
  const [csPrevGrad, dicfo, wci, wcf, wco] = LSTMBlockCellGrad(
    { ...inputs, i, cs, f, o, ci, co, cs_grad, h_grad },
    { use_peephole },
  );
  const slope = matmul(dicfo, w, { transpose_b: true });
  const width = shape(x).at(1);
  return {
    x: slope.at(':', { stop: width }),
    cs_prev: csPrevGrad,
    h_prev: slope.at(':', { start: width }),
    w: matmul(concat([x, h_prev], 1), dicfo, { transpose_a: true }),
    wci,
    wcf,
    wco,
    b: summed(dicfo),
  };
});

/** The gradients of LSTMBlockCell with respect to the memory before, the sums of the gates, the peepholes. */
export const LSTMBlockCellGrad = op('LSTMBlockCellGrad', {
  inputs: [
    'x: T',
    ...LSTM_STATE,
    'i: T',
    'cs: T',
    'f: T',
    'o: T',
    'ci: T',
    'co: T',
    'cs_grad: T',
    'h_grad: T',
  ],
  outputs: ['cs_prev_grad: T', 'dicfo: T', 'wci_grad: T', 'wcf_grad: T', 'wco_grad: T'],
  attrs: ['use_peephole: bool', TYPES],
  shape: ({ cs_prev, wci, wcf, wco }) => {
    const [batch, cells] = withRank(cs_prev.dims, 2);
    const gates = cells === null ? null : 4 * cells!;
    return [cs_prev.dims, [batch!, gates], wci.dims, wcf.dims, wco.dims];
  },
});

function sequenceDims({ x, b }: { readonly x: Static; readonly b: Static }): Dims[] {
  const [time, batch] = withRank(x.dims, 3);
  const [gates] = withRank(b.dims, 1);
  return sevenOf([time!, batch!, gates === null ? null : gates! / 4]);
}

/** LSTMBlockCell over a sequence `x`, `[time, batch, depth]`; what comes after step `seq_len_max` is zero. */
export const BlockLSTM = op('BlockLSTM', {
  inputs: ['seq_len_max: int64', 'x: T', ...LSTM_STATE],
  outputs: LSTM_OUTPUTS,
  attrs: ['forget_bias: float = 1', 'cell_clip: float = 3', 'use_peephole: bool = false', TYPES],
  shape: sequenceDims,
}).gradient((inputs, dys, { use_peephole }, outputs) => {
  const [, cs_grad, , , , , h_grad] = dys;
  const slopes = BlockLSTMGrad({ ...inputs, ...outputs, cs_grad, h_grad }, { use_peephole });
  return sequenceGradients(slopes);
});

/** BlockLSTM with gates in the order input, forget, cell, output, and no bias of its own for the second. */
export const BlockLSTMV2 = op('BlockLSTMV2', {
  inputs: ['seq_len_max: int64', 'x: T', ...LSTM_STATE],
  outputs: LSTM_OUTPUTS,
  attrs: ['cell_clip: float = 0', 'use_peephole: bool = false', TYPES],
  shape: sequenceDims,
}).gradient((inputs, dys, { use_peephole }, outputs) => {
  const [, cs_grad, , , , , h_grad] = dys;
  const slopes = BlockLSTMGradV2({ ...inputs, ...outputs, cs_grad, h_grad }, { use_peephole });
  return sequenceGradients(slopes);
});

type Eight = readonly [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];

function sequenceGradients([x, cs_prev, h_prev, w, wci, wcf, wco, b]: Eight) {
  return { seq_len_max: null, x, cs_prev, h_prev, w, wci, wcf, wco, b };
}

const SEQUENCE_GRADIENT = {
  inputs: ['seq_len_max: int64', 'x: T', ...LSTM_STATE, ...LSTM_OUTPUTS, 'cs_grad: T', 'h_grad: T'],
  outputs: [
    'x_grad: T',
    'cs_prev_grad: T',
    'h_prev_grad: T',
    'w_grad: T',
    'wci_grad: T',
    'wcf_grad: T',
    'wco_grad: T',
    'b_grad: T',
  ],
  attrs: ['use_peephole: bool', TYPES],
} as const;

interface Parameters {
  readonly x: Static;
  readonly cs_prev: Static;
  readonly h_prev: Static;
  readonly w: Static;
  readonly wci: Static;
  readonly wcf: Static;
  readonly wco: Static;
  readonly b: Static;
}

const parameterDims = ({ x, cs_prev, h_prev, w, wci, wcf, wco, b }: Parameters): Dims[] =>
  [x, cs_prev, h_prev, w, wci, wcf, wco, b].map(({ dims }) => dims);

/** The gradients of BlockLSTM with respect to all its inputs. */
export const BlockLSTMGrad = op('BlockLSTMGrad', { ...SEQUENCE_GRADIENT, shape: parameterDims });
/** The gradients of BlockLSTMV2 with respect to all its inputs. */
export const BlockLSTMGradV2 = op('BlockLSTMGradV2', {
  ...SEQUENCE_GRADIENT,
  shape: parameterDims,
});

// ---- GRU ---------------------------------------------------------------------------------------

/** One step of a GRU (Cho et al. 2014): the gates `r` and `u`, the new contents `c`, the state `h`. */
export const GRUBlockCell = op('GRUBlockCell', {
  inputs: ['x: T', 'h_prev: T', 'w_ru: T', 'w_c: T', 'b_ru: T', 'b_c: T'],
  outputs: ['r: T', 'u: T', 'c: T', 'h: T'],
  attrs: ['T: {float}'],
  shape: ({ x, h_prev }) => {
    const [batch] = withRank(x.dims, 2);
    const [same, cells] = withRank(h_prev.dims, 2);
    const dims = [mergeDim(batch!, same!), cells!];
    return [dims, dims, dims, dims];
  },
}).gradient((inputs, [, , , d_h], _, { r, u, c }) => {
  const { x, h_prev } = inputs;
  const [dx, dhPrev, dc, dru] = GRUBlockCellGrad({ ...inputs, r, u, c, d_h });
  const product = (a: Tensor, b: Tensor): Tensor => matmul(a, b, { transpose_a: true });
  return {
    x: dx,
    h_prev: dhPrev,
    w_ru: product(concat([x, h_prev], 1), dru),
    w_c: product(concat([x, h_prev.multiply(r)], 1), dc),
    b_ru: summed(dru),
    b_c: summed(dc),
  };
});

/** The gradients of GRUBlockCell with respect to the input, the state before, and the sums of `c`, and of `r` and `u`. */
export const GRUBlockCellGrad = op('GRUBlockCellGrad', {
  inputs: [
    'x: T',
    'h_prev: T',
    'w_ru: T',
    'w_c: T',
    'b_ru: T',
    'b_c: T',
    'r: T',
    'u: T',
    'c: T',
    'd_h: T',
  ],
  outputs: ['d_x: T', 'd_h_prev: T', 'd_c_bar: T', 'd_r_bar_u_bar: T'],
  attrs: ['T: {float}'],
  shape: ({ x, h_prev }) => {
    const [batch, cells] = withRank(h_prev.dims, 2);
    const gates = cells === null ? null : 2 * cells!;
    return [x.dims, h_prev.dims, h_prev.dims, [batch!, gates]];
  },
});
