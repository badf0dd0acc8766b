/** Timelines of steps: the traces that TensorFlow makes of them. */

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import * as tf from 'tf1';

const { Timeline } = tf.python.client.timeline;
type StepStats = tf.RunMetadata['step_stats'];
const golden = JSON.parse(
  readFileSync(new URL('../golden/timeline.json', import.meta.url), 'utf8'),
) as StepStats & {
  traces: [flow: boolean, memory: boolean, text: string][];
  maximums: Record<string, [timestamp: number, bytes: number, tensors: string[]]>;
};

test.each(golden.traces)('a trace with flows %p, memory %p', (show_dataflow, show_memory, text) => {
  const timeline = new Timeline(golden);
  const made = timeline.generate_chrome_trace_format({ show_dataflow, show_memory });
  expect(made).toBe(text);
  expect(timeline.generate_chrome_trace_format(show_dataflow, show_memory)).toBe(text);
});

test('the most memory, and for what', () => {
  const { allocator_maximums, chrome_trace } = new Timeline(golden).analyze_step_stats();
  const found = Object.entries(allocator_maximums).map(([name, most]) => [
    name,
    [most.timestamp, most.num_bytes, [...most.tensors].sort()],
  ]);
  expect(Object.fromEntries(found)).toEqual(golden.maximums);
  expect(JSON.parse(chrome_trace.format_to_string())).toEqual(
    JSON.parse(golden.traces.find(([flow, memory]) => flow && memory)![2]),
  );
});

test('a run is drawn', () => {
  const x = tf.placeholder(tf.float32, [2], { name: 'x' });
  const y = tf.square(x, { name: 'y' });
  const run_metadata = new tf.RunMetadata();
  const options = new tf.RunOptions({ trace_level: tf.RunOptions.FULL_TRACE });
  tf.with(new tf.Session(), (sess) => {
    sess.run(y, { feed_dict: [[x, [1, 2]]], options, run_metadata });
  });
  const trace = new Timeline(run_metadata.step_stats).generate_chrome_trace_format();
  const { traceEvents } = JSON.parse(trace) as {
    traceEvents: { ph: string; name: string; args: unknown }[];
  };
  const ops = traceEvents.filter(({ ph }) => ph === 'X');
  expect(ops.map(({ name, args }) => [name, args])).toEqual([
    ['Square', { name: 'y', op: 'Square', input0: 'x' }],
  ]);
});
