/** `tf.contrib.rnn`: the cells of `tf.nn.rnn_cell` under their older names, and more. */

export { BasicLSTMCell, BasicRNNCell, GRUCell } from '../../rnn/basic_cells.ts';
export {
  GRUBlockCell,
  GRUBlockCellV2,
  LSTMBlockCell,
  LSTMBlockFusedCell,
} from '../../rnn/block_cells.ts';
export { RNNCell } from '../../rnn/cell.ts';
export { LayerNormBasicLSTMCell } from '../../rnn/contrib_cells.ts';
export {
  AttentionCellWrapper,
  EmbeddingWrapper,
  HighwayWrapper,
  InputProjectionWrapper,
  OutputProjectionWrapper,
} from '../../rnn/contrib_wrappers.ts';
export { DropoutWrapper } from '../../rnn/dropout_wrapper.ts';
export { LSTMCell } from '../../rnn/lstm_cell.ts';
export { MultiRNNCell } from '../../rnn/multi_cell.ts';
export { NASCell, UGRNNCell } from '../../rnn/searched_cells.ts';
export { stack_bidirectional_dynamic_rnn, stack_bidirectional_rnn } from '../../rnn/stacked.ts';
export { LSTMStateTuple } from '../../rnn/state.ts';
export {
  static_bidirectional_rnn,
  static_rnn,
  static_state_saving_rnn,
} from '../../rnn/static.ts';
export { DeviceWrapper, ResidualWrapper } from '../../rnn/wrappers.ts';
export * as core_rnn_cell from '../rnn_cell.ts';
export * as python from './rnn_python.ts';
