/** What TF1 says when graphs, tensors and conversions are used wrongly, word by word. */

import { beforeEach, describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';
import { expectSays, type Row, said } from './says.ts';

beforeEach(() => tf.reset_default_graph());

const AS_BOOL =
  'Using a `tf.Tensor` as a Python `bool` is not allowed. Use `if t is not None:` instead of `if t:` to test if a tensor is defined, and use TensorFlow ops such as tf.cond to execute subgraphs conditioned on the value of a tensor.';

const TENSORS: Row[] = [
  ['AttributeError', "'Tensor' object has no attribute 'numpy'", () => tf.constant(1).numpy()],
  ['TypeError', AS_BOOL, () => Number(tf.constant(1))],
  [
    'TypeError',
    'Tensor objects are not iterable when eager execution is not enabled. To iterate over this tensor use tf.map_fn.',
    () => [...(tf.constant([1, 2]) as object as Iterable<unknown>)],
  ],
];

const GRAPHS: Row[] = [
  [
    'RuntimeError',
    'Graph is finalized and cannot be modified.',
    () => {
      tf.get_default_graph().finalize();
      return tf.constant(1);
    },
  ],
  [
    'ValueError',
    'Tensor("Const:0", shape=(), dtype=float32) must be from the same graph as Tensor("Const_1:0", shape=(), dtype=float32).',
    () => {
      const one = tf.constant(1);
      const two = tf.with(new tf.Graph().as_default(), () => {
        tf.constant(0);
        return tf.constant(1);
      });
      return tf.add(two, one);
    },
  ],
  [
    'ValueError',
    "'not valid' is not a valid node name",
    () => tf.constant(1, { name: 'not valid' }),
  ],
  [
    'ValueError',
    "'not valid' is not a valid scope name",
    () => tf.with(tf.name_scope('not valid'), () => null),
  ],
  [
    'AssertionError',
    'Do not use tf.reset_default_graph() to clear nested graphs. If you need a cleared graph, exit the nesting and create a new graph.',
    () => tf.with(new tf.Graph().as_default(), () => tf.reset_default_graph()),
  ],
  [
    'AssertionError',
    /^Nesting violated for default stack of .+ objects/,
    () => {
      const outer = new tf.Graph().as_default();
      const inner = new tf.Graph().as_default();
      outer.enter();
      inner.enter();
      try {
        outer.exit();
      } finally {
        inner.exit();
        outer.exit();
      }
    },
  ],
  [
    'ValueError',
    'The name \'c\' refers to an Operation, not a Tensor. Tensor names must be of the form "<op_name>:<output_index>".',
    () => {
      tf.constant(1, { name: 'c' });
      return tf.get_default_graph().get_tensor_by_name('c');
    },
  ],
  [
    'KeyError',
    /^"?The name 'nope:0' refers to a Tensor which does not exist\. The operation, 'nope', does not exist in the graph\."?$/,
    () => tf.get_default_graph().get_tensor_by_name('nope:0'),
  ],
  [
    'KeyError',
    /^"?The name 'nope' refers to an Operation not in the graph\."?$/,
    () => tf.get_default_graph().get_operation_by_name('nope'),
  ],
  [
    'ValueError',
    'tf.enable_eager_execution must be called at program startup.',
    () => {
      tf.constant(1);
      return tf.enable_eager_execution();
    },
  ],
];

const CONVERSIONS: Row[] = [
  [
    'ValueError',
    /^Tensor conversion requested dtype int32 for Tensor with dtype float32: 'Tensor\("x:0", shape=\(\), dtype=float32\)'/,
    () => tf.convert_to_tensor(tf.placeholder(tf.float32, [], { name: 'x' }), tf.int32),
  ],
  [
    'TypeError',
    "Expected int32, got 1.5 of type 'float' instead.",
    () => tf.constant(1.5, tf.int32),
  ],
  [
    'TypeError',
    "Expected float32, got 'a' of type 'str' instead.",
    () => tf.constant('a', tf.float32),
  ],
  ['ValueError', 'None values not supported.', () => tf.convert_to_tensor(null as never)],
  [
    'ValueError',
    /^Argument must be a dense tensor: \[\[1, 2\], \[3\]\] - got shape \[2\], but wanted \[2, 2\]\./,
    () => tf.constant([[1, 2], [3]]),
  ],
  [
    'TypeError',
    "Input 'y' of 'Add' Op has type float32 that does not match type int32 of argument 'x'.",
    () => tf.add(tf.constant(1, tf.int32), tf.constant(1.5)),
  ],
  [
    'TypeError',
    "Expected int32 passed to parameter 'y' of op 'Add', got 1.5 of type 'float' instead.",
    () => tf.add(tf.constant(1, tf.int32), 1.5),
  ],
  [
    'TypeError',
    "Expected int32 passed to parameter 'y' of op 'Add', got 1.5 of type 'float' instead.",
    () => tf.constant(1, tf.int32).add(1.5),
  ],
];

describe('tensors', () => {
  test.each(TENSORS)('%s: %s', (...row) => expectSays(row));

  test.each([
    ['in a sum', (t: tf.Tensor) => (t as unknown as number) + 1],
    ['in a template', (t: tf.Tensor) => (t as unknown as number) * 2],
    ['in a comparison', (t: tf.Tensor) => (t as unknown as number) < 2],
  ])('as a number %s', (_, body) => {
    const { kind, message } = said(() => body(tf.constant(1)));
    expect(kind).toBe('TypeError');
    expect(message.startsWith(AS_BOOL)).toBe(true);
  });
});
describe('graphs', () => {
  test.each(GRAPHS)('%s: %s', (...row) => expectSays(row));
});
describe('conversions', () => {
  test.each(CONVERSIONS)('%s: %s', (...row) => expectSays(row));
});

test('an integer op that gets a plain number says how integers are written', () => {
  const { message } = said(() => tf.one_hot(tf.constant([1, 2]), 3));
  expect(message).toContain('tf.int32');
});
