// Writes summaries while a network learns a curve, then draws from the event file what TensorBoard shows.
// Scalars, histograms, an image of the weights and the graph go to a file; the file is read back with
// tf.train.summary_iterator.

import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from 'tf1';
import { drawCurves, drawHistogram } from './data/curve.ts';
import { steps } from './steps.ts';

const POINTS = 64;
const UNITS = 24;
const total = steps(600);
const logdir = mkdtempSync(join(tmpdir(), 'tf1-summaries-'));

tf.set_random_seed(3);
const x = tf.placeholder(tf.float32, [null, 1], { name: 'x' });
const y = tf.placeholder(tf.float32, [null, 1], { name: 'y' });
const hidden = tf.layers.dense(x, UNITS, { activation: tf.nn.tanh, name: 'hidden' });
const found = tf.layers.dense(hidden, 1, { name: 'found' });
const loss = tf.reduce_mean(tf.square(tf.subtract(y, found)), { name: 'loss' });
const global_step = tf.train.get_or_create_global_step();
const rate = tf.train.exponential_decay(0.05, global_step, 200, 0.5);
const train = new tf.train.AdamOptimizer(rate).minimize(loss, { global_step });

tf.summary.scalar('loss', loss, { family: 'training' });
tf.summary.scalar('rate', rate, { family: 'training' });
for (const variable of tf.trainable_variables()) tf.summary.histogram(variable.op.name, variable);
const [kernel] = tf.trainable_variables();
tf.summary.image('hidden_kernel', tf.reshape(kernel!, [1, 4, UNITS / 4, 1]));
const merged = tf.summary.merge_all()!;

const inputs = Array.from({ length: POINTS }, (_, i) => [(i / POINTS) * 6 - 3]);
const outputs = inputs.map(([v]) => [Math.sin(2 * v!) + 0.3 * v!]);

tf.with(new tf.Session(), (sess) => {
  sess.run(tf.global_variables_initializer());
  tf.with(new tf.summary.FileWriter(logdir, sess.graph), (writer) => {
    const every = Math.max(1, Math.floor(total / 60));
    for (let step = 0; step < total; step++) {
      const feed_dict: tf.FeedDict = [
        [x, inputs],
        [y, outputs],
      ];
      if (step % every > 0) sess.run(train, { feed_dict });
      else {
        const [summary] = sess.run([merged, train], { feed_dict });
        writer.add_summary(summary, step);
      }
    }
  });
});

// From here on there is only the file, as for TensorBoard.
const losses: [number, number][] = [];
const distributions: [number, tf.HistogramProto][] = [];
for (const event of tf.train.summary_iterator(join(logdir, readdirSync(logdir)[0]!))) {
  const step = Number(event.step);
  if (event.WhichOneof('what') === 'graph_def') {
    console.log(`A graph of ${tf.GraphDef.FromString(event.graph_def).node.length} nodes.\n`);
  }
  for (const value of event.summary.value) {
    if (value.tag === 'training/training/loss') losses.push([step, Math.log10(value.simple_value)]);
    // The variable has this name already, so the summary got a number behind it.
    if (value.tag === 'found/kernel_1') distributions.push([step, value.histo]);
  }
}
console.log(`${drawCurves([{ name: 'log10 of the loss', points: losses }])}\n`);

console.log('How the weights of the last layer are spread, from -2 to 2:');
for (let row = 0; row < 6; row++) {
  const [step, histogram] = distributions[Math.floor((row * (distributions.length - 1)) / 5)]!;
  console.log(`${String(step).padStart(6)} |${drawHistogram(histogram, -2, 2)}|`);
}
console.log(`\ntensorboard --logdir ${logdir}`);
