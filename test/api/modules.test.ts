/** TensorFlow's own modules, as programs import them, and the small functions that only they have. */

import { beforeEach, describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';

const { client, framework, ops, saved_model, training, util } = tf.python;

beforeEach(() => tf.reset_default_graph());

test('modules hold what tf holds', () => {
  expect(ops.array_ops.reshape).toBe(tf.reshape);
  expect(ops.math_ops.reduce_sum).toBe(tf.reduce_sum);
  expect(ops.control_flow_ops.while_loop).toBe(tf.while_loop);
  expect(ops.rnn_cell.LSTMCell).toBe(tf.nn.rnn_cell.LSTMCell);
  expect(ops.rnn.dynamic_rnn).toBe(tf.nn.dynamic_rnn);
  expect(ops.variable_scope.get_variable).toBe(tf.get_variable);
  expect(framework.ops.RegisterGradient).toBe(tf.RegisterGradient);
  expect(framework.dtypes.float32).toBe(tf.float32);
  expect(framework.tensor_shape.unknown_shape().ndims).toBeNull();
  expect(training.saver.Saver).toBe(tf.train.Saver);
  expect(training.checkpoint_utils.list_variables).toBe(tf.train.list_variables);
  expect(saved_model.tag_constants.SERVING).toBe(tf.saved_model.tag_constants.SERVING);
  expect(client.session.Session).toBe(tf.Session);
  expect(tf.core.util.event_pb2.Event).toBe(tf.Event);
  expect(tf.core.example.example_pb2.Example).toBe(tf.train.Example);
  const { CheckpointState } = training.checkpoint_state_pb2;
  expect(new CheckpointState({ model_checkpoint_path: 'a' }).model_checkpoint_path).toBe('a');
  const { rnn, legacy_seq2seq } = tf.contrib;
  expect(rnn.python.ops.core_rnn.static_rnn).toBe(rnn.static_rnn);
  expect(rnn.python.ops.core_rnn_cell.LSTMStateTuple).toBe(rnn.LSTMStateTuple);
  const { seq2seq } = legacy_seq2seq.python.ops;
  expect(seq2seq.sequence_loss).toBe(legacy_seq2seq.sequence_loss);
});

test('tf.newaxis is a new axis', () => {
  expect(tf.ones([2]).at(':', tf.newaxis).shape.as_list()).toEqual([2, 1]);
});

test('text and bytes become each other', () => {
  const bytes = Uint8Array.of(104, 195, 169);
  expect(tf.compat.as_bytes('hé')).toEqual(bytes);
  expect(tf.compat.as_bytes(bytes)).toBe(bytes);
  expect(tf.compat.as_str(bytes)).toBe('hé');
  expect(tf.compat.as_text('hé')).toBe('hé');
  expect(tf.compat.as_str_any(3)).toBe('3');
  expect(util.compat.as_str_any(bytes)).toBe('hé');
  expect(tf.compat.path_to_str(new URL('file:///a%20b'))).toBe('/a b');
  expect(() => tf.compat.as_bytes(3 as never)).toThrow(
    'Expected binary or unicode string, got int',
  );
  expect(() => tf.compat.as_text(Uint8Array.of(255))).toThrow(tf.ValueError);
});

describe('nest', () => {
  const { nest } = util;
  const pair = new tf.nn.rnn_cell.LSTMStateTuple(1 as never, 2 as never);
  const sparse = new tf.SparseTensor([[0]], [1], [1]);

  test('takes structures apart and puts them together', () => {
    expect(nest.flatten({ b: [1, 2], a: 3 })).toEqual([3, 1, 2]);
    expect(nest.flatten(4)).toEqual([4]);
    expect(nest.flatten([sparse])).toEqual([sparse]);
    expect(nest.pack_sequence_as({ b: [1, 2], a: 3 }, [7, 8, 9])).toEqual({ a: 7, b: [8, 9] });
    const packed = nest.pack_sequence_as([pair], [5, 6]) as [typeof pair];
    expect([packed[0].c, packed[0].h]).toEqual([5, 6]);
    expect(nest.pack_sequence_as(1, [2])).toBe(2);
    expect(nest.is_sequence(pair) && nest.is_sequence({}) && !nest.is_sequence(sparse)).toBe(true);
  });

  test('maps several structures that are alike', () => {
    const sum = (a: number, b: number) => a + b;
    expect(nest.map_structure(sum, { x: [1, 2] }, { x: [10, 20] })).toEqual({ x: [11, 22] });
    expect(() => nest.map_structure(sum, [1, 2], [1])).toThrow(
      "The two structures don't have the same number of elements.",
    );
    expect(() => nest.assert_same_structure([1], { a: 1 })).toThrow(TypeError);
    expect(() => nest.pack_sequence_as([1, 2], [1])).toThrow(
      'Could not pack sequence. Structure had 2 elements, but flat_sequence had 1 elements.',
    );
  });
});

test('with_dependencies, switch and merge', () => {
  const { control_flow_ops } = ops;
  const v = new tf.Variable(1);
  const after = control_flow_ops.with_dependencies([tf.assign_add(v, 1)], tf.constant(5));
  const pred = tf.placeholder(tf.bool, []);
  const [no, yes] = control_flow_ops.switch(tf.constant(3), pred);
  const { output, value_index } = control_flow_ops.merge([tf.negative(no), tf.square(yes)]);
  expect([no.name, yes.name, output.name]).toEqual(['Switch:0', 'Switch:1', 'Merge:0']);
  tf.with(new tf.Session(), (sess) => {
    sess.run(tf.global_variables_initializer());
    expect([sess.run(after as tf.Tensor), sess.run(v)]).toEqual([5, 2]);
    expect(sess.run([output, value_index], [[pred, true]])).toEqual([9, 1]);
    expect(sess.run([output, value_index], [[pred, false]])).toEqual([-3, 0]);
  });
  expect(() => control_flow_ops.merge([null as never, yes])).toThrow(
    'At least one of the merge inputs is None',
  );
});

test('constant_value is what is known ahead', () => {
  const { constant_value } = tf.contrib.util;
  const x = tf.placeholder(tf.float32, [null, 3]);
  expect(constant_value(tf.constant([1, 2]))!.toString()).toBe('[1. 2.]');
  expect(constant_value(x)).toBeNull();
  expect(constant_value(tf.shape(tf.ones([2, 3])))!.toString()).toBe('[2 3]');
  expect(constant_value(tf.shape(x))).toBeNull();
  expect(framework.tensor_util.constant_value(tf.shape(x), true)).toEqual([null, 3]);
});
