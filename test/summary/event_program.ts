/**
 * The events that a test writes and that other readers were asked about:
 * `tsx --conditions=tf1-src test/summary/event_program.ts DIRECTORY` writes them.
 */

import { basename } from 'node:path';
import * as tf from 'tf1';

/** Writes one event of each kind to `directory`, as a training program does, at times that `clock` gives. */
export function writeEvents(directory: string): void {
  const graph = new tf.Graph();
  tf.with(graph.as_default(), new tf.Session({ graph }), (_graph, session) => {
    const x = tf.placeholder(tf.float32, [4], { name: 'x' });
    const w = new tf.Variable([1, -2, 3, 0.5], { name: 'w' });
    const loss = tf.reduce_mean(tf.square(tf.subtract(w, x)), { name: 'error' });
    tf.summary.scalar('loss', loss);
    tf.summary.histogram('weights', w);
    tf.summary.image('picture', tf.reshape(w, [1, 2, 2, 1]));
    tf.summary.audio('sound', tf.reshape(w.multiply(0.25), [1, 4, 1]), 8000);
    tf.summary.text('words', tf.constant('some *words*'));
    const merged = tf.summary.merge_all()!;
    session.run(tf.global_variables_initializer());
    tf.with(new tf.summary.FileWriter(directory, graph), (writer) => {
      for (let step = 0; step < 3; step++) {
        const feed_dict = [[x, [step, step, step, step]]] as const;
        writer.add_summary(session.run(merged, { feed_dict: [...feed_dict] }), step);
      }
      writer.add_summary(new tf.Summary({ value: [{ tag: 'eval', simple_value: 0.75 }] }), 2 ** 40);
      writer.add_session_log(
        new tf.SessionLog({ status: tf.SessionLog.CHECKPOINT, checkpoint_path: 'model-3' }),
        3,
      );
      const run_metadata = new tf.RunMetadata();
      run_metadata.step_stats.dev_stats.push({
        device: '/job:localhost/replica:0/task:0/device:CPU:0',
        node_stats: [
          {
            node_name: 'error',
            all_start_micros: 1000,
            op_start_rel_micros: 1,
            op_end_rel_micros: 5,
            all_end_rel_micros: 6,
            memory: [],
            timeline_label: 'error = Mean(Square)',
            output: [
              { slot: 0, tensor_description: { dtype: 'float32', shape: [2, 3], bytes: 24 } },
            ],
          },
        ],
      });
      writer.add_run_metadata(run_metadata, 'step2', 2);
      writer.add_event(new tf.Event({ wall_time: 5.25, step: -1, file_version: 'brain.Event:2' }));
    });
  });
}

if (basename(process.argv[1] ?? '') === 'event_program.ts') {
  let now = 1500000000000;
  Date.now = () => (now += 125);
  writeEvents(process.argv[2]!);
}
