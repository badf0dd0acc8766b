/** Queues and queue runners against what TensorFlow gave for the same calls. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as tf from 'tf1';

const golden = JSON.parse(readFileSync(new URL('../golden/queues.json', import.meta.url), 'utf8'));

/** What `body` gives as plain lists, or the error it raises, as the recording has both. */
function attempt(body: () => unknown): unknown {
  try {
    return plain(body());
  } catch (error) {
    const { name, message } = error as Error;
    return { error: name, text: message.split('\n')[0]!.replace(/'_\d+_/, "'_0_") };
  }
}

function plain(value: unknown): unknown {
  if (value instanceof tf.NdArray) return value.tolist();
  if (Array.isArray(value)) return value.map(plain);
  return value;
}

const inGraph = (body: (sess: tf.Session) => void): void => {
  tf.with(new tf.Graph().as_default(), () => tf.with(new tf.Session(), body));
};

describe('a FIFOQueue', () => {
  test('builds the nodes of TensorFlow, and does in each state what it does', () => {
    inGraph((sess) => {
      const q = new tf.FIFOQueue(3, [tf.float32], { shapes: [[]] });
      const n = tf.placeholder(tf.int32, []);
      const ops: Record<string, tf.Tensor> = {
        enqueue: q.enqueue([1.5]),
        dequeue: q.dequeue(),
        many: q.dequeue_many(2),
        upto: q.dequeue_up_to(2),
        fill: q.enqueue_many([[1, 2]]),
        none: q.enqueue_many([tf.float32([])]),
        close: q.close(),
        size: q.size(),
        closed: q.is_closed(),
        any: q.dequeue_many(n),
      } as never;
      const nodes = tf.get_default_graph().as_graph_def().node;
      const rows = [...nodes].map(({ name, op, input }) => [name, op, [...input]]);
      expect(rows).toEqual(golden.nodes);
      const shapes = ['dequeue', 'many', 'upto', 'any'].map((key) => String(ops[key]!.shape));
      expect(shapes).toEqual(golden.shapes);
      for (const [step, expected] of golden.fifo) {
        const [name, arg] = step.split(':');
        const got = attempt(() => sess.run(ops[name]!, arg ? [[n, Number(arg)]] : null));
        expect([step, got]).toEqual([step, expected]);
      }
    });
  });

  test('checks what is put into it', () => {
    inGraph((sess) => {
      const v = tf.placeholder(tf.float32);
      const bare = new tf.FIFOQueue(3, [tf.float32, tf.string]);
      const named = new tf.FIFOQueue(3, [tf.float32, tf.int32], {
        shapes: [[2], []],
        names: ['a', 'b'],
        shared_name: 'shared',
      });
      const put = named.enqueue({ vals: { a: v, b: 1 } });
      const puts = named.enqueue_many({ a: v, b: [1, 2] });
      const got = [
        () => sess.run(bare.dequeue_many(2)),
        () => sess.run(put, [[v, [1]]]),
        () => sess.run(puts, [[v, [[1, 2]]]]),
        () =>
          sess.run(puts, [
            [
              v,
              [
                [1, 2, 3],
                [1, 2, 3],
              ],
            ],
          ]),
        () => {
          sess.run(bare.enqueue([v, 'a']), [[v, 3]]);
          return sess.run(bare.dequeue());
        },
      ].map(attempt);
      expect(got).toEqual(golden.checks.slice(0, 5));
      sess.run(puts, [
        [
          v,
          [
            [1, 2],
            [3, 4],
          ],
        ],
      ]);
      expect(plain(sess.run(named.dequeue().a))).toEqual([1, 2]);
      const built = [
        () => named.enqueue([1, 2]),
        () => named.enqueue({ vals: { a: 1 } }),
        () => bare.enqueue({ vals: { a: 1 } }),
        () => named.enqueue({ a: [1, 2, 3], b: 1 }),
        () => new tf.FIFOQueue(3, [tf.float32], { shapes: [[null]] }),
        () => new tf.FIFOQueue(3, [tf.float32], { shapes: [[], []] }),
        () => new tf.FIFOQueue(3, [tf.float32], { names: ['a', 'b'] }),
        () => new tf.PaddingFIFOQueue(3, [tf.float32, tf.int32], [[null]]),
        () => new tf.PaddingFIFOQueue(3, [tf.float32], null),
        () => named.enqueue_many({ a: [[1, 2]], b: [1, 2] }),
      ].map(attempt) as { error: string; text: string }[];
      expect(built.map(({ error }) => error)).toEqual(
        golden.build.map(({ error }: { error: string }) => error),
      );
      // TensorFlow 2.21 shows dictionaries and dimensions in other words than 1.8.
      for (const i of [0, 2, 3, 5, 6, 7, 8, 9]) expect(built[i]).toEqual(golden.build[i]);
    });
  });

  test('says what to do where an operation would wait for ever', () => {
    inGraph((sess) => {
      const q = new tf.FIFOQueue(2, tf.float32, []);
      expect(() => sess.run(q.dequeue())).toThrow(
        /Timed out waiting for notification\n[\s\S]*FIFOQueue '_\d+_fifo_queue' holds 0 elements; this dequeue takes 1\. Nothing fills the queue/,
      );
      expect(() => sess.run(q.enqueue_many([[1, 2, 3]]))).toThrow(
        /has capacity 2 and holds 0 elements; 3 more do not fit/,
      );
      expect(sess.run(q.size())).toBe(0);
    });
  });
});

test('the other queues give elements in the order of TensorFlow', () => {
  inGraph((sess) => {
    const r = new tf.RandomShuffleQueue(100, 4, [tf.int32], { shapes: [[]], seed: 7 });
    const [one, some] = [r.dequeue(), r.dequeue_many(5)];
    sess.run(r.enqueue_many([Int32Array.from({ length: 40 }, (_, i) => i)]));
    const rows: unknown[] = [0, 1, 2].map(() => sess.run(one));
    for (let i = 0; i < 5; i++) rows.push(plain(sess.run(some)));
    sess.run(r.close());
    rows.push(
      attempt(() => sess.run(r.dequeue_many(20))),
      plain(sess.run(r.dequeue_up_to(20))),
    );
    expect(rows).toEqual(golden.shuffle);
  });
  inGraph((sess) => {
    const p = new tf.PriorityQueue(100, [tf.string], [[]]);
    const priorities = [3, 1, 2, 1, 3, 0, 1, 2, 2, 0, 1, 3, 1];
    sess.run(p.enqueue_many([tf.int64(priorities), [...'abcdefghijklm']]));
    expect(plain(sess.run(p.dequeue_many(13)))).toEqual(golden.priority);
  });
  inGraph((sess) => {
    const f = new tf.PaddingFIFOQueue(10, [tf.int32, tf.string], [[null], [null, 2]]);
    const [a, b] = [tf.placeholder(tf.int32), tf.placeholder(tf.string)];
    const [put, many, upto] = [f.enqueue([a, b]), f.dequeue_many(2), f.dequeue_up_to(3)];
    const shapes = [...many, ...upto].map(({ shape }) => String(shape));
    sess.run(put, [
      [a, [1]],
      [b, [['a', 'b']]],
    ]);
    sess.run(put, [
      [a, [1, 2, 3]],
      [b, new tf.NdArray(tf.string, [0, 2], [])],
    ]);
    const got = plain(sess.run(many));
    const wrong = attempt(() =>
      sess.run(put, [
        [a, 1],
        [b, [['a', 'b']]],
      ]),
    );
    expect([shapes, got, wrong]).toEqual(golden.padding);
  });
});

describe('queue runners', () => {
  test('fill a queue while a session runs, until there is no more', () => {
    inGraph((sess) => {
      const names = new tf.FIFOQueue(32, [tf.string], { shapes: [[]] });
      const batches = new tf.FIFOQueue(2, [tf.string], { shapes: [[]] });
      const epochs = new tf.Variable(tf.constant(0, tf.int64), { trainable: false });
      const limited = tf.with(tf.control_dependencies([tf.count_up_to(epochs, 2)]), () =>
        tf.identity(['a', 'b', 'c']),
      );
      tf.train.add_queue_runner(new tf.train.QueueRunner(names, [names.enqueue_many([limited])]));
      tf.train.add_queue_runner(
        new tf.train.QueueRunner(batches, [batches.enqueue(names.dequeue())]),
      );
      const batch = batches.dequeue_up_to(4);
      sess.run(epochs.initializer);
      const coord = new tf.train.Coordinator();
      const threads = tf.train.start_queue_runners(sess, coord);
      expect(threads.map(({ name }) => name)).toEqual([
        'QueueRunnerThread-fifo_queue-fifo_queue_EnqueueMany',
        'QueueRunnerThread-fifo_queue_1-fifo_queue_1_enqueue',
      ]);
      expect(tf.train.start_queue_runners(sess, coord)).toEqual([]);
      const got = [0, 1].map(() => plain(sess.run(batch)));
      expect(got).toEqual(golden.pipeline.slice(0, 2));
      expect(() => sess.run(batch)).toThrow(tf.errors.OutOfRangeError);
      coord.request_stop();
      coord.join(threads);
      expect(threads.some((thread) => thread.is_alive())).toBe(false);
    });
  });

  test('tell the coordinator of an error, which join raises', () => {
    inGraph((sess) => {
      const q = new tf.FIFOQueue(4, [tf.float32], { shapes: [[]] });
      const x = tf.placeholder(tf.float32, []);
      const runner = new tf.train.QueueRunner(q, [q.enqueue(x)]);
      tf.train.add_queue_runner(runner);
      const coord = new tf.train.Coordinator();
      const threads = tf.train.start_queue_runners(sess, coord);
      expect(() => sess.run(q.dequeue())).toThrow(tf.errors.OutOfRangeError);
      expect(coord.should_stop()).toBe(true);
      expect(() => coord.join(threads)).toThrow(/You must feed a value for placeholder/);
    });
  });

  test('without a coordinator the error reaches the run that waits', () => {
    inGraph((sess) => {
      const q = new tf.FIFOQueue(4, [tf.float32], { shapes: [[]] });
      const x = tf.placeholder(tf.float32, []);
      const runner = new tf.train.QueueRunner(q, [q.enqueue(x)]);
      runner.create_threads(sess, { start: true });
      expect(() => sess.run(q.dequeue())).toThrow(/You must feed a value for placeholder/);
      expect(runner.exceptions_raised).toHaveLength(1);
    });
  });

  test('are described by names, and made of them', () => {
    inGraph(() => {
      const q = new tf.FIFOQueue(4, [tf.float32], { shapes: [[]] });
      const runner = new tf.train.QueueRunner(q, [q.enqueue(1)]);
      const def = runner.to_proto()!;
      expect(def.queue_name).toBe('fifo_queue');
      expect(def.enqueue_op_name).toEqual(['fifo_queue_enqueue']);
      expect(def.queue_closed_exception_types).toEqual([tf.errors.OUT_OF_RANGE]);
      const again = tf.train.QueueRunner.from_proto(def);
      expect(again.close_op).toBe(runner.close_op);
      expect(again.name).toBe('fifo_queue');
    });
  });

  test('training from a queue gives what training from feeds gives, also when its runs are specialised', () => {
    const rows = Array.from({ length: 12 }, (_, i) =>
      Float32Array.from({ length: 128 * 64 }, (_, j) => Math.sin(i * 8192 + j)),
    );
    const train = (x: tf.Tensor): [tf.Tensor, tf.Operation] => {
      const initializer = tf.constant_initializer(0.01);
      const w = tf.get_variable('w', [64, 48], { initializer });
      const y = tf.tanh(tf.matmul(tf.reshape(x, [128, 64]), w));
      const loss = tf.reduce_mean(tf.square(tf.subtract(y, 0.5)));
      return [loss, new tf.train.AdamOptimizer(0.1).minimize(loss) as tf.Operation];
    };
    const fed: number[] = [];
    inGraph((sess) => {
      const x = tf.placeholder(tf.float32, [128, 64]);
      const step = train(x);
      sess.run(tf.global_variables_initializer());
      for (const row of rows) fed.push(sess.run(step, [[x, row]])[0] as number);
    });
    inGraph((sess) => {
      const row = tf.placeholder(tf.float32, [128 * 64]);
      const raw = new tf.FIFOQueue(20, [tf.float32], { shapes: [[128 * 64]] });
      const put = raw.enqueue(row);
      const ready = new tf.FIFOQueue(20, [tf.float32], { shapes: [[128, 64]] });
      // The runner's own runs compute as much as the training step does.
      const same = tf.reshape(tf.multiply(tf.multiply(raw.dequeue(), 2), 0.5), [128, 64]);
      tf.train.add_queue_runner(new tf.train.QueueRunner(ready, [ready.enqueue(same)]));
      const step = train(ready.dequeue());
      sess.run(tf.global_variables_initializer());
      for (const values of rows) sess.run(put, [[row, values]]);
      sess.run(raw.close());
      tf.train.start_queue_runners(sess);
      const losses = rows.map(() => sess.run(step)[0] as number);
      losses.forEach((loss, i) => {
        expect(Math.abs(loss - fed[i]!)).toBeLessThan(1e-5);
      });
      expect(() => sess.run(step)).toThrow(tf.errors.OutOfRangeError);
    });
  });
});
