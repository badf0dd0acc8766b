/** What TF1 says when an op gets unfitting shapes or values: as the graph is built, and as it runs. */

import { beforeEach, describe, test } from '@jest/globals';
import * as tf from 'tf1';
import { expectSays, type Row } from './says.ts';

beforeEach(() => tf.reset_default_graph());

const { nn } = tf;
const run = (fetch: tf.Tensor | tf.Tensor['op']) =>
  tf.with(new tf.Session(), (sess) => sess.run(fetch));
/** A tensor whose shape is not known before it runs. */
const late = (value: tf.TensorLike, dtype: tf.DType = tf.float32) =>
  tf.placeholder_with_default(tf.constant(value, dtype), null);
const zeros = (...shape: number[]) => tf.zeros(shape);

const BUILDING: Row[] = [
  [
    'ValueError',
    "Dimensions must be equal, but are 3 and 2 for 'MatMul' (op: 'MatMul') with input shapes: [2,3], [2,3].",
    () => tf.matmul(zeros(2, 3), zeros(2, 3)),
  ],
  [
    'ValueError',
    "Dimensions must be equal, but are 2 and 3 for 'add' (op: 'Add') with input shapes: [2], [3].",
    () => zeros(2).add(zeros(3)),
  ],
  [
    'ValueError',
    "Shape must be rank 2 but is rank 1 for 'MatMul' (op: 'MatMul') with input shapes: [3], [3,3].",
    () => tf.matmul(zeros(3), zeros(3, 3)),
  ],
  [
    'ValueError',
    /^Dimension 0 in both shapes must be equal, but are 3 and 4\. Shapes are \[3\] and \[4\]\. for 'concat' \(op: 'ConcatV2'\) with input shapes: \[2,3\], \[2,4\], \[\] and with computed input tensors: input\[2\] = <0>\./,
    () => tf.concat([zeros(2, 3), zeros(2, 4)], 0),
  ],
  [
    'ValueError',
    "Negative dimension size caused by subtracting 3 from 2 for 'Conv2D' (op: 'Conv2D') with input shapes: [1,2,2,1], [3,3,1,1].",
    () => nn.conv2d(zeros(1, 2, 2, 1), zeros(3, 3, 1, 1), [1, 1, 1, 1], 'VALID'),
  ],
  [
    'ValueError',
    "Cannot reshape a tensor with 4 elements to shape [3] (3 elements) for 'Reshape' (op: 'Reshape') with input shapes: [4], [1] and with input tensors computed as partial shapes: input[1] = [3].",
    () => tf.reshape(zeros(4), [3]),
  ],
  [
    'ValueError',
    /^slice index 5 of dimension 0 out of bounds\. for 'strided_slice' \(op: 'StridedSlice'\) with input shapes: \[3\], \[1\], \[1\], \[1\] and with computed input tensors: input\[1\] = <5>, input\[2\] = <6>, input\[3\] = <1>\./,
    () => zeros(3).at(5),
  ],
  [
    'ValueError',
    'Shapes (2, 3) and (2, 4) are not compatible',
    () => new tf.TensorShape([2, 3]).merge_with([2, 4]),
  ],
  [
    'ValueError',
    'Shapes (2,) and (2, 3) must have the same rank',
    () => new tf.TensorShape([2]).assert_same_rank([2, 3]),
  ],
  [
    'ValueError',
    'Dimensions 2 and 3 are not compatible',
    () => new tf.Dimension(2).assert_is_compatible_with(3),
  ],
  [
    'ValueError',
    'Shape (?, 3) is not fully defined',
    () => new tf.TensorShape([null, 3]).assert_is_fully_defined(),
  ],
  [
    'ValueError',
    'Rank mismatch: Rank of labels (received 2) should equal rank of logits minus 1 (received 2).',
    () =>
      nn.sparse_softmax_cross_entropy_with_logits({
        labels: tf.zeros([2, 3], tf.int32),
        logits: zeros(2, 3),
      }),
  ],
  [
    'ValueError',
    'Only call `softmax_cross_entropy_with_logits` with named arguments (labels=..., logits=..., ...)',
    () =>
      (nn.softmax_cross_entropy_with_logits as (...args: tf.Tensor[]) => unknown)(
        zeros(2, 3),
        zeros(2, 3),
      ),
  ],
  [
    'ValueError',
    'Only call `sigmoid_cross_entropy_with_logits` with named arguments (labels=..., logits=..., ...)',
    () =>
      (nn.sigmoid_cross_entropy_with_logits as (...args: tf.Tensor[]) => unknown)(
        zeros(2, 3),
        zeros(2, 3),
      ),
  ],
  [
    'ValueError',
    'Only call `sparse_softmax_cross_entropy_with_logits` with named arguments (labels=..., logits=..., ...)',
    () =>
      (nn.sparse_softmax_cross_entropy_with_logits as (...args: tf.Tensor[]) => unknown)(
        zeros(2),
        zeros(2, 3),
      ),
  ],
];

const sparse = (labels: number[], logits: number[][]) =>
  nn.sparse_softmax_cross_entropy_with_logits({
    labels: late(labels, tf.int32),
    logits: late(logits),
  });

const RUNNING: Row[] = [
  [
    'InvalidArgumentError',
    'Incompatible shapes: [2] vs. [3]',
    () => run(late([1, 2]).add(late([1, 2, 3]))),
  ],
  [
    'InvalidArgumentError',
    'Matrix size-incompatible: In[0]: [2,3], In[1]: [2,3]',
    () => {
      const m = [
        [1, 2, 3],
        [4, 5, 6],
      ];
      return run(tf.matmul(late(m), late(m)));
    },
  ],
  [
    'InvalidArgumentError',
    'Input to reshape is a tensor with 4 values, but the requested shape has 3',
    () => run(tf.reshape(late([1, 2, 3, 4]), late([3], tf.int32))),
  ],
  [
    'InvalidArgumentError',
    'Input to reshape is a tensor with 4 values, but the requested shape requires a multiple of 3',
    () => run(tf.reshape(late([1, 2, 3, 4]), late([3, -1], tf.int32))),
  ],
  [
    'InvalidArgumentError',
    'indices[0] = 5 is not in [0, 3)',
    () => run(tf.gather(late([1, 2, 3]), tf.constant([5], tf.int32))),
  ],
  [
    'InvalidArgumentError',
    'indices[1] = -1 is not in [0, 3)',
    () => run(nn.embedding_lookup(tf.constant([1, 2, 3]), tf.constant([0, -1], tf.int32))),
  ],
  [
    'InvalidArgumentError',
    'ConcatOp : Dimensions of inputs should match: shape[0] = [1,2] vs. shape[1] = [1,3]',
    () => run(tf.concat([late([[1, 2]]), late([[1, 2, 3]])], 0)),
  ],
  [
    'InvalidArgumentError',
    'Received a label value of 7 which is outside the valid range of [0, 3).  Label values: 7 0',
    () =>
      run(
        sparse(
          [7, 0],
          [
            [1, 2, 3],
            [1, 2, 3],
          ],
        ),
      ),
  ],
  [
    'InvalidArgumentError',
    'logits and labels must have the same first dimension, got logits shape [1,3] and labels shape [2]',
    () => run(sparse([1, 0], [[1, 2, 3]])),
  ],
  [
    'InvalidArgumentError',
    'here : Tensor had NaN values',
    () => run(tf.check_numerics(tf.constant([1, Number.NaN]), 'here')),
  ],
  [
    'InvalidArgumentError',
    'here : Tensor had Inf values',
    () => run(tf.check_numerics(tf.constant([1, Number.POSITIVE_INFINITY]), 'here')),
  ],
  [
    'InvalidArgumentError',
    'here : Tensor had Inf and NaN values',
    () => run(tf.check_numerics(tf.constant([Number.NaN, Number.NEGATIVE_INFINITY]), 'here')),
  ],
  [
    'InvalidArgumentError',
    /^assertion failed: \[too small\] \[1 2 3\.\.\.\]/,
    () => run(tf.Assert(tf.constant(false), ['too small', tf.constant([1, 2, 3, 4], tf.int32)])),
  ],
];

describe('building', () => {
  test.each(BUILDING)('%s: %s', (...row) => expectSays(row));
});
describe('running', () => {
  test.each(RUNNING)('%s: %s', (...row) => expectSays(row));
});
