/** One small program in all the files that TF1 programs leave. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from 'tf1';
import { save_graph_model } from 'tf1/converter';
import { save, savez } from 'tf1/node';
import { Event } from '../../src/formats/summary_messages.ts';

/** Writes `graph.pb`, `graph.pbtxt`, `model.ckpt`, `old.ckpt`, `saved`, `web`, `logs`, `examples.tfrecord`, `x.npy` and `arrays.npz` into `folder`. */
export function writeFiles(folder: string): void {
  const at = (name: string) => join(folder, name);
  tf.logging.set_verbosity(tf.logging.ERROR);
  const graph = new tf.Graph();
  tf.with(graph.as_default(), () => {
    const x = tf.placeholder(tf.float32, [null, 2], 'x');
    const w = new tf.Variable(
      tf.constant([
        [1, 2, 3],
        [4, 5, 6],
      ]),
      { name: 'w' },
    );
    const step = new tf.Variable(tf.int64(7) as tf.NdArray, { name: 'step', trainable: false });
    const y = tf.identity(tf.matmul(x, w), 'y');
    tf.train.write_graph(graph, folder, 'graph.pb', { as_text: false });
    tf.train.write_graph(graph, folder, 'graph.pbtxt');
    using session = new tf.Session('', graph);
    session.run(tf.global_variables_initializer());
    new tf.train.Saver().save(session, at('model.ckpt'));
    new tf.train.Saver({ write_version: 1 }).save(session, at('old.ckpt'), {
      write_meta_graph: false,
    });
    const more = [tf.assign_add(w, tf.ones([2, 3])), tf.assign_add(step, tf.int64(1) as never)];
    for (let i = 0; i < 3; i++) session.run(more);
    new tf.train.Saver().save(session, at('later.ckpt'));
    tf.saved_model.simple_save(session, at('saved'), { inputs: { x }, outputs: { y } });
    save_graph_model(session, at('web'), { x }, { y });
  });
  writeEvents(at('logs'));
  const records = new tf.python_io.TFRecordWriter(at('examples.tfrecord'));
  for (const values of [[1], [2, 3]]) {
    const label = new tf.train.Feature({ int64_list: { value: values } });
    const example = new tf.train.Example({ features: { feature: { label } } });
    records.write(example.SerializeToString());
  }
  records.close();
  save(
    at('x.npy'),
    tf.float32([
      [1, 0],
      [0, 1],
    ]) as tf.NdArray,
  );
  savez(at('arrays.npz'), {
    a: tf.float32([1, 2.5]) as tf.NdArray,
    b: tf.bool([true]) as tf.NdArray,
  });
}

/** A scalar and a histogram of three steps, as an event file. */
function writeEvents(folder: string): void {
  mkdirSync(folder);
  const file = new tf.python_io.TFRecordWriter(join(folder, 'events.out.tfevents.1500000000.host'));
  const write = (event: Event) => file.write(event.SerializeToString());
  write(new Event({ wall_time: 1.5e9, file_version: 'brain.Event:2' }));
  for (let i = 0; i < 3; i++) {
    const about = { wall_time: 1.5e9 + i, step: i * 10 };
    const total = { tag: 'total', simple_value: 21 + 6 * i };
    const histo = { min: 1 + i, max: 6 + i, num: 6, sum: 21 + 6 * i };
    write(new Event({ ...about, summary: { value: [total] } }));
    write(new Event({ ...about, summary: { value: [{ tag: 'spread', histo }] } }));
  }
  file.close();
}
