/** `tf.nn.rnn_cell`: cells of recurrent networks. */

export { BasicLSTMCell, BasicRNNCell, GRUCell } from '../rnn/basic_cells.ts';
export { RNNCell } from '../rnn/cell.ts';
export { DropoutWrapper } from '../rnn/dropout_wrapper.ts';
export { LSTMCell } from '../rnn/lstm_cell.ts';
export { MultiRNNCell } from '../rnn/multi_cell.ts';
export { LSTMStateTuple } from '../rnn/state.ts';
export { DeviceWrapper, ResidualWrapper } from '../rnn/wrappers.ts';
