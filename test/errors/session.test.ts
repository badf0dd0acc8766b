/** What TF1 says when sessions, fetches and feeds are used wrongly, word by word. */

import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import * as tf from 'tf1';
import { expectSays, type Row, said } from './says.ts';

beforeEach(() => tf.reset_default_graph());

/** Runs `fetch` in a new session on the default graph. */
const run = (fetch: unknown, feed_dict?: tf.FeedDict) =>
  tf.with(new tf.Session(), (sess) => sess.run(fetch as tf.Tensor, { feed_dict }));

/** Runs `body` where another graph's session is the default one. */
function withForeignSession(body: (session: tf.Session) => unknown): unknown {
  const other = new tf.Graph();
  tf.with(other.as_default(), () => tf.constant(1));
  return tf.with(new tf.Session({ graph: other }), body);
}

const DEFAULT_SESSION: Row[] = [
  [
    'ValueError',
    'Cannot evaluate tensor using `eval()`: No default session is registered. Use `with sess.as_default()` or pass an explicit session to `eval(session=sess)`',
    () => tf.constant(1).eval(),
  ],
  [
    'ValueError',
    "Cannot use the default session to evaluate tensor: the tensor's graph is different from the session's graph. Pass an explicit session to `eval(session=sess)`.",
    () => {
      const t = tf.constant(1);
      return withForeignSession(() => t.eval());
    },
  ],
  [
    'ValueError',
    "Cannot use the given session to evaluate tensor: the tensor's graph is different from the session's graph.",
    () => {
      const t = tf.constant(1);
      return withForeignSession((session) => t.eval({ session }));
    },
  ],
  [
    'ValueError',
    'Cannot execute operation using `run()`: No default session is registered. Use `with sess.as_default():` or pass an explicit session to `run(session=sess)`',
    () => tf.no_op().run(),
  ],
  [
    'ValueError',
    "Cannot use the default session to execute operation: the operation's graph is different from the session's graph. Pass an explicit session to run(session=sess).",
    () => {
      const op = tf.no_op();
      return withForeignSession(() => op.run());
    },
  ],
  [
    'ValueError',
    "Cannot use the given session to execute operation: the operation's graph is different from the session's graph.",
    () => {
      const op = tf.no_op();
      return withForeignSession((session) => op.run({ session }));
    },
  ],
];

const SESSION: Row[] = [
  [
    'RuntimeError',
    'The Session graph is empty.  Add operations to the graph before calling run().',
    () => run(null),
  ],
  [
    'RuntimeError',
    'Attempted to use a closed Session.',
    () => {
      const t = tf.constant(1);
      const sess = new tf.Session();
      sess.close();
      return sess.run(t);
    },
  ],
  [
    'RuntimeError',
    'Session context managers are not re-entrant. Use `Session.as_default()` if you want to enter a session multiple times.',
    () => {
      const sess = new tf.Session();
      return tf.with(sess, () => tf.with(sess, () => null));
    },
  ],
];

const DEVICES: Row[] = [
  [
    'InvalidArgumentError',
    "Cannot assign a device for operation 'Neg': Could not satisfy explicit device specification '/device:GPU:0' because no supported kernel for GPU devices is available.",
    () => {
      const y = tf.with(tf.device('/gpu:0'), () => tf.negative(tf.constant(1)));
      const config = new tf.ConfigProto({ allow_soft_placement: false });
      return tf.with(new tf.Session({ config }), (sess) => sess.run(y));
    },
  ],
];

const FETCHES: Row[] = [
  [
    'TypeError',
    /^Fetch argument (None|null) has invalid type (<class 'NoneType'>|null)/,
    () => run([tf.constant(1), null]),
  ],
  [
    'TypeError',
    /^Fetch argument 3 has invalid type (<class '(int|number)'>|number), must be a string or Tensor\. \(Can not convert a (int|number|float) into a Tensor or Operation\.\)/,
    () => {
      tf.constant(1);
      return run(3);
    },
  ],
  [
    'ValueError',
    /^Fetch argument <tf\.Tensor 'Const:0' shape=\(\) dtype=float32> cannot be interpreted as a Tensor\. \(Tensor Tensor\("Const:0", shape=\(\), dtype=float32\) is not an element of this graph\.\)/,
    () => {
      const t = tf.constant(1);
      return withForeignSession((sess) => sess.run(t));
    },
  ],
  [
    'ValueError',
    /^Fetch argument <tf\.Operation 'gone' type=NoOp> cannot be interpreted as a Tensor\. \(Operation (name: "gone".*|gone) is not an element of this graph\.\)/,
    () => {
      const op = tf.no_op({ name: 'gone' });
      return withForeignSession((sess) => sess.run(op));
    },
  ],
  [
    'ValueError',
    "Fetch argument 'nope:0' cannot be interpreted as a Tensor. (The name 'nope:0' refers to a Tensor which does not exist. The operation, 'nope', does not exist in the graph.)",
    () => {
      tf.constant(1);
      return run('nope:0');
    },
  ],
  [
    'ValueError',
    "Fetch argument 'c:1' cannot be interpreted as a Tensor. (The name 'c:1' refers to a Tensor which does not exist. The operation, 'c', exists but only has 1 outputs.)",
    () => {
      tf.constant(1, { name: 'c' });
      return run('c:1');
    },
  ],
  [
    'ValueError',
    "Fetch argument 'nope' cannot be interpreted as a Tensor. (The name 'nope' refers to an Operation not in the graph.)",
    () => {
      tf.constant(1);
      return run('nope');
    },
  ],
  [
    'ValueError',
    "Fetch argument 'a:b' cannot be interpreted as a Tensor. (The name 'a:b' looks a like a Tensor name, but is not a valid one. Tensor names must be of the form \"<op_name>:<output_index>\".)",
    () => {
      tf.constant(1);
      return run('a:b');
    },
  ],
  [
    'ValueError',
    /^Operation 'hidden(:0)?' has been marked as not fetchable\./,
    () => {
      const t = tf.constant(1, { name: 'hidden' });
      tf.get_default_graph().prevent_fetching(t.op as tf.Operation);
      return run(t);
    },
  ],
];

const open = () => tf.placeholder(tf.float32, [null, 3], { name: 'x' });

const FEEDS: Row[] = [
  [
    'TypeError',
    'Cannot interpret feed_dict key as Tensor: The name \'x\' refers to an Operation, not a Tensor. Tensor names must be of the form "<op_name>:<output_index>".',
    () => run(open(), { x: 1 }),
  ],
  [
    'TypeError',
    'Cannot interpret feed_dict key as Tensor: The name \'y\' looks like an (invalid) Operation name, not a Tensor. Tensor names must be of the form "<op_name>:<output_index>".',
    () => run(open(), { y: 1 }),
  ],
  [
    'TypeError',
    "Cannot interpret feed_dict key as Tensor: The name 'y:0' refers to a Tensor which does not exist. The operation, 'y', does not exist in the graph.",
    () => run(open(), { 'y:0': 1 }),
  ],
  [
    'TypeError',
    'The value of a feed cannot be a tf.Tensor object. Acceptable feed values include Python scalars, strings, lists, numpy ndarrays, or TensorHandles.For reference, the tensor object was Tensor("Const:0", shape=(3,), dtype=float32) which was passed to the feed with key Tensor("x:0", shape=(?, 3), dtype=float32).',
    () => {
      const x = open();
      return run(x, [[x, tf.constant([1, 2, 3])]]);
    },
  ],
  [
    'TypeError',
    /^Type of feed value 300 with type <(class|type) 'int'> is not compatible with Tensor type uint8\. Try explicitly setting the type of the feed tensor to a larger type \(e\.g\. int64\)\./,
    () => {
      const x = tf.placeholder(tf.uint8, []);
      return run(x, [[x, 300]]);
    },
  ],
  [
    'ValueError',
    'setting an array element with a sequence.',
    () => {
      const x = tf.placeholder(tf.float32);
      return run(x, [[x, [[1, 2], [3]]]]);
    },
  ],
  [
    'ValueError',
    /^could not convert string to float: '?abc'?/,
    () => {
      const x = tf.placeholder(tf.float32);
      return run(x, [[x, 'abc']]);
    },
  ],
  [
    'ValueError',
    "Cannot feed value of shape (2,) for Tensor 'x:0', which has shape '(?, 3)'",
    () => {
      const x = open();
      return run(x, [[x, [1, 2]]]);
    },
  ],
  [
    'ValueError',
    'Tensor Tensor("x:0", shape=(?, 3), dtype=float32) may not be fed.',
    () => {
      const x = open();
      tf.get_default_graph().prevent_feeding(x);
      return run(x, [[x, [[1, 2, 3]]]]);
    },
  ],
  [
    'InvalidArgumentError',
    "You must feed a value for placeholder tensor 'x' with dtype float and shape [?,3]",
    () => run(tf.negative(open())),
  ],
  [
    'InvalidArgumentError',
    "You must feed a value for placeholder tensor 'free' with dtype int32",
    () => run(tf.placeholder(tf.int32, { name: 'free' })),
  ],
];

/** Sets up a partial run of a + b with both fed, and runs `body` in it. */
function partially(
  body: (p: {
    sess: tf.Session;
    handle: string;
    a: tf.Tensor;
    b: tf.Tensor;
    c: tf.Tensor;
  }) => unknown,
): unknown {
  const a = tf.placeholder(tf.float32, [], { name: 'a' });
  const b = tf.placeholder(tf.float32, [], { name: 'b' });
  const c = tf.add(a, 1, { name: 'c' });
  const d = tf.add(c, b, { name: 'd' });
  return tf.with(new tf.Session(), (sess) => {
    const handle = sess.partial_run_setup([c, d], [a]);
    return body({ sess, handle, a, b, c });
  });
}

const PARTIAL_RUNS: Row[] = [
  [
    'InvalidArgumentError',
    "Must run 'setup' before performing partial runs!",
    () => partially(({ sess, c }) => sess.partial_run('unknown', c)),
  ],
  [
    'InvalidArgumentError',
    /^The feed b(:0)? was not specified in partial_run_setup\.$/m,
    () => partially(({ sess, handle, b, c }) => sess.partial_run(handle, c, [[b, 1]])),
  ],
  [
    'InvalidArgumentError',
    /^The feed a(:0)? has already been fed\.$/m,
    () =>
      partially(({ sess, handle, a, c }) => {
        sess.partial_run(handle, c, [[a, 1]]);
        return sess.partial_run(handle, c, [[a, 1]]);
      }),
  ],
  [
    'InvalidArgumentError',
    /^The fetch e(:0)? was not specified in partial_run_setup\.$/m,
    () =>
      partially(({ sess, handle, a }) => {
        const e = tf.constant(1, { name: 'e' });
        return sess.partial_run(handle, e, [[a, 1]]);
      }),
  ],
];

describe('default sessions', () => {
  test.each(DEFAULT_SESSION)('%s: %s', (...row) => expectSays(row));
});
describe('sessions', () => {
  test.each(SESSION)('%s: %s', (...row) => expectSays(row));
});
describe('devices', () => {
  test.each(DEVICES)('%s: %s', (...row) => expectSays(row));

  test('placement is soft otherwise', () => {
    const y = tf.with(tf.device('/gpu:0'), () => tf.negative(tf.constant(1)));
    expect(run(y)).toBe(-1);
  });
});
describe('fetches', () => {
  test.each(FETCHES)('%s: %s', (...row) => expectSays(row));
});
describe('feeds', () => {
  test.each(FEEDS)('%s: %s', (...row) => expectSays(row));
});
describe('partial runs', () => {
  test.each(PARTIAL_RUNS)('%s: %s', (...row) => expectSays(row));
});

test('a second interactive session warns', () => {
  const warn = jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  const first = new tf.InteractiveSession();
  const second = new tf.InteractiveSession();
  const text = warn.mock.calls.flat().join(' ');
  second.close();
  first.close();
  warn.mockRestore();
  expect(text).toContain(
    'An interactive session is already active. This can cause out-of-memory errors in some cases. You must explicitly call `InteractiveSession.close()` to release resources held by the other session(s).',
  );
});

test('feeds that NumPy converts are no errors', () => {
  const whole = tf.placeholder(tf.int32, []);
  const real = tf.placeholder(tf.float32, []);
  expect(run(whole, [[whole, 1.7]])).toBe(1);
  expect(run(real, [[real, null]])).toBeNaN();
});

test('a tensor that is fed and fetched gives what was fed', () => {
  const x = tf.placeholder(tf.float32, []);
  expect(run(x, [[x, 5]])).toBe(5);
});

test('an error of a run says which operation, and where it was made', () => {
  const x = open();
  const y = tf.negative(x);
  const { text, message } = said(() => run(y));
  expect(message).toMatch(/\n\t \[\[Node: x = Placeholder\[.*dtype=DT_FLOAT.*\]\(\)\]\]/);
  expect(text).toMatch(/^InvalidArgumentError: You must feed/);
  expect(text).toContain("\n\nCaused by op 'x', defined at:\n");
  expect(text).toContain('session.test.ts');
});

test('an error in a gradient says which operation it is the gradient of', () => {
  const x = tf.placeholder(tf.float32);
  const dy = tf.placeholder(tf.float32);
  const [dx] = tf.gradients(tf.matmul(x, [[1], [2]]), x, dy);
  const feed_dict: [tf.Tensor, unknown][] = [
    [x, [[1, 2]]],
    [dy, [[1, 2, 3]]],
  ];
  const { text } = said(() => run(dx, feed_dict as tf.FeedDict));
  expect(text).toMatch(/^InvalidArgumentError: Matrix size-incompatible/);
  const [, caused, origin] = text.split(
    /\nCaused by op |\n\.\.\.which was originally created as op /,
  );
  expect(caused).toMatch(/^'gradients\/MatMul_grad\/\w+', defined at:\n[\s\S]*session\.test\.ts/);
  expect(origin).toMatch(/^'MatMul', defined at:\n[\s\S]*session\.test\.ts/);
});

test('after an error the session is usable', () => {
  const x = open();
  const y = tf.reduce_sum(x);
  tf.with(new tf.Session(), (sess) => {
    expect(said(() => sess.run(y)).kind).toBe('InvalidArgumentError');
    expect(sess.run(y, { feed_dict: [[x, [[1, 2, 3]]]] })).toBe(6);
  });
});
