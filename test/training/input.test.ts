/** Readers and input pipelines against what TensorFlow made and gave: golden/record_queues.py. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as tf from 'tf1';

const golden = JSON.parse(readFileSync(new URL('../golden/queues.json', import.meta.url), 'utf8'));
const scratch = mkdtempSync(join(tmpdir(), 'tf1-readers-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const { TFRecordCompressionType, TFRecordOptions, TFRecordWriter } = tf.python_io;
const GZIP = new TFRecordOptions(TFRecordCompressionType.GZIP);

beforeAll(() => {
  writeFileSync(join(scratch, 'a.txt'), 'head\none\r\ntwo\n');
  writeFileSync(join(scratch, 'b.txt'), 'head\n\nlast');
  writeFileSync(
    join(scratch, 'c.bin'),
    Uint8Array.from({ length: 20 }, (_, i) => i),
  );
  const writer = new TFRecordWriter(join(scratch, 'd.rec'), GZIP);
  for (const record of ['x', 'longer', '']) writer.write(record);
  writer.close();
});

const inGraph = (body: (sess: tf.Session) => void): void => {
  tf.with(new tf.Graph().as_default(), () => tf.with(new tf.Session(), body));
};

function plain(value: unknown): unknown {
  if (value instanceof tf.NdArray) return value.tolist();
  return Array.isArray(value) ? value.map(plain) : value;
}

const READERS: Record<string, [make: () => tf.ReaderBase, files: string[]]> = {
  text: [() => new tf.TextLineReader({ skip_header_lines: 1 }), ['a.txt', 'b.txt']],
  fixed: [() => new tf.FixedLengthRecordReader(4, 3, 2), ['c.bin']],
  hop: [() => new tf.FixedLengthRecordReader(4, { hop_bytes: 7 }), ['c.bin']],
  record: [() => new tf.TFRecordReader({ options: GZIP }), ['d.rec']],
  whole: [() => new tf.WholeFileReader(), ['a.txt', 'b.txt']],
  identity: [() => new tf.IdentityReader(), ['a.txt', 'c.bin']],
};

test.each(Object.entries(READERS))('records of a reader: %s', (name, [make, files]) => {
  inGraph((sess) => {
    const queue = new tf.FIFOQueue(10, [tf.string], { shapes: [[]] });
    const reader = make();
    const next = reader.read(queue);
    sess.run(queue.enqueue_many([files.map((file) => join(scratch, file))]));
    sess.run(queue.close());
    const rows: unknown[] = [];
    const [records, files_read] = golden.readers[name].at(-1);
    for (let i = 0; i < records; i++) {
      const texts = sess.run(next) as unknown as (string | Uint8Array)[];
      rows.push(
        texts.map((text) =>
          Buffer.from(text as string)
            .toString('latin1')
            .replace(scratch, ''),
        ),
      );
    }
    expect(() => sess.run(next)).toThrow(tf.errors.OutOfRangeError);
    rows.push(sess.run([reader.num_records_produced(), reader.num_work_units_completed()]));
    expect(rows).toEqual([...golden.readers[name].slice(0, -1), [records, files_read]]);
  });
});

test('several records at once, and a reader made new', () => {
  inGraph((sess) => {
    const queue = new tf.FIFOQueue(10, [tf.string], { shapes: [[]] });
    const reader = new tf.TextLineReader();
    const [keys, values] = reader.read_up_to(queue, 2);
    sess.run(queue.enqueue_many([[join(scratch, 'a.txt'), join(scratch, 'a.txt')]]));
    expect(plain(sess.run(values))).toEqual(['head', 'one']);
    expect((plain(sess.run(keys)) as string[]).map((key) => key.slice(-2))).toEqual([':3']);
    sess.run(reader.read_up_to(queue, 1)[1]);
    sess.run(reader.reset());
    expect(sess.run(reader.num_records_produced())).toBe(0);
    expect(() => sess.run(values)).toThrow(/Nothing fills the queue/);
  });
});

/** TF 1.8 names the casts of these summaries ToFloat. */
const renamed = (name: string): string => name.replace(/\/ToFloat$/, '/Cast');

test('a pipeline of names: the nodes, and what comes out', () => {
  inGraph((sess) => {
    const source = tf.train.string_input_producer(['a', 'b', 'c'], {
      num_epochs: 2,
      shuffle: false,
    });
    const batch = tf.train.batch([source.dequeue()], 4, { allow_smaller_final_batch: true });
    const init = [tf.global_variables_initializer(), tf.local_variables_initializer()];
    const rows = tf
      .get_default_graph()
      .as_graph_def()
      .node.map(({ name, op, input }) => [renamed(name), op, input.map(renamed)]);
    expect(rows).toEqual(golden.pipeline_nodes);
    const runners = tf.get_collection('queue_runners') as tf.train.QueueRunner[];
    expect(runners.map((runner) => String(runner.to_proto()))).toEqual(golden.runners);
    sess.run(init);
    const coord = new tf.train.Coordinator();
    const threads = tf.train.start_queue_runners(sess, coord);
    const [first, second] = golden.pipeline;
    expect(plain(sess.run(batch))).toEqual([first]);
    expect(plain(sess.run(batch))).toEqual([second]);
    expect(() => sess.run(batch)).toThrow(tf.errors.OutOfRangeError);
    coord.request_stop();
    coord.join(threads);
  });
});

test('slices and shuffled batches', () => {
  inGraph((sess) => {
    const tensors = [tf.float32([0, 1, 2, 3, 4]), tf.constant([...'abcde'])];
    const rows = tf.train.slice_input_producer(tensors, { num_epochs: 1, shuffle: false });
    const batch = tf.train.batch(rows, 2, { allow_smaller_final_batch: true, capacity: 7 });
    const numbers = tf.train.range_input_producer(6, { shuffle: false }).dequeue();
    const mixed = tf.train.shuffle_batch({ n: numbers }, 3, 10, 4);
    const ops = tf
      .get_default_graph()
      .as_graph_def()
      .node.map(({ name, op }) => [renamed(name), op]);
    expect(ops.filter(([, op]) => /Queue|Summary/.test(op!))).toEqual(
      golden.slices_nodes.filter(([, op]: string[]) => /Queue|Summary/.test(op!)),
    );
    expect(tf.get_collection('summaries')).toHaveLength(4);
    sess.run(tf.local_variables_initializer());
    tf.train.start_queue_runners(sess);
    const got = [0, 1, 2].map(() => plain(sess.run(batch)));
    expect(got).toEqual(golden.slices);
    const drawn = [0, 1, 2, 3].flatMap(() => plain(sess.run(mixed.n)) as number[]);
    expect(drawn.every((n) => n >= 0 && n < 6)).toBe(true);
    expect(drawn).toHaveLength(12);
  });
});
