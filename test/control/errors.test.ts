/** What conditions and loops say of programs that are wrong, in TF1's words. */

import { beforeEach, expect, test } from '@jest/globals';
import * as tf from 'tf1';

beforeEach(() => tf.reset_default_graph());

const flag = (): tf.Tensor => tf.constant(true);
const one = (): tf.Tensor => tf.constant(1);
const below = (i: tf.Tensor): tf.Tensor => i.less(3);

const CASES: readonly (readonly [what: string, program: () => unknown, text: string])[] = [
  ['a plain boolean', () => tf.cond(true, one, one), 'pred must not be a Python bool'],
  [
    'branches of different types',
    () => tf.cond(flag(), one, () => tf.constant(2, tf.int32)),
    'Outputs of true_fn and false_fn must have the same type: float32, int32',
  ],
  [
    'branches of different structures',
    () => tf.cond(flag(), () => [one(), one()], one),
    "Incompatible return values of true_fn and false_fn: The two structures don't have the same nested structure.",
  ],
  [
    'a branch without a result',
    () => tf.cond(flag(), () => undefined, one),
    'true_fn must have a return value.',
  ],
  [
    'a branch that is no function',
    () => tf.cond(flag(), one() as never, one),
    'true_fn must be callable.',
  ],
  [
    'a predicate with axes',
    () => tf.cond(tf.constant([true, false]), one, one),
    "Shape must be rank 0 but is rank 1 for 'cond/Switch' (op: 'Switch') with input shapes: [2], [2].",
  ],
  [
    'a changing shape',
    () =>
      tf.while_loop(
        (x) => tf.reduce_sum(x).less(9),
        (x) => tf.concat([x, x], 0),
        [tf.ones([1])],
      ),
    "Input tensor 'ones:0' enters the loop with shape (1,), but has shape (2,) after one iteration. To allow the shape to vary across iterations, use the `shape_invariants` argument of tf.while_loop to specify a less-specific shape.",
  ],
  [
    'an invariant that the first value breaks',
    () =>
      tf.while_loop(
        (x) => x.at(0).less(9),
        (x) => x,
        [tf.ones([1])],
        [new tf.TensorShape([2])],
      ),
    'The shape invariant specified for ones:0 is not compatible with the initial shape of the loop variable. It enters the loop with shape (1,), but the specified shape invariant is (2,).',
  ],
  [
    'too many next values',
    () => tf.while_loop(below, (i) => [i, i], [one()]),
    "The two structures don't have the same number of elements.\n\nFirst structure (1 elements)",
  ],
  [
    'no loop variables',
    () =>
      tf.while_loop(
        () => flag(),
        () => [],
        [],
      ),
    'No loop variables provided',
  ],
  [
    'a condition with axes',
    () =>
      tf.while_loop(
        () => tf.constant([true]),
        (i) => i,
        [one()],
      ),
    "Shape must be rank 0 but is rank 1 for 'while/LoopCond' (op: 'LoopCond') with input shapes: [1].",
  ],
  [
    'a condition that is no function',
    () => tf.while_loop(one() as never, (i) => i, [one()]),
    'cond must be callable.',
  ],
  [
    'a limit with axes',
    () => tf.while_loop(below, (i) => i, [one()], { maximum_iterations: tf.constant([1]) }),
    'maximum_iterations must be a scalar, saw shape: (1,)',
  ],
  [
    'a case of another type',
    () => tf.case([[one(), one]]),
    'pred must be Tensor of type bool: Const:0',
  ],
  ['cases in an object', () => tf.case({} as never, {}), 'fns must be a list, tuple, or dict'],
];

test.each(CASES)('%s', (_what, program, text) => {
  expect(program).toThrow(text);
});

/** A tensor of a loop's body. */
function inner(): tf.Tensor {
  const found: tf.Tensor[] = [];
  const body = (i: tf.Tensor): tf.Tensor => {
    found.push(i.multiply(2));
    return i.add(1);
  };
  tf.while_loop(below, body, [one()]);
  return found[0]!;
}

test('a tensor of a loop body stays inside', () => {
  expect(() => inner().add(1)).toThrow(
    "Cannot use 'while/mul' as input to 'add' because 'while/mul' is in a while loop.",
  );
  const other = inner();
  expect(() => tf.while_loop(below, (i) => i.add(other), [one()])).toThrow(
    'because they are in different while loops.',
  );
  expect(() => new tf.Session().run(other)).toThrow('has been marked as not fetchable.');
});

test('a loop has one gradient, and none by its first value in the body', () => {
  const x = tf.constant(2);
  const power = () =>
    tf.while_loop(
      (i, _y) => i.less(3),
      (i, y) => [i.add(1), y.multiply(x)],
      [tf.constant(0), x],
    )[1];
  const [first] = tf.gradients(power(), x);
  expect(() => tf.gradients(first as tf.Tensor, x)).toThrow(
    'Second-order gradient for while loops not supported.',
  );
  const body = (y: tf.Tensor) => tf.gradients(y.multiply(y), x)[0] as tf.Tensor;
  expect(() => tf.while_loop(below, body, [x])).toThrow(
    "Cannot compute gradient inside while loop with respect to op 'Const'.",
  );
});

test('conditions of a case must not exclude all', () => {
  const x = tf.placeholder(tf.float32, []);
  const times = (k: number) => () => x.multiply(k);
  const y = tf.case([
    [x.less(1), times(2)],
    [x.greater(2), times(3)],
  ]);
  const z = tf.case(
    [
      [x.less(1), times(2)],
      [x.less(2), times(3)],
    ],
    { default: times(4), exclusive: true },
  );
  using session = tf.enter(new tf.Session());
  expect(() => session.run(y, { feed_dict: new Map([[x, 1.5]]) })).toThrow(
    'Input error: None of conditions evaluated as True:',
  );
  expect(() => session.run(z, { feed_dict: new Map([[x, 0]]) })).toThrow(
    'Input error: exclusive=True: more than 1 conditions (Less_1:0, Less_2:0) evaluated as True:',
  );
});
